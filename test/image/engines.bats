# make check-image: images that other programs made, in every form they have: valid, and unpacked entry by entry as the tree they were made from, as umoci and as
# GNU tar unpack them. No daemon: buildah and podman with storage of their own and the vfs driver.
bats_require_minimum_version 1.5.0

setup_file() {
	export RUNLET=${RUNLET:-$(realpath "$BATS_TEST_DIRNAME/../../build/pc/runlet")}
	export TOOLS=$(realpath "$BATS_TEST_DIRNAME/../tools")
	export SHARED=$(mktemp -d "${TMPDIR:-/tmp}/runlet-engines.XXXXXX")
	cd "$SHARED"
	mkdir storage run
	printf '[storage]\ndriver = "vfs"\ngraphroot = "%s/storage"\nrunroot = "%s/run"\n' "$PWD" "$PWD" >storage.conf
	tree
	images
}
teardown_file() {
	cd /
	rm -rf --one-file-system "$SHARED"
}
setup() {
	WORK=$(mktemp -d "$SHARED/test.XXXXXX")
	cd "$WORK"
}
teardown() { cd /; rm -rf --one-file-system "$WORK"; }

with_storage() { CONTAINERS_STORAGE_CONF=$SHARED/storage.conf STORAGE_DRIVER=vfs BUILDAH_ISOLATION=chroot "$@"; }
engine_buildah() { with_storage buildah --root "$SHARED/storage" --runroot "$SHARED/run" --storage-driver vfs "$@" 2>>"$SHARED/log"; }
engine_podman() { with_storage podman --root "$SHARED/storage" --runroot "$SHARED/run" --storage-driver vfs --cgroup-manager cgroupfs --events-backend none "$@" 2>>"$SHARED/log"; }

# what an image holds: t1, and t2 over it
tree() {
	local i
	mkdir -p t1/bin t1/etc/deep/er t1/var/lib t1/usr/share
	cp "$(command -v busybox)" t1/bin/busybox
	ln t1/bin/busybox t1/bin/sh
	ln -s busybox t1/bin/ls; ln -s /etc/passwd t1/etc/absolute; ln -s nowhere t1/etc/dangling
	printf 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1001::/:/bin/sh\n' >t1/etc/passwd
	echo 'user:x:1001:' >t1/etc/group
	head -c 2000000 /dev/urandom >t1/var/lib/random; head -c 3000000 /dev/zero >t1/var/lib/zero
	for i in $(seq 300); do echo "$i" >"t1/usr/share/file-$i-$(printf 'x%.0s' $(seq $((i % 130))))"; done
	chmod 4755 t1/bin/busybox; chmod 1777 t1/var; chmod 2750 t1/var/lib; chmod 0 t1/etc/group
	chown 12:34 t1/etc/passwd; chown -h 5:6 t1/etc/dangling; chown 1000:1001 t1/etc/deep
	setcap cap_net_raw+ep t1/var/lib/random
	find t1 -exec touch -h -d '2021-03-04 05:06:07' {} +
	cp -a t1 whole
	rm whole/etc/absolute whole/usr/share/file-7-*; rm -r whole/etc/deep; mkdir whole/etc/deep; echo new >whole/etc/deep/new; echo changed >whole/etc/passwd; ln whole/etc/passwd whole/etc/linked
	touch -d '2022-01-01' whole/etc/deep whole/etc/deep/new whole/etc/passwd whole/etc whole/usr/share
	chmod 755 whole/etc/deep
}
# the same image by umoci, and from it what skopeo makes of it
images() {
	umoci --log error init --layout umoci
	umoci --log error new --image umoci:v1
	tar --format=posix --xattrs --xattrs-include='security.*' --numeric-owner -cf t1.tar -C t1 .
	umoci --log error raw add-layer --image umoci:v1 t1.tar
	umoci --log error unpack --image umoci:v1 bundle
	rsync_tree whole bundle/rootfs
	umoci --log error repack --image umoci:v2 bundle
	umoci --log error config --image umoci:v2 --config.cmd /bin/ls --config.user user
}
# makes B hold just what A does, keeping what is the same in place, so that umoci sees only the differences
rsync_tree() { tar --xattrs --xattrs-include='security.*' -cf - -C "$1" . | tar --xattrs --xattrs-include='security.*' -xpf - -C "$2"; (cd "$2" && find . -depth | while IFS= read -r name; do [ -e "../../$1/$name" ] || [ -L "../../$1/$name" ] || rm -d "$name"; done); tar -cf - --no-recursion -C "$1" $(cd "$1" && find . -type d) | tar -xpf - -C "$2"; }

treecmp() { "$TOOLS/treecmp.py" "$@"; }
# same SOURCE TREE [OPTIONS…]: valid, also from a pipe if it is a file, and unpacked just so
same() {
	local source=$1 want=$2
	shift 2
	"$RUNLET" image validate "$source"
	[ ! -f "$source" ] || "$RUNLET" image validate - <"$source"
	[ ! -f "$source" ] || gzip -1c "$source" | "$RUNLET" image validate -
	rm -rf out
	"$RUNLET" image unpack --progress none "$@" "$source" out
	treecmp ${IGNORE:+--ignore "$IGNORE"} "$want" out || { echo "$source $*"; return 1; }
}
suffixes() { jq -r '.layers[].mediaType | sub(".*tar"; "")' "$1/blobs/$(jq -r ".manifests[${2:-0}].digest" "$1/index.json" | tr : /)" | sort -u | tr '\n' ' '; }

@test "umoci: one layer, and a second by repack" {
	same "$SHARED/umoci" "$SHARED/t1" --ref v1
	umoci --log error raw unpack --image "$SHARED/umoci:v2" theirs
	same "$SHARED/umoci" theirs --ref v2
	treecmp --ignore .,etc,usr/share,etc/deep theirs "$SHARED/whole"
}
@test "GNU tar unpacks the same of the first layer" {
	local blob
	blob=$SHARED/umoci/blobs/$(jq -r '.manifests[] | select(.annotations["org.opencontainers.image.ref.name"] == "v1") | .digest' "$SHARED/umoci/index.json" | tr : /)
	blob=$SHARED/umoci/blobs/$(jq -r '.layers[0].digest' "$blob" | tr : /)
	mkdir theirs
	tar --xattrs --xattrs-include='*' --numeric-owner -xpf - -C theirs < <(gzip -dc "$blob")
	same "$SHARED/umoci" theirs --ref v1
}
@test "skopeo: OCI as it is, gzip, zstd" {
	umoci --log error raw unpack --image "$SHARED/umoci:v2" theirs
	skopeo copy -q "oci:$SHARED/umoci:v2" oci:same:v2
	same same theirs
	skopeo copy -q --dest-decompress "oci:$SHARED/umoci:v2" dir:plain
	for form in gzip zstd; do
		skopeo copy -q --dest-compress-format $form dir:plain "oci:skopeo-$form:v2"
		same skopeo-$form theirs
	done
	[ "$(suffixes skopeo-gzip)" = "+gzip " ]
	[ "$(suffixes skopeo-zstd)" = "+zstd " ]
}
@test "skopeo: zstd:chunked, whose many frames and skippable frames are one archive" {
	local blob manifest
	umoci --log error raw unpack --image "$SHARED/umoci:v2" theirs
	skopeo copy -q --dest-decompress "oci:$SHARED/umoci:v2" dir:plain
	skopeo copy -q --dest-compress-format zstd:chunked dir:plain oci:chunked:v2
	manifest=chunked/blobs/$(jq -r '.manifests[0].digest' chunked/index.json | tr : /)
	jq -r '.rootfs.diff_ids[]' "chunked/blobs/$(jq -r .config.digest "$manifest" | tr : /)" >told
	for blob in $(jq -r '.layers[].digest' "$manifest" | tr : /); do
		cp "chunked/blobs/$blob" "$(basename "$blob").tar.zst"
		echo "$(basename "$blob").tar.zst" >>names
		echo "sha256:$(zstd -qdc --long=31 "chunked/blobs/$blob" | sha256sum | cut -d' ' -f1)" >>found
	done
	[ "$(grep -c . names)" = 2 ]
	# skopeo before 1.10 writes archives that are not those of the diff_ids: that is an error, and what they hold is unpacked once they are called what they are
	if diff told found; then same chunked theirs; else
		run -1 "$RUNLET" image validate chunked
		[[ $output == *"layers[0]: diff_id mismatch: the archive is $(head -n 1 found)"* ]]
	fi
	"$TOOLS/image-of" fixed $(cat names)
	same fixed theirs
}
@test "skopeo: archives of OCI and of docker save" {
	umoci --log error raw unpack --image "$SHARED/umoci:v2" theirs
	skopeo copy -q "oci:$SHARED/umoci:v2" oci-archive:oci.tar:v2
	skopeo copy -q "oci:$SHARED/umoci:v2" docker-archive:docker.tar:example.org/name:v2
	same oci.tar theirs
	same docker.tar theirs --ref v2
}
@test "buildah: OCI and Docker forms, gzip and zstd" {
	command -v buildah >/dev/null || skip "buildah is not installed"
	local c
	c=$(engine_buildah from scratch)
	engine_buildah add "$c" "$SHARED/t1.tar" / >/dev/null
	engine_buildah config --cmd /bin/ls --env A=1 --user user --label x=y --port 80 --volume /data "$c"
	engine_buildah commit -q --format oci "$c" local/built:v1 >/dev/null
	engine_buildah push -q --format oci --compression-format gzip local/built:v1 oci:gz:v1
	engine_buildah push -q --format oci --compression-format zstd local/built:v1 oci:zst:v1
	engine_buildah push -q --format v2s2 local/built:v1 docker-archive:built.tar:local/built:v1
	engine_buildah push -q local/built:v1 oci-archive:built-oci.tar:v1
	[ "$(suffixes zst)" = "+zstd " ]
	umoci --log error raw unpack --image gz:v1 theirs
	IGNORE=. same gz theirs
	for source in zst built.tar built-oci.tar; do IGNORE=. same $source theirs; done
	treecmp --ignore . "$SHARED/t1" out
	"$RUNLET" image bundle --progress none gz bundle
	[ "$(jq -c '[.process.args, .process.user.uid, .annotations["x"], (.mounts[-1].destination)]' bundle/config.json)" = '[["/bin/ls"],1000,"y","/data"]' ]
	engine_buildah rm "$c" >/dev/null
}
@test "podman: import and save, all four forms, and several images in one archive" {
	command -v podman >/dev/null || skip "podman is not installed"
	engine_podman import -q "$SHARED/t1.tar" local/imported:v1 >/dev/null
	engine_podman import -q --change CMD=/bin/sh "$SHARED/t1.tar" local/imported:v2 >/dev/null
	engine_podman save -q --format oci-archive -o oci.tar local/imported:v1
	engine_podman save -q --format docker-archive -o docker.tar local/imported:v1
	engine_podman save -q --format oci-dir -o layout local/imported:v1
	engine_podman save -q --format docker-archive -m -o several.tar local/imported:v1 local/imported:v2
	for source in oci.tar docker.tar layout; do IGNORE=. same $source "$SHARED/t1"; done
	IGNORE=. same several.tar "$SHARED/t1" --ref v2
	run -1 "$RUNLET" image unpack several.tar other
	[[ $output == *"several images fit"* ]]
}
@test "an index for several platforms, by buildah" {
	command -v buildah >/dev/null || skip "buildah is not installed"
	local c arch
	engine_buildah manifest create local/multi >/dev/null
	for arch in amd64 arm64 arm; do
		c=$(engine_buildah from scratch)
		echo $arch >which
		engine_buildah add "$c" which / >/dev/null
		engine_buildah config --arch $arch "$c"
		engine_buildah commit -q --format oci "$c" local/one:$arch >/dev/null
		engine_buildah manifest add local/multi local/one:$arch >/dev/null
		engine_buildah rm "$c" >/dev/null
	done
	engine_buildah manifest push -q --all local/multi oci:multi:v1
	"$RUNLET" image validate multi
	for arch in amd64 arm64 arm; do
		"$RUNLET" image unpack --progress none --platform linux:$arch multi out-$arch
		[ "$(cat out-$arch/which)" = $arch ]
	done
	"$RUNLET" image unpack --progress none multi out
	[ "$(cat out/which)" = amd64 ] || [ "$(uname -m)" != x86_64 ]
	run -1 "$RUNLET" image unpack --platform linux:riscv64 multi other
	[[ $output == *"no image for linux/riscv64" ]]
	[ "$("$RUNLET" image ls --format json multi | jq -r '.[].platform.architecture' | sort | tr '\n' ' ')" = "amd64 arm arm64 " ]
}
