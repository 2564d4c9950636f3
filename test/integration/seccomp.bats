#!/usr/bin/env bats
# System call filters: config-linux.md, "Seccomp".
load helpers
setup() { setup_container; }
teardown() { teardown_container; }

# spec: linux.seccomp.defaultAction linux.seccomp.syscalls.{names,action,errnoRet}
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
	[ "$(uname -m)" = x86_64 ] || skip "needs x86_64"
	compiled exit7 -nostdlib
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

# spec: linux.seccomp.syscalls.args.{index,value,op}
@test "a filter that allows nothing, not even to end: the container does not run for ever" {
	program 'true'
	edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ERRNO", syscalls: []} | .linux.seccomp.syscalls = [{names: ["read"], action: "SCMP_ACT_ALLOW"}]'
	run timeout -s KILL 60 "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" -gt 0 ] && [ "$status" -ne 137 ]
	run c state "$ID"
	[[ $output == *"does not exist"* ]]
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

# kept: the compiled filter of the last run; patched ERRNO [FILE]: the same, in which calls that were refused with EPERM are refused with ERRNO
kept() { find "$STATE/.filters" -type f; }
patched() {
	python3 - "${2:-$(kept)}" "$1" <<'PY'
import struct, sys
bytes_ = bytearray(open(sys.argv[1], "rb").read())
count = 0
for at in range(20, len(bytes_), 8):
    code, jt, jf, k = struct.unpack_from("HBBI", bytes_, at)
    if code == 6 and k == 0x50001:
        struct.pack_into("I", bytes_, at + 4, 0x50000 | int(sys.argv[2]))
        count += 1
assert count
open(sys.argv[1], "r+b").write(bytes_)
PY
}

@test "a compiled filter is kept and taken again; one that can't be trusted is made anew" {
	edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mkdir"], action: "SCMP_ACT_ERRNO"}]}'
	program 'mkdir /tmp/x'
	run c run -b "$BUNDLE" "$ID"
	[[ $output == *"not permitted" ]]
	[ "$(kept | wc -l)" = 1 ]
	[ "$(stat -c '%a %U' "$(kept)")" = "600 $(id -un)" ]
	local file; file=$(kept)
	patched 5
	run c run -b "$BUNDLE" "$ID"
	[[ $output == *"I/O error" || $output == *"Input/output error" ]]
	# each of these is not trusted: others may read it, it has another name, it is longer than it says, it is a link, somebody else's
	chmod 644 "$file"
	run c run -b "$BUNDLE" "$ID"; [[ $output == *"not permitted" ]]
	patched 5; ln "$file" "$WORK/other"
	run c run -b "$BUNDLE" "$ID"; [[ $output == *"not permitted" ]]
	patched 5; printf x >>"$file"
	run c run -b "$BUNDLE" "$ID"; [[ $output == *"not permitted" ]]
	patched 5; truncate -s -8 "$file"
	run c run -b "$BUNDLE" "$ID"; [[ $output == *"not permitted" ]]
	patched 5; mv "$file" "$WORK/target"; ln -s "$WORK/target" "$file"
	run c run -b "$BUNDLE" "$ID"; [[ $output == *"not permitted" ]]
	patched 5; chown 65534 "$file"
	run c run -b "$BUNDLE" "$ID"; [[ $output == *"not permitted" ]]
	# another profile has another file
	edit '.linux.seccomp.syscalls[0].errnoRet = 5'
	run c run -b "$BUNDLE" "$ID"
	[[ $output == *"I/O error" || $output == *"Input/output error" ]]
	[ "$(kept | wc -l)" = 2 ]
	[ "$(c list -q)" = "" ]
}

@test "kept filters do not become many" {
	edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW"}'
	args /bin/true
	c run -b "$BUNDLE" "$ID"
	for i in $(seq 80); do cp "$(kept | head -n 1)" "$STATE/.filters/$i"; done
	edit '.linux.seccomp.syscalls = [{names: ["mkdir"], action: "SCMP_ACT_ERRNO"}]'
	c run -b "$BUNDLE" "$ID"
	[ "$(kept | wc -l)" = 1 ]
}

# ready [OPTIONS…] BUNDLE…: compiled into $WORK/ready; $FILE is the last one's file
ready() {
	"$RUNLET" seccomp compile "$@" "$WORK/ready" >"$WORK/compiled" || return 1
	FILE=$WORK/ready/$(tail -n 1 "$WORK/compiled" | cut -f 1)
}
forget() { rm -rf "$STATE/.filters"; }

@test "seccomp compile: a run, a create and an exec with a ready filter compile nothing" {
	edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mkdir"], action: "SCMP_ACT_ERRNO"}]}'
	program 'mkdir /tmp/x'
	ready "$BUNDLE"
	[ "$(stat -c '%a %F' "$FILE")" = "644 regular file" ]
	[ "$(cut -f 2 "$WORK/compiled")" = "$BUNDLE" ]
	patched 5 "$FILE"   # so that it shows whose filter it is
	run c --debug --filters "$WORK/ready" run -b "$BUNDLE" "$ID"
	echo "$output"
	[[ $output == *"ready filter $FILE"* ]]
	[[ $output != *"compiling filter"* ]]
	[[ $output == *"I/O error"* || $output == *"Input/output error"* ]]
	[ ! -e "$STATE/.filters" ]
	args sleep 100
	c --filters "$WORK/ready" create -b "$BUNDLE" "$ID" </dev/null >"$WORK/out" 2>&1 3>&-
	c start "$ID"
	run c --debug --filters "$WORK/ready" exec "$ID" mkdir /tmp/x
	echo "$output"
	[[ $output == *"ready filter $FILE"* ]]
	[[ $output != *"compiling filter"* ]]
	[[ $output == *"I/O error"* || $output == *"Input/output error"* ]]
	[ ! -e "$STATE/.filters" ]
	# none there, none asked for: compiled, and kept
	c delete --force "$ID"
	program 'mkdir /tmp/x'
	run c --debug --filters "$WORK/none" run -b "$BUNDLE" "$ID"
	[[ $output == *"compiling filter"*"not permitted"* ]]
	[ "$(kept | wc -l)" = 1 ]
}

@test "a ready filter that can't be trusted, is damaged or for another CPU is named and not taken" {
	edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mkdir"], action: "SCMP_ACT_ERRNO"}]}'
	program 'mkdir /tmp/x'
	# refuses COMMAND…: what is done to the file; words of the warning in $words
	refuses() {
		ready "$BUNDLE"
		patched 5 "$FILE"
		"$@"
		forget
		run c --filters "$WORK/ready" run -b "$BUNDLE" "$ID"
		echo "$output"
		[[ $output == *"not permitted"* ]]
		[[ -z $words || $output == *"ready filter $FILE "*"$words"* ]]
		rm "$FILE"
	}
	local words="others may write it"
	refuses eval 'chmod 666 "$FILE"'
	refuses eval 'chown 65534 "$FILE"'
	words="it is damaged"
	refuses eval 'printf x >>"$FILE"'
	refuses eval 'truncate -s -8 "$FILE"'
	refuses eval ': >"$FILE"'
	words="was compiled for another CPU; compiled anew"
	refuses eval 'printf "\1\2\3\4" | dd of="$FILE" bs=1 seek=4 conv=notrunc status=none'   # its number
	refuses eval 'printf 2FLR | dd of="$FILE" bs=1 conv=notrunc status=none'                  # its byte order
	words="is not taken"
	refuses eval 'mv "$FILE" "$WORK/target"; ln -s "$WORK/target" "$FILE"'
	refuses eval 'rm "$FILE"; mkfifo -m 644 "$FILE"'
}

@test "seccomp compile: several bundles, one without a filter, levels of kernels, and what can't be done" {
	make_bundle "$WORK/plain"
	edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ERRNO", syscalls: [{names: ["read"], action: "SCMP_ACT_ALLOW"}]}'
	rm -r "$BUNDLE/rootfs"   # a build machine need not have it
	ready "$WORK/plain" "$BUNDLE"
	[ "$(head -n 1 "$WORK/compiled")" = "-	$WORK/plain	no linux.seccomp" ]
	[ "$(find "$WORK/ready" -type f | wc -l)" = 1 ]
	ready --level 2 "$BUNDLE"
	[ "$(find "$WORK/ready" -type f | wc -l)" = 2 ]
	ready --level 2 "$BUNDLE"
	[ "$(find "$WORK/ready" -type f | wc -l)" = 2 ]
	# SCMP_ACT_LOG is of level 3
	edit '.linux.seccomp.syscalls[0].action = "SCMP_ACT_LOG"'
	ready --level 3 "$BUNDLE"
	local bad
	for bad in "--level 2 $BUNDLE $WORK/ready" "--level 8 $BUNDLE $WORK/ready" "$WORK/none $WORK/ready" "$BUNDLE $BUNDLE/config.json" "$WORK/ready"; do
		run "$RUNLET" seccomp compile $bad
		echo "$output"
		[ "$status" = 1 ]
		one_line
	done
	[ "$(find "$WORK/ready" -type f | wc -l)" = 3 ]
}

@test "without flags the filter allows speculation, as runc has it; an empty list has none" {
	args /bin/true
	edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mkdir"], action: "SCMP_ACT_ERRNO"}]}'
	run c --debug run -b "$BUNDLE" "$ID"
	[[ $output == *'"seccomp filter flags: 4"'* ]]
	edit '.linux.seccomp.flags = []'
	run c --debug run -b "$BUNDLE" "$ID"
	[[ $output == *'"seccomp filter flags: 0"'* ]]
}

@test "create in a user namespace whose bind mounts the runtime has to open: the filter comes while init still asks for them" {
	needs_user_namespaces
	program 'cat /tmp/30; grep Seccomp: /proc/self/status'
	mkdir -m 700 "$WORK/own"; echo mine >"$WORK/own/file"
	edit '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 1000}] | .linux.gidMappings = .linux.uidMappings
		| .linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO"}]}
		| .mounts += [range(31) | {destination: "/tmp/\(.)", source: $source, options: ["bind"]}]' --arg source "$WORK/own/file"
	touch "$BUNDLE"/rootfs/tmp/{0..30}
	chown -R 100000:100000 "$BUNDLE/rootfs"
	chmod 755 "$WORK" "$BUNDLE"; chmod 644 "$WORK/own/file"
	c create -b "$BUNDLE" "$ID" >"$WORK/out" 2>&1 </dev/null
	c start "$ID"
	until_true status_is "$ID" stopped
	cat "$WORK/out"
	[ "$(tr -s ' \t' ' ' <"$WORK/out")" = $'mine\nSeccomp: 2' ]
}
