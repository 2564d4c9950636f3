# docs/images.md: each of its commands, as typed, in order.
bats_require_minimum_version 1.5.0
load helpers

setup() {
	RUNLET=$(realpath "${RUNLET:-$BATS_TEST_DIRNAME/../../build/pc/runlet}")
	PAGE=$(realpath "$BATS_TEST_DIRNAME/../../docs/images.md")
	WORK=$(mktemp -d /dev/shm/runlet-images-test.XXXXXX 2>/dev/null || mktemp -d "${TMPDIR:-/tmp}/runlet-images-test.XXXXXX")
	STATE=$WORK/state
	cd "$WORK"
	# podman build and podman save, where there is no podman: busybox saying so, as other tools write it
	mkdir bin; ln -s "$RUNLET" bin/runlet
	cat >bin/podman <<-'EOF'
		#!/bin/sh -e
		[ "$1" = save ] || exit 0
		"$MAKE_IMAGE" web-oci sh -c 'cat /written 2>/dev/null; echo "the web, $(echo x >>/written; wc -l </written)"'
		skopeo --insecure-policy copy -q oci:web-oci:latest "oci-archive:$5:web"
	EOF
	chmod +x bin/podman
	export MAKE_IMAGE=$(realpath "$BATS_TEST_DIRNAME/../../tools/make-busybox-image") XDG_RUNTIME_DIR=$WORK
	PATH=$WORK/bin:$PATH
	mkdir -p rootfs/bin firmware/opt; cp "$(command -v busybox)" rootfs/bin/
}
teardown() {
	cd /
	teardown_container
}
# block NAME: the page's commands of that place
block() { awk -v name="$1" '$0 == "```sh " name { on = 1; next } $0 == "```" { on = 0 } on' "$PAGE"; }
run_block() { bash -ec "$(block "$1")" </dev/null; }

@test "docs/images.md, every command of it" {
	[ "$(grep -c '^```sh' "$PAGE")" = "$(grep -cE '^```sh (workstation|firmware|device|update)$' "$PAGE")" ]
	run_block workstation
	[[ $(cat web.digest) == sha256:* ]]
	run_block firmware
	[ "$("$RUNLET" --root "$STATE" run -b firmware/opt/web "images-$$" </dev/null)" = "the web, 1" ]
	[ "$(jq length < <("$RUNLET" image ls --format json --store firmware/images))" = 2 ]
	# the device: its /images is read-only, its /run and /data are its own
	mkdir run data
	unshare -m bash -ec '
		mkdir -p state
		mount --bind firmware/images firmware/images && mount -o remount,bind,ro firmware/images
		! touch firmware/images/x 2>/dev/null
		sed "s,/images --ref,$PWD/firmware/images --ref,; s,/run/web,$PWD/run/web,g; s,runlet run,runlet --root $PWD/state run," <<<"$1" >device.sh
		bash -e device.sh </dev/null >device.out
		[ "$(tail -n 1 device.out)" = "the web, 1" ]
		sed "s,/data,$PWD/data,g; s,runlet run,runlet --root $PWD/state run," <<<"$2" >update.sh
		bash -e update.sh </dev/null >update.out
		grep -qx "the web, 1" update.out
		grep -q "^removed: [1-9]" update.out
	' bash "$(block device)" "$(block update)"
	[ "$(cat data/web/upper/written)" = x ]
	[ -z "$(find data/images/layers -mindepth 1)" ]
}
