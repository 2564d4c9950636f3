#!/usr/bin/env bats
# A host with the whole of cgroup v2: every limit seen acting or in its file, updates, statistics, delegation. Elsewhere it is skipped; make check-vm has such a host.
load helpers
setup() {
	grep -qw memory /sys/fs/cgroup/cgroup.controllers 2>/dev/null || skip "no host with all of cgroup v2"
	setup_container
}
teardown() {
	[ -z "${INSIDE:-}" ] || { echo 0 >"$INSIDE/cgroup.freeze"; rmdir "$INSIDE"/below/* "$INSIDE"/* "$INSIDE" 2>/dev/null || :; }
	teardown_container
}

directory() { find /sys/fs/cgroup -type d -name "$ID" | head -n 1; }
value() { cat "$(directory)/$1"; }
# with RESOURCES: a container that lives, with these linux.resources
with() { edit '.linux.resources = $r' --argjson r "$1"; args sleep 100; detached; }
is() { [ "$(value "$1")" = "$2" ] || { echo "$1: $(value "$1"), not $2"; return 1; }; }
of() { c events --stats "$ID" | jq -r "$1"; }
# a user who is not root
user() { setpriv --reuid 12345 --regid 12345 --clear-groups env -u RUNLET XDG_RUNTIME_DIR="$WORK/run" "$@"; }

@test "v2 memory: limit, swap, reservation; an update of each" {
	with '{"memory": {"limit": 67108864, "swap": 100663296, "reservation": 33554432}}'
	is memory.max 67108864
	is memory.swap.max 33554432
	is memory.low 33554432
	c update --memory 80M --memory-swap 100M --memory-reservation 10M "$ID"
	is memory.max $((80 << 20))
	is memory.swap.max $((20 << 20))
	is memory.low $((10 << 20))
	c update --memory -1 --memory-swap -1 "$ID"
	is memory.max max
	is memory.swap.max max
	run c update --memory 100M --memory-swap 50M "$ID"
	[ "$status" = 1 ]
	[[ $output == *linux.resources.memory.swap* ]]
	is memory.max max
	c delete --force "$ID"
	nothing_left
}

@test "v2: all controllers of the host are on, so that others can tell what the container uses" {
	edit '.linux.cgroupsPath = $path' --arg path "/$ID-above/between/$ID"
	with '{"pids": {"limit": 10}}'
	is cgroup.controllers "$(cat /sys/fs/cgroup/cgroup.controllers)"
	[ "$(value memory.current)" -gt 0 ]
	[ "$(value memory.max)" = max ]
	c delete --force "$ID"
	nothing_left
}

@test "v2 memory: the limit ends who needs more, and events tells of it" {
	edit '.linux.resources = {memory: {limit: 25165824, swap: 25165824}} | .root.readonly = false'
	program 'while [ ! -e /tmp/go ]; do sleep 0.1; done; dd if=/dev/zero of=/dev/null bs=64M count=1; echo $? >/tmp/status; sleep 100'
	detached
	"$RUNLET" --root "$STATE" events --interval 1s "$ID" >"$WORK/events" 2>&1 3>&- &
	PIDS=$!
	told() { grep -q "\"type\":\"$1\"" "$WORK/events"; }
	until_true told stats
	touch "$BUNDLE/rootfs/tmp/go"
	until_true [ -s "$BUNDLE/rootfs/tmp/status" ]
	[ "$(cat "$BUNDLE/rootfs/tmp/status")" = 137 ]
	until_true told oom
	grep -qx 'oom_kill 1' "$(directory)/memory.events"
}

@test "v2 memory: too low for init is named" {
	edit '.linux.resources = {memory: {limit: 16384}}'
	args /bin/true
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 1 ]
	one_line
	[[ $output == *"memory limit, which may be too low (linux.resources.memory.limit)" ]]
	nothing_left
}

@test "v2 cpu: weight, quota, burst, idle; an update of each" {
	with '{"cpu": {"shares": 512, "quota": 50000, "period": 100000, "burst": 20000}}'
	[ "$(value cpu.weight)" -gt 1 ] && [ "$(value cpu.weight)" -lt 100 ]
	is cpu.max "50000 100000"
	is cpu.max.burst 20000
	c update --cpu-quota 70000 --cpu-burst 60000 "$ID"
	is cpu.max "70000 100000"
	is cpu.max.burst 60000
	c update --cpu-period 50000 --cpu-quota 20000 --cpu-burst 0 "$ID"
	is cpu.max "20000 50000"
	c update --cpu-share 1024 "$ID"
	is cpu.weight 100
	is cpu.max "20000 50000"
	c update --cpu-quota -1 "$ID"
	[[ $(value cpu.max) == "max "* ]]
	c update --cpu-idle 1 "$ID"
	is cpu.idle 1
	c update --cpu-idle 0 "$ID"
	is cpu.idle 0
}

@test "v2 cpu: an idle group has no weight, until it is idle no more" {
	with '{"cpu": {"shares": 512, "idle": 1}}'
	is cpu.idle 1
	c update --cpu-idle 1 --cpu-share 2048 "$ID"
	is cpu.idle 1
	c update --cpu-idle 0 --cpu-share 1024 "$ID"
	is cpu.idle 0
	is cpu.weight 100
}

@test "v2 cpu: the quota holds, and is told" {
	edit '.linux.resources = {cpu: {quota: 10000, period: 100000}}'
	program 'while :; do :; done'
	detached
	throttled() { [ "$(of '.data.cpu.throttling.throttledPeriods // 0')" -gt 2 ]; }
	until_true throttled
	[ "$(of .data.cpu.throttling.throttledTime)" -gt 1000 ]
}

@test "v2 cpuset: cpus and mems; an update" {
	with '{"cpu": {"cpus": "0", "mems": "0"}}'
	is cpuset.cpus.effective 0
	is cpuset.mems 0
	[ "$(sed -n 's/^Cpus_allowed_list:\t//p' "/proc/$(pid_of "$ID")/status")" = 0 ]
	c update --cpuset-cpus 0-1 "$ID"
	is cpuset.cpus 0-1
	run c update --cpuset-cpus 999 "$ID"
	[ "$status" = 1 ]
	one_line
	[[ $output == *linux.resources.cpu.cpus* ]]
	is cpuset.cpus 0-1
}

@test "v2 pids: the limit holds; an update" {
	edit '.linux.resources = {pids: {limit: 3}}'
	program '(sleep 100 & sleep 100 & sleep 100 & sleep 100 & wait) 2>&1; sleep 100'
	detached
	is pids.max 3
	full() { [ "$(sed -n 's/^max //p' "$(directory)/pids.events")" -gt 0 ]; }
	until_true full
	c update --pids-limit 50 "$ID"
	is pids.max 50
	[ "$(of .data.pids.limit)" = 50 ]
}

@test "v2 io: throttles and weight of a disk; an update" {
	local device
	device=$(cat /sys/block/vda/dev)
	edit '.linux.resources = {blockIO: {weight: 300,
		throttleReadBpsDevice: [{major: $a, minor: $b, rate: 1048576}], throttleWriteBpsDevice: [{major: $a, minor: $b, rate: 2097152}],
		throttleReadIOPSDevice: [{major: $a, minor: $b, rate: 100}], throttleWriteIOPSDevice: [{major: $a, minor: $b, rate: 200}]}}' \
		--argjson a "${device%:*}" --argjson b "${device#*:}"
	args sleep 100
	detached
	is io.max "$device rbps=1048576 wbps=2097152 riops=100 wiops=200"
	# runc's conversion of 10 … 1000 to 1 … 10000, or BFQ's own
	[ ! -e "$(directory)/io.bfq.weight" ] && is io.weight "default 2930" || is io.bfq.weight "default 300"
	c update --blkio-weight 400 "$ID"
	[ ! -e "$(directory)/io.bfq.weight" ] && is io.weight "default 3940" || is io.bfq.weight "default 400"
	is io.max "$device rbps=1048576 wbps=2097152 riops=100 wiops=200"
	run c update -r - "$ID" <<<"{\"blockIO\": {\"throttleReadBpsDevice\": [{\"major\": ${device%:*}, \"minor\": ${device#*:}, \"rate\": 5242880},
		{\"major\": 4000, \"minor\": 0, \"rate\": 5}]}}"
	[ "$status" = 1 ]
	one_line
	is io.max "$device rbps=1048576 wbps=2097152 riops=100 wiops=200"
}

@test "v2 io: two disks in one value of unified" {
	local one two
	one=$(cat /sys/block/vda/dev) two=$(cat /sys/block/vdb/dev)
	with "{\"unified\": {\"io.max\": \"$one riops=10\\n$two wiops=20\\n\"}}"
	value io.max | grep -x "$one rbps=max wbps=max riops=10 wiops=max"
	value io.max | grep -x "$two rbps=max wbps=max riops=max wiops=20"
}

@test "v2 unified: memory.high, memory.oom.group, misc, hugetlb, rdma are enabled for it" {
	with '{"unified": {"memory.high": "50331648", "memory.oom.group": "1", "hugetlb.2MB.max": "0", "pids.max": "30", "cpu.weight": "70", "io.max": ""}}'
	is memory.high 50331648
	is memory.oom.group 1
	is hugetlb.2MB.max 0
	is pids.max 30
	is cpu.weight 70
	c update -r - "$ID" <<<'{"unified": {"memory.high": "max", "memory.low": "4096", "misc.max": ""}}'
	is memory.high max
	is memory.low 4096
	run c update -r - "$ID" <<<'{"unified": {"memory.high": "1000003", "memory.min": "nonsense"}}'
	[ "$status" = 1 ]
	one_line
	is memory.high max
}

@test "v2 update: a failure leaves what was there" {
	with '{"memory": {"limit": 67108864}, "cpu": {"quota": 50000, "period": 100000}, "pids": {"limit": 20}}'
	run c update --memory 96M --pids-limit 30 --cpu-quota 5 "$ID"
	echo "$output"
	[ "$status" = 1 ]
	one_line
	[[ $output == *"linux.resources.cpu.quota: "* ]]
	is memory.max 67108864
	is cpu.max "50000 100000"
	is pids.max 20
}

@test "v2 events --stats says what the files say" {
	edit '.linux.resources = {memory: {limit: 33554432}, pids: {limit: 17}, cpu: {cpus: "0"}}'
	args sleep 100
	detached
	[ "$(of .data.memory.usage.limit)" = 33554432 ]
	[ "$(of .data.memory.usage.usage)" = "$(value memory.current)" ]
	[ "$(of .data.pids.limit)" = 17 ]
	[ "$(of .data.pids.current)" = 1 ]
	[ "$(of '.data.memory.raw | length')" -ge "$(wc -l <"$(directory)/memory.stat")" ]
	[ "$(of .data.memory.raw.kernel_stack)" = "$(sed -n 's/^kernel_stack //p' "$(directory)/memory.stat")" ]
	[ "$(of .data.memory.psi.some.total)" != null ]
	[ "$(of .data.cpu.psi.some.total)" != null ]
}

@test "v2: the rule of no internal processes is named" {
	local above
	above=/sys/fs/cgroup/above-$$
	INSIDE=$above
	mkdir "$above"
	sleep 100 3>&- &
	PIDS=$!
	echo "$PIDS" >"$above/cgroup.procs"
	edit '.linux.cgroupsPath = $path | .linux.resources = {pids: {limit: 10}, memory: {limit: 50000000}}' --arg path "/above-$$/$ID"
	args /bin/true
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 1 ]
	one_line
	[[ $output == *"above-$$"*process* ]]
	nothing_left
	# what asks for no controller needs none enabled
	edit 'del(.linux.resources)'
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 0 ]
	nothing_left
	kill "$PIDS"
	wait "$PIDS" || :
	edit '.linux.resources = {pids: {limit: 10}, memory: {limit: 50000000}}'
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 0 ]
	nothing_left
}

@test "v2: kill --all reaches those who share the host's pid namespace, in cgroups below too" {
	edit '.linux.namespaces |= map(select(.type != "pid" and .type != "cgroup")) | .root.readonly = false'
	program 'setsid sleep 1000 & setsid sleep 1001 & exec sleep 1002'
	detached
	three() { [ "$(wc -l <"$(directory)/cgroup.procs")" = 3 ]; }
	until_true three
	c kill --all "$ID" KILL
	until_true status_is "$ID" stopped
	c delete "$ID"
	nothing_left
}

@test "v2 rootless: limits in a subtree that was given to the user" {
	local above
	user unshare -U true 2>/dev/null || skip "no user namespaces for ordinary users here"
	cp "$RUNLET" "$WORK/runlet"
	RUNLET=$WORK/runlet STATE=$WORK/run/runlet
	mkdir "$WORK/run"
	rm "$BUNDLE/config.json"
	chmod 755 "$WORK"
	chown -R 12345:12345 "$WORK"
	user "$RUNLET" spec --rootless -b "$BUNDLE"
	edit '.process.terminal = false | .linux.resources = {pids: {limit: 19}, memory: {limit: 60000256}}'
	chown 12345 "$BUNDLE/config.json"
	above=/sys/fs/cgroup/user-$$
	INSIDE=$above
	mkdir -p "$above/session"
	echo "+memory +pids" >/sys/fs/cgroup/cgroup.subtree_control
	chown 12345 "$above" "$above"/cgroup.{procs,subtree_control,threads} "$above/session" "$above"/session/cgroup.{procs,subtree_control,threads}
	args sleep 100
	sh -c 'echo $$ >"$1/session/cgroup.procs" && shift && exec "$@"' - "$above" setpriv --reuid 12345 --regid 12345 --clear-groups \
		env XDG_RUNTIME_DIR="$WORK/run" "$RUNLET" run -d -b "$BUNDLE" "$ID" </dev/null >"$WORK/out" 2>&1 3>&- || { cat "$WORK/out"; return 1; }
	[ "$(directory)" = "$above/$ID" ]
	is pids.max 19
	[ "$(value memory.max)" -le 60000256 ]
	user "$RUNLET" update --pids-limit 21 "$ID"
	is pids.max 21
	user "$RUNLET" pause "$ID"
	is cgroup.freeze 1
	user "$RUNLET" delete --force "$ID"
	nothing_left
}
