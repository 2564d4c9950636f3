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

@test "flags: what is given changes, the rest stays" {
	has_v1 memory && has_v1 pids && has_v1 cpu || skip "no v1 memory, pids and cpu controllers here"
	with '{"memory": {"limit": 67108864, "reservation": 33554432}, "pids": {"limit": 20}, "cpu": {"shares": 512, "quota": 50000, "period": 100000}}'
	c update --memory 96M --pids-limit 30 --cpu-share 256 "$ID"
	[ "$(value memory memory.limit_in_bytes)" = $((96 << 20)) ]
	[ "$(value memory memory.soft_limit_in_bytes)" = 33554432 ]
	[ "$(value pids pids.max)" = 30 ]
	[ "$(value cpu cpu.shares)" = 256 ]
	[ "$(value cpu cpu.cfs_quota_us)" = 50000 ]
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
	detached
	[ -z "$(directory memory)" ]
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

@test "a failure leaves what was there: no new cgroup, old values" {
	has_v1 pids && has_v1 cpu && has_v1 memory || skip "no v1 pids, cpu and memory controllers here"
	with '{"pids": {"limit": 20}, "cpu": {"shares": 512, "quota": 50000, "period": 100000}}'
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
