# The store of unpacked layers: what it makes is what unpack makes, copied and mounted; sharing, removal; processes that die, disks that are full.
bats_require_minimum_version 1.5.0
load helpers

setup() {
	RUNLET=${RUNLET:-$(realpath "$BATS_TEST_DIRNAME/../../build/pc/runlet")}
	TOOLS=$(realpath "$BATS_TEST_DIRNAME/../tools")
	# in memory where there is room: thousands of syncs
	WORK=$(mktemp -d /dev/shm/runlet-store-test.XXXXXX 2>/dev/null || mktemp -d "${TMPDIR:-/tmp}/runlet-store-test.XXXXXX")
	STATE=$WORK/state ID=test-store-$BATS_TEST_NUMBER-$$
	cd "$WORK"
}
teardown() {
	cd /
	teardown_container
}

image_case() { "$TOOLS/image-case" "$@"; }
treecmp() { "$TOOLS/treecmp.py" "$@"; }

# as_unpacked [--ignore WHAT] CASE…: by way of a store, copied, and mounted by the command that it prints, the tree is the one that unpack makes
as_unpacked() {
	local ignore=() name
	[ "$1" != --ignore ] || { ignore=("$1" "$2"); shift 2; }
	for name; do
		rm -rf store   # of a file that several images' layers link to, the kernel shows the number of all these links
		image_case "$name" "$name"
		"$RUNLET" image unpack "$name" "$name.plain"
		"$RUNLET" image unpack --store store --ref "latest" "$name" "$name.copied"
		treecmp "${ignore[@]}" "$name.plain" "$name.copied" || { echo "case $name, copied"; return 1; }
		mounted "$name" "$name.plain" "${ignore[@]}" || { echo "case $name, mounted"; return 1; }
	done
}
mounted() {   # LAYOUT TREE [--ignore WHAT]
	local command=$("$RUNLET" image bundle --store store --overlay "$1" "$1.bundle")
	[[ $command == "runlet run mounts it; for another runtime: cd "* ]]
	command=${command#*: } command=${command//UPPER/$WORK/$1.upper}
	unshare -m sh -ec '
		mkdir "$1.upper"; mount -t tmpfs tmpfs "$1.upper"
		(eval "$2")
		touch -r "$3" "$1.upper/upper"; chmod --reference="$3" "$1.upper/upper"
		tools=$4 bundle=$1.bundle tree=$3; shift 4; "$tools/treecmp.py" "$@" "$tree" "$bundle/rootfs"' sh "$1" "$command" "$2" "$TOOLS" "${@:3}"
}
# runnable LAYOUT [WORD]: an image that says WORD
runnable() { "$TOOLS/../../tools/make-busybox-image" "$1" sh -c "echo ${2:-hello}"; }
layers_of() { find "$1/layers" -mindepth 1 -maxdepth 1 ! -name '*.new' | wc -l; }
run_bundle() { "$RUNLET" --root "$STATE" run -b "$1" "$ID" </dev/null; }

@test "whiteouts, opaque directories, links to lower layers: as unpack makes them" {
	as_unpacked --ignore .,var,var/lib,usr/bin whiteouts whiteouts-in-any-order
	as_unpacked opaque upper-links many-layers empty-layer types symlinked-blob
}
@test "implied directories take what is below them, symlinks lead where they lead" {
	as_unpacked --ignore .,made,made/up,made/up/path implied
}
@test "xattrs, capabilities, sparse files, long names, times" {
	as_unpacked xattrs sparse
	local long=dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd
	as_unpacked --ignore ".,$long,$long/$long,$long/$long/$long,$(printf 'x%.0s' $(seq 150))" long-names
	as_unpacked --ignore .,many directory-times
	[ "$(getcap xattrs.copied/ping)" = "xattrs.copied/ping cap_net_raw=ep" ]
	[ "$(stat -c %b sparse.copied/hole)" = 0 ]
}
@test "what overlay would take for its own does not come from a layer" {
	layer() { PYTHONPATH=$TOOLS python3 -c "from layers import *
l = Layout('$1'); l.image([Layer().dir('d').file('d/below').file('f', 'x'), Layer()$2]); l.finish()"; }
	layer opaque '.add("p", "5", b"", {"path": "d", "SCHILY.xattr.user.overlay.opaque": "y", "SCHILY.xattr.trusted.overlay.opaque": "y"}, mode=0o755)'
	"$RUNLET" image unpack --store store opaque out
	[ -e out/d/below ]
	[ -z "$(getfattr -dm overlay store/layers/*/d)" ]
	layer device '.add("f", "3")'
	run -1 "$RUNLET" image copy device store:store
	[[ $output == *': layers[1]: "f": character device 0:0: in a store, overlay takes it for a whiteout' ]]
	"$RUNLET" image unpack device out2
	[ -c out2/f ]
}
@test "hard links through a symlink of their own layer to a file below" {
	PYTHONPATH=$TOOLS python3 -c "from layers import *
l = Layout('links'); l.image([Layer().dir('b').file('b/x', 'content'), Layer().symlink('a', 'b').link('c', 'a/x')]); l.finish()"
	"$RUNLET" image unpack links plain
	[ plain/c -ef plain/b/x ]
	"$RUNLET" image unpack --store store links stored
	treecmp --ignore . plain stored
}
@test "a bundle of the store's layers runs, and leaves nothing" {
	runnable image
	"$RUNLET" image bundle --store store --overlay image bundle
	[ -z "$(ls -A bundle/rootfs)" ]
	edit "$WORK/bundle" '.process.args = ["/bin/busybox", "sh", "-c", "echo $(cat /written 2>/dev/null) >>/written; echo in >>/written; cat /written"]'
	[ "$(run_bundle bundle | tail -n 1)" = in ]
	[ "$(run_bundle bundle | grep -c in)" = 1 ]   # a tmpfs: gone
	[ -z "$(ls -A bundle/rootfs)" ] && [ -z "$(find store/layers -name written)" ]
	nothing_left
	run --separate-stderr "$RUNLET" --root "$STATE" run --dry-run -b bundle "$ID"
	[[ $output == *overlay* ]]
}
@test "--upper keeps what is written" {
	runnable image
	mkdir kept
	run -0 "$RUNLET" image bundle --store store --overlay --upper kept image bundle
	[[ $output == *" mkdir -p $WORK/kept/upper $WORK/kept/work && "*",upperdir=$WORK/kept/upper,workdir=$WORK/kept/work $WORK/bundle/rootfs" ]]
	edit "$WORK/bundle" '.process.args = ["/bin/busybox", "sh", "-c", "echo x >>/written; cat /written"]'
	run_bundle bundle
	[ "$(run_bundle bundle | wc -l)" = 2 ]
	[ "$(wc -l <kept/upper/written)" = 2 ]
	nothing_left
}
@test "without SRC a bundle is made of what the store has, also without --overlay" {
	runnable image one
	"$RUNLET" image bundle --store store --ref latest image first
	rm -rf image
	[[ "$("$RUNLET" image ls --store store)" == *latest* ]]
	"$RUNLET" image bundle --store store --ref latest second
	[ "$(run_bundle second)" = one ]
	treecmp first/rootfs second/rootfs
	run "$RUNLET" image bundle --store store --ref other third
	[ "$status" = 1 ] && one_line && [ ! -e third ]
	run "$RUNLET" image bundle --ref latest third
	[ "$status" = 1 ] && one_line
}
@test "a kernel without overlay: one line says so, and the layers are copied" {
	runnable image
	grep -v overlay /proc/filesystems >without   # and without fsopen(2), 430 on every CPU, by which it would be asked first
	run --separate-stderr unshare -m sh -c 'mount --bind without /proc/filesystems; exec "$@"' sh python3 "$BATS_TEST_DIRNAME/enosys.py" 430 -- "$RUNLET" image bundle --progress none --store store --overlay image bundle
	[ "$status" = 0 ] && [ -z "$output" ]
	[ "${#stderr_lines[@]}" = 1 ] && [[ $stderr == *"no overlay filesystem here (CONFIG_OVERLAY_FS): the layers are copied"* ]] || { echo "$stderr"; return 1; }
	[ ! -e bundle/runlet-overlay ] && [ -e bundle/rootfs/bin/busybox ]
	[ "$(run_bundle bundle)" = hello ]
	"$RUNLET" image unpack image plain
	treecmp plain bundle/rootfs
	# nothing of the store is held by a copy
	"$RUNLET" image rm --store store latest
	"$RUNLET" image gc --store store
	[ "$(layers_of store)" = 0 ]
	[ "$(run_bundle bundle)" = hello ]
}
# closed NAME: an image with directories and files that their owner cannot look into, some of them implied in its second layer
closed() {
	PYTHONPATH=$TOOLS python3 -c "from layers import *
x = lambda l, name, mode, uid: l.add('p', '0', b'content', {'path': name, 'SCHILY.xattr.user.key': 'value'}, mode=mode, uid=uid)
one = Layer().dir('d').file('d/below').file('gone').dir('ro', mode=0o555).file('ro/y', mode=0o400, uid=7).dir('no', mode=0).dir('no/w', mode=0o700)
x(x(one, 'x', 0, 5), 'r', 0o444, 0).link('x2', 'x')
two = Layer().file('.wh.gone').file('d/.wh..wh..opq').file('d/new').file('ro/more').file('no/w/k').link('l', 'ro/y').file('suid', mode=0o4755, uid=3, gid=4)
l = Layout('$1'); l.image([one, two]); l.finish()"
}
@test "--uid-map, --gid-map: what is copied from a store has the owners, its layers keep their own" {
	closed i
	local maps=(--uid-map 0:100000:10 --gid-map 0:200000:10)
	"$RUNLET" image unpack "${maps[@]}" i plain
	"$RUNLET" image unpack "${maps[@]}" --store store i one
	"$RUNLET" image unpack "${maps[@]}" --store store two
	"$RUNLET" image bundle "${maps[@]}" --store store three
	treecmp --ignore . plain one
	treecmp --ignore . plain two
	treecmp --ignore . plain three/rootfs
	[ "$(stat -c '%u %g %a' two/suid two/x | paste -s)" = "100003 200004 4755	100005 200000 0" ]
	[ "$(find store -uid +9999 | wc -l)" = 0 ]
	run -1 "$RUNLET" image unpack --uid-map 0:100000:5 --gid-map 0:200000:10 --store store four
	[[ $output == *': its owner '*' is in no range of --uid-map' ]]
	[ ! -e four ]
	run -1 "$RUNLET" image bundle "${maps[@]}" --overlay --store store five
	[ "$output" = "runlet: --overlay: the layers are mounted with the owners they have: no --uid-map" ]
}
@test "a store of an ordinary user's own: copied, mounted in a namespace of his, removed" {
	closed i
	mkdir home; chown 1000:1000 home; chmod 755 .
	cp "$RUNLET" runlet
	as_user() { (cd home; setpriv --reuid 1000 --regid 1000 --clear-groups "$@"); }
	as_user ../runlet image unpack ../i plain
	as_user ../runlet image copy ../i store:store
	as_user ../runlet image unpack --store store copied
	[ "$(stat -c '%a' home/plain/no home/plain/ro home/copied/no home/copied/ro home/copied/x | paste -sd,)" = 0,555,700,755,0 ]
	# of the store's directories their owner can look into all
	chmod 700 home/plain/no; chmod 755 home/plain/ro
	treecmp --ignore . home/plain home/copied
	[ "$(getfattr --only-values -n user.key home/copied/r)" = value ]
	as_user ../runlet image bundle --store store --overlay bundle
	# shellcheck disable=SC2016
	as_user unshare -Urm sh -ec 'mkdir up; mount -t tmpfs up up; mkdir up/upper up/work
		layers=$(sed -n "s/^layer=//p" bundle/runlet-overlay | tac | paste -sd:)
		cd store/layers; mount -t overlay overlay -o "userxattr,lowerdir=$layers,upperdir=../../up/upper,workdir=../../up/work" ../../bundle/rootfs
		cd ../../bundle/rootfs; find . | sort' >names
	(cd home/plain; find . | sort) | diff - names
	rm -r home/bundle
	as_user ../runlet image rm --store store latest
	as_user ../runlet image gc --store store
	[ "$(layers_of home/store)" = 0 ]
}
@test "images share layers; rm and gc take away what nobody needs" {
	image_case many-layers a
	cp -a a b
	"$RUNLET" image unpack --store store a a.out
	local layers=$(layers_of store)
	"$RUNLET" image unpack --store store b b.out
	[ "$(layers_of store)" = "$layers" ]
	runnable c
	"$RUNLET" image unpack --store store c c.out    # takes the name over
	[ "$(layers_of store)" -gt "$layers" ]
	[ "$("$RUNLET" image gc --store store)" = "removed: $layers layers, 2 documents, records of 0 bundles that are gone" ]
	rm -rf c.out
	"$RUNLET" image unpack --store store c.out
	"$RUNLET" image rm --store store latest
	run "$RUNLET" image rm --store store latest
	[ "$status" = 1 ] && one_line && [[ $output == *"no image with reference or digest latest"* ]]
	"$RUNLET" image gc --store store
	[ "$(layers_of store)" = 0 ] && [ -z "$(find store/blobs -type f)" ]
}
@test "gc keeps the layers of bundles until these are removed" {
	runnable image
	"$RUNLET" image bundle --store store --overlay image bundle
	"$RUNLET" image rm --store store latest
	[[ "$("$RUNLET" image gc --store store)" == "removed: 0 layers, 0 documents"* ]]
	[ "$(run_bundle bundle)" = hello ]
	rm -rf bundle
	[[ "$("$RUNLET" image gc --store store)" == "removed: "[1-9]*" layers, 2 documents, records of 1 "* ]]
	[ "$(layers_of store)" = 0 ]
}
@test "gc removes nothing when it cannot read what refers to layers" {
	runnable image
	"$RUNLET" image unpack --store store image out
	: >"$(find store/blobs -type f | head -n 1)"
	run "$RUNLET" image gc --store store
	[ "$status" = 1 ] && one_line
	[ "$(layers_of store)" -gt 0 ]
}
@test "a label or an annotation cannot choose what is mounted" {
	runnable image
	umoci config --image image:latest --config.label org.runlet.overlay.store=/ --config.label runlet-overlay=/
	"$RUNLET" image bundle image bundle
	[ ! -e bundle/runlet-overlay ]
	[ "$(run_bundle bundle)" = hello ]
}
@test "an overlay file that is not ours: one line, nothing left" {
	runnable image
	"$RUNLET" image bundle --store store --overlay image bundle
	cp bundle/runlet-overlay good
	local line
	for line in "layer=../../.." "layer=nothing" "what" "store=/nowhere" "layer="; do
		cp good bundle/runlet-overlay
		echo "$line" >>bundle/runlet-overlay
		run run_bundle bundle
		[ "$status" = 1 ] && one_line || { echo "$line: $output"; return 1; }
		nothing_left
	done
}
@test "a layer that is not what its digest says never gets into a store" {
	image_case many-layers image
	local blob=$(find image/blobs -type f -size +1c -printf '%s %p\n' | sort -n | tail -n 1 | cut -d' ' -f2)
	printf x | dd of="$blob" bs=1 seek=600 conv=notrunc status=none
	run "$RUNLET" image unpack --store store image out
	[ "$status" = 1 ] && one_line && [[ $output == *"mismatch"* ]]
	[ ! -e out ] && [ -z "$(find store/layers -name '*.new')" ]
	[ "$(jq '.manifests | length' store/index.json)" = 0 ]
}
@test "several processes at once, on one store" {
	image_case many-layers a
	runnable b
	local n pids=()
	for n in 1 2 3 4; do
		"$RUNLET" image unpack --store store a "a$n" & pids+=($!)
		"$RUNLET" image unpack --store store b "b$n" & pids+=($!)
		"$RUNLET" image gc --store store >/dev/null 2>&1 & pids+=($!)
	done
	local failed=0
	for n in 0 1 3 4 6 7 9 10; do wait "${pids[$n]}" || failed=1; done
	for n in 2 5 8 11; do wait "${pids[$n]}" || :; done   # before the store is there, it is an error
	[ "$failed" = 0 ]
	for n in 2 3 4; do treecmp a1 "a$n"; treecmp b1 "b$n"; done
	[ -z "$(find store/layers -name '*.new')" ]
}

# whole LAYOUT TREE: what is in the store is right: each layer that is there is complete, and the next run completes the rest
whole() {
	rm -rf again
	"$RUNLET" image unpack --progress none --store store "$1" again && treecmp --ignore .,many,var,var/lib,usr/bin "$2" again || return 1
	[ -z "$(find store -name '*.new')" ] || { find store -name '*.new'; return 1; }
}
@test "killed at any moment, the store is right and the next run completes" {
	image_case directory-times a; image_case many-layers b
	"$RUNLET" image unpack a a.plain; "$RUNLET" image unpack b b.plain
	local n pid name
	for n in $(seq "${KILLS:-12}"); do
		name=a; [ $((n % 2)) = 0 ] || name=b
		[ $((n % 3)) != 0 ] || rm -rf store
		"$RUNLET" image unpack --store store "$name" out 2>/dev/null & pid=$!
		sleep "0.0$(printf %03d $((RANDOM % 80)))"
		kill -9 "$pid" 2>/dev/null || :
		wait "$pid" 2>/dev/null || :
		rm -rf out .out.runlet
		whole "$name" "$name.plain" || { echo "kill $n"; return 1; }
	done
}
@test "a full disk: one line, nothing half made, and the next run completes" {
	image_case directory-times a; image_case many-layers b
	"$RUNLET" image unpack a a.plain; "$RUNLET" image unpack b b.plain
	unshare -m bash -ec '
		mkdir small; mount -t tmpfs -o size=16m tmpfs small
		for name in a b; do
			for inodes in 5 6 8 10 12 14 17 20 25 30 40 60 100 150; do
				mount -o remount,nr_inodes=0 small 2>/dev/null || :
				rm -rf small/*
				umount small; mount -t tmpfs -o nr_inodes=$inodes tmpfs small
				if "$0" image unpack --store small/store $name out 2>errors; then rm -rf out; continue; fi
				[ "$(wc -l <errors)" = 1 ] && [ ! -e out ] || { echo "$inodes: $(cat errors)"; exit 1; }
				mount -o remount,nr_inodes=100000 small
				"$0" image unpack --store small/store $name out
				"$1/treecmp.py" --ignore .,many $name.plain out
				[ -z "$(find small/store -name "*.new")" ]
				rm -rf out
			done
		done' "$RUNLET" "$TOOLS"
}
# each use of a system call fails in turn, in any of the processes (STEP=1: each; otherwise one of some)
@test "an error at each write, rename, sync and mkdir: the store is right, and the next run completes" {
	command -v strace >/dev/null || skip "no strace"
	image_case "${ERRORS_IN:-whiteouts}" b
	"$RUNLET" image unpack b b.plain
	local call n tried=0 step=${STEP:-7}
	for call in write:EIO fsync:EIO syncfs:EIO renameat:EIO,renameat2:EIO mkdirat:ENOSPC mknodat:ENOSPC openat:EMFILE openat2:EMFILE ftruncate:ENOSPC linkat:EIO symlinkat:ENOSPC fchown:EIO unlinkat:EIO; do
		for ((n = 1; ; n += step)); do
			rm -rf store out .out.runlet
			run --separate-stderr strace -f -o calls $(inject "$call" "$n") "$RUNLET" image unpack --progress none --store store b out
			grep -q INJECTED calls || break
			rm -rf out
			[ "$status" -le 1 ] || { echo "$call $n: status $status $stderr"; return 1; }
			[ "$status" = 0 ] || { [ "${#stderr_lines[@]}" = 1 ] && tried=$((tried + 1)); } || { echo "$call $n: $stderr"; return 1; }
			whole b b.plain || { echo "$call $n: $stderr"; return 1; }
		done
		[ "$n" -gt 1 ] || [ "$call" = linkat:EIO ] || { echo "$call is never used"; return 1; }
	done
	[ "$tried" -gt 10 ]
}
inject() {   # NAME:ERROR[,NAME:ERROR] N
	local each
	for each in ${1//,/ }; do echo "-e inject=${each%:*}:error=${each#*:}:when=$2"; done
}
