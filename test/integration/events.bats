#!/usr/bin/env bats
# events: what a container uses, on v1 and v2, in runc's members; that it ran out of memory; runc-events(8).
load helpers
setup() { setup_container; }
teardown() {
	[ ! -e "$STATE-runc" ] || runc --root "$STATE-runc" delete --force "$ID-runc"
	[ -z "${ON_V2:-}" ] || v2 "$RUNLET" --root "$STATE" delete --force "$ID"
	teardown_container
}

v2() { unshare -m sh -c 'umount -R /sys/fs/cgroup 2>/dev/null; mount -t cgroup2 none /sys/fs/cgroup && exec "$@"' - "$@"; }
has_v1() { grep -q " - cgroup [^ ]* .*\b$1\b" /proc/self/mountinfo; }
directory() { find /sys/fs/cgroup -maxdepth 7 -type d -name "$ID" -path "*/$1/*"; }
# of FILTER: what jq says of one reading
of() { c events --stats "$ID" | jq -r "$1"; }
# watching [OPTIONS…]: events in the background, into $WORK/events; its process is $watcher
watching() {
	"$RUNLET" --root "$STATE" events "$@" "$ID" >"$WORK/events" 2>&1 3>&- &
	watcher=$!
	PIDS="${PIDS:-} $watcher"
	until_true waits   # from then on nothing that happens is missed
}
waits() { ended || [ "$(cut -d ' ' -f 1 "/proc/$watcher/syscall")" = 7 ]; }   # x86_64's poll(2)
ended() { ! kill -0 "$watcher" 2>/dev/null; }
lines_of() { [ "$(jq -r "select(.type == \"$1\") | .id" "$WORK/events" | grep -cx "$ID")" -ge "$2" ]; }

@test "--stats: one object in runc's form" {
	args sleep 100
	detached
	run c events --stats "$ID"
	[ "$status" = 0 ]
	[ "${#lines[@]}" = 1 ]
	[ "$(jq -r .type <<<"$output")" = stats ]
	[ "$(jq -r .id <<<"$output")" = "$ID" ]
	[ "$(jq -r '.data | keys_unsorted | join(" ")' <<<"$output")" = "cpu cpuset memory pids blkio hugetlb intel_rdt network_interfaces" ]
	[ "$(jq -c '.data.memory | [.usage, .swap, .kernel, .kernelTCP] | map(has("limit") and has("failcnt")) | unique' <<<"$output")" = '[true]' ]
	[ "$(jq -c '.data.cpu.usage | has("kernel") and has("user")' <<<"$output")" = true ]
	[ "$(jq -c '.data.cpu | has("throttling")' <<<"$output")" = true ]
	[ "$(jq -c '.data.cpuset | has("cpu_exclusive") and has("sched_relax_domain_level")' <<<"$output")" = true ]
}

@test "v1: memory, pids, cpuset and cpu say what the cgroup's files say" {
	for controller in memory pids cpuset cpu; do has_v1 $controller || skip "no v1 $controller controller here"; done
	edit '.linux.resources = {memory: {limit: 33554432}, pids: {limit: 17}, cpu: {cpus: "0", quota: 20000, period: 100000}}'
	program 'while :; do :; done'
	detached
	[ "$(of .data.memory.usage.limit)" = 33554432 ]
	[ "$(of .data.pids.limit)" = 17 ]
	[ "$(of .data.pids.current)" = "$(cat "$(directory pids)/pids.current")" ]
	[ "$(of '.data.cpuset.cpus | join(" ")')" = 0 ]
	[ "$(of .data.cpuset.sched_load_balance)" = "$(cat "$(directory cpuset)/cpuset.sched_load_balance")" ]
	[ "$(of .data.memory.usage.usage)" -gt 4096 ]
	[ "$(of .data.memory.raw.hierarchical_memory_limit)" = 33554432 ]
	[ "$(of '.data.memory.raw | length')" = "$(wc -l <"$(directory memory)/memory.stat")" ]
	throttled() { [ "$(of '.data.cpu.throttling.throttledPeriods // 0')" -gt 2 ]; }
	until_true throttled
	[ "$(of .data.cpu.throttling.throttledTime)" -gt 1000 ]
	[ "$(of .data.cpu.throttling.throttledTime)" -le "$(awk '$1 == "throttled_time" { print $2 }' "$(directory cpu)/cpu.stat")" ]
}

@test "v2: cpu times and processes, also without a controller; huge pages where they are counted" {
	edit 'del(.linux.resources)'
	program 'sleep 1000 & while :; do :; done'
	ON_V2=1   # its cgroup is found there alone
	v2 "$RUNLET" --root "$STATE" run -d -b "$BUNDLE" "$ID" </dev/null >"$WORK/out" 2>&1 3>&-
	on_v2() { v2 "$RUNLET" --root "$STATE" events --stats "$ID" | jq -r "$1"; }
	busy() { [ "$(on_v2 '.data.cpu.usage.total // 0')" -gt 100000000 ]; }
	until_true busy
	[ "$(on_v2 '.data.cpu.usage | (.kernel + .user - .total) | fabs < 1000000')" = true ]
	[ "$(on_v2 .data.pids.current)" = 2 ]
	[ "$(on_v2 '.data.cpu.psi.some | keys | join(" ")')" = "avg10 avg300 avg60 total" ] || [ ! -e /proc/pressure/cpu ]
	first=$(on_v2 .data.cpu.usage.total)
	[ "$(on_v2 .data.cpu.usage.total)" -gt "$first" ]
}

@test "v1 alone: processes are counted without the pids controller" {
	has_v1 freezer && findmnt -n -t cgroup2 >/dev/null || skip "no v1 freezer beside a v2 tree here"
	v1() { unshare -m sh -c 'tree=$(findmnt -n -o TARGET -t cgroup2 | head -n 1); [ -z "$tree" ] || umount -R "$tree" || exit; exec "$@"' - "$@"; }
	edit 'del(.linux.resources)'
	program 'sleep 1000 & exec sleep 1001'
	v1 "$RUNLET" --root "$STATE" run -d -b "$BUNDLE" "$ID" </dev/null >"$WORK/out" 2>&1 3>&-
	two() { [ "$(of .data.pids.current)" = 2 ]; }
	until_true two
	[ "$(of '.data.pids | has("limit")')" = false ]
	c delete --force "$ID"
	nothing_left
}

@test "--interval: again and again until the container stops" {
	args sleep 100
	detached
	watching --interval 100ms
	until_true lines_of stats 4
	! ended
	c kill "$ID" KILL
	until_true ended
	wait "$watcher" && result=0 || result=$?
	[ "$result" = 0 ]
	# whole lines, all of them
	[ "$(jq -c . "$WORK/events" | wc -l)" = "$(wc -l <"$WORK/events")" ]
}

@test "it ends with the container even when the interval is long" {
	args sleep 100
	detached
	watching --interval 1h
	! ended
	c kill "$ID" KILL
	until_true ended
	[ ! -s "$WORK/events" ]
}

@test "v1: a process killed for memory is told of, and so is init itself" {
	has_v1 memory || skip "no v1 memory controller here"
	edit '.linux.resources = {memory: {limit: 8388608, swap: 8388608}} | .root.readonly = false'
	program 'until [ -e /tmp/go ]; do sleep 0.05; done; (echo 1000 >/proc/self/oom_score_adj; head -c 60000000 /dev/zero | tail -c 50000000 >/dev/null); sleep 100'   # not the shell, as now and then
	detached
	watching --interval 1h
	touch "$BUNDLE/rootfs/tmp/go"
	until_true lines_of oom 1
	! ended
	[ "$(head -n 1 "$WORK/events")" = "{\"type\":\"oom\",\"id\":\"$ID\"}" ]
	[ "$(of .data.memory.usage.max)" -gt 8000000 ]
	c delete --force "$ID"
	until_true ended
	# now init
	rm "$BUNDLE/rootfs/tmp/go"
	args sh -c 'until [ -e /tmp/go ]; do sleep 0.05; done; exec tail -c 50000000 /dev/zero'
	detached
	watching --interval 1h
	touch "$BUNDLE/rootfs/tmp/go"
	until_true ended
	lines_of oom 1
}

@test "runc's members, each of the same type; the same limits" {
	command -v runc >/dev/null || skip "runc is not installed"
	for controller in memory pids cpuset cpu; do has_v1 $controller || skip "no v1 $controller controller here"; done
	edit '.linux.resources = {memory: {limit: 33554432}, pids: {limit: 17}, cpu: {cpus: "0", shares: 512}}'
	args sleep 100
	detached
	runc --root "$STATE-runc" run -d -b "$BUNDLE" "$ID-runc" </dev/null >"$WORK/out" 2>&1 3>&-
	of . >"$WORK/ours"
	runc --root "$STATE-runc" events --stats "$ID-runc" >"$WORK/runc"
	# percpu and what of it there is: runc makes a cgroup of each controller, ours only of those that are asked for. A map's keys are the kernel's.
	members='.data | del(.cpu.usage.percpu, .cpu.usage.percpu_kernel, .cpu.usage.percpu_user, .memory.raw, .memory.cache, .memory[].usage?, .memory[].max?, .blkio) | [paths(scalars) as $p | ($p | join(".")) + " " + (getpath($p) | type)] | sort[]'
	jq -r "$members" "$WORK/runc" >"$WORK/runc.members"
	jq -r "$members" "$WORK/ours" >"$WORK/ours.members"
	[ -s "$WORK/runc.members" ]
	comm -23 "$WORK/runc.members" "$WORK/ours.members" | grep -v ' null$' >"$WORK/missing" || :
	cat "$WORK/missing"
	[ ! -s "$WORK/missing" ]
	for limit in .data.memory.usage.limit .data.memory.swap.limit .data.pids.limit '.data.cpuset.cpus | join(" ")' '.data.memory.raw | keys | join(" ")' '.data.cpuset | del(.memory_pressure)'; do
		[ "$(jq -cS "$limit" "$WORK/ours")" = "$(jq -cS "$limit" "$WORK/runc")" ]
	done
}

@test "what is wrong is said" {
	args /bin/true
	run c events --stats "$ID"
	[ "$status" = 1 ]
	[ "$output" = "runlet: $ID: container \"$ID\" does not exist" ]
	detached
	until_true status_is "$ID" stopped
	run c events --stats "$ID"
	[ "$status" = 1 ]
	[ "$output" = "runlet: $ID: container with id $ID is not running" ]
	for interval in 0 0s -5s -1ns; do
		run c events --interval=$interval "$ID"
		[ "$status" = 1 ]
		[ "$output" = "runlet: --interval $interval: duration interval must be greater than 0" ]
	done
	for interval in 5 "" x 5x "5 s"; do
		run c events --interval "$interval" "$ID"
		[ "$status" = 1 ]
		[ "$output" = "runlet: --interval $interval: not a duration such as 5s, 500ms or 1m30s" ]
	done
}

@test "a reader that is gone ends it" {
	args sleep 100
	detached
	run sh -c '"$@" 2>/dev/null | head -n 1 | jq -r .type' - timeout 60 "$RUNLET" --root "$STATE" events --interval 50ms "$ID"
	[ "$output" = stats ]
}

@test "a created and a paused container are read, too" {
	args sleep 100
	c create -b "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1
	[ "$(of .type)" = stats ]
	c start "$ID"
	c pause "$ID"
	[ "$(of .data.pids.current)" = 1 ]
}
