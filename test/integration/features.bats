#!/usr/bin/env bats
# features: features.md. What is said is tried: a list of words is put into a config that must run, and what is said not to work must be refused.
load helpers
setup() { setup_container; features=$("$RUNLET" features); }
teardown() { teardown_container; }
say() { jq -c "$1" <<<"$features"; }

@test "the members of features.md, in runc's order; no host is asked, no state directory needed" {
	[ "$(say 'keys_unsorted')" = '["ociVersionMin","ociVersionMax","hooks","mountOptions","linux","annotations","potentiallyUnsafeConfigAnnotations"]' ]
	[ "$(say '.linux | del(.memoryPolicy) | keys_unsorted')" = '["namespaces","capabilities","cgroup","seccomp","apparmor","selinux","intelRdt","mountExtensions","netDevices"]' ]
	[ "$(say '.hooks')" = '["prestart","createRuntime","createContainer","startContainer","poststart","poststop"]' ]
	[ "$(say '.linux.cgroup | [.v1, .v2, .systemd, .systemdUser]')" = '[true,true,false,false]' ]
	ln -s "$RUNLET" "$WORK/runc"
	[[ $("$WORK/runc" --version) == "runc version "[0-9]* ]]
	[ "$("$RUNLET" --version | head -n 2)" = "runlet version $(say '.annotations["org.opencontainers.runlet.version"]' | tr -d '"')
commit: $(say '.annotations["org.opencontainers.runlet.commit"]' | tr -d '"')" ]
	[[ $(say '.annotations["io.github.seccomp.libseccomp.version"]') =~ ^\"2\.[0-9.]+\"$ ]]
	run env -i "$RUNLET" features x
	[ "$status" = 1 ]
	one_line
}

# spec: ociVersion
@test "the lowest and the highest version run" {
	args /bin/true
	for version in ociVersionMin ociVersionMax; do
		edit '.ociVersion = $version' --arg version "$(say ".$version" | tr -d '"')"
		c run -b "$BUNDLE" "$ID"
	done
}

@test "every mount option is the runtime's own: tmpfs would refuse it" {
	args /bin/true
	edit '.mounts += [($features.mountOptions - ["bind", "rbind", "remount", "idmap", "ridmap"])[] | {destination: "/tmp", type: "tmpfs", source: "tmpfs", options: [.]}]' --argjson features "$features"
	c run -b "$BUNDLE" "$ID"
	edit '.mounts[-1].options = ["not-an-option"]'
	run c run -b "$BUNDLE" "$ID"
	[ "$status" = 1 ]
}

@test "every namespace but user's, every capability" {
	program 'grep CapBnd /proc/self/status'
	[ "$(say '.linux.namespaces | sort')" = '["cgroup","ipc","mount","network","pid","time","user","uts"]' ]
	edit '.process.capabilities = {bounding: $features.linux.capabilities} | .linux.namespaces = [$features.linux.namespaces - ["user"] | .[] | {type: .}]' --argjson features "$features"
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 0 ]
	[ "$output" = "$(grep CapBnd /proc/self/status)" ]   # all that we have ourselves
}

@test "every word for filters" {
	args /bin/true
	edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", architectures: $s.archs, flags: $s.supportedFlags, syscalls: (
		[$s.actions[] | {names: ["reboot"], action: ., args: [{index: 0, value: 77, op: "SCMP_CMP_EQ"}]}][:1] + [
		 $s.operators[] | {names: ["swapon"], action: "SCMP_ACT_ERRNO", args: [{index: 1, value: 77, valueTwo: 1, op: .}]}])}' --argjson s "$(say .linux.seccomp)"
	c run -b "$BUNDLE" "$ID"
	for action in $(say '.linux.seccomp.actions[]' | tr -d '"'); do
		[ "$action" != SCMP_ACT_NOTIFY ] || continue   # needs an agent: notify.bats
		edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["swapon"], action: $action}]}' --arg action "$action"
		c run -b "$BUNDLE" "$ID"
	done
}

# refused FILTER: whether a config so changed is refused as not built
refused() {
	cp "$BUNDLE/config.json" "$WORK/kept"
	edit "$1"
	run c run -b "$BUNDLE" "$ID"
	cp "$WORK/kept" "$BUNDLE/config.json"
	echo "$1: $status $output"
	[[ $output == *"not built yet"* ]]
}
# agree WHAT FILTER: WHAT is true if and only if such a config is not refused
agree() {
	local says; says=$(say "$1")
	if refused "$2"; then [ "$says" = false ]; else [ "$says" = true ]; fi
}

@test "nothing that is said to act is refused as not built" {
	args /bin/true
	agree .linux.apparmor.enabled '.process.apparmorProfile = "x"'
	agree .linux.selinux.enabled '.process.selinuxLabel = "x" | .linux.mountLabel = "x"'
	agree .linux.intelRdt.enabled '.linux.intelRdt = {closID: "x"}'
	agree .linux.netDevices.enabled '.linux.netDevices = {"nowhere0": {}}'
	agree .linux.cgroup.rdma '.linux.resources.rdma = {"mlx5_1": {hcaHandles: 3}}'
	agree '.linux | has("memoryPolicy")' '.linux.memoryPolicy = {mode: "MPOL_DEFAULT", nodes: ""}'
	agree '.linux.seccomp.actions | contains(["SCMP_ACT_NOTIFY"])' '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", listenerPath: "/nowhere"}'
	! refused '.hostname = "x"'
}
