#!/usr/bin/env bats
# validate: its forms, levels and names. Each rule on its own: test/tools/validate-rules (make check-tools).
load helpers
setup() { setup_container; }
teardown() { teardown_container; }
validate() { "$RUNLET" validate --path "$BUNDLE" "$@"; }

@test "a good bundle: one line, exit 0, on every level" {
	for level in may should must; do
		run validate --compliance-level "$level"
		[ "$status" = 0 ]
		[ "$output" = "Bundle validation succeeded." ]
	done
	cd "$BUNDLE"
	[ "$("$RUNLET" validate --host-specific)" = "Bundle validation succeeded." ]
}

@test "all failures at once, each with its position, level, value, what is allowed and the section" {
	cat >"$BUNDLE/config.json" <<-'EOF'
	{
	  "ociVersion": "1.0.0",
	  "root": { "path": "rootfs" },
	  "process": { "cwd": "x", "args": [ ] },
	  "linux": { "rootfsPropagation": "sideways" }
	}
	EOF
	run validate
	[ "$status" = 1 ]
	[ "$output" = 'config.json:4:14: SHOULD (warning): process.user: missing
    [config.md, Process]
config.json:4:23: MUST: process.cwd: "x" is not an absolute path
    found "x" [config.md, Process]
config.json:4:36: MUST: process.args: at least one entry is required
    [config.md, Process]
config.json:5:35: MUST: linux.rootfsPropagation: unknown value "sideways"
    found "sideways"; allowed: shared, slave, private, unbindable, rshared, rslave, rprivate, runbindable [config-linux.md]
3 failures, 1 warning' ] || { echo "$output"; return 1; }
}

@test "what is below the level is a warning" {
	edit '.process.env = ["A"]'
	run validate
	[ "$status" = 0 ]
	[[ ${lines[0]} == config.json:*:*": SHOULD (warning): process.env[0]: "* ]]
	[ "${lines[2]}" = "Bundle validation succeeded." ]
	for level in should SHOULD; do
		run validate --compliance-level "$level"
		[ "$status" = 1 ]
		[ "${lines[2]}" = "1 failure, 0 warnings" ]
	done
}

@test "--format json and tap" {
	edit '.process.env = ["A"] | .hostname = 3'
	run validate --format json
	[ "$status" = 1 ]
	[ "$(jq -c '[.failures, .warnings, (.complaints[] | [.level, .fails, .path, .found, (.line > 0), .section])]' <<<"$output")" = \
	  '[1,1,["should",false,"process.env[0]","A",true,"config.md, Process"],["must",true,"hostname",3,true,"config.md"]]' ]
	run validate --format tap
	[ "$status" = 1 ]
	[ "${lines[0]}" = "TAP version 14" ]
	[[ ${lines[1]} == "ok 1 - process.env[0]: "* ]]
	[[ ${lines[2]} == "not ok 2 - hostname: expected a string"* ]]
	[ "${lines[3]}" = "1..2" ]
	edit '.process.env = [] | del(.hostname) | .annotations = {"a # SKIP": "", "b\n\\c": ""}'
	validate --format tap --compliance-level should >"$WORK/tap" || :
	[ "$(grep '^not ok' "$WORK/tap" | sed 's/:.*//')" = $'not ok 1 - annotations["a \\# SKIP"]\nnot ok 2 - annotations["b?\\\\c"]' ] || { cat "$WORK/tap"; return 1; }
	edit 'del(.annotations)'
	[ "$(validate --format json | jq -c .)" = '{"complaints":[],"failures":0,"warnings":0}' ]
	[ "$(validate --format tap | tail -n 1)" = "1..1" ]
}

@test "lines end with a line feed, columns count bytes: tabs, DOS lines and characters of more bytes move nothing else" {
	printf '{\r\n\t"ociVersion": "1.0.0", "root": {"path": "rootfs"},\r\n\t"annotations": {"com.\u00e9\u20ac": "\u00e9"}, "hostname":\t3\r\n}\r\n' >"$BUNDLE/config.json"
	run validate
	[ "${lines[0]}" = "config.json:3:50: MUST: hostname: expected a string, found a number" ] || { echo "$output"; return 1; }
	printf '\xef\xbb\xbf{}' >"$BUNDLE/config.json"
	run validate
	[ "${lines[0]}" = "config.json:1:1: MUST: JSON: a byte order mark is not allowed" ]
}

@test "colours on a terminal only" {
	edit '.hostname = 3'
	script -qec "'$RUNLET' validate --path '$BUNDLE'" /dev/null </dev/null >"$WORK/out" || :
	grep -q $'\033\[1;31mMUST\033\[0m' "$WORK/out"
	! validate >"$WORK/out"
	! grep -q $'\033' "$WORK/out"
}

@test "called as oci-runtime-tool, whose options stand before the subcommand" {
	ln -s "$RUNLET" "$WORK/oci-runtime-tool"
	edit '.process.env = ["A"]'
	"$WORK/oci-runtime-tool" validate --path "$BUNDLE"
	run "$WORK/oci-runtime-tool" --compliance-level should --log-level error validate --path "$BUNDLE" --platform linux
	[ "$status" = 1 ]
	"$WORK/oci-runtime-tool" --host-specific validate --path "$BUNDLE"
}

@test "--type: other documents of the specifications" {
	"$RUNLET" features >"$WORK/features.json"
	[ "$("$RUNLET" validate --type features --path "$WORK/features.json")" = "Document validation succeeded." ]
	run "$RUNLET" validate --type state --path "$WORK/features.json"
	[ "$status" = 1 ]
	[[ $output == *"MUST: bundle: missing"* ]]
}

@test "wrong words are one line" {
	for words in "--platform plan9" "--format xml" "--compliance-level will" "--type x" "--host-specific --platform windows" "--path $WORK/none"; do
		run "$RUNLET" validate $words
		[ "$status" = 1 ]
		one_line
	done
}

@test "thousands of complaints stay quick, and are counted" {
	edit '.process.env = [range(20000) | "A"]'
	run timeout 60 "$RUNLET" validate --path "$BUNDLE" --compliance-level may
	[ "$status" = 1 ]
	[ "${lines[-1]}" = "20000 failures, 0 warnings" ]
	[ "${#lines[@]}" = 2002 ]
	[ "${lines[-2]}" = "only the first are shown" ]
}
