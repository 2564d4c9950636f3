# image bundle: an image's config as config.json (conversion.md), beside umoci's; templates; what comes out runs here and under runc.
bats_require_minimum_version 1.5.0
load helpers

setup() { setup_container; TOOLS=$(realpath "$BATS_TEST_DIRNAME/../tools"); cd "$WORK"; }
teardown() {
	cd /
	for id in $(runc --root "$STATE-runc" list -q 2>/dev/null); do runc --root "$STATE-runc" delete --force "$id"; done
	teardown_container
}

# made CONFIG [MORE]: the layout "i": an image of the helpers' rootfs with that "config", and MORE beside it
made() {
	rm -rf i out
	[ -e root.tar ] || tar cf root.tar -C "$BUNDLE/rootfs" .
	PYTHONPATH=$TOOLS python3 - "$@" <<'PY'
import json, sys
from layers import Layer, Layout
config, more = json.loads(sys.argv[1]), json.loads(sys.argv[2]) if len(sys.argv) > 2 else {}
layer = Layer()
layer.compression = "none"
layer.archive = layer.blob = lambda: open("root.tar", "rb").read()
l = Layout("i")
l.image([layer], config=config, more=more)
l.finish()
PY
}
# bundled [OPTIONS]: the image's bundle "out"; $C is its config
bundled() { rm -rf out; "$RUNLET" image bundle --progress none "$@" i out; C=out/config.json; }
# is FILTER VALUE: what jq makes of the config, on one line
is() { [ "$(jq -c "$1" "$C")" = "$2" ] || { echo "$1: $(jq -c "$1" "$C"), not $2"; return 1; }; }

@test "what an image without a config gets: sh, /, the usual PATH, no terminal; and that it runs" {
	made '{}'
	bundled
	is .process.args '["sh"]'
	is .process.cwd '"/"'
	is .process.env '["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]'
	is .process.terminal false
	is '[.root.path, .root.readonly // false]' '["rootfs",false]'
	is '.process.user' '{"uid":0,"gid":0}'
	[ "$(echo 'echo here; id -u' | "$RUNLET" --root "$STATE" run -b out "$ID")" = "$(printf 'here\n0')" ]
	"$RUNLET" validate --compliance-level may --path out
	bundled --terminal --rootfs tree
	is .process.terminal true
	is .root.path '"tree"'
	is '.process.env | index("TERM=xterm") != null' true
}
@test "args, env, cwd, users, annotations: as umoci" {
	local config
	printf 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1001::/:/bin/sh\n' >"$BUNDLE/rootfs/etc/passwd"
	printf 'root:x:0:root\nuser:x:1001:\nextra:x:7:root,user\nmore:x:8:user\n' >"$BUNDLE/rootfs/etc/group"
	for config in \
		'{"Entrypoint":["/entry","point"],"Cmd":["and","cmd"],"Env":["A=1","PATH=/own","EMPTY="],"WorkingDir":"/work/dir","User":"user"}' \
		'{"Cmd":["only"],"User":"1000:8","Labels":{"com.example.label":"value"}}' \
		'{"Entrypoint":["only"],"Env":["PATH=/own"],"User":"user:more","StopSignal":"SIGUSR1","ExposedPorts":{"53/udp":{},"80/tcp":{}}}' \
		'{"Cmd":["x"],"Env":["PATH=/own"],"User":"12:34"}' '{"Cmd":["x"],"Env":["PATH=/own"],"User":"0"}' '{"Cmd":["x"],"Env":["PATH=/own"],"User":":more"}'
	do
		made "$config" '{"author":"the author","created":"2026-01-02T03:04:05Z"}'
		bundled
		umoci --log error raw runtime-config --image i:latest --rootfs out/rootfs theirs.json
		for filter in .process.args .process.cwd '.process.user | [.uid, .gid, (.additionalGids // [] | sort)]' \
			'.process.env - ["HOME=/root","HOME=/","TERM=xterm","PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"] | sort' \
			'.annotations | with_entries(select(.value != ""))'
		do
			[ "$(jq -cS "$filter" out/config.json)" = "$(jq -cS "$filter" theirs.json)" ] ||
				{ echo "$config: $filter"; jq -cS "$filter" out/config.json theirs.json; return 1; }
		done
	done
}
@test "every annotation that conversion.md names, and labels over them" {
	made '{"StopSignal":"SIGRTMIN+3","ExposedPorts":{"80/tcp":{},"53/udp":{}},"Labels":{"org.opencontainers.image.os":"mine","a":"b"}}' \
		'{"author":"me","created":"2026-01-02T03:04:05Z","variant":"v2","os.version":"1.2","os.features":["x","y"]}'
	bundled
	is '.annotations | to_entries | map(.key + "=" + .value) | sort' \
		'["a=b","org.opencontainers.image.architecture=amd64","org.opencontainers.image.author=me","org.opencontainers.image.created=2026-01-02T03:04:05Z","org.opencontainers.image.exposedPorts=80/tcp,53/udp","org.opencontainers.image.os.features=x,y","org.opencontainers.image.os.version=1.2","org.opencontainers.image.os=mine","org.opencontainers.image.stopSignal=SIGRTMIN+3","org.opencontainers.image.variant=v2"]'
}
@test "volumes are tmpfs mounts; what no volume can be is refused" {
	made '{"Volumes":{"/data":{},"var//log/":null},"Cmd":["sh"]}'
	bundled
	is '[.mounts[] | select(.type == "tmpfs") | .destination] - ["/dev","/dev/shm"]' '["/data","/var/log"]'
	[ "$(echo 'grep -c " \(/data\|/var/log\) tmpfs" /proc/mounts' | "$RUNLET" --root "$STATE" run -b out "$ID")" = 2 ]
	made '{"Volumes":{"/":{}}}'
	run -1 "$RUNLET" image bundle --progress none i out2
	[[ $output == *'config.Volumes: "/" is the root' ]]
	[ ! -e out2 ]
}
@test "users that are not there, groups that are not there" {
	made '{"User":"nobody-knows"}'
	run -1 "$RUNLET" image bundle --progress none i out2
	[[ $output == *'config: User "nobody-knows": not in the image'"'"'s /etc/passwd' ]]
	made '{"User":"user:nogroup"}'
	run -1 "$RUNLET" image bundle --progress none i out2
	[[ $output == *'User: group "nogroup" is not in the image'"'"'s /etc/group' ]]
	[ ! -e out2 ]
	made '{}' '{"os":"windows"}'
	run -1 "$RUNLET" image bundle --progress none i out2
	[[ $output == *'config.os is "windows": only an image for linux makes a bundle' ]]
}
@test "the program runs as the image says, here and under runc, and the config is valid" {
	printf 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1001::/:/bin/sh\n' >"$BUNDLE/rootfs/etc/passwd"
	printf 'user:x:1001:\nextra:x:7:user\n' >"$BUNDLE/rootfs/etc/group"
	mkdir "$BUNDLE/rootfs/work"
	made '{"Entrypoint":["sh","-c"],"Cmd":["id -u; id -g; id -G; pwd; echo $A $PATH"],"Env":["A=1 2","PATH=/bin"],"WorkingDir":"/work","User":"user"}'
	bundled
	local want=$'1000\n1001\n1001 7\n/work\n1 2 /bin'
	[ "$("$RUNLET" --root "$STATE" run -b out "$ID" </dev/null)" = "$want" ]
	"$RUNLET" validate --compliance-level may --path out
	command -v runc >/dev/null || skip "runc is not installed"
	run runc --root "$STATE-runc" run -b out "$ID" </dev/null
	[ "$output" = "$want" ] || { echo "$output"; return 1; }
}
@test "--template: a board's own config underneath, and nothing of it lost" {
	made '{"Cmd":["sh","-c","cat /data/f"],"Env":["A=image","C=3"],"Labels":{"x":"image"},"Volumes":{"/data":{},"/other":{}}}'
	mkdir board; echo kept >board/f
	jq '.process.env = ["A=board", "B=2", "TERM=vt100"] | .annotations = {"x": "board", "y": "board"} | .hostname = "board" | .root.readonly = true
		| .process.cwd = "/tmp" | .process.rlimits = [] | .process.user = {"uid": 5, "gid": 6, "umask": 7}
		| .mounts += [{"destination": "/data", "type": "bind", "source": $dir, "options": ["bind"]}]
		| .x_board = {"a": [1, 2.5, "\u00e9"]} | .process.x_more = null | .linux.resources.x_unknown = 1e3' --arg dir "$PWD/board" "$BUNDLE/config.json" >template.json
	bundled --template template.json
	is .process.args '["sh","-c","cat /data/f"]'
	is .process.env '["B=2","TERM=vt100","PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin","A=image","C=3"]'
	is '[.hostname, .root.readonly, .root.path, .process.cwd]' '["board",true,"rootfs","/tmp"]'
	is .process.user '{"uid":5,"gid":6,"umask":7}'
	is '.annotations | [.x, .y, ."org.opencontainers.image.os"]' '["image","board","linux"]'
	is '.x_board' '{"a":[1,2.5,"é"]}'
	is '[(.process | has("x_more")), .linux.resources.x_unknown]' '[true,1000]'
	is '[.mounts[] | select(.destination == "/data" or .destination == "/other") | .type]' '["bind","tmpfs"]'
	edit out '.root.readonly = false | .mounts |= map(select(.destination != "/other")) | .process.user = {"uid":0,"gid":0}'
	[ "$("$RUNLET" --root "$STATE" run -b out "$ID" </dev/null)" = kept ]
	made '{"User":"user"}'
	bundled --template template.json
	is '.process.user' '{"uid":1000,"gid":1000,"umask":7}'
}
@test "a template that is none is told before anything is made" {
	made '{}'
	echo '{"ociVersion":' >broken.json
	run -1 "$RUNLET" image bundle --template broken.json i out
	[[ $output == "runlet: --template: broken.json:2:1: JSON: "* ]] || { echo "$output"; return 1; }
	run -1 "$RUNLET" image bundle --template nowhere.json i out
	[[ $output == "runlet: --template: nowhere.json: cannot open: No such file or directory" ]]
	[ ! -e out ]
	echo '{"ociVersion":"1.0.0","root":{"path":"elsewhere"}}' >small.json
	bundled --template small.json
	is .process.args '["sh"]'
	is .process.cwd '"/"'
	is .mounts null
	is .root.path '"rootfs"'
}
