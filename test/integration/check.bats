#!/usr/bin/env bats
# check: what a kernel has of what containers, or a bundle, need: this kernel, or one that is a .config yet.
load helpers
setup() { setup_container; args /bin/true; }
teardown() { teardown_container; }

# kconfig LINE…: a kernel's .config that has all that the default bundle needs, and these lines
kconfig() {
	cat >"$WORK/config" <<-'END'
		#
		# Automatically generated file; DO NOT EDIT.
		# Linux/x86 6.12.57 Kernel Configuration
		#
		CONFIG_CC_VERSION_TEXT="gcc (Debian 12.2.0-14+deb12u1) 12.2.0"
		CONFIG_NAMESPACES=y
		CONFIG_PID_NS=y
		CONFIG_NET_NS=y
		CONFIG_IPC_NS=y
		CONFIG_UTS_NS=y
		CONFIG_CGROUPS=y
		CONFIG_CGROUP_BPF=y
		CONFIG_CGROUP_PIDS_NOT=y
		CONFIG_PROC_FS=y
		CONFIG_SYSFS=y
		CONFIG_TMPFS=y
		CONFIG_UNIX98_PTYS=y
		CONFIG_POSIX_MQUEUE=y
		# CONFIG_MEMCG is not set
	END
	printf '%s\n' "$@" >>"$WORK/config"
}
state() { jq -r --arg name "$1" '.facilities[] | select(.name == $name).state' <<<"$output"; }

@test "this kernel: a table for people, JSON for programs, the same in both" {
	run c check
	[ "$status" = 0 ]
	[[ ${lines[0]} == kernel*"$(uname -r)" ]]
	grep -qE '^pid namespaces +present +CONFIG_PID_NS$' <<<"$output"
	[[ ${lines[-1]} =~ ^[0-9]+\ of\ [0-9]+\ missing$ ]]
	table=$(sed '1d;$d' <<<"$output" | sed -E 's/^(.{25}).(.{8}).*/\1 \2/; s/ +/ /g; s/ $//')
	run c check --format json
	[ "$status" = 0 ]
	[ "$(jq -r .kernel <<<"$output")" = "$(uname -r)" ]
	diff <(echo "$table") <(jq -r '.facilities[] | "\(.name) \(.state)"' <<<"$output")
	[ "$(jq .missing <<<"$output")" = "$(jq '[.facilities[] | select(.state != "present")] | length' <<<"$output")" ]
}

@test "a bundle: only what it needs, and by which property" {
	run c check "$BUNDLE" --format json
	echo "$output"
	[ "$status" = 0 ]
	[ "$(jq .missing <<<"$output")" = 0 ]
	[ "$(jq '[.facilities[] | select(.neededBy == null)] | length' <<<"$output")" = 0 ]
	[ "$(state "network namespaces")" = present ]
	[ "$(state "user namespaces")" = "" ]
	[ "$(state "devices controller")" = present ]
	[[ $("$RUNLET" check "$BUNDLE") == *" on v2 "*"linux.resources.devices"* ]]
	[ "$(jq -r '.facilities[] | select(.name == "mqueue filesystem").neededBy' <<<"$output")" = mounts ]
}

@test "each property's need" {
	while read -r name filter; do
		edit "$filter"
		run c check "$BUNDLE" --format json
		[ -n "$(state "${name//+/ }")" ] || { echo "$name: not asked for by $filter"; return 1; }
	done <<-'END'
		memory+controller .linux.resources.memory.limit = 1
		cpu+controller .linux.resources.cpu.shares = 2
		cpuset+controller .linux.resources.cpu.cpus = "0"
		cpu+controller .linux.resources.cpu = {cpus: "0", burst: 1}
		cpu+controller .linux.resources.cpu = {cpus: "0", idle: 1}
		blkio+controller .linux.resources.blockIO.weight = 10
		pids+controller .linux.resources.pids.limit = 1
		hugetlb+controller .linux.resources.hugepageLimits = [{pageSize: "2MB", limit: 0}]
		net_cls+controller .linux.resources.network.classID = 1
		rdma+controller .linux.resources.rdma.mlx.hcaHandles = 1
		cgroup+v2+tree .linux.resources.unified = {"pids.max": "1"}
		user+namespaces .linux.namespaces += [{type: "user"}]
		time+namespaces .linux.namespaces += [{type: "time"}]
		seccomp+filters .linux.seccomp.defaultAction = "SCMP_ACT_ALLOW"
		memory+policies .linux.memoryPolicy.mode = "MPOL_LOCAL"
		resctrl+filesystem .linux.intelRdt.closID = "x"
		AppArmor .process.apparmorProfile = "x"
		SELinux .process.selinuxLabel = "x"
		overlay+filesystem .mounts += [{destination: "/o", type: "overlay", source: "overlay"}]
		mount_setattr .mounts[0].options = ["rro"]
	END
}

@test "what a bundle needs and this kernel lacks: exit status 1, the option's name, the property" {
	absent=$(c check --format json | jq -r '[.facilities[] | select(.state == "missing").name]')
	jq -e 'any(. == "resctrl filesystem" or . == "SELinux")' <<<"$absent" >/dev/null || skip "this kernel has both resctrl and SELinux"
	edit '.linux.intelRdt.closID = "x" | .process.selinuxLabel = "x"'
	run c check "$BUNDLE"
	echo "$output"
	[ "$status" = 1 ]
	grep -qE '^(resctrl filesystem +missing +CONFIG_X86_CPU_RESCTRL.* linux.intelRdt|SELinux +missing +CONFIG_SECURITY_SELINUX +process.selinuxLabel)$' <<<"$output"
}

@test "--kconfig: what is built in, a module, missing, or too new for that version" {
	kconfig CONFIG_OVERLAY_FS=m CONFIG_CGROUP_DEVICE=n CONFIG_CGROUP_FREEZER=n CONFIG_SECCOMP=y $'CONFIG_CGROUP_SCHED=y\r'
	run c check --kconfig "$WORK/config" --format json
	echo "$output"
	[ "$status" = 0 ]
	[ "$(jq -r .kernel <<<"$output")" = 6.12.57 ]
	[ "$(state "pid namespaces")" = present ]
	[ "$(state "overlay filesystem")" = module ]
	[ "$(state "memory controller")" = missing ]
	[ "$(state "pids controller")" = missing ]
	[ "$(state "devices controller")" = present ]
	[ "$(state "seccomp filters")" = missing ]
	[ "$(state "freezer controller")" = missing ]
	[ "$(state "cpu controller")" = present ]
	[ "$(state mount_setattr)" = present ]
	sed -i 's/ 6\.12\.57 / 5.10.1 /' "$WORK/config"
	run c check --kconfig "$WORK/config" --format json
	[ "$(state mount_setattr)" = missing ]
	[ "$(state openat2)" = present ]
	[ "$(state "cgroup namespaces")" = present ]
}

@test "--kconfig compressed, and a bundle for it" {
	kconfig
	gzip "$WORK/config"
	run c check "$BUNDLE" --kconfig "$WORK/config.gz"
	echo "$output"
	[ "$status" = 0 ]
	[[ ${lines[-1]} == "0 of "* ]]
	edit '.linux.resources.memory.limit = 1000000'
	run c check "$BUNDLE" --kconfig "$WORK/config.gz"
	[ "$status" = 1 ]
	grep -qE '^memory controller +missing +CONFIG_MEMCG +linux.resources.memory$' <<<"$output"
	[[ ${lines[-1]} == "1 of "* ]]
}

@test "what cannot be answered is one line" {
	head -c 60 /bin/busybox >"$WORK/other"
	kconfig; gzip -c "$WORK/config" | head -c 100 >"$WORK/cut.gz"
	: >"$WORK/empty"
	for arguments in "--kconfig $WORK/nowhere" "--kconfig $WORK/other" "--kconfig $WORK/cut.gz" "--kconfig $WORK/empty" "--kconfig $WORK" "--format xml" "$WORK/nowhere" "a b"; do
		run c check $arguments
		echo "$arguments: $output"
		[ "$status" = 1 ]
		one_line
	done
}
