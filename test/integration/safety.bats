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

# false_proc PID: in the mount namespace of that process /proc is a tmpfs of plain files, as a container that may mount can have it
false_proc() {
	nsenter --mount="/proc/$1/ns/mnt" sh -c 'mount -t tmpfs tmpfs /proc && mkdir -p /proc/self/attr /proc/thread-self/attr /proc/sys/net/ipv4 &&
		for file in self/oom_score_adj self/timens_offsets self/attr/exec sys/net/ipv4/ip_forward; do echo untouched >/proc/$file; done'
}
untouched() { [ -z "$(nsenter --mount="/proc/$1/ns/mnt" sh -c 'cat /proc/self/oom_score_adj /proc/self/timens_offsets /proc/self/attr/exec /proc/sys/net/ipv4/ip_forward' | grep -v '^untouched$')" ]; }

@test "exec writes no file of a false /proc (CVE-2019-16884, CVE-2025-52881)" {
	needs_no_chroot
	edit '.root.readonly = false'
	args sleep 100
	detached
	local pid; pid=$(pid_of "$ID")
	# by busybox: its /proc, not ours
	nsenter --mount="/proc/$pid/ns/mnt" --root="/proc/$pid/root" /bin/sh -c 'mount -t tmpfs tmpfs /proc && mkdir -p /proc/self/attr && echo untouched >/proc/self/oom_score_adj && echo untouched >/proc/self/attr/exec'
	echo '{"args": ["sleep", "100"], "cwd": "/", "env": ["PATH=/bin"], "oomScoreAdj": 321}' >"$WORK/process.json"
	c exec -d --pid-file "$WORK/pid" -p "$WORK/process.json" "$ID" </dev/null >"$WORK/out" 2>&1 3>&-
	cat "$WORK/out"
	[ "$(cat "/proc/$(cat "$WORK/pid")/oom_score_adj")" = 321 ]
	[ "$(cat "/proc/$pid/root/proc/self/oom_score_adj")" = untouched ]
}

@test "a joined mount namespace with a false /proc and no cgroups: nothing of it is written" {
	unshare -m --propagation private sleep 1000 </dev/null >/dev/null 2>&1 3>&- &
	local holder=$!
	PIDS="${PIDS:-} $holder"
	until_true eval '[ "$(readlink /proc/$holder/ns/mnt)" != "$(readlink /proc/self/ns/mnt)" ]'
	false_proc "$holder"
	nsenter --mount="/proc/$holder/ns/mnt" mount -t tmpfs tmpfs /sys/fs/cgroup
	edit '.process.oomScoreAdj = 321 | .linux.sysctl = {"net.ipv4.ip_forward": "1"} | (.linux.namespaces[] | select(.type == "mount")).path = $path | .mounts = [] | del(.linux.maskedPaths, .linux.readonlyPaths)' --arg path "/proc/$holder/ns/mnt"
	args sleep 100
	c run -d -b "$BUNDLE" "$ID" </dev/null >"$WORK/out" 2>&1 3>&- || { cat "$WORK/out"; return 1; }
	[ "$(cat "/proc/$(pid_of "$ID")/oom_score_adj")" = 321 ]
	[ "$(grep -c "/$ID$" "/proc/$(pid_of "$ID")/cgroup")" -ge 1 ]
	[ -z "$(grep -v "/$ID$" "/proc/$(pid_of "$ID")/cgroup" | grep -v '^0::')" ]
	[ "$(nsenter --net="/proc/$(pid_of "$ID")/ns/net" cat /proc/sys/net/ipv4/ip_forward)" = 1 ]
	untouched "$holder"
}

@test "masks are the true null device, whatever the image has at /dev/null (CVE-2025-31133)" {
	echo hidden >"$BUNDLE/rootfs/file"
	edit '.mounts |= map(select(.destination | startswith("/dev") | not)) | .linux.maskedPaths = ["/file", "/etc", "/root", "/proc/version"] | .root.readonly = false'
	rm -rf "$BUNDLE/rootfs/dev"; mkdir "$BUNDLE/rootfs/dev"
	local what
	for what in link file directory fifo; do
		rm -rf "$BUNDLE/rootfs/dev/null"
		case $what in
		link) ln -s /proc/sysrq-trigger "$BUNDLE/rootfs/dev/null" ;;
		file) echo mine >"$BUNDLE/rootfs/dev/null" ;;
		directory) mkdir "$BUNDLE/rootfs/dev/null" ;;
		fifo) mkfifo "$BUNDLE/rootfs/dev/null" ;;
		esac
		program 'stat -c "%F %t:%T" /file /proc/version; ls -A /etc /root; touch /etc/x /root/x 2>&1 | grep -c Read-only'
		run c run -b "$BUNDLE" "$ID"
		echo "$what: $output"
		[ "$output" = $'character special file 1:3\ncharacter special file 1:3\n/etc:\n\n/root:\n2' ]
	done
}

@test "a node that is bound from the host is the device that is meant (CVE-2025-52565)" {
	needs_user_namespaces
	args /bin/true
	edit '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 1000}] | .linux.gidMappings = .linux.uidMappings'
	chown -R 100000:100000 "$BUNDLE/rootfs"
	chmod 755 "$WORK" "$BUNDLE"
	echo secret >"$WORK/secret"
	local other
	for other in "$WORK/secret" /dev/full; do
		run unshare -m sh -c 'mount --bind "$0" /dev/zero && exec "$@"' "$other" "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
		echo "$output"
		[ "$status" = 1 ]
		one_line
		[[ $output == *"/dev/zero: the host's /dev/zero is not the device c 1:5" ]]
		nothing_left
	done
	c run -b "$BUNDLE" "$ID"
}

@test "a terminal comes from a true devpts, not from what the image has at /dev/pts" {
	rm -rf "$BUNDLE/rootfs/dev"; mkdir -p "$BUNDLE/rootfs/dev/real"
	edit '.process.terminal = true | .root.readonly = false | .mounts |= map(select(.destination | startswith("/dev") | not))'
	args /bin/true
	mknod "$BUNDLE/rootfs/dev/real/ptmx" c 1 3
	local what
	for what in real ../proc/self; do
		rm -rf "$BUNDLE/rootfs/dev/pts"
		ln -s "$what" "$BUNDLE/rootfs/dev/pts"
		run c run -b "$BUNDLE" "$ID"
		echo "$output"
		[ "$status" = 1 ]
		one_line
		[[ $output == *"process.terminal: /dev/pts of the container is no devpts" ]]
		nothing_left
	done
}
