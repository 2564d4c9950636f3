#!/usr/bin/env bats
# update: limits of a container that lives: runc-update(8); config-linux.md, "Control groups".
load helpers
setup() { setup_container; }
teardown() { teardown_container; }

has_v1() { grep -q " - cgroup [^ ]* .*\b$1\b" /proc/self/mountinfo; }
# directory CONTROLLER: the container's, on this machine
directory() { find /sys/fs/cgroup -maxdepth 7 -type d -name "$ID" -path "*/$1/*"; }
# value CONTROLLER FILE
value() { cat "$(directory "$1")/$2"; }
# with RESOURCES: a container that lives, with these linux.resources
with() { edit '.linux.resources = $r' --argjson r "$1"; args sleep 100; detached; }

# without CONTROLLER… -- OPTIONS: as detached, where these v1 hierarchies are not mounted
without() {
	local names=
	while [ "$1" != -- ]; do names="$names $1"; shift; done
	unshare -m sh -c 'for name in $0; do
			sed -n "s/^[^ ]* [^ ]* [^ ]* [^ ]* \([^ ]*\) .* - cgroup [^ ]* .*\b$name\b.*/\1/p" /proc/self/mountinfo | xargs -r umount || exit 1
		done; exec "$@"' "$names" "$RUNLET" --root "$STATE" run -d -b "$BUNDLE" "$ID" </dev/null >"$WORK/out" 2>&1 3>&- || { cat "$WORK/out"; return 1; }
}

@test "flags: what is given changes, the rest stays" {
	has_v1 memory && has_v1 pids && has_v1 cpu || skip "no v1 memory, pids and cpu controllers here"
	with '{"memory": {"limit": 67108864, "reservation": 33554432}, "pids": {"limit": 20}, "cpu": {"shares": 512, "quota": 50000, "period": 100000}}'
	c update --memory 96M --pids-limit 30 --cpu-share 256 "$ID"
	[ "$(value memory memory.limit_in_bytes)" = $((96 << 20)) ]
	[ "$(value memory memory.soft_limit_in_bytes)" = 33554432 ]
	[ "$(value pids pids.max)" = 30 ]
	[ "$(value cpu cpu.shares)" = 256 ]
	[ "$(value cpu cpu.cfs_quota_us)" = 50000 ]
	c update "$ID" --pids-limit 0
	[ "$(value pids pids.max)" = 1 ]
	c update --pids-limit -1 --cpu-quota 20000 "$ID"
	[ "$(value pids pids.max)" = max ]
	[ "$(value cpu cpu.cfs_quota_us)" = 20000 ]
	[ "$(value cpu cpu.cfs_period_us)" = 100000 ]
	[ "$(value memory memory.limit_in_bytes)" = $((96 << 20)) ]
	c delete --force "$ID"
	nothing_left
}

@test "sizes: bytes, units, a point; and what is none" {
	has_v1 memory || skip "no v1 memory controller here"
	with '{"memory": {"limit": 67108864}}'
	local size
	for size in 80000000=79998976 64m=67108864 65MB=68157440 66MiB=69206016 '70 mb=73400320' 0.125g=134217728; do
		c update --memory "${size%=*}" "$ID"
		[ "$(value memory memory.limit_in_bytes)" = "${size#*=}" ]
	done
	c update --memory -1 "$ID"
	[ "$(value memory memory.limit_in_bytes)" -gt $((1 << 60)) ]
	for size in 5x -2 m 64mbx 9999999999999999999 9999999p; do
		run c update "--memory=$size" "$ID"
		echo "$output"
		[ "$status" = 1 ]
		one_line
		[[ $output == *"--memory: \"$size\" is not a size" ]]
	done
}

@test "-r: JSON from a file and from standard input; the flags then count for nothing" {
	has_v1 pids && has_v1 cpu || skip "no v1 pids and cpu controllers here"
	with '{"pids": {"limit": 20}, "cpu": {"shares": 512}}'
	echo '{"pids": {"limit": 40}, "cpu": {"shares": 0, "cpus": ""}, "unheard": 5}' >"$WORK/r.json"
	c update -r "$WORK/r.json" --cpu-share 100 "$ID"
	[ "$(value pids pids.max)" = 40 ]
	[ "$(value cpu cpu.shares)" = 512 ]
	echo '{"cpu": {"shares": 300}}' | c update --resources - "$ID"
	echo '{"pids": {"limit": 41}}' | c update --resources=- "$ID"
	[ "$(value pids pids.max)" = 41 ]
	[ "$(value cpu cpu.shares)" = 300 ]
	run c update -r - "$ID" <<<'{"pids": {"limit": "x"}}'
	echo "$output"
	[ "$status" = 1 ]
	[[ $output == *"standard input: pids.limit: "* ]]
	run c update -r - "$ID" <<<'{"pids": '
	[ "$status" = 1 ]
	one_line
	run c update -r "$WORK/none" "$ID"
	[ "$status" = 1 ]
	[[ $output == *"$WORK/none: cannot open: No such file"* ]]
	[ "$(value pids pids.max)" = 41 ]
}

@test "controllers that the container was made without: all its processes are put into new cgroups" {
	has_v1 memory && has_v1 pids && has_v1 cpuset || skip "no v1 memory, pids and cpuset controllers here"
	edit 'del(.linux.resources)'
	program 'sleep 100 & sleep 100 & wait'
	without memory pids cpuset --
	[ -z "$(directory memory)$(directory pids)$(directory cpuset)" ]
	c update --memory 64M --pids-limit 9 --cpuset-cpus 0 "$ID"
	[ "$(value memory memory.limit_in_bytes)" = 67108864 ]
	[ "$(value pids pids.max)" = 9 ]
	[ "$(value cpuset cpuset.cpus)" = 0 ]
	local name
	for name in memory pids cpuset; do
		[ "$(wc -l <"$(directory $name)/cgroup.procs")" = 3 ]
		grep -qx "$(pid_of "$ID")" "$(directory $name)/cgroup.procs"
	done
	c update --memory 80M "$ID"
	[ "$(value memory memory.limit_in_bytes)" = $((80 << 20)) ]
	c delete --force "$ID"
	nothing_left
}

@test "a run in the foreground removes the cgroups that an update added" {
	has_v1 memory && has_v1 pids || skip "no v1 memory and pids controllers here"
	edit 'del(.linux.resources)'
	program 'while [ ! -e /tmp/end ]; do sleep 0.1; done'
	edit '.root.readonly = false'
	unshare -m sh -c 'umount $(sed -n "s/^[^ ]* [^ ]* [^ ]* [^ ]* \([^ ]*\) .* - cgroup [^ ]* .*\bmemory\b.*/\1/p" /proc/self/mountinfo) && exec "$@"' - \
		"$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID" </dev/null >"$WORK/out" 2>&1 3>&- &
	local run=$!
	until_true status_is "$ID" running 2>/dev/null
	[ -z "$(directory memory)" ]
	c update --memory 64M --pids-limit 9 "$ID"
	[ -n "$(directory memory)" ]
	nsenter --mount="/proc/$run/ns/mnt" mount -t cgroup -o memory cgroup "$(sed -n 's/^[^ ]* [^ ]* [^ ]* [^ ]* \([^ ]*\) .* - cgroup [^ ]* .*\bmemory\b.*/\1/p' /proc/self/mountinfo)"
	touch "$BUNDLE/rootfs/tmp/end"
	wait "$run"
	[ ! -s "$WORK/out" ]
	nothing_left
}

@test "a failure leaves what was there: no new cgroup, old values" {
	has_v1 pids && has_v1 cpu && has_v1 memory || skip "no v1 pids, cpu and memory controllers here"
	edit '.linux.resources = {pids: {limit: 20}, cpu: {shares: 512, quota: 50000, period: 100000}}'
	args sleep 100
	without memory --
	run c update --memory 64M --cpu-share 100 --cpu-quota 5 "$ID"
	echo "$output"
	[ "$status" = 1 ]
	one_line
	[[ $output == *"linux.resources.cpu.quota: "* ]]
	[ "$(value cpu cpu.shares)" = 512 ]
	[ "$(value cpu cpu.cfs_quota_us)" = 50000 ]
	[ -z "$(directory memory)" ]
	c update --cpu-period 50000 "$ID"
	[ "$(value cpu cpu.cfs_quota_us)" = 50000 ]
	[ "$(value cpu cpu.cfs_period_us)" = 50000 ]
	c delete --force "$ID"
	nothing_left
}

@test "a stopped container, a missing one, what is not built" {
	args /bin/true
	run c update --pids-limit 5 "$ID"
	[ "$status" = 1 ]
	[[ $output == *"container \"$ID\" does not exist" ]]
	detached
	until_true status_is "$ID" stopped
	run c update --pids-limit 5 "$ID"
	echo "$output"
	[ "$status" = 1 ]
	one_line
	[[ $output == *"container not running" ]]
	run c update --l3-cache-schema L3:0=f "$ID"
	[ "$status" = 1 ]
	[[ $output == *"--l3-cache-schema: not built yet" ]]
	run c update --cpu-share x "$ID"
	[ "$status" = 1 ]
	[[ $output == *"--cpu-share: \"x\" is not a number in range" ]]
}

@test "created containers can be updated; --kernel-memory is a warning" {
	has_v1 pids || skip "no v1 pids controller here"
	edit '.linux.resources = {pids: {limit: 20}}'
	args sleep 100
	c create -b "$BUNDLE" "$ID" </dev/null >"$WORK/out" 2>&1 3>&-
	run c update --pids-limit 21 --kernel-memory 50M "$ID"
	echo "$output"
	[ "$status" = 0 ]
	[[ $output == *"--kernel-memory"*ignored* ]]
	[ "$(value pids pids.max)" = 21 ]
	c start "$ID"
	status_is "$ID" running
}

# v2 COMMAND…: in a mount namespace whose /sys/fs/cgroup is the v2 tree alone
v2() { unshare -m sh -c 'umount -R /sys/fs/cgroup 2>/dev/null; mount -t cgroup2 none /sys/fs/cgroup && exec "$@"' - "$@"; }

# a container that says each 0.05 s whether it may open /dev/null (n) and /dev/fuse (f): "n f", "n -", "- -"
looking() {
	edit '.root.readonly = false | .linux.devices = [{type: "c", path: "/dev/fuse", major: 10, minor: 229}]'
	program 'while :; do n=-; f=-; (: </dev/null) 2>/dev/null && n=n; (: </dev/fuse) 2>/dev/null && f=f; echo "$n $f" >>/tmp/seen; done'
	"$@" run -d -b "$BUNDLE" "$ID" </dev/null >"$WORK/out" 2>&1 3>&- || { cat "$WORK/out"; return 1; }
}
last_seen() { [ "$(tail -n 1 "$BUNDLE/rootfs/tmp/seen")" = "$1" ]; }
replace_rules() {
	local fuse='{"devices": [{"allow": false, "access": "rwm"}, {"allow": true, "type": "c", "major": 10, "minor": 229, "access": "rw"}]}'
	until_true last_seen "n -"
	"$@" update -r - "$ID" <<<"$fuse"
	until_true last_seen "n f"
	local i
	for i in $(seq 20); do "$@" update -r - "$ID" <<<"$fuse"; done
	"$@" update -r - "$ID" <<<'{"devices": [{"allow": false, "access": "rwm"}]}'
	until_true last_seen "n -"
	"$@" update -r - "$ID" <<<'{"devices": []}'
	[ -z "$(grep '^-' "$BUNDLE/rootfs/tmp/seen")" ]   # never without /dev/null
}

@test "v1: -r replaces device rules; what both lists allow is allowed all the time" {
	has_v1 devices || skip "no v1 devices controller here"
	local list
	looking c
	list=$(value devices devices.list)
	replace_rules c
	[ "$(value devices devices.list)" = "$list" ]
	c update -r - "$ID" <<<'{"devices": [{"allow": false}, {"allow": true, "type": "c", "major": 1, "access": "r"}, {"allow": true, "type": "a", "major": 7, "minor": 1, "access": "rw"}]}'
	value devices devices.list >"$WORK/list"
	grep -qx 'c 1:\* r' "$WORK/list"
	grep -qx 'b 7:1 rw' "$WORK/list"
	grep -qx 'c 1:3 rwm' "$WORK/list"
	[ -z "$(grep 10:229 "$WORK/list")" ]
	c delete --force "$ID"
	nothing_left
}

@test "v2: -r replaces device rules, as one program" {
	looking v2 "$RUNLET" --root "$STATE"
	replace_rules v2 "$RUNLET" --root "$STATE"
	v2 "$RUNLET" --root "$STATE" delete --force "$ID"
	nothing_left
}

@test "a paused container" {
	has_v1 freezer && has_v1 pids && has_v1 memory || skip "no v1 freezer, pids and memory controllers here"
	local freezer frozen=FROZEN thawed=THAWED file=freezer.state
	edit '.linux.resources = {pids: {limit: 20}}'
	args sleep 100
	detached
	freezer=$(directory freezer)
	[ -n "$freezer" ] || { freezer=$(directory unified) frozen=1 thawed=0 file=cgroup.freeze; }
	echo $frozen >"$freezer/$file"
	until_true status_is "$ID" paused
	c update --pids-limit 22 --memory 64M "$ID"
	status_is "$ID" paused
	[ "$(value pids pids.max)" = 22 ]
	grep -qx "$(pid_of "$ID")" "$(directory memory)/cgroup.procs"
	echo $thawed >"$freezer/$file"
	c delete --force "$ID"
	nothing_left
}

# spec: linux.resources.memory.{limit,swap}
@test "memory and swap: raised and lowered in the order that the kernel takes" {
	has_v1 memory || skip "no v1 memory controller here"
	with '{"memory": {"limit": 67108864}}'
	[ -e "$(directory memory)/memory.memsw.limit_in_bytes" ] || skip "no counting of swap here"
	c update --memory 64M --memory-swap 80M "$ID"
	[ "$(value memory memory.memsw.limit_in_bytes)" = $((80 << 20)) ]
	c update --memory 100M --memory-swap 120M "$ID"
	[ "$(value memory memory.limit_in_bytes)" = $((100 << 20)) ]
	[ "$(value memory memory.memsw.limit_in_bytes)" = $((120 << 20)) ]
	c update --memory 40M --memory-swap 50M "$ID"
	[ "$(value memory memory.limit_in_bytes)" = $((40 << 20)) ]
	c update --memory 45M "$ID"
	[ "$(value memory memory.memsw.limit_in_bytes)" = $((50 << 20)) ]
	c update --memory -1 "$ID"
	[ "$(value memory memory.memsw.limit_in_bytes)" -gt $((1 << 60)) ]
}

# spec: linux.resources.cpu.{realtimeRuntime,realtimePeriod}
@test "realtime: runtime and period, in the order that the kernel takes" {
	has_v1 cpu || skip "no v1 cpu controller here"
	with '{"cpu": {"shares": 512}}'
	[ -e "$(directory cpu)/cpu.rt_runtime_us" ] || skip "no realtime groups here (CONFIG_RT_GROUP_SCHED)"
	[ "$(cat "$(dirname "$(directory cpu)")/cpu.rt_runtime_us")" -gt 500000 ] || skip "the cgroup above has no realtime to give"
	c update --cpu-rt-period 400000 --cpu-rt-runtime 100000 "$ID"
	[ "$(value cpu cpu.rt_period_us)" = 400000 ]
	[ "$(value cpu cpu.rt_runtime_us)" = 100000 ]
	c update --cpu-rt-period 50000 --cpu-rt-runtime 20000 "$ID"
	[ "$(value cpu cpu.rt_period_us)" = 50000 ]
	[ "$(value cpu cpu.rt_runtime_us)" = 20000 ]
	run c update --cpu-rt-runtime 60000 "$ID"
	echo "$output"
	[ "$status" = 1 ]
	[[ $output == *"linux.resources.cpu.realtimeRuntime: "* ]]
	[ "$(value cpu cpu.rt_runtime_us)" = 20000 ]
}

@test "v2: a controller that the host lacks is named, and nothing changes" {
	edit 'del(.linux.resources)'
	args sleep 100
	v2 grep -qw memory /sys/fs/cgroup/cgroup.controllers && skip "the v2 tree here has the memory controller"
	v2 "$RUNLET" --root "$STATE" run -d -b "$BUNDLE" "$ID" </dev/null >"$WORK/out" 2>&1 3>&-
	run v2 "$RUNLET" --root "$STATE" update --memory 64M "$ID"
	echo "$output"
	[ "$status" = 1 ]
	one_line
	[[ $output == *"linux.resources.memory.limit: no memory controller here (CONFIG_MEMCG)"* ]]
	v2 "$RUNLET" --root "$STATE" delete --force "$ID"
	nothing_left
}
