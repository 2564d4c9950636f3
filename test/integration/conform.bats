#!/usr/bin/env bats
# runlet-conform against runlet, and the program itself: what it says, how it ends, and that it leaves nothing.
load helpers

setup() {
	CONFORM=${CONFORM:-$(dirname "${RUNLET:-$BATS_TEST_DIRNAME/../../build/pc/runlet}")/runlet-conform}
	WORK=$(mktemp -d "${TMPDIR:-/tmp}/runlet-test.XXXXXX")
	chmod 711 "$WORK"   # root of a user namespace must get there
	export TMPDIR=$WORK
	RUNLET=$(realpath "${RUNLET:-$BATS_TEST_DIRNAME/../../build/pc/runlet}")
}

teardown() {
	rm -rf --one-file-system "$WORK"
}

# only_cgroup2 COMMAND…: in a mount namespace with cgroup v2 alone
only_cgroup2() {
	unshare --mount sh -c 'umount -R /sys/fs/cgroup 2>/dev/null || umount -l /sys/fs/cgroup; mount -t cgroup2 cgroup2 /sys/fs/cgroup && exec "$@"' sh "$@"
}

nothing_of_it_left() {
	local left
	left=$(find /sys/fs/cgroup -maxdepth 6 -type d -name 'conform-*' 2>/dev/null; ls -d "$WORK"/runlet-conform-* 2>/dev/null; grep -F "$WORK" /proc/self/mountinfo || :)
	[ -z "$left" ] || { echo "left: $left"; return 1; }
	! pgrep -f "^/conform inside"
}

# Every line is a pass, or a skip that says why.
passed_all() {
	[ "$status" = 0 ] || { grep -A 8 '^not ok' <<<"$output"; return 1; }
	! grep '^not ok' <<<"$output"
	! grep -E '# SKIP *$' <<<"$output"
	[ "$(grep -c '^ok' <<<"$output")" -ge 150 ]
	[ "$(grep -c '^ok.*# SKIP' <<<"$output")" -lt 45 ]
}

@test "runlet passes every check on this host, but for skips with a reason" {
	run "$CONFORM" --runtime "$RUNLET" --tap
	passed_all
	nothing_of_it_left
}

@test "runlet passes every check where cgroup v2 is alone" {
	run only_cgroup2 "$CONFORM" --runtime "$RUNLET" --tap
	passed_all
	[[ $output == *"- linux.resources.unified"$'\n'* ]]
	nothing_of_it_left
}

@test "--list names each check once, with its chapter" {
	run "$CONFORM" --list
	[ "$status" = 0 ]
	[ "${#lines[@]}" -ge 180 ]
	[ "$(awk '{ print $1 }' <<<"$output" | sort | uniq -d)" = "" ]
	! grep -vE '^[A-Za-z0-9.-]+ +[a-z].*, .*$|^features.linux ' <<<"$output"
}

@test "malta's lists the same checks, and both are below 400 KB" {
	local malta=${BUILD:-$BATS_TEST_DIRNAME/../../build}/malta/runlet-conform
	[ -e "$malta" ] || skip "not built for malta"
	[ "$(qemu-mipsel-static -cpu 24Kf "$malta" --list)" = "$("$CONFORM" --list)" ]
	for program in "$malta" "$CONFORM"; do [ "$(stat -c %s "$program")" -lt 400000 ]; done
}

@test "--only chooses by name and by beginning" {
	run "$CONFORM" --runtime "$RUNLET" --tap --only 'hostname,state*'
	[ "$status" = 0 ]
	[[ $output == *"1..3"*"state"*"hostname"* ]]
	for wrong in nothing-of-that-name hostname,nothing-of-that-name 'hostname,nothing-of-that-name*' hostname, ''; do
		run "$CONFORM" --runtime "$RUNLET" --only "$wrong"
		[ "$status" = 2 ]
		[[ $output == "runlet-conform: --only "*": no such check; see --list" ]] || { echo "$wrong: $output"; return 1; }
	done
}

@test "what it cannot do is exit status 2, in one line" {
	head -c 500 /dev/zero >"$WORK/junk"
	printf '#!/no/such/interpreter\n' >"$WORK/script"
	cp "$WORK/junk" "$WORK/plain"
	chmod +x "$WORK/junk" "$WORK/script"
	for arguments in "" "--runtime /nowhere" "--jobs 0 --runtime $RUNLET" "--unknown x" "--limit -1 --runtime $RUNLET" "--runtime $WORK" "--runtime $WORK/junk" "--runtime $WORK/script" \
		"--runtime $WORK/plain" "--runtime=$RUNLET --jobs=0" "--list=x" "--list=" "--runtime" "--only hostname --runtime=$RUNLET --junit /no/such" "--runtime $RUNLET --only hostname --junit $WORK"; do
		run "$CONFORM" $arguments
		[ "$status" = 2 ] || { echo "$arguments: $status, $output"; return 1; }
		[ "${#lines[@]}" = 1 ]
		[[ $output == runlet-conform:* ]]
	done
}

@test "a failure: exit status 1, with the config's difference, in the table, in TAP and in JUnit" {
	printf '#!/bin/sh\n[ "$3" = create ] && jq "del(.process.oomScoreAdj)" "$5/config.json" >"$5/new" && mv "$5/new" "$5/config.json"\nexec %s "$@"\n' "$RUNLET" >"$WORK/broken"
	chmod +x "$WORK/broken"
	run "$CONFORM" --runtime "$WORK/broken" --only 'process.oomScoreAdj,hostname' --junit "$WORK/junit.xml"
	[ "$status" = 1 ]
	[[ $output == *"FAIL  process.oomScoreAdj"*"oom_score_adj is "*", not 517"*'{"process":{"oomScoreAdj":517}}'*"pass  hostname"*"2 checks: 1 passed, 1 failed, 0 skipped"* ]]
	python3 - "$WORK/junit.xml" <<-'END'
		import sys, xml.etree.ElementTree as tree
		suite = tree.parse(sys.argv[1]).getroot()
		assert suite.attrib["tests"] == "2" and suite.attrib["failures"] == "1", suite.attrib
		failure, = suite.iter("failure")
		assert "oom_score_adj" in failure.attrib["message"] and '"oomScoreAdj":517' in failure.text
	END
	run "$CONFORM" --runtime "$WORK/broken" --only 'process.oomScoreAdj' --tap
	[ "$status" = 1 ]
	[[ $output == "TAP version 14"*"not ok 1 - process.oomScoreAdj"*"section: \"config.md, Linux Process\""* ]]
	nothing_of_it_left
}

@test "what a runtime prints steers no terminal, and JUnit's XML stays well-formed" {
	printf '#!/bin/sh\n[ "$3" = start ] && { printf "bad \\033[31m\\377\\001<&>\\"]]>\\302\\233\\357\\277\\277 \\303\\251\\303\\n" >&2; exit 1; }\nexec %s "$@"\n' "$RUNLET" >"$WORK/odd"
	chmod +x "$WORK/odd"
	for form in --tap --jobs=1; do
		run "$CONFORM" --runtime="$WORK/odd" --only=hostname "$form" --junit "$WORK/junit.xml"
		[ "$status" = 1 ]
		[[ $output == *'`start` fails with 1: bad ?[31m??<&>"]]>?? é?'* ]] || { echo "$output"; return 1; }
		python3 -c 'import sys, xml.etree.ElementTree as t; f, = t.parse(sys.argv[1]).getroot().iter("failure"); sys.exit(f.attrib["message"] != "`start` fails with 1: bad ?[31m??<&>\"]]>?? \u00e9?\n")' "$WORK/junit.xml"
	done
}

@test "when nobody reads on, it ends and leaves nothing" {
	printf '#!/bin/sh\n[ "$3" = start ] && touch %s/started\nexec %s "$@"\n' "$WORK" "$RUNLET" >"$WORK/marking"
	chmod +x "$WORK/marking"
	mkfifo "$WORK/pipe"
	"$CONFORM" --runtime "$WORK/marking" --tap >"$WORK/pipe" 2>"$WORK/err" 3>&- & local pid=$! ended=0
	{ read -r _; until_true test -e "$WORK/started"; } <"$WORK/pipe"
	wait "$pid" || ended=$?
	[ "$ended" = 2 ]
	grep -q '^runlet-conform: interrupted$' "$WORK/err"
	nothing_of_it_left
}

@test "a runtime that hangs is killed, and leaves nothing" {
	printf '#!/bin/sh\n[ "$3" = start ] && sleep 60\nexec %s "$@"\n' "$RUNLET" >"$WORK/slow"
	chmod +x "$WORK/slow"
	run "$CONFORM" --runtime "$WORK/slow" --only hostname --limit 700
	[ "$status" = 1 ]
	[[ $output == *"\`start\` did not end within 700 ms"* ]]
	nothing_of_it_left
}

@test "an interrupt ends it at once, and leaves nothing" {
	printf '#!/bin/sh\n[ "$3" = start ] && { touch %s/started; sleep 60; }\nexec %s "$@"\n' "$WORK" "$RUNLET" >"$WORK/slow"
	chmod +x "$WORK/slow"
	local signal pid ended
	for signal in TERM QUIT KILL; do
		rm -f "$WORK/started"
		( trap - INT QUIT; exec "$CONFORM" --runtime "$WORK/slow" --limit 50000 --jobs 1 --only 'hostname,linux.resources.pids' ) >"$WORK/out" 2>&1 3>&- &
		pid=$! ended=0
		until_true test -e "$WORK/started"
		kill -"$signal" "$pid"
		wait "$pid" || ended=$?
		[ "$signal" = KILL ] || [ "$ended" = 2 ]
		until_true nothing_of_it_left   # who cannot be asked to end leaves it to a child
	done
}
