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
	grep -q "of-$ID" <<<"$output"
	[ "$(grep -c "$ID" <<<"$output")" = 1 ]
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
