#!/usr/bin/env bats
# The terminal: config.md, "terminal", "consoleSize"; --console-socket; the relay of a foreground run.
load helpers
setup() { setup_container; edit '.process.terminal = true'; }
teardown() { teardown_container; }

# in_terminal COMMAND…: on a pty of 33 rows and 101 columns; what it prints, without carriage returns, and its exit status
in_terminal() {
	python3 "$BATS_TEST_DIRNAME/terminal.py" "$@" | tr -d '\r'
	return "${PIPESTATUS[0]}"
}

# spec: process.terminal
@test "spec's own config runs in a terminal as it is" {
	rm "$BUNDLE/config.json"
	"$RUNLET" spec -b "$BUNDLE"
	INPUT=$'echo $((6*7)); exit 3\n' run in_terminal "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 3 ]
	grep -qx 42 <<<"$output"
	nothing_left
}

@test "the terminal is the controlling one, /dev/console is it, and has the caller's size" {
	program 'tty; stty size; [ -c /dev/console ] && stty size </dev/console; ps -o tty | tail -n 1; echo word >/dev/tty'
	run in_terminal "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 0 ]
	[ "${lines[0]}" = /dev/pts/0 ]
	[ "${lines[1]}" = "33 101" ]
	[ "${lines[2]}" = "33 101" ]
	[ "${lines[-1]}" = word ]
}

# spec: process.consoleSize.*
@test "consoleSize wins" {
	edit '.process.consoleSize = {height: 11, width: 22}'
	program 'stty size'
	run in_terminal "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	[ "$output" = "11 22" ]
}

@test "a change of the window is passed on" {
	program 'trap "stty size; exit 0" WINCH; echo ready; while :; do sleep 0.05; done'
	RESIZE="40 120" run in_terminal "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 0 ]
	grep -q "40 120" <<<"$output"
}

@test "without any terminal: a pty is relayed between pipes and files" {
	program 'read line; echo "got $line"; tty; seq 1 5000'
	run bash -c 'echo word | "$@" 2>&1 | tr -d "\r"; exit ${PIPESTATUS[1]}' - "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	[ "$status" = 0 ]
	grep -qx "got word" <<<"$output"
	grep -qx "/dev/pts/0" <<<"$output"
	[ "$(tail -n 1 <<<"$output")" = 5000 ]
	[ "$(grep -cE '^[0-9]+$' <<<"$output")" = 5000 ]
	"$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID" </dev/null >"$WORK/file"
	grep -q 5000 "$WORK/file"
}

@test "an interactive shell ends with its input, and so does what it runs" {
	args sh   # with line editing, on a terminal: it reads characters, and would wait for an end of file for ever
	edit '.process.env += ["PS1=$ "]'
	run timeout -s KILL 60 "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID" </dev/null
	[ "$status" = 0 ]
	run bash -c 'printf "echo a\$((1 + 1))\nexit 7\n" | timeout -s KILL 60 "$@" | tr -d "\r\0"; exit ${PIPESTATUS[1]}' - "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	[ "$status" = 7 ]
	grep -qx a2 <<<"$output"
	run bash -c 'printf "echo a\$((1 + 2))\ncat\n" | timeout -s KILL 60 "$@" | tr -d "\r\0"; exit ${PIPESTATUS[1]}' - "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	[ "$status" = 0 ]
	grep -qx a3 <<<"$output"
	run sh -c 'exec "$@" <&-' - timeout -s KILL 60 "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	[ "$status" = 0 ]
	args sh -c 'stty raw; sleep 0.5; echo over'   # echoes: an echoed end of file is no reason for another
	run timeout -s KILL 60 "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID" </dev/null
	[ "$status" = 0 ] && [[ $output == *over* && ${#output} -lt 20 ]]
}

@test "the caller's terminal modes are restored" {
	program 'exit 0'
	run in_terminal sh -c 'before=$(stty -g); "$@"; [ "$(stty -g)" = "$before" ] && echo same' - "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	[ "${lines[-1]}" = same ]
}

@test "a user who is not root owns the terminal" {
	edit '.process.user = {uid: 1000, gid: 1000}'
	program 'stat -c %u $(tty); echo written >/dev/tty'
	run in_terminal "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "${lines[0]}" = 1000 ]
	[ "${lines[1]}" = written ]
}

@test "--console-socket gets the master with create and run -d" {
	program 'echo from the container; sleep 0.3'
	for command in create "run -d"; do
		rm -f "$WORK/socket"
		python3 "$BATS_TEST_DIRNAME/terminal.py" --receive "$WORK/socket" >"$WORK/received" 3>&- &
		receiver=$!
		PIDS=$receiver
		until_true [ -S "$WORK/socket" ]
		c $command --console-socket "$WORK/socket" -b "$BUNDLE" "$ID"
		[ "$command" != create ] || c start "$ID"
		wait $receiver
		cat "$WORK/received"
		grep -q "from the container" "$WORK/received"
		c delete --force "$ID"
	done
}

@test "terminal and --console-socket belong together" {
	args /bin/true
	run c create -b "$BUNDLE" "$ID"
	[ "$status" = 1 ]
	one_line
	[[ $output == *"process.terminal"*"--console-socket"* ]]
	run c run -d -b "$BUNDLE" "$ID"
	[ "$status" = 1 ]
	one_line
	run c create --console-socket "$WORK/none" -b "$BUNDLE" "$ID"
	[ "$status" = 1 ]
	one_line
	[[ $output == *"--console-socket"* ]]
	edit '.process.terminal = false'
	run c create --console-socket "$WORK/none" -b "$BUNDLE" "$ID"
	[ "$status" = 1 ]
	one_line
	[[ $output == *"--console-socket: process.terminal is not set" ]]
	nothing_left
}

@test "in the foreground newlines come as the program wrote them, from its first word on" {
	program 'echo one; echo two'
	for try in 1 2 3 4 5; do
		run "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID" </dev/null
		[ "$output" = $'one\ntwo' ]
	done
}
