# What the integration tests share. RUNLET is the program under test; everything else lives in a directory of the test's own.
# The name of a container is "$ID"; its bundle "$BUNDLE"; the state "$STATE". teardown leaves nothing, also when a test fails.

setup_container() {
	RUNLET=${RUNLET:-$(realpath "$BATS_TEST_DIRNAME/../../build/pc/runlet")}
	WORK=$(mktemp -d "${TMPDIR:-/tmp}/runlet-test.XXXXXX")
	STATE=$WORK/state BUNDLE=$WORK/bundle
	ID=${BATS_TEST_FILENAME##*/}
	ID=test-${ID%.bats}-$BATS_TEST_NUMBER-$$
	make_bundle "$BUNDLE"
}

teardown_container() {
	local id
	[ -n "${WORK:-}" ] || return 0
	for id in $("$RUNLET" --root "$STATE" list -q 2>/dev/null); do
		"$RUNLET" --root "$STATE" delete --force "$id" || echo "# could not delete $id" >&3
	done
	for id in ${PIDS:-}; do kill -KILL "$id" 2>/dev/null || :; done
	rm -rf --one-file-system "$WORK"
}

# make_bundle DIR: a rootfs of busybox, and spec's own config without the terminal. BUSYBOX: one that may be linked instead of copied (an emulator translates each copy anew).
make_bundle() {
	mkdir -p "$1"/rootfs/{bin,dev,etc,proc,sys,tmp,root}
	chmod 1777 "$1/rootfs/tmp"
	if [ -n "${BUSYBOX:-}" ]; then ln "$BUSYBOX" "$1/rootfs/bin/busybox"; else cp "$(command -v busybox)" "$1/rootfs/bin/busybox"; fi
	"$1/rootfs/bin/busybox" --install "$1/rootfs/bin"   # hard links
	printf 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000::/:/bin/sh\n' >"$1/rootfs/etc/passwd"
	"$RUNLET" spec -b "$1"
	edit "$1" '.process.terminal = false'
}

# edit [DIR] FILTER [JQ-OPTIONS…]: changes the bundle's config.json
edit() {
	local dir=$BUNDLE new
	[ ! -d "$1" ] || { dir=$1; shift; }
	local filter=$1; shift
	new=$(jq "$@" "$filter" "$dir/config.json") && printf '%s\n' "$new" >"$dir/config.json"
}

# program SCRIPT: what the container's shell is to do; args COMMAND…: the program itself
program() { edit '.process.args = ["/bin/sh", "-c", $script]' --arg script "$1"; }
args() { edit '.process.args = $args' --argjson args "$(for word; do jq -n --arg word "$word" '$word'; done | jq -s .)"; }

# c COMMAND…: the program under test, on the test's own state
c() { "$RUNLET" --root "$STATE" "$@"; }
# detached [OPTIONS…]: run -d, with what it says in $WORK/out: `run` would wait for everybody who has its output open
detached() {
	c run -d "$@" -b "$BUNDLE" "$ID" </dev/null >"$WORK/out" 2>&1 3>&- || { cat "$WORK/out"; return 1; }
}
status_of() { c state "$1" | jq -r .status; }
pid_of() { c state "$1" | jq -r .pid; }

# compiled NAME [FLAGS…]: the program of test/tools/NAME.c as the bundle's /bin/NAME. COMPILED: a directory where it is already, for a machine without a compiler.
compiled() {
	if [ -n "${COMPILED:-}" ]; then cp "$COMPILED/$1" "$BUNDLE/rootfs/bin/$1"; return; fi
	command -v gcc >/dev/null || skip "needs gcc"
	gcc -static "${@:2}" -o "$BUNDLE/rootfs/bin/$1" "$BATS_TEST_DIRNAME/../tools/$1.c"
}

# What the machine may refuse: user namespaces (inside a chroot, for one); to join a mount namespace and still find our files (whose root is another inside a chroot).
needs_user_namespaces() { unshare -U true 2>/dev/null || skip "no user namespaces here: $(unshare -U true 2>&1 | tail -n 1)"; }
needs_no_chroot() { nsenter --mount=/proc/self/ns/mnt test -d "$WORK" || skip "inside a chroot"; }

# until_true COMMAND…: tries for half a minute: the machine may be busy
until_true() {
	local try
	for try in $(seq 600); do "$@" && return 0; sleep 0.05; done
	return 1
}
status_is() { [ "$(status_of "$1")" = "$2" ]; }

# nothing_left [ID]: no state, no cgroup of the container
nothing_left() {
	local id=${1:-$ID} left
	[ ! -e "$STATE/$id" ] || { echo "left: $STATE/$id"; return 1; }
	left=$(find /sys/fs/cgroup -maxdepth 6 -type d -name "$id" 2>/dev/null || :)   # others' cgroups may go meanwhile || :   # others' cgroups go while it looks
	[ -z "$left" ] || { echo "left: $left"; return 1; }
	! grep -F "$WORK" /proc/self/mountinfo
}
# one_line: bats' $output is a single line, of the program's
one_line() {
	[ "${#lines[@]}" = 1 ] && [[ $output == runlet:* ]] || { echo "not one line: $output"; return 1; }
}
