#!/usr/bin/env bats
# Bad input: one clear line on stderr, exit 1, nothing half made.
load helpers
setup() { setup_container; args /bin/echo ran; }
teardown() { teardown_container; }

# refused TEXT…: run fails with one line that has each text in it, and leaves nothing
refused() {
	local text
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 1 ] || return 1
	one_line || return 1
	for text; do [[ $output == *"$text"* ]] || { echo "no \"$text\""; return 1; }; done
	nothing_left
}
bad() { edit "$1" && shift && refused "$@"; }

@test "a bundle that is not there, without config.json, without rootfs" {
	run c run -b "$WORK/none" "$ID"
	[ "$status" = 1 ]
	one_line
	[[ $output == *"cannot open the bundle $WORK/none: No such file or directory" ]]
	rm -rf "$BUNDLE/rootfs"
	refused "root.path" "$BUNDLE/rootfs" "No such file or directory"
	rm "$BUNDLE/config.json"
	refused "config.json" "No such file or directory"
	mkdir "$BUNDLE/config.json"
	refused "config.json" "Is a directory"
}

@test "a rootfs that is a file" {
	rm -rf "$BUNDLE/rootfs"
	touch "$BUNDLE/rootfs"
	refused "root.path" "Not a directory"
}

@test "JSON that is none names line and column" {
	printf '{\n  "ociVersion": "1.0.0",\n  oops\n}\n' >"$BUNDLE/config.json"
	refused "config.json:3:3: JSON: "
	: >"$BUNDLE/config.json"
	refused "config.json:1:1: JSON: "
	head -c 100 </dev/urandom >"$BUNDLE/config.json"
	refused "config.json:1:" "JSON: "
}

@test "a document too large and one too deep name their limits" {
	head -c 9000000 </dev/zero | tr '\0' ' ' >"$BUNDLE/config.json"
	refused "LIMIT_DOCUMENT_BYTES"
	{ printf '{"x":'; printf '[%.0s' {1..200}; printf ']%.0s' {1..200}; printf '}'; } >"$BUNDLE/config.json"
	refused "LIMIT_JSON_DEPTH"
}

@test "wrong types and unknown words name their place" {
	cp "$BUNDLE/config.json" "$WORK/good"
	again() { cp "$WORK/good" "$BUNDLE/config.json"; bad "$@"; }
	again '.process.args = "sh"' process.args
	again '.process.args = []' process.args
	again '.process.args = [""]' process.args
	again 'del(.process)' process
	again 'del(.root)' root
	again '.root.path = ""' root.path
	again '.process.cwd = "relative"' process.cwd
	again '.ociVersion = "2.0.0"' ociVersion
	again '.ociVersion = "one"' ociVersion
	again '.linux.namespaces += [{type: "pid"}]' linux.namespaces pid
	again '.linux.namespaces += [{type: "dream"}]' 'linux.namespaces[' dream
	again '.linux.namespaces[0].path = "relative"' 'linux.namespaces[0].path'
	again '.process.rlimits += [{type: "RLIMIT_NOFILE", soft: 1, hard: 1}]' process.rlimits
	again '.process.rlimits[0].type = "RLIMIT_FUN"' 'process.rlimits[0].type' RLIMIT_FUN
	again '.mounts[0].destination = ""' 'mounts[0].destination'
	again '.linux.resources.memory.limit = "much"' linux.resources.memory.limit
	again '.linux.rootfsPropagation = "sideways"' linux.rootfsPropagation sideways
	again '.linux.seccomp = {defaultAction: "SCMP_ACT_SHRUG"}' linux.seccomp.defaultAction SCMP_ACT_SHRUG
	again '.hooks = {prestart: [{path: "relative"}]}' 'hooks.prestart[0].path'
	again '.linux.sysctl = {"kernel.panic": "1"}' 'linux.sysctl["kernel.panic"]'
	again '.linux.sysctl = {"net.ipv4.ip_forward": "1"} | .linux.namespaces |= map(select(.type != "network"))' 'linux.sysctl["net.ipv4.ip_forward"]' network
	again '.linux.namespaces |= map(select(.type != "uts"))' hostname uts
	again '.linux.uidMappings = [{containerID: 0, hostID: 1, size: 1}]' linux.uidMappings user
	again '.linux.namespaces += [{type: "user"}]' 'linux.uidMappings' 'container ID 0'
}

@test "mounts that can't be done name the mount" {
	cp "$BUNDLE/config.json" "$WORK/good"
	again() { cp "$WORK/good" "$BUNDLE/config.json"; bad "$@"; }
	again '.mounts += [{destination: "/x", source: "/no/such/source", options: ["bind"]}]' 'mounts[7] "/x"' /no/such/source "No such file or directory"
	again '.mounts += [{destination: "/x", type: "nosuchfs", source: "none"}]' 'mounts[7] "/x"' nosuchfs
	again '.mounts += [{destination: "/x", type: "tmpfs", source: "tmpfs", options: ["nosuide"]}]' 'mounts[7] "/x"' 'tmpfs with "nosuide":'
	again '.mounts += [{destination: "/x", type: "tmpfs", source: "none", options: ["size=lots"]}]' 'mounts[7] "/x"'
	again '.mounts += [{destination: "/proc/sys/x", type: "tmpfs", source: "none"}]' 'mounts[7] "/proc/sys/x"' /proc
	ln -s loop "$BUNDLE/rootfs/loop"
	again '.mounts += [{destination: "/loop/x", type: "tmpfs", source: "none"}]' 'mounts[7] "/loop/x"' "Symbolic link loop"
}

@test "empty labels are none" {
	edit '.process.apparmorProfile = "" | .process.selinuxLabel = "" | .linux.mountLabel = ""'
	run c run -b "$BUNDLE" "$ID"
	[ "$output" = ran ]
}

@test "another platform's config is refused by its name" {
	cp "$BUNDLE/config.json" "$WORK/good"
	again() { cp "$WORK/good" "$BUNDLE/config.json"; bad "$@"; }
	again '.windows = {layerFolders: ["C:\\layer"]}' windows platform
	again '.solaris = {milestone: "x"}' solaris platform
	again '.vm = {kernel: {path: "/vmlinuz"}}' vm
	again '.zos = {namespaces: [{type: "uts"}]}' zos platform
	again '.freebsd = {devices: []}' freebsd platform
}

@test "a state directory that can't be written" {
	touch "$WORK/file"
	run "$RUNLET" --root "$WORK/file" run -b "$BUNDLE" "$ID"
	[ "$status" = 1 ]
	one_line
	run "$RUNLET" --root "$WORK/file/below" run -b "$BUNDLE" "$ID"
	[ "$status" = 1 ]
	one_line
	run "$RUNLET" --root /proc/nowhere run -b "$BUNDLE" "$ID"
	[ "$status" = 1 ]
	one_line
	run unshare -m sh -c 'mount -t tmpfs -o ro none "$1" && shift && exec "$@"' - "$WORK/bundle/rootfs/tmp" "$RUNLET" --root "$BUNDLE/rootfs/tmp/state" run -b "$BUNDLE" "$ID"
	[ "$status" = 1 ]
	one_line
	[[ $output == *"Read-only file system" ]]
}

@test "a full state directory" {
	mkdir "$WORK/small"
	script='mount -t tmpfs -o size=8k,nr_inodes=100 none "$1" && head -c 8192 /dev/zero >"$1/filler"; state=$1; shift; "$@"; status=$?; ls -A "$state" | grep -v filler; exit $status'
	run unshare -m sh -c "$script" - "$WORK/small" "$RUNLET" --root "$WORK/small" run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 1 ]
	one_line
	[[ $output == *"No space left on device" ]]
	nothing_left
	script='mount -t tmpfs -o size=80k,nr_inodes=3 none "$1"; state=$1; shift; "$@"; status=$?; ls -A "$state"; exit $status'
	run unshare -m sh -c "$script" - "$WORK/small" "$RUNLET" --root "$WORK/small" run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 1 ]
	one_line
}

@test "a pid file that can't be written undoes the container" {
	run c run --pid-file "$WORK/no/such/dir/pid" -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 1 ]
	one_line
	[[ $output == *"--pid-file"* ]]
	nothing_left
}

@test "--log has the error as a last JSON line with level error" {
	edit '.process.args = ["nothing-here"]'
	run c --log "$WORK/log" --log-format json create -b "$BUNDLE" "$ID"
	[ "$status" = 1 ]
	[ "$(tail -n 1 "$WORK/log" | jq -r .level)" = error ]
	[[ $(tail -n 1 "$WORK/log" | jq -r .msg) == *'executable file "nothing-here" not found in $PATH'* ]]
	[[ $(tail -n 1 "$WORK/log" | jq -r .time) =~ ^20[0-9-]{8}T[0-9:]{8}\.[0-9]+Z$ ]]
	one_line
}

@test "unknown properties are ignored, and named at debug level" {
	edit '.notInTheSpec = {a: [1]} | .process.alsoNot = 1'
	run c --debug --log "$WORK/log" run -b "$BUNDLE" "$ID"
	[ "$status" = 0 ]
	[ "$output" = ran ]
	grep -q notInTheSpec "$WORK/log"
	grep -q process.alsoNot "$WORK/log"
}

# unfit_programs REFUSER: programs that can't be executed, each asked for by REFUSER PROGRAM REASON
unfit_programs() {
	local bin=$BUNDLE/rootfs/bin
	printf '#!/no/such/interpreter\n' >"$bin/orphan"; chmod 755 "$bin/orphan"
	printf '#!/bin/plain\n' >"$bin/script-of-plain"; chmod 755 "$bin/script-of-plain"
	printf 'plain\n' >"$bin/plain"; chmod 644 "$bin/plain"
	printf 'no program\n' >"$bin/text"; chmod 755 "$bin/text"
	mkdir "$bin/directory"
	ln -s loop "$bin/loop"
	# an ELF header of another machine (SPARC), and one that ends early
	{ head -c 18 "$bin/busybox"; printf '\2\0'; tail -c +21 "$bin/busybox" | head -c 500; } >"$bin/foreign"; chmod 755 "$bin/foreign"
	head -c 40 "$bin/busybox" >"$bin/short"; chmod 755 "$bin/short"
	"$1" /bin/nothing "exec /bin/nothing: no such file or directory"
	"$1" nothing 'executable file "nothing" not found in $PATH: No such file or directory'
	"$1" /bin/orphan "exec /bin/orphan: no such file or directory"
	"$1" /bin/script-of-plain "exec /bin/script-of-plain: permission denied"
	"$1" /bin/plain "exec /bin/plain: permission denied"
	"$1" /bin/text "exec /bin/text: exec format error"
	"$1" /bin/directory "exec /bin/directory: is a directory"
	"$1" directory "directory"
	"$1" /bin/loop "exec /bin/loop: symbolic link loop"
	"$1" /bin/plain/below "exec /bin/plain/below: not a directory"
	"$1" /bin/foreign "exec /bin/foreign: exec format error"
	"$1" /bin/short "exec /bin/short: exec format error"
}

run_refuses() { args "$1"; refused "$2" "process.args[0]: "; }
@test "run: a program that is missing, not executable, a directory, a script without its interpreter, of another CPU" {
	unfit_programs run_refuses
}

start_refuses() {
	args "$1"
	# what can be seen before the program is executed is create's error, the rest start's
	if c create -b "$BUNDLE" "$ID" </dev/null >"$WORK/out" 2>&1 3>&-; then
		run c start "$ID"
		c delete --force "$ID"
	else
		run cat "$WORK/out"
		status=1
	fi
	echo "$output"
	[ "$status" = 1 ]
	one_line
	[[ $output == *"$2"* ]]
	nothing_left
}
@test "create and start: the same" {
	unfit_programs start_refuses
}

exec_refuses() {
	run c exec "$ID" "$1"
	echo "$output"
	[ "$status" = 255 ]
	one_line
	[[ $output == *"$2"* ]]
	status_is "$ID" running
}
@test "exec: the same, and the container runs on" {
	args sleep 100
	detached
	unfit_programs exec_refuses
}

@test "memory limits too low to start" {
	grep -q " - cgroup [^ ]* .*memory" /proc/self/mountinfo || skip "no v1 memory controller here"
	local limit
	for limit in 4096 65536; do
		edit '.linux.resources = {memory: {limit: $limit}}' --argjson limit $limit
		refused "memory limit, which may be too low (linux.resources.memory.limit)"
	done
}

@test "a console socket that is gone, that nobody hears, that hangs up" {
	edit '.process.terminal = true'
	gone() {
		run c create --console-socket "$WORK/socket" -b "$BUNDLE" "$ID"
		echo "$output"
		[ "$status" = 1 ]
		one_line
		[[ $output == *"$1"* ]]
		nothing_left
	}
	gone "--console-socket: cannot connect to console socket \"$WORK/socket\": No such file or directory"
	touch "$WORK/socket"
	gone "--console-socket: cannot connect to console socket \"$WORK/socket\": "
	rm "$WORK/socket"
	# bound, and its owner dead
	python3 -c 'import socket, sys; s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen()' "$WORK/socket"
	gone "--console-socket: cannot connect to console socket \"$WORK/socket\": Connection refused"
	rm "$WORK/socket"
	# not there yet
	python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(); c = s.accept()[0]; f = socket.recv_fds(c, 100, 1); c.recv(1); s.accept()' "$WORK/later" </dev/null >/dev/null 2>&1 3>&- &
	PIDS="${PIDS:-} $!"
	until_true [ -S "$WORK/later" ]
	{ sleep 0.05; mv "$WORK/later" "$WORK/socket"; } &
	c create --console-socket "$WORK/socket" -b "$BUNDLE" "$ID"
	c delete --force "$ID"
	wait $!
	rm "$WORK/socket"
	python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(); s.accept()[0].close(); s.close()' "$WORK/socket" </dev/null >/dev/null 2>&1 3>&- &
	PIDS="${PIDS:-} $!"
	until_true [ -S "$WORK/socket" ]
	# it may have hung up before or after the terminal was sent; neither may hang or kill the runtime
	run timeout 20 "$RUNLET" --root "$STATE" create --console-socket "$WORK/socket" -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 0 ] || { [ "$status" = 1 ] && one_line && [[ $output == *"--console-socket: cannot send the terminal: "* || $output == *"process.terminal: "*": I/O error" ]] && nothing_left; }
}

@test "a process that ignores TERM: it runs on, until it is killed or deleted by force" {
	edit '.root.readonly = false'
	program 'trap "echo again >>/tmp/seen" TERM; echo >/tmp/ready; while :; do sleep 0.1; done'
	detached
	until_true test -e "$BUNDLE/rootfs/tmp/ready"
	c kill "$ID"
	until_true grep -q again "$BUNDLE/rootfs/tmp/seen"
	status_is "$ID" running
	run c delete "$ID"
	[ "$status" = 1 ]
	[[ $output == *"cannot delete container $ID that is not stopped: running" ]]
	c kill "$ID" TERM
	c kill "$ID" KILL
	until_true status_is "$ID" stopped
	c delete "$ID"
	nothing_left
	detached
	c delete --force "$ID"
	nothing_left
}

@test "two creates of one ID at once: one is made, the other refused, and the first is whole" {
	args sleep 100
	local turn i good pids
	for turn in 1 2 3 4 5; do
		pids= good=0
		for i in 1 2 3 4; do
			c create -b "$BUNDLE" "$ID" </dev/null >"$WORK/out.$i" 2>&1 3>&- &
			pids="$pids $!"
		done
		i=0
		for pid in $pids; do
			i=$((i + 1))
			if wait "$pid"; then
				good=$((good + 1))
				[ ! -s "$WORK/out.$i" ]
			else
				cat "$WORK/out.$i"
				[ "$(wc -l <"$WORK/out.$i")" = 1 ]
				grep -q "container \"$ID\" already exists" "$WORK/out.$i"
			fi
		done
		[ "$good" = 1 ]
		status_is "$ID" created
		c start "$ID"
		status_is "$ID" running
		c delete --force "$ID"
		nothing_left
	done
}

@test "a state file that is damaged, of a newer runlet, or not ours: said in one line by every command, and deleted by force" {
	args sleep 100
	# damage COMMAND…: done to the state of a container that lives; every command then fails in one line, and delete --force leaves nothing of it
	damage() {
		detached
		local pid; pid=$(pid_of "$ID")
		cp "$STATE/$ID/record" "$WORK/record"
		(cd "$STATE/$ID" && "$@")
		local command
		for command in "state $ID" "start $ID" "kill $ID KILL" "exec $ID true" "ps $ID" "pause $ID" "update --pids-limit 5 $ID" "events --stats $ID" "delete $ID"; do
			run c $command
			echo "$command: $output"
			[ "$status" != 0 ]
			one_line
		done
		run c list
		[ "$status" = 0 ]
		[ "$(readlink "/proc/$pid/exe")" ]   # untouched
		cp "$WORK/record" "$STATE/$ID/record"   # so that its processes and cgroups are found
		c delete --force "$ID"
		nothing_left
	}
	damage sh -c 'printf "" >record'
	damage sh -c 'head -c 100 record >x && mv x record'
	damage sh -c 'head -c 3000 /dev/urandom >record'
	damage sh -c 'jq -c ".pid = \"one\"" record >x && mv x record'
	damage sh -c 'jq -c "del(.id)" record >x && mv x record'
	damage sh -c 'jq -c ".cgroups = \"9 x\"" record >x && mv x record'
	# a newer one has members that we do not know: they do no harm
	detached
	jq -c '.invented = {deep: [1, 2]} | .ociVersion = "1.9.0"' "$STATE/$ID/record" >"$WORK/newer" && cat "$WORK/newer" >"$STATE/$ID/record"
	status_is "$ID" running
	c exec "$ID" true
	c delete --force "$ID"
	nothing_left
}
