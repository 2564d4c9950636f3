#!/usr/bin/env bats
# linux.resources beyond memory, cpu, pids and devices: config-linux.md, "Block IO" to "Unified". Of each controller that this machine has, the files of a container;
# of the others, what is said. (The conversions and files of those: test/unit/kernel/limits.c.)
load helpers
setup() { setup_container; }
teardown() { teardown_container; }

# v2 COMMAND…: in a mount namespace whose /sys/fs/cgroup is the v2 tree alone
v2() { unshare -m sh -c 'umount -R /sys/fs/cgroup 2>/dev/null; mount -t cgroup2 none /sys/fs/cgroup && exec "$@"' - "$@"; }
v2_has() { v2 grep -qw "$1" /sys/fs/cgroup/cgroup.controllers; }
has_v1() { grep -q " - cgroup [^ ]* .*\b$1\b" /proc/self/mountinfo; }
directory() { find /sys/fs/cgroup -maxdepth 7 -type d -name "$ID" -path "*/$1/*"; }
value() { cat "$(directory "$1")/$2"; }
resources() { edit '.linux.resources = $r' --argjson r "$1"; }
# refused RESOURCES WORDS [WRAPPER]: run fails with one line that has the words
refused() {
	resources "$1"
	run ${3:-} "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 1 ]
	one_line
	[[ $output == *"$2"* ]]
	nothing_left
}
# a block device of this machine, as 7:0
block_device() { cat /sys/block/*/dev | head -n 1; }
huge_page() { ls /sys/kernel/mm/hugepages | sed 's/[^0-9]//g' | sort -n | awk 'NR == 1 { for (u = 1; $1 >= 1024; u++) $1 /= 1024; print $1 substr("KMG", u, 1) "B" }'; }

# spec: linux.resources.blockIO.weight linux.resources.blockIO.{throttleReadBpsDevice,throttleWriteBpsDevice,throttleReadIOPSDevice,throttleWriteIOPSDevice}.*
@test "v1 blockIO: weights and throttles of a device" {
	has_v1 blkio || skip "no v1 blkio controller here"
	local device weight=blkio.bfq.weight
	device=$(block_device)
	[ -n "$device" ] || skip "no block device here"
	edit '.linux.resources = {blockIO: {weight: 300,
		throttleReadBpsDevice: [{major: $a, minor: $b, rate: 1048576}], throttleWriteBpsDevice: [{major: $a, minor: $b, rate: 2097152}],
		throttleReadIOPSDevice: [{major: $a, minor: $b, rate: 100}], throttleWriteIOPSDevice: [{major: $a, minor: $b, rate: 200}]}}' \
		--argjson a "${device%:*}" --argjson b "${device#*:}"
	args sleep 100
	detached
	[ -e "$(directory blkio)/$weight" ] || weight=blkio.weight
	[[ $(value blkio $weight) =~ ^(default\ )?300$ ]]
	[ "$(value blkio blkio.throttle.read_bps_device)" = "$device 1048576" ]
	[ "$(value blkio blkio.throttle.write_bps_device)" = "$device 2097152" ]
	[ "$(value blkio blkio.throttle.read_iops_device)" = "$device 100" ]
	[ "$(value blkio blkio.throttle.write_iops_device)" = "$device 200" ]
	c update --blkio-weight 400 "$ID"
	[[ $(value blkio $weight) =~ ^(default\ )?400$ ]]
	[ "$(value blkio blkio.throttle.read_bps_device)" = "$device 1048576" ]
	c update -r - "$ID" <<<"{\"blockIO\": {\"throttleReadBpsDevice\": [{\"major\": ${device%:*}, \"minor\": ${device#*:}, \"rate\": 0}]}}"
	[ -z "$(value blkio blkio.throttle.read_bps_device)" ]
	c delete --force "$ID"
	nothing_left
}

@test "v1 blockIO: an update that fails puts back what was there, device by device" {
	has_v1 blkio || skip "no v1 blkio controller here"
	local device
	device=$(block_device)
	[ -n "$device" ] || skip "no block device here"
	resources '{"blockIO": {"weight": 300}}'
	args sleep 100
	detached
	run c update -r - "$ID" <<<"{\"blockIO\": {\"weight\": 500, \"throttleReadBpsDevice\": [{\"major\": ${device%:*}, \"minor\": ${device#*:}, \"rate\": 1048576},
		{\"major\": 4000, \"minor\": 0, \"rate\": 5}]}}"
	echo "$output"
	[ "$status" = 1 ]
	one_line
	[[ $output == *"linux.resources.blockIO.throttleReadBpsDevice[1]: "* ]]
	[ -z "$(value blkio blkio.throttle.read_bps_device)" ]
	[[ $(cat "$(directory blkio)"/blkio.*weight) =~ 300 ]]
}

@test "blockIO that the kernel does not take is named" {
	has_v1 blkio || skip "no v1 blkio controller here"
	refused '{"blockIO": {"weight": 5}}' "linux.resources.blockIO.weight: weight 5 is not within 10 … 1000"
	refused '{"blockIO": {"throttleWriteIOPSDevice": [{"major": 4000, "minor": 0, "rate": 5}]}}' "linux.resources.blockIO.throttleWriteIOPSDevice[0]: "
}

# spec: linux.resources.hugepageLimits.*
@test "v2 hugepageLimits: limits and reservations" {
	v2_has hugetlb || skip "the v2 tree here has no hugetlb controller"
	local size
	size=$(huge_page)
	edit '.linux.resources = {hugepageLimits: [{pageSize: $size, limit: 1073741824}]} | .linux.namespaces |= (map(select(.type != "cgroup")) + [{type: "cgroup"}])' --arg size "$size"
	program "cat /sys/fs/cgroup/hugetlb.$size.max /sys/fs/cgroup/hugetlb.$size.rsvd.max"
	run v2 "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 0 ]
	[ "$output" = $'1073741824\n1073741824' ]
	nothing_left
	refused '{"hugepageLimits": [{"pageSize": "3MB", "limit": 0}]}' 'linux.resources.hugepageLimits[0]: no huge pages of 3MB here (CONFIG_HUGETLBFS' v2
}

@test "v2 update: a controller that the container was made without is enabled" {
	v2_has hugetlb || skip "the v2 tree here has no hugetlb controller"
	local size
	size=$(huge_page)
	edit 'del(.linux.resources)'
	args sleep 100
	v2 "$RUNLET" --root "$STATE" run -d -b "$BUNDLE" "$ID" </dev/null >"$WORK/out" 2>&1 3>&-
	local directory="/sys/fs/cgroup/*/$ID /sys/fs/cgroup/$ID /sys/fs/cgroup/*/*/$ID"
	v2 "$RUNLET" --root "$STATE" update -r - "$ID" <<<"{\"hugepageLimits\": [{\"pageSize\": \"$size\", \"limit\": 1073741824}]}"
	[ "$(v2 sh -c "cat \$(find /sys/fs/cgroup -type d -name $ID)/hugetlb.$size.max")" = 1073741824 ]
	v2 "$RUNLET" --root "$STATE" update -r - "$ID" <<<"{\"unified\": {\"hugetlb.$size.max\": \"0\", \"cgroup.max.depth\": \"3\"}}"
	[ "$(v2 sh -c "cat \$(find /sys/fs/cgroup -type d -name $ID)/hugetlb.$size.max")" = 0 ]
	[ "$(v2 sh -c "cat \$(find /sys/fs/cgroup -type d -name $ID)/cgroup.max.depth")" = 3 ]
	v2 "$RUNLET" --root "$STATE" delete --force "$ID"
	nothing_left
}

# spec: linux.resources.unified
@test "v2 unified: controllers enabled for it, written last, and what can't be" {
	v2_has hugetlb || skip "the v2 tree here has no hugetlb controller"
	local size
	size=$(huge_page)
	edit '.linux.resources = {hugepageLimits: [{pageSize: $size, limit: 1073741824}], unified: {"cgroup.max.descendants": "7", ("hugetlb." + $size + ".max"): "2147483648"}} | .linux.namespaces |= (map(select(.type != "cgroup")) + [{type: "cgroup"}])' --arg size "$size"
	program "cat /sys/fs/cgroup/hugetlb.$size.max /sys/fs/cgroup/cgroup.max.descendants"
	run v2 "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$output" = $'2147483648\n7' ]
	edit 'del(.linux.resources.hugepageLimits)'
	run v2 "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$output" = $'2147483648\n7' ]
	refused '{"unified": {"../cgroup.max.depth": "7"}}' 'linux.resources.unified["../cgroup.max.depth"]' v2
	refused '{"unified": {"cgroup.max.depth": "many"}}' 'linux.resources.unified["cgroup.max.depth"]: cannot write "many"' v2
	refused '{"unified": {"hugetlb.none": "7"}}' 'linux.resources.unified["hugetlb.none"]: ' v2
	refused '{"unified": {"nonsense.max": "7"}}' 'linux.resources.unified["nonsense.max"]: the requested cgroup controller `nonsense` is not available: no cgroup v2 controller has such a file' v2
	v2_has memory || refused '{"unified": {"memory.high": "7"}}' 'linux.resources.unified["memory.high"]: no memory controller here (CONFIG_MEMCG)' v2
}

@test "unified where the controller is on v1" {
	has_v1 memory && grep -q ' - cgroup2 ' /proc/self/mountinfo || skip "no hybrid host with memory on v1"
	refused '{"unified": {"memory.high": "1000000000"}}' 'linux.resources.unified["memory.high"]: invalid configuration: the memory controller is mounted as cgroup v1 here'
}

@test "controllers that this host does not have are named with their kernel option" {
	refused '{"network": {"classID": 1048577}}' 'linux.resources.network.classID: no net_cls controller here, which cgroup v2 does not have (CONFIG_CGROUP_NET_CLASSID)' v2
	refused '{"network": {"priorities": [{"name": "lo", "priority": 5}]}}' 'linux.resources.network.priorities[0]: no net_prio controller here, which cgroup v2 does not have (CONFIG_CGROUP_NET_PRIO)' v2
	v2_has rdma || refused '{"rdma": {"mlx5_0": {"hcaHandles": 3}}}' 'linux.resources.rdma["mlx5_0"]: no rdma controller here (CONFIG_CGROUP_RDMA)' v2
	v2_has io || refused '{"blockIO": {"throttleReadBpsDevice": [{"major": 7, "minor": 0, "rate": 5}]}}' 'linux.resources.blockIO.throttleReadBpsDevice[0]: no blkio controller here (CONFIG_BLK_CGROUP)' v2
	v2_has io || refused '{"blockIO": {"weight": 100}}' 'linux.resources.blockIO.weight: no blkio controller here (CONFIG_BLK_CGROUP)' v2
}

@test "what is empty asks for nothing" {
	resources '{"blockIO": {"weight": 0, "weightDevice": [], "throttleReadBpsDevice": null}, "hugepageLimits": [], "network": {"classID": 0, "priorities": []}, "rdma": {}, "unified": {}}'
	args /bin/true
	run v2 "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 0 ]
	nothing_left
}

# spec: linux.resources.cpu.{burst,idle}
@test "v1 cpu: burst and idle" {
	has_v1 cpu || skip "no v1 cpu controller here"
	resources '{"cpu": {"quota": 50000, "period": 100000, "burst": 20000}}'
	args sleep 100
	detached
	[ -e "$(directory cpu)/cpu.cfs_burst_us" ] || skip "no cpu.cfs_burst_us here (Linux 5.14)"
	[ "$(value cpu cpu.cfs_burst_us)" = 20000 ]
	c update --cpu-burst 60000 --cpu-quota 70000 "$ID"
	[ "$(value cpu cpu.cfs_burst_us)" = 60000 ]
	[ "$(value cpu cpu.cfs_quota_us)" = 70000 ]
	[ "$(value cpu cpu.cfs_period_us)" = 100000 ]
	c update --cpu-burst 0 "$ID"
	[ "$(value cpu cpu.cfs_burst_us)" = 0 ]
	[ -e "$(directory cpu)/cpu.idle" ] || skip "no cpu.idle here (Linux 5.15)"
	c update --cpu-idle 1 "$ID"
	[ "$(value cpu cpu.idle)" = 1 ]
	c update --cpu-idle 1 --cpu-share 512 "$ID"   # an idle group has no weight
	c update --cpu-idle 0 --cpu-share 700 "$ID"
	[ "$(value cpu cpu.idle)" = 0 ]
	[ "$(value cpu cpu.shares)" = 700 ]
}
