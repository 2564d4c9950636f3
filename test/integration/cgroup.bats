#!/usr/bin/env bats
# Control groups: made, limited, entered, removed, on this machine's hierarchies and on a v2 host: config-linux.md, "Control groups".
load helpers
setup() { setup_container; }
teardown() { teardown_container; }

# v2 COMMAND…: in a mount namespace whose /sys/fs/cgroup is the v2 tree alone
v2() { unshare -m sh -c 'umount -R /sys/fs/cgroup 2>/dev/null; mount -t cgroup2 none /sys/fs/cgroup && exec "$@"' - "$@"; }
has_v1() { grep -q " - cgroup [^ ]* .*\b$1\b" /proc/self/mountinfo; }
# directory CONTROLLER: the container's, on this machine
directory() { find /sys/fs/cgroup -maxdepth 7 -type d -name "$ID" -path "*/$1/*"; }

@test "no limits: the container is tracked, and nothing is left" {
	edit 'del(.linux.resources) | .linux.namespaces |= map(select(.type != "cgroup"))'
	program 'cat /proc/self/cgroup'
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 0 ]
	grep -q "/$ID$" <<<"$output"
	nothing_left
}

@test "v1: pids and cpu limits are written, and the program is inside" {
	has_v1 pids && has_v1 cpu || skip "no v1 pids and cpu controllers here"
	edit '.linux.resources = {pids: {limit: 17}, cpu: {shares: 512, quota: 50000, period: 100000}}'
	args sleep 100
	detached
	[ "$(cat "$(directory pids)/pids.max")" = 17 ]
	[ "$(cat "$(directory cpu)/cpu.shares")" = 512 ]
	[ "$(cat "$(directory cpu)/cpu.cfs_quota_us")" = 50000 ]
	grep -qx "$(pid_of "$ID")" "$(directory pids)/cgroup.procs"
	c delete --force "$ID"
	nothing_left
}

# spec: linux.resources.pids.limit
@test "v1: pids.limit holds" {
	has_v1 pids || skip "no v1 pids controller here"
	edit '.linux.resources = {pids: {limit: 4}}'
	program '(sleep 1 & sleep 1 & sleep 1 & sleep 1 & sleep 1 & wait) 2>&1 | grep -c fork'
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[[ $output != 0 ]]
	nothing_left
}

# spec: linux.resources.memory.limit
@test "v1: a memory limit too low for init is named" {
	has_v1 memory || skip "no v1 memory controller here"
	edit '.linux.resources = {memory: {limit: 16384}}'
	args /bin/true
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 1 ]
	one_line
	[[ $output == *"memory limit, which may be too low (linux.resources.memory.limit)" ]]
	nothing_left
}

# spec: linux.resources.devices.*
@test "v1: devices are denied but for the defaults and what is allowed" {
	has_v1 devices || skip "no v1 devices controller here"
	edit '.root.readonly = false | .linux.devices = [{type: "c", path: "/dev/fuse", major: 10, minor: 229}, {type: "b", path: "/dev/loop9", major: 7, minor: 9}] | .linux.resources.devices += [{allow: true, type: "c", major: 10, minor: 229, access: "r"}]'
	program 'echo x >/dev/null && head -c 1 /dev/zero | wc -c; dd if=/dev/fuse count=0 2>/dev/null && echo readable; dd of=/dev/fuse count=0 if=/dev/null 2>&1 | grep -o "not permitted"; dd if=/dev/loop9 count=0 2>&1 | grep -o "not permitted"'
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$output" = $'1\nreadable\nnot permitted\nnot permitted' ]
}

@test "v2: the program is in its own cgroup, which is the root of its cgroup namespace" {
	edit '.linux.namespaces |= (map(select(.type != "cgroup")) + [{type: "cgroup"}]) | del(.linux.resources)'
	program 'cat /proc/self/cgroup; grep -c " /sys/fs/cgroup .* cgroup2 " /proc/self/mountinfo; cat /sys/fs/cgroup/cgroup.procs'
	run v2 "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 0 ]
	grep -qx "0::/" <<<"$output"
	grep -qx 1 <<<"$output"
	nothing_left
}

@test "v2: without a cgroup namespace the mount shows all, read-only, and the program's cgroup by its path" {
	edit '.linux.namespaces |= map(select(.type != "cgroup")) | del(.linux.resources)'
	program 'cat "/sys/fs/cgroup$(sed -n "s/^0:://p" /proc/self/cgroup)/cgroup.procs"; mkdir /sys/fs/cgroup/new'
	run v2 "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "${lines[0]}" = 1 ]
	[[ $output == *"Read-only file system" ]]
	nothing_left
}

# spec: linux.resources.devices.*
@test "v2: devices are denied but for the defaults" {
	edit '.root.readonly = false | .linux.devices = [{type: "b", path: "/dev/loop9", major: 7, minor: 9}]'
	program 'echo x >/dev/null && head -c 1 /dev/zero | wc -c; dd if=/dev/loop9 count=0 2>&1 | grep -o "not permitted"; mknod /tmp/n c 1 3 && echo made; : <>/dev/ptmx && echo ptmx; dd if=/dev/fuse count=0 2>/dev/null && echo readable; dd of=/dev/fuse count=0 if=/dev/null 2>&1 | grep -o "not permitted"'
	edit '.linux.devices += [{type: "c", path: "/dev/fuse", major: 10, minor: 229}] | .linux.resources.devices += [{allow: true, type: "c", major: 10, minor: 229, access: "r"}]'
	edit '.process.capabilities.bounding += ["CAP_MKNOD"] | .process.capabilities.permitted += ["CAP_MKNOD"] | .process.capabilities.effective += ["CAP_MKNOD"]'
	run v2 "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 0 ]
	[ "$output" = $'1\nnot permitted\nmade\nptmx\nreadable\nnot permitted' ]
	nothing_left
}

@test "a controller that is missing is named with its kernel option, and only if it is asked for" {
	edit '.linux.resources = {memory: {limit: 100000000}}'
	args /bin/true
	run v2 "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	v2 grep -qw memory /sys/fs/cgroup/cgroup.controllers && skip "the v2 tree here has the memory controller"
	echo "$output"
	[ "$status" = 1 ]
	one_line
	[[ $output == *"linux.resources.memory"*"CONFIG_MEMCG"* ]]
	nothing_left
	# what a new cgroup is anyway
	edit '.linux.resources = {memory: {limit: -1, swap: -1, reservation: -1}, pids: {limit: -1}, cpu: {quota: -1}}'
	run v2 "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 0 ]
	edit 'del(.linux.resources)'
	run v2 "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	[ "$status" = 0 ]
}

# spec: linux.cgroupsPath
# hierarchies: v1 mount points of this machine, one a line
hierarchies() { awk '/ - cgroup / { print $5 }' /proc/self/mountinfo; }

@test "v1: a container is in every hierarchy, whatever its limits are; an exec too; nothing is left" {
	[ "$(hierarchies | wc -l)" -gt 1 ] || skip "no v1 hierarchies here"
	edit 'del(.linux.resources)'
	args sleep 100
	detached
	local pid hierarchy other
	pid=$(pid_of "$ID")
	[ "$(grep -c "/$ID$" "/proc/$pid/cgroup")" -ge "$(hierarchies | wc -l)" ]
	[ -z "$(grep -v "/$ID$" "/proc/$pid/cgroup" | grep -v '^0::')" ]
	[ "$(c exec "$ID" cat /proc/self/cgroup | cut -d: -f2- | sort)" = "$(cut -d: -f2- "/proc/$pid/cgroup" | sort)" ]
	! has_v1 memory || [ "$(c events --stats "$ID" | jq .data.memory.usage.usage)" -lt 50000000 ]   # its own, not the machine's
	! has_v1 pids || [ "$(c events --stats "$ID" | jq .data.pids.current)" = 1 ]
	c delete --force "$ID"
	nothing_left
}

@test "v1: a hierarchy that can't be written, or that init can't enter, is done without unless a limit needs it" {
	has_v1 pids && has_v1 cpu || skip "no v1 pids and cpu controllers here"
	local mount cpu
	mount=$(awk '/ - cgroup .*pids/ { print $5 }' /proc/self/mountinfo)
	edit 'del(.linux.resources)'
	args sleep 100
	unshare -m sh -c 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"' "$mount" "$RUNLET" --root "$STATE" run -d -b "$BUNDLE" "$ID" </dev/null >"$WORK/out" 2>&1 3>&-
	[ ! -s "$WORK/out" ]
	[ -z "$(directory pids)" ]
	[ -n "$(directory cpu)" ]
	c exec "$ID" true
	c update --pids-limit 9 "$ID"   # here it can be written
	[ "$(cat "$(directory pids)/pids.max")" = 9 ]
	grep -qx "$(pid_of "$ID")" "$(directory pids)/cgroup.procs"
	c delete --force "$ID"
	nothing_left
	edit '.linux.resources = {pids: {limit: 9}}'
	run unshare -m sh -c 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"' "$mount" "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 1 ]
	one_line
	nothing_left
	# a realtime process can't be in a group that has no realtime
	chrt -r 3 true || skip "no realtime for us here"
	edit 'del(.linux.resources)'
	chrt -r 3 "$RUNLET" --root "$STATE" run -d -b "$BUNDLE" "$ID" </dev/null >"$WORK/out" 2>&1 3>&-
	[ ! -s "$WORK/out" ]
	[ -e "$(directory cpu)/cpu.rt_runtime_us" ] || skip "no realtime groups here (CONFIG_RT_GROUP_SCHED)"
	[ -z "$(cat "$(directory cpu)/cgroup.procs")" ]
	c exec "$ID" true
	run c update --cpu-quota 50000 "$ID"   # not a limit that nobody is under
	echo "$output"
	[ "$status" = 1 ]
	[[ $output == *"/cgroup.procs: Invalid argument" ]]
	c delete --force "$ID"
	nothing_left
}

# In a mount namespace without the memory tree, whose top is the machine's.
@test "cgroupsPath absolute and relative; what is above and was there stays" {
	args sleep 100
	edit 'del(.linux.resources) | .linux.cgroupsPath = $path' --arg path "/runlet-$ID/a/$ID"
	unshare -m sh -c '! mountpoint -q /sys/fs/cgroup/memory || umount /sys/fs/cgroup/memory; exec "$@"' - "$RUNLET" --root "$STATE" run -d -b "$BUNDLE" "$ID" </dev/null >"$WORK/out" 2>&1 3>&-
	[ "$(grep -c "/runlet-$ID/a/$ID$" "/proc/$(pid_of "$ID")/cgroup")" -ge 1 ]
	directory=$(find /sys/fs/cgroup -maxdepth 6 -type d -path "*/runlet-$ID/a/$ID" | head -n 1)
	[ -n "$directory" ]
	grep -qx "$(pid_of "$ID")" "$directory/cgroup.procs"
	c delete --force "$ID"
	nothing_left
	[ -z "$(find /sys/fs/cgroup -maxdepth 5 -type d -name "runlet-$ID")" ]
}

@test "an error behind the cgroup leaves no cgroup" {
	has_v1 pids || skip "no v1 pids controller here"
	edit '.linux.resources = {pids: {limit: 5}}'
	args no-such-program
	run c run -b "$BUNDLE" "$ID"
	[ "$status" = 1 ]
	nothing_left
	args /bin/true
	edit '.linux.resources = {cpu: {quota: 5, period: 100000}}'
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 1 ]
	one_line
	[[ $output == *linux.resources.cpu* ]]
	nothing_left
}

@test "--cgroup-manager disabled makes none" {
	program 'cat /proc/self/cgroup'
	run c --cgroup-manager disabled run -b "$BUNDLE" "$ID"
	[ "$status" = 0 ]
	[[ $output != *"$ID"* ]]
}

@test "state says paused while the freezer holds the container, and SIGKILL still ends it" {
	has_v1 freezer || skip "no v1 freezer here"
	edit 'del(.linux.resources)'
	args sleep 100
	detached
	freezer=$(directory freezer)
	frozen=FROZEN thawed=THAWED file=freezer.state
	[ -n "$freezer" ] || { freezer=$(directory unified) frozen=1 thawed=0 file=cgroup.freeze; }
	echo $frozen >"$freezer/$file"
	until_true status_is "$ID" paused
	c resume "$ID"
	until_true status_is "$ID" running
	echo $frozen >"$freezer/$file"
	until_true status_is "$ID" paused
	run c start "$ID"
	[ "$status" = 1 ]
	run c delete "$ID"
	[[ $output == *"cannot delete container $ID that is not stopped: paused" ]]
	c kill "$ID" KILL
	until_true status_is "$ID" stopped
	c delete "$ID"
	nothing_left
}

@test "delete --force of what somebody put into a frozen cgroup elsewhere" {
	top=$(awk '$5 ~ /freezer$/ && / - cgroup / { print $5 }' /proc/self/mountinfo)
	[ -n "$top" ] || skip "no freezer on cgroup v1 here"
	program 'sleep 100 & sleep 100'
	detached
	mkdir "$top/$ID-elsewhere"
	for pid in $(c ps -f json "$ID" | jq -r '.[]'); do echo "$pid" >"$top/$ID-elsewhere/cgroup.procs"; done
	echo FROZEN >"$top/$ID-elsewhere/freezer.state"
	run c delete --force "$ID"
	echo THAWED >"$top/$ID-elsewhere/freezer.state"
	until_true rmdir "$top/$ID-elsewhere"
	echo "$output"
	[ "$status" = 0 ]
	[ -z "$output" ]
	nothing_left
}

@test "delete where somebody else stands in the cgroup: said, and on record until it is gone" {
	program 'exec sleep 1000'
	detached
	sleep 1000 3>&- & PIDS=$!
	directories=$(find /sys/fs/cgroup -maxdepth 6 -type d -name "$ID")
	for at in $directories; do echo "$PIDS" >"$at/cgroup.procs"; done
	c kill "$ID" KILL
	until_true status_is "$ID" stopped
	for force in "" --force; do
		run c delete $force "$ID"
		echo "$output"
		[ "$status" = 1 ] && one_line
		[[ $output == "runlet: $ID: "*"cannot remove cgroup "*"/$ID: Device or resource busy" ]]
		status_is "$ID" stopped
	done
	kill "$PIDS"
	c delete "$ID"
	nothing_left
}

@test "a frozen cgroup, and one with somebody in it, are refused: nothing could run there" {
	top=$(awk '$5 ~ /freezer$/ && / - cgroup / { print $5 }' /proc/self/mountinfo)
	[ -n "$top" ] || skip "no freezer on cgroup v1 here"
	mkdir "$top/$ID"
	echo FROZEN >"$top/$ID/freezer.state"
	edit '.linux.cgroupsPath = $path' --arg path "/$ID"
	args /bin/true
	run c run -b "$BUNDLE" "$ID"
	echo THAWED >"$top/$ID/freezer.state"
	rmdir "$top/$ID"
	echo "$output"
	[ "$status" = 1 ] && one_line
	[[ $output == *"container's cgroup unexpectedly frozen: $top/$ID: "* ]]
}
