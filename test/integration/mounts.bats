#!/usr/bin/env bats
# Mounts whose source needs the runtime's help, mapped IDs, and what stands on a mount: config.md, "Mounts"; config-linux.md, "Masked Paths".
load helpers
setup() { setup_container; SOURCE=$WORK/source; mkdir "$SOURCE"; chmod 755 "$WORK" "$BUNDLE" "$BUNDLE/rootfs"; mkdir "$BUNDLE/rootfs/mnt" "$BUNDLE/rootfs/a"; touch "$BUNDLE/rootfs/b"; }
teardown() { teardown_container; }

# mount_at DESTINATION OPTIONS [FILTER]: a bind of $SOURCE
mount_at() { edit '.mounts += [{destination: $to, source: $from, options: $options} | '"${3:-.}"']' --arg to "$1" --arg from "$SOURCE" --argjson options "$2"; }
in_user_namespace() {
	needs_user_namespaces
	edit '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
}
mapped='.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .gidMappings = .uidMappings'
# owners: of what stands in $SOURCE, as the container sees them
owners() { args stat -c %u:%g /mnt/zero /mnt/five; run c run -b "$BUNDLE" "$ID"; echo "$output"; }
own_files() { touch "$SOURCE/zero" "$SOURCE/five"; chown 0:0 "$SOURCE/zero"; chown 5:5 "$SOURCE/five"; }

@test "an idmapped mount without a user namespace, also beside a PID namespace of the container's own" {
	own_files
	mount_at /mnt '["bind"]' "$mapped"
	owners
	[ "$output" = $'100000:100000\n100005:100005' ]
}

@test "an idmapped mount in a user namespace: mappings of its own, the container's, the option's text" {
	own_files
	in_user_namespace
	mount_at /mnt '["bind"]' "$mapped"
	owners
	[ "$output" = $'0:0\n5:5' ]
	edit 'del(.mounts[-1])'
	mount_at /mnt '["rbind", "ridmap"]'
	owners
	[ "$output" = $'0:0\n5:5' ]
	edit 'del(.mounts[-1])'
	mount_at /mnt '["bind", "idmap=uids=0-100000-3#5-100008-1;gids=0-100000-10"]'
	owners
	[ "$output" = $'0:0\n8:5' ]
	edit '.mounts[-1].options = ["bind", "idmap=uids=0-1;gids=0-1-1"]'
	run c run -b "$BUNDLE" "$ID"
	[ "$status" = 1 ] && one_line
	[[ $output == *'"/mnt": idmap=uids=0-1;gids=0-1-1: expected '* ]]
	edit '.mounts[-1] = {destination: "/mnt", type: "tmpfs", source: "tmpfs", options: ["idmap"]}'
	run c run -b "$BUNDLE" "$ID"
	[[ $output == *'ID mappings are for bind mounts, not for type "tmpfs"' ]]
	nothing_left
}

@test "a source that the container's root may not reach: the runtime opens it" {
	in_user_namespace
	mkdir "$SOURCE/a" "$SOURCE/b"
	echo word >"$SOURCE/a/file"
	echo other >"$SOURCE/b/file"
	chmod 755 "$SOURCE"/?
	chmod 700 "$SOURCE"
	edit '.mounts += [{destination: "/a", source: ($dir + "/a"), options: ["bind", "ro"]}, {destination: "/b", source: ($dir + "/b/file"), options: ["bind"]}]' --arg dir "$SOURCE"
	args cat /a/file /b
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$output" = $'word\nother' ]
	edit '.mounts[-1].source = "/nowhere/at/all"'
	run c run -b "$BUNDLE" "$ID"
	[ "$status" = 1 ] && one_line
	[[ $output == *'"/b": cannot open source "/nowhere/at/all": No such file or directory' ]]
	nothing_left
}

@test "a destination that begins with the rootfs' own path is inside it" {
	echo word >"$SOURCE/file"
	mount_at "$BUNDLE/rootfs/deep/mnt" '["bind"]'
	args cat /deep/mnt/file
	run c run -b "$BUNDLE" "$ID"
	[ "$output" = word ]
}

@test "a mount point behind symlinks that lead nowhere yet: directories and the file are made inside the root" {
	rm -rf "$BUNDLE/rootfs/etc/hosts"
	ln -s /tmp/one/two "$BUNDLE/rootfs/jump"
	ln -s /jump/three/hosts "$BUNDLE/rootfs/etc/hosts"
	echo word >"$SOURCE/file"
	edit '.mounts += [{destination: "/etc/hosts", source: $file, options: ["bind"]}]' --arg file "$SOURCE/file"
	args cat /tmp/one/two/three/hosts
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$output" = word ]
	[ ! -e /tmp/one ]
	[ "$(stat -c %a "$BUNDLE/rootfs/tmp/one/two/three")" = 755 ]
}

@test "a read-only /dev has its devices, and its console" {
	edit '(.mounts[] | select(.destination == "/dev") | .options) += ["ro"] | .process.terminal = true'
	program 'grep -c "^tmpfs /dev tmpfs ro," /proc/mounts; test -c /dev/null && test -c /dev/console && touch /dev/new'
	run c run -b "$BUNDLE" "$ID" </dev/null
	echo "$output"
	[ "${lines[0]}" = 1 ]
	[[ ${lines[1]} == *"Read-only file system" ]]
	[ "$status" = 1 ]
}

@test "a masked path that is named twice is covered once" {
	mkdir "$BUNDLE/rootfs/secret"
	edit '.linux.maskedPaths += ["/secret", "/proc/kcore", "/secret"]'
	program 'grep -c " /secret " /proc/mounts'
	run c run -b "$BUNDLE" "$ID"
	[ "$output" = 1 ]
}

@test "a device whose path ends in a slash" {
	edit '.linux.devices = [{path: "/dev/mine/", type: "c", major: 1, minor: 3}]'
	args test -c /dev/mine
	c run -b "$BUNDLE" "$ID"
}
