#!/usr/bin/env bats
# `mounts add` and `mounts remove`: what a container that lives sees, and what is left when it fails.

load helpers
setup() {
	setup_container
	program 'trap "exit 0" TERM; while :; do sleep 1; done'
	edit '.root.readonly = false'
	mkdir "$WORK/source" "$WORK/source/below"
	echo hello >"$WORK/source/file"
}
teardown() { teardown_container; }

# mounts JSON: a file of it
mounts() { printf '%s' "$1" >"$WORK/mounts.json"; }
bind() { mounts '[{"destination": "'"$1"'", "type": "bind", "source": "'"${2-$WORK/source}"'", "options": ['"${3-\"bind\"}"']}]'; }
inside() { c exec "$ID" "$@"; }

@test "a bind of the host's is added, with its options, and removed" {
	detached
	bind /mnt/new "$WORK/source" '"bind", "ro", "nosuid"'
	c mounts add "$ID" "$WORK/mounts.json"
	[ "$(inside cat /mnt/new/file)" = hello ]
	inside grep ' /mnt/new ro,nosuid' /proc/self/mountinfo
	run inside touch /mnt/new/more
	[ "$status" -ne 0 ]
	! grep -F "$WORK/source" /proc/self/mountinfo
	c mounts remove "$ID" "$WORK/mounts.json"
	run inside grep ' /mnt/new ' /proc/self/mountinfo
	[ "$status" = 1 ]
	run inside cat /mnt/new/file
	[ "$status" -ne 0 ]
	[ "$(cat "$WORK/source/file")" = hello ]
}

@test "a file, a relative source, several at once: in their order" {
	detached
	cp "$WORK/source/file" "$BUNDLE/one"
	mounts '{"mounts": [
		{"destination": "/t", "type": "tmpfs", "source": "tmpfs", "options": ["size=64k", "mode=700"]},
		{"destination": "/t/f", "source": "one", "options": ["bind"]}]}'
	c mounts add "$ID" "$WORK/mounts.json"
	[ "$(inside cat /t/f)" = hello ]
	[ "$(inside stat -c %a /t)" = 700 ]
	inside grep ' /t .* tmpfs .*size=64k' /proc/self/mountinfo
	c mounts remove "$ID" "$WORK/mounts.json"
	run inside grep -e ' /t ' -e ' /t/' /proc/self/mountinfo
	[ "$status" = 1 ]
}

@test "a mount below the source comes along with rbind, and its propagation does not lead back" {
	detached
	export RUNLET STATE ID WORK
	bind /r "$WORK/source" '"rbind"'
	run unshare -m --propagation private sh -euc '
		mount --bind "$WORK/source" "$WORK/source"; mount --make-rshared "$WORK/source"
		mount -t tmpfs below "$WORK/source/below"; echo deep >"$WORK/source/below/x"
		"$RUNLET" --root "$STATE" mounts add "$ID" "$WORK/mounts.json"
		"$RUNLET" --root "$STATE" exec "$ID" cat /r/below/x
		"$RUNLET" --root "$STATE" exec "$ID" grep " /r " /proc/self/mountinfo'
	echo "$output"
	[ "$status" = 0 ]
	[ "${lines[0]}" = deep ]
	[[ ${lines[1]} != *shared:* ]]
}

@test "all or none: what came before the one that fails is gone again" {
	detached
	mounts '[{"destination": "/a", "type": "tmpfs", "source": "a"}, {"destination": "/b", "source": "'"$WORK"'/missing", "options": ["bind"]}]'
	run c mounts add "$ID" "$WORK/mounts.json"
	one_line
	[ "$status" = 1 ]
	[[ $output == *"mounts[1] \"/b\""*"$WORK/missing"*"No such file or directory" ]]
	run inside grep -e ' /a ' -e ' /b ' /proc/self/mountinfo
	[ "$status" = 1 ]
}

@test "a created container, and a paused one" {
	c create -b "$BUNDLE" "$ID" </dev/null >"$WORK/out" 2>&1 3>&-
	bind /early
	c mounts add "$ID" "$WORK/mounts.json"
	c start "$ID"
	[ "$(inside cat /early/file)" = hello ]
	c pause "$ID" || skip "no freezer here"
	bind /later
	c mounts add "$ID" "$WORK/mounts.json"
	c resume "$ID"
	[ "$(inside cat /later/file)" = hello ]
}

@test "in a user namespace, with the IDs of the container and with those of a mapping" {
	needs_user_namespaces
	edit '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
	chown -R 100000:100000 "$BUNDLE/rootfs"
	chmod 755 "$WORK"
	detached
	bind /plain
	c mounts add "$ID" "$WORK/mounts.json"
	[ "$(inside cat /plain/file)" = hello ]
	[ "$(inside stat -c %u / /plain | tr '\n' ' ')" = "0 65534 " ]
	c mounts remove "$ID" "$WORK/mounts.json"
	bind /mapped "$WORK/source" '"bind", "idmap"'
	run c mounts add "$ID" "$WORK/mounts.json"
	[[ $output != *"the filesystem can't"* ]] || skip "the filesystem of $WORK has no ID mapping"
	[ "$status" = 0 ]
	[ "$(inside stat -c %u /mapped)" = 0 ]
}

@test "what the container put in the way: links stay inside, a false /proc is not looked at" {
	detached
	inside sh -c 'ln -s ../../../../etc /out; mkdir -p /real/dir; ln -s /real /link; ln -s / /top'
	bind /out/in
	c mounts add "$ID" "$WORK/mounts.json"
	[ "$(inside cat /etc/in/file)" = hello ]
	[ ! -e /etc/in ]
	run c mounts remove "$ID" "$WORK/mounts.json"
	[ "$status" = 1 ]
	one_line
	[[ $output == *"mounts[0] \"/out/in\""*"no symlinks are followed"* ]]
	bind /etc/in
	c mounts remove "$ID" "$WORK/mounts.json"
	for name in /top / /link/dir /real/dir; do
		bind "$name"
		run c mounts remove "$ID" "$WORK/mounts.json"
		[ "$status" = 1 ]
		one_line
	done
	inside true
	# its own procfs, with a file where descriptors should be
	c delete -f "$ID"
	edit '.mounts |= map(select(.destination != "/proc")) | .linux.maskedPaths = [] | .linux.readonlyPaths = []'
	detached
	mounts '[{"destination": "/t", "type": "tmpfs", "source": "t", "options": ["size=64k"]}]'
	c mounts add "$ID" "$WORK/mounts.json"
	inside sh -c 'touch /t/x; test ! -e /proc/self'
	[ ! -e "$BUNDLE/rootfs/t/x" ]
}

@test "removed is the last that was mounted there" {
	detached
	bind /twice
	c mounts add "$ID" "$WORK/mounts.json"
	mkdir "$WORK/other"
	echo other >"$WORK/other/file"
	bind /twice "$WORK/other"
	c mounts add "$ID" "$WORK/mounts.json"
	[ "$(inside cat /twice/file)" = other ]
	c mounts remove "$ID" "$WORK/mounts.json"
	[ "$(inside cat /twice/file)" = hello ]
	c mounts remove "$ID" "$WORK/mounts.json"
	run c mounts remove "$ID" "$WORK/mounts.json"
	[ "$status" = 1 ]
	one_line
	[[ $output == *"mounts[0] \"/twice\""*"is it mounted?"* ]]
}

@test "bad input: one line, and nothing is done" {
	bind /x
	run c mounts add "$ID" "$WORK/mounts.json"
	[ "$status" = 1 ]
	[[ $output == *"does not exist"* ]]
	one_line
	detached
	local before after
	before=$(inside cat /proc/self/mountinfo)
	for text in '' '[' '[1]' '7' '{}' '{"mounts": 1}' '[{}]' '[{"destination": ""}]' '[{"destination": "/"}]' '[{"destination": "/proc/sys", "type": "tmpfs"}]' \
		'[{"destination": "/x", "type": "nosuchfs"}]' '[{"destination": "/c", "type": "cgroup"}]' '[{"destination": "/x", "options": ["bind"]}]' \
		'[{"destination": "/bin/sh", "source": "/", "options": ["bind"]}]'; do
		mounts "$text"
		run c mounts add "$ID" "$WORK/mounts.json"
		echo "$text: $output"
		[ "$status" = 1 ]
		one_line
		[[ $output == *"$WORK/mounts.json"* ]]
	done
	run c mounts add "$ID" "$WORK/no-file"
	[ "$status" = 1 ]
	one_line
	run c mounts change "$ID" "$WORK/mounts.json"
	[ "$status" = 1 ]
	[[ $output == *"neither add nor remove"* ]]
	run c mounts add "$ID"
	[ "$status" = 1 ]
	one_line
	after=$(inside cat /proc/self/mountinfo)
	[ "$before" = "$after" ]
	c kill "$ID" KILL
	until_true status_is "$ID" stopped
	bind /x
	run c mounts add "$ID" "$WORK/mounts.json"
	[ "$status" = 1 ]
	[[ $output == *"container not running"* ]]
}

@test "help says what FILE is, and the list of commands has it" {
	run c mounts --help
	[ "$status" = 0 ]
	[[ $output == *"add|remove ID FILE"* ]]
	run c --help
	[[ $output == *"  mounts "* ]]
}
