#!/usr/bin/env bats
# What a container must not get hold of: the runtime's own file (CVE-2019-5736), a working directory of the host's (CVE-2024-21626).
load helpers
setup() { setup_container; }
teardown() { teardown_container; }

# a runlet that waits to read its config from a pipe: blocked COMMAND-PREFIX…; its pid is in $blocked
blocked() {
	mkdir -p "$WORK/wait"
	[ -p "$WORK/wait/config.json" ] || mkfifo "$WORK/wait/config.json"
	"$@" "$WORK/runlet" --root "$WORK/none" run -b "$WORK/wait" never </dev/null >/dev/null 2>&1 3>&- &
	blocked=$!
	PIDS="${PIDS:-} $blocked"
	until_true waits_in_open "$blocked"
}
waits_in_open() { grep -q wait_for_partner "/proc/$1/stack" 2>/dev/null || grep -q 'fifo\|partner' "/proc/$1/wchan"; }

# may_write PID: keeps the file that the process runs from, ends the process, tries to open it for writing
may_write() {
	python3 -c '
import os, signal, sys, time
pid = int(sys.argv[1])
kept = os.open("/proc/%d/exe" % pid, os.O_PATH)
os.kill(pid, signal.SIGKILL)
for _ in range(500):
    try:
        os.write(os.open("/proc/self/fd/%d" % kept, os.O_WRONLY), b"#")
        print("yes")
        break
    except OSError as e:
        if e.strerror != "Text file busy":
            print(e.strerror)
            break
    time.sleep(0.01)' "$1"
}

@test "the file that a runlet in a container runs from can't be written" {
	args sleep 100
	edit '.root.readonly = false'
	detached
	mkdir "$BUNDLE/rootfs/tmp/b"
	mkfifo "$BUNDLE/rootfs/tmp/b/config.json"
	c exec -d --pid-file "$WORK/pid" "$ID" /proc/self/exe --root /tmp/none run -b /tmp/b never </dev/null >/dev/null 2>&1 3>&-
	[ "$(tr '\0' ' ' <"/proc/$(cat "$WORK/pid")/cmdline")" = "/proc/self/exe --root /tmp/none run -b /tmp/b never " ]
	[ "$(may_write "$(cat "$WORK/pid")")" = "Read-only file system" ]
}

@test "by a read-only mount, as an ordinary user by a sealed copy in memory; any other program of the machine's can be written that way" {
	cp "$RUNLET" "$WORK/runlet"
	chmod 755 "$WORK" "$WORK/runlet"
	blocked env
	[ "$(may_write "$blocked")" = "Read-only file system" ]
	chown 65534 "$WORK/runlet"
	blocked setpriv --reuid 65534 --clear-groups
	[[ $(readlink "/proc/$blocked/exe") == "/memfd:runlet"* ]]
	[ "$(may_write "$blocked")" = "Operation not permitted" ]
	cp "$(command -v sleep)" "$WORK/sleep"
	"$WORK/sleep" 100 3>&- &
	PIDS="$PIDS $!"
	[ "$(may_write $!)" = yes ]
}

@test "moved to that mount, or executed anew from it where the kernel lets no program be moved: its arguments and environment are what they were" {
	cp "$RUNLET" "$WORK/runlet"
	for how in env "python3 $BATS_TEST_DIRNAME/enosys.py 157=35 --"; do   # prctl's PR_SET_MM
		SEEN=here LAST= blocked $how
		[ "$(tr '\0' ' ' <"/proc/$blocked/cmdline")" = "$WORK/runlet --root $WORK/none run -b $WORK/wait never " ]
		tr '\0' '\n' <"/proc/$blocked/environ" >"$WORK/environ"
		grep -qx SEEN=here "$WORK/environ"
		grep -qx LAST= "$WORK/environ"
		[ "$(cat "/proc/$blocked/comm")" = runlet ]
		! grep -qF "$WORK" "/proc/$blocked/maps"
		[ "$(may_write "$blocked")" = "Read-only file system" ]
	done
}

@test "on a read-only filesystem it runs from where it is" {
	cp "$RUNLET" "$WORK/runlet"
	mkdir "$WORK/ro"
	cp "$RUNLET" "$WORK/ro/runlet"
	WORK=$WORK unshare -m bash -ec '
		mount --bind "$WORK/ro" "$WORK/ro"
		mount -o remount,bind,ro "$WORK/ro"
		mkfifo "$WORK/config.json"
		"$WORK/ro/runlet" --root "$WORK/none" run -b "$WORK" never </dev/null >/dev/null 2>&1 3>&- &
		for i in $(seq 100); do grep -q "fifo\|partner" /proc/$!/wchan && break; sleep 0.05; done
		readlink /proc/$!/exe >"$WORK/link"
		kill -KILL $!'
	[ "$(cat "$WORK/link")" = "$WORK/ro/runlet" ]
}

@test "a working directory that leads out of the root is refused, in run and in exec" {
	args sleep 100
	detached
	exec 8</
	run c exec --preserve-fds 6 --cwd /proc/self/fd/8 "$ID" pwd
	exec 8<&-
	[ "$status" = 255 ]
	[[ $output == *"leads out of the container's root"* ]]
	edit '.process.cwd = "/proc/self/fd/8"'
	exec 8</
	run c run --preserve-fds 6 -b "$BUNDLE" "$ID-2"
	exec 8<&-
	[ "$status" = 1 ]
	[[ ${lines[-1]} == *"process.cwd"* ]]
}
