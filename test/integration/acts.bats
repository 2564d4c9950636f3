#!/usr/bin/env bats
# Properties that no other file sees act, as the program or the kernel shows them: docs/spec.md lists which test shows which.
load helpers
setup() { setup_container; }
teardown() { teardown_container; }

has_v1() { grep -q " - cgroup [^ ]* .*\b$1\b" /proc/self/mountinfo; }
directory() { find /sys/fs/cgroup -maxdepth 7 -type d -name "$ID" -path "*/$1/*"; }
value() { cat "$(directory "$1")/$2"; }
# alive FILTER: a container that lives, its config changed
alive() { args sleep 100; edit "$1"; detached; PID=$(pid_of "$ID"); }
gone() { c delete --force "$ID"; nothing_left; }
# refused TEXT: one line that has it, nothing left
refused() {
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 1 ]
	one_line
	[[ $output == *"$1"* ]]
	nothing_left
}

# spec: process.scheduler.{policy,nice,flags}
@test "scheduler: policy, nice and flags are init's" {
	alive '.process.scheduler = {policy: "SCHED_BATCH", nice: 7, flags: ["SCHED_FLAG_RESET_ON_FORK"]}'
	chrt -p "$PID" | tee "$WORK/chrt"
	grep -q 'policy: SCHED_BATCH|SCHED_RESET_ON_FORK' "$WORK/chrt"
	[ "$(ps -o ni= -p "$PID" | xargs)" = 7 ]
	gone
}

# spec: process.scheduler.{policy,priority}
@test "scheduler: a realtime priority" {
	chrt -f 3 true || skip "no realtime for us here"
	edit 'del(.linux.resources)'
	alive '.process.scheduler = {policy: "SCHED_RR", priority: 3}'
	chrt -p "$PID" | tee "$WORK/chrt"
	grep -q 'policy: SCHED_RR' "$WORK/chrt"
	grep -q 'priority: 3' "$WORK/chrt"
	gone
}

# spec: process.scheduler.{runtime,deadline,period}
@test "scheduler: a deadline" {
	chrt -d -T 1000000 -D 5000000 -P 10000000 0 true || skip "no deadlines for us here"
	alive '.process.scheduler = {policy: "SCHED_DEADLINE", runtime: 1000000, deadline: 5000000, period: 10000000}'
	chrt -p "$PID" | tee "$WORK/chrt"
	grep -q 'policy: SCHED_DEADLINE' "$WORK/chrt"
	grep -q 'runtime/deadline/period.*: 1000000/5000000/10000000' "$WORK/chrt"
	gone
}

# spec: process.ioPriority.*
@test "ioPriority: class and level are init's" {
	alive '.process.ioPriority = {class: "IOPRIO_CLASS_BE", priority: 6}'
	[ "$(ionice -p "$PID")" = "best-effort: prio 6" ]
	gone
	alive '.process.ioPriority = {class: "IOPRIO_CLASS_IDLE", priority: 0}'
	[ "$(ionice -p "$PID")" = idle ]
	gone
}

# spec: process.execCPUAffinity.*
@test "execCPUAffinity: the CPUs of an exec, of its beginning alone and of its end" {
	[ "$(nproc)" -gt 1 ] || skip "one CPU here"
	cpus() { c exec "$ID" awk '/^Cpus_allowed_list/ { print $2 }' /proc/self/status; }
	alive '.process.execCPUAffinity = {initial: "1"}'
	# what follows without a final list is the kernel's: entering a cpuset of v1 may give all of its CPUs
	local seen; seen=$(cpus)
	[ "$seen" = 1 ] || { has_v1 cpuset && [ "$seen" = "$(awk '/^Cpus_allowed_list/ { print $2 }' "/proc/$(pid_of "$ID")/status")" ]; }
	gone
	alive '.process.execCPUAffinity = {initial: "1", final: "0"}'
	[ "$(cpus)" = 0 ]
	gone
	alive '.process.execCPUAffinity = {initial: "1000"}'
	run c exec "$ID" true
	[ "$status" = 255 ]
	[[ $output == *"process.execCPUAffinity.initial: "* ]]
	gone
}

# spec: linux.personality.*
@test "personality: LINUX32 shows another machine" {
	[ "$(uname -m)" = x86_64 ] || skip "no other personality known here"
	edit '.linux.personality = {domain: "LINUX32"}'
	args uname -m
	run c run -b "$BUNDLE" "$ID"
	[ "$output" = i686 ]
	edit '.linux.personality = {domain: "LINUX", flags: []}'
	run c run -b "$BUNDLE" "$ID"
	[ "$output" = x86_64 ]
	edit '.linux.personality.flags = ["ADDR_NO_RANDOMIZE"]'
	refused 'linux.personality.flags: no flags are supported'
}

# spec: linux.rootfsPropagation
@test "rootfsPropagation: what the kernel says of the container's root" {
	args sh -c 'sed -n "s/^[0-9]* [0-9]* [0-9:]* [^ ]* \/ [^ ]* \(.*\) - .*/\1/p" /proc/self/mountinfo | tail -n 1'
	local word
	for word in rprivate= rslave=master: rshared=shared: runbindable=unbindable; do
		edit '.linux.rootfsPropagation = $word' --arg word "${word%=*}"
		run unshare -m --propagation shared "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
		echo "$word: $output"
		[ "$status" = 0 ]
		[[ -z ${word#*=} && -z $output || -n ${word#*=} && $output == *"${word#*=}"* ]]
	done
}

# spec: mounts.uidMappings.* mounts.gidMappings.*
@test "mounts: owners are mapped" {
	needs_user_namespaces
	mkdir "$WORK/host"
	mount -t tmpfs tmpfs "$WORK/host"
	touch "$WORK/host/file"
	chown 100007:200009 "$WORK/host/file"
	edit '.mounts += [{destination: "/data", source: $host, options: ["bind"], uidMappings: [{containerID: 100000, hostID: 0, size: 1000}], gidMappings: [{containerID: 200000, hostID: 500, size: 1000}]}]' --arg host "$WORK/host"
	args stat -c '%u:%g' /data/file
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	local seen=$output
	umount "$WORK/host"
	[[ $seen != *idmap* && $seen != *"the filesystem can't"* ]] || skip "no idmapped mounts here: $seen"
	[ "$seen" = 7:509 ]
}

# spec: linux.resources.memory.{limit,reservation,swap,swappiness,disableOOMKiller,useHierarchy}
@test "v1 memory: every value is in its file" {
	has_v1 memory || skip "no v1 memory controller here"
	alive '.linux.resources = {memory: {limit: 67108864, reservation: 33554432, swap: 134217728, swappiness: 7, disableOOMKiller: true, useHierarchy: true}}'
	[ "$(value memory memory.limit_in_bytes)" = 67108864 ]
	[ "$(value memory memory.soft_limit_in_bytes)" = 33554432 ]
	[ "$(value memory memory.memsw.limit_in_bytes)" = 134217728 ]
	[ "$(value memory memory.swappiness)" = 7 ]
	grep -qx 'oom_kill_disable 1' "$(directory memory)/memory.oom_control"
	[ "$(value memory memory.use_hierarchy)" = 1 ]
	gone
}

# spec: linux.resources.memory.{kernel,kernelTCP}
@test "v1 memory: kernel limits are in their files, unless the kernel has given them up" {
	has_v1 memory || skip "no v1 memory controller here"
	alive '.linux.resources = {memory: {kernel: 50331648, kernelTCP: 16777216}}'
	[ "$(value memory memory.kmem.tcp.limit_in_bytes)" = 16777216 ] || grep -q 'linux.resources.memory.kernelTCP: .*ignored' "$WORK/out"
	# Linux 5.16 to 6.10 refuse it, later ones take every value and hold none
	local own; own=$(directory memory)
	mkdir "$own/probe"
	local deaf=no; echo 50331648 >"$own/probe/memory.kmem.limit_in_bytes" && [ "$(cat "$own/probe/memory.kmem.limit_in_bytes")" != 50331648 ] && deaf=yes
	rmdir "$own/probe"
	[ "$deaf" = yes ] || [ "$(value memory memory.kmem.limit_in_bytes)" = 50331648 ] || grep -q 'linux.resources.memory.kernel: .*ignored' "$WORK/out"
	gone
}

# spec: linux.resources.cpu.{shares,quota,period,cpus,mems}
@test "v1 cpu and cpuset: every value is in its file" {
	has_v1 cpu && has_v1 cpuset || skip "no v1 cpu and cpuset controllers here"
	alive '.linux.resources = {cpu: {shares: 300, quota: 40000, period: 80000, cpus: "0", mems: "0"}}'
	[ "$(value cpu cpu.shares)" = 300 ]
	[ "$(value cpu cpu.cfs_quota_us)" = 40000 ]
	[ "$(value cpu cpu.cfs_period_us)" = 80000 ]
	[ "$(value cpuset cpuset.cpus)" = 0 ]
	[ "$(value cpuset cpuset.mems)" = 0 ]
	[ "$(awk '/^Cpus_allowed_list/ { print $2 }' "/proc/$PID/status")" = 0 ]
	gone
}

# spec: linux.seccomp.{defaultAction,defaultErrnoRet}
@test "seccomp: the default action's errno" {
	[ "$(uname -m)" = x86_64 ] || skip "the list of calls is x86_64's"
	edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 28, syscalls: [{names: $names, action: "SCMP_ACT_ALLOW"}]} | .root.readonly = false' --argjson names \
		'["execve","exit","exit_group","brk","mmap","munmap","mprotect","read","write","open","openat","close","fstat","newfstatat","stat","lstat","arch_prctl","set_tid_address","set_robust_list","rseq","prlimit64","getrandom","umask","writev","getuid","getgid","geteuid","getegid","readlink","ioctl","rt_sigprocmask","rt_sigaction","prctl","fcntl","access","pread64","futex","chmod","statx","lseek","uname","getpid"]'
	args mkdir /tmp/x
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[[ $output == *"No space left on device" ]]
}

# spec: linux.seccomp.architectures linux.seccomp.syscalls.*
@test "seccomp: architectures, and an argument under a mask" {
	edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", architectures: $archs, syscalls: [{names: ["kill"], action: "SCMP_ACT_ERRNO", errnoRet: 28, args: [{index: 1, value: 12, valueTwo: 12, op: "SCMP_CMP_MASKED_EQ"}]}]}' \
		--argjson archs '["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"]'
	program 'trap : USR2; trap : USR1; kill -USR2 $$ 2>&1 | grep -o "No space"; kill -USR1 $$ && echo ten; kill -14 $$ 2>&1 | grep -o "No space"'   # 12, 10, 14: 12 & 14 = 12
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$output" = $'No space\nten\nNo space' ]
	[ "$(uname -m)" = x86_64 ] || skip "needs x86_64"
	compiled gate32 -nostdlib   # a call of the other architecture
	args /bin/gate32
	edit '.linux.seccomp.syscalls = [{names: ["getpid"], action: "SCMP_ACT_ERRNO", errnoRet: 28}]'
	run c run -b "$BUNDLE" "$ID"
	[ "$status" = 28 ]   # refused there, too
	edit '.linux.seccomp.architectures = ["SCMP_ARCH_X86_64"]'
	run c run -b "$BUNDLE" "$ID"
	[ "$status" = 159 ]   # an architecture that is not in the list: killed by SIGSYS
}
