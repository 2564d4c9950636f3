# Layers that real programs wrote: GNU tar, bsdtar, Python's tarfile, in every format they have; owners mapped; progress.
bats_require_minimum_version 1.5.0

setup() {
	RUNLET=${RUNLET:-$(realpath "$BATS_TEST_DIRNAME/../../build/pc/runlet")}
	TOOLS=$(realpath "$BATS_TEST_DIRNAME/../tools")
	WORK=$(mktemp -d "${TMPDIR:-/tmp}/runlet-tars-test.XXXXXX")
	cd "$WORK"
}
teardown() {
	cd /
	rm -rf --one-file-system "$WORK"
}
treecmp() { "$TOOLS/treecmp.py" "$@"; }

# a tree that every format can hold; with "long" also names, owners and sizes that need extensions
tree() {
	local deep name i
	mkdir -p t/usr/bin t/etc t/var/empty t/opt
	head -c 300000 /dev/urandom >t/usr/bin/big
	echo content >t/etc/file
	chmod 4755 t/usr/bin/big
	ln t/etc/file t/etc/hard; ln t/usr/bin/big t/opt/big
	ln -s /etc/file t/absolute; ln -s ../nowhere t/etc/dangling
	mkfifo t/opt/fifo; mknod t/opt/null c 1 3; mknod t/opt/loop b 7 9
	: >t/etc/none; chmod 000 t/etc/none
	chown 1234:5678 t/etc/file; chown -h 7:8 t/absolute; chown 42:43 t/var; chmod 2770 t/var
	if [ "$1" = long ]; then
		deep=t/$(printf 'd%.0s' $(seq 120))/$(printf 'e%.0s' $(seq 150))
		mkdir -p "$deep"
		name=$(printf 'n%.0s' $(seq 200))
		echo long >"$deep/$name"; ln "$deep/$name" "t/opt/$(printf 'h%.0s' $(seq 180))"
		ln -s "$(printf 'target/%.0s' $(seq 40))" t/opt/longlink
		chown 3000000000:2999999999 t/etc/file
		echo x >t/opt/größe; printf x >$'t/opt/tab\tnew\nline'
		for i in 1 2 3; do echo $i >"$deep/$i"; done
	fi
	find t -exec touch -h -d '2020-02-02 02:02:02' {} +
	touch -d '2001-01-01 01:01:01' t/etc t/opt/fifo
}
# same NAME [IGNORE]: NAME.tar, .tar.gz or .tar.zst as an image gives the tree t back
same() {
	local file
	file=$(echo "$1".tar*)
	rm -rf image out
	"$TOOLS/image-of" image "$file"
	"$RUNLET" image unpack --progress none image out
	treecmp ${2:+--ignore "$2"} t out || { echo "$1"; return 1; }
	[ "$("$RUNLET" image validate image)" = "image: OK" ]
}

@test "GNU tar: v7, ustar, oldgnu, gnu, posix" {
	tree short
	local f
	for f in ustar oldgnu gnu posix; do
		tar --format=$f --numeric-owner -cf $f.tar -C t .
		same $f
	done
	rm t/opt/fifo t/opt/null t/opt/loop   # v7 has none of these
	touch -d '2020-02-02 02:02:02' t/opt
	tar --format=v7 --numeric-owner -cf v7.tar -C t .
	same v7
}
@test "GNU tar: long names, large owners, odd names; gnu and posix; with absolute names and without ./" {
	tree long
	local f
	for f in gnu posix; do
		tar --format=$f --numeric-owner -czf $f.tar.gz -C t .
		same $f
	done
	(cd t && tar --format=posix --numeric-owner -cf ../names.tar -- *)
	same names .
	tar --format=gnu --numeric-owner -P --transform 's,^t,,S;s,^$,/,S' -cf absolute.tar t
	same absolute
	tar --format=posix --numeric-owner --pax-option=globexthdr.name=g,comment=hello,exthdr.name=%d/%f -cf global.tar -C t .
	same global
}
@test "GNU tar: sparse files of every form stay sparse" {
	mkdir t
	truncate -s 20M t/hole
	printf a | dd of=t/ends conv=notrunc bs=1 seek=9999999 status=none
	cp t/ends t/begins; printf b | dd of=t/begins conv=notrunc status=none
	for i in $(seq 0 60); do printf "$i" | dd of=t/many conv=notrunc bs=1 seek=$((i * 300000)) status=none; done
	echo dense >t/dense
	find t -exec touch -d '2020-02-02' {} +
	local f
	for f in oldgnu gnu "posix --sparse-version=0.0" "posix --sparse-version=0.1" "posix --sparse-version=1.0"; do
		tar -S --format=$f --numeric-owner -cf sparse.tar -C t .
		[ "$(stat -c %s sparse.tar)" -lt 2000000 ]
		same sparse
		[ "$(du -sk out | cut -f1)" -lt 2000 ]
	done
}
@test "GNU tar: xattrs and file capabilities" {
	tree short
	setcap cap_net_raw+ep t/usr/bin/big
	setfattr -n user.one -v two t/etc/file
	setfattr -n user.dir -v yes t/etc
	tar --format=posix --xattrs --xattrs-include='*' --numeric-owner -cf x.tar -C t .
	same x
	[ "$(getcap out/usr/bin/big)" = "out/usr/bin/big cap_net_raw=ep" ]
}
@test "bsdtar: ustar, pax, gnutar, v7; gzip of several members, zstd" {
	tree long
	bsdtar --format=pax -cf pax.tar -C t . 
	same pax
	bsdtar --format=gnutar -cf gnutar.tar -C t .
	same gnutar
	bsdtar --format=pax --zstd -cf pax2.tar.zst -C t .
	same pax2
	rm -rf t
	tree short
	bsdtar --format=ustar -cf ustar.tar -C t .
	same ustar
	# gzip of several members, with padding; zstd of several frames, with a skippable one and a window of 8 MB; a larger one is refused
	{ head -c 100000 ustar.tar | gzip; tail -c +100001 ustar.tar | gzip -9; head -c 1000 /dev/zero; } >members.tar.gz
	same members
	{ head -c 100000 ustar.tar | zstd -q --no-check; printf '\x5a\x2a\x4d\x18\x05\0\0\0abcde'; tail -c +100001 ustar.tar | zstd -q -19; } >frames.tar.zst
	same frames
	head -c 40000000 /dev/zero | zstd -q --long=27 >w.tar.zst
	"$TOOLS/image-of" w2 w.tar.zst
	run -1 "$RUNLET" image unpack w2 o2
	[[ $output == *"zstd: the frame's window: more than 33554432 (LIMIT_ZSTD_WINDOW_BYTES in base/limits.h)" ]]
}
@test "Python's tarfile: ustar, gnu, pax" {
	tree short
	python3 - <<'PY'
import tarfile
for name, form in ("ustar", tarfile.USTAR_FORMAT), ("gnu", tarfile.GNU_FORMAT), ("pax", tarfile.PAX_FORMAT):
    with tarfile.open(f"py-{name}.tar", "w", format=form) as t:
        t.add("t", "")
PY
	for f in ustar gnu pax; do same py-$f; done
	rm -rf t; tree long
	python3 -c '
import tarfile
for name, form in ("gnu", tarfile.GNU_FORMAT), ("pax", tarfile.PAX_FORMAT):
    with tarfile.open(f"long-{name}.tar", "w", format=form) as t:
        t.add("t", ".")'
	same long-gnu; same long-pax
}

@test "--uid-map, --gid-map: owners on the host, also of directories that are only implied" {
	"$TOOLS/image-case" implied i
	"$TOOLS/image-case" types y
	for name in i y; do
		"$RUNLET" image unpack $name $name.plain
		"$RUNLET" image unpack --uid-map 0:100000:1000 --uid-map 1000:5000:10 --gid-map 0:200000:2000 $name $name.mapped
		(cd $name.plain && find . -printf '%U %G %p\n' | awk '{ $1 += $1 < 1000 ? 100000 : 4000; $2 += 200000; print }' | sort) >want
		(cd $name.mapped && find . -printf '%U %G %p\n' | sort) >have
		diff want have
		treecmp --ignore owner,.,made,made/up,made/up/path $name.plain $name.mapped
	done
	[ "$(stat -c %u i.mapped/made/up/path)" = 100000 ]
	run -1 "$RUNLET" image unpack --uid-map 0:100000:5 --gid-map 0:200000:2000 y out
	[[ $output == *'layers[0]: "file": its owner 12 is in no range of --uid-map' ]]
	run -1 "$RUNLET" image unpack --uid-map 0:100000:5 y out
	[[ $output == *'--uid-map and --gid-map belong together' ]]
	for bad in 0:1 0:1:0 0:1:2:3 a:1:2 0:4294967295:2 -1:0:1 '' 0:1:5000000000; do
		run -1 "$RUNLET" image unpack --uid-map "$bad" --gid-map 0:0:1 y out
		[[ ${#lines[@]} = 1 && $output == *"--uid-map $bad: "* ]]
	done
	run -1 "$RUNLET" image unpack --uid-map 0:1:10 --uid-map 9:100:1 --gid-map 0:0:1 y out
	[[ $output == *"--uid-map 9:100:1: overlaps one before" ]]
	[ ! -e out ]
	"$RUNLET" image bundle --uid-map 0:100000:65536 --gid-map 0:200000:65536 y b
	[ "$(jq -c '[.linux.uidMappings, .linux.gidMappings, (.linux.namespaces | map(.type) | index("user") != null)]' b/config.json)" = \
		'[[{"containerID":0,"hostID":100000,"size":65536}],[{"containerID":0,"hostID":200000,"size":65536}],true]' ]
	[ "$(stat -c %u:%g b/rootfs b/rootfs/file | tr '\n' ' ')" = "100000:200000 100012:200034 " ]
}
@test "progress: lines, JSON, a bar on a terminal, nothing for the older names" {
	"$TOOLS/image-case" many-layers m
	"$RUNLET" image unpack m o1 >said
	[ "$(wc -l <said)" = 31 ]
	[[ $(head -n 1 said) =~ ^layer\ 1\ of\ 31:\ sha256:[0-9a-f]{12}…:\ [0-9]+\ bytes$ ]]
	"$RUNLET" image unpack --progress json m o2 >said
	[ "$(jq -s '[.[] | select(.done)] | length' said)" = 31 ]
	[ "$(jq -r 'select(.done) | .digest' said)" = "$(jq -r '.layers[].digest' "m/blobs/$(jq -r '.manifests[0].digest' m/index.json | tr : /)")" ]
	[ -z "$("$RUNLET" image unpack --progress none m o3)" ]
	ln -s "$RUNLET" oci-unpack
	[ -z "$(./oci-unpack m o4)" ]
	script -qec "'$RUNLET' image unpack m o5" /dev/null </dev/null >said
	grep -q $'\r\\[#* *\\] 0/0 MB, layer 1 of 31\33\\[K' said
	[ "$(tail -c 4 said)" = $'\r\33[K' ]
	run -1 "$RUNLET" image unpack --progress often m o6
	[[ $output == *"--progress often: expected auto, bar, plain, json or none" ]]
}
