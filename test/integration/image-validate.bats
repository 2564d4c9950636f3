# image validate: each rule on an image that is valid but for it; every failure, and where it is; several files, JSON.
bats_require_minimum_version 1.5.0

setup() {
	RUNLET=${RUNLET:-$(realpath "$BATS_TEST_DIRNAME/../../build/pc/runlet")}
	TOOLS=$(realpath "$BATS_TEST_DIRNAME/../tools")
	WORK=$(mktemp -d "${TMPDIR:-/tmp}/runlet-validate-test.XXXXXX")
	cd "$WORK"
}
teardown() {
	cd /
	rm -rf --one-file-system "$WORK"
}
image_case() { "$TOOLS/image-case" "$@"; }

# made CHANGE…: the layout "i" of one image, with Python statements run over c (config), m (manifest), d (its descriptor), x (the index), l (the Layout)
made() {
	rm -rf i
	PYTHONPATH=$TOOLS python3 - "$@" <<'PY'
import base64, hashlib, json, os, sys
from layers import OCI, Layer, Layout
changes = sys.argv[1:]
def run(what, **names):
    for change in changes:
        name, _, text = change.partition(": ")
        if name == what:
            exec(text, globals(), names)
l = Layout("i")
EMPTY = {"mediaType": "application/vnd.oci.empty.v1+json", "size": 2, "digest": "sha256:" + hashlib.sha256(b"{}").hexdigest()}
layer = Layer().dir("etc/").file("etc/f", "content")
run("layer", layer=layer)
l.image([layer, Layer().file("b", "b")], config_edit=lambda c: run("c", c=c), manifest_edit=lambda m: run("m", m=m, l=l))
d = l.manifests[0]
run("d", d=d, l=l)
x = {"schemaVersion": 2, "mediaType": OCI + "index.v1+json", "manifests": l.manifests}
run("x", x=x, l=l)
l.write("index.json", x)
run("l", l=l)
PY
}
valid() { made "$@"; run -0 "$RUNLET" image validate i; [ "$output" = "i: OK" ] || { echo "$*: $output"; return 1; }; }
warned() { local text=$1; shift; made "$@"; run -0 "$RUNLET" image validate i; [[ $output == *"$text"* && ${lines[-1]} == "i: OK" ]] || { echo "$*: $output"; return 1; }; }
wrong() { local text=$1; shift; made "$@"; run "$RUNLET" image validate i; [[ $status = 1 && $output == "runlet: i: "*"$text"* && $output != *": OK"* ]] || { echo "$*: status $status: $output"; return 1; }; }

@test "what is valid" {
	valid
	valid 'm: m["annotations"] = {"a": "b"}; m["subject"] = {"mediaType": "a/b", "digest": "sha256:" + "0" * 64, "size": 3}'
	valid 'd: d["platform"] = {"os": "linux", "architecture": "amd64"}' 'd: d["urls"] = ["https://example.org"]; d["artifactType"] = "a/b"'
	valid 'm: m["config"] = l.blob(b"{}", EMPTY["mediaType"]); m["artifactType"] = "a/b"; m["layers"] = [dict(EMPTY, data="e30=")]'
	valid 'm: m["config"] = l.blob(b"text", "application/vnd.example.config"); m["layers"] = [l.blob(b"some blob", "application/vnd.example")]'
	valid 'd: d["data"] = base64.b64encode(open(l.blob_path(d), "rb").read()).decode()'
	valid 'd: e = l.blob(json.dumps({"schemaVersion": 2, "manifests": [d]}).encode(), OCI + "index.v1+json"); l.manifests.append(e)'
	valid 'c: c["history"] = [{}, {"empty_layer": True}, {}, {"empty_layer": True}]'
	valid 'x: del x["mediaType"]'
	valid 'l: l.write("oci-layout", {"imageLayoutVersion": "1.0.0", "more": 1})'
	valid 'x: x["manifests"] += [l.blob(b"anything", "application/vnd.example.thing")]'
}
@test "what is only a warning" {
	warned 'history: 0 entries are of layers, of which there are 2' 'c: del c["history"]'
	warned 'history: 1 entries' 'c: c["history"].pop()'
	warned 'platform linux/amd64/v2: the config says linux/amd64/' 'd: d["platform"] = {"os": "linux", "architecture": "amd64", "variant": "v2"}'
	warned 'platform linux/amd64/: the config says linux/amd64/v3' 'd: d["platform"] = {"os": "linux", "architecture": "amd64"}' 'c: c["variant"] = "v3"'
	warned 'cannot open blobs' 'm: os.unlink(l.blob_path(m["layers"][0])); m["layers"][0]["mediaType"] = OCI + "layer.nondistributable.v1.tar+gzip"'
	warned 'cannot open blobs' 'm: os.unlink(l.blob_path(m["layers"][0])); m["layers"][0]["urls"] = ["https://example.org/layer"]'
}
@test "layout and index" {
	wrong 'image layout must contain oci-layout file' 'l: os.unlink("i/oci-layout")'
	wrong 'image layout must contain index.json file' 'l: os.unlink("i/index.json")'
	wrong 'image layout must contain blobs directory' 'l: os.rename("i/blobs", "i/blob")'
	wrong 'version "2.0.0" is not supported' 'l: l.write("oci-layout", {"imageLayoutVersion": "2.0.0"})'
	wrong 'index.json:1:' 'l: l.write("index.json", b"{,}")'
	wrong 'schemaVersion: 1 is not supported' 'x: x["schemaVersion"] = 1'
	wrong 'manifests' 'x: del x["manifests"]'
	wrong 'layers: has no place in an index' 'x: x["layers"] = []'
	wrong 'manifests[0].mediaType: "image" is not a media type' 'd: d["mediaType"] = "image"'
	wrong 'manifests[0].digest' 'd: d["digest"] = "sha256:xyz"'
	wrong 'manifests[0].size' 'd: d["size"] = -1'
	wrong 'manifests[0].platform.os' 'd: d["platform"] = {"architecture": "amd64"}'
	wrong 'manifests[0]: data: digest mismatch: it is sha256:' 'd: d["data"] = base64.b64encode(b"x" * d["size"]).decode()'
	wrong 'manifests[0]: data: size mismatch: 1 bytes, not' 'd: d["data"] = "eA=="'
}
@test "manifest and config" {
	local place='index.json: manifests[0] → sha256:'
	wrong 'manifests[0]: size mismatch' 'd: d["size"] += 1'
	wrong 'manifests[0]: digest mismatch: it is sha256:' 'l: p = l.blob_path(l.manifests[0]); s = open(p).read(); open(p, "w").write(s.replace("schema", "shcema"))'
	wrong 'manifests[0]: cannot open blobs/sha256/' 'l: os.unlink(l.blob_path(l.manifests[0]))'
	wrong 'mediaType application/vnd.oci.image.manifest.v1+json: its descriptor says application/vnd.docker.distribution.manifest.v2+json' 'd: d["mediaType"] = "application/vnd.docker.distribution.manifest.v2+json"'
	wrong "$place" 'm: m["mediaType"] = "a/b"'
	wrong 'manifests: has no place in a manifest' 'm: m["manifests"] = []'
	wrong ': layers' 'm: del m["layers"]'
	wrong ': config' 'm: del m["config"]'
	wrong 'artifactType: is required beside an empty config' 'm: m["config"] = l.blob(b"{}", EMPTY["mediaType"])'
	wrong 'an empty descriptor has size 2 and digest sha256:44136fa3' 'm: m["config"] = l.blob(b"{ }", EMPTY["mediaType"]); m["artifactType"] = "a/b"'
	wrong 'config: cannot open blobs' 'm: os.unlink(l.blob_path(m["config"]))'
	wrong ': config: os' 'c: del c["os"]'
	wrong 'config: rootfs.diff_ids[1]: ' 'c: c["rootfs"]["diff_ids"][1] = "nothing"'
	wrong 'rootfs.type' 'c: c["rootfs"]["type"] = "trees"'
	wrong '2 layers, but 1 diff_ids in the config' 'c: c["rootfs"]["diff_ids"].pop()'
	wrong 'platform linux/arm/: the config says linux/amd64/' 'd: d["platform"] = {"os": "linux", "architecture": "arm"}'
	wrong 'platform linux/arm/v7: the config says linux/arm/v6' 'd: d["platform"] = {"os": "linux", "architecture": "arm", "variant": "v7"}' 'c: c["variant"] = "v6"; c["architecture"] = "arm"'
	wrong 'subject' 'm: m["subject"] = {"mediaType": "a/b"}'
	wrong 'data: size mismatch' 'm: m["subject"] = dict(EMPTY, data="")'
	wrong 'annotations' 'm: m["annotations"] = {"": "x"}'
}
@test "layers" {
	wrong 'layers[1]: diff_id mismatch: the archive is sha256:' 'c: c["rootfs"]["diff_ids"][1] = "sha256:" + "0" * 64'
	wrong 'layers[1]: digest mismatch' 'm: p = l.blob_path(m["layers"][1]); s = open(p, "rb").read(); open(p, "wb").write(s[:-9] + b"x" + s[-8:])'
	wrong 'layers[0]: blake3: not supported' 'm: m["layers"][0]["digest"] = "blake3:" + "0" * 64'
	wrong 'layers[0]: is compressed, whatever its mediaType says' 'm: m["layers"][0]["mediaType"] = OCI + "layer.v1.tar"'
	wrong 'layers[0]: gzip: not gzip data' 'layer: layer.compression = "none"' 'm: m["layers"][0]["mediaType"] = OCI + "layer.v1.tar+gzip"'
	wrong 'layers[0]: "a/.wh.": a whiteout of nothing' 'layer: layer.file("a/.wh.")'
	wrong 'layers[0]: tar: byte ' 'layer: layer.raw(b"x" * 512)'
	wrong 'layers[1]: size mismatch' 'm: m["layers"][1]["size"] += 5'
	wrong 'cannot open blobs' 'm: os.unlink(l.blob_path(m["layers"][0]))'
}
@test "every failure is told, with the way to it, also through nested indexes" {
	made 'c: c["rootfs"]["diff_ids"][0] = "sha256:" + "0" * 64' 'm: p = l.blob_path(m["layers"][1]); os.truncate(p, 10)' \
		'd: e = l.blob(json.dumps({"schemaVersion": 2, "manifests": [dict(d, size=1), d]}).encode(), OCI + "index.v1+json"); l.manifests[:] = [e]'
	run -1 "$RUNLET" image validate i
	[ "${#lines[@]}" = 3 ]
	[[ ${lines[0]} =~ ^runlet:\ i:\ index.json:\ manifests\[0\]\ →\ sha256:[0-9a-f]{12}…:\ manifests\[0\]:\ size\ mismatch ]]
	[[ ${lines[1]} =~ ^runlet:\ i:\ index.json:\ manifests\[0\]\ →\ sha256:[0-9a-f]{12}…:\ manifests\[1\]\ →\ sha256:[0-9a-f]{12}…:\ layers\[0\]:\ diff_id\ mismatch ]]
	[[ ${lines[2]} == *'layers[1]: size mismatch: 10 bytes, not'* ]]
}
@test "all that is wrong with an index or a manifest is told, and what is behind the rest of it" {
	made 'd: l.manifests += [dict(d, size=-1, digest="sha256:ABC"), dict(d, platform={"os": "linux"}, annotations={"x": 5}), "text", dict(d, digest="sha256:" + "0" * 64)]'
	run -1 "$RUNLET" image validate i
	[ "$(sed 's/sha256:[0-9a-zA-Z]*/D/; s/D:.*/D/; s/ (.*//' <<<"$output")" = 'runlet: i: index.json: manifests[1].size: -1 is out of range
runlet: i: index.json: manifests[1].digest: a sha256 digest has 64 lower-case hexadecimal digits: "D"
runlet: i: index.json: manifests[2].annotations["x"]: expected a string, found a number
runlet: i: index.json: manifests[2].platform.architecture: missing
runlet: i: index.json: manifests[3]: expected an object, found a string
runlet: i: index.json: manifests[4]: cannot open blobs/sha256/0000000000000000000000000000000000000000000000000000000000000000: No such file or directory' ] || { echo "$output"; return 1; }
	made 'd: e = l.blob(json.dumps({"schemaVersion": 1, "manifests": [dict(d, size="1"), dict(d, size=1)]}).encode(), OCI + "index.v1+json"); l.manifests[:] = [e, e]'
	run -1 "$RUNLET" image validate i
	[[ ${lines[0]} =~ ^runlet:\ i:\ index.json:\ manifests\[0\]\ →\ sha256:[0-9a-f]{12}…:\ manifests\[0\].size:\ expected\ an\ integer ]]
	[[ $output == *"manifests[1] → sha256:"*"…: manifests[1]: size mismatch: "*" bytes, not 1" ]]
	made 'm: m["annotations"] = {"": "x"}; m["layers"].append(5); m["layers"][0]["digest"] = "sha256:x"; m["layers"][1]["size"] += 1'
	run -1 "$RUNLET" image validate i
	[[ $output == *"…: layers[0].digest: "*"…: layers[2]: expected an object"*"…: annotations: "*"…: 3 layers, but 2 diff_ids"*"…: layers[1]: size mismatch"* ]]
}
@test "several files, in order; a document by its mediaType, or by its structure" {
	made
	cp i/index.json one.json
	jq 'del(.mediaType)' i/index.json >two.json
	cp "i/blobs/$(jq -r '.manifests[0].digest' i/index.json | tr : /)" three.json
	jq 'del(.mediaType)' three.json >four.json
	cp "i/blobs/$(jq -r '.config.digest' three.json | tr : /)" five.json
	run -0 "$RUNLET" image validate i one.json two.json three.json four.json five.json
	[ "$output" = "$(printf '%s: OK\n' i one.json two.json three.json four.json five.json)" ]
	run -1 "$RUNLET" image validate i nowhere one.json
	[ "$output" = "$(printf 'i: OK\nrunlet: nowhere: cannot open: No such file or directory\none.json: OK')" ]
	run -1 "$RUNLET" image validate --type config three.json
	[[ $output == *"three.json: "*architecture* ]]
	echo '{}' >six.json
	run -1 "$RUNLET" image validate six.json
	[[ $output == *"neither an index, a manifest nor a config: give --type" ]]
	echo '{"a":' >seven.json
	run -1 "$RUNLET" image validate seven.json
	[[ $output == "runlet: seven.json: 2:1: JSON: "* ]] || { echo "$output"; return 1; }
	run -0 "$RUNLET" image validate --type manifest - <three.json
	[ "$(cat three.json | "$RUNLET" image validate -)" = "-: OK" ]
	printf 'PK\3\4 and more' >eight.zip
	run -1 "$RUNLET" image validate --type imageZip eight.zip
	[ "$output" = "runlet: eight.zip: a ZIP archive: not supported; unpack it, and name the directory" ]
}
@test "--ref: which images are looked at, and what is said of them" {
	made 'd: e = dict(d, digest="sha256:" + "0" * 64, annotations={"org.opencontainers.image.ref.name": "broken"}); l.manifests.append(e)'
	run -1 "$RUNLET" image validate i
	[[ $output == *"manifests[1]: cannot open"* ]]
	[ "$("$RUNLET" image validate --ref latest i)" = "i: OK" ]
	[ "$("$RUNLET" image validate --ref name=latest i)" = "$(printf 'reference [name=latest]: OK\ni: OK')" ]
	# a platform that its descriptor lacks is its config's
	[ "$("$RUNLET" image validate --ref latest --ref platform.os=linux --ref platform.architecture=amd64 i)" = "$(printf 'reference [latest platform.os=linux platform.architecture=amd64]: OK\ni: OK')" ]
	run -1 "$RUNLET" image validate --ref platform.architecture=arm i
	[ "$output" = "runlet: i: platform.architecture=arm: no image with that reference" ]
	run -1 "$RUNLET" image validate --ref name=other i
	[[ $output == *"no image with that reference"* ]]
}
@test "--format json: one document, with every complaint" {
	made
	[ "$("$RUNLET" image validate --format json i | jq -c .)" = '{"complaints":[],"failures":0,"warnings":0}' ]
	made 'c: c["rootfs"]["diff_ids"] = ["sha256:" + "0" * 64] * 2; del c["history"]' 'd: d["annotations"]["x\"y"] = "z"'
	run -1 --separate-stderr "$RUNLET" image validate --format json i nowhere
	[ -z "$stderr" ]
	[ "$(jq -r '[.failures, .warnings, (.complaints | length)] | join(" ")' <<<"$output")" = "3 1 4" ]
	[ "$(jq -r '.complaints[1].path' <<<"$output" | sed 's/sha256:[0-9a-f]*/D/')" = 'index.json: manifests[0] → D…: layers[0]' ]
	[ "$(jq -r '.complaints[3] | [.fails, .file, .reason] | join("|")' <<<"$output")" = 'true|nowhere|cannot open: No such file or directory' ]
	run -1 "$RUNLET" image validate --format xml i
	[[ $output == "runlet: --format xml: expected text or json" ]]
}
@test "an image with many names is read once" {
	image_case large l
	jq '.manifests[0] as $m | .manifests = [range(300) | $m | .annotations["org.opencontainers.image.ref.name"] = "v\(.)"]' l/index.json >new && mv new l/index.json
	blob=$(jq -r '.layers[0].digest' "l/blobs/$(jq -r '.manifests[0].digest' l/index.json | tr : /)" | tr -d '\n' | cut -d: -f2)
	strace -f -o trace -e trace=openat,openat2 "$RUNLET" image validate l
	[ "$(grep -c "$blob" trace)" = 1 ]
}
