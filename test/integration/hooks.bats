#!/usr/bin/env bats
# Hooks of all six kinds: config.md, "POSIX-platform Hooks"; runtime.md, "Lifecycle".
load helpers
setup() { setup_container; HOOKS=$WORK/hooks; mkdir "$HOOKS"; }
teardown() { teardown_container; }

# hook KIND SCRIPT [FILTER]: adds one; the script's $1 is the test's directory
hook() {
	edit '.hooks[$kind] += [{path: "/bin/sh", args: ["sh", "-c", $script, "hook", $dir]} | '"${3:-.}"']' --arg kind "$1" --arg script "$2" --arg dir "$HOOKS"
}
# what a hook of the container can reach at the moment: the rootfs by the bundle's path
all_kinds="prestart createRuntime createContainer startContainer poststart poststop"

@test "all six kinds run in order, once each, at their places" {
	edit '.root.readonly = false'
	for kind in prestart createRuntime createContainer poststart poststop; do
		hook $kind "echo $kind >>\$1/order"
	done
	mkdir -p "$BUNDLE/rootfs/log"
	edit '.hooks.startContainer = [{path: "/bin/sh", args: ["sh", "-c", "echo startContainer >>/log/order"]}]'
	edit '.mounts += [{destination: "/log", source: $dir, options: ["bind"]}]' --arg dir "$HOOKS"
	program 'echo program >>/log/order; sleep 100'
	c create -b "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1
	[ "$(xargs <"$HOOKS/order")" = "prestart createRuntime createContainer" ]
	c start "$ID"
	until_true grep -q program "$HOOKS/order"
	[ "$(grep -v program "$HOOKS/order" | xargs)" = "prestart createRuntime createContainer startContainer poststart" ]
	[ "$(sed -n 4p "$HOOKS/order")" = startContainer ]
	c delete --force "$ID"
	[ "$(tail -n 1 "$HOOKS/order")" = poststop ]
	[ "$(sort "$HOOKS/order" | uniq -d)" = "" ]
}

@test "each gets the state on standard input: status and the pid of where it runs" {
	edit '.root.readonly = false | .annotations = {"a.b": "c"}'
	for kind in prestart createRuntime createContainer poststart poststop; do
		hook $kind "cat >\$1/$kind"
	done
	edit '.hooks.startContainer = [{path: "/bin/sh", args: ["sh", "-c", "cat >/log/startContainer"]}]'
	edit '.mounts += [{destination: "/log", source: $dir, options: ["bind"]}]' --arg dir "$HOOKS"
	mkdir -p "$BUNDLE/rootfs/log"
	args sleep 100
	c create -b "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1
	pid=$(pid_of "$ID")
	c start "$ID"
	until_true status_is "$ID" running
	c delete --force "$ID"
	member() { jq -r ".$2" "$HOOKS/$1"; }
	for kind in $all_kinds; do
		[ "$(member $kind id)" = "$ID" ]
		[ "$(member $kind bundle)" = "$BUNDLE" ]
		[ "$(member $kind 'annotations["a.b"]')" = c ]
		[ "$(member $kind ociVersion)" = "$(jq -r .ociVersion "$BUNDLE/config.json")" ]
	done
	for kind in prestart createRuntime createContainer; do [ "$(member $kind status)" = creating ]; done
	[ "$(member startContainer status)" = created ]
	[ "$(member poststart status)" = running ]
	[ "$(member poststop status)" = stopped ]
	for kind in prestart createRuntime poststart; do [ "$(member $kind pid)" = "$pid" ]; done
	for kind in createContainer startContainer; do [ "$(member $kind pid)" = 1 ]; done
}

@test "env is exactly the hook's, args[0] is kept, startContainer has the program's env without one" {
	export FROM_CALLER=1
	hook createRuntime 'env | sort | grep -v "^PWD\|^SHLVL\|^_=" >$1/env; echo "$0" >$1/zero' '.env = ["ONE=1", "TWO=2"]'
	edit '.root.readonly = false | .hooks.startContainer = [{path: "/bin/env"}]'
	args /bin/true
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$(xargs <"$HOOKS/env")" = "ONE=1 TWO=2" ]
	[ "$(cat "$HOOKS/zero")" = hook ]
	[[ $output == *TERM=xterm* ]]
	[[ $output != *FROM_CALLER* ]]
}

@test "createRuntime is in the runtime's namespaces, createContainer in the container's" {
	hook createRuntime 'readlink /proc/self/ns/mnt /proc/self/ns/net >$1/runtime'
	hook createContainer 'readlink /proc/self/ns/mnt /proc/self/ns/net >$1/container; [ -d '"$BUNDLE"'/rootfs/proc/self ] && echo before pivot >>$1/container'
	args /bin/true
	c run -b "$BUNDLE" "$ID"
	[ "$(cat "$HOOKS/runtime")" = "$(readlink /proc/self/ns/mnt /proc/self/ns/net)" ]
	! grep -qF -f "$HOOKS/runtime" "$HOOKS/container"
	grep -q 'before pivot' "$HOOKS/container"
}

@test "a failing hook of each kind before the program: its name, its status, its last words; nothing is left" {
	args /bin/echo ran
	for kind in prestart createRuntime createContainer; do
		edit 'del(.hooks)'
		hook $kind 'true'
		hook $kind 'echo one >&2; echo two words >&2; exit 3'
		hook poststop "touch \$1/poststop-$kind"
		run c create -b "$BUNDLE" "$ID"
		echo "$output"
		[ "$status" = 1 ]
		[ "${lines[-1]}" = "runlet: $ID: hooks.$kind[1] \"/bin/sh\": error running $kind hook #1: exit status 3: two words" ]
		[ -e "$HOOKS/poststop-$kind" ]
		nothing_left
	done
	edit '.hooks = {startContainer: [{path: "/bin/false"}]}'
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 1 ]
	[ "$output" = "runlet: $ID: hooks.startContainer[0] \"/bin/false\": error running startContainer hook #0: exit status 1" ]
	nothing_left
	c create -b "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1
	run c start "$ID"
	[ "$status" = 1 ]
	[ "$output" = "runlet: $ID: hooks.startContainer[0] \"/bin/false\": error running startContainer hook #0: exit status 1" ]
	nothing_left
}

@test "a hook that is not there, and one that a signal ends" {
	args /bin/echo ran
	edit '.hooks = {createRuntime: [{path: "/no/such/hook"}]}'
	run c run -b "$BUNDLE" "$ID"
	[ "$status" = 1 ]
	[ "${lines[-1]}" = "runlet: $ID: hooks.createRuntime[0] \"/no/such/hook\": error running createRuntime hook #0: cannot execute: No such file or directory" ]
	one_line
	edit 'del(.hooks)'
	hook createRuntime 'kill -SEGV $$'
	run c run -b "$BUNDLE" "$ID"
	[ "${lines[-1]}" = "runlet: $ID: hooks.createRuntime[0] \"/bin/sh\": error running createRuntime hook #0: killed by signal 11" ]
	nothing_left
}

@test "the timeout kills a hook" {
	args /bin/true
	hook createRuntime 'exec sleep 60' '.timeout = 1'
	start=$SECONDS
	run c run -b "$BUNDLE" "$ID"
	[ "$status" = 1 ]
	[ $((SECONDS - start)) -lt 20 ]
	[ "${lines[-1]}" = "runlet: $ID: hooks.createRuntime[0] \"/bin/sh\": error running createRuntime hook #0: killed: longer than its timeout of 1 s" ]
	nothing_left
}

@test "poststart's failure ends the container, as in runc and crun by whatever version of the specification; the next hook is not run" {
	args sleep 100
	hook poststart 'exit 9'
	hook poststart 'touch $1/second'
	for version in 1.0.2 1.3.0; do
		edit ".ociVersion = \"$version\""
		run c run -d -b "$BUNDLE" "$ID" </dev/null
		[ "$status" = 1 ]
		[[ $output == *'hooks.poststart[0] "/bin/sh": error running poststart hook #0: exit status 9'* ]]
		[ ! -e "$HOOKS/second" ]
		nothing_left
	done
}

@test "poststop's failure is a warning, and the next ones run" {
	args /bin/true
	hook poststop 'exit 4'
	hook poststop 'touch $1/second'
	run c run -b "$BUNDLE" "$ID"
	[ "$status" = 0 ]
	[[ $output == *'hooks.poststop[0] "/bin/sh": error running poststop hook #0: poststop hook failed with exit code 4'* ]]
	[ -e "$HOOKS/second" ]
	nothing_left
}

@test "a hook that leaves a child behind with its stderr does not hold us" {
	args /bin/true
	hook createRuntime 'sleep 30 >/dev/null & echo $! >$1/child'
	start=$SECONDS
	run c run -b "$BUNDLE" "$ID"
	kill "$(cat "$HOOKS/child")"
	[ "$status" = 0 ]
	[ $((SECONDS - start)) -lt 15 ]
}

# only KIND SCRIPT [FILTER]: the bundle has this hook alone
only() {
	edit 'del(.hooks)'
	hook "$1" "$2" "${3:-.}"
}
# fails_as WORDS: the kind's failure: an error before the program runs and from poststart on 1.3, a warning of poststop; in any case named, and nothing left
fails_as() {
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = $([ "$kind" = poststop ] && echo 0 || echo 1) ]
	[[ $output == *"hooks.$kind[0] \"$path\": error running $kind hook #0: $1"* ]]
	nothing_left
}

# spec: hooks.{prestart,createRuntime,createContainer,startContainer,poststart,poststop}.{path,args,env,timeout}
@test "each kind: its path, arguments and environment; missing, failing, ended by a signal, out of time" {
	edit '.ociVersion = "1.3.0" | .root.readonly = false | .mounts += [{destination: $dir, source: $dir, options: ["bind"]}]' --arg dir "$HOOKS"
	mkdir -p "$BUNDLE/rootfs$HOOKS"
	args /bin/sleep 0.2
	local kind path=/bin/sh
	for kind in $all_kinds; do
		only $kind 'echo "$0 $WORD" >"$1/said"' '.env = ["WORD=word"]'
		c run -b "$BUNDLE" "$ID"
		[ "$(cat "$HOOKS/said")" = "hook word" ]
		rm "$HOOKS/said"
		only $kind 'exit 3'
		fails_as "$([ $kind = poststop ] && echo 'poststop hook failed with exit code' || echo 'exit status') 3"
		only $kind 'kill -KILL $$'
		fails_as 'killed by signal 9'
		only $kind 'exec sleep 60' '.timeout = 1'
		fails_as 'killed: longer than its timeout of 1 s'
		edit '.hooks[$kind][0].path = "/no/such"' --arg kind $kind
		path=/no/such fails_as 'cannot execute: No such file or directory'
	done
}

@test "a startContainer hook may do what the program may: its environment, filter, capabilities and no_new_privs" {
	args /bin/true
	program 'true'
	edit '.root.readonly = false | .process.env = ["PATH=/bin", "WORD=here"]
	      | .hooks = {startContainer: [{path: "/bin/sh", args: ["sh", "-c", "echo $HOME $WORD >&2; grep -e CapEff -e NoNew -e Seccomp: /proc/self/status >&2; exit 7"]}]}
	      | .process.capabilities = {bounding: ["CAP_KILL"], effective: ["CAP_KILL"], permitted: ["CAP_KILL"]} | .process.noNewPrivileges = true
	      | .linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_KILL"}]}'
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "${lines[0]}" = "/root here" ]
	[ "$(xargs <<<"${lines[*]:1:3}")" = "CapEff: 0000000000000020 NoNewPrivs: 1 Seccomp: 2" ]
	edit '.hooks.startContainer[0].args[2] = "mkdir /tmp/made" | .process.noNewPrivileges = false'
	run c run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 1 ]
	[[ ${lines[-1]} == *"error running startContainer hook #0: killed by signal 31 (bad system call)"* ]]
	[ ! -e "$BUNDLE/rootfs/tmp/made" ]
}

@test "a createContainer hook begins in the rootfs" {
	args /bin/true
	hook createContainer 'pwd >$1/here; ls -d bin >>$1/here'
	c run -b "$BUNDLE" "$ID"
	[ "$(cat "$HOOKS/here")" = "$BUNDLE/rootfs"$'\nbin' ]
}

@test "the annotations run.oci.hooks.stdout and .stderr: files that hooks of the runtime write to" {
	args /bin/true
	edit '.annotations = {"run.oci.hooks.stdout": ($dir + "/out"), "run.oci.hooks.stderr": ($dir + "/err")}' --arg dir "$HOOKS"
	hook createRuntime 'echo one; echo two >&2'
	hook poststop 'echo three; echo four >&2'
	run c run -b "$BUNDLE" "$ID"
	[ "$status" = 0 ]
	[ -z "$output" ]
	[ "$(xargs <"$HOOKS/out")" = "one three" ]
	[ "$(xargs <"$HOOKS/err")" = "two four" ]
}
