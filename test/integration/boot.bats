#!/usr/bin/env bats
# runlet boot: as a supervisor below another process, and as PID 1 of a pid namespace of its own, with everything it mounts and names in namespaces too.
load helpers

setup() {
	setup_container
	FILES=$WORK/files BOOT=$WORK/boot
	mkdir -p "$FILES/services"
	program 'echo hello from $(hostname); exit 0'
}
teardown() {
	teardown_container
}

service() { printf '%s' "$2" | sed "s|BUNDLE|$BUNDLE|g; s|OCI|$WORK/oci|g; s|WORK|$WORK|g" >"$FILES/services/$1.json"; }
device() { printf '%s' "$1" >"$FILES/device.json"; }
boot() { timeout -k 5 60 "$RUNLET" --root "$STATE" boot --config "$FILES" --state "$BOOT" "$@"; }
first() { timeout -k 5 60 unshare --mount --mount-proc --pid --fork --uts --net --propagation slave "$RUNLET" --root "$STATE" boot --config "$FILES" --state "$BOOT" "$@"; }
in_background() {
	"$RUNLET" --root "$STATE" boot --config "$FILES" --state "$BOOT" >"$WORK/out" 2>&1 3>&- &
	PIDS=$!
}
told_to_stop() {
	kill -TERM "$PIDS"
	wait "$PIDS"
	PIDS=
}
image() { "$BATS_TEST_DIRNAME/../../tools/make-busybox-image" "$WORK/oci" sh -c 'echo image $(cat /proc/1/comm) "$A" "$@"'; }

@test "boot: a bundle runs, and all is over when it ends" {
	service "$ID" '{"bundle": "BUNDLE"}'
	run boot
	[ "$status" = 0 ]
	[ "$output" = "hello from runlet" ]
	nothing_left
}

@test "boot: args, env, cwd and user override the bundle's" {
	service "$ID" '{"bundle": "BUNDLE", "args": ["/bin/sh", "-c", "echo $A $PATH $(pwd) $(id -u):$(id -g)"], "env": ["A=one", "PATH=/bin"], "cwd": "/tmp", "user": "user"}'
	run boot
	echo "$output"
	[ "$status" = 0 ]
	[ "$output" = "one /bin /tmp 1000:1000" ]
}

@test "boot: an image is unpacked once, and again when its index.json is another" {
	image
	service "$ID" '{"image": {"layout": "OCI", "ref": "latest"}, "env": ["A=first"], "oneshot": true}'
	run boot
	echo "$output"
	[ "$status" = 0 ]
	[[ $output == *"image sh first"* ]]
	touch "$BOOT/bundles/$ID/rootfs/kept"
	run boot
	[ "$status" = 0 ]
	[ -e "$BOOT/bundles/$ID/rootfs/kept" ]
	umoci --log error config --image "$WORK/oci:latest" --config.env A=second
	run boot
	[ "$status" = 0 ]
	[ ! -e "$BOOT/bundles/$ID/rootfs/kept" ]
}

@test "boot: volumes of an image lie below data" {
	image
	umoci --log error config --image "$WORK/oci:latest" --config.volume /var/data
	service "$ID" '{"image": {"layout": "OCI"}, "data": "WORK/data", "args": ["/bin/sh", "-c", "echo kept >/var/data/file"]}'
	run boot
	echo "$output"
	[ "$status" = 0 ]
	[ "$(cat "$WORK/data/var/data/file")" = kept ]
}

@test "boot: rootfs.overlay tmpfs keeps the root filesystem as it was" {
	edit '.root.readonly = false'
	service "$ID" '{"bundle": "BUNDLE", "rootfs": {"overlay": "tmpfs", "sizeBytes": 1048576}, "args": ["/bin/sh", "-c", "echo x >/written && cat /written; head -c 2000000 /dev/zero >/big || echo full"]}'
	grep -q overlay /proc/filesystems || skip "no overlay filesystem here"
	run boot
	echo "$output"
	[ "$status" = 0 ]
	[ "${lines[0]}" = x ]
	[ "${lines[-1]}" = full ]
	[ ! -e "$BUNDLE/rootfs/written" ]
	! grep -F "$WORK" /proc/self/mountinfo
}

@test "boot: rootfs.overlay with a directory keeps what is written over restarts" {
	edit '.root.readonly = false'
	grep -q overlay /proc/filesystems || skip "no overlay filesystem here"
	service "$ID" '{"bundle": "BUNDLE", "rootfs": {"overlay": "WORK/kept, and: this/over"}, "args": ["/bin/sh", "-c", "echo x >>/written; wc -l </written"]}'
	for turn in 1 2; do
		run boot
		echo "$output"
		[ "$status" = 0 ]
		[ "$output" = "$turn" ]
	done
	[ ! -e "$BUNDLE/rootfs/written" ]
	[ "$(wc -l <"$WORK/kept, and: this/over/upper/written")" = 2 ]
	! grep -F "$WORK" /proc/self/mountinfo
}

@test "boot: rootfs.overlay over a bundle that has an overlay of its own is refused" {
	mkdir -p "$WORK/store/layers" "$WORK/over"
	cp -r "$BUNDLE/rootfs" "$WORK/store/layers/one"
	printf 'store=%s\nlayer=one\nupper=%s\n' "$WORK/store" "$WORK/over" >"$BUNDLE/runlet-overlay"
	service "$ID" '{"bundle": "BUNDLE", "oneshot": true, "rootfs": {"overlay": "tmpfs"}}'
	run boot
	echo "$output"
	[ "$status" = 1 ]
	[ "${lines[0]}" = "runlet: $ID: rootfs.overlay: the bundle has one of its own ($BUNDLE/runlet-overlay)" ]
	grep -q overlay /proc/filesystems || skip "no overlay filesystem here"
	service "$ID" '{"bundle": "BUNDLE", "oneshot": true, "rootfs": {"overlay": "none"}}'
	run boot
	echo "$output"
	[ "$status" = 0 ]
	[ "$output" = "hello from runlet" ]
}

@test "boot: files are a word or a list" {
	printf 'name\n' >"$WORK/hostname"
	service "$ID" '{"bundle": "BUNDLE", "files": ["hostname", "resolv.conf"], "args": ["/bin/sh", "-c", "cat /etc/hostname; [ -s /etc/hosts ] || echo no hosts; echo x >/etc/hostname || echo read-only"]}'
	run unshare --mount --propagation slave sh -c 'mount --bind "$0" /etc/hostname && "$@"' "$WORK/hostname" timeout -k 5 60 "$RUNLET" --root "$STATE" boot --config "$FILES" --state "$BOOT"
	echo "$output"
	[ "$status" = 0 ]
	[ "${lines[0]}" = name ]
	[ "${lines[1]}" = "no hosts" ]
	[ "${lines[-1]}" = read-only ]
}

@test "boot: files auto" {
	service "$ID" '{"bundle": "BUNDLE", "files": "auto", "args": ["/bin/cat", "/etc/hosts"]}'
	run boot
	[ "$status" = 0 ]
	[ "$output" = "$(cat /etc/hosts)" ]
}

@test "boot: on-failure starts again until it is well; the count is in the ring" {
	edit '.root.readonly = false'
	service "$ID" '{"bundle": "BUNDLE", "restart": {"policy": "on-failure"}, "log": {"to": "ring", "bytes": 4096}, "args": ["/bin/sh", "-c", "echo turn; echo x >>/count; [ $(wc -l </count) = 3 ]"]}'
	run boot
	echo "$output"
	[ "$status" = 0 ]
	[ "$(grep -c 'ended with status 1; starts again' <<<"$output")" = 2 ]
	[ "$(cat "$BOOT/log.$ID")" = "turn
turn
turn" ]
}

@test "boot: a ring stays within its bytes" {
	service "$ID" '{"bundle": "BUNDLE", "log": {"to": "ring", "bytes": 4096}, "args": ["/bin/sh", "-c", "for i in $(seq 3000); do echo line $i; done"]}'
	run boot
	[ "$status" = 0 ]
	[ "$(cat "$BOOT/log.$ID.0" "$BOOT/log.$ID" | wc -c)" -le 4096 ]
	[ "$(tail -n 1 "$BOOT/log.$ID")" = "line 3000" ]
	service "$ID" '{"bundle": "BUNDLE", "log": {"to": "ring", "bytes": 4096}, "args": ["/bin/sh", "-c", "for i in $(seq 150); do echo line $i; done"]}'
	for turn in 1 2 3 4 5 6 7 8; do   # what is there of the one before counts
		boot
		[ "$(cat "$BOOT/log.$ID.0" "$BOOT/log.$ID" | wc -c)" -le 4096 ]
	done
}

@test "boot: what fails is said, and a oneshot's is the exit status" {
	service "$ID" '{"bundle": "BUNDLE", "args": ["/bin/false"], "oneshot": true}'
	run boot
	[ "$status" = 1 ]
	[ "$output" = "runlet: boot: $ID: ended with status 1" ]
	service "$ID" '{"bundle": "BUNDLE", "args": ["/bin/false"]}'
	run boot
	[ "$status" = 0 ]
	[ "$output" = "runlet: boot: $ID: ended with status 1" ]
}

@test "boot: a service that does not end by SIGTERM is killed, and all ends" {
	service "$ID" '{"bundle": "BUNDLE", "log": {"to": "ring"}, "args": ["/bin/sh", "-c", "trap \"\" TERM; echo up; while :; do sleep 1; done"]}'
	in_background
	until_true grep -q up "$BOOT/log.$ID"
	told_to_stop
	[ "$(cat "$WORK/out")" = "runlet: boot: $ID: does not end; is killed" ]
	nothing_left
}

@test "boot: restart always starts again what ended well; idle stay waits for a signal" {
	edit '.root.readonly = false'
	device '{"idle": "stay"}'
	service "$ID" '{"bundle": "BUNDLE", "restart": {"policy": "always"}, "args": ["/bin/sh", "-c", "echo x >>/count"]}'
	service other '{"bundle": "BUNDLE", "enabled": false}'
	in_background
	until_true test -s "$BUNDLE/rootfs/count"
	until_true sh -c '[ "$(wc -l <"$0")" -ge 2 ]' "$BUNDLE/rootfs/count"
	told_to_stop
	service "$ID" '{"bundle": "BUNDLE", "args": ["/bin/true"]}'
	in_background
	sleep 2
	kill -0 "$PIDS"
	told_to_stop
	[ ! -s "$WORK/out" ]
}

@test "boot: a container whose \`run\` is killed is deleted before it starts again" {
	program 'trap "exit 0" TERM; echo started; while :; do sleep 0.1; done'
	service "$ID" '{"bundle": "BUNDLE", "restart": {"policy": "on-failure"}}'
	in_background
	runs() { pgrep -P "$PIDS" >"$WORK/runs" && grep -q started "$WORK/out"; }
	until_true runs
	first=$(pid_of "$ID")
	kill -KILL "$(cat "$WORK/runs")"
	again() { [ "$(grep -c '^started$' "$WORK/out")" = 2 ]; }
	until_true again
	[ "$(pid_of "$ID")" != "$first" ]
	! kill -0 "$first" 2>/dev/null
	told_to_stop
	cat "$WORK/out"
	[ "$(cat "$WORK/out")" = "started
runlet: boot: $ID: ended with status 137; starts again
started" ]
	nothing_left
}

@test "boot: storage: layout, store and data of all services; log none; files none" {
	image
	umoci --log error config --image "$WORK/oci:latest" --config.volume /var/data
	device "{\"storage\": {\"layout\": \"$WORK/oci\", \"store\": \"$WORK/store\", \"data\": \"$WORK/all\"}}"
	mkdir "$WORK/store"
	service "$ID" '{"image": {"ref": "latest"}, "files": "none", "args": ["/bin/sh", "-c", "echo kept >/var/data/file; ls /etc/hosts || echo none"]}'
	run boot
	echo "$output"
	[ "$status" = 0 ]
	[ "${lines[-1]}" = none ]
	[ "$(cat "$WORK/all/$ID/var/data/file")" = kept ]
	[ -d "$WORK/store/$ID/rootfs/bin" ]
	service "$ID" '{"image": {"ref": "latest"}, "log": {"to": "none"}, "args": ["/bin/echo", "unheard"]}'
	run boot
	[ "$status" = 0 ]
	[[ $output != *unheard* ]]
	service "$ID" '{"image": {"ref": "absent"}}'
	run boot
	[[ $output == *absent* ]]
	digest=$(jq -r '.manifests[0].digest' "$WORK/oci/index.json")
	service "$ID" "{\"image\": {\"digest\": \"$digest\"}, \"args\": [\"/bin/echo\", \"by digest\"]}"
	run boot
	[ "${lines[-1]}" = "by digest" ]
	service "$ID" '{"image": {"digest": "sha256:0000000000000000000000000000000000000000000000000000000000000000"}, "oneshot": true}'
	run boot
	[ "$status" = 1 ]
	service "$ID" '{"image": {"ref": "latest", "platform": "plan9:mips"}, "oneshot": true}'
	run boot
	[ "$status" = 1 ]
	[[ $output == *plan9* ]]
}

@test "boot: SIGTERM stops the services, SIGUSR1 reaches their program" {
	service "$ID" '{"bundle": "BUNDLE", "restart": {"policy": "always"}, "log": {"to": "ring"}, "args": ["/bin/sh", "-c", "trap \"echo usr1\" USR1; trap \"echo bye; exit 0\" TERM; echo up; while :; do sleep 0.1; done"]}'
	in_background
	until_true grep -q up "$BOOT/log.$ID"
	kill -USR1 "$PIDS"
	until_true grep -q usr1 "$BOOT/log.$ID"
	told_to_stop
	cat "$WORK/out" "$BOOT/log.$ID"
	[ "$(tail -n 1 "$BOOT/log.$ID")" = bye ]
	nothing_left
}

@test "boot: a service that is not enabled does not run, nor one beside it that has no file" {
	service "$ID" '{"bundle": "BUNDLE", "enabled": false}'
	run boot
	[ "$status" = 0 ]
	[ -z "$output" ]
}

@test "boot --dry-run: what would be done, in order, and nothing is" {
	device "{\"hostname\": \"gateway\", \"clockFloor\": \"2026-01-02T03:04:05Z\", \"storage\": {\"layout\": \"/oci\"}, \"idle\": \"reboot\", \"mounts\": [{\"destination\": \"$WORK/volume\", \"type\": \"tmpfs\", \"source\": \"tmpfs\"}]}"
	service b '{"image": {"ref": "latest"}}'
	service a '{"bundle": "BUNDLE"}'
	service c '{"image": {"layout": "/other"}, "enabled": false}'
	run boot --dry-run
	echo "$output"
	[ "$status" = 0 ]
	[ "$output" = "hostname gateway
clock not before 2026-01-02T03:04:05Z
mount tmpfs on $WORK/volume
start a: bundle $BUNDLE
start b: image latest of /oci
leave c: image (the only one) of /other
at the end reboot" ]
	[ ! -e "$BOOT" ]
	device '{"clockFloor": "2021-02-29T12:00:00Z"}'
	run boot --dry-run
	[ "$status" = 1 ]
	[ "$output" = 'runlet: clockFloor: "2021-02-29T12:00:00Z" is not a time like 2026-01-02T03:04:05Z' ]
	service a '{"bundle": 1}'
	run boot --dry-run
	[ "$status" = 1 ]
	[[ $output == *"services/a.json: bundle: expected a string"* ]]
	nothing_left
}

# mistaken SERVICE WORDS: `boot` with it ends with these words, behind the file's name
mistaken() {
	service web "$1"
	run boot
	[ "$status" = 1 ] && [[ $output == *"services/web.json: $2" ]] || { echo "$1: $output"; return 1; }
}

@test "boot: mistakes name their file and place" {
	service web '{"bundle": "BUNDLE", "restart": {"policy": "sometimes"}}'
	run boot
	[ "$status" = 1 ]
	one_line
	[[ $output == *"web.json"*"restart.policy"* ]]
	mistaken '{"bundle": "BUNDLE", "after": ["db"]}' 'file: "after": not built yet'
	mistaken '{"bundle": "BUNDLE", "afterwards": ["db"]}' 'file: "afterwards": unknown'
	mistaken '{"bundle": "BUNDLE", "restart": {"policy": "always", "burst": 3}}' 'restart: "burst": not built yet'
	mistaken '{"bundle": "BUNDLE", "files": ["passwd"]}' 'files[0]: unknown value "passwd"'
	mistaken '{"bundle": "BUNDLE", "files": 1}' 'files: expected an array, found a number'
	mistaken '{"bundle": "BUNDLE", "rootfs": {"overlay": "here"}}' 'rootfs.overlay: expected none, tmpfs or an absolute path'
	mistaken '{"bundle": "BUNDLE", "rootfs": {"overlay": "/here", "sizeBytes": 1048576}}' 'rootfs.sizeBytes: only with overlay tmpfs'
	service web '{"args": ["x"]}'
	run boot
	[ "$status" = 1 ]
	[[ $output == *"image"*"either image or bundle says what to run" ]]
	service web '{"bundle": "BUNDLE", "log": {"to": "file"}}'
	run boot
	[ "$status" = 1 ]
	[[ $output == *"web.json"*"log.to"* ]]
	rm "$FILES/services/web.json"
	device '{"idle": "sleep"}'
	run boot
	[[ $output == *"device.json"*"idle"* ]]
	for i in $(seq 33); do service "s$i" '{"bundle": "BUNDLE"}'; done
	device '{}'
	run boot
	[[ $output == *"services: more than 32 (LIMIT_SERVICES in base/limits.h)" ]]
}

@test "boot as PID 1: host name, mounts, the services, and the end as the file says" {
	needs_no_chroot
	mkdir "$WORK/volume"
	device "{\"hostname\": \"gateway\", \"clockFloor\": \"2020-02-29T12:00:00Z\", \"idle\": \"reboot\", \"mounts\": [{\"destination\": \"$WORK/volume\", \"type\": \"tmpfs\", \"source\": \"tmpfs\", \"options\": [\"size=1m\"]}]}"
	edit 'del(.linux.namespaces[] | select(.type == "uts")) | del(.hostname) | .mounts += [{"destination": "/tmp", "source": $v, "type": "bind", "options": ["rbind"]}]' --arg v "$WORK/volume"
	service "$ID" '{"bundle": "BUNDLE", "args": ["/bin/sh", "-c", "hostname; echo x >/tmp/file; grep -c tmpfs.*size=1024k /proc/self/mountinfo"]}'
	run first
	echo "$output"
	[ "${lines[0]}" = gateway ]
	[ "${lines[1]}" -ge 1 ]
	[ "$status" = 129 ]   # unshare ends as PID 1 did: reboot(2) in a pid namespace is SIGHUP, or SIGINT where it powers off
	[ ! -e "$WORK/volume/file" ]
	[ "$(hostname)" != gateway ]
	nothing_left
}

# by_words WORDS: as PID 1 of a kernel that was started with these
by_words() {
	echo "quiet $1 -- more" >"$WORK/cmdline"
	timeout -k 5 60 unshare --mount --mount-proc --pid --fork --uts --net --propagation slave sh -c 'mount --bind "$0" /proc/cmdline && exec "$@"' "$WORK/cmdline" "$RUNLET" --root "$STATE" boot --state "$BOOT"
}

@test "boot as PID 1: the words of the kernel's command line" {
	needs_no_chroot
	service "$ID" '{"bundle": "BUNDLE", "args": ["/bin/echo", "one"]}'
	service other '{"bundle": "BUNDLE", "args": ["/bin/echo", "two"]}'
	device '{"idle": "reboot"}'
	run by_words "runlet.config=$FILES runlet.only=$ID runlet.idle=poweroff"
	echo "$output"
	[ "$status" = 130 ]
	[ "$output" = one ]
	run by_words "runlet.config=$FILES runlet.only=other,absent runlet.idle=poweroff runlet.idle=sleep runlet.debug"
	echo "$output"
	[ "$status" = 130 ]
	grep -qx two <<<"$output"
	grep -q 'runlet.only=absent: no such service' <<<"$output"
	grep -q 'runlet.idle=sleep: expected stay, poweroff or reboot' <<<"$output"
	grep -q 'all services have ended' <<<"$output"
	device '{"idle": "poweroff", "clockFloor": "2021-02-29T12:00:00Z"}'
	run by_words "runlet.config=$FILES runlet.idle=poweroff"
	[[ $output == *'clockFloor: "2021-02-29T12:00:00Z" is not a time'* ]]
	nothing_left
}

@test "boot as PID 1: SIGINT reboots, SIGTERM powers off, orphans are reaped" {
	needs_no_chroot
	for signal in INT:129 TERM:130; do
		service "$ID" '{"bundle": "BUNDLE", "log": {"to": "ring"}, "args": ["/bin/sh", "-c", "trap \"exit 0\" TERM; echo up; while :; do sleep 0.1; done"]}'
		rm -f "$BOOT/log.$ID"
		unshare --mount --mount-proc --pid --fork --uts --net --propagation slave "$RUNLET" --root "$STATE" boot --config "$FILES" --state "$BOOT" >"$WORK/out" 2>&1 3>&- &
		PIDS=$!
		until_true grep -q up "$BOOT/log.$ID"
		first=$(pgrep -P "$PIDS")
		nsenter --target "$first" --pid --mount sh -c 'sh -c "sleep 0.2 & :"'
		until_true sh -c '! pgrep -P "$0" -x sleep' "$first"
		kill -"${signal%:*}" "$first"
		ended=0; wait "$PIDS" || ended=$?
		PIDS=
		[ "$ended" = "${signal#*:}" ]
	done
}
