# Images in archives: a tar of a layout, in a file, from a pipe, compressed; docker save's two forms. What holds of a directory must hold of each.
bats_require_minimum_version 1.5.0

setup() {
	RUNLET=${RUNLET:-$(realpath "$BATS_TEST_DIRNAME/../../build/pc/runlet")}
	TOOLS=$(realpath "$BATS_TEST_DIRNAME/../tools")
	WORK=$(mktemp -d "${TMPDIR:-/tmp}/runlet-archive-test.XXXXXX")
	cd "$WORK"
}
teardown() {
	cd /
	rm -rf --one-file-system "$WORK"
}

image_case() { "$TOOLS/image-case" "$@"; }
treecmp() { "$TOOLS/treecmp.py" "$@"; }
as_tar() { tar cf "$1.tar" -C "$1" "${2:-.}"; }
# said FILE: what validate says of it, without the names that it is given
said() { "$RUNLET" image validate "$1" 2>&1 | sed "s/^runlet: //; s/^[^:]*: //" || :; }

@test "a tar, from a pipe and compressed: unpacked as the directory is" {
	local name form
	for name in types large zstd upper-links; do
		image_case "$name" "$name"
		as_tar "$name"
		gzip -k "$name.tar"
		zstd -q "$name.tar"
		"$RUNLET" image unpack "$name" "$name.dir"
		"$RUNLET" image unpack "$name.tar" "$name.out"
		treecmp "$name.dir" "$name.out"
		for form in tar tar.gz tar.zst; do
			rm -rf "$name.out"
			"$RUNLET" image unpack --spool . - "$name.out" <"$name.$form"
			treecmp "$name.dir" "$name.out"
			rm -rf "$name.out"
			cat "$name.$form" | "$RUNLET" image unpack --spool . - "$name.out"
			treecmp "$name.dir" "$name.out"
		done
		[ "$("$RUNLET" image ls "$name")" = "$(cat "$name.tar.gz" | "$RUNLET" image ls -)" ]
	done
	[ -z "$(ls -A | grep spool)" ]
}
@test "what would need a temporary file says so" {
	image_case types types
	as_tar types
	run -1 sh -c "cat types.tar | '$RUNLET' image unpack - out"
	[[ $output == "runlet: -: "*"--spool DIR" ]]
	run -1 "$RUNLET" image unpack --spool nowhere - out < <(gzip -c types.tar)
	[[ $output == "runlet: -: --spool nowhere: No such file or directory" ]]
	[ ! -e out ]
}
@test "every case: validate says of a tar and of a pipe what it says of the directory" {
	local name directory tar pipe
	for name in $(image_case --list); do
		case $name in
		# a FIFO or a directory is no blob in an archive at all; what a pipe brought is judged by its bytes before anything names its type
		bad-fifo-blob | bad-directory-blob | bad-not-* | bad-index-large) continue ;;
		esac
		image_case "$name" "$name" >/dev/null
		(cd "$name" && tar cf "../$name.tar" --hard-dereference *)
		directory=$(said "$name") tar=$(said "$name.tar") pipe=$(cat "$name.tar" | said -)
		[ -n "$directory" ] && [ "$directory" = "$tar" ] && [ "$directory" = "$pipe" ] || { echo "$name: $directory"; echo "$tar"; echo "$pipe"; return 1; }
		rm -rf "$name"*
	done
}
@test "what is compressed in another way than its mediaType says is told of a pipe too" {
	local name
	for name in bad-not-gzip bad-not-compressed bad-not-zstd; do
		image_case "$name" "$name" >/dev/null
		as_tar "$name"
		run -1 sh -c "cat $name.tar | '$RUNLET' image validate -"
		[[ $output == *"layers[0]: is not what its mediaType says"* ]]
	done
}
@test "archives that are broken: one line, exit 1" {
	image_case large large
	as_tar large
	gzip -k large.tar
	local size form at
	for form in large.tar large.tar.gz; do
		size=$(stat -c %s $form)
		for at in 0 100 512 700 5000 $((size / 2)) $((size - 20000)) $((size - 11000)); do
			[ "$at" -lt "$size" ] && [ "$at" -ge 0 ] || continue
			head -c "$at" $form >cut
			for how in "image validate cut" "image validate -" "image unpack --spool . - out"; do
				run -1 timeout 20 "$RUNLET" $how <cut
				[[ ${lines[0]} == "runlet: "* ]] || { echo "$form cut at $at, $how: $output"; return 1; }
				run -1 sh -c "cat cut | timeout 20 '$RUNLET' $how"
				[[ ${lines[0]} == "runlet: "* ]] || { echo "$form cut at $at, $how: $output"; return 1; }
			done
		done
	done
	[ ! -e out ]
	printf garbage >>large.tar.gz
	run -1 "$RUNLET" image validate large.tar.gz
	[[ $output == *"gzip: trailing garbage"* ]]
	head -c 100000000 /dev/zero | gzip >bomb.gz
	run -1 "$RUNLET" image validate bomb.gz
	head -c 3000000000 /dev/zero | gzip | "$RUNLET" image validate - 2>said && false
	[[ $(cat said) == *"image layout must contain"* || $(cat said) == *LIMIT_RATIO* ]]
}
@test "what is no image: one line" {
	local what
	echo 'just text' >text; : >empty; head -c 100000 /dev/urandom >noise; mkfifo fifo
	for what in text empty noise /dev/null nowhere; do
		run -1 timeout 60 "$RUNLET" image validate $what
		[[ ${#lines[@]} = 1 && $output == "runlet: $what: "* ]]
		run -1 timeout 60 "$RUNLET" image unpack $what out
		[[ ${#lines[@]} = 1 && $output == "runlet: $what: "* ]]
	done
	tar cf other.tar text noise
	run -1 "$RUNLET" image validate other.tar
	[[ $output == *"image layout must contain oci-layout file" ]]
}
@test "docker save's archives, by skopeo: as the layout they were made from" {
	image_case many-layers many
	skopeo copy -q oci:many:latest docker-archive:save.tar:example.org/box:v1
	tar tf save.tar | grep -q manifest.json
	! tar tf save.tar | grep -q index.json
	[ "$("$RUNLET" image validate save.tar)" = "save.tar: OK" ]
	[ "$(cat save.tar | "$RUNLET" image validate -)" = "-: OK" ]
	"$RUNLET" image unpack many out.dir
	for ref in "" "--ref v1" "--ref example.org/box:v1"; do
		rm -rf out
		"$RUNLET" image unpack $ref save.tar out
		treecmp out.dir out
	done
	run -1 "$RUNLET" image unpack --ref v2 save.tar other
	[[ $output == *"no image with reference v2; there is: "* && $output == *example.org/box:v1* ]]
	"$RUNLET" image bundle save.tar bundle
	[ "$(jq -r .root.path bundle/config.json)" = rootfs ]
}
# docker_save NAME: the layout NAME as an archive of docker save's, with manifest.json; layers as they are, symlinks between equal ones
docker_save() {
	python3 - "$1" "$2" <<'PY'
import json, os, sys, tarfile, io
layout, how = sys.argv[1:]
blob = lambda d: open(f"{layout}/blobs/" + d["digest"].replace(":", "/"), "rb").read()
manifest = json.loads(blob(json.load(open(layout + "/index.json"))["manifests"][0]))
out = tarfile.open(layout + ".save.tar", "w")
def put(name, data):
    info = tarfile.TarInfo(name); info.size = len(data); out.addfile(info, io.BytesIO(data))
names, seen = [], {}
for i, d in enumerate(manifest["layers"]):
    name = f"layer{i}/layer.tar"
    if d["digest"] in seen:
        info = tarfile.TarInfo(name); info.type = tarfile.SYMTYPE; info.linkname = "../" + seen[d["digest"]]; out.addfile(info)
    else:
        put(name, blob(d)); seen[d["digest"]] = name
    names.append(name)
if how == "missing": names.append("nowhere/layer.tar")
config = blob(manifest["config"])
put("sha256:0123.json", config)
entry = {"Config": "sha256:0123.json", "RepoTags": None if how == "untagged" else ["box:a", "box:b"], "Layers": names[:-1] if how == "fewer" else names}
put("manifest.json", json.dumps([entry]).encode())
out.close()
PY
}
@test "docker save's archives with compressed layers, links, no tags: and what is wrong with them is told" {
	image_case empty-layer e   # its first and third layer are the same
	"$RUNLET" image unpack e out.dir
	docker_save e tagged
	[ "$("$RUNLET" image ls e.save.tar | wc -l)" = 3 ]
	[ "$("$RUNLET" image validate e.save.tar)" = "e.save.tar: OK" ]
	[ "$(gzip -c e.save.tar | "$RUNLET" image validate -)" = "-: OK" ]
	"$RUNLET" image unpack e.save.tar out
	treecmp out.dir out
	docker_save e untagged
	"$RUNLET" image unpack e.save.tar out2
	treecmp out.dir out2
	docker_save e missing
	run -1 "$RUNLET" image validate e.save.tar
	[[ $output == *"manifest.json: images[0]: 4 layers, but 3 diff_ids in the config" ]]
	docker_save e fewer
	run -1 "$RUNLET" image validate e.save.tar
	[[ $output == *"manifest.json: images[0]: 2 layers, but 3 diff_ids in the config" ]]
	image_case bad-diff-id b >/dev/null
	docker_save b tagged
	run -1 "$RUNLET" image validate b.save.tar
	[[ ${lines[0]} == *"layers[0]: diff_id mismatch"* ]]
	run -1 sh -c "cat b.save.tar | '$RUNLET' image validate -"
	[[ ${lines[0]} == *"layers[0]: diff_id mismatch"* ]]
}
@test "a file that was put into the archive twice: its second entry is a link to itself" {
	image_case plain i
	tar cf twice.tar -C i oci-layout index.json "blobs/$(jq -r '.manifests[0].digest' i/index.json | tr : /)" blobs
	[ "$(tar tvf twice.tar | grep -c ' link to ')" = 1 ]
	[ "$("$RUNLET" image validate twice.tar)" = "twice.tar: OK" ]
	[ "$(cat twice.tar | "$RUNLET" image validate -)" = "-: OK" ]
}
