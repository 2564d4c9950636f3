#!/usr/bin/env bats
# generate: what it makes runs; its names, templates, output. Each flag on its own: test/tools/generate-flags (make check-tools).
load ../integration/helpers
setup() { setup_container; }
teardown() { teardown_container; }
generate() { "$RUNLET" generate --output "$BUNDLE/config.json" --process-terminal=false "$@"; }

@test "what every profile makes is valid and runs" {
	for profile in minimal default privileged; do
		generate --profile "$profile" --args /bin/sh --args -c --args 'id -u; grep CapEff /proc/self/status'
		"$RUNLET" validate --path "$BUNDLE" --compliance-level may
		c run -b "$BUNDLE" "$ID-$profile" </dev/null >"$WORK/$profile"
		[ "$(head -n 1 "$WORK/$profile")" = 0 ]
	done
	grep -q 'CapEff:	0000000000000000' "$WORK/minimal"
	grep -q 'CapEff:	0000000020000420' "$WORK/default"
	! cmp -s "$WORK/default" "$WORK/privileged"
}

@test "flags reach the container" {
	generate --args /bin/sh --args -c --args 'pwd; echo $A; hostname; ulimit -n; umask; cat /x/file; id -u' --env A=b --hostname made --process-cwd /tmp \
		--process-rlimits-add RLIMIT_NOFILE:500:400 --process-umask 027 --process-uid 1000 \
		--mounts-add '{"destination":"/x","type":"bind","source":"'"$WORK"'/from","options":["bind","ro"]}'
	mkdir "$WORK/from"
	echo mounted >"$WORK/from/file"
	run c run -b "$BUNDLE" "$ID" </dev/null
	[ "$status" = 0 ] || { echo "$output"; return 1; }
	[ "$output" = $'/tmp\nb\nmade\n400\n0027\nmounted\n1000' ] || { echo "$output"; return 1; }
}

@test "--template keeps what it does not know; --output may be the same file; nothing is left of a failure" {
	edit '.surprise = {"deep": [1, {"er": null}]} | .process.odd = true'
	cp "$BUNDLE/config.json" "$WORK/before"
	"$RUNLET" generate --template "$BUNDLE/config.json" --output "$BUNDLE/config.json" --hostname other
	[ "$(jq -S . "$BUNDLE/config.json")" = "$(jq -S '.hostname = "other"' "$WORK/before")" ]
	cp "$BUNDLE/config.json" "$WORK/before"
	run "$RUNLET" generate --template "$BUNDLE/config.json" --output "$BUNDLE/config.json" --process-cwd x
	[ "$status" = 1 ]
	[ "$output" = 'runlet: --process-cwd: process.cwd: "x" is not an absolute path' ] || { echo "$output"; return 1; }
	cmp "$BUNDLE/config.json" "$WORK/before"
	[ "$(ls "$BUNDLE")" = $'config.json\nrootfs' ]
}

@test "--output: a file keeps its mode and is replaced as a whole; what a link leads to, a pipe, a device are written, and stay what they are" {
	echo old >"$WORK/file"
	chmod 640 "$WORK/file"
	ln -s file "$WORK/link"
	"$RUNLET" generate --hostname linked --output "$WORK/link"
	[ -L "$WORK/link" ]
	[ "$(jq -r .hostname "$WORK/file")" = linked ]
	"$RUNLET" generate --hostname file --output "$WORK/file"
	[ "$(jq -r .hostname "$WORK/file") $(stat -c %a "$WORK/file")" = 'file 640' ]
	mkfifo "$WORK/pipe"
	jq -r .hostname <"$WORK/pipe" >"$WORK/got" & local reader=$!
	"$RUNLET" generate --hostname piped --output "$WORK/pipe"
	wait "$reader"
	[ "$(cat "$WORK/got")" = piped ]
	[ -p "$WORK/pipe" ]
	mknod "$WORK/full" c 1 7
	run "$RUNLET" generate --output "$WORK/full"
	[ "$status" = 1 ]
	[ "$output" = "runlet: cannot write $WORK/full: No space left on device" ] || { echo "$output"; return 1; }
	[ -c "$WORK/full" ]
	[ "$("$RUNLET" generate --hostname out --output /proc/self/fd/1 | jq -r .hostname)" = out ]
}

@test "called as oci-runtime-tool" {
	ln -s "$RUNLET" "$WORK/oci-runtime-tool"
	[ "$("$WORK/oci-runtime-tool" generate --args ls | jq -c .process.args)" = '["ls"]' ]
	"$WORK/oci-runtime-tool" --log-level error generate --help | grep -q -- '--linux-hugepage-limits-add \*pageSize:%limit'
}
