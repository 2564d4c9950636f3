#!/usr/bin/env bats
# The same bundles under runc and under runlet: `runc spec`'s under runlet, runlet's under runc, and what their containers see.
load helpers
setup() { command -v runc >/dev/null || skip "runc is not installed"; setup_container; }
teardown() {
	local id
	for id in $(runc --root "$STATE-runc" list -q 2>/dev/null); do runc --root "$STATE-runc" delete --force "$id"; done
	teardown_container
}
r() { runc --root "$STATE-runc" "$@"; }
# both FILTER: what the bundle prints under either, each through FILTER, is the same
both() {
	r run -b "$BUNDLE" "$ID" </dev/null 2>&1 | eval "${1:-cat}" >"$WORK/runc"
	c run -b "$BUNDLE" "$ID" </dev/null 2>&1 | eval "${1:-cat}" >"$WORK/runlet"
	diff "$WORK/runc" "$WORK/runlet" >&2
	[ -s "$WORK/runlet" ]
}

@test "runc's spec runs as it is under runlet, in a terminal" {
	rm "$BUNDLE/config.json"
	(cd "$BUNDLE" && runc spec)
	INPUT=$'echo $((6*7)); exit 3\n' run python3 "$BATS_TEST_DIRNAME/terminal.py" "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 3 ]
	grep -q '^42' <<<"$output"
}

@test "spec's config is runc's but for the name of the host and the version" {
	mkdir "$WORK/other"
	(cd "$WORK/other" && runc spec)
	rm "$BUNDLE/config.json"
	"$RUNLET" spec -b "$BUNDLE"
	# older versions of runc gave ambient ones too
	normal() { jq -S 'del(.process.capabilities.ambient) | .ociVersion = "" | .hostname = "" | .linux.namespaces |= sort_by(.type) | .linux.readonlyPaths |= sort | .linux.maskedPaths |= sort' "$1/config.json"; }
	diff <(normal "$WORK/other") <(normal "$BUNDLE")
}

@test "the program sees the same: environment, user, limits, capabilities" {
	edit '.process.user = {uid: 1000, gid: 1000, additionalGids: [5, 7]} | .process.capabilities.ambient = ["CAP_KILL"] | .process.capabilities.inheritable = ["CAP_KILL"]'
	program 'env | sort; pwd; id; umask; ulimit -n; grep -E "^(Cap|NoNewPrivs|Seccomp:)" /proc/self/status; hostname; cat /proc/self/oom_score_adj'
	both "grep -v ^SHLVL | grep -v ^HOME"
}

@test "the same mounts with the same options, the same devices" {
	program 'cut -d" " -f 4-6 /proc/self/mountinfo | sort; ls -ln /dev | tr -s " " | cut -d" " -f 1,3-6 | sort; ls /dev; ls -A /'
	edit '.mounts += [{destination: "/data", type: "tmpfs", source: "tmpfs", options: ["ro", "size=1m", "mode=0711"]}, {destination: "/etc/over", source: $dir, options: ["rbind", "ro", "nosuid"]}]' --arg dir "$BATS_TEST_DIRNAME"
	# not what masks are made of: their flags are those of the /dev/null that was taken
	both "grep -v -e cgroup -e ' /proc/.* ro' -e '^/ /proc/' -e '^/null ' -e ' /sys/firmware '"
}

@test "exit statuses and signals" {
	for script in 'exit 0' 'exit 77' 'kill -TERM $$' 'kill -KILL $$' 'exec /bin/nothing-here'; do
		edit '.linux.namespaces |= map(select(.type != "pid"))'
		program "$script"
		r run -b "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1 && expected=0 || expected=$?
		c run -b "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1 && got=0 || got=$?
		echo "$script: runc $expected, runlet $got"
		[ "$got" = "$expected" ]
	done
}

@test "state has runc's members and values" {
	args sleep 100
	edit '.annotations = {"a": "b"}'
	r run -d -b "$BUNDLE" "$ID-runc" </dev/null >/dev/null 2>&1   # under the same ID it would be in the same cgroup
	detached
	# older versions of runc gave the version of their own specification
	members() { jq -S 'del(.id, .pid, .created, .owner, .ociVersion)'; }
	diff <(r state "$ID-runc" | members) <(c state "$ID" | members)
	diff <(r list -f json | jq -S 'map(del(.id, .pid, .created, .ociVersion))') <(c list -f json | jq -S 'map(del(.id, .pid, .created, .ociVersion))')
	r delete --force "$ID-runc"
}

@test "hooks get the same state, and the container's namespaces the same way" {
	mkdir "$WORK/runc-hooks" "$WORK/runlet-hooks"
	args /bin/true
	for name in runc runlet; do
		edit '.hooks = {prestart: [], createRuntime: [], createContainer: [], poststop: []} | reduce ("prestart", "createRuntime", "createContainer", "poststop") as $kind (.; .hooks[$kind] = [{path: "/bin/sh", args: ["sh", "-c", "cat >\($dir)/\($kind)"]}])' --arg dir "$WORK/$name-hooks"
		if [ $name = runc ]; then r run -b "$BUNDLE" "$ID"; else c run -b "$BUNDLE" "$ID"; fi
		# older versions of runc gave the version of their own specification
		for file in "$WORK/$name-hooks"/*; do jq -S 'del(.pid, .ociVersion)' "$file" >"$file.normal"; done
	done
	for kind in prestart createRuntime createContainer poststop; do
		diff "$WORK/runc-hooks/$kind.normal" "$WORK/runlet-hooks/$kind.normal"
	done
}
