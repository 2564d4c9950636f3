#!/usr/bin/env bats
# run: what the program sees, and what run returns. config.md, "Process", "Root", "Linux".
load helpers
setup() { setup_container; }
teardown() { teardown_container; }

@test "the config of spec runs as it is, without its terminal" {
	program 'echo hello from $(hostname) as $(id -u)'
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 0 ]
	[ "$output" = "hello from runlet as 0" ]
	nothing_left
}

@test "the bundle is the working directory where --bundle is not given" {
	args /bin/true
	cd "$BUNDLE"
	run c run "$ID"
	[ "$status" = 0 ]
}

# spec: process.args
@test "the exit status is the program's" {
	program 'exit 37'
	run c run -b "$BUNDLE" "$ID"
	[ "$status" = 37 ]
	[ -z "$output" ]
}

@test "a program that a signal ends gives 128 + signal" {
	edit '.linux.namespaces |= map(select(.type != "pid"))'
	program 'kill -KILL $$'
	run c run -b "$BUNDLE" "$ID"
	[ "$status" = 137 ]
	nothing_left
}

@test "no region of ours gets pages of 2 MB, which a kernel may give unasked" {
	[ -e /sys/kernel/mm/transparent_hugepage ] || skip "a kernel without such pages"
	args sleep 100
	"$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID" </dev/null >"$WORK/out" 2>&1 3>&- &
	PIDS=$!
	until_true status_is "$ID" running
	awk '$2 ~ /^[r-][w-][x-]p$/ { anonymous = $5 == 0 && $6 == "" } $1 == "Size:" { kb = $2 } $1 == "VmFlags:" && anonymous && kb >= 2048 { seen++; plain += / nh / } END { print seen, plain; exit !(seen && seen == plain) }' "/proc/$PIDS/smaps"
}

@test "standard input, output and error are the caller's" {
	program 'read line; echo out:$line; echo err:$line >&2'
	echo word | c run -b "$BUNDLE" "$ID" >"$WORK/out" 2>"$WORK/err"
	[ "$(cat "$WORK/out")" = out:word ]
	[ "$(cat "$WORK/err")" = err:word ]
}

# spec: process.{args,env,cwd}
@test "args, env and cwd" {
	edit '.process.cwd = "/made/for/it" | .process.env += ["A=1", "B=two words"]'
	program 'pwd; echo "$A $B"; echo $0 "$@"'
	edit '.process.args += ["zero", "one", "last one"]'
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 0 ]
	[ "${lines[0]}" = /made/for/it ]
	[ "${lines[1]}" = "1 two words" ]
	[ "${lines[2]}" = "zero one last one" ]
}

@test "the program is found in the PATH of its env, not the caller's" {
	mkdir -p "$BUNDLE/rootfs/opt/here"
	printf '#!/bin/sh\necho found\n' >"$BUNDLE/rootfs/opt/here/tool"
	chmod 755 "$BUNDLE/rootfs/opt/here/tool"
	edit '.process.env = ["PATH=/nowhere:/opt/here"]'
	args tool
	run c run -b "$BUNDLE" "$ID"
	[ "$output" = found ]
}

@test "PID 1 in a namespace of its own, session and process group of its own" {
	program 'echo $$; cut -d" " -f 5,6 /proc/self/stat; ps | wc -l'
	run c run -b "$BUNDLE" "$ID"
	[ "${lines[0]}" = 1 ]
	[ "${lines[1]}" = "1 1" ]
}

# spec: root.{path,readonly}
@test "a read-only root is read-only, and writable is writable" {
	program 'touch /x 2>/dev/null && echo written || echo refused'
	run c run -b "$BUNDLE" "$ID"
	[ "$output" = refused ]
	edit '.root.readonly = false'
	run c run -b "$BUNDLE" "$ID"
	[ "$output" = written ]
}

# spec: process.user.{uid,gid,umask,additionalGids}
@test "user, groups, umask" {
	edit '.process.user = {uid: 1000, gid: 1001, umask: 23, additionalGids: [7, 1001, 65000]}'
	program 'id -u; id -g; id -G; umask'
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "${lines[0]}" = 1000 ]
	[ "${lines[1]}" = 1001 ]
	[ "$(echo ${lines[2]} | tr ' ' '\n' | sort -un | xargs)" = "7 1001 65000" ]
	[ "${lines[3]}" = 0027 ]
}

# spec: process.capabilities.* process.noNewPrivileges
@test "the five capability sets and no_new_privs" {
	edit '.process.capabilities = {bounding: ["CAP_CHOWN","CAP_KILL","CAP_NET_RAW"], permitted: ["CAP_CHOWN","CAP_KILL"], effective: ["CAP_KILL"], inheritable: ["CAP_CHOWN"], ambient: ["CAP_CHOWN"]} | .process.user.uid = 1000'
	args /bin/grep -E '^(Cap|NoNewPrivs)' /proc/self/status
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	# not root: the program has what is ambient, in three sets
	grep -q 'CapInh:.*0000000000000001$' <<<"$output"
	grep -q 'CapPrm:.*0000000000000001$' <<<"$output"
	grep -q 'CapEff:.*0000000000000001$' <<<"$output"
	grep -q 'CapBnd:.*0000000000002021$' <<<"$output"
	grep -q 'CapAmb:.*0000000000000001$' <<<"$output"
	grep -q 'NoNewPrivs:.*1$' <<<"$output"
}

# spec: process.noNewPrivileges
@test "no capabilities where the config has none" {
	edit 'del(.process.capabilities) | .process.noNewPrivileges = false'
	args /bin/grep -E '^(Cap|NoNewPrivs)' /proc/self/status
	run c run -b "$BUNDLE" "$ID"
	grep -q 'CapBnd:.*0000000000000000$' <<<"$output"
	grep -q 'CapEff:.*0000000000000000$' <<<"$output"
	grep -q 'NoNewPrivs:.*0$' <<<"$output"
}

@test "an unknown capability is a warning" {
	edit '.process.capabilities.bounding += ["CAP_TO_FLY"]'
	program 'echo ran'
	run c run -b "$BUNDLE" "$ID"
	[ "$status" = 0 ]
	[[ $output == *'process.capabilities.bounding: ignoring unknown or unavailable capabilities: [CAP_TO_FLY]'* ]]
	[[ $output == *ran* ]]
}

# spec: process.rlimits.* process.oomScoreAdj
@test "rlimits and the oom score" {
	edit '.process.rlimits = [{type: "RLIMIT_NOFILE", soft: 100, hard: 200}, {type: "RLIMIT_CORE", soft: 0, hard: 0}] | .process.oomScoreAdj = 321'
	program 'ulimit -Sn; ulimit -Hn; ulimit -c; cat /proc/self/oom_score_adj'
	run c run -b "$BUNDLE" "$ID"
	[ "$output" = $'100\n200\n0\n321' ]
}

@test "few files: 16 by the config are enough for run and exec; what fails for want of more leaves nothing" {
	args sleep 100
	edit '.process.rlimits = [{type: "RLIMIT_NOFILE", soft: 16, hard: 16}]'
	detached
	run c exec "$ID" sh -c 'ulimit -n'
	echo "$output"
	[ "$status $output" = "0 16" ]
	c delete -f "$ID"
	args true
	edit 'del(.process.rlimits)'
	local files worked=
	for files in $(seq 8 32); do
		(ulimit -n "$files"; c run -b "$BUNDLE" "$ID" </dev/null 3>&- 4>&-) >"$WORK/out" 2>&1 && worked=$files
		[ "$(c list -q)" = "" ] || { echo "$files left:"; cat "$WORK/out"; return 1; }
	done
	[ "$worked" = 32 ]
	nothing_left
}

# the limit is set when the shell has opened what it wants itself
few() { (ulimit -n "$1"; shift; exec "$RUNLET" --root "$STATE" "$@") </dev/null 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- 255>&-; }

@test "a caller with few files hears of that: a container that lives is not called stopped" {
	args sleep 100
	detached
	local files what looked=
	for what in exec state kill delete; do
		for files in $(seq 3 20); do
			case $what in
			exec) run few "$files" exec "$ID" true ;;
			kill) run few "$files" kill "$ID" CONT ;;
			*) run few "$files" "$what" "$ID" ;;
			esac
			[[ $output != *"cannot look at process"* ]] || looked="$looked $what"
			case $what:$output in
			kill:|state:*'"running"'*|delete:*'not stopped: running'|*:*'No file descriptors available') ;;
			*) echo "$what with $files: $output"; return 1 ;;
			esac
		done
	done
	[[ $looked == *exec* ]]
	# what could not be opened is not taken for what is not there
	for files in 3 4 5; do
		run few "$files" delete --force "$ID"
		[ "$status" = 1 ]
		one_line
	done
	[ "$(status_of "$ID")" = running ]
	c delete --force "$ID"
	nothing_left
}

# spec: hostname domainname
@test "hostname and domainname" {
	edit '.hostname = "gate" | .domainname = "example.test"'
	program 'hostname; cat /proc/sys/kernel/domainname'
	run c run -b "$BUNDLE" "$ID"
	[ "$output" = $'gate\nexample.test' ]
}

# spec: linux.sysctl
@test "a sysctl of a namespace of its own" {
	edit '.linux.sysctl = {"net.ipv4.ip_forward": "1", "kernel.shm_rmid_forced": "1"}'
	program 'cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/shm_rmid_forced'
	before=$(cat /proc/sys/net/ipv4/ip_forward)
	run c run -b "$BUNDLE" "$ID"
	[ "$output" = $'1\n1' ]
	[ "$(cat /proc/sys/net/ipv4/ip_forward)" = "$before" ]
}

@test "nothing is open but the standard streams" {
	exec 9</dev/null
	program 'ls /proc/self/fd'
	run c run -b "$BUNDLE" "$ID"
	exec 9<&-
	echo "$output"
	[ "$(echo $output)" = "0 1 2 3" ]   # 3 is ls's own
}

@test "--preserve-fds keeps as many, LISTEN_FDS too" {
	program 'ls /proc/self/fd; cat <&4; echo LISTEN=$LISTEN_FDS,$LISTEN_PID'
	echo four >"$WORK/four"
	# bats has fd 3 itself
	run bash -c 'exec 3</dev/null 4<"$0" 5</dev/null; exec "$@"' "$WORK/four" "$RUNLET" --root "$STATE" run --preserve-fds 2 -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$(echo $output)" = "0 1 2 3 4 5 four LISTEN=," ]   # 5 is ls's own
	run bash -c 'exec 3</dev/null 4<"$0" 5</dev/null; LISTEN_FDS=2 LISTEN_PID=$$ exec "$@"' "$WORK/four" "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$(echo $output)" = "0 1 2 3 4 5 four LISTEN=2,1" ]
}

@test "closed standard streams are not taken for files of ours" {
	program 'ls -l /proc/self/fd | grep -v "fd/\|total" >/tmp/seen; readlink /proc/self/fd/0 >>/tmp/seen'
	edit '.root.readonly = false'
	c run -b "$BUNDLE" "$ID" <&- >&- 2>&-
	! grep -e "$WORK" -e socket -e state "$BUNDLE/rootfs/tmp/seen"
}

# spec: linux.{maskedPaths,readonlyPaths}
@test "masked and read-only paths" {
	mkdir -p "$BUNDLE/rootfs/secret"
	echo hidden >"$BUNDLE/rootfs/secret/key"
	echo hidden >"$BUNDLE/rootfs/file"
	edit '.root.readonly = false | .linux.maskedPaths = ["/secret", "/file", "/not/there"] | .linux.readonlyPaths = ["/etc", "/nor/there"]'
	program 'ls -A /secret; cat /file; touch /etc/x 2>/dev/null || echo refused; touch /tmp/x && echo written'
	run c run -b "$BUNDLE" "$ID"
	[ "$status" = 0 ]
	[ "$output" = $'refused\nwritten' ]
}

# spec: linux.devices.*
@test "devices: the defaults, the links, the config's own" {
	edit '.linux.devices = [{type: "c", path: "/dev/own/zero", major: 1, minor: 5, fileMode: 384, uid: 7, gid: 8}, {type: "p", path: "/dev/pipe", fileMode: 420}]'
	program 'for d in null zero full random urandom tty; do [ -c /dev/$d ] || echo no $d; done; for l in fd stdin stdout stderr ptmx; do readlink /dev/$l; done; ls -ln /dev/own/zero | tr -s " "; [ -p /dev/pipe ] && echo pipe; head -c 3 /dev/zero | wc -c; echo x >/dev/null && echo null'
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 0 ]
	[ "${lines[0]}" = /proc/self/fd ]
	[ "${lines[4]}" = pts/ptmx ]
	[[ ${lines[5]} == "crw------- 1 7 8 1, 5 "* ]]
	[ "${lines[6]}" = pipe ]
	[ "${lines[7]}" = 3 ]
	[ "${lines[8]}" = null ]
	edit '.process.user = {uid: 1000, gid: 1000}'
	program 'echo x >/dev/null && head -c 1 /dev/urandom | wc -c'
	run c run -b "$BUNDLE" "$ID"
	[ "$output" = 1 ]
}

# spec: mounts.{destination,type,source,options}
@test "mounts: bind with options, a file, tmpfs with data, relative source and destination" {
	mkdir "$WORK/host"; echo shared >"$WORK/host/file"; mkdir "$BUNDLE/beside"; echo b >"$BUNDLE/beside/b"
	edit '.mounts += [{destination: "/data", type: "bind", source: $host, options: ["rbind", "ro", "nosuid"]}, {destination: "/one", source: ($host + "/file"), options: ["bind"]}, {destination: "/big", type: "tmpfs", source: "tmpfs", options: ["size=1m", "mode=700", "noexec"]}, {destination: "near", source: "beside", options: ["bind"]}]' --arg host "$WORK/host"
	program 'cat /data/file /one /near/b; touch /data/x 2>/dev/null || echo refused; grep " /data " /proc/self/mountinfo | grep -o "ro,nosuid"; grep " /big " /proc/self/mountinfo | grep -o "size=1024k,mode=700"'
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 0 ]
	[ "$output" = $'shared\nshared\nb\nrefused\nro,nosuid\nsize=1024k,mode=700' ]
}

@test "a symlink in the rootfs leads no mount out of it" {
	mkdir "$WORK/outside"
	ln -s "../../../../../../../../../$WORK/outside" "$BUNDLE/rootfs/data"
	edit '.mounts += [{destination: "/data/in", type: "tmpfs", source: "tmpfs"}] | .root.readonly = false'
	program 'grep -c "/in " /proc/self/mountinfo'
	run c run -b "$BUNDLE" "$ID"
	[ "$status" = 0 ]
	[ -z "$(ls -A "$WORK/outside")" ]
	[ -d "$BUNDLE/rootfs/$WORK/outside/in" ]
}

@test "cwd can't lead out of the root (CVE-2024-21626)" {
	for fd in 3 4 5 6 7 8 9 10; do
		edit '.process.cwd = $cwd' --arg cwd "/proc/self/fd/$fd"
		program 'cat ../../../../etc/hostname; pwd'
		run c run -b "$BUNDLE" "$ID"
		[ "$status" = 1 ]
		one_line
		[[ $output == *process.cwd* ]]
		nothing_left
	done
}

@test "--no-pivot runs too, and the host's /proc can't be reached" {
	program 'echo ran; [ -e /proc/1/root/bin/busybox ] && echo own'
	run c run --no-pivot -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 0 ]
	[ "${lines[0]}" = ran ]
}

@test "the state directory is 0700, and so is the root that is made for it" {
	program 'exit 0'
	c create -b "$BUNDLE" "$ID"
	[ "$(stat -c %a "$STATE")" = 700 ]
	[ "$(stat -c %a "$STATE/$ID")" = 700 ]
	[ "$(stat -c %a "$STATE/$ID/config.json")" = 600 ]
}

@test "inside a chroot whose / is no mount point: run, exec, shared propagation; a warning says what that is not" {
	mkdir -p "$WORK/jail"/{proc,dev,tmp,bundle}
	cp "$RUNLET" "$WORK/jail/runlet"
	cp -a "$BUNDLE/." "$WORK/jail/bundle/"
	local word
	for word in '' rslave rshared; do
		edit "$WORK/jail/bundle" 'del(.linux.resources) | .linux.rootfsPropagation = $word | .process.args = ["/bin/sh", "-c", "ls /; echo $$; grep -c . /proc/self/mountinfo; sleep 100"]' --arg word "$word"
		run unshare -m --propagation private sh -c 'mount --make-rshared / && mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" || exit
			chroot "$0" /runlet --root /tmp/state run -d -b /bundle "$1" >"$0/tmp/out" 2>"$0/tmp/err" </dev/null || { cat "$0/tmp/err"; exit 1; }
			for try in $(seq 600); do grep -qx 1 "$0/tmp/out" && break; sleep 0.05; done
			chroot "$0" /runlet --root /tmp/state exec "$1" ls /; status=$?
			chroot "$0" /runlet --root /tmp/state delete --force "$1"; exit $status' "$WORK/jail" "$ID" 3>&-
		echo "$output"
		[ "$status" = 0 ]
		[ "$(grep -c '^bundle$' <<<"$output")" = 0 ]
		[ "$(grep -c '^proc$' <<<"$output")" = 1 ]
		grep -q 'warning.*no mount point\|/ is no mount point' "$WORK/jail/tmp/err"
		cat "$WORK/jail/tmp/out"
		grep -qx 1 "$WORK/jail/tmp/out"
		[ "$(sed '/^1$/,$d' "$WORK/jail/tmp/out" | xargs)" = "bin dev etc proc root sys tmp" ]
	done
	! grep -F "$WORK" /proc/self/mountinfo
}
