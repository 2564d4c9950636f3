#!/usr/bin/env bats
# Namespaces, new and joined, ID mappings, time offsets: config-linux.md.
load helpers
setup() { setup_container; }
teardown() { teardown_container; }

# holder FLAGS…: a process with new namespaces that the container joins; its pid is in $HOLDER
holder() {
	unshare "$@" --fork --kill-child sh -c 'echo ready >"$1/holder"; exec sleep 1000' - "$WORK" </dev/null >/dev/null 2>&1 3>&- &
	PIDS="${PIDS:-} $!"
	until_true [ -s "$WORK/holder" ]
	HOLDER=$(cat "/proc/$!/task/$!/children")
	HOLDER=${HOLDER% }
}
ns_of() { readlink "/proc/$1/ns/$2"; }
join() { edit '.linux.namespaces |= map(if .type == $type then .path = $path else . end)' --arg type "$1" --arg path "$2"; }

# spec: linux.namespaces.type
@test "a type that is not asked for is the runtime's, one that is asked for is new" {
	args sleep 100
	edit '.linux.namespaces = [{type: "mount"}, {type: "uts"}]'
	c run -d -b "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1
	pid=$(pid_of "$ID")
	for ns in pid net ipc user cgroup; do [ "$(ns_of "$pid" $ns)" = "$(ns_of self $ns)" ]; done
	for ns in mnt uts; do [ "$(ns_of "$pid" $ns)" != "$(ns_of self $ns)" ]; done
}

# spec: linux.namespaces.type
@test "all eight, new" {
	needs_user_namespaces
	args sleep 100
	edit '.linux.namespaces = (["pid","network","mount","ipc","uts","user","cgroup","time"] | map({type: .})) | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
	chown -R 100000:100000 "$BUNDLE/rootfs"
	chmod 755 "$WORK" "$BUNDLE"
	detached
	pid=$(pid_of "$ID")
	for ns in pid net mnt ipc uts user cgroup time; do [ "$(ns_of "$pid" $ns)" != "$(ns_of self $ns)" ]; done
}

# spec: linux.namespaces.path
@test "joined network, ipc and uts" {
	args sleep 100
	holder -n -i -u
	join network "/proc/$HOLDER/ns/net"
	join ipc "/proc/$HOLDER/ns/ipc"
	join uts "/proc/$HOLDER/ns/uts"
	edit 'del(.hostname)'
	detached
	pid=$(pid_of "$ID")
	for ns in net ipc uts; do [ "$(ns_of "$pid" $ns)" = "$(ns_of "$HOLDER" $ns)" ]; done
	for ns in pid mnt; do [ "$(ns_of "$pid" $ns)" != "$(ns_of "$HOLDER" $ns)" ]; done
}

# spec: linux.namespaces.path
@test "a joined pid namespace" {
	program 'sleep 0.2; ps | grep -c "sleep 1000"; echo $$ >/tmp/own'
	edit '.root.readonly = false'
	holder -p -m
	join pid "/proc/$HOLDER/ns/pid"
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 0 ]
	[ "${lines[0]}" -ge 1 ]
	[ "$(cat "$BUNDLE/rootfs/tmp/own")" != 1 ]
	nothing_left
}

@test "a joined user namespace with namespaces of its own" {
	needs_user_namespaces
	program 'id -u; cat /proc/self/uid_map | tr -s " "'
	holder -U -n
	echo 0 100000 65536 >"/proc/$HOLDER/uid_map"
	echo 0 100000 65536 >"/proc/$HOLDER/gid_map"
	chown -R 100000:100000 "$BUNDLE/rootfs"
	chmod 755 "$WORK" "$BUNDLE"
	edit '.linux.namespaces += [{type: "user", path: $path}]' --arg path "/proc/$HOLDER/ns/user"
	join network "/proc/$HOLDER/ns/net"
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 0 ]
	[ "${lines[0]}" = 0 ]
	[ "${lines[1]}" = " 0 100000 65536" ]
	nothing_left
}

@test "a new user namespace with a joined network of the host's" {
	needs_user_namespaces
	args sleep 100
	holder -n
	join network "/proc/$HOLDER/ns/net"
	edit '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
	edit '.mounts |= map(if .destination == "/sys" then {destination: "/sys", source: "/sys", options: ["rbind", "ro"]} else . end)'
	chown -R 100000:100000 "$BUNDLE/rootfs"
	chmod 755 "$WORK" "$BUNDLE"
	detached
	pid=$(pid_of "$ID")
	[ "$(ns_of "$pid" net)" = "$(ns_of "$HOLDER" net)" ]
	[ "$(ns_of "$pid" user)" != "$(ns_of self user)" ]
}

@test "a joined mount namespace keeps its own root" {
	needs_no_chroot
	args sleep 100
	holder -m
	join mount "/proc/$HOLDER/ns/mnt"
	edit '.root.readonly = false | del(.linux.maskedPaths, .linux.readonlyPaths)'
	detached
	pid=$(pid_of "$ID")
	[ "$(ns_of "$pid" mnt)" = "$(ns_of "$HOLDER" mnt)" ]
	[ "$(readlink "/proc/$HOLDER/root")" = / ]
	[ -e "/proc/$HOLDER/root/$WORK" ]
}

@test "a joined mount namespace: a root that is read-only" {
	needs_no_chroot
	program 'touch /file'
	holder -m
	join mount "/proc/$HOLDER/ns/mnt"
	edit '.root.readonly = true | del(.linux.maskedPaths, .linux.readonlyPaths)'
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 1 ]
	[[ $output == *"Read-only file system"* ]]
	touch "$BUNDLE/rootfs/file"
}

@test "without a mount namespace: chroot, and the mounts are gone after delete" {
	program 'ls /; mount | wc -l'
	edit '.linux.namespaces |= map(select(.type != "mount")) | .root.readonly = false | del(.linux.maskedPaths, .linux.readonlyPaths)'
	run unshare -m "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 0 ]
	[[ $output == *proc* ]]
	run unshare -m sh -c '"$@" && grep -c "$0" /proc/self/mountinfo' "$BUNDLE" "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	[ "${lines[-1]}" = 0 ]
}

@test "without a mount namespace: root.readonly binds the rootfs on itself until delete; a mount that lay there stays as it was" {
	program 'touch /file; mount | grep -c " / .*[(]ro"'
	edit '.linux.namespaces |= map(select(.type != "mount")) | .root.readonly = true | del(.linux.maskedPaths, .linux.readonlyPaths)'
	run unshare -m sh -c '"$@"; grep -c "$0" /proc/self/mountinfo; touch "$0/rootfs/file" && echo writable' "$BUNDLE" "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	echo "$output"
	[[ ${lines[0]} == *"Read-only file system" ]]
	[ "${lines[1]} ${lines[2]} ${lines[3]}" = "1 0 writable" ]
	run unshare -m sh -c 'mount --bind "$0/rootfs" "$0/rootfs"; "$@"; grep -c " $0/rootfs " /proc/self/mountinfo; touch "$0/rootfs/file" && echo writable' "$BUNDLE" "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "${lines[-2]} ${lines[-1]}" = "1 writable" ]
}

# spec: linux.{uidMappings,gidMappings}.{containerID,hostID,size}
@test "user namespace: the maps, root inside, devices bound, limits raised by the runtime" {
	needs_user_namespaces
	program 'tr -s " " </proc/self/uid_map; id -u; [ -c /dev/null ] && echo x >/dev/null && echo null; ulimit -n; cat /proc/self/oom_score_adj; stat -c %u /tmp'
	edit '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 1000}, {containerID: 5000, hostID: 300000, size: 10}] | .linux.gidMappings = .linux.uidMappings | .process.oomScoreAdj = 5'
	chown -R 100000:100000 "$BUNDLE/rootfs"
	chmod 755 "$WORK" "$BUNDLE"
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 0 ]
	[ "$output" = $' 0 100000 1000\n 5000 300000 10\n0\nnull\n1024\n5\n0' ]
	nothing_left
}

# spec: linux.devices.*
@test "user namespace: devices that the host has not, with their owners and modes; none can be executed or is set-user-ID" {
	needs_user_namespaces
	program 'stat -c "%F %t:%T %u:%g %a" /dev/mine /dev/yours; cat /dev/mine; grep -E " /dev/(null|mine) " /proc/self/mountinfo | cut -d" " -f6'
	edit '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 1000}] | .linux.gidMappings = .linux.uidMappings
		| .linux.devices = [{path: "/dev/mine", type: "c", major: 1, minor: 3, uid: 10, gid: 11, fileMode: 420}, {path: "/dev/yours", type: "u", major: 1, minor: 5}]
		| .linux.resources.devices += [{allow: true, type: "c", major: 1, minor: 3, access: "rwm"}]'
	chown -R 100000:100000 "$BUNDLE/rootfs"
	chmod 755 "$WORK" "$BUNDLE"
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 0 ]
	[ "${lines[0]}" = "character special file 1:3 10:11 644" ]
	[ "${lines[1]}" = "character special file 1:5 0:0 666" ]
	[ "${#lines[@]}" = 4 ]
	for line in "${lines[@]:2}"; do [[ ,$line, == *,nosuid,* && ,$line, == *,noexec,* ]]; done
	ls -A "$BUNDLE" >"$WORK/after"
	[ "$(xargs <"$WORK/after")" = "config.json rootfs" ]
	nothing_left
}

# spec: linux.timeOffsets.*
@test "time namespace: offsets of both clocks" {
	edit '.linux.namespaces += [{type: "time"}] | .linux.timeOffsets = {boottime: {secs: 1000000}, monotonic: {secs: 5000, nanosecs: 7}}'
	args cat /proc/uptime
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 0 ]
	[ "${output%%.*}" -ge 1000000 ]
	args cat /proc/self/timens_offsets
	run c run -b "$BUNDLE" "$ID"
	[ "$(tr -s ' ' <<<"$output" | xargs)" = "monotonic 5000 7 boottime 1000000 0" ]
}

@test "joined ones are checked: a missing path, a wrong type" {
	args /bin/true
	join network /no/such/ns
	run c run -b "$BUNDLE" "$ID"
	[ "$status" = 1 ]
	one_line
	[[ $output == *"linux.namespaces[1].path"*"/no/such/ns"*"No such file or directory" ]]
	join network /proc/self/ns/uts
	run c run -b "$BUNDLE" "$ID"
	[ "$status" = 1 ]
	one_line
	[[ $output == *"linux.namespaces[1].path"*"uts"* ]]
	nothing_left
}

@test "rootfsPropagation: slave and shared reach the container" {
	program 'grep " / / " /proc/self/mountinfo || grep " / " /proc/self/mountinfo | head -n 1'
	for word in private rslave rshared unbindable; do
		edit '.linux.rootfsPropagation = $word' --arg word "$word"
		run c run -b "$BUNDLE" "$ID"
		echo "$word: $output"
		[ "$status" = 0 ]
	done
}

@test "domainname and the sysctl of its name must say the same" {
	edit '.linux.namespaces += [{type: "uts"}] | .linux.namespaces |= unique | .domainname = "one" | .linux.sysctl = {"kernel.domainname": "two"}'
	args cat /proc/sys/kernel/domainname
	run c run -b "$BUNDLE" "$ID"
	[ "$status" = 1 ] && one_line
	[[ $output == *'linux.sysctl["kernel.domainname"]: is not what domainname says' ]]
	edit '.domainname = "two"'
	run c run -b "$BUNDLE" "$ID"
	[ "$output" = two ]
}
