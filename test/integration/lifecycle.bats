#!/usr/bin/env bats
# create, start, state, list, kill, delete: runtime.md, "Lifecycle", "Operations"; runc's words, which engines match.
load helpers
setup() { setup_container; }
teardown() { teardown_container; }

create() { c create -b "$BUNDLE" "$@" "$ID"; }

@test "create, start, stop, delete: the statuses on the way" {
	args sleep 100
	create </dev/null >"$WORK/out" 2>&1
	[ "$(status_of "$ID")" = created ]
	c start "$ID"
	[ "$(status_of "$ID")" = running ]
	c kill "$ID" KILL
	until_true status_is "$ID" stopped
	c delete "$ID"
	run c state "$ID"
	[ "$status" = 1 ]
	[ "$output" = "runlet: $ID: container \"$ID\" does not exist" ]
	nothing_left
}

@test "the program does not run before start, and start returns once it does" {
	program 'echo ran >/tmp/ran; exec sleep 100'
	edit '.root.readonly = false'
	create </dev/null >/dev/null 2>&1
	[ ! -e "$BUNDLE/rootfs/tmp/ran" ]
	c start "$ID"
	[ "$(tr '\0' ' ' </proc/$(pid_of "$ID")/cmdline | cut -d' ' -f 1)" != "$RUNLET" ]
	until_true [ -e "$BUNDLE/rootfs/tmp/ran" ]
}

# spec: annotations
@test "state has runc's members, and the record's pid is init's" {
	args sleep 100
	edit '.annotations = {"com.example.a": "1", "b": "\"quoted\" \u00e9"}'
	c run -d --pid-file "$WORK/pid" -b "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1
	run c state "$ID"
	[ "$(jq -r 'keys_unsorted | join(" ")' <<<"$output")" = "ociVersion id pid status bundle rootfs created annotations owner" ]
	[ "$(jq -r .id <<<"$output")" = "$ID" ]
	[ "$(jq -r .bundle <<<"$output")" = "$BUNDLE" ]
	[ "$(jq -r .rootfs <<<"$output")" = "$BUNDLE/rootfs" ]
	[ "$(jq -r .ociVersion <<<"$output")" = "$(jq -r .ociVersion "$BUNDLE/config.json")" ]
	[ "$(jq -rc .annotations <<<"$output")" = '{"com.example.a":"1","b":"\"quoted\" é"}' ]
	[[ $(jq -r .created <<<"$output") =~ ^20[0-9-]{8}T[0-9:]{8}\.[0-9]{9}Z$ ]]
	[ "$(cat "$WORK/pid")" = "$(jq -r .pid <<<"$output")" ]
	[ "$(wc -l <"$WORK/pid")" = 0 ]   # no newline
	[ "$(cat "/proc/$(cat "$WORK/pid")/comm")" = sleep ]
}

@test "pid is 0 when stopped; a zombie of ours counts as stopped" {
	args /bin/true
	c run -d -b "$BUNDLE" "$ID"
	until_true status_is "$ID" stopped
	[ "$(pid_of "$ID")" = 0 ]
}

@test "a second container of the same ID is refused and the first is untouched" {
	args sleep 100
	create </dev/null >/dev/null 2>&1
	run create
	[ "$status" = 1 ]
	[ "$output" = "runlet: $ID: container \"$ID\" already exists" ]
	[ "$(status_of "$ID")" = created ]
}

@test "start of a running, of a stopped one, of none" {
	args sleep 100
	create </dev/null >/dev/null 2>&1
	c start "$ID"
	run c start "$ID"
	[ "$status" = 1 ]
	[ "$output" = "runlet: $ID: cannot start an already running container" ]
	c kill "$ID" 9
	until_true status_is "$ID" stopped
	run c start "$ID"
	[ "$output" = "runlet: $ID: cannot start a container that has stopped" ]
	run c start "not-$ID"
	[ "$output" = "runlet: not-$ID: container \"not-$ID\" does not exist" ]
}

@test "start reports a program that can't be executed" {
	printf 'no program\n' >"$BUNDLE/rootfs/bin/bad"
	chmod 755 "$BUNDLE/rootfs/bin/bad"
	args /bin/bad
	create </dev/null >/dev/null 2>&1
	run c start "$ID"
	[ "$status" = 1 ]
	one_line
	[[ $output == *'process.args[0]: exec /bin/bad: exec format error' ]]
	until_true status_is "$ID" stopped
	c delete "$ID"
	nothing_left
}

@test "create reports a program that is not there, and leaves nothing" {
	args no-such-program
	run create
	[ "$status" = 1 ]
	one_line
	[[ $output == *'executable file "no-such-program" not found in $PATH: No such file or directory' ]]
	[[ $output == *'executable file not found in'* ]]
	nothing_left
	args /bin/nothing-here
	run create
	[[ $output == *'exec /bin/nothing-here: no such file or directory' ]]
	touch "$BUNDLE/rootfs/bin/data"
	args /bin/data
	run create
	[[ $output == *'exec /bin/data: permission denied' ]]
	nothing_left
}

@test "kill: names, numbers, real time; words when it does not run" {
	program 'for s in HUP USR1 USR2 TERM 35 36; do trap "echo $s >>/tmp/got" $s; done; echo >/tmp/ready; while :; do sleep 0.1; done'
	edit '.root.readonly = false'
	c run -d -b "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1
	until_true [ -e "$BUNDLE/rootfs/tmp/ready" ]
	got() { [ "$(tail -n 1 "$BUNDLE/rootfs/tmp/got" 2>/dev/null)" = "$1" ]; }
	c kill "$ID" HUP; until_true got HUP
	c kill "$ID" SIGUSR1; until_true got USR1
	c kill "$ID" usr2; until_true got USR2
	c kill "$ID" 1; until_true got HUP
	c kill "$ID"; until_true got TERM
	c kill "$ID" RTMIN+1; until_true got 35
	c kill "$ID" SIGRTMIN+2; until_true got 36
	run c kill "$ID" NONSENSE
	[ "$output" = "runlet: $ID: error: unknown signal \"NONSENSE\"" ]
	c kill "$ID" KILL
	until_true status_is "$ID" stopped
	run c kill "$ID"
	[ "$status" = 1 ]
	[ "$output" = "runlet: $ID: error: container not running" ]
}

@test "kill --all reaches every process, also without a pid namespace" {
	edit '.linux.namespaces |= map(select(.type != "pid"))'
	program 'sleep 1000 & echo $! >/tmp/child; exec sleep 1000'
	edit '.root.readonly = false'
	c run -d -b "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1
	until_true [ -s "$BUNDLE/rootfs/tmp/child" ]
	child=$(cat "$BUNDLE/rootfs/tmp/child")
	c kill --all "$ID" KILL
	gone() { ! kill -0 "$child" 2>/dev/null || [ "$(cut -d' ' -f 3 /proc/$child/stat)" = Z ]; }
	until_true gone
	until_true status_is "$ID" stopped
}

@test "delete ends what outlived init without a pid namespace" {
	edit '.linux.namespaces |= map(select(.type != "pid"))'
	program 'setsid sleep 1000 & echo $! >/tmp/child; exit 3'
	edit '.root.readonly = false'
	run c run --no-subreaper -b "$BUNDLE" "$ID" </dev/null
	[ "$status" = 3 ]
	child=$(cat "$BUNDLE/rootfs/tmp/child")
	gone() { ! kill -0 "$child" 2>/dev/null || [ "$(cut -d' ' -f 3 /proc/$child/stat)" = Z ]; }
	until_true gone
	nothing_left
}

@test "delete of a running container is refused, with --force it is done" {
	args sleep 100
	c run -d -b "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1
	pid=$(pid_of "$ID")
	run c delete "$ID"
	[ "$status" = 1 ]
	[ "$output" = "runlet: $ID: error: cannot delete container $ID that is not stopped: running" ]
	c delete --force "$ID"
	[ ! -e "/proc/$pid/cmdline" ] || [ -z "$(cat "/proc/$pid/cmdline")" ]
	nothing_left
}

@test "delete --force of one whose init does not die: an error, and all stays for another try" {
	compiled hold
	args sleep 100
	c run -d -b "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1
	"$BUNDLE/rootfs/bin/hold" "$(pid_of "$ID")" >"$WORK/held" 2>&1 3>&- &
	PIDS=$!
	until_true [ -s "$WORK/held" ]
	grep -q held "$WORK/held" || skip "$(cat "$WORK/held")"
	run c delete --force "$ID"
	echo "$output"
	[ "$status" = 1 ]
	[ "$output" = "runlet: $ID: error: container init still running: process $(pid_of "$ID") is killed but does not go" ]
	status_is "$ID" running
	kill -KILL "$PIDS"
	wait "$PIDS" || :
	PIDS=
	c delete --force "$ID"
	nothing_left
}

@test "delete of a created container kills and deletes it" {
	args sleep 100
	create </dev/null >/dev/null 2>&1
	c delete "$ID"
	nothing_left
}

@test "delete of none: an error, with --force success" {
	run c delete "$ID"
	[ "$status" = 1 ]
	[ "$output" = "runlet: $ID: error: container \"$ID\" does not exist" ]
	run c delete --force "$ID"
	[ "$status" = 0 ]
	[ -z "$output" ]
}

@test "list: table, json, quiet, and null for nothing" {
	mkdir "$STATE"
	run c list -f json
	[ "$output" = null ]
	run c list
	[ "$output" = "ID          PID         STATUS      BUNDLE      CREATED     OWNER" ]
	args sleep 100
	create </dev/null >/dev/null 2>&1
	run c list -q
	[ "$output" = "$ID" ]
	[ "$(c list -f json | jq -r '.[0].id')" = "$ID" ]
	[ "$(c list -f json | jq -r '.[0].status')" = created ]
	run c list
	[ "${#lines[@]}" = 2 ]
	# every column begins below its head, three spaces behind the widest
	for name in PID STATUS BUNDLE CREATED OWNER; do
		before=${lines[0]%%"$name"*}
		[ "${lines[1]:$((${#before} - 1)):1}" = " " ]
		[ "${lines[1]:${#before}:1}" != " " ]
	done
	run c list -f xml
	[ "$status" = 1 ]
}

@test "config.json is what it was at create: later edits have no effect" {
	program 'echo first'
	create >"$WORK/out" 2>&1 </dev/null
	program 'echo second'
	edit '.hostname = "other"'
	c start "$ID"
	until_true grep -q first "$WORK/out"
	! grep -q second "$WORK/out"
}

@test "run --keep keeps the container, run -d leaves it running" {
	program 'exit 5'
	run c run --keep -b "$BUNDLE" "$ID"
	[ "$status" = 5 ]
	[ "$(status_of "$ID")" = stopped ]
	c delete "$ID"
	args sleep 100
	c run -d -b "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1
	[ "$(status_of "$ID")" = running ]
}

@test "run in the foreground forwards signals to the program" {
	program 'trap "exit 42" TERM; echo ready; while :; do sleep 0.05; done'
	"$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID" </dev/null >"$WORK/out" 2>&1 &
	runtime=$!
	PIDS=$runtime
	until_true grep -q ready "$WORK/out"
	kill -TERM $runtime
	wait $runtime && result=0 || result=$?
	[ "$result" = 42 ]
	nothing_left
}

@test "an ID has its grammar" {
	args /bin/true
	for id in "" . .. .hidden a/b "a b" 'a"b' $'a\nb' é "$(printf 'a%.0s' {1..256})"; do
		run c run -b "$BUNDLE" "$id"
		[ "$status" = 1 ]
		one_line
		[ ! -e "$STATE" ] || [ -z "$(ls -A "$STATE")" ]
	done
	for id in a A.b_c-d+e "$(printf 'a%.0s' {1..255})" 0 -x; do
		run c run -b "$BUNDLE" -- "$id"
		echo "$output"
		[ "$status" = 0 ]
	done
}

@test "the pid file is written under another name and renamed" {
	args /bin/true
	ln -s "$WORK/target" "$WORK/pid"
	cd "$WORK"
	c create --pid-file pid -b "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1
	[ ! -L "$WORK/pid" ] && [ ! -e "$WORK/target" ]
	[ "$(cat "$WORK/pid")" = "$(pid_of "$ID")" ]
	[ "$(ls "$WORK" | grep -c pid)" = 1 ]
}

@test "kill -9 of the runtime at any moment leaves what delete --force cleans" {
	program 'sleep 1000'
	edit '.hooks.createRuntime = [{path: "/bin/sh", args: ["sh", "-c", "sleep 0.01"]}] | .hooks.createContainer = [{path: "/bin/sh", args: ["sh", "-c", "sleep 0.01"]}]'
	for i in $(seq 0 39); do
		"$RUNLET" --root "$STATE" create -b "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1 &
		runtime=$!
		PIDS=$runtime
		sleep "0.0$(printf %02d "$i")"
		kill -KILL $runtime 2>/dev/null || :
		wait $runtime || :
		run c delete --force "$ID"
		echo "$i: $output"
		[ "$status" = 0 ]
		nothing_left
		# init had the bundle as its working directory or the rootfs as its root
		left=$(find /proc/[0-9]*/root /proc/[0-9]*/cwd -maxdepth 0 -lname "$BUNDLE*" 2>/dev/null || :)   # some are gone by then
		[ -z "$left" ] || { echo "left: $left"; return 1; }
	done
	PIDS=
}

@test "a record that can't be read is deleted with --force" {
	args /bin/true
	c create -b "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1
	c kill "$ID" KILL
	until_true status_is "$ID" stopped
	c delete "$ID"
	mkdir -m 700 "$STATE/$ID"
	echo '{"created":' >"$STATE/$ID/record"
	run c state "$ID"
	[ "$status" = 1 ]
	run c delete "$ID"
	[ "$status" = 1 ]
	run c delete --force "$ID"
	[ "$status" = 0 ]
	mkdir -m 700 "$STATE/$ID"
	run c state "$ID"
	[[ $output == *"half made (delete --force removes it)" ]]
	run c list
	[ "${#lines[@]}" = 2 ] && [[ ${lines[0]} == *"half made (delete --force removes it)" && ${lines[1]} == "ID "* ]]
	c delete --force "$ID"
	[ ! -e "$STATE/$ID" ]
}

@test "a container that waits for start ends at a signal, as its program would" {
	# whatever those who run the tests ignore
	printf '#!/bin/sh\nexec env --default-signal "%s" "$@"\n' "$RUNLET" >"$WORK/runlet"
	chmod +x "$WORK/runlet"
	RUNLET=$WORK/runlet
	for signal in TERM INT HUP; do
		args sleep 100
		create </dev/null >/dev/null 2>&1
		c kill "$ID" $signal
		until_true status_is "$ID" stopped
		c delete "$ID"
	done
}

@test "init of a created container holds no file of the host but its standard streams" {
	args sleep 100
	exec 7<"$BUNDLE/config.json"
	create </dev/null >/dev/null 2>&1
	exec 7<&-
	init=$(pid_of "$ID")
	for fd in /proc/$init/fd/*; do
		[ "${fd##*/}" -lt 3 ] && continue
		readlink "$fd"
		[[ $(readlink "$fd") == socket:* ]]
	done
	c start "$ID"
	[ "$(status_of "$ID")" = running ]
}

@test "list of a state directory that was named and is not there: an error; of the default one: nothing" {
	run "$RUNLET" --root "$WORK/none" list
	[ "$status" = 1 ] && one_line
	[[ $output == *"$WORK/none"*"No such file or directory" ]]
}

@test "the container runs on the CPUs of its cgroup, not on those that the caller was bound to" {
	allowed=$(awk '/^Cpus_allowed_list/ { print $2 }' /proc/self/status)
	[[ $allowed == *[-,]* ]] || skip "one CPU"
	first=${allowed%%[-,]*}
	args grep Cpus_allowed_list /proc/self/status
	run taskset -c "$first" "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	[ "$(awk '{ print $2 }' <<<"$output")" = "$allowed" ]
	args sleep 100
	detached
	run taskset -c "$first" "$RUNLET" --root "$STATE" exec "$ID" grep Cpus_allowed_list /proc/self/status
	[ "$(awk '{ print $2 }' <<<"$output")" = "$allowed" ]
}

@test "state while create is at work: created once init is there, and start waits for the rest" {
	args sleep 100
	edit '.hooks = {createRuntime: [{path: "/bin/sh", args: ["sh", "-c", "touch $1/hook; while [ -e $1/hook ] && [ ! -e $1/go ]; do sleep 0.05; done", "sh", $dir]}]}' --arg dir "$WORK"
	create </dev/null >/dev/null 2>&1 3>&- &
	PIDS="${PIDS:-} $!"
	until_true [ -e "$WORK/hook" ]
	[ "$(status_of "$ID")" = created ]
	[ "$(pid_of "$ID")" -gt 0 ]
	c start "$ID" </dev/null >/dev/null 2>&1 3>&- &
	PIDS="$PIDS $!"
	sleep 0.2
	[ "$(status_of "$ID")" = created ]
	touch "$WORK/go"
	until_true status_is "$ID" running
}
