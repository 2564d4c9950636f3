# Hostile images, as root: random ones, and those whose size or shape is the attack. Each ends, with one line at most; nothing outside is touched, nothing is left, memory is bounded.
bats_require_minimum_version 1.5.0

setup() {
	RUNLET=${RUNLET:-$(realpath "$BATS_TEST_DIRNAME/../../build/pc/runlet")}
	TOOLS=$(realpath "$BATS_TEST_DIRNAME/../tools")
	WORK=$(mktemp -d "${TMPDIR:-/tmp}/runlet-hostile-test.XXXXXX")
	cd "$WORK"
}
teardown() {
	cd /
	rm -rf --one-file-system "$WORK"
}
# made STATEMENTS: the layout "i", by Python over test/tools/layers.py
made() {
	rm -rf i
	PYTHONPATH=$TOOLS python3 -c "import json, os, hashlib
from layers import *
$1"
}
one() { made "l = Layout('i'); l.image([Layer()$1]); l.finish()"; }
# refused TEXT [SOURCE]: one line with it, exit 1, nothing left; in 40 MB of memory at most
refused() {
	run timeout 60 bash -c 'ulimit -t 60; exec "$0" image unpack --progress none --spool . "$1" out' "$RUNLET" "${2:-i}"
	[[ $status = 1 && ${#lines[@]} = 1 && $output == "runlet: "*"$1"* ]] || { echo "wanted $1: status $status: $output"; return 1; }
	[ ! -e out ] && [ -z "$(ls -A | grep -E 'runlet')" ] || { ls -A; return 1; }
}

@test "random images: names, links, whiteouts, replacements in every combination, across layers" {
	mkdir random; cd random
	"$TOOLS/image-attack" "$RUNLET" 120 "${SEED:-1}"
}
@test "names: 10,000 bytes, 300 bytes in one component, empty, with NUL, no UTF-8, 2,000 levels" {
	one '.add("p", "0", b"", {"path": "x" * 10000})'
	refused 'name too long'
	one '.add("p", "0", b"", {"path": "/".join(["d" * 100] * 99)})'
	refused 'name too long'
	one '.add("p", "2", b"", {"linkpath": "x" * 10000})'
	refused 'name too long'
	one '.add("p", "0", b"", {"path": b"a\0b"})'
	refused 'path holds a NUL byte'
	one '.file("", "x")'
	refused 'an entry without a name'
	one '.add("p", "0", b"", {"path": "d/" * 2000 + "x"})'
	refused 'LIMIT_TAR_DEPTH'
	one '.file(b"\xff\xfe\x80", "bytes").file(b"new\nline\x1b[31m", "x")'
	"$RUNLET" image unpack --progress none i out
	[ "$(cat out/$'\xff\xfe\x80')" = bytes ] && [ -e out/$'new\nline\e[31m' ]
	one '.file(b"new\nline\x1b[31m", "x").file(b"new\nline\x1b[31m/y", "x")'
	rm -rf out
	refused 'its parent: Not a directory'
	[[ $output != *$'\e'* ]]
}
@test "a thousand levels of directories are made and removed" {
	made 'l = Layout("i"); a = Layer(); name = ""
for i in range(1000):
    name += "d/"
    a.add("p", "5", b"", {"path": name}, mode=0o755)
a.add("p", "0", b"deep", {"path": name + "f"})
b = Layer().add("p", "0", b"deeper", {"path": name + "g"})
l.image([a, b]); l.finish()'
	"$RUNLET" image unpack --progress none i out
	[ "$(find out | wc -l)" = 1003 ]
	made 'l = Layout("i"); a = Layer(); name = ""
for i in range(1000):
    name += "d/"
    a.add("p", "5", b"", {"path": name}, mode=0o755)
l.image([a, Layer().file(".wh.d"), Layer().file("x/.wh.")]); l.finish()'
	rm -rf out
	refused 'a whiteout of nothing'
}
@test "100,000 layers, 1,000 levels of JSON, an index that names itself, a manifest that is its own config" {
	made 'l = Layout("i"); l.image([Layer()], manifest_edit=lambda m: m.update(layers=m["layers"] * 100000)); l.finish()'
	refused 'LIMIT_DOCUMENT_BYTES'
	made 'l = Layout("i"); l.image([Layer()], manifest_edit=lambda m: m.update(layers=[{"mediaType": "a/b", "digest": "a:b", "size": 1}] * 60000)); l.finish()'
	refused 'LIMIT_'
	made 'l = Layout("i"); l.image([Layer()]); l.write("index.json", b"{\"a\":" * 1000 + b"1" + b"}" * 1000)'
	refused 'LIMIT_JSON_DEPTH'
	made 'l = Layout("i"); d = "sha256:" + "5" * 64
x = json.dumps({"schemaVersion": 2, "manifests": [{"mediaType": OCI + "index.v1+json", "digest": d, "size": 174}]}).encode()
open("i/blobs/sha256/" + "5" * 64, "wb").write(x.ljust(174)[:max(174, len(x))]); l.write("index.json", x)'
	refused 'mismatch'
	made 'l = Layout("i"); l.image([Layer()], manifest_edit=lambda m: m.update(config=m["layers"][0])); l.finish()'
	refused 'an artifact, not an image'
}
@test "sizes: negative, beyond 63 bits, octal that overflows, more than the archive holds" {
	one '.raw(header("f", raw={124: b"\xff" * 12}))'
	refused 'size out of range: -1'
	one '.raw(header("f", raw={124: b"777777777777"}))'
	refused 'truncated archive'
	one '.raw(header("f", raw={124: b"\x80" + b"\xff" * 11}))'
	refused 'bad size in a header'
	one '.raw(header("f", raw={124: b"99999999999\0"}))'
	refused 'bad size in a header'
	one '.add("p", "0", b"", {"size": 2 ** 64})'
	refused 'PAX header: bad size'
	one '.raw(header("f", size=1 << 40))'
	refused 'truncated archive'
	one '.raw(header("f", raw={136: b"\x80" + b"\x7f" * 11}))'
	refused 'bad mtime in a header'
}
@test "bombs: gzip and zstd, as layers and around an archive; a sparse file of exabytes" {
	head -c 300000000 /dev/zero | gzip -9 >l.tar.gz
	"$TOOLS/image-of" i l.tar.gz; refused 'LIMIT_RATIO'; rm -rf i
	head -c 300000000 /dev/zero | zstd -q -19 >l.tar.zst
	"$TOOLS/image-of" i l.tar.zst; refused 'LIMIT_RATIO'
	refused 'LIMIT_RATIO' l.tar.gz
	refused 'LIMIT_RATIO' l.tar.zst
	run -1 "$RUNLET" image validate l.tar.gz
	[ "${#lines[@]}" = 1 ]
	one '.add("g/1", "0", pad(b"1\n9223372036854775000\n0\n"), {"GNU.sparse.major": 1, "GNU.sparse.minor": 0, "GNU.sparse.name": "huge", "GNU.sparse.realsize": 9223372036854775000})'
	run timeout 20 "$RUNLET" image unpack --progress none i out
	[ "$status" = 1 ] || [ "$(stat -c %b out/huge)" = 0 ]
}
@test "a blob that changes while it is read, in place of which another comes, or that is cut" {
	"$TOOLS/image-case" large i
	local blob how pid
	blob=i/blobs/$(jq -r '.layers[0].digest' "i/blobs/$(jq -r '.manifests[0].digest' i/index.json | tr : /)" | tr : /)
	cp "$blob" whole
	for how in 'dd if=/dev/zero of=$blob bs=1 seek=$((RANDOM % 1000)) count=100 conv=notrunc status=none' 'truncate -s $RANDOM $blob' 'rm $blob; ln -s /etc/passwd $blob' 'rm $blob; mkfifo $blob'; do
		rm -rf out "$blob"; cp whole "$blob"
		for i in 1 2 3 4 5; do
			rm -rf out "$blob"; cp whole "$blob"
			timeout 30 "$RUNLET" image unpack --progress none i out 2>said & pid=$!
			eval "$how"
			status=0; wait $pid || status=$?
			if [ "$status" = 0 ]; then [ "$(find out -type f | wc -l)" -gt 300 ]
			else [ "$status" = 1 ] && [ "$(wc -l <said)" = 1 ] && [ ! -e out ] || { cat said; return 1; }; fi
		done
	done
	[ -z "$(ls -A | grep runlet)" ]
}
@test "symlinks in the layout: blobs that lead out of it are not followed" {
	"$TOOLS/image-case" types i
	mv i/blobs outside; ln -s "$PWD/outside" i/blobs
	refused 'image layout must contain blobs directory'
	rm i/blobs; ln -s ../outside i/blobs
	refused 'image layout must contain blobs directory'
	rm i/blobs; mkdir i/blobs; ln -s "$PWD/outside/sha256" i/blobs/sha256
	refused 'cannot open blobs/sha256'
}
@test "a limit of files' sizes: an error, not a signal, and nothing left" {
	one '.file("f", os.urandom(400000))'
	run bash -c 'ulimit -f 100; exec "$0" image unpack --progress none i out' "$RUNLET"
	[ "$status" = 1 ] && [ "${#lines[@]}" = 1 ] && [[ $output == *'"f": cannot write it: File too large' ]] || { echo "$status: $output"; return 1; }
	[ "$(ls -A)" = i ]
}
@test "standard descriptors that are closed are not taken for files of the image" {
	local how
	one '.file("f", os.urandom(400000))'
	for how in '<&-' '>&-' '2>&-' '<&- >&- 2>&-'; do
		rm -rf out
		bash -c "exec $how; exec \"\$0\" image unpack i out" "$RUNLET"
		[ "$(stat -c %s out/f)" = 400000 ]
	done
}
@test "names of references and platforms do not steer the terminal" {
	made 'l = Layout("i"); l.image([Layer().file("f")], ref="a\nb\x1b[31m", platform={"os": "li\x1b[32mnux", "architecture": "amd64"}); l.finish()'
	run -0 "$RUNLET" image ls i
	[ "${#lines[@]}" = 2 ] && [[ ${lines[1]} == 'a?b?[31m '*' li?[32mnux/amd64 '* ]] && [[ $output != *$'\e'* ]]
	[ "$("$RUNLET" image ls --format json i | jq -r '.[0].reference')" = $'a\nb\e[31m' ]
}
@test "links through links, replaced directories, attributes of what was replaced: all of it stays inside" {
	mkdir victim victim/dir; echo safe >victim/file
	local before=$(stat -c '%n %a %u %h %Y %Z' victim victim/dir victim/file) v=$PWD/victim layers
	for layers in \
		"Layer().symlink('s', '$v').dir('d/').file('d/file'), Layer().file('s/.wh.file')" \
		"Layer().symlink('s', '$v').dir('${v#/}/').file('${v#/}/file', 'inner'), Layer().file('s/.wh..wh..opq')" \
		"Layer().symlink('s', '$v/file').link('h', 's').file('h', 'attack')" \
		"Layer().symlink('s', '$v/dir'), Layer().link('h', 's').file('h/f', 'attack')" \
		"Layer().dir('d/', mtime=5).dir('d/dir/', mtime=5).symlink('d', '$v').dir('d/dir/', mode=0o7777, uid=7, mtime=3)" \
		"Layer().symlink('d', '$v'), Layer().file('d/file', 'x'), Layer().dir('d/', mode=0, uid=7, mtime=3)" \
		"Layer().dir('a/../', mode=0o700, uid=3).file('a/../../../../../../../..$v/file', 'x')" \
		"Layer().add('g', '0', pad(b'1\n5000\n3\n') + b'abc', {'GNU.sparse.major': 1, 'GNU.sparse.minor': 0, 'GNU.sparse.name': '../../..$v/file', 'GNU.sparse.realsize': 10000})" \
		"Layer().add('d', '2', b'', {'SCHILY.xattr.user.x': 'y'}, link='$v/file')" \
		"Layer().file('file', 'attack', prefix='../../..$v'), Layer().file('..$v/file', 'attack')" \
		"Layer().add('n', '3', major=1, minor=5), Layer().file('n', 'hello').add('n', '6'), Layer().file('n', 'x')"; do
		made "l = Layout('i'); l.image([$layers]); l.finish()"
		"$RUNLET" image unpack --progress none i out || { echo "$layers"; return 1; }
		[ "$(stat -c '%n %a %u %h %Y %Z' victim victim/dir victim/file)" = "$before" ] && [ "$(cat victim/file)" = safe ] || { echo "$layers"; return 1; }
		rm -rf out
	done
}
@test "PAX records that lie of their length, numbers that are none" {
	local text
	for text in '99 path=a\n' '5 path=a\n' '20 path=aaaa\n20 path=bbbb\n' '010 path=a\n' '+9 path=a\n' ' 9 path=a\n' '9path=aaa\n' '5 =a\n' '9 path=a\n\n' '-9 path=a\n' '99999999999999999999999999 path=a\n'; do
		one ".raw(header('p', 'x', len(b'$text')) + pad(b'$text')).file('f')"
		refused 'PAX header: malformed record'
	done
	for text in uid:-1 uid:0x5 uid:4294967295 'gid: 5' mtime:1e9 mtime:nan mtime:.5 mtime:9223372036854775808 size:-1 size:9223372036854775808; do
		one ".add('f', '0', b'', {'${text%:*}': '${text#*:}'})"
		refused "PAX header: bad ${text%:*}"
	done
}
@test "a symlink does not lead to a name that whiteouts have" {
	one '.file("foo").symlink("d", ".wh.foo").file("d/x")'
	refused '"d/x": its parent: Invalid argument'
	for name in .wh.foo .wh..wh..opq; do
		made 'l = Layout("i"); l.image([Layer().file("foo"), Layer().symlink("d", "'$name'").file("d/x")]); l.finish()'
		refused '"d/x": its parent: Invalid argument'
	done
	made 'l = Layout("i"); l.image([Layer().file("foo"), Layer().symlink("d", ".wh..wh..implied").file("d/x")]); l.finish()'
	refused '"d/x": its parent: Not a directory'
}
@test "the root is a directory, whatever slash stands behind its name" {
	local name
	for name in . ./ / .//; do
		one ".file('$name')"
		refused 'the root of an image is a directory'
		one ".symlink('$name', 'x')"
		refused 'the root of an image is a directory'
	done
	one '.add("./", "\0", magic=b"\0" * 8).add("d/", "\0", magic=b"\0" * 8)'   # v7
	"$RUNLET" image unpack --progress none i out
	[ -d out/d ]
}
