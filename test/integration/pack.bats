# image pack: what it makes is what was packed, as other tools read it, and the same bytes each time.
bats_require_minimum_version 1.5.0
load helpers

setup() {
	RUNLET=$(realpath "${RUNLET:-$BATS_TEST_DIRNAME/../../build/pc/runlet}")
	TOOLS=$(realpath "$BATS_TEST_DIRNAME/../tools")
	WORK=$(mktemp -d /dev/shm/runlet-pack-test.XXXXXX 2>/dev/null || mktemp -d "${TMPDIR:-/tmp}/runlet-pack-test.XXXXXX")
	STATE=$WORK/state ID=test-pack-$BATS_TEST_NUMBER-$$
	cd "$WORK"
}
teardown() {
	cd /
	teardown_container
}
# a tree with something of everything, all times whole seconds
tree() {
	mkdir -p "$1/d/e" "$1/empty" "$1/$(printf 'd%.0s' $(seq 90))/$(printf 'e%.0s' $(seq 90))/$(printf 'k%.0s' $(seq 90))"
	echo content >"$1/f"; ln "$1/f" "$1/d/linked"; ln -s f "$1/symlink"; ln -s "$(printf 'l%.0s' $(seq 150))" "$1/long-link"
	mkfifo "$1/fifo"; mknod "$1/null" c 1 3; mknod "$1/block" b 7 0
	touch "$1/$(printf 'x%.0s' $(seq 240))" "$1/ü" "$1/a b"
	head -c 300000 /dev/urandom >"$1/random"; head -c 300000 /dev/zero >"$1/zeros"; seq 60000 >"$1/d/text"
	chown 3000000:5 "$1/d/text"; chmod 4755 "$1/f"; chmod 1777 "$1/empty"
	setcap cap_net_raw=ep "$1/random"; setfattr -n user.z -v 1 "$1/zeros"; setfattr -n user.a -v 2 "$1/zeros"
	find "$1" -depth -exec touch -h -d @1600000000 {} +
	touch -d 1960-02-03 "$1/zeros"
}
pack() { "$RUNLET" image pack --ref one "$@"; }

@test "what is packed is what is unpacked: by runlet, umoci and skopeo, plain and gzip" {
	tree rootfs
	local form
	for form in --plain --gzip; do
		rm -rf layout out out2 copy
		pack $form rootfs layout
		"$RUNLET" image validate layout
		"$RUNLET" image unpack layout out
		"$TOOLS/treecmp.py" rootfs out
		umoci --log error raw unpack --image layout:one out2 >/dev/null
		"$TOOLS/treecmp.py" rootfs out2
		skopeo --insecure-policy copy -q oci:layout:one oci:copy:one
		"$RUNLET" image validate copy
	done
}
@test "the same bytes from a tree that was made in another order" {
	tree rootfs
	mkdir again
	(cd rootfs && find . -mindepth 1 | sort -r | tar --xattrs --xattrs-include='*' --no-recursion -cf - -T -) | tar --xattrs --xattrs-include='*' -xpf - -C again
	find again -depth -exec touch -h -d @1600000000 {} +; touch -d 1960-02-03 again/zeros
	[ "$(pack --gzip rootfs a)" = "$(pack --gzip again b)" ]
	[ "$(find a -type f -printf '%P\n' | sort)" = "$(find b -type f -printf '%P\n' | sort)" ]
	diff -r a b
}
@test "SOURCE_DATE_EPOCH is the image's time, and no file's is later" {
	mkdir rootfs; touch rootfs/new; touch -d @1500000000 rootfs/old
	SOURCE_DATE_EPOCH=1600000000 pack rootfs layout
	"$RUNLET" image unpack layout out
	[ "$(stat -c %Y out/new out/old | tr '\n' ' ')" = "1600000000 1500000000 " ]
	[ "$(skopeo inspect --config oci:layout:one | jq -r .created)" = 2020-09-13T12:26:40Z ]
	SOURCE_DATE_EPOCH=soon run pack --force rootfs layout
	[ "$status" = 1 ] && one_line
}
@test "the config: options, a base, what wins" {
	mkdir rootfs
	pack --entrypoint /bin/a --entrypoint b --cmd c -e A=1 -e B=2 --label x=y=z --workdir /w --user 1:2 --platform linux:arm:v7 rootfs layout
	[ "$(skopeo inspect --config oci:layout:one | jq -c '[.config, .os, .architecture, .variant]')" = \
		'[{"User":"1:2","Env":["A=1","B=2"],"Entrypoint":["/bin/a","b"],"Cmd":["c"],"WorkingDir":"/w","Labels":{"x":"y=z"}},"linux","arm","v7"]' ]
	skopeo inspect --config oci:layout:one >base
	"$RUNLET" image pack --ref two --config base --cmd d -e B=3 -e C=4 --label x=2 rootfs layout
	[ "$(skopeo inspect --config oci:layout:two | jq -c '[.config.Env, .config.Entrypoint, .config.Cmd, .config.Labels, .architecture]')" = \
		'[["A=1","B=3","C=4"],["/bin/a","b"],["d"],{"x":"2"},"arm"]' ]
	"$RUNLET" image validate layout
	[ "$("$RUNLET" image ls --format json layout | jq -c 'map(.reference)')" = '["one","two"]' ]
}
@test "an image of a busybox runs" {
	mkdir -p rootfs/bin; cp "$(command -v busybox)" rootfs/bin/
	pack --gzip --entrypoint /bin/busybox --cmd echo --cmd packed rootfs layout
	"$RUNLET" image bundle layout bundle
	[ "$("$RUNLET" --root "$STATE" run -b bundle "$ID" </dev/null)" = packed ]
	nothing_left
}
@test "a name that is there stays, unless --force; other images stay in any case" {
	mkdir rootfs; pack rootfs layout; "$RUNLET" image pack --ref two rootfs layout
	touch rootfs/more
	cp -a layout before
	run pack rootfs layout
	[ "$status" = 1 ] && one_line && [[ $output == *"reference one is there already"* ]]
	diff -r before layout
	pack --force rootfs layout
	[ "$(jq -c '[.manifests[].annotations[]]' layout/index.json)" = '["two","one"]' ]
	"$RUNLET" image validate layout
}
@test "60,000 names in a directory" {
	mkdir rootfs; (cd rootfs; seq 60000 | xargs touch -d @1600000000); touch -d @1600000000 rootfs
	pack rootfs layout
	"$RUNLET" image unpack layout out
	"$TOOLS/treecmp.py" rootfs out
}
@test "what cannot be packed: one line, and nothing half made" {
	mkdir rootfs; touch rootfs/.wh.x
	local before=$(ls -A) arguments
	for arguments in "rootfs layout" "missing layout" "--config missing rootfs layout" "-e x rootfs layout" "--platform x rootfs layout" "--gzip --plain rootfs layout"; do
		run pack $arguments
		[ "$status" = 1 ] && one_line && [ "$(ls -A)" = "$before" ] || { echo "$arguments: $output"; ls; return 1; }
	done
	mkdir other; touch other/file
	run pack rootfs other
	[ "$status" = 1 ] && one_line && [ "$(ls -A other)" = file ]
}
@test "sockets and what is mounted are left out, with a warning" {
	mkdir -p rootfs/m
	python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("rootfs/s")'
	unshare -m sh -ec 'mount -t tmpfs tmpfs rootfs/m; touch rootfs/m/x; "$0" image pack --ref one rootfs layout 2>warnings' "$RUNLET"
	[ "$(wc -l <warnings)" = 2 ]
	"$RUNLET" image unpack layout out
	[ "$(find out -mindepth 1)" = out/m ]
}
@test "killed or out of room while packing: the layout is as before, and the next run completes" {
	tree rootfs; mkdir rootfs2; pack rootfs2 layout
	head -c 20000000 /dev/urandom >rootfs/large
	local n pid
	for n in 1 2 3 4 5 6; do
		"$RUNLET" image pack --ref two --gzip rootfs layout >/dev/null & pid=$!
		sleep "0.0$((RANDOM % 9))"
		kill -9 "$pid" 2>/dev/null || :
		wait "$pid" 2>/dev/null || :
		"$RUNLET" image validate --ref one layout
		"$RUNLET" image pack --force --ref two --plain rootfs2 layout
		[ ! -e layout/pack.new ]
	done
	"$RUNLET" image validate layout
	unshare -m sh -ec 'mkdir small; mount -t tmpfs -o size=4m tmpfs small
		! "$0" image pack --ref one rootfs small/layout 2>errors
		[ "$(wc -l <errors)" = 1 ] && [ -z "$(ls -A small)" ]' "$RUNLET"
}
