#!/usr/bin/env bats
# ps, pause, resume, kill --all, kill and delete by regular expression: runc's words, runc-ps(8), runc-pause(8), runc-kill(8).
load helpers
setup() { setup_container; }
teardown() {
	[ -z "${ON_V2:-}" ] || v2 "$RUNLET" --root "$STATE" delete --force "$ID"
	teardown_container
}

# v2 COMMAND…: in a mount namespace whose /sys/fs/cgroup is the v2 tree alone
v2() { unshare -m sh -c 'umount -R /sys/fs/cgroup 2>/dev/null; mount -t cgroup2 none /sys/fs/cgroup && exec "$@"' - "$@"; }
# v1: in a mount namespace without the v2 tree, where the freezer is v1's
v1() { unshare -m sh -c 'umount -R "$(findmnt -n -o TARGET -t cgroup2 | head -n 1)" && exec "$@"' - "$@"; }
needs_v1_freezer() { grep -q ' - cgroup [^ ]* .*\bfreezer\b' /proc/self/mountinfo && findmnt -n -t cgroup2 >/dev/null || skip "no v1 freezer beside a v2 tree here"; }
shared_pids() { edit '.linux.namespaces |= map(select(.type != "pid"))'; }
gone() { ! kill -0 "$1" 2>/dev/null || [ "$(cut -d' ' -f 3 "/proc/$1/stat")" = Z ]; }
# counts in the rootfs' /tmp/n, ten times a second
counter() { edit '.root.readonly = false'; program 'i=0; while :; do i=$((i + 1)); echo $i >/tmp/n; sleep 0.05; done'; }
count() { cat "$BUNDLE/rootfs/tmp/n" 2>/dev/null; }
counting() { local first; first=$(count); for _ in 1 2 3 4 5 6 7 8; do sleep 0.1; [ "$(count)" = "$first" ] || return 0; done; return 1; }

@test "ps: the container's processes and no others, by ps' own columns" {
	program 'sleep 1000 & exec sleep 1001'
	detached
	pid=$(pid_of "$ID")
	until_true sh -c "[ \$('$RUNLET' --root '$STATE' ps '$ID' | wc -l) = 3 ]"
	run c ps "$ID"
	[ "$status" = 0 ]
	[[ ${lines[0]} =~ UID.*PID.*PPID.*CMD ]]
	[ "${#lines[@]}" = 3 ]
	[ "$(grep -c 'sleep 100[01]' <<<"$output")" = 2 ]
	awk '{print $2}' <<<"$output" | grep -qx "$pid"
	run c ps "$ID" -e -o pid,args
	[ "${#lines[@]}" = 3 ]
	grep -q "^ *$pid sleep 1001$" <<<"$output"
}

@test "ps --format json: an array of numbers; null when there is none" {
	program 'sleep 1000 & exec sleep 1001'
	detached
	two() { [ "$(c ps --format json "$ID" | jq length)" = 2 ]; }
	until_true two
	run c ps -f json "$ID"
	[ "$(jq -r 'map(type) | unique | join(" ")' <<<"$output")" = number ]
	[ "$(jq "index($(pid_of "$ID"))" <<<"$output")" != null ]
	for pid in $(jq '.[]' <<<"$output"); do grep -q sleep "/proc/$pid/cmdline"; done
	c kill "$ID" KILL
	until_true status_is "$ID" stopped
	run c ps --format=json "$ID"
	[ "$output" = null ]
	run c ps "$ID"
	[ "$status" = 0 ]
	[ "${#lines[@]}" = 1 ]
}

@test "ps without cgroups: init, which is all that is known" {
	program 'sleep 1000 & exec sleep 1001'
	"$RUNLET" --root "$STATE" --cgroup-manager disabled run -d -b "$BUNDLE" "$ID" </dev/null >"$WORK/out" 2>&1 3>&-
	[ "$(c ps -f json "$ID")" = "[$(pid_of "$ID")]" ]
	run c pause "$ID"
	[ "$status" = 1 ]
	[[ $output == "runlet: $ID: no "*"CONFIG_CGROUP_FREEZER"* ]]
	c kill "$ID" KILL
	until_true status_is "$ID" stopped
	[ "$(c ps -f json "$ID")" = null ]
	run c kill -a "$ID" KILL
	[ "$status" = 0 ]
}

@test "ps: what is wrong is said" {
	args sleep 100
	detached
	run c ps -f xml "$ID"
	[ "$status" = 1 ]
	[ "$output" = "runlet: $ID: --format xml: neither table nor json" ]
	run c ps "$ID" -o comm
	[ "$status" = 1 ]
	[ "$output" = "runlet: $ID: couldn't find PID field in ps output" ]
	run c ps "$ID" --no-such-option
	[ "$status" = 1 ]
	[[ $output == "runlet: $ID: ps: exit status 1: error: "* ]]
	one_line
	PATH=/nowhere run c ps "$ID"
	[ "$status" = 1 ]
	[[ $output == "runlet: $ID: cannot execute ps"*": No such file or directory" ]]
	run c ps "not-$ID"
	[ "$output" = "runlet: not-$ID: container \"not-$ID\" does not exist" ]
}

# pause_cycle [v1|v2]
pause_cycle() {
	$1 "$RUNLET" --root "$STATE" run -d -b "$BUNDLE" "$ID" </dev/null >"$WORK/out" 2>&1 3>&-
	until_true counting
	$1 "$RUNLET" --root "$STATE" pause "$ID"
	[ "$($1 "$RUNLET" --root "$STATE" state "$ID" | jq -r .status)" = paused ]
	! counting
	run $1 "$RUNLET" --root "$STATE" pause "$ID"
	[ "$status" = 1 ]
	[[ $output == "runlet: $ID: container not running"* ]]
	run $1 "$RUNLET" --root "$STATE" delete "$ID"
	[ "$status" = 1 ]
	[ "$output" = "runlet: $ID: error: cannot delete container $ID that is not stopped: paused" ]
	$1 "$RUNLET" --root "$STATE" resume "$ID"
	[ "$($1 "$RUNLET" --root "$STATE" state "$ID" | jq -r .status)" = running ]
	counting
	run $1 "$RUNLET" --root "$STATE" resume "$ID"
	[ "$status" = 1 ]
	[ "$output" = "runlet: $ID: container not paused" ]
}

@test "pause and resume: as it is here" {
	counter
	pause_cycle ""
	c pause "$ID"
	c delete --force "$ID"
	nothing_left
}

@test "pause and resume: v1's freezer" {
	needs_v1_freezer
	counter
	pause_cycle v1
	# a frozen one takes its SIGKILL
	v1 "$RUNLET" --root "$STATE" pause "$ID"
	v1 "$RUNLET" --root "$STATE" kill "$ID" KILL
	until_true status_is "$ID" stopped
	v1 "$RUNLET" --root "$STATE" delete "$ID"
	nothing_left
}

@test "pause and resume: v2 alone" {
	counter
	edit 'del(.linux.resources)'
	ON_V2=1
	pause_cycle v2
	v2 "$RUNLET" --root "$STATE" pause "$ID"
	v2 "$RUNLET" --root "$STATE" kill "$ID" KILL
	until_true status_is "$ID" stopped
	v2 "$RUNLET" --root "$STATE" delete "$ID"
	nothing_left
}

@test "pause of a created, resume of it, and neither of a stopped one" {
	args sleep 100
	c create -b "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1
	c pause "$ID"
	[ "$(status_of "$ID")" = paused ]
	c resume "$ID"
	[ "$(status_of "$ID")" = created ]
	c start "$ID"
	c kill "$ID" KILL
	until_true status_is "$ID" stopped
	run c pause "$ID"
	[ "$output" = "runlet: $ID: container not running" ]
	run c resume "$ID"
	[ "$output" = "runlet: $ID: container not paused" ]
	run c pause "not-$ID"
	[ "$output" = "runlet: not-$ID: container \"not-$ID\" does not exist" ]
}

@test "kill --all of a stopped container is success, without --all an error" {
	args /bin/true
	detached
	until_true status_is "$ID" stopped
	run c kill "$ID" KILL
	[ "$status" = 1 ]
	[ "$output" = "runlet: $ID: error: container not running" ]
	run c kill --all "$ID" KILL
	[ "$status" = 0 ]
	run c kill -a "$ID" 15
	[ "$status" = 0 ]
}

@test "killing init kills all where the pid namespace is shared, also after init" {
	shared_pids
	edit '.root.readonly = false'
	program 'setsid sleep 1000 & echo $! >/tmp/child; exec sleep 1001'
	detached
	until_true [ -s "$BUNDLE/rootfs/tmp/child" ]
	child=$(cat "$BUNDLE/rootfs/tmp/child")
	c kill "$ID" TERM   # init alone
	until_true status_is "$ID" stopped
	! gone "$child"
	c kill "$ID" KILL
	until_true gone "$child"
	c delete "$ID"
	nothing_left

	rm "$BUNDLE/rootfs/tmp/child"
	detached
	until_true [ -s "$BUNDLE/rootfs/tmp/child" ]
	child=$(cat "$BUNDLE/rootfs/tmp/child")
	c kill "$ID" KILL
	until_true gone "$child"
	until_true status_is "$ID" stopped
}

@test "kill --all with another signal reaches everybody" {
	edit '.root.readonly = false'
	program 'trap : TERM; sh -c "trap \"echo >/tmp/got; exit\" TERM; echo >/tmp/ready; while :; do sleep 0.05; done" & while :; do wait; done'
	detached
	until_true [ -e "$BUNDLE/rootfs/tmp/ready" ]
	c kill "$ID" TERM
	sleep 0.3
	[ ! -e "$BUNDLE/rootfs/tmp/got" ]
	c kill --all "$ID" TERM
	until_true [ -e "$BUNDLE/rootfs/tmp/got" ]
	[ "$(status_of "$ID")" = running ]
}

three() {
	local id
	args sleep 100
	for id in "web-1-$$" "web-2-$$" "db-1-$$"; do
		c run -d -b "$BUNDLE" "$id" </dev/null >>"$WORK/out" 2>&1 3>&-
	done
}

@test "kill --regex signals those that match" {
	three
	c kill --regex "^web-[0-9]+-$$\$" KILL
	until_true status_is "web-1-$$" stopped
	until_true status_is "web-2-$$" stopped
	[ "$(status_of "db-1-$$")" = running ]
	run c kill -r '^nobody$' KILL
	[ "$status" = 0 ]
	run c kill -r 'web' KILL
	[ "$status" = 1 ]
	[ "${lines[0]}" = "runlet: web-1-$$: container not running" ]
	[ "${lines[1]}" = "runlet: web-2-$$: container not running" ]
	run c kill -r 'we(b' KILL
	[ "$status" = 1 ]
	[[ $output == 'runlet: invalid regular expression "we(b": unmatched (' ]]
	run c kill -r 'db' NONSENSE
	[ "$status" = 1 ]
	[ "$output" = 'runlet: unknown signal "NONSENSE"' ]
	[ "$(status_of "db-1-$$")" = running ]
}

@test "delete --regex, with and without --force" {
	three
	run c delete -r "web|db"
	[ "$status" = 1 ]
	[ "${#lines[@]}" = 3 ]
	[ "$(c list -q | wc -l)" = 3 ]
	c kill "web-2-$$" KILL
	until_true status_is "web-2-$$" stopped
	c delete --regex '^web-2'
	[ "$(c list -q)" = "$(printf '%s\n' "db-1-$$" "web-1-$$")" ]
	c delete -f -r '^[dw][^.]*1-[0-9]+$'
	[ -z "$(c list -q)" ]
	for id in "web-1-$$" "web-2-$$" "db-1-$$"; do nothing_left "$id"; done
	run c delete --force --regex '.*'
	[ "$status" = 0 ]
}

@test "delete --force of a created, a paused, a stopped, a half made one and of none" {
	args sleep 100
	c create -b "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1
	c delete --force "$ID"
	nothing_left
	detached
	c pause "$ID"
	c delete -f "$ID"
	nothing_left
	detached
	c kill "$ID" 9
	until_true status_is "$ID" stopped
	c delete -f "$ID"
	nothing_left
	mkdir -m 700 "$STATE/$ID"
	c delete -f "$ID"
	nothing_left
	c delete -f "$ID"
}
