#!/usr/bin/env bats
# Properties of linux and process that act on the host's side or ask for a kernel option: config-linux.md, "Memory policy", "Network Devices", "IntelRdt", "Mount Label";
# config.md, apparmorProfile, selinuxLabel.
load helpers
setup() { setup_container; }
teardown() { teardown_properties; teardown_container; }
teardown_properties() { :; }

# A network namespace of the test's own is the host: host COMMAND…; another one can be joined by its path, $JOINED
network_host() {
	needs_veth
	local holder
	for holder in HOST OTHER; do
		unshare --net sleep 1000 </dev/null >/dev/null 2>&1 3>&- &
		PIDS="${PIDS:-} $!"
		printf -v $holder %s $!
		until_true other_network $!
	done
	JOINED=/proc/$OTHER/ns/net
	make_device
	edit '.linux.netDevices = {eth7: {}}'
}
make_device() {
	host ip link add eth7 mtu 1400 address 02:00:00:00:00:07 type veth peer name peer7
	host ip link set peer7 up
	host ip link set eth7 up
}
other_network() { [ "$(readlink /proc/$1/ns/net)" != "$(readlink /proc/self/ns/net)" ] && [ "$(cat /proc/$1/comm)" = sleep ]; }
host() { nsenter --net=/proc/$HOST/ns/net "$@"; }
joined() { nsenter --net="$JOINED" "$@"; }
needs_veth() { unshare --net ip link add one0 type veth peer name two0 || skip "no veth devices here (CONFIG_VETH)"; }
join() { edit '(.linux.namespaces[] | select(.type == "network")).path = $path' --arg path "$JOINED"; }

# refused TEXT: one line that has it, status 1, nothing left
refused() {
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 1 ]
	one_line
	[[ $output == *"$1"* ]]
	nothing_left
}

policy() { edit '.linux.memoryPolicy = $policy' --argjson policy "$1"; }

# spec: linux.memoryPolicy.*
@test "memoryPolicy: the program and its children have it" {
	[ -e /proc/self/numa_maps ] || skip "no CONFIG_NUMA here"
	program 'head -n 1 /proc/self/numa_maps | cut -d " " -f 2'
	policy '{"mode": "MPOL_BIND", "nodes": "0"}'
	run c run -b "$BUNDLE" "$ID"
	[ "$output" = bind:0 ]
	policy '{"mode": "MPOL_INTERLEAVE", "nodes": "0", "flags": []}'
	run c run -b "$BUNDLE" "$ID"
	[ "$output" = interleave:0 ]
	policy '{"mode": "MPOL_BIND", "nodes": "0", "flags": ["MPOL_F_STATIC_NODES"]}'
	run c run -b "$BUNDLE" "$ID"
	[ "$output" = bind=static:0 ]
	policy '{"mode": "MPOL_PREFERRED", "nodes": "0", "flags": ["MPOL_F_RELATIVE_NODES"]}'
	run c run -b "$BUNDLE" "$ID"
	[[ $output == prefer*=relative:0 ]]
	policy '{"mode": "MPOL_LOCAL"}'
	run c run -b "$BUNDLE" "$ID"
	[ "$output" = local ]
	policy '{"mode": "MPOL_DEFAULT", "nodes": ""}'
	run c run -b "$BUNDLE" "$ID"
	[ "$output" = default ]
}

@test "memoryPolicy: what does not fit is named" {
	args /bin/true
	policy '{"mode": "MPOL_DEFAULT", "nodes": "0-7"}'
	refused "linux.memoryPolicy: nodes: memory policy mode requires 0 nodes but got 8"
	policy '{"mode": "MPOL_BIND"}'
	refused "requires at least one node but got 0"
	policy '{"mode": "MPOL_BIND", "nodes": "0-9876543210"}'
	refused 'linux.memoryPolicy: nodes: invalid memory policy nodes "0-9876543210"'
	policy '{"mode": "MPOL_BIND", "nodes": "0,x"}'
	refused 'invalid memory policy nodes "0,x"'
	policy '{"mode": "MPOL_BIND", "nodes": "1000"}'
	refused "linux.memoryPolicy: cannot set MPOL_BIND on nodes 1000: Invalid argument"
	policy '{}'
	refused 'linux.memoryPolicy.mode: missing: invalid memory policy mode'
	policy '{"mode": "BIND", "nodes": "0"}'
	refused 'linux.memoryPolicy.mode: invalid memory policy mode "BIND"'
	policy '{"mode": "MPOL_PREFERRED", "nodes": "0", "flags": ["MPOL_F_RELATIVE_NODES", "badflag"]}'
	refused 'linux.memoryPolicy.flags[1]: invalid memory policy flag "badflag"'
}

@test "netDevices: a device moves into the container's new network namespace, up, with its MTU and address" {
	network_host
	host ip address add 10.77.0.1/24 dev eth7
	host ip address add 10.77.1.1 peer 10.77.1.2 dev eth7
	host ip address add 169.254.7.7/16 scope link dev eth7
	[ ! -e /proc/net/if_inet6 ] || host ip address add fd77::1/64 dev eth7 nodad
	program 'ip address show dev eth7; echo; ip address show dev lo'
	run host "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 0 ]
	[[ $output == *"eth7"*"UP"*"mtu 1400 "*"link/ether 02:00:00:00:00:07 "*"inet 10.77.0.1/24 "* ]]
	[[ $output == *"inet 10.77.1.1 peer 10.77.1.2/32 "* ]]
	[[ $output != *"169.254.7.7"* ]]
	[ ! -e /proc/net/if_inet6 ] || [[ $output == *"inet6 fd77::1/64 scope global"* ]]
	# a virtual device goes with its namespace
	until_true gone_from_host
	nothing_left
}
gone_from_host() { ! host ip link show dev peer7; }

# spec: linux.netDevices.name
@test "netDevices: renamed, into a namespace that is joined, where it stays" {
	network_host
	join
	edit '.linux.netDevices.eth7.name = "inside0"'
	host ip address add 10.77.0.1/24 dev eth7
	args /bin/true
	host "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	run joined ip address show dev inside0
	echo "$output"
	[[ $output == *UP*"mtu 1400 "*"inet 10.77.0.1/24 "* ]]
	run host ip link show dev eth7
	[ "$status" != 0 ]
	# the host's side can take it back
	joined ip link set dev inside0 netns "/proc/$HOST/ns/net"
	host ip link show dev inside0
}

@test "netDevices: with a user namespace; sysctls of the device act" {
	needs_user_namespaces
	network_host
	edit '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 0, size: 65536}] | .linux.gidMappings = .linux.uidMappings
		| .linux.sysctl = {"net.ipv4.conf.inside0.forwarding": "1"} | .linux.netDevices.eth7.name = "inside0"'
	program 'ip link show dev inside0 | head -n 1; cat /proc/sys/net/ipv4/conf/inside0/forwarding'
	run host "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 0 ]
	[[ ${lines[0]} == *inside0*UP* ]]
	[ "${lines[1]}" = 1 ]
}

@test "netDevices: where a process in between makes init (a time namespace)" {
	[ -e /proc/self/ns/time ] || skip "no time namespaces here"
	network_host
	edit '.linux.namespaces += [{type: "time"}] | .linux.sysctl = {"net.ipv4.conf.eth7.forwarding": "1"}'
	program 'ip link show dev eth7 | head -n 1; cat /proc/sys/net/ipv4/conf/eth7/forwarding'
	run host "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 0 ]
	[[ ${lines[0]} == *eth7*UP* ]]
	[ "${lines[1]}" = 1 ]
}

@test "netDevices: none moves when one is missing" {
	network_host
	edit '.linux.netDevices = {eth7: {}, nothere9: {}}'
	args /bin/true
	run host "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 1 ]
	[[ $output == *'linux.netDevices["nothere9"]: cannot find the device: No such device' ]]
	host ip link show dev eth7
	nothing_left
}

@test "netDevices: %d is the lowest free number; a name that is taken there is an error, and nothing moves" {
	network_host
	join
	joined ip link add net0 type veth peer name eth7
	edit '.linux.netDevices.eth7.name = "net%d"'
	args /bin/true
	host "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	joined ip link show dev net1
	joined ip link set dev net1 netns "/proc/$HOST/ns/net"
	host ip link set dev net1 name eth7
	edit '.linux.netDevices.eth7.name = "net0"'
	run host "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 1 ]
	one_line
	[[ $output == *'linux.netDevices["eth7"]: the container'"'"'s network namespace has a device "net0" already: File exists' ]]
	host ip link show dev eth7
	edit '.linux.netDevices.eth7 = {}'
	run host "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	[[ $output == *'has a device "eth7" already: File exists' ]]
	host ip link show dev eth7
	nothing_left
}

@test "netDevices: what fails behind the move brings the device back" {
	[ -e /proc/net/if_inet6 ] || skip "no IPv6 here"
	network_host
	join
	joined sysctl -qw net.ipv6.conf.default.disable_ipv6=1 net.ipv6.conf.all.disable_ipv6=1
	host ip address add fd77::1/64 dev eth7 nodad
	args /bin/true
	run host "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 1 ]
	[[ $output == *'linux.netDevices["eth7"]: cannot give its address 1 of 1 to "eth7" in the container'"'"'s network namespace: '* ]]
	host ip link show dev eth7
}

@test "netDevices: no such device, names that none can have, no namespace of its own" {
	args /bin/true
	edit '.linux.netDevices = {"nothere9": {}}'
	refused 'linux.netDevices["nothere9"]: cannot find the device: No such device'
	edit '.linux.netDevices = {"0123456789abcdef": {}}'
	refused 'linux.netDevices["0123456789abcdef"]: invalid network device name'
	edit '.linux.netDevices = {lo: {name: "a/b"}}'
	refused 'linux.netDevices["lo"].name: invalid network device name "a/b"'
	edit '.linux.netDevices = {lo: {name: "a%s"}}'
	refused 'linux.netDevices["lo"].name: invalid network device name "a%s"'
	edit '.linux.netDevices = {lo: {name: "x"}, eth7: {name: "x"}}'
	refused 'linux.netDevices["eth7"].name: "x" is another device'"'"'s already'
	edit '.linux.netDevices = {lo: {name: "x"}}'
	refused 'linux.netDevices["lo"]: cannot move it'
	edit '.linux.namespaces |= map(select(.type != "network")) | .mounts |= map(select(.type != "sysfs"))'
	refused 'linux.netDevices: needs a network namespace'
}

@test "labels: what the kernel lacks is named by its option" {
	args /bin/true
	if [ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" != Y ]; then
		edit '.process.apparmorProfile = "docker-default"'
		refused 'process.apparmorProfile: no AppArmor here (CONFIG_SECURITY_APPARMOR)'
	fi
	if [ ! -e /sys/fs/selinux/enforce ]; then
		edit 'del(.process.apparmorProfile) | .process.selinuxLabel = "system_u:system_r:container_t:s0"'
		refused 'process.selinuxLabel: no SELinux here (CONFIG_SECURITY_SELINUX)'
		edit 'del(.process.selinuxLabel) | .linux.mountLabel = "system_u:object_r:container_file_t:s0"'
		refused 'linux.mountLabel: no SELinux here (CONFIG_SECURITY_SELINUX)'
	fi
	edit '.process.apparmorProfile = "" | .process.selinuxLabel = "" | .linux.mountLabel = ""'
	c run -b "$BUNDLE" "$ID"
}

# spec: process.apparmorProfile
@test "labels: an AppArmor profile confines the program" {
	[ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" = Y ] && command -v apparmor_parser >/dev/null || skip "no AppArmor here"
	printf 'profile runlet-test-%s flags=(attach_disconnected) { file, deny /etc/passwd r, }\n' "$$" | apparmor_parser -Kr
	edit '.process.apparmorProfile = $name' --arg name "runlet-test-$$"
	program 'cat /proc/self/attr/current; cat /etc/passwd'
	run c run -b "$BUNDLE" "$ID"
	printf 'profile runlet-test-%s {}\n' "$$" | apparmor_parser -R
	echo "$output"
	[ "${lines[0]}" = "runlet-test-$$ (enforce)" ]
	[[ ${lines[1]} == *"Permission denied" ]]
}

@test "intelRdt: where there is no resctrl, the kernel option is named" {
	args /bin/true
	! grep -q ' - resctrl ' /proc/self/mountinfo || skip "this machine has resctrl"
	edit '.linux.intelRdt = {closID: "x"}'
	if [ -e /sys/fs/resctrl ]; then
		refused 'linux.intelRdt: the resctrl filesystem is not mounted'
	else
		refused 'linux.intelRdt: no resctrl filesystem here (CONFIG_X86_CPU_RESCTRL'
	fi
}

# resctrl COMMAND…: the program under test sees a tree of directories that stands in for resctrl
resctrl() {
	unshare --mount bash -c '
		tree=$1 fake=$2
		shift 2
		{ cat /proc/self/mountinfo; echo "99999 1 0:999 / $tree rw - resctrl resctrl rw"; } >"$fake"
		mount --bind "$fake" /proc/$$/mountinfo
		exec "$@"' resctrl "$WORK/resctrl" "$WORK/mountinfo" "$RUNLET" --root "$STATE" "$@"
}

# spec: linux.intelRdt.*
@test "intelRdt on a stand-in tree: a group of its own, schemata, tasks, a monitoring group; removed by delete" {
	mkdir -p "$WORK"/resctrl/info/{L3,MB} "$WORK/resctrl/gold/mon_groups"
	edit '.linux.intelRdt = {l3CacheSchema: "L3:0=7f0", memBwSchema: "MB:0=20", schemata: ["L2:0=f"]}'
	args sleep 100
	resctrl run -d -b "$BUNDLE" "$ID" </dev/null >"$WORK/out" 2>&1 3>&-
	[ "$(cat "$WORK/resctrl/$ID/tasks")" = "$(pid_of "$ID")" ]
	[ "$(paste -sd, "$WORK/resctrl/$ID/schemata")" = "L3:0=7f0,MB:0=20,L2:0=f" ]
	local inside
	inside=$(resctrl exec "$ID" sh -c 'echo ran')
	[ "$inside" = ran ]
	[ "$(cat "$WORK/resctrl/$ID/tasks")" != "$(pid_of "$ID")" ]   # a stand-in holds the last one written
	rm "$WORK/resctrl/$ID"/*   # a kernel's files go with the directory
	c delete --force "$ID"
	[ ! -e "$WORK/resctrl/$ID" ]
	edit '.linux.intelRdt = {closID: "gold", enableMonitoring: true}'
	resctrl run -d -b "$BUNDLE" "$ID" </dev/null >"$WORK/out" 2>&1 3>&-
	[ "$(cat "$WORK/resctrl/gold/tasks")" = "$(pid_of "$ID")" ]
	[ "$(cat "$WORK/resctrl/gold/mon_groups/$ID/tasks")" = "$(pid_of "$ID")" ]
	rm "$WORK/resctrl/gold/mon_groups/$ID"/*
	c delete --force "$ID"
	[ ! -e "$WORK/resctrl/gold/mon_groups/$ID" ]
	[ -d "$WORK/resctrl/gold" ]
	for old in enableCMT enableMBM; do
		edit '.linux.intelRdt = {closID: "gold", ($old): true}' --arg old "$old"
		resctrl run -d -b "$BUNDLE" "$ID" </dev/null >"$WORK/out" 2>&1 3>&-
		[ "$(cat "$WORK/resctrl/gold/mon_groups/$ID/tasks")" = "$(pid_of "$ID")" ]
		rm "$WORK/resctrl/gold/mon_groups/$ID"/*
		c delete --force "$ID"
	done
	edit '.linux.intelRdt = {closID: "silver"}'
	run resctrl run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 1 ]
	[[ $output == *"linux.intelRdt: closID: there is no group $WORK/resctrl/silver, and no schemata to make it with: No such file or directory" ]]
	nothing_left
}

@test "SCHED_DEADLINE: the rule that the kernel answers with EINVAL alone is named" {
	args /bin/true
	deadline() { edit '.process.scheduler = ({policy: "SCHED_DEADLINE"} + $numbers)' --argjson numbers "$1"; refused "process.scheduler: sched_setattr: \`SCHED_DEADLINE\` $2: Invalid argument"; }
	deadline '{"deadline": 100000, "period": 1000000}' 'requires `runtime`'
	deadline '{"runtime": 0, "deadline": 100000, "period": 1000000}' 'runtime must be greater than 0'
	deadline '{"runtime": 42000, "period": 1000000}' 'requires `deadline`'
	deadline '{"runtime": 12, "deadline": 100000, "period": 1000000}' 'runtime must be between 1024 and 2^63 ns'
	deadline '{"runtime": 200000, "deadline": 100000, "period": 1000000}' 'runtime must be <= deadline'
	deadline '{"runtime": 42000, "deadline": 100000, "period": 50000}' 'deadline must be <= period'
}
