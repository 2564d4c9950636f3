#!/usr/bin/env bats
# System calls that an agent answers: config-linux.md, "Seccomp" (listenerPath, listenerMetadata), "The Container Process State".
load helpers
setup() { setup_container; SOCKET=$WORK/agent.sock STATES=$WORK/states PIDS=; }
teardown() { teardown_container; }

# agent RULES: names of calls and errnos, as an agent's answers: mkdir=123; others are done
agent() {
	local rules
	{ [ -n "${COMPILED:-}" ] || command -v cc >/dev/null; } && command -v python3 >/dev/null || skip "needs cc and python3"
	rules=$(for rule; do printf '"%d": %d\n' "$(number "${rule%=*}")" "${rule#*=}"; done | paste -sd,)
	mkfifo "$WORK/ready"
	python3 "$BATS_TEST_DIRNAME/agent.py" "$SOCKET" "$STATES" "{$rules}" >"$WORK/ready" 2>"$WORK/agent.log" 3>&- &
	AGENT=$!
	PIDS="$PIDS $AGENT"
	read -r _ <"$WORK/ready"
}
number() { awk -v name="__NR_$1" '$2 == name { print $3 }' < <(if [ -n "${COMPILED:-}" ]; then cat "$COMPILED/calls"; else printf '#include <sys/syscall.h>\n' | cc -E -dM -; fi); }
# notify NAME…: those calls are the agent's
notify() {
	edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", listenerPath: $path, listenerMetadata: "a \"word\"", syscalls: [{names: $names, action: "SCMP_ACT_NOTIFY"}]}' \
		--arg path "$SOCKET" --argjson names "$(jq -n '$ARGS.positional' --args "$@")"
}

# spec: linux.seccomp.listenerPath
@test "an agent answers: mkdir gets its errno, other calls are done; with noNewPrivileges and without" {
	agent mkdir=123
	notify mkdir rmdir
	program 'mkdir /tmp/x; rmdir /tmp; echo on'
	for no_new_privileges in true false; do
		edit '.process.noNewPrivileges = $yes' --argjson yes $no_new_privileges
		run c run -b "$BUNDLE" "$ID"
		echo "$output"
		[ "$status" = 0 ]
		[[ ${lines[0]} == *"No medium found" ]]
		[[ ${lines[1]} == *"Read-only file system" || ${lines[1]} == *"busy" || ${lines[1]} == *"not empty" ]]
		[ "${lines[2]}" = on ]
	done
	[ "$(wc -l <"$STATES")" = 2 ]
	nothing_left
}

told_of() { [ "$(wc -l <"$STATES")" = "$1" ]; }

# spec: linux.seccomp.listenerMetadata
@test "the agent is told of the container: ociVersion, fds, pid, metadata, state" {
	agent mkdir=1
	notify mkdir
	edit '.annotations = {a: "1"}'
	args sleep 100
	detached
	until_true told_of 1
	run jq -e '.fds == 1 and .state.fds == ["seccompFd"] and .state.metadata == "a \"word\"" and .state.state.annotations == {a: "1"}' "$STATES"
	cat "$STATES"
	[ "$status" = 0 ]
	[ "$(jq -r .state.pid "$STATES")" = "$(pid_of "$ID")" ]
	[ "$(jq -r .state.state.pid "$STATES")" = "$(pid_of "$ID")" ]
	[ "$(jq -r '.state.state | [.id, .bundle, .status] | join(" ")' "$STATES")" = "$ID $BUNDLE creating" ]
	[ "$(jq -r '.state.ociVersion, .state.state.ociVersion' "$STATES" | grep -c '^1\.')" = 2 ]
	edit 'del(.linux.seccomp.listenerMetadata)'
	c delete --force "$ID"
	detached
	until_true told_of 2   # the agent writes down what it has taken while the program runs already
	[ "$(tail -n 1 "$STATES" | jq '.state | has("metadata")')" = false ]
}

@test "create says nothing to the agent, start does" {
	agent mkdir=5
	notify mkdir
	edit '.root.readonly = false'
	program 'mkdir /tmp/x 2>/tmp/said; exec sleep 100'
	c create -b "$BUNDLE" "$ID" </dev/null >"$WORK/out" 2>&1 3>&-
	[ ! -e "$STATES" ]
	c start "$ID"
	until_true [ -s "$BUNDLE/rootfs/tmp/said" ]
	grep -q "I/O error\|Input/output error" "$BUNDLE/rootfs/tmp/said"
	[ "$(jq -r '.state.state.status' "$STATES")" = created ]
	[ "$(jq -r '.state.pid' "$STATES")" = "$(pid_of "$ID")" ]
}

@test "calls that runtimes need themselves can be the agent's: execve, openat, read, close, fcntl, capset" {
	agent
	notify execve openat open read close fcntl capset prctl recvmsg
	args /bin/true
	for no_new_privileges in true false; do
		edit '.process.noNewPrivileges = $yes' --argjson yes $no_new_privileges
		run c run -b "$BUNDLE" "$ID"
		echo "$output"
		[ "$status" = 0 ]
	done
}

@test "when the agent dies, its calls get ENOSYS" {
	agent mkdir=1
	notify mkdir
	edit '.root.readonly = false'
	program 'until [ -e /tmp/go ]; do sleep 0.05; done; mkdir /tmp/x'
	c run -b "$BUNDLE" "$ID" >"$WORK/out" 2>&1 3>&- &
	runner=$!
	PIDS="$PIDS $runner"
	until_true [ -s "$STATES" ]
	kill "$AGENT"
	wait "$AGENT" || :
	touch "$BUNDLE/rootfs/tmp/go"
	status=0
	wait "$runner" || status=$?
	cat "$WORK/out"
	[ "$status" != 0 ]
	grep -q "Function not implemented" "$WORK/out"
}

@test "an abstract socket, and a path of more than 108 bytes" {
	SOCKET=@runlet-test-$ID
	agent mkdir=123
	notify mkdir
	program 'mkdir /tmp/x'
	run c run -b "$BUNDLE" "$ID"
	[[ $output == *"No medium found" ]]
	rm "$WORK/ready"
	long=$WORK/$(printf 'd%.0s' $(seq 100))
	mkdir "$long"
	SOCKET=$long/agent
	python3 - "$long" <<'END'
import os, socket, sys
os.chdir(sys.argv[1])
s = socket.socket(socket.AF_UNIX)
s.bind("agent")
s.listen(1)
if os.fork():
    sys.exit()
os.setsid()
os.closerange(1, 3)
s.settimeout(20)
open("got", "wb").write(s.accept()[0].recv(10000))
END
	notify mkdir
	args /bin/true
	run c run -b "$BUNDLE" "$ID"
	[ "$status" = 0 ]
	until_true jq -e '.fds == ["seccompFd"]' "$long/got"
}

# spec: linux.seccomp.flags
@test "WAIT_KILLABLE_RECV goes with the listener; without one it is left out" {
	agent mkdir=123
	notify mkdir
	edit '.linux.seccomp.flags = ["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"]'
	program 'mkdir /tmp/x'
	run c --debug run -b "$BUNDLE" "$ID"
	echo "$output"
	[[ $output == *"seccomp filter flags: 40"* ]]
	[[ $output == *"No medium found"* ]]
	edit '.linux.seccomp.syscalls = []'
	args /bin/true
	run c --debug run -b "$BUNDLE" "$ID"
	[ "$status" = 0 ]
	[[ $output == *"seccomp filter flags: 0"* ]]
}

@test "without an action that notifies listenerPath is ignored" {
	edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", listenerPath: "/nothing/here", listenerMetadata: "x"}'
	program 'echo ran'
	run c run -b "$BUNDLE" "$ID"
	[ "$output" = ran ]
	# an agent that is there hears that nothing will come
	python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(); print(s.accept()[0].recv(100))' "$WORK/agent" </dev/null >"$WORK/heard" 3>&- &
	PIDS="${PIDS:-} $!"
	until_true [ -S "$WORK/agent" ]
	edit '.linux.seccomp.listenerPath = $path' --arg path "$WORK/agent"
	run c run -b "$BUNDLE" "$ID"
	[ "$output" = ran ]
	until_true grep -qx "b''" "$WORK/heard"
	edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["call_of_the_future"], action: "SCMP_ACT_NOTIFY"}]}'
	run c run -b "$BUNDLE" "$ID"
	[ "$output" = ran ]
}

refused() {
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 1 ]
	one_line
	[[ $output == *"$1"* ]]
	nothing_left
}

@test "what can't be: no listenerPath, nobody there, write, sendmsg, the default action" {
	args /bin/true
	notify mkdir
	refused "linux.seccomp.listenerPath: failed to connect with seccomp agent at \"$SOCKET\": No such file or directory"
	edit '.linux.seccomp.listenerPath = "@nobody-listens-here"'
	refused 'failed to connect with seccomp agent at "@nobody-listens-here": Connection refused'
	edit '.linux.seccomp.listenerPath = ""'
	refused "linux.seccomp.listenerPath: seccomp listenerPath is not set"
	notify write
	refused "linux.seccomp: syscalls[0]: names[0]: SCMP_ACT_NOTIFY cannot be used for the write syscall"
	notify mkdir sendmsg
	refused "linux.seccomp: syscalls[0]: names[1]: SCMP_ACT_NOTIFY cannot be used for the sendmsg syscall"
	notify mkdir
	edit '.linux.seccomp.defaultAction = "SCMP_ACT_NOTIFY"'
	refused "linux.seccomp: defaultAction: SCMP_ACT_NOTIFY cannot be used as default action"
}

@test "a filter that does not let the listener out is an error, not a program without an agent" {
	agent mkdir=1
	notify mkdir
	args /bin/true
	edit '.linux.seccomp.syscalls += [{names: ["sendmsg"], action: "SCMP_ACT_ERRNO"}]'
	refused "a filter that notifies has to allow sendmsg"
	edit '.linux.seccomp.syscalls[1].action = "SCMP_ACT_KILL_PROCESS"'
	refused "a filter that notifies has to allow sendmsg"
}

@test "start without an agent leaves the container created; the next start finds one" {
	notify mkdir
	program 'mkdir /tmp/x'
	c create -b "$BUNDLE" "$ID" </dev/null >"$WORK/out" 2>&1 3>&-
	run c start "$ID"
	[ "$status" = 1 ]
	one_line
	[[ $output == *"failed to connect with seccomp agent"* ]]
	[ "$(status_of "$ID")" = created ]
	agent mkdir=123
	c start "$ID"
	until_true status_is "$ID" stopped
	grep -q "No medium found" "$WORK/out"
}

@test "an agent that dies before it has the listener is an error, and nothing is left" {
	agent mkdir=1
	notify mkdir
	args sleep 100
	printf '#!/bin/sh\nkill -KILL %d\nwhile [ "$(cut -d" " -f3 /proc/%d/stat 2>/dev/null || echo Z)" != Z ]; do :; done\n' "$AGENT" "$AGENT" >"$WORK/hook"
	chmod 755 "$WORK/hook"
	edit '.hooks.createRuntime = [{path: $path, env: ["PATH=/usr/bin:/bin"]}]' --arg path "$WORK/hook"
	refused "linux.seccomp.listenerPath: cannot send the listener to the seccomp agent: "
}

@test "exec: the agent is told of its process, and answers that one's calls" {
	agent mkdir=123
	notify mkdir
	args sleep 100
	detached
	run c exec "$ID" mkdir /tmp/x
	[ "$status" = 1 ]
	[[ $output == *"No medium found" ]]
	[ "$(wc -l <"$STATES")" = 2 ]
	[ "$(tail -n 1 "$STATES" | jq -r .state.state.status)" = running ]
	[ "$(tail -n 1 "$STATES" | jq -r .state.state.pid)" = "$(pid_of "$ID")" ]
	[ "$(tail -n 1 "$STATES" | jq -r .state.pid)" != "$(pid_of "$ID")" ]
}
