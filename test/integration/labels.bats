#!/usr/bin/env bats
# Labels: AppArmor profiles and SELinux contexts of what runs inside, of mounts: config.md, "apparmorProfile", "selinuxLabel"; config-linux.md, "Mount Label".
load helpers
setup() { setup_container; }
teardown() {
	[ -z "${PROFILE:-}" ] || echo -n "$PROFILE" >/sys/kernel/security/apparmor/.remove || :
	teardown_container
}
has_lsm() { tr , '\n' </sys/kernel/security/lsm 2>/dev/null | grep -qx "$1"; }
# profile NAME: loaded; it lets everything but writing below /tmp/no pass
profile() {
	has_lsm apparmor && command -v apparmor_parser >/dev/null || skip "no AppArmor here"
	PROFILE=$1
	printf 'profile %s flags=(attach_disconnected,mediate_deleted) {\n file,\n capability,\n network,\n mount,\n signal,\n ptrace,\n unix,\n deny /tmp/no w,\n}\n' "$1" |
		apparmor_parser --skip-cache --replace
}

@test "AppArmor: the program and what exec adds are under the profile, which acts" {
	profile "runlet-test-$$"
	edit '.process.apparmorProfile = $p | .root.readonly = false' --arg p "$PROFILE"
	program 'cat /proc/self/attr/current; echo x >/tmp/yes && echo yes; echo x >/tmp/no; sleep 100'
	c run -d -b "$BUNDLE" "$ID" </dev/null >"$WORK/out" 2>"$WORK/err" 3>&-
	until_true grep -q denied "$WORK/err"
	[ "$(cat "$WORK/out")" = "$PROFILE (enforce)"$'\nyes' ]
	[ "$(c exec "$ID" cat /proc/self/attr/current)" = "$PROFILE (enforce)" ]
	[ "$(c exec --apparmor unconfined "$ID" cat /proc/self/attr/current)" = unconfined ]
	run c exec "$ID" sh -c 'echo x >/tmp/no'
	[ "$status" != 0 ]
	c delete --force "$ID"
	nothing_left
}

@test "AppArmor: a profile that is not loaded is named, for run and for exec" {
	has_lsm apparmor || skip "no AppArmor here"
	edit '.process.apparmorProfile = "runlet-no-such-profile"'
	args sleep 100
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 1 ]
	one_line
	[[ $output == *apparmorProfile*runlet-no-such-profile* ]]
	nothing_left
	edit 'del(.process.apparmorProfile)'
	detached
	run c exec --apparmor runlet-no-such-profile "$ID" true
	echo "$output"
	[ "$status" != 0 ]
	one_line
}

@test "SELinux is named where the config asks for it and it is off" {
	! has_lsm selinux || skip "SELinux is on here"
	edit '.process.selinuxLabel = "system_u:system_r:container_t:s0"'
	args true
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 1 ]
	one_line
	[[ $output == *selinuxLabel*SELinux* ]]
	nothing_left
}

# the contexts of test/vm/selinux.cil
needs_selinux() { has_lsm selinux && [ -e /sys/fs/selinux/booleans/runlet_tests ] || skip "no SELinux with the policy of test/vm here"; }
inside=system_u:system_r:container_t:s0:c1,c2

@test "SELinux: the program, what exec adds, and another label for exec" {
	needs_selinux
	edit '.process.selinuxLabel = $l' --arg l "$inside"
	args sleep 100
	detached
	[ "$(tr -d '\0\n' <"/proc/$(pid_of "$ID")/attr/current")" = "$inside" ]
	[ "$(c exec "$ID" cat /proc/self/attr/current | tr -d '\0\n')" = "$inside" ]
	[ "$(c exec --process-label system_u:system_r:container_t:s0:c1 "$ID" cat /proc/self/attr/current | tr -d '\0\n')" = system_u:system_r:container_t:s0:c1 ]
	c delete --force "$ID"
	nothing_left
}

# the label that the key ring was made with stays: exec joins the same one, whatever its own process has
@test "SELinux: the session keyring has the program's label, and without one the caller's" {
	needs_selinux
	compiled keylabel
	local caller; caller=$(tr -d '\0\n' </proc/self/attr/current)
	[ "$caller" != "$inside" ]
	edit '.process.selinuxLabel = $l' --arg l "$inside"
	args sleep 100
	detached
	[ "$(c exec "$ID" keylabel)" = "$inside" ]
	[ "$(c exec --process-label system_u:system_r:container_t:s0:c1 "$ID" keylabel)" = "$inside" ]
	c delete --force "$ID"
	args keylabel
	[ "$(c run -b "$BUNDLE" "$ID")" = "$inside" ]
	edit 'del(.process.selinuxLabel)'
	[ "$(c run -b "$BUNDLE" "$ID")" = "$caller" ]
	nothing_left
}

@test "SELinux: mountLabel on tmpfs and mqueue" {
	needs_selinux
	edit '.linux.mountLabel = "system_u:object_r:container_file_t:s0:c1,c2"'
	args sleep 100
	detached
	local root
	root=/proc/$(pid_of "$ID")/root
	for place in dev dev/shm dev/mqueue; do
		[ "$(getfattr --absolute-names --only-values -n security.selinux "$root/$place" | tr -d '\0')" = system_u:object_r:container_file_t:s0:c1,c2 ] || { echo "$place"; getfattr -n security.selinux "$root/$place"; return 1; }
	done
	# the caller's own queues are others
	[ "$(getfattr --absolute-names --only-values -n security.selinux /dev/mqueue | tr -d '\0')" != system_u:object_r:container_file_t:s0:c1,c2 ]
}

@test "SELinux: a label that the policy does not know is an error" {
	needs_selinux
	args true
	edit '.process.selinuxLabel = "system_u:system_r:nobody_t:s0"'
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 1 ]
	one_line
	[[ $output == *process.selinuxLabel* ]]
	nothing_left
	edit 'del(.process.selinuxLabel) | .linux.mountLabel = "system_u:object_r:nothing_t:s0"'
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 1 ]
	one_line
	nothing_left
}
