#!/usr/bin/env bats
# Kernels without the newer system calls, one at a time and all together: all that the older ones can do still works.
load helpers
setup() { setup_container; }
teardown() {
	[ -z "${ON_V2:-}" ] || v2 "$RUNLET" --root "$STATE" delete --force "$ID"
	teardown_container
}
v2() { unshare -m sh -c 'umount -R /sys/fs/cgroup 2>/dev/null; mount -t cgroup2 none /sys/fs/cgroup && exec "$@"' - "$@"; }

NEWER="clone3 openat2 close_range pidfd_open pidfd_send_signal open_tree move_mount mount_setattr fsopen fsmount fsconfig statx faccessat2"
number() { awk -v name="__NR_$1" '$2 == name { print $3 }' < <(printf '#include <sys/syscall.h>\n' | cc -E -dM -); }
numbers() { local name; for name in "$@"; do number "$name"; done; }

# without "NUMBER…" COMMAND…
without() {
	local numbers=$1; shift
	python3 "$BATS_TEST_DIRNAME/enosys.py" $numbers -- "$@"
}

# a whole life without those calls: made, started, entered, frozen, killed, deleted; read-only binds, masks, a pty
life() {
	local numbers=$1 old="$RUNLET"
	runlet() { without "$numbers" "$old" --root "$STATE" "$@"; }
	edit '.process.args = ["/bin/sleep", "100"] | .mounts += [{destination: "/etc", type: "none", source: "/etc", options: ["rbind", "ro", "nosuid"]}]'
	runlet create -b "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1
	runlet start "$ID"
	[ "$(runlet exec "$ID" sh -c 'hostname; grep -q " /proc/sys proc ro" /proc/mounts && echo protected')" = $'runlet\nprotected' ]
	[ "$(runlet exec "$ID" sh -c 'touch /etc/x 2>&1')" = "touch: /etc/x: Read-only file system" ]
	[ "$(runlet exec -t "$ID" tty </dev/null | tr -d '\r')" = /dev/pts/0 ]
	runlet kill "$ID" KILL
	until_true status_is "$ID" stopped
	runlet delete "$ID"
	nothing_left
	edit '.process.args = ["/bin/sh", "-c", "exit 3"]'
	run runlet run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 3 ]
	nothing_left
}

@test "the stand-in for an older kernel is one: a call that is taken away is ENOSYS" {
	run without "$(number mkdir)" python3 -c 'import os; os.mkdir("'"$WORK"'/x")'
	[ "$status" = 1 ]
	[[ $output == *"Function not implemented"* ]]
}

@test "without each of them alone" {
	local name
	for name in $NEWER; do
		echo "without $name"
		life "$(number "$name")"
	done
}

@test "without all of them" { life "$(numbers $NEWER)"; }

@test "without all of them, on a v2 host" {
	ON_V2=1
	local numbers; numbers=$(numbers $NEWER)
	args sleep 100
	v2 python3 "$BATS_TEST_DIRNAME/enosys.py" $numbers -- "$RUNLET" --root "$STATE" run -d -b "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1 3>&-
	[ "$(v2 python3 "$BATS_TEST_DIRNAME/enosys.py" $numbers -- "$RUNLET" --root "$STATE" exec "$ID" echo in)" = in ]
	v2 python3 "$BATS_TEST_DIRNAME/enosys.py" $numbers -- "$RUNLET" --root "$STATE" delete --force "$ID"
	nothing_left
}

@test "what an older kernel can't do is named" {
	edit '.mounts += [{destination: "/tmp", type: "none", source: "/etc", options: ["rbind", "rro"]}]'
	args /bin/true
	run without "$(numbers mount_setattr open_tree)" "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 1 ]
	one_line
	[[ $output == *'mounts[7] "/tmp"'* ]]
	nothing_left
}
