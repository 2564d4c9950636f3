# image copy: between layouts, archives, pipes and stores; what must arrive is what arrives.
bats_require_minimum_version 1.5.0
load helpers

setup() {
	RUNLET=${RUNLET:-$(realpath "$BATS_TEST_DIRNAME/../../build/pc/runlet")}
	TOOLS=$(realpath "$BATS_TEST_DIRNAME/../tools")
	WORK=$(mktemp -d /dev/shm/runlet-copy-test.XXXXXX 2>/dev/null || mktemp -d "${TMPDIR:-/tmp}/runlet-copy-test.XXXXXX")
	STATE=$WORK/state ID=test-copy-$BATS_TEST_NUMBER-$$
	cd "$WORK"
}
teardown() {
	cd /
	teardown_container
}
image_case() { "$TOOLS/image-case" "$@"; }
copy() { "$RUNLET" image copy "$@"; }
digest_of() { "$RUNLET" image ls --format json "$1" | jq -r '.[0].digest'; }
# same_tree SRC: as the layout "image" is unpacked
same_tree() { rm -rf tree; "$RUNLET" image unpack "$1" tree && "$TOOLS/treecmp.py" --ignore .,many plain tree; }
refused() { run "$@"; [ "$status" = 1 ] && one_line; }

@test "layout to layout, to an archive, to a pipe, and back; skopeo reads them" {
	image_case many-layers image; "$RUNLET" image unpack image plain
	copy image second
	"$RUNLET" image validate second && same_tree second
	copy second a.tar
	"$RUNLET" image validate a.tar && same_tree a.tar
	skopeo --insecure-policy copy -q oci-archive:a.tar:latest oci:by-skopeo:latest
	same_tree by-skopeo
	copy image - | copy - third
	"$RUNLET" image validate third && same_tree third
	gzip -c a.tar | copy - tar:four
	cmp a.tar four
	gzip -k a.tar; copy a.tar.gz --spool . five && same_tree five
	[ "$(digest_of five)" = "$(digest_of image)" ]
	[ -z "$(find . -name '*.new')" ]
}
@test "a pipe into a store, by digest: the update of a device" {
	"$TOOLS/../../tools/make-busybox-image" image sh -c "echo updated"
	local digest=$(digest_of image)
	copy image image.tar
	copy - store:store --digest "$digest" <image.tar
	cat image.tar | copy - store:store --digest "$digest"
	"$RUNLET" image bundle --store store --overlay bundle
	[ "$("$RUNLET" --root "$STATE" run -b bundle "$ID" </dev/null)" = updated ]
	nothing_left
	refused copy image.tar store:store --digest "sha256:$(printf '0%.0s' $(seq 64))"
	refused copy image.tar store:store --digest what
	refused copy store:store elsewhere
	[ ! -e elsewhere ]
}
# stored DIR [OPTION…]: what comes through the pipe, in the store DIR, is the tree "plain"
stored() {
	copy - "store:$@" && rm -rf tree && "$RUNLET" image unpack --store "$1" tree && "$TOOLS/treecmp.py" --ignore "${IGNORE:-.}" plain tree
}
# by_order ARCHIVE NAME…: the archive, with these blobs in this order behind all else
by_order() {
	PYTHONPATH=$TOOLS python3 - "$@" <<-'PY'
		import sys, tarfile
		last, out = sys.argv[2:], tarfile.open("ordered.tar", "w")
		with tarfile.open(sys.argv[1]) as t:
		    members = {m.name: m for m in t}
		    for name in [n for n in members if n not in last] + last:
		        out.addfile(members[name], t.extractfile(members[name]) if members[name].isfile() else None)
		out.close()
	PY
}
@test "a pipe into a store: layers go straight in where the order allows it" {
	PYTHONPATH=$TOOLS python3 -c "import os
from layers import *
big = lambda n: Layer().file('big%d' % n, os.urandom(300000)).file('f', str(n)).dir('d').file('d/%d' % n)
one, two = big(1), big(2)
l = Layout('image'); l.image([one, two, big(3).file('d/.wh.1'), Layer(), two]); l.finish()"
	"$RUNLET" image unpack image plain
	copy image a.tar
	# nothing is kept on the way: in a spool without room it is the same
	cat >small <<-'SH'
		mkdir -p spool; mount -t tmpfs -o size=4k tmpfs spool
		exec "$0" image copy --spool spool - "store:$1"
	SH
	# but for a blob that is two layers
	run bash -c 'cat a.tar | unshare -m bash -c ". ./small" "$0" twice' "$RUNLET"
	[[ $status = 1 && $output == *"No space left on device" ]]
	cat a.tar | stored twice
	rm -rf image
	PYTHONPATH=$TOOLS python3 -c "import os
from layers import *
big = lambda n: Layer().file('big%d' % n, os.urandom(300000)).file('f', str(n)).dir('d').file('d/%d' % n)
l = Layout('image'); l.image([big(1), big(2), big(3).file('d/.wh.1'), Layer(), big(4)]); l.finish()"
	rm -rf plain; "$RUNLET" image unpack image plain
	copy image --force a.tar
	cat a.tar | unshare -m bash -c ". ./small" "$RUNLET" straight
	gzip -c a.tar | unshare -m bash -c ". ./small" "$RUNLET" gzip
	[ "$(ls straight/layers | wc -l)" = 5 ]
	diff <(ls straight/layers) <(ls gzip/layers)
	cat a.tar | stored straight
	# what lies in the way is there already, and what is not needed is passed over
	mapfile -t layers < <(jq -r '.layers[].digest | "blobs/" + sub(":"; "/")' "image/blobs/$(jq -r '.manifests[0].digest' image/index.json | tr : /)")
	by_order a.tar "${layers[4]}" "${layers[3]}" "${layers[2]}"
	cp -a straight some; "$RUNLET" image rm --store some latest
	"$RUNLET" image bundle --store straight --overlay bundle
	rm -r "some/layers/$(sed -n '$s/layer=//p' bundle/runlet-overlay)"
	cat ordered.tar | unshare -m bash -c ". ./small" "$RUNLET" some
	cat a.tar | stored some
	# in any other order it is kept
	cat ordered.tar | stored other
	by_order a.tar "${layers[@]}" index.json "blobs/$(jq -r '.manifests[0].digest' image/index.json | tr : /)" oci-layout
	cat ordered.tar | stored last
	run bash -c 'cat ordered.tar | unshare -m bash -c ". ./small" "$0" full' "$RUNLET"
	[[ $status = 1 && $output == *"No space left on device" ]]
	# cut at any place: one line; what is there is whole, and the next one completes it
	local at
	for at in 0 100 700 2000 5000 100000 400000 900000 $(($(stat -c %s a.tar) - 1024)); do
		run bash -c 'head -c "$1" a.tar | "$0" image copy - store:cut' "$RUNLET" "$at"
		[ "$status" = 1 ] && one_line || [ "$at" -gt 1000000 ]
	done
	[ -z "$(find cut -name '*.new')" ]
	[ "$(ls cut/layers | wc -l)" -ge 2 ]
	cat a.tar | stored cut
	# a layer that is not what it says does not count, those before it do
	cp -r image bad; printf x | dd of="bad/${layers[2]}" bs=1 seek=5000 conv=notrunc status=none
	tar cf bad.tar -C bad oci-layout index.json "blobs/$(jq -r '.manifests[0].digest' image/index.json | tr : /)" blobs/sha256
	refused copy - store:broken <bad.tar
	[[ $output == *": layers["*"]: digest mismatch: it is sha256:"* ]] || { echo "$output"; return 1; }
}
@test "what comes through a pipe into a store is what a directory gives, compressed, of several platforms, from docker save" {
	local name
	for name in whiteouts-in-any-order opaque upper-links many-layers zstd sha512 types two-gzip-members large; do
		rm -rf image plain; image_case "$name" image; "$RUNLET" image unpack image plain
		copy image - >a.tar
		IGNORE=.,var,var/lib,usr/bin stored "$name" <a.tar   # a file
		cat a.tar | IGNORE=.,var,var/lib,usr/bin stored "$name.pipe"
		zstd -q -c a.tar | IGNORE=.,var,var/lib,usr/bin stored "$name.zstd"
		diff <(cd "$name"; find layers blobs -type f | sort) <(cd "$name.pipe"; find layers blobs -type f | sort)
	done
	rm -rf image plain; image_case platforms image
	"$RUNLET" image unpack --ref multi --platform linux:arm:v5 image plain
	tar cf a.tar -C image oci-layout index.json blobs
	for name in a.tar; do cat "$name" | stored multi --ref multi --platform linux:arm:v5; done
	copy --all image b.tar
	cat b.tar | stored multi2 --ref multi --platform linux:arm:v5
	skopeo --insecure-policy copy -q --override-arch arm --override-variant v5 oci:image:multi docker-archive:d.tar:x:1
	cat d.tar | stored docker
}
@test "of several platforms one is chosen; an index's digest says what must arrive" {
	image_case platforms image
	copy --platform linux:arm64 image out
	"$RUNLET" image validate out
	[ "$("$RUNLET" image ls --format json out | jq -r '.[0].platform.architecture')" = arm64 ]
	local index=$(jq -r '.manifests[] | select(.mediaType | contains("index")).digest' image/index.json | head -n 1)
	[ -n "$index" ]
	copy --platform linux:arm64 --digest "$index" image second
	diff -r out second
}
@test "of images for several versions of an operating system the first in an index is chosen, as skopeo does, or the one that is asked for" {
	local version
	image_case windows image
	copy --ref multi --platform windows:amd64 image first
	[ "$("$RUNLET" image ls --format json first | jq -r '.[0].platform["os.version"]')" = 10.0.17763.5329 ]
	skopeo --insecure-policy --override-os windows --override-arch amd64 copy -q oci:image:multi oci:theirs:multi
	[ "$(digest_of theirs)" = "$(digest_of first)" ]
	for version in 10.0.20348.2227 10.0.20348; do
		rm -rf second; copy --ref multi --ref platform.os=windows --ref platform.os.version=$version image second
		[ "$("$RUNLET" image ls second | awk 'NR == 2 { print $2 }')" = "windows(10.0.20348.2227)/amd64" ]
	done
	copy --ref multi --platform 'windows(10.0.20348.2227)/amd64' image third
	diff -r second third
	rm -rf third
	"$RUNLET" image unpack --platform windows:amd64 --ref platform.os.version=10.0.26100 image tree
	[ "$(cat tree/which)" = "windows amd64 10.0.26100.1" ]
	refused copy --ref platform.os.version=10.0.2034 image third
	[ "$output" = "runlet: image: no image for that platform" ]
	refused copy --ref flat --platform windows:amd64 image third
	[[ $output == "runlet: image: several images fit: "* ]]
	[ ! -e third ]
}
@test "--all: whole indexes, every platform, every image; as skopeo copies them" {
	image_case platforms image
	# beside them a nested index without a name of its own, an empty one, and what is no image
	PYTHONPATH=$TOOLS python3 - <<-'PY'
		import json, hashlib
		from layers import OCI
		x = json.load(open("image/index.json"))
		def blob(data, type, name):
		    digest = hashlib.sha256(data).hexdigest()
		    open("image/blobs/sha256/" + digest, "wb").write(data)
		    return {"mediaType": type, "digest": "sha256:" + digest, "size": len(data), "annotations": {"org.opencontainers.image.ref.name": name, "more": "x"}}
		some = [m for m in x["manifests"] if "index" in m["mediaType"]][0]
		inner = dict(some); inner.pop("annotations", None)
		x["manifests"] += [blob(json.dumps({"schemaVersion": 2, "manifests": [inner]}).encode(), OCI + "index.v1+json", "nested"),
		                   blob(b'{"schemaVersion":2,"manifests":[]}', OCI + "index.v1+json", "empty"), blob(b"anything", "application/vnd.example", "thing")]
		json.dump(x, open("image/index.json", "w"))
	PY
	"$RUNLET" image validate image
	copy --all image out
	"$RUNLET" image validate out
	diff -r image/blobs out/blobs
	diff <(jq -S .manifests image/index.json) <(jq -S .manifests out/index.json)
	copy -a image a.tar
	"$RUNLET" image validate a.tar
	[ "$(tar tf a.tar | sort | uniq -d)" = "" ]
	mkdir unpacked; tar xf a.tar -C unpacked
	diff -r image/blobs unpacked/blobs
	diff <(jq -S .manifests image/index.json) <(jq -S .manifests unpacked/index.json)
	[ "$(tar tf a.tar | sed -n 2p)" = index.json ]
	copy --all --ref nested - one <a.tar
	[ "$(jq -r '.manifests[].annotations["org.opencontainers.image.ref.name"]' one/index.json)" = nested ]
	"$RUNLET" image validate one
	local name=$(jq -r '[.manifests[] | select(.mediaType | contains("index"))][0].annotations["org.opencontainers.image.ref.name"]' out/index.json)
	copy --all --ref "$name" out by-runlet
	skopeo --insecure-policy copy -q --all "oci:out:$name" "oci:by-skopeo:$name"
	[ "$(ls by-runlet/blobs/sha256)" = "$(ls by-skopeo/blobs/sha256)" ]
	copy --all image one   # what is there is kept, the rest is added
	diff -r image/blobs one/blobs
	"$RUNLET" image validate one
	jq '.manifests |= map(select(.annotations["org.opencontainers.image.ref.name"] == "thing") | .annotations["org.opencontainers.image.ref.name"] = "nested")' image/index.json >new; mv new image/index.json
	refused copy --all image one
	[[ $output == *'reference nested is there already (--force replaces it)' ]]
	copy --all --force image one
	refused copy --all image store:store
	refused copy --all --platform linux:arm64 image two
	refused copy --all --ref nothing image two
	[ ! -e two ]
	: >"image/blobs/$(jq -r '.manifests[0].digest' image/index.json | tr : /)"
	refused copy --all image two
	[ ! -e two ]
	refused copy --all image two.tar
	[ ! -e two.tar ] && [ ! -e two.tar.new ]
}
@test "names: kept, given anew, refused where there is one, replaced by --force" {
	image_case many-layers image; image_case opaque other
	copy image out
	local before=$(cat out/index.json)
	refused copy other out
	[[ $output == *"reference latest is there already"* ]] && [ "$(cat out/index.json)" = "$before" ]
	copy image out
	[ "$(cat out/index.json)" = "$before" ]   # the same image
	copy --force other out
	[ "$(jq -c '[.manifests[].digest]' out/index.json)" = "[\"$(digest_of other)\"]" ]
	"$RUNLET" image validate out
	copy image a.tar
	refused copy other a.tar
	[ "$(digest_of a.tar)" = "$(digest_of image)" ]
	copy --force other a.tar
	[ "$(digest_of a.tar)" = "$(digest_of other)" ]
}
@test "what is not what its digest says does not arrive, and nothing half made stays" {
	image_case many-layers image
	local blob=$(find image/blobs -type f -printf '%s %p\n' | sort -n | tail -n 1 | cut -d' ' -f2) before to
	printf x | dd of="$blob" bs=1 seek=600 conv=notrunc status=none
	before=$(ls -A)
	for to in out out.tar tar:out; do
		refused copy image $to
		[[ $output == *"digest mismatch"* ]] && [ "$(ls -A)" = "$before" ] || { echo "$to: $output"; ls -A; return 1; }
	done
	refused copy image store:store
	[ "$(jq '.manifests | length' store/index.json)" = 0 ] && [ -z "$(find store -name '*.new')" ]
	mkdir other; touch other/file
	refused copy image other
	[ "$(ls -A other)" = file ]
	refused copy missing out
}
@test "killed or out of room: nothing half made, and the next run completes" {
	mkdir -p rootfs; head -c 20480000 /dev/urandom >rootfs/large   # whole blocks: umoci's insert does not pad
	umoci init --layout image; umoci new --image image:latest; umoci insert --image image:latest rootfs / 2>/dev/null
	local n pid
	for n in 1 2 3 4 5 6; do
		copy --force image out & pid=$!
		sleep "0.0$((RANDOM % 9))"
		kill -9 "$pid" 2>/dev/null || :
		wait "$pid" 2>/dev/null || :
		copy --force image out
		"$RUNLET" image validate out
		[ -z "$(find out -name '*.new')" ]
		[ $((n % 2)) = 0 ] || rm -rf out
	done
	unshare -m sh -ec 'mkdir small; mount -t tmpfs -o size=4m tmpfs small
		for to in small/a small/a.tar; do
			! "$0" image copy image $to 2>errors
			[ "$(wc -l <errors)" = 1 ] && [ -z "$(ls -A small)" ]
		done' "$RUNLET"
}
