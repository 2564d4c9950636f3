#!/usr/bin/env bats
# run --dry-run, create --dry-run: the plan, what it needs, what is here; and nothing made.
load helpers
setup() { setup_container; args /bin/true; }
teardown() { teardown_container; }
plan() { c "$@" --dry-run --format json -b "$BUNDLE" "$ID"; }
# inside ERRNO CALL: dry-run in a container whose filter answers CALL with ERRNO, as another kernel would
inside() {
	make_bundle "$BUNDLE/rootfs/inner"
	edit "$BUNDLE/rootfs/inner" 'del(.linux.resources)'
	cp "$RUNLET" "$BUNDLE/rootfs/bin/runlet"
	args /bin/runlet --root /tmp/state run --dry-run -b /inner inner
	edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: [$call], action: "SCMP_ACT_ERRNO", errnoRet: $number}]}' --argjson number "$1" --arg call "$2"
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ ! -e "$BUNDLE/rootfs/tmp/state" ]
}

@test "a table, and nothing is made" {
	run c run --dry-run --pid-file "$WORK/pid" -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 0 ]
	[[ ${lines[0]} =~ ^STEP\ +WHERE\ +WHAT\ +NEEDS$ ]]
	grep -qE '^record +runtime +.*: '"$STATE/$ID"'$' <<<"$output"
	grep -qE '^network +beside +.* network namespaces \(CONFIG_NET_NS\): here$' <<<"$output"
	grep -qE '^rootfs +init +.*: '"$BUNDLE/rootfs"'$' <<<"$output"
	grep -qE '^executable +inside +.*: /bin/true$' <<<"$output"
	[ ! -e "$STATE" ] && [ ! -e "$WORK/pid" ]
	nothing_left
}

@test "the steps are those that run then takes" {
	planned=$(plan run | jq -r '.steps[].name' | sort)
	taken=$(c --debug run -b "$BUNDLE" "$ID" 2>&1 | sed -n 's/.*\bstep \([a-zA-Z ]*\)\("\|$\).*/\1/p' | sort)
	[ -n "$planned" ]
	diff <(echo "$planned") <(echo "$taken")
}

@test "create and run differ, and so do configs" {
	names() { plan "$@" | jq -r '.steps[].name'; }
	names create | grep -qx wait
	! names run | grep -qx wait
	names run | grep -qx signals
	! names run -d | grep -qx signals
	! names run | grep -qx filter
	edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW"} | .hooks = {poststop: [{path: "/bin/true"}], createContainer: [{path: "/bin/true"}]} | .process.user.uid = 7'
	[ "$(plan run | jq -c '.steps[] | select(.name == "filter") | .needs')" = '[{"name":"seccomp filters","option":"CONFIG_SECCOMP_FILTER","required":true,"here":true}]' ]
	names run | grep -qx createContainer
	[ "$(plan run | jq -r '.steps[] | select(.name == "user") | .detail')" = 7:0 ]
	[ "$(plan run | jq .missing)" = 0 ]
}

@test "rules for devices are a step of their own on v2 alone: v1's are files, written with the limits" {
	edit '.linux.resources = {devices: [{allow: false, access: "rwm"}]}'
	run unshare -m sh -c 'umount -R /sys/fs/cgroup 2>/dev/null; mount -t cgroup2 none /sys/fs/cgroup && exec "$@"' - "$RUNLET" --root "$STATE" run --dry-run --format json -b "$BUNDLE" "$ID"
	[ "$(jq -r '.steps[] | select(.name == "device rules") | .where' <<<"$output")" = beside ]
	grep -q ' - cgroup [^ ]* .*\bdevices\b' /proc/self/mountinfo || skip "no v1 devices controller here"
	run plan run
	[ "$status" = 0 ]
	[ "$(jq '[.steps[] | select(.name == "device rules" or .name == "cgroup")] | map(.name)' -c <<<"$output")" = '["cgroup"]' ]
}

@test "what is missing is named with its kernel option, and it is an error" {
	inside 19 fsopen   # ENODEV: whatever the filesystem
	[ "$status" = 1 ]
	grep -q 'tmpfs filesystem (CONFIG_TMPFS): MISSING$' <<<"$output"
	grep -q 'proc filesystem (CONFIG_PROC_FS): MISSING$' <<<"$output"
	grep -q 'uts namespaces (CONFIG_UTS_NS): here$' <<<"$output"
	grep -q '^runlet: inner: 5 of the things that it needs are not here$' <<<"$output"
}

@test "what is missing and can be done without is none" {
	inside 38 keyctl   # ENOSYS
	[ "$status" = 0 ]
	grep -q 'keyrings (CONFIG_KEYS): missing: goes on without$' <<<"$output"
}

@test "what create would refuse is refused" {
	run c run --dry-run --format yaml -b "$BUNDLE" "$ID"
	[ "$status" = 1 ] && one_line
	run c run --dry-run -b "$WORK/nowhere" "$ID"
	[ "$status" = 1 ] && one_line
	args sleep 100
	detached
	run c create --dry-run -b "$BUNDLE" "$ID"
	[ "$status" = 1 ]
	[ "$output" = "runlet: $ID: container \"$ID\" already exists" ]
	[ "$(status_of "$ID")" = running ]
	edit '.linux.seccomp = 1'
	run c create --dry-run -b "$BUNDLE" "$ID-2"
	[ "$status" = 1 ] && one_line
	[[ $output == *linux.seccomp* ]]
}
