#!/usr/bin/env bats
# The folded part of the program (src/kernel/fold.h).
load helpers
setup() { setup_container; cd "$WORK"; }
teardown() { cd /; teardown_container; }

# whether a command makes memory executable that it has written
unfolds() {
	strace -f -o trace -e trace=mprotect "$RUNLET" "$@" >/dev/null 2>&1 || :
	[ -s trace ] && grep -q 'PROT_READ|PROT_EXEC) = 0' trace
}

@test "what a container's life needs is never unfolded; images, documents and the whole help are" {
	unfolds schema state
	unfolds image ls /nowhere
	unfolds help
	for words in "list" "features" "state nobody" "delete nobody" "--version" "run --help" "spec --help"; do
		! unfolds $words || { echo "$words unfolds"; false; }
	done
}

@test "where memory that was written may not be executed, one line says so, and containers run" {
	cat >denied <<-'EOF'
		import ctypes, os, sys
		if ctypes.CDLL(None, use_errno=True).prctl(65, 1, 0, 0, 0):   # PR_SET_MDWE: Linux 6.3
		    sys.exit(77)
		os.execv(sys.argv[1], sys.argv[1:])
	EOF
	run python3 denied "$RUNLET" schema state
	[ "$status" != 77 ] || skip "this kernel has no PR_SET_MDWE"
	[ "$status" = 1 ]
	[ "$output" = "runlet: the folded part may not be executed (a runlet built with FOLD= has none): Permission denied" ]
	run python3 denied "$RUNLET" features
	[ "$status" = 0 ]
}

@test "the regions of the folded part are asked for with it: little memory runs containers, and what it is too little for says so" {
	program 'echo hello'
	run bash -c 'ulimit -v 65536; "$@"' runlet "$RUNLET" --root "$STATE" run -b "$BUNDLE" "$ID"
	echo "$output"
	[ "$status" = 0 ] && [ "$output" = hello ]
	run bash -c 'ulimit -v 65536; "$@"' runlet "$RUNLET" image ls "$WORK"
	echo "$output"
	[ "$status" = 1 ]
	[[ $output == "runlet: memory of the folded part, "*" bytes: "*emory ]]
}
