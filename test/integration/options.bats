#!/usr/bin/env bats
# Options of the program, of create and of run, each seen to act: runc(8), crun(1).
load helpers
setup() { setup_container; }
teardown() { teardown_container; }

# receiver [SIGNAL]: one pidfd on $WORK/pidfd, told in $WORK/got
receiver() {
	rm -f "$WORK/pidfd" "$WORK/got"
	python3 "$BATS_TEST_DIRNAME/receive-pidfd.py" "$WORK/pidfd" "$WORK/got" "$@" 3>&- &
	PIDS="${PIDS:-} $!"
	until_true [ -S "$WORK/pidfd" ]
}

@test "--pidfd-socket of create: the pidfd is init's" {
	args sleep 100
	receiver
	c create --pidfd-socket "$WORK/pidfd" -b "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1 3>&-
	until_true [ -e "$WORK/got" ]
	[ "$(cat "$WORK/got")" = "standard $(pid_of "$ID")" ]
	[ "$(status_of "$ID")" = created ]
}

@test "--pidfd-socket of run, relative: a signal through it ends the program" {
	args sleep 100
	receiver 9
	cd "$WORK"
	run c run --pidfd-socket pidfd -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 1 ] || [ "$status" = 137 ]   # before its program, or while it runs
	nothing_left
}

@test "the annotation run.oci.pidfd_receiver; the option goes before it" {
	args sleep 100
	edit '.annotations = {"run.oci.pidfd_receiver": $path}' --arg path "$WORK/pidfd"
	receiver
	detached
	until_true [ -e "$WORK/got" ]
	[ "$(cat "$WORK/got")" = "standard $(pid_of "$ID")" ]
	c delete --force "$ID"
	edit '.annotations = {"run.oci.pidfd_receiver": "/nowhere"}'
	receiver
	detached --pidfd-socket "$WORK/pidfd"
	until_true [ -e "$WORK/got" ]
}

@test "a pidfd socket that is not there: an error, and nothing is left" {
	args sleep 100
	run c create --pidfd-socket "$WORK/none" -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 1 ] && one_line
	[[ $output == *--pidfd-socket*"$WORK/none"*"No such file or directory" ]]
	nothing_left
	edit '.annotations = {"run.oci.pidfd_receiver": "/nowhere"}'
	run c run -b "$BUNDLE" "$ID"
	[ "$status" = 1 ] && one_line
	[[ $output == *'annotations["run.oci.pidfd_receiver"]'* ]]
	nothing_left
}

@test "--systemd-cgroup: a clear error that names what to use" {
	args /bin/true
	for option in --systemd-cgroup --cgroup-manager=systemd; do
		run c "$option" run -b "$BUNDLE" "$ID"
		echo "$output"
		[ "$status" = 1 ] && one_line
		[[ $output == *"not built yet"*"--cgroup-manager cgroupfs"* ]]
	done
	run c --systemd-cgroup=false --cgroup-manager cgroupfs run -b "$BUNDLE" "$ID"
	[ "$status" = 0 ]
	run c --cgroup-manager x run -b "$BUNDLE" "$ID"
	[ "$status" = 1 ] && one_line
}

@test "--cgroup-manager disabled: the program stays in the caller's cgroups" {
	program 'cat /proc/self/cgroup'
	edit '.linux.namespaces -= [{type: "cgroup"}] | del(.linux.resources)'
	run c --cgroup-manager disabled run -b "$BUNDLE" "$ID"
	[ "$status" = 0 ]
	diff <(echo "$output") /proc/self/cgroup
	run c run -b "$BUNDLE" "$ID"
	[ "$status" = 0 ]
	[[ $output == *"$ID"* ]]
}

# with_keyring NAME COMMAND…: with a session keyring of that name
with_keyring() {
	python3 -c 'import ctypes, os, sys
if ctypes.CDLL(None).syscall({"x86_64": 250}.get(os.uname().machine, 219), 1, sys.argv[1].encode()) < 0: sys.exit(99)
os.execvp(sys.argv[2], sys.argv[2:])' "$@"
}

@test "a session keyring named after the container; --no-new-keyring keeps the caller's" {
	[ -e /proc/keys ] && with_keyring x true || skip "no keyrings here"
	program 'cat /proc/keys'
	edit '.linux.maskedPaths = []'
	run with_keyring "of-$ID" "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	echo "$output"
	grep -qE "keyring +_ses\.$ID:|keyring +$ID:" <<<"$output"
	! grep -q "of-$ID" <<<"$output"
	run with_keyring "of-$ID" "$RUNLET" --root "$STATE" run --no-new-keyring -b "$BUNDLE" "$ID"
	echo "$output"
	grep -q "of-$ID" <<<"$output"   # the first container's may still be there, dead: keys are collected later
}

@test "spec -f FILE, create -f FILE" {
	rm "$BUNDLE/config.json"
	"$RUNLET" spec -b "$BUNDLE" -f other.json
	run "$RUNLET" spec -b "$BUNDLE" --file other.json
	[ "$status" = 1 ] && one_line
	[ ! -e "$BUNDLE/config.json" ]
	jq '.process.terminal = false | .process.args = ["/bin/echo", "other"]' "$BUNDLE/other.json" >"$WORK/third.json"
	run c run -f "$WORK/third.json" -b "$BUNDLE" "$ID"
	[ "$output" = other ]
}

# --- NOTIFY_SOCKET: sd_notify(3) ---------------------------------------------------------------------------------------------------------------
# manager [ADDRESS]: somebody who is told, in $WORK/told; the bundle gets a program /bin/notify
manager() {
	compiled notify
	export NOTIFY_SOCKET=${1:-$WORK/manager}
	python3 "$BATS_TEST_DIRNAME/notified.py" "$NOTIFY_SOCKET" "$WORK/told" 3>&- &
	PIDS="${PIDS:-} $!"
	until_true [ -e "$WORK/told" ]
}
told() { cut -d' ' -f 2- "$WORK/told"; }
is_told() { told | grep -qx "$1"; }

@test "NOTIFY_SOCKET: run -d returns once the program is ready, and says whose it is" {
	manager
	program 'echo $NOTIFY_SOCKET; sleep 0.5; touch /tmp/before; notify STATUS=almost READY=1 STOPPING=1 </dev/null; exec sleep 100'
	edit '.root.readonly = false | .process.env += ["NOTIFY_SOCKET=/elsewhere"]'
	detached
	[ -e "$BUNDLE/rootfs/tmp/before" ]
	told
	[ "$(told)" = "READY=1
MAINPID=$(pid_of "$ID")
BARRIER=1+fd" ]
	[ "$(head -n 1 "$WORK/out")" = /run/notify/notify.sock ]
	c delete --force "$ID"
	nothing_left
}

@test "NOTIFY_SOCKET: a program that ends without being ready is not waited for" {
	manager
	args /bin/true
	timeout 10 "$RUNLET" --root "$STATE" run -d -b "$BUNDLE" "$ID" </dev/null >"$WORK/out" 2>&1 3>&-
	[ -z "$(told)" ]
	c delete "$ID"
	nothing_left
}

@test "NOTIFY_SOCKET: create does not wait, start does; neither another MAINPID nor a file to keep gets out" {
	manager
	program 'notify MAINPID=1 FDSTORE=1 "X=1
READY=1
MAINPID=77" </dev/null; exec sleep 100'
	c create -b "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1 3>&-
	[ -z "$(told)" ]
	c start "$ID"
	[ "$(told)" = "READY=1
MAINPID=$(pid_of "$ID")
BARRIER=1+fd" ]
}

@test "NOTIFY_SOCKET: while start waits, the container can be looked at and killed" {
	manager
	args sleep 100
	c create -b "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1 3>&-
	c start "$ID" 3>&- &
	PIDS="$PIDS $!" waiting=$!
	until_true status_is "$ID" running
	sleep 0.3
	[ -d /proc/$waiting ]
	c kill "$ID" KILL
	wait "$waiting"
	[ -z "$(told)" ]
	timeout 60 "$RUNLET" --root "$STATE" delete "$ID"
}

@test "NOTIFY_SOCKET: in the foreground the runtime stays the main process, and a barrier is passed on" {
	manager
	program 'notify READY=1 BARRIER=1 </dev/null; exit 5'
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 5 ]
	[ "$output" = released ]
	until_true is_told BARRIER=1+fd
	[ "$(told | head -n 1)" = READY=1 ]
	[ "$(sed -n 2p "$WORK/told")" = "$(awk 'NR == 2 { print $1 }' "$WORK/told") MAINPID=$(awk 'NR == 2 { print $1 }' "$WORK/told")" ]
	nothing_left
}

@test "NOTIFY_SOCKET: with a terminal, an abstract address" {
	manager "@runlet-test-$ID"
	edit '.process.terminal = true'
	program 'notify READY=1 </dev/null; tty; exit 5'
	run python3 "$BATS_TEST_DIRNAME/terminal.py" "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 5 ]
	grep -q /dev/pts/0 <<<"$output"
	until_true is_told READY=1
}

@test "NOTIFY_SOCKET: another user, in a user namespace" {
	needs_user_namespaces
	manager
	edit '.linux.namespaces += [{type: "user"}] | .process.user = {uid: 1000, gid: 1000}
		| .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
	chmod 755 "$WORK"
	chown -R 100000:100000 "$BUNDLE/rootfs"
	program 'id -u; notify READY=1 </dev/null; exec sleep 100'
	detached
	cat "$WORK/out"
	is_told READY=1
}

@test "no NOTIFY_SOCKET: nothing of it inside" {
	program 'echo "[$NOTIFY_SOCKET]"; ls -d /run/notify'
	edit '.process.env += ["NOTIFY_SOCKET=/mine"]'
	run env -u NOTIFY_SOCKET "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "${lines[0]}" = "[/mine]" ]
	[ "$status" = 1 ]
	! c run --dry-run -b "$BUNDLE" "$ID" | grep -q ^notify
	NOTIFY_SOCKET=/x c run --dry-run -b "$BUNDLE" "$ID" | grep -q ^notify
}

@test "NOTIFY_SOCKET: a manager who is gone is a warning" {
	manager
	NOTIFY_SOCKET=$WORK/nobody
	program 'notify READY=1 </dev/null'
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 0 ]
	[[ $output == *NOTIFY_SOCKET*"$WORK/nobody"* ]]
}

# --- a user who is not root --------------------------------------------------------------------------------------------------------------------
as_user() {
	command -v setpriv >/dev/null || skip "setpriv is not installed"
	user unshare -U true 2>/dev/null || skip "no user namespaces for ordinary users here"
	cp "$RUNLET" "$WORK/runlet"
	RUNLET=$WORK/runlet STATE=$WORK/run/runlet
	mkdir "$WORK/run"
	rm "$BUNDLE/config.json"
	chmod 777 "$WORK"
	chown -R 12345:12345 "$BUNDLE" "$WORK/run"
	user "$RUNLET" spec --rootless -b "$BUNDLE"
	edit '.process.terminal = false'
	chown 12345 "$BUNDLE/config.json"
}
user() { setpriv --reuid 12345 --regid 12345 --clear-groups env -u RUNLET XDG_RUNTIME_DIR="$WORK/run" "$@"; }

@test "not root: NOTIFY_SOCKET and --pidfd-socket, and --dry-run makes nothing" {
	as_user
	manager
	until_true [ -S "$WORK/manager" ]
	chmod 777 "$WORK/manager"
	program 'notify READY=1 </dev/null; exec sleep 100'
	user "$RUNLET" run --dry-run -b "$BUNDLE" "$ID" >"$WORK/plan"
	grep -q 'user namespaces (CONFIG_USER_NS): here' "$WORK/plan"
	[ ! -e "$STATE" ]
	receiver
	chmod 777 "$WORK/pidfd"
	user "$RUNLET" run -d --pidfd-socket "$WORK/pidfd" -b "$BUNDLE" "$ID" </dev/null >"$WORK/out" 2>&1 3>&-
	until_true [ -e "$WORK/got" ]
	[ "$(cat "$WORK/got")" = "standard $(pid_of "$ID")" ]
	[ "$(told)" = "READY=1
MAINPID=$(pid_of "$ID")
BARRIER=1+fd" ]
	user "$RUNLET" delete --force "$ID"
	nothing_left
}

@test "--rootless: its three words, and no other" {
	as_user
	args /bin/true
	for word in true auto; do user "$RUNLET" --rootless "$word" run -b "$BUNDLE" "$ID"; done
	# false: no cgroup is an error, as for root
	run user "$RUNLET" --rootless false run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 1 ] && one_line
	[[ $output == *cgroup*"Permission denied"* ]]
	run user "$RUNLET" --rootless x run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 1 ] && one_line
	[[ $output == *--rootless* ]]
	user "$RUNLET" --rootless= run -b "$BUNDLE" "$ID"
	nothing_left
}

@test "--help: the name that it was called by, of the program and of each command, also of those that are not built" {
	ln -s "$RUNLET" "$WORK/runc"
	run "$WORK/runc" --help
	[ "$status" = 0 ]
	[ "${lines[0]}" = NAME: ]
	[[ ${lines[1]} == "   runc - Open Container Initiative runtime"* ]]
	for command in run create exec delete checkpoint; do
		run "$WORK/runc" $command -h
		[ "$status" = 0 ]
		[ "${lines[0]}" = NAME: ]
		[[ ${lines[1]} == "   runc $command - "* ]]
	done
	run "$WORK/runc" foo -h
	[ "$status" = 1 ] && one_line
	[[ $output == *"No help topic for 'foo'"* ]]
	run "$RUNLET" list web
	[ "$output" = "runlet: list: too many arguments: runlet list [OPTIONS]; see --help" ]
}

@test "the help of image, seccomp and oci-image-tool has their commands alone; a usage line is what can be typed" {
	local name words
	for words in image "image --help" "image -h" "help image"; do
		run "$RUNLET" $words
		[ "$status" = 0 ] && [[ $output == *$'\n  image unpack '* && $output != *$'\n  seccomp '* ]]
	done
	run "$RUNLET" seccomp -h
	[ "$status" = 0 ] && [[ $output == *$'\n  seccomp compile '* && $output != *$'\n  run '* ]]
	run "$RUNLET" image foo
	[ "$status" = 1 ] && one_line && [[ $output == *"No help topic for 'image foo'"* ]]
	for name in oci-image-tool oci-image-validate oci-runtime-tool; do ln -s "$RUNLET" "$WORK/$name"; done
	for words in "" --help help; do
		run "$WORK/oci-image-tool" $words
		[ "$status" = 0 ] && [[ $output == *$'\n  image unpack '* && $output != *$'\n  run '* ]]
	done
	for words in "oci-image-tool validate" "oci-image-tool help validate" oci-image-validate "oci-runtime-tool image validate"; do
		run "$WORK/"$words -h
		[ "$status" = 0 ] && [[ ${lines[1]} == "   runlet image validate - "* && ${lines[3]} == "   runlet image validate [OPTIONS]"* ]]
	done
}

@test "--log as text: a time, a level and the message in quotes; --debug has the same on stderr" {
	args /bin/true
	edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", flags: ["SECCOMP_FILTER_FLAG_LOG"], syscalls: [{names: ["mkdir"], action: "SCMP_ACT_ERRNO"}]}'
	c --debug --log "$WORK/log" run -b "$BUNDLE" "$ID"
	grep -qE '^time="20[0-9-]+T[0-9:.]+Z" level=debug msg="step init" subject="'"$ID"'"$' "$WORK/log"
	grep -qE 'msg="seccomp filter flags: [0-9]+" ' "$WORK/log"
	# what programs look for in runc's
	grep -q 'msg="nsexec container setup: child process in init()"' "$WORK/log"
	grep -q 'msg="init: closing the pipe to signal completion"' "$WORK/log"
	run c --debug run -b "$BUNDLE" "$ID"
	grep -qE '^time="20[0-9-]+T[0-9:.]+Z" level=debug msg="step init" subject="'"$ID"'"$' <<<"$output"
	run c --log "$WORK/log" state no-such
	[ "$output" = 'runlet: no-such: container "no-such" does not exist' ]
	[[ $(tail -n 1 "$WORK/log") == time=*' level=error msg="container \"no-such\" does not exist" subject="no-such"' ]]
}

@test "options as runc's callers write them: one dash, two dashes before a letter, the words of a truth; an empty value is none" {
	args sleep 100
	"$RUNLET" -root="$STATE" --debug=F run -detach=1 --b "$BUNDLE" -pid-file "$WORK/pid" --console-socket "" "$ID" </dev/null >/dev/null 2>&1 3>&-
	[ "$(cat "$WORK/pid")" = "$(pid_of "$ID")" ]
	[ "$(c list --f json | jq -r '.[].id')" = "$ID" ]
	run c exec --user "" --cwd= --process "" --pid-file "" --apparmor "" "$ID" pwd
	echo "$output"
	[ "$status $output" = "0 /" ]
	run c exec -detach=yes "$ID" true
	[ "$status" = 1 ] && one_line
	run "$RUNLET" --root "" list
	[ "$status" = 1 ]
	c --log "" --criu /usr/sbin/criu kill "$ID" ""
	run c exec -u0 -tx "$ID" true
	[[ $output == *"unknown option -x"* ]]
}

@test "--log has what is wrong with a command line, too: engines read it there" {
	for wrong in "run --bogus x" "bogus" "exec --preserve-fds=x a b" "state" "kill a b c"; do
		rm -f "$WORK/log"
		run c --log "$WORK/log" --log-format json $wrong
		[ "$status" = 1 ] && one_line
		[ "runlet: $(jq -r 'select(.level == "error").msg | ascii_downcase' "$WORK/log")" = "${output,,}" ]
	done
}

@test "no command: the help" {
	run "$RUNLET"
	[ "$status" = 0 ]
	[ "$output" = "$("$RUNLET" --help)" ]
}

@test "a capability that nobody knows is told once for each set, in run and in exec" {
	args sleep 100
	detached
	run c exec --cap CAP_TO_FLY "$ID" true
	echo "$output"
	[ "$status" = 0 ]
	[ "$(sort <<<"$output")" = "$(sort -u <<<"$output")" ]
	[ "${#lines[@]}" -ge 1 ]
}
