#!/usr/bin/env bats
# System call filters: config-linux.md, "Seccomp".
load helpers
setup() { setup_container; }
teardown() { teardown_container; }

@test "a call is refused with the errno that the config says" {
	edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO", errnoRet: 28}]} | .root.readonly = false'
	program 'mkdir /tmp/x; grep Seccomp: /proc/self/status'
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[[ ${lines[0]} == *"No space left on device" ]]
	[[ ${lines[1]} == Seccomp:*2 ]]
}

@test "without noNewPrivileges, and as another user: the filter is loaded before the capabilities go" {
	edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO"}]} | .process.noNewPrivileges = false | .process.user = {uid: 1000, gid: 1000}'
	program 'mkdir /tmp/x; grep -E "Seccomp:|NoNewPrivs|CapEff|CapPrm" /proc/self/status | xargs'
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[[ ${lines[0]} == *"Operation not permitted" ]]
	[ "${lines[1]}" = "CapPrm: 0000000000000000 CapEff: 0000000000000000 NoNewPrivs: 0 Seccomp: 2" ]
	edit '.process.user = {uid: 0, gid: 0}'
	run c run -b "$BUNDLE" "$ID"
	[ "${lines[1]}" = "CapPrm: 0000000020000420 CapEff: 0000000020000420 NoNewPrivs: 0 Seccomp: 2" ]
}

@test "a filter that allows little more than execve lets the program start, with and without noNewPrivileges" {
	cat >"$WORK/exit.c" <<'END'
void _start(void);
void _start(void) { __asm__ volatile("syscall" : : "a"(60), "D"(7)); }
END
	[ "$(uname -m)" = x86_64 ] && command -v gcc >/dev/null || skip "needs gcc on x86_64"
	gcc -static -nostdlib -o "$BUNDLE/rootfs/bin/exit7" "$WORK/exit.c"
	args /bin/exit7
	edit '.linux.seccomp = {defaultAction: "SCMP_ACT_KILL_PROCESS", syscalls: [{names: ["execve", "exit"], action: "SCMP_ACT_ALLOW"}]}'
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 7 ]
	edit '.process.noNewPrivileges = false | .linux.seccomp.syscalls[0].names += ["capset", "capget", "prctl"]'
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 7 ]
}

@test "arguments are compared" {
	edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["kill"], action: "SCMP_ACT_ERRNO", errnoRet: 1, args: [{index: 1, value: 10, op: "SCMP_CMP_EQ"}]}]}'
	program 'trap "echo 12" USR2; kill -USR2 $$; kill -USR1 $$; echo on'
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	grep -qx 12 <<<"$output"
	grep -q "not permitted" <<<"$output"
	grep -qx on <<<"$output"
}

@test "an unknown call name is skipped, an unknown architecture is an error" {
	edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["call_of_the_future", "mkdir"], action: "SCMP_ACT_ERRNO"}]}'
	program 'echo ran'
	run c run -b "$BUNDLE" "$ID"
	[ "$output" = ran ]
	edit '.linux.seccomp.architectures = ["SCMP_ARCH_ABACUS"]'
	run c run -b "$BUNDLE" "$ID"
	[ "$status" = 1 ]
	one_line
	[[ $output == *"linux.seccomp.architectures[0]"* ]]
	nothing_left
}
