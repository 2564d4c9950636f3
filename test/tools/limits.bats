# The limits of a profile: each says its name and its value when it is met, and what lies just below it is accepted.
# Environment: RUNLET; PROFILE, what it was built with: small (LIMITS=small, for devices of 64 MB) or default
bats_require_minimum_version 1.5.0

setup() {
	TOOLS=$(realpath "$BATS_TEST_DIRNAME")
	LIMITS=$(realpath "$BATS_TEST_DIRNAME/../../src/base/limits.h")
	WORK=$(mktemp -d "${TMPDIR:-/tmp}/runlet-limits-test.XXXXXX")
	ID=limits-$PROFILE-$BATS_TEST_NUMBER-$$   # also its cgroup's name, and both profiles are tried at once
	cd "$WORK"
	mkdir -p b/rootfs/bin && cp "$(command -v busybox)" b/rootfs/bin/busybox && ln -s busybox b/rootfs/bin/sh
	"$RUNLET" spec -b b
	jq '.process.terminal = false | .process.args = ["/bin/sh", "-c", ":"]' b/config.json >c && mv c b/config.json
}
teardown() {
	cd /
	[ ! -d "$WORK/state" ] || for id in $("$RUNLET" --root "$WORK/state" list -q 2>/dev/null); do "$RUNLET" --root "$WORK/state" delete --force "$id"; done
	rm -rf --one-file-system "$WORK"
}
# limit NAME: its value
limit() {
	local column=2
	[ "$PROFILE" = default ] || column=3
	sed -nE "s/^#define $1 +PROFILE\(([0-9]+), ([0-9]+)\).*/x \1 \2/p; s/^#define $1 +([0-9]+).*/x \1 \1/p" "$LIMITS" | cut -d ' ' -f $column
}
# names LIMIT COMMAND…: fails with one line that names it and its value
names() {
	local limit=$1 value; shift
	value=$(limit "${limit%% *}"); [ -n "$value" ]
	[ "$limit" = "${limit% / 8}" ] || value=$((value / 8))
	[ "$limit" = "${limit#4 \* }" ] || value=$((4 * $(limit "${limit#4 \* }")))
	run timeout 60 "$@" </dev/null
	[[ ($status = 1 || $status = 255) && ${#lines[@]} = 1 && $output == *"runlet: "*"more than $value ($limit in base/limits.h)"* ]] || { echo "wanted $limit, $value: status $status: $output"; return 1; }
}
config() { jq -c "$@" b/config.json >c && mv c b/config.json; }
# fill FILE BYTES: spaces behind what is in it
fill() { head -c $(($2 - $(stat -c %s "$1"))) /dev/zero | tr '\0' ' ' >>"$1"; }
accepted() { "$RUNLET" --root state run -b b "$ID"; }
refused() { names "$1" "$RUNLET" --root state run -b b "$ID"; }
python() { rm -rf i o; PYTHONPATH=$TOOLS python3 -c "from layers import *
$1"; }
UNPACK=("$RUNLET" image unpack --progress none)

@test "LIMIT_DOCUMENT_BYTES" {
	fill b/config.json "$(limit LIMIT_DOCUMENT_BYTES)"
	accepted
	printf ' ' >>b/config.json
	refused LIMIT_DOCUMENT_BYTES
}
@test "LIMIT_TOKENS" {
	cp b/config.json as-it-was
	config ".annotations = ([range($(limit LIMIT_TOKENS) / 2 - 200)] | map({key: \"\\(.)\", value: \"\"}) | from_entries)"
	accepted
	cp as-it-was b/config.json
	config ".annotations = ([range($(limit LIMIT_TOKENS) / 2)] | map({key: \"\\(.)\", value: \"\"}) | from_entries)"
	refused LIMIT_TOKENS
}
@test "LIMIT_ARENA_BYTES: of an image's config" {   # an empty object is one token, its struct has room for all members
	python "def history(c): c['history'] = [{}] * ($(limit LIMIT_TOKENS) - 1000)
l = Layout('i'); l.image([Layer().file('f', 'x')], config_edit=history); l.finish()"
	names LIMIT_ARENA_BYTES "${UNPACK[@]}" i o
}
@test "LIMIT_JSON_DEPTH" {
	printf '{"ociVersion": "1.0.0", "x": %s}' "$(printf '[%.0s' {1..64})$(printf ']%.0s' {1..64})" >b/config.json
	refused LIMIT_JSON_DEPTH
}
@test "LIMIT_MOUNTS" {
	config '.mounts = [range(4097) | {destination: "/x"}]'
	refused LIMIT_MOUNTS
}
@test "LIMIT_ID_MAPPINGS" {
	config '.linux.uidMappings = [range(341) | {containerID: ., hostID: ., size: 1}] | .linux.gidMappings = .linux.uidMappings | .linux.namespaces += [{type: "user"}]'
	refused LIMIT_ID_MAPPINGS
}
@test "LIMIT_RESOURCES_BYTES: of update" {
	config '.process.args[2] = "exec /bin/busybox sleep 1000"'
	"$RUNLET" --root state run -d -b b "$ID" </dev/null >out 2>&1
	echo '{}' >resources
	fill resources "$(limit LIMIT_RESOURCES_BYTES)"
	"$RUNLET" --root state update -r - "$ID" <resources
	printf ' ' >>resources
	names LIMIT_RESOURCES_BYTES sh -c '"$0" --root state update -r - "$1" <resources' "$RUNLET" "$ID"
	echo "{\"unified\": {$(printf '"":"",%.0s' {1..5000}) \"\": \"\"}}" >resources
	[ "$PROFILE" = default ] || names "LIMIT_RESOURCES_BYTES" sh -c '"$0" --root state update -r - "$1" <resources' "$RUNLET" "$ID"
}
@test "LIMIT_PROCESS_BYTES, LIMIT_PROCESS_TOKENS: of exec --process" {
	config '.process.args[2] = "exec /bin/busybox sleep 1000"'
	"$RUNLET" --root state run -d -b b "$ID" </dev/null >out 2>&1
	echo '{"args": ["/bin/sh", "-c", ":"], "cwd": "/"}' >process
	fill process "$(limit LIMIT_PROCESS_BYTES)"
	"$RUNLET" --root state exec --process process "$ID" </dev/null
	printf ' ' >>process
	names LIMIT_PROCESS_BYTES "$RUNLET" --root state exec --process process "$ID"
	jq -n "{cwd: \"/\", args: [range($(limit LIMIT_PROCESS_TOKENS)) | \"\"]}" >process
	names LIMIT_PROCESS_TOKENS "$RUNLET" --root state exec --process process "$ID"
}
@test "LIMIT_HEAP_BYTES: of a filter" {
	config ".linux.seccomp = {defaultAction: \"SCMP_ACT_ALLOW\", architectures: [\"SCMP_ARCH_X86_64\", \"SCMP_ARCH_X86\", \"SCMP_ARCH_X32\"],
		syscalls: [range($(limit LIMIT_HEAP_BYTES) / 32768) | {action: \"SCMP_ACT_ERRNO\", args: [range(6) as \$n | {index: \$n, value: ., op: \"SCMP_CMP_EQ\"}],
			names: [\"read\", \"write\", \"open\", \"close\", \"stat\", \"fstat\", \"lstat\", \"poll\", \"lseek\", \"mmap\", \"mprotect\", \"munmap\", \"brk\", \"ioctl\", \"pread64\", \"pwrite64\", \"readv\", \"writev\"]}]}"
	refused LIMIT_HEAP_BYTES
}
@test "LIMIT_CONTAINERS" {
	mkdir -p state; (cd state; for i in $(seq "$(limit LIMIT_CONTAINERS)"); do echo "c$i"; done | xargs mkdir)
	"$RUNLET" --root state list >out
	mkdir state/one-more
	names LIMIT_CONTAINERS "$RUNLET" --root state list
	rm -rf state
}
@test "LIMIT_ID_BYTES, LIMIT_CGROUP_DEPTH" {
	names LIMIT_ID_BYTES "$RUNLET" --root state run -b b "$(printf 'x%.0s' {1..1025})"
	config ".linux.cgroupsPath = \"/runlet-limits$(printf '/x%.0s' {1..64})\""
	refused LIMIT_CGROUP_DEPTH
}
@test "LIMIT_LAYERS" {
	python "l = Layout('i'); l.image([Layer().file('f%d' % n, 'x') for n in range($(limit LIMIT_LAYERS))]); l.finish()"
	"${UNPACK[@]}" i o
	python "l = Layout('i'); l.image([Layer().file('f%d' % n, 'x') for n in range($(limit LIMIT_LAYERS) + 1)]); l.finish()"
	names LIMIT_LAYERS "${UNPACK[@]}" i o
	[ ! -e o ]
}
@test "LIMIT_ENTRIES, LIMIT_ENTRY_NAMES_BYTES: of an archive that holds an image" {
	python "open('many.tar', 'wb').write(b''.join(header('f%d' % n) for n in range($(limit LIMIT_ENTRIES) + 1)) + b'\0' * 1024)"
	names LIMIT_ENTRIES "${UNPACK[@]}" many.tar o
	python "open('long.tar', 'wb').write(b''.join(header('x' * 90 + '%05d' % n, prefix='y' * 150) for n in range($(limit LIMIT_ENTRY_NAMES_BYTES) // 246 + 1)) + b'\0' * 1024)"
	names LIMIT_ENTRY_NAMES_BYTES "${UNPACK[@]}" long.tar o
}
@test "LIMIT_PAX_BYTES, LIMIT_SPARSE_EXTENTS: of a layer" {
	python "l = Layout('i'); l.image([Layer().add('p', '0', b'', {'comment': 'x' * ($(limit LIMIT_PAX_BYTES) - 18)})]); l.finish()"
	"${UNPACK[@]}" i o
	python "l = Layout('i'); l.image([Layer().add('p', '0', b'', {'comment': 'x' * $(limit LIMIT_PAX_BYTES)})]); l.finish()"
	names LIMIT_PAX_BYTES "${UNPACK[@]}" i o
	extents=$(limit LIMIT_SPARSE_EXTENTS)
	# PAX 1.0: the map stands before the data
	sparse="def sparse(count):
	text = ('%d\n' % count + ''.join('%d\n1\n' % (n * 4096) for n in range(count))).encode()
	text += b'\0' * (-len(text) % 512)
	content = text + b'x' * count
	return Layer().add('GNUSparseFile.0/s', '0', content, {'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.name': 's', 'GNU.sparse.realsize': str(count * 4096)})
l = Layout('i')"
	python "$sparse; l.image([sparse($extents)]); l.finish()"
	"${UNPACK[@]}" i o
	[ "$(stat -c %s o/s)" = $((extents * 4096)) ]
	python "$sparse; l.image([sparse($extents + 1)]); l.finish()"
	names LIMIT_SPARSE_EXTENTS "${UNPACK[@]}" i o
}
@test "LIMIT_ZSTD_WINDOW_BYTES: of a layer" {
	log=$(($(limit LIMIT_ZSTD_WINDOW_BYTES) == 8388608 ? 23 : 25))
	layer="class Zstd(Layer):
	def blob(self):
		import subprocess
		return subprocess.run(['zstd', '-q', '-c', '--long=%d' % self.log], input=self.archive(), stdout=subprocess.PIPE, check=True).stdout
l = Layout('i'); z = Zstd().file('f', 'x' * 100); z.compression = 'zstd'; z.log"
	python "$layer = $log; l.image([z]); l.finish()"
	"${UNPACK[@]}" i o
	python "$layer = $((log + 1)); l.image([z]); l.finish()"
	names LIMIT_ZSTD_WINDOW_BYTES "${UNPACK[@]}" i o
}
@test "LIMIT_PASSWD_BYTES: of a root filesystem" {
	mkdir -p r/etc
	head -c $(($(limit LIMIT_PASSWD_BYTES) + 1)) /dev/zero | tr '\0' '\n' >r/etc/passwd
	"$RUNLET" image pack --ref a --user nobody r i
	names LIMIT_PASSWD_BYTES "$RUNLET" image bundle --progress none i o
}
@test "LIMIT_PACK_NAMES_BYTES: of a directory that is packed" {
	mkdir d
	python "for n in range($(limit LIMIT_PACK_NAMES_BYTES) // 240 + 1): open('d/' + 'x' * 230 + '%09d' % n, 'w')"
	names LIMIT_PACK_NAMES_BYTES "$RUNLET" image pack --ref a d o
}
@test "LIMIT_STORE_NAMES: of a store that is swept" {   # its images have as many layers as they say, which is not looked at then
	python "l = Layout('i'); l.image([Layer().file('f', 'x')]); l.finish()"
	"${UNPACK[@]}" --store s i o
	python "l = Layout.__new__(Layout); l.path = 's'; l.manifests = json.load(open('s/index.json'))['manifests']
for n in range($(limit LIMIT_STORE_NAMES) // 102 + 1):
	ids = ['sha256:' + hashlib.sha256(b'%d %d' % (n, i)).hexdigest() for i in range(100)]
	def config(c): c['rootfs']['diff_ids'] = ids; c['history'] = []
	def manifest(m): m['layers'] = [{'mediaType': OCI + 'layer.v1.tar', 'digest': i, 'size': 1} for i in ids]
	l.image([], ref='r%d' % n, config_edit=config, manifest_edit=manifest)
	if n == $(limit LIMIT_STORE_NAMES) // 102 - 1: l.finish(); os.rename('s/index.json', 'below')
l.finish()"
	cp -a s t; mv below t/index.json
	"$RUNLET" image gc --store t
	names LIMIT_STORE_NAMES "$RUNLET" image gc --store s
}
@test "LIMIT_SERVICES, LIMIT_SERVICE_NAME_BYTES, LIMIT_SERVICE_BYTES, LIMIT_SERVICE_TOKENS: of boot" {
	mkdir -p e/services
	boot() { names "$1" "$RUNLET" --root state boot --config "$WORK/e" --state "$WORK/s"; }
	for i in {1..33}; do echo '{"bundle": "/b"}' >"e/services/s$i.json"; done
	boot LIMIT_SERVICES
	rm e/services/*; echo '{"bundle": "/b"}' >"e/services/$(printf 'x%.0s' {1..64}).json"
	run "$RUNLET" boot --config "$WORK/e" --state "$WORK/s"
	[[ $status = 1 && $output == *"a name longer than 63 (LIMIT_SERVICE_NAME_BYTES in base/limits.h)" ]]
	rm e/services/*; printf '{"bundle": "/b"%16384s}' '' >e/services/a.json
	boot LIMIT_SERVICE_BYTES
	printf '{"bundle": "/b", "args": [%s ""]}' "$(printf '"",%.0s' {1..1100})" >e/services/a.json
	boot LIMIT_SERVICE_TOKENS
	rm e/services/*; printf '{"hostname": "x"%16384s}' '' >e/device.json
	boot LIMIT_SERVICE_BYTES
}
@test "LIMIT_BOOT_CONFIG_BYTES: of a service's bundle" {
	mkdir -p e/services
	boot() { names "$1" sh -c '"$@" 2>&1 | sed "/ended with status/d"; exit 1' - "$RUNLET" --root state boot --config "$WORK/e" --state "$WORK/s"; }
	printf '{"bundle": "%s", "args": ["/bin/sh", "-c", "exit 0"], "oneshot": true}' "$WORK/b" >"e/services/$ID.json"
	cp b/config.json as-it-was
	fill b/config.json "$(limit LIMIT_BOOT_CONFIG_BYTES)"
	"$RUNLET" --root state boot --config "$WORK/e" --state "$WORK/s"
	printf ' ' >>b/config.json
	boot LIMIT_BOOT_CONFIG_BYTES
	cp as-it-was b/config.json
	config ".annotations = ([range($(limit LIMIT_BOOT_CONFIG_BYTES) / 16)] | map({key: \"\\(.)\", value: \"\"}) | from_entries)"
	boot "LIMIT_BOOT_CONFIG_BYTES / 8"
}
