#!/usr/bin/env bats
# Bad input: one clear line on stderr, exit 1, nothing half made.
load helpers
setup() { setup_container; args /bin/echo ran; }
teardown() { teardown_container; }

# refused TEXT…: run fails with one line that has each text in it, and leaves nothing
refused() {
	local text
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 1 ] || return 1
	one_line || return 1
	for text; do [[ $output == *"$text"* ]] || { echo "no \"$text\""; return 1; }; done
	nothing_left
}
bad() { edit "$1" && shift && refused "$@"; }

@test "a bundle that is not there, without config.json, without rootfs" {
	run c run -b "$WORK/none" "$ID"
	[ "$status" = 1 ]
	one_line
	[[ $output == *"cannot open the bundle $WORK/none: No such file or directory" ]]
	rm -rf "$BUNDLE/rootfs"
	refused "root.path" "$BUNDLE/rootfs" "No such file or directory"
	rm "$BUNDLE/config.json"
	refused "config.json" "No such file or directory"
	mkdir "$BUNDLE/config.json"
	refused "config.json" "Is a directory"
}

@test "a rootfs that is a file" {
	rm -rf "$BUNDLE/rootfs"
	touch "$BUNDLE/rootfs"
	refused "root.path" "Not a directory"
}

@test "JSON that is none names line and column" {
	printf '{\n  "ociVersion": "1.0.0",\n  oops\n}\n' >"$BUNDLE/config.json"
	refused "config.json:3:3: JSON: "
	: >"$BUNDLE/config.json"
	refused "config.json:1:1: JSON: "
	head -c 100 </dev/urandom >"$BUNDLE/config.json"
	refused "config.json:1:" "JSON: "
}

@test "a document too large and one too deep name their limits" {
	head -c 9000000 </dev/zero | tr '\0' ' ' >"$BUNDLE/config.json"
	refused "LIMIT_DOCUMENT_BYTES"
	{ printf '{"x":'; printf '[%.0s' {1..200}; printf ']%.0s' {1..200}; printf '}'; } >"$BUNDLE/config.json"
	refused "LIMIT_JSON_DEPTH"
}

@test "wrong types and unknown words name their place" {
	cp "$BUNDLE/config.json" "$WORK/good"
	again() { cp "$WORK/good" "$BUNDLE/config.json"; bad "$@"; }
	again '.process.args = "sh"' process.args
	again '.process.args = []' process.args
	again '.process.args = [""]' process.args
	again 'del(.process)' process
	again 'del(.root)' root
	again '.root.path = ""' root.path
	again '.process.cwd = "relative"' process.cwd
	again '.ociVersion = "2.0.0"' ociVersion
	again '.ociVersion = "one"' ociVersion
	again '.linux.namespaces += [{type: "pid"}]' linux.namespaces pid
	again '.linux.namespaces += [{type: "dream"}]' 'linux.namespaces[' dream
	again '.linux.namespaces[0].path = "relative"' 'linux.namespaces[0].path'
	again '.process.rlimits += [{type: "RLIMIT_NOFILE", soft: 1, hard: 1}]' process.rlimits
	again '.process.rlimits[0].type = "RLIMIT_FUN"' 'process.rlimits[0].type' RLIMIT_FUN
	again '.mounts[0].destination = ""' 'mounts[0].destination'
	again '.linux.resources.memory.limit = "much"' linux.resources.memory.limit
	again '.linux.rootfsPropagation = "sideways"' linux.rootfsPropagation sideways
	again '.linux.seccomp = {defaultAction: "SCMP_ACT_SHRUG"}' linux.seccomp.defaultAction SCMP_ACT_SHRUG
	again '.hooks = {prestart: [{path: "relative"}]}' 'hooks.prestart[0].path'
	again '.linux.sysctl = {"kernel.panic": "1"}' 'linux.sysctl["kernel.panic"]'
	again '.linux.sysctl = {"net.ipv4.ip_forward": "1"} | .linux.namespaces |= map(select(.type != "network"))' 'linux.sysctl["net.ipv4.ip_forward"]' network
	again '.linux.namespaces |= map(select(.type != "uts"))' hostname uts
	again '.linux.uidMappings = [{containerID: 0, hostID: 1, size: 1}]' linux.uidMappings user
	again '.linux.namespaces += [{type: "user"}]' 'linux.uidMappings' 'container ID 0'
}

@test "mounts that can't be done name the mount" {
	cp "$BUNDLE/config.json" "$WORK/good"
	again() { cp "$WORK/good" "$BUNDLE/config.json"; bad "$@"; }
	again '.mounts += [{destination: "/x", source: "/no/such/source", options: ["bind"]}]' 'mounts[7] "/x"' /no/such/source "No such file or directory"
	again '.mounts += [{destination: "/x", type: "nosuchfs", source: "none"}]' 'mounts[7] "/x"' nosuchfs
	again '.mounts += [{destination: "/x", type: "tmpfs", source: "none", options: ["size=lots"]}]' 'mounts[7] "/x"'
	again '.mounts += [{destination: "/proc/sys/x", type: "tmpfs", source: "none"}]' 'mounts[7] "/proc/sys/x"' /proc
	ln -s loop "$BUNDLE/rootfs/loop"
	again '.mounts += [{destination: "/loop/x", type: "tmpfs", source: "none"}]' 'mounts[7] "/loop/x"' "Symbolic link loop"
}

@test "empty labels are none" {
	edit '.process.apparmorProfile = "" | .process.selinuxLabel = "" | .linux.mountLabel = ""'
	run c run -b "$BUNDLE" "$ID"
	[ "$output" = ran ]
}

@test "another platform's config is refused by its name" {
	cp "$BUNDLE/config.json" "$WORK/good"
	again() { cp "$WORK/good" "$BUNDLE/config.json"; bad "$@"; }
	again '.windows = {layerFolders: ["C:\\layer"]}' windows platform
	again '.solaris = {milestone: "x"}' solaris platform
	again '.vm = {kernel: {path: "/vmlinuz"}}' vm
	again '.zos = {namespaces: [{type: "uts"}]}' zos platform
	again '.freebsd = {devices: []}' freebsd platform
}

@test "a state directory that can't be written" {
	touch "$WORK/file"
	run "$RUNLET" --root "$WORK/file" run -b "$BUNDLE" "$ID"
	[ "$status" = 1 ]
	one_line
	run "$RUNLET" --root "$WORK/file/below" run -b "$BUNDLE" "$ID"
	[ "$status" = 1 ]
	one_line
	run "$RUNLET" --root /proc/nowhere run -b "$BUNDLE" "$ID"
	[ "$status" = 1 ]
	one_line
	run unshare -m sh -c 'mount -t tmpfs -o ro none "$1" && shift && exec "$@"' - "$WORK/bundle/rootfs/tmp" "$RUNLET" --root "$BUNDLE/rootfs/tmp/state" run -b "$BUNDLE" "$ID"
	[ "$status" = 1 ]
	one_line
	[[ $output == *"Read-only file system" ]]
}

@test "a full state directory" {
	mkdir "$WORK/small"
	script='mount -t tmpfs -o size=8k,nr_inodes=100 none "$1" && head -c 8192 /dev/zero >"$1/filler"; state=$1; shift; "$@"; status=$?; ls -A "$state" | grep -v filler; exit $status'
	run unshare -m sh -c "$script" - "$WORK/small" "$RUNLET" --root "$WORK/small" run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 1 ]
	one_line
	[[ $output == *"No space left on device" ]]
	nothing_left
	script='mount -t tmpfs -o size=80k,nr_inodes=3 none "$1"; state=$1; shift; "$@"; status=$?; ls -A "$state"; exit $status'
	run unshare -m sh -c "$script" - "$WORK/small" "$RUNLET" --root "$WORK/small" run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 1 ]
	one_line
}

@test "a pid file that can't be written undoes the container" {
	run c run --pid-file "$WORK/no/such/dir/pid" -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 1 ]
	one_line
	[[ $output == *"--pid-file"* ]]
	nothing_left
}

@test "--log has the error as a last JSON line with level error" {
	edit '.process.args = ["nothing-here"]'
	run c --log "$WORK/log" --log-format json create -b "$BUNDLE" "$ID"
	[ "$status" = 1 ]
	[ "$(tail -n 1 "$WORK/log" | jq -r .level)" = error ]
	[[ $(tail -n 1 "$WORK/log" | jq -r .msg) == *'executable file "nothing-here" not found in $PATH'* ]]
	[[ $(tail -n 1 "$WORK/log" | jq -r .time) =~ ^20[0-9-]{8}T[0-9:]{8}\.[0-9]+Z$ ]]
	one_line
}

@test "unknown properties are ignored, and named at debug level" {
	edit '.notInTheSpec = {a: [1]} | .process.alsoNot = 1'
	run c --debug --log "$WORK/log" run -b "$BUNDLE" "$ID"
	[ "$status" = 0 ]
	[ "$output" = ran ]
	grep -q notInTheSpec "$WORK/log"
	grep -q process.alsoNot "$WORK/log"
}
