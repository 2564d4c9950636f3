# Images: the odd and the hostile ones of test/tools/image-case, against what umoci and GNU tar make of the same layers.
bats_require_minimum_version 1.5.0

setup() {
	RUNLET=${RUNLET:-$(realpath "$BATS_TEST_DIRNAME/../../build/pc/runlet")}
	TOOLS=$(realpath "$BATS_TEST_DIRNAME/../tools")
	WORK=$(mktemp -d "${TMPDIR:-/tmp}/runlet-image-test.XXXXXX")
	cd "$WORK"
}
teardown() {
	cd /
	rm -rf --one-file-system "$WORK"
}

image_case() { "$TOOLS/image-case" "$@"; }
treecmp() { "$TOOLS/treecmp.py" "$@"; }

# same_as_umoci [--ignore WHAT] CASE…: unpacks each with both and compares
same_as_umoci() {
	local ignore=() name
	[ "$1" != --ignore ] || { ignore=("$1" "$2"); shift 2; }
	for name; do
		image_case "$name" "$name"
		umoci --log error raw unpack --image "$name:latest" "$name.umoci" >/dev/null
		$BEFORE "$RUNLET" image unpack "$name" "$name.runlet"
		treecmp "${ignore[@]}" "$name.umoci" "$name.runlet" || { echo "case $name"; return 1; }
	done
}

# same_as_tar: for what umoci does not know; the case has one layer
same_as_tar() {   # [--ignore WHAT] CASE…
	local ignore=() name layer
	[ "$1" != --ignore ] || { ignore=("$1" "$2"); shift 2; }
	for name; do
		image_case "$name" "$name"
		"$RUNLET" image unpack "$name" "$name.runlet"
		mkdir "$name.tar"
		for layer in "$name"/blobs/*/*; do
			tar --xattrs --xattrs-include='*' --numeric-owner --delay-directory-restore -xpf "$layer" -C "$name.tar" 2>/dev/null && break
		done
		[ -e "$name.tar/etc/passwd" ]
		treecmp "${ignore[@]}" "$name.tar" "$name.runlet" || { echo "case $name"; return 1; }
	done
}

# refused CASE…: one line that says why, exit 1, and nothing left
refused() {
	local name message
	for name; do
		message=$(image_case "$name" "$name")
		[ -n "$message" ]
		run $BEFORE timeout 60 "$RUNLET" image unpack --progress none "$name" out
		[ "$status" = 1 ] && [ "${#lines[@]}" = 1 ] && [[ $output == "runlet: $name: "*"$message"* ]] ||
			{ echo "case $name: status $status, wanted: $message"; echo "$output"; return 1; }
		[ "$(ls -A | grep -v '^bad-')" = "" ] || { echo "case $name left: $(ls -A)"; return 1; }
		rm -rf "$name" "$name.outside"
	done
}
# the largest file of all is no error on a filesystem that can hold it (tmpfs)
bad_cases() { image_case --list | grep '^bad-' | grep -E "$1" | if truncate -s 9223372036854775807 huge 2>/dev/null; then grep -v file-too-large; else cat; fi; rm -f huge; }

@test "types, owners, modes, times, devices, hard links: as umoci" {
	same_as_umoci types replaced symlinked-blob no-end-blocks trailing-bytes two-gzip-members plain large
}
@test "xattrs and file capabilities: as umoci" {
	same_as_umoci xattrs
	[ "$(getcap xattrs.runlet/ping)" = "xattrs.runlet/ping cap_net_raw=ep" ]
}
@test "names that would leave the root stay in it: as umoci" {
	same_as_umoci --ignore .,c,c/d names-in-root
	[ ! -e outside ] && [ ! -e ../outside ]
}
@test "long names of every format: as umoci" {
	local long=dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd
	same_as_umoci --ignore ".,$long,$long/$long,$long/$long/$long,$(printf 'x%.0s' $(seq 150))" long-names
}
@test "whiteouts: as umoci" {
	same_as_umoci --ignore .,var,var/lib,usr/bin whiteouts whiteouts-in-any-order
}
@test "opaque directories, links to layers below, many layers: as umoci" {
	same_as_umoci opaque upper-links many-layers empty-layer
}
@test "directories that are only implied follow what is below: as umoci" {
	same_as_umoci --ignore .,made,made/up,made/up/path implied
	[ ! -L implied.runlet/bin ]
	[ -e implied.runlet/usr/bin/b ] && [ -e implied.runlet/run/pid ]
}
@test "directory times, beyond what the spill's buffer holds: as umoci" {
	same_as_umoci --ignore .,many directory-times
}
@test "directories of layers below keep their times when something is put into them" {
	image_case implied i
	"$RUNLET" image unpack i out
	[ "$(stat -c %Y out/usr/bin)" = 1500000005 ]
	[ "$(stat -c %Y out/run)" = 1500000009 ]
}
@test "global PAX headers, large owners, odd times: as GNU tar" {
	same_as_tar --ignore söme pax-values
}
@test "sparse files of all four forms: as GNU tar, and sparse" {
	same_as_tar sparse
	[ "$(stat -c %b sparse.runlet/hole)" = 0 ]
	[ "$(stat -c %s sparse.runlet/hole)" = 5000000 ]
	[ "$(stat -c %b sparse.runlet/old)" -lt 100 ]
}
@test "zstd, sha384, sha512, Docker's media types, padded gzip" {
	for name in zstd sha384 sha512 docker-types gzip-zero-padded; do
		image_case "$name" "$name"
		"$RUNLET" image unpack "$name" "$name.runlet"
		[ "$(cat "$name.runlet/usr/bin/a" | wc -c)" = 1000 ]
	done
}
@test "AUFS's own files are left out, no layers make an empty root" {
	image_case aufs-leftovers a
	"$RUNLET" image unpack a a.out
	[ -z "$(find a.out -name '.wh*')" ]
	image_case no-layers n
	"$RUNLET" image unpack n n.out
	[ "$(ls -A n.out | wc -l)" = 0 ]
}
@test "an artifact is valid, and is not unpacked" {
	image_case artifact a
	"$RUNLET" image validate a
	run -1 "$RUNLET" image unpack a out
	[[ $output == *"an artifact, not an image"* ]]
}

@test "blobs that are not what their descriptors say are refused" {
	refused $(bad_cases '^bad-(truncated-blob|longer|flipped|other|large|missing|diff|descriptor|negative|digest|blake3|config-digest|manifest-digest)')
}
@test "what is not compressed as it says, bombs and unknown media types are refused" {
	refused $(bad_cases '^bad-(media|not|gzip|zstd)')
}
@test "layouts that are none are refused" {
	refused $(bad_cases '^bad-(no-|fifo|directory|blob|layout|index|manifest-large|nested|many)')
}
@test "hostile names, links and whiteouts are refused" {
	refused $(bad_cases '^bad-(hard|symlink|empty|root|parent|whiteout|name|path|deep|second|file)')
}
@test "broken archives are refused" {
	refused $(bad_cases '^bad-(checksum|octal|entry|huge|last|pax|xattr|unknown|device|lone|sparse|truncated-(archive|header))')
}
@test "every case that must be refused is in one of these tests" {
	local all named
	all=$(bad_cases . | wc -l)
	named=$(grep -o "bad_cases '[^']*'" "$BATS_TEST_FILENAME" | sed "s/bad_cases '//; s/'$//" | while read -r pattern; do bad_cases "$pattern"; done | sort -u | wc -l)
	[ "$all" = "$named" ]
}

@test "on one CPU, by one process: the same" {
	BEFORE="taskset -c $(taskset -cp $$ | sed 's/.*: //; s/[-,].*//')"
	same_as_umoci types large upper-links
	rm -rf ./*
	refused bad-large-flipped bad-diff-id-large bad-gzip-bomb bad-second-layer
}
@test "on a kernel without openat2, clone3 and statx: the same" {
	gcc -o old-kernel "$TOOLS/old-kernel.c"
	BEFORE=$PWD/old-kernel
	same_as_umoci types replaced upper-links large
	mv old-kernel bad-old-kernel
	BEFORE=$PWD/bad-old-kernel
	rm -rf [!b]*
	refused bad-hard-link-out bad-hard-link-through-symlink bad-symlink-loop bad-second-loop bad-blob-outside
}
@test "as an ordinary user: the same but for owners and devices, with a warning" {
	chmod 755 .
	mkdir mine; chown nobody mine
	cp "$RUNLET" runlet   # what stands in /root can't be reached by others
	for name in types whiteouts upper-links replaced; do
		image_case "$name" "$name"
		"$RUNLET" image unpack "$name" "$name.root"
		setpriv --reuid=nobody --regid=nogroup --clear-groups env XDG_RUNTIME_DIR="$WORK" ./runlet image unpack "$name" "mine/$name" 2>"$name.said"
		treecmp --ignore owner,xattr,var/lib "$name.root" "mine/$name" >"$name.differs" || [ "$name" = types ]
	done
	[ "$(grep -c . types.differs)" = 3 ]
	grep -q '^char: only in' types.differs
	grep -q '^block: only in' types.differs
	[ "$(wc -l <types.said)" = 2 ]
	getfattr --only-values -n user.rootlesscontainers mine/types/file | od -An -tx1 | grep -q '08 0c 10 22'
}
