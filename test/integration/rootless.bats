#!/usr/bin/env bats
# A user who is not root: a user namespace with one ID, no cgroups of its own, state below XDG_RUNTIME_DIR.
load helpers
setup() {
	command -v setpriv >/dev/null || skip "setpriv is not installed"
	setpriv --reuid 12345 --regid 12345 --clear-groups unshare -U true 2>/dev/null || skip "no user namespaces for ordinary users here"
	setup_container
	cp "$RUNLET" "$WORK/runlet"   # what stands in /root can't be reached by others
	RUNLET=$WORK/runlet
	STATE=$WORK/run/runlet
	mkdir "$WORK/run"
	rm "$BUNDLE/config.json"
	chmod 755 "$WORK"
	chown -R 12345:12345 "$WORK"
	user "$RUNLET" spec --rootless -b "$BUNDLE"
	edit '.process.terminal = false'
	chown 12345 "$BUNDLE/config.json"
}
teardown() { teardown_container; }
user() { setpriv --reuid 12345 --regid 12345 --clear-groups env -u RUNLET XDG_RUNTIME_DIR="$WORK/run" "$@"; }

@test "spec --rootless runs as it is" {
	program 'id -u; tr -s " " </proc/self/uid_map; echo x >/dev/null && echo null; hostname'
	run user "$RUNLET" run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 0 ]
	[ "$output" = $'0\n 0 12345 1\nnull\nrunlet' ]
	nothing_left
}

@test "the whole life" {
	args sleep 100
	user "$RUNLET" create -b "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1
	[ "$(user "$RUNLET" state "$ID" | jq -r .status)" = created ]
	[ "$(stat -c %u:%a "$STATE")" = 12345:700 ]
	user "$RUNLET" start "$ID"
	[ "$(user "$RUNLET" list -f json | jq -r '.[0].status')" = running ]
	user "$RUNLET" kill "$ID" KILL
	stopped() { [ "$(user "$RUNLET" state "$ID" | jq -r .status)" = stopped ]; }
	until_true stopped
	user "$RUNLET" delete "$ID"
	nothing_left
}

@test "a terminal" {
	edit '.process.terminal = true'
	program 'tty; stty size'
	cp "$BATS_TEST_DIRNAME/terminal.py" "$WORK"   # the tests may stand where this user may not go
	run user python3 "$WORK/terminal.py" "$RUNLET" run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 0 ]
	[ "$(tr -d '\r' <<<"${lines[1]}")" = "33 101" ]
}

@test "a config without a user namespace: one line says what it needs" {
	args /bin/true
	edit 'del(.linux.uidMappings, .linux.gidMappings) | .linux.namespaces |= map(select(.type != "user"))'
	run user "$RUNLET" run -b "$BUNDLE" "$ID"
	[ "$status" = 1 ]
	[ "$output" = "runlet: $ID: $BUNDLE/config.json: linux.namespaces: rootless container requires user namespaces" ]
	nothing_left
}

@test "a limit that can't be set is an error, not silence" {
	args /bin/true
	edit '.linux.resources = {pids: {limit: 10}}'
	run user "$RUNLET" run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 1 ]
	one_line
	nothing_left
}

@test "more IDs than one's own are refused with the map's name" {
	args /bin/true
	edit '.linux.uidMappings = [{containerID: 0, hostID: 0, size: 10}]'
	run user "$RUNLET" run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 1 ]
	[[ ${lines[-1]} == runlet:*linux.uidMappings* ]]   # newuidmap(1) may have its own say before
	nothing_left
}

@test "no XDG_RUNTIME_DIR: a clear error" {
	run user env -u XDG_RUNTIME_DIR "$RUNLET" run -b "$BUNDLE" "$ID"
	[ "$status" = 1 ]
	one_line
	[[ $output == *XDG_RUNTIME_DIR* ]]
}
