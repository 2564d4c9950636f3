#!/usr/bin/env bats
# exec: runc(8), exec. One more process in a container: its namespaces, cgroups, user, capabilities, terminal, status.
load helpers
setup() { setup_container; }
teardown() {
	[ -z "${ON_V2:-}" ] || v2 "$RUNLET" --root "$STATE" delete --force "$ID"
	teardown_container
}

# v2 COMMAND…: in a mount namespace whose /sys/fs/cgroup is the v2 tree alone
v2() { unshare -m sh -c 'umount -R /sys/fs/cgroup 2>/dev/null; mount -t cgroup2 none /sys/fs/cgroup && exec "$@"' - "$@"; }

@test "it is in all of the container's namespaces and in its root" {
	args sleep 100
	detached
	local pid type
	pid=$(pid_of "$ID")
	run c exec "$ID" /bin/sh -c 'for type in cgroup ipc mnt net pid uts; do readlink /proc/self/ns/$type; done; pwd; ls -d /bin/busybox'
	[ "$status" = 0 ]
	local expected=
	for type in cgroup ipc mnt net pid uts; do expected+="$(readlink "/proc/$pid/ns/$type")"$'\n'; done
	[ "$output" = "$expected"$'/\n/bin/busybox' ]
}

@test "it is in the container's cgroups" {
	edit '.linux.resources.pids.limit = 20 | .linux.namespaces |= map(select(.type != "cgroup"))'
	args sleep 100
	detached
	run c exec "$ID" cat /proc/self/cgroup
	[ "$status" = 0 ]
	[ "$(sort <<<"$output")" = "$(sort "/proc/$(pid_of "$ID")/cgroup")" ]
}

@test "the exit status is the program's, or 128 + its signal; 255 where there is no program" {
	args sleep 100
	detached
	run c exec "$ID" sh -c 'exit 7'
	[ "$status" = 7 ]
	run c exec "$ID" sh -c 'kill -TERM $$'
	[ "$status" = 143 ]
	run c exec "$ID" /no/such
	[ "$status" = 255 ]
	[ "$output" = "runlet: $ID: process.args[0]: exec /no/such: no such file or directory" ]
	printf '#!/no/such\n' >"$BUNDLE/rootfs/bin/script"
	chmod 755 "$BUNDLE/rootfs/bin/script"
	run c exec "$ID" /bin/script
	[ "$status" = 255 ]
	[ "$output" = "runlet: $ID: process.args[0]: exec /bin/script: no such file or directory" ]
	run c exec "$ID" nosuch
	[ "$status" = 255 ]
	[[ $output == *'executable file "nosuch" not found in $PATH: No such file or directory' ]]
	run c exec "$ID"
	[ "$status" = 255 ]
	one_line
	status_is "$ID" running
}

@test "its output and input are the caller's, and the container goes on" {
	args sleep 100
	detached
	[ "$(echo hello | c exec "$ID" cat)" = hello ]
	[ "$(c exec "$ID" sh -c 'echo out; echo err >&2' 2>/dev/null)" = out ]
	status_is "$ID" running
}

@test "cwd, env, user, groups, capabilities, no-new-privs" {
	args sleep 100
	edit '.process.env += ["A=1"] | .process.noNewPrivileges = false'
	detached
	[ "$(c exec --cwd /tmp "$ID" pwd)" = /tmp ]
	[ "$(c exec -e B=2,3 --env C=4 "$ID" sh -c 'echo $A $B $C')" = "1 2,3 4" ]
	[ "$(c exec -u 1000:5 -g 7 --additional-gids 8 "$ID" sh -c 'id -u; id -g; id -G')" = $'1000\n5\n5 7 8' ]
	[ "$(c exec -u 1000 "$ID" sh -c 'id -u; id -g')" = $'1000\n0' ]
	local before after
	before=$(c exec "$ID" awk '/^CapBnd/ { print $2 }' /proc/self/status)
	after=$(c exec -c CAP_SYS_TIME --cap CAP_NET_RAW "$ID" awk '/^CapBnd|^CapEff|^CapPrm/ { print $2 }' /proc/self/status | sort -u)
	[ $((0x$before & (1 << 25 | 1 << 13))) = 0 ]
	[ $((0x$after)) = $((0x$before | 1 << 25 | 1 << 13)) ]
	[ "$(c exec "$ID" awk '/^NoNewPrivs/ { print $2 }' /proc/self/status)" = 0 ]
	[ "$(c exec --no-new-privs "$ID" awk '/^NoNewPrivs/ { print $2 }' /proc/self/status)" = 1 ]
}

@test "bad values are one line and 255" {
	args sleep 100
	detached
	run c exec -u root "$ID" true
	[ "$status" = 255 ]; one_line
	[[ $output == *'--user: "root" is no ID (numbers alone)' ]]
	run c exec --cwd tmp "$ID" true
	[ "$status" = 255 ]; one_line
	run c exec --cwd /no/such "$ID" true
	[ "$status" = 255 ]; one_line
	[[ $output == *'process.cwd: cannot enter "/no/such": No such file or directory' ]]
	run c exec --preserve-fds -1 "$ID" true
	[ "$status" = 255 ]; one_line
	run c exec no-such-one true
	[ "$status" = 255 ]; one_line
	[[ $output == *'container "no-such-one" does not exist' ]]
}

@test "--process: a document of its own" {
	args sleep 100
	detached
	echo '{"args":["sh","-c","id -u; pwd; echo $X"],"cwd":"/tmp","env":["PATH=/bin","X=y"],"user":{"uid":9,"gid":9}}' >"$WORK/p.json"
	run c exec --process "$WORK/p.json" "$ID"
	[ "$status" = 0 ]
	[ "$output" = $'9\n/tmp\ny' ]
	[ "$(c exec -p "$WORK/p.json" "$ID")" = $'9\n/tmp\ny' ]
	echo '{"args":[],"cwd":"/"}' >"$WORK/p.json"
	run c exec --process "$WORK/p.json" "$ID"
	[ "$status" = 255 ]; one_line
	echo '{"args":["true"],"cwd":"/",}' >"$WORK/p.json"
	run c exec --process "$WORK/p.json" "$ID"
	[ "$status" = 255 ]; one_line
	[[ $output == *"p.json:1:"*"JSON: "* ]]
	run c exec --process "$WORK/none.json" "$ID"
	[ "$status" = 255 ]; one_line
}

@test "--detach returns once it runs, with its pid in the pid file" {
	args sleep 100
	detached
	c exec -d --pid-file "$WORK/pid" "$ID" sleep 77 </dev/null >/dev/null 2>&1 3>&-
	local pid
	pid=$(cat "$WORK/pid")
	[ "$(wc -l <"$WORK/pid")" = 0 ]
	[ "$(tr '\0' ' ' <"/proc/$pid/cmdline")" = "sleep 77 " ]
	[ "$(readlink "/proc/$pid/ns/pid")" = "$(readlink "/proc/$(pid_of "$ID")/ns/pid")" ]
	run c exec -d --pid-file "$WORK/pid2" "$ID" /no/such
	[ "$status" = 255 ]
	[ ! -e "$WORK/pid2" ]
}

@test "--tty: a terminal, relayed in the foreground" {
	args sleep 100
	detached
	run python3 "$BATS_TEST_DIRNAME/terminal.py" "$RUNLET" --root "$STATE" exec -t "$ID" sh -c 'tty; stty size; echo word >/dev/tty; exit 3'
	echo "$output"
	[ "$status" = 3 ]
	[ "$(tr -d '\r' <<<"$output")" = $'/dev/pts/0\n33 101\nword' ]
	[ "$(echo typed | c exec -t "$ID" sh -c 'read line; echo "got $line"' | tr -d '\r' | tail -n 1)" = "got typed" ]
	run c exec -t -d "$ID" sh </dev/null
	[ "$status" = 255 ]
	[[ $output == *"--console-socket"* ]]
}

@test "--console-socket gets the master of a detached one" {
	args sleep 100
	detached
	python3 "$BATS_TEST_DIRNAME/terminal.py" --receive "$WORK/sock" >"$WORK/seen" 3>&- &
	PIDS=$!
	until_true [ -S "$WORK/sock" ]
	c exec -t -d --console-socket "$WORK/sock" "$ID" sh -c 'tty; echo seen' </dev/null >/dev/null 2>&1
	wait "$PIDS"
	grep -q seen "$WORK/seen"
}

@test "stopped, paused, created" {
	args sleep 100
	c create -b "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1
	[ "$(c exec "$ID" echo in)" = in ]
	c start "$ID"
	c kill "$ID" KILL
	until_true status_is "$ID" stopped
	run c exec "$ID" true
	[ "$status" = 255 ]
	[[ $output == *"cannot exec in a stopped container" ]]
}

@test "later changes of config.json have no effect" {
	args sleep 100
	edit '.process.env += ["WHEN=create"]'
	detached
	edit '.process.env += ["WHEN=later"]'
	[ "$(c exec "$ID" sh -c 'echo $WHEN')" = create ]
}

@test "--pidfd-socket: a pidfd of the process" {
	args sleep 100
	detached
	python3 -c '
import array, socket, sys
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen(1)
connection, _ = listener.accept()
payload, ancillary, _, _ = connection.recvmsg(64, socket.CMSG_SPACE(4))
fd = array.array("i", ancillary[0][2])[0]
pid = [l.split()[1] for l in open("/proc/self/fdinfo/%d" % fd) if l.startswith("Pid:")][0]
print(payload.decode(), pid, flush=True)' "$WORK/pidfd" >"$WORK/got" 3>&- &
	PIDS="${PIDS:-} $!"
	until_true [ -S "$WORK/pidfd" ]
	c exec -d --pidfd-socket "$WORK/pidfd" --pid-file "$WORK/pid" "$ID" sleep 100 </dev/null >/dev/null 2>&1 3>&-
	until_true [ -s "$WORK/got" ]
	[ "$(cat "$WORK/got")" = "setns $(cat "$WORK/pid")" ]
	run c exec --pidfd-socket "$WORK/nothing" "$ID" true
	[ "$status" = 255 ]; one_line
}

@test "HOME is that of /etc/passwd where the config has none; in run too" {
	program 'echo $HOME; exec sleep 100'
	detached
	until_true [ -s "$WORK/out" ]
	[ "$(cat "$WORK/out")" = /root ]
	[ "$(c exec "$ID" sh -c 'echo $HOME')" = /root ]
	printf 'user:x:1000:1000::/srv/user:/bin/sh\nlast:x:1001:1001::/srv/last:/bin/sh' >"$BUNDLE/rootfs/etc/passwd"
	[ "$(c exec -u 1000 "$ID" sh -c 'echo $HOME')" = /srv/user ]
	[ "$(c exec -u 1001 "$ID" sh -c 'echo $HOME')" = /srv/last ]
	[ "$(c exec -u 77 "$ID" sh -c 'echo $HOME')" = / ]
	[ "$(c exec -e HOME=/x "$ID" sh -c 'echo $HOME')" = /x ]
	rm "$BUNDLE/rootfs/etc/passwd"
	[ "$(c exec "$ID" sh -c 'echo $HOME')" = / ]
}

@test "only the preserved files are open" {
	args sleep 100
	detached
	exec 7</etc/hostname 4</etc/hostname
	[ "$(c exec "$ID" sh -c 'cd /proc/self/fd; echo [0-9]*')" = "0 1 2 3" ] || [ "$(c exec "$ID" sh -c 'cd /proc/self/fd; echo [0-9]*')" = "0 1 2" ]
	[ "$(c exec --preserve-fds 2 "$ID" sh -c '[ -e /proc/self/fd/4 ] && echo four; [ -e /proc/self/fd/7 ] || echo no seven')" = $'four\nno seven' ]
	exec 7<&- 4<&-
}

@test "a container without namespaces of its own for pids and mounts" {
	args sleep 100
	edit '.linux.namespaces |= map(select(.type != "pid")) | .process.terminal = false'
	detached
	[ "$(c exec "$ID" sh -c 'ls -d /bin/busybox; hostname')" = $'/bin/busybox\nrunlet' ]
}

@test "its filter is the container's" {
	args sleep 100
	edit '.linux.seccomp = {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 95}]}'
	detached
	run c exec "$ID" mkdir /tmp/x
	[ "$status" = 1 ]
	[[ $output == *"Operation not supported"* || $output == *"Not supported"* ]]
}

@test "in a user namespace it is that one's root" {
	needs_user_namespaces
	args sleep 100
	edit '.linux.namespaces += [{"type": "user"}] | .linux.uidMappings = [{"containerID": 0, "hostID": 100000, "size": 1000}] | .linux.gidMappings = .linux.uidMappings'
	chmod 755 "$WORK" "$BUNDLE"
	chown -R 100000:100000 "$BUNDLE/rootfs"
	detached
	[ "$(c exec "$ID" sh -c 'id -u; readlink /proc/self/ns/user')" = "0"$'\n'"$(readlink "/proc/$(pid_of "$ID")/ns/user")" ]
	[ "$(c exec -u 5:6 "$ID" sh -c 'id -u; id -g')" = $'5\n6' ]
}

@test "--cgroup: one below the container's" {
	args sleep 100
	edit '.linux.resources.pids.limit = 20 | .linux.namespaces |= map(select(.type != "cgroup"))'
	detached
	local path
	path=$(sed -n 's/^[0-9]*:pids://p' "/proc/$(pid_of "$ID")/cgroup")
	[ -n "$path" ] || skip "no v1 pids controller"
	mkdir "/sys/fs/cgroup/pids$path/below"
	[ "$(c exec --cgroup pids:below "$ID" cat /proc/self/cgroup | sed -n 's/^[0-9]*:pids://p')" = "$path/below" ]
	run c exec --cgroup pids:nothing "$ID" true
	[ "$status" = 255 ]; one_line
	run c exec --cgroup ../x "$ID" true
	[ "$status" = 255 ]; one_line
	[[ $output == *"leads out of the container's cgroup" ]]
}

@test "execCPUAffinity: where it ends" {
	args sleep 100
	edit '.process.execCPUAffinity = {"initial": "0", "final": "0"}'
	detached
	[ "$(c exec "$ID" awk '/^Cpus_allowed_list/ { print $2 }' /proc/self/status)" = 0 ]
	# what programs look for in runc's log
	c --debug --log "$WORK/log" exec "$ID" true
	grep -q 'msg="nsexec: affinity: 0x1, of CPUs 0"' "$WORK/log"
	grep -q 'msg="nsexec container setup: child process in init()"' "$WORK/log"
	grep -q 'msg="setns_init: about to exec"' "$WORK/log"
}

@test "nothing of it is left: no process, no descriptor, no lock" {
	args sleep 100
	detached
	for i in 1 2 3 4 5; do c exec "$ID" true; done
	c delete --force "$ID"
	nothing_left
}

@test "v2: in the container's cgroup, or in its init's where that one has cgroups below" {
	edit '.linux.namespaces |= map(select(.type != "cgroup"))'
	v2 grep -qw hugetlb /sys/fs/cgroup/cgroup.controllers && edit '.linux.resources.unified = {"hugetlb.2MB.max": "max"}'   # so that it is enabled
	args sleep 100
	ON_V2=1
	v2 "$RUNLET" --root "$STATE" run -d -b "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1 3>&-
	local pid path
	pid=$(pid_of "$ID")
	path=$(sed -n 's/^0:://p' "/proc/$pid/cgroup")
	[ "$(v2 "$RUNLET" --root "$STATE" exec "$ID" grep ^0:: /proc/self/cgroup)" = "0::$path" ]
	v2 sh -c 'grep -qw hugetlb "/sys/fs/cgroup$1/cgroup.controllers"' - "$path" || skip "no v2 controller to give to cgroups below"
	v2 sh -ec 'mkdir "/sys/fs/cgroup$1/init.scope"; echo "$2" >"/sys/fs/cgroup$1/init.scope/cgroup.procs"; echo +hugetlb >"/sys/fs/cgroup$1/cgroup.subtree_control"' - "$path" "$pid"
	[ "$(v2 "$RUNLET" --root "$STATE" exec "$ID" grep ^0:: /proc/self/cgroup)" = "0::$path/init.scope" ]
	[ "$(v2 "$RUNLET" --root "$STATE" exec --cgroup init.scope "$ID" grep ^0:: /proc/self/cgroup)" = "0::$path/init.scope" ]
	run v2 "$RUNLET" --root "$STATE" exec --cgroup / "$ID" true
	[ "$status" = 255 ]
	[[ $output == *"adding pid "*" to cgroups"*"Device or resource busy" ]]
}

@test "v2: in its init's cgroup where that has left the container's, which is gone" {
	edit '.linux.namespaces |= map(select(.type != "cgroup")) | del(.linux.resources)'
	args sleep 100
	ON_V2=1
	v2 "$RUNLET" --root "$STATE" run -d -b "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1 3>&-
	local pid path
	pid=$(pid_of "$ID")
	path=$(sed -n 's/^0:://p' "/proc/$pid/cgroup")
	v2 sh -ec 'mkdir "/sys/fs/cgroup$1-away"; echo "$2" >"/sys/fs/cgroup$1-away/cgroup.procs"; rmdir "/sys/fs/cgroup$1"' - "$path" "$pid"
	run v2 "$RUNLET" --root "$STATE" exec "$ID" grep ^0:: /proc/self/cgroup
	v2 "$RUNLET" --root "$STATE" delete --force "$ID"
	until_true v2 rmdir "/sys/fs/cgroup$path-away"
	[ "$output" = "0::$path-away" ]
}

@test "a working directory that the program's user alone may enter, and one that root alone may" {
	mkdir "$BUNDLE/rootfs/own"
	chown 42 "$BUNDLE/rootfs/own"
	chmod 700 "$BUNDLE/rootfs/own"
	edit '.process.cwd = "/own" | .process.user.uid = 42'
	args sleep 100
	detached
	run c exec --user 0 "$ID" pwd
	[ "$output" = /own ]
	c delete --force "$ID"
	edit '.process.cwd = "/root"'
	chmod 700 "$BUNDLE/rootfs/root"
	args pwd
	run c run -b "$BUNDLE" "$ID"
	[ "$output" = /root ]
}

@test "a program whose mode forbids it to its user, and a capability that allows it" {
	mkdir "$BUNDLE/rootfs/mine"
	cp "$BUNDLE/rootfs/bin/busybox" "$BUNDLE/rootfs/mine/true"
	chmod 700 "$BUNDLE/rootfs/mine/true"
	args /mine/true
	edit '.process.user = {uid: 1000, gid: 100}'
	run c run -b "$BUNDLE" "$ID"
	[ "$status" = 1 ]
	[[ $output == *'exec /mine/true: permission denied' ]]
	edit '.process.capabilities[] += ["CAP_DAC_OVERRIDE"] | .process.capabilities.ambient += ["CAP_DAC_OVERRIDE"] | .process.capabilities.inheritable = .process.capabilities.ambient'
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 0 ]
}

@test "of variables with one name the last counts, and an empty HOME is none" {
	args env
	edit '.process.env = ["ONE=two", "PATH=/bin", "ONE=", "HOME=/gone", "HOME=", "ONEMORE=1"]'
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$(sort <<<"$output" | xargs)" = "HOME=/root ONE= ONEMORE=1 PATH=/bin" ]
}

@test "the annotation run.oci.keep_original_groups: the caller's groups stay the program's" {
	args id -G
	run setpriv --groups 5,6,7 "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	[ "$output" = 0 ]
	edit '.annotations = {"run.oci.keep_original_groups": "1"}'
	run setpriv --groups 5,6,7 "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	[ "$output" = "0 5 6 7" ]
}

@test "v1: --cgroup for one controller and another" {
	for controller in memory cpu; do
		[ -n "$(awk -v c="/$controller" 'index($5, c) && / - cgroup / { print $5 }' /proc/self/mountinfo)" ] || skip "no $controller on cgroup v1 here"
	done
	edit '.linux.cgroupsPath = $path' --arg path "/$ID"
	args sleep 100
	detached
	mkdir "/sys/fs/cgroup/memory/$ID/one" "/sys/fs/cgroup/cpu/$ID/two"
	run c exec --cgroup memory:one --cgroup cpu:two "$ID" cat /proc/self/cgroup
	local some
	some=$(c exec --cgroup one "$ID" cat /proc/self/cgroup)   # where there is one
	rmdir "/sys/fs/cgroup/memory/$ID/one" "/sys/fs/cgroup/cpu/$ID/two"
	grep -qE ":memory:/$ID/one$" <<<"$some"
	grep -qE ":cpu[a-z,]*:/$ID$" <<<"$some"
	echo "$output"
	grep -qE ":memory:/$ID/one$" <<<"$output"
	grep -qE ":cpu[a-z,]*:/$ID/two$" <<<"$output"
	grep -qE ":devices:/$ID$" <<<"$output"
	run c exec --cgroup one "$ID" true
	[ "$status" = 255 ]
	[[ $output == *"/one: No such file or directory" ]]
}

@test "the new process may be quicker than the word of its ID: it says nothing before" {
	local words="--cgroup-manager disabled" late="strace -f -o /dev/null -e trace=clone3 -e inject=clone3:delay_exit=200000"
	args sleep 100
	c $words run -d -b "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1 3>&-
	run $late "$RUNLET" --root "$STATE" $words exec "$ID" echo ran
	echo "$output"
	[ "$status" = 0 ]
	[ "$output" = ran ]
	edit '.hooks.prestart = [{path: "/bin/true"}] | .linux.namespaces |= map(if .type == "pid" then .path = $path else . end)' --arg path "/proc/$(pid_of "$ID")/ns/pid"
	args echo ran
	run $late "$RUNLET" --root "$STATE" $words run -b "$BUNDLE" "$ID-2"
	echo "$output"
	[ "$status" = 0 ]
	[ "$output" = ran ]
}
