# What is released and how a build root takes it: make dist, a build of that tarball with DEPS=system (the host's gcc and glibc, the libraries of the other tarball), make install.
# Environment: MAKE, BUILD (where pc and the libraries' sources are built already)
bats_require_minimum_version 1.5.0

setup_file() {
	work=$(mktemp -d "${TMPDIR:-/tmp}/runlet-release.XXXXXX")
	export work
	cd "$BATS_TEST_DIRNAME/../.."
	commit=$(git rev-parse HEAD) version=$(sed -n 's/^VERSION *= *//p' config.mk)
	export commit version
	$MAKE --no-print-directory BUILD="$BUILD" BOARD=pc DIST="$work/dist" dist
}

teardown_file() { rm -rf "$work"; }

tree() { echo "$work/runlet-$version"; }
unpacked() { [ -e "$(tree)" ] || tar -xf "$work/dist/runlet-$version.tar.gz" -C "$work"; }
# the build of the tarball, once for all tests that look at it
built() {
	unpacked
	[ ! -e "$work/built" ] || return 0
	tar -xf "$work/dist/runlet-$version-deps.tar" -C "$work"
	cd "$(tree)"
	DEPS_DIR=$work/runlet-$version-deps tools/deps fetch "$work/sources"
	TRIPLET=x86_64-linux-gnu ARCH_CFLAGS=-fno-pie SMALL_CFLAGS='' KERNEL_HEADERS=/usr/include SECCOMP_ARCHES="x86 x86_64 x32" DEPS_CC=gcc tools/deps build "$work/sources" "$work/root"
	$MAKE -j2 --no-print-directory -s BUILD=build DEPS=system BOARD=pc CC=gcc CFLAGS="-isystem $work/root/include" LDFLAGS="-L$work/root/lib" DESTDIR="$work/staging" PREFIX=/usr install-links
	touch "$work/built"
}

@test "make dist: the same commit gives the same bytes" {
	cd "$BATS_TEST_DIRNAME/../.."
	tools/dist "$version" "$BUILD/pc/pages" "$BUILD/deps" "$work/again"
	cmp "$work/dist/runlet-$version.tar.gz" "$work/again/runlet-$version.tar.gz"
	cmp "$work/dist/runlet-$version-deps.tar" "$work/again/runlet-$version-deps.tar"
	(cd "$work/dist" && sha256sum -c SHA256SUMS)
}

@test "make dist: all that is committed, the commit's name, the pages; nothing else" {
	unpacked
	[ "$(cat "$(tree)/.commit")" = "$commit" ]
	cd "$BATS_TEST_DIRNAME/../.."
	{ git ls-tree -r --name-only HEAD; printf '%s\n' .commit pages/runlet.1 pages/runlet.bash pages/_runlet; } | LC_ALL=C sort >"$work/want"
	(cd "$(tree)" && find . -type f -printf '%P\n' | LC_ALL=C sort) >"$work/have"
	diff "$work/want" "$work/have"
}

@test "DEPS=system: the tarball builds with the host's gcc and its static libc, without git and without a mirror" {
	built
	run -0 file -b "$work/staging/usr/bin/runlet"
	[[ $output == *"statically linked"* ]]
	run -0 "$work/staging/usr/bin/runlet" --version
	[ "${lines[0]}" = "runlet version $version" ]
	[ "${lines[1]}" = "commit: $commit" ]
	cmp "$(tree)/build/pc/runlet" "$work/staging/usr/bin/runlet"
	! cmp -s "$BUILD/pc/runlet" "$work/staging/usr/bin/runlet"   # that is musl's
}

@test "DEPS=system: what it builds runs containers, and unpacks images" {
	[ "$(id -u)" = 0 ] || skip "needs root"
	built
	cd "$BATS_TEST_DIRNAME/../integration"
	RUNLET=$work/staging/usr/bin/runlet run -0 bats --tap lifecycle.bats seccomp.bats image.bats
	[ "$(grep -c '^ok' <<<"$output")" -gt 40 ]
}

@test "make install: the program, its links, manual page and completions" {
	built
	cd "$work/staging/usr"
	[ "$(find . -type f -printf '%m %P\n' | sort | tr '\n' ' ')" = "644 share/bash-completion/completions/runlet 644 share/man/man1/runlet.1 644 share/zsh/site-functions/_runlet 755 bin/runlet " ]
	for link in runc oci-runtime-tool oci-image-tool oci-image-validate oci-unpack oci-create-runtime-bundle; do [ "$(readlink bin/$link)" = runlet ]; done
}

@test "the manual page has every command and each of its options" {
	built
	while read -r command; do
		grep -q "^\.SS runlet $command " "$work/staging/usr/share/man/man1/runlet.1"
	done < <("$work/staging/usr/bin/runlet" --help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\( [a-z]*\)\?\)  .*/\1/p' | grep -vE '^$')
	[ "$(grep -c '^\.TP' "$work/staging/usr/share/man/man1/runlet.1")" -gt 80 ]
	grep -q '^\\fB\\-b\\fR, \\fB\\-\\-bundle\\fR \\fIDIR\\fR$' "$work/staging/usr/share/man/man1/runlet.1"
	# an argument with a bar in it; a text that stands on the line below its option
	grep -q '^\\fB\\-\\-cpu\\-idle\\fR \\fI0|1\\fR$' "$work/staging/usr/share/man/man1/runlet.1"
	! grep -n -A1 '^\\fB' "$work/staging/usr/share/man/man1/runlet.1" | grep -E '^[0-9]+-$'
	if command -v groff >/dev/null; then run -0 groff -man -Tutf8 -ww -z "$work/staging/usr/share/man/man1/runlet.1"; [ -z "$output" ]; fi
}

complete_with() {   # WORD…: what bash offers for the last one
	bash -c 'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _runlet; printf "%s\n" "${COMPREPLY[@]}"' "$work/staging/usr/share/bash-completion/completions/runlet" "$@"
}

@test "completions: commands, commands of image, options, files after an option that takes one" {
	built
	[ "$(complete_with runlet im)" = image ]
	[ "$(complete_with runlet --root /x st | tr '\n' ' ')" = "start state " ]
	[ "$(complete_with runlet image unp)" = unpack ]
	[ "$(complete_with runlet image unpack --pla)" = --platform ]
	[ "$(complete_with runlet run --bun)" = --bundle ]
	[ "$(complete_with runlet run --bundle "$work/dis")" = "$work/dist" ]
	[ "$(complete_with runlet --root "$work/dis")" = "$work/dist" ]
	[ "$(complete_with runlet help im)" = image ]
}

@test "tools/initramfs: the same input gives the same bytes; what is wrong is one line" {
	cd "$BATS_TEST_DIRNAME/../.."
	mkdir -p "$work/configs/services"
	echo '{"bundle": "/bundles/a"}' >"$work/configs/services/a.json"
	for name in one two; do run -0 tools/initramfs --runlet /bin/true --config "$work/configs" --output "$work/$name"; done
	cmp "$work/one" "$work/two"
	run -1 tools/initramfs --runlet "$work/none" --output "$work/three"
	[ "$output" = "initramfs: $work/none: No such file or directory" ]
	[ ! -e "$work/three" ]
	run -0 tools/initramfs --help
	[[ $output == "usage: initramfs --runlet FILE "*"--store DIR "* ]]
}
