#!/usr/bin/env bats
# From an image that other tools made to a running container: busybox and Debian minbase, as umoci and as skopeo write them, under runlet and under runc, and the
# seed's command lines, word for word, through links of its names.
load helpers
setup_file() {
	command -v umoci >/dev/null && command -v skopeo >/dev/null || return 0
	SHARED=$(mktemp -d "${TMPDIR:-/tmp}/runlet-test.XXXXXX"); export SHARED
	tools=$BATS_TEST_DIRNAME/../../tools
	"$tools/make-busybox-image" "$SHARED/busybox-umoci" sh -c 'echo "hello from $(uname -s)"'
	"$tools/make-busybox-image" "$SHARED/no-cmd" ""
	skopeo --insecure-policy copy -q "oci:$SHARED/busybox-umoci:latest" "oci:$SHARED/busybox-skopeo:latest"
	[ -z "${MINBASE:-}" ] || {
		ln -s "$MINBASE" "$SHARED/minbase-umoci"
		skopeo --insecure-policy copy -q "oci:$MINBASE:latest" "oci:$SHARED/minbase-skopeo:latest"
	}
}
teardown_file() { [ -z "${SHARED:-}" ] || rm -rf --one-file-system "$SHARED"; }
setup() {
	[ -n "${SHARED:-}" ] || skip "umoci or skopeo is not installed"
	RUNLET=${RUNLET:-$(realpath "$BATS_TEST_DIRNAME/../../build/pc/runlet")}
	WORK=$(mktemp -d "${TMPDIR:-/tmp}/runlet-test.XXXXXX")
	STATE=$WORK/state BUNDLE=$WORK/bundle ID=test-firstlight-$BATS_TEST_NUMBER-$$
	mkdir "$BUNDLE"
}
teardown() {
	local id
	for id in $(runc --root "$STATE-runc" list -q 2>/dev/null); do runc --root "$STATE-runc" delete --force "$id"; done
	[ -z "${WORK:-}" ] || teardown_container
}
# runs LAYOUT WANT: the bundle of the image says WANT under runlet and then under runc
runs() {
	"$RUNLET" image validate --ref latest "$1"
	"$RUNLET" image bundle --ref latest "$1" "$BUNDLE"
	[ "$(c run -b "$BUNDLE" "$ID" </dev/null)" = "$2" ]
	nothing_left
	command -v runc >/dev/null || return 0
	[ "$(runc --root "$STATE-runc" run -b "$BUNDLE" "$ID" </dev/null)" = "$2" ]
}

@test "busybox, made by umoci" { runs "$SHARED/busybox-umoci" "hello from Linux"; }
@test "busybox, made by skopeo" { runs "$SHARED/busybox-skopeo" "hello from Linux"; }

@test "an image without Cmd and Entrypoint runs sh" {
	"$RUNLET" image bundle --ref latest "$SHARED/no-cmd" "$BUNDLE"
	[ "$(jq -c .process.args "$BUNDLE/config.json")" = '["sh"]' ]
	[ "$(echo 'echo $((6*7))' | c run -b "$BUNDLE" "$ID")" = 42 ]
	[ "$(echo 'echo $((6*7))' | runc --root "$STATE-runc" run -b "$BUNDLE" "$ID")" = 42 ]
	nothing_left
}

minbase() {   # LAYOUT
	"$RUNLET" image validate --ref latest "$1"
	"$RUNLET" image bundle --ref latest "$1" "$BUNDLE"
	local script='. /etc/os-release; echo "$ID as $(id -un)"; perl -e "print 6*7" && echo; dpkg --audit; dpkg -V base-files && echo verified'
	[ "$(echo "$script" | c run -b "$BUNDLE" "$ID")" = $'debian as root\n42\nverified' ]
	nothing_left
	[ "$(echo "$script" | runc --root "$STATE-runc" run -b "$BUNDLE" "$ID")" = $'debian as root\n42\nverified' ]
}
@test "Debian minbase, made by umoci" {
	[ -n "${MINBASE:-}" ] || skip "MINBASE= names no image"
	minbase "$SHARED/minbase-umoci"
}
@test "Debian minbase, made by skopeo" {
	[ -n "${MINBASE:-}" ] || skip "MINBASE= names no image"
	minbase "$SHARED/minbase-skopeo"
}

@test "Debian minbase: what is unpacked is what umoci unpacks" {
	[ -n "${MINBASE:-}" ] || skip "MINBASE= names no image"
	umoci raw unpack --image "$MINBASE:latest" "$WORK/theirs" >/dev/null
	"$RUNLET" image unpack --ref latest "$MINBASE" "$WORK/ours"
	python3 "$BATS_TEST_DIRNAME/../tools/treecmp.py" "$WORK/theirs" "$WORK/ours"
}

@test "the seed's command lines, word for word" {
	mkdir "$WORK/links"
	for name in oci-image-validate oci-unpack oci-create-runtime-bundle runc; do ln -s "$RUNLET" "$WORK/links/$name"; done
	sudo() { "$@"; }
	PATH=$WORK/links:$PATH
	cp -r "$SHARED/busybox-umoci" "$WORK/busybox-oci"
	cd "$WORK"
	run oci-image-validate --type imageLayout --ref latest busybox-oci
	echo "$output"
	[ "$status" = 0 ]
	[ "${lines[-1]}" = "busybox-oci: OK" ]
	mkdir busybox-bundle; oci-unpack --ref latest busybox-oci busybox-bundle
	[ -x busybox-bundle/bin/busybox ]
	oci-create-runtime-bundle --ref latest busybox-oci busybox-bundle
	[ -x busybox-bundle/rootfs/bin/busybox ]
	[ "$(cd busybox-bundle && XDG_RUNTIME_DIR=$WORK sudo runc run busybox </dev/null)" = "hello from Linux" ]
}
