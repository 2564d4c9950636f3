# runlet: plain GNU make. `make help` lists the targets; config.mk says what can be set.
include config.mk
include board/$(BOARD)/board.mk
include arch/$(CPU)/arch.mk
# what only our own objects are compiled with, so that a change of it does not build the libraries anew
-include arch/$(CPU)/own.mk
-include board/$(BOARD)/guest$(KERNEL:%=-%).mk
OWN_CFLAGS += $(or $(LIMITS_$(LIMITS)),$(error LIMITS=$(LIMITS): default or small))

OUT     := $(BUILD)/$(BOARD)
SOURCES := $(BUILD)/deps
SYSROOT := $(OUT)/sysroot
BOARDS  := $(notdir $(patsubst %/,%,$(wildcard board/*/)))
SRCS    := $(filter-out src/conform/%,$(wildcard src/*.c src/*/*.c))
OBJS    := $(SRCS:src/%.c=$(OUT)/obj/%.o)
CONFORM := $(patsubst src/%.c,$(OUT)/obj/%.o,$(wildcard src/conform/*.c))   # the conformance program's own objects; the rest of it is $(LIB)
LIB     := $(OUT)/librunlet.a
UNITS   := $(patsubst test/unit/%.c,%,$(wildcard test/unit/*/*.c))
UNIT_PROGRAMS := $(foreach u,$(UNITS),$(OUT)/test/$(subst /,-,$(u)))

ifeq ($(DEPS),system)
# a build root gives its own CC (and BINUTIL, the prefix of its binutils); Debian has BearSSL's headers in a folder, which is not there elsewhere
ifeq ($(origin CC),default)
CC      := $(TRIPLET)-gcc
endif
READY   :=
DEPS_CFLAGS := -isystem $(shell $(CC) -print-sysroot)/usr/include/bearssl
else
CC      := $(SYSROOT)/bin/musl-gcc
READY   := $(SYSROOT)/.ready
endif
BINUTIL := $(TRIPLET)-

WARNINGS = -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wvla -Wundef -Wpointer-arith -Wwrite-strings \
	-Wformat=2 -Wno-format-nonliteral -Wnull-dereference -Wduplicated-cond -Wlogical-op
HARDEN   = -fstack-protector $(if $(READY),$(ARCH_MUSL)) -fno-common
# objects are of both kinds, so that tests link in no time; warnings are for compilations: what the linker's view of all of them suspects beyond is wrong
LTO_OBJECT = $(if $(LTO),-flto -ffat-lto-objects)
# one partition is smaller by 2 KB. The compiler knows printf's family by itself, so that no object says it wants ours (base/format.c): without -u it is libc's, 7 KB more
OUR_LIBC = -Wl,-u,snprintf -Wl,-u,vsnprintf
LTO_LINK = $(if $(LTO),$(LTO) -flto-partition=one $(OUR_LIBC),-fno-lto)
CFLAGS_ALL = -std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -Isrc -Iarch/$(CPU)/include $(DEPS_CFLAGS) $(OPTIMIZE) $(ARCH_CFLAGS) $(ARCH_NO_FLOAT) $(BOARD_CFLAGS) $(OWN_CFLAGS) $(WARNINGS) $(HARDEN) \
	-ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables -fno-unwind-tables -ffile-prefix-map=$(CURDIR)/= \
	$(if $(PIE),-fPIE,-fno-pie) -g $(CFLAGS)
# norelro, common-page-size: data begins where constants end, with no page of zeros between them in the file; a static program that is not PIE protects nothing by relro
LDFLAGS_ALL = $(if $(PIE),-static-pie,-static -no-pie) $(ARCH_LDFLAGS) -Wl,--gc-sections -Wl,-O2 -Wl,-T,$(SECTIONS) -Wl,-z,noseparate-code -Wl,--fatal-warnings -Wl,-z,noexecstack -Wl,-z,norelro -Wl,-z,common-page-size=512 -Wl,--build-id=none $(LDFLAGS)
LIBS     = -lseccomp -lbearssl -lz -lzstd
# a release tarball has no history, but says which commit it is
COMMIT   = $(shell cat .commit 2>/dev/null || git rev-parse HEAD 2>/dev/null || echo unknown)

setup = tools/setup $(1)
# V=1 shows the commands
Q       := $(if $(V),,@)
say      = $(if $(V),,@printf '  %-7s %s\n' $(1) $(2))

# --- the binary ------------------------------------------------------------------------------------------------------------------------------
all: $(OUT)/runlet

$(SOURCES)/.complete:
	@$(call setup,build)
	tools/deps fetch $(SOURCES)

# once a board, and again when the sources or the way they are built change
$(SYSROOT)/.ready: $(SOURCES)/.complete tools/deps arch/$(CPU)/arch.mk board/$(BOARD)/board.mk
	@$(call setup,build $(BOARD))
	@mkdir -p $(OUT); echo '$(SECCOMP_ARCHES)' | cmp -s - $(SYSROOT).arches || { [ ! -e $(SYSROOT).arches ] || rm -f $@; echo '$(SECCOMP_ARCHES)' >$(SYSROOT).arches; }
	$(Q)TRIPLET=$(TRIPLET) ARCH_CFLAGS="$(ARCH_CFLAGS) $(if $(PIE),-fPIE,-fno-pie)" SMALL_CFLAGS="$(BOARD_CFLAGS)" FAST_ZSTD=$(FAST_ZSTD) KERNEL_HEADERS=$(KERNEL_HEADERS) SECCOMP_ARCHES="$(SECCOMP_ARCHES)" tools/deps build $(SOURCES) $(SYSROOT)
	$(Q)$(ARCH_READY)

# arch/CPU/FOLDER/FILE.c stands in for src/FOLDER/FILE.c, and may use what that CPU has
$(OUT)/obj/%.o: arch/$(CPU)/%.c $(READY) Makefile config.mk board/$(BOARD)/board.mk
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(filter-out -mgeneral-regs-only,$(CFLAGS_ALL)) $(LTO_OBJECT) -MMD -MP -c $< -o $@
$(OUT)/obj/%.o: src/%.c $(READY) Makefile config.mk board/$(BOARD)/board.mk
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(CFLAGS_ALL) $(LTO_OBJECT) -MMD -MP -c $< -o $@

# a new commit rebuilds these objects alone
$(OUT)/commit: FORCE
	@mkdir -p $(@D)
	@echo '$(COMMIT) $(VERSION)' | cmp -s - $@ || echo '$(COMMIT) $(VERSION)' >$@
$(OUT)/dependencies.h: $(READY) Makefile
	@mkdir -p $(@D)
	@{ echo '#define RUNLET_DEPENDENCIES \'; sed 's/.*/"&\\n" \\/' $(if $(READY),$(SOURCES)/versions,/dev/null); echo '""'; } >$@
$(OUT)/obj/cmd/version.o: $(OUT)/commit $(OUT)/dependencies.h
# the tokenizer takes a third of the time that reading a config with an engine's filter takes; 1 KB
$(OUT)/obj/json/json.o: CFLAGS_ALL += -O2 -fjump-tables
$(OUT)/obj/container/filter_cache.o: $(OUT)/commit
$(OUT)/obj/container/filter_cache.o: CFLAGS_ALL += -DRUNLET_COMMIT='"$(COMMIT)"'
$(OUT)/obj/cmd/version.o: CFLAGS_ALL += -include $(OUT)/dependencies.h -DRUNLET_VERSION='"$(VERSION)"' -DRUNLET_COMMIT='"$(COMMIT)"'

SECTIONS = $(OUT)/sections.ld
$(OUT)/sections.ld: tools/sections tools/hot
	@mkdir -p $(@D)
	@tools/sections tools/hot >$@

# What no container's life needs: it stands in the file deflated (kernel/fold.h). None of it may be named by other objects, but for the commands' tables (test/lint/fold).
FOLDED = $(filter-out $(OUT)/obj/image/users.o,$(filter $(addprefix $(OUT)/obj/,image/% check/% cmd/image_% spec/image_% spec/descriptor.o cmd/check.o cmd/validate.o cmd/generate.o cmd/schema.o),$(OBJS)))
# addresses behind the variables for the deflated bytes, and a page of the largest size more
FOLD_BYTES = 262144
$(OUT)/folded.o: $(FOLDED)
	$(call say,LD,$@)
	$(Q)$(CC) $(filter-out $(WARNINGS),$(CFLAGS_ALL)) $(if $(LTO),$(LTO) -flto-partition=one -flinker-output=nolto-rel,-fno-lto) -nostdlib -r -o $@ $(FOLDED)
$(OUT)/folded.ld: tools/sections tools/hot
	@tools/sections tools/hot "*folded.o" $(FOLD_BYTES) >$@

$(LIB): $(OUT)/sections.ld $(filter-out $(OUT)/obj/main.o,$(OBJS))
	@rm -f $@
	$(call say,AR,$@)
	$(Q)$(BINUTIL)gcc-ar rDcs $@ $(filter %.o,$^)

FOLD_LINK = $(if $(FOLD),$(OUT)/folded.o)
$(OUT)/runlet.debug: SECTIONS = $(OUT)/$(if $(FOLD),folded,sections).ld
$(OUT)/runlet.debug: $(OUT)/obj/main.o $(LIB) $(FOLD_LINK) $(if $(FOLD),$(OUT)/folded.ld)
	$(call say,LD,$@)
	$(Q)$(CC) $(filter-out $(WARNINGS),$(CFLAGS_ALL)) $(LTO_LINK) $(LDFLAGS_ALL) -o $@ $(OUT)/obj/main.o $(FOLD_LINK) -Wl,--start-group $(LIB) $(LIBS) -Wl,--end-group

# what comes from which object: only a link that is not optimized knows it
$(OUT)/runlet.map: $(OUT)/obj/main.o $(LIB)
	$(Q)$(CC) $(CFLAGS_ALL) -fno-lto $(LDFLAGS_ALL) -Wl,-Map=$@ -o $(OUT)/runlet.unoptimized $(OUT)/obj/main.o -Wl,--start-group $(LIB) $(LIBS) -Wl,--end-group

$(OUT)/runlet: $(OUT)/runlet.debug
	$(call say,STRIP,$@)
	$(Q)$(BINUTIL)strip -s -R .comment -R .note.gnu.property -o $@ $<
	$(if $(FOLD),$(Q)tools/fold $(BINUTIL)readelf $@)
	$(Q)tools/strip-sections $(BINUTIL)readelf $@

$(OUT)/runlet-conform.debug: $(CONFORM) $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(filter-out $(WARNINGS),$(CFLAGS_ALL)) $(LTO_LINK) $(LDFLAGS_ALL) -o $@ $(CONFORM) -Wl,--start-group $(LIB) $(LIBS) -Wl,--end-group

$(OUT)/runlet-conform: $(OUT)/runlet-conform.debug
	$(call say,STRIP,$@)
	$(Q)$(BINUTIL)strip -s -R .comment -R .note.gnu.property -o $@ $<

conform: $(OUT)/runlet-conform

# the suite tested by runtimes that are broken on purpose; the page of what runtimes do, made anew
check-conform: all conform
	@$(call setup,check)
	@test/conform/broken $(OUT)/runlet-conform $(OUT)/runlet

conformance-page: all conform $(BUILD)/peers/etc/os-release
	@$(call setup,check)
	@test/conform/page $(OUT)/runlet-conform $(OUT)/runlet $(BUILD)/peers >$(BUILD)/conformance.md && mv $(BUILD)/conformance.md docs/conformance.md
.PHONY: conform check-conform conformance-page

# two at a time: the configure scripts of the libraries keep one core busy only
all-boards: $(SOURCES)/.complete
	@$(call setup,build $(BOARDS))
	@printf '%s\n' $(BOARDS) | xargs -P 2 -I NAME $(MAKE) --no-print-directory BOARD=NAME all

include test/board/rules.mk

# --- checks ----------------------------------------------------------------------------------------------------------------------------------
$(OUT)/test/%: $(LIB) test/unit/tap.h $(READY)
	@mkdir -p $(@D) $(OUT)/obj
	$(call say,TEST,$@)
	$(Q)$(CC) $(filter-out -mgeneral-regs-only,$(CFLAGS_ALL)) -fno-lto -Itest/unit -MMD -MP -MF $(OUT)/obj/test-$*.d $(LDFLAGS_ALL) -o $@ test/unit/$(subst -,/,$*).c -Wl,--start-group $(LIB) $(LIBS) -Wl,--end-group
$(foreach u,$(UNITS),$(eval $(OUT)/test/$(subst /,-,$(u)): test/unit/$(u).c))

# every property of config.json and the tests that see it act: docs/spec.md
$(OUT)/spec-table: test/tools/spec-table.c $(LIB) $(READY)
	$(Q)$(CC) $(filter-out -mgeneral-regs-only,$(CFLAGS_ALL)) -fno-lto $(LDFLAGS_ALL) -o $@ $< $(LIB)
spec-page check-spec-page: $(OUT)/spec-table
	@tools/spec-page $< $(if $(filter check-spec-page,$@),--check)

units: $(UNIT_PROGRAMS)

unit: units
	@$(call setup,check $(BOARD))
	prove --exec '$(RUNNER)' $(UNIT_PROGRAMS)

# Our objects may not refer to these: libc's heap users, stdio, and whatever calculates in floating point.
HEAP_USERS = malloc calloc realloc reallocarray free memalign aligned_alloc posix_memalign strdup strndup asprintf vasprintf getline getdelim open_memstream \
	opendir fdopendir readdir scandir fopen fdopen fclose fread fwrite fputs fputc puts printf fprintf vprintf vfprintf perror popen system glob ftw nftw \
	getpwnam getpwuid getgrnam getgrgid getgrouplist initgroups regcomp getaddrinfo gethostbyname setenv putenv dlopen pthread_create tsearch hcreate \
	realpath tempnam
FLOAT_USERS = __.*[sdt]f[23] __fix.*[sdt]f.* __float.*[sdt]f __extend.*f2 __trunc.*f2 strtod strtof strtold atof sqrt pow floor ceil log exp

check-heap: $(LIB) $(OUT)/runlet.debug
	@test/lint/heap $(BINUTIL) $(OUT) "$(HEAP_USERS)" "$(FLOAT_USERS)"

.PHONY: check-fold
check-fold: $(LIB)
	@test/lint/fold $(BINUTIL)nm $(OUT) $(FOLDED)

check-includes:
	@test/lint/includes

size: $(OUT)/runlet $(OUT)/runlet.map
	@test/lint/size $(OUT) $(CEILING_BYTES) $(BOARD) $(if $(ALL),--all)

# what `make size` compares with, and the table of docs/boards.md
.PHONY: sizes
sizes: all-boards
	@for board in $(BOARDS); do $(MAKE) --no-print-directory BOARD=$$board $(BUILD)/$$board/runlet.map || exit 1; done
	@test/lint/size --record $(BUILD) docs/boards.md $(BOARDS)

check:
	@$(call setup,build malta check)
	@test/check "$(MAKE)" "$(BUILD)"

check-tools:
	@$(call setup,build tools check)
	@test/check-tools "$(MAKE)" "$(BUILD)"
# single system calls that fail in a container's life; by itself, as some of its verdicts still depend on who is faster (docs/TODO.md)
check-faults:
	@$(call setup,build check)
	@$(MAKE) --no-print-directory BOARD=pc all
	@test/tools/faults $(BUILD)/pc/runlet

# podman and Docker above runlet, in a root directory of current ones
$(BUILD)/peers/etc/os-release:
	@$(call setup,bench)
	@rm -rf --one-file-system $(BUILD)/peers && mkdir -p $(BUILD)
	tools/make-peers $(BUILD)/peers

.PHONY: minbase check-engines
check-engines: $(OUT)/runlet $(BUILD)/peers/etc/os-release
	@$(call setup,check)
	@test/engines/run $(OUT)/runlet $(BUILD)/peers

.PHONY: check-vm bench-vm
check-vm:
	@$(call setup,build vm guest)
	@$(MAKE) --no-print-directory BOARD=pc all conform
	@$(MAKE) --no-print-directory BOARD=pc KERNEL=old $(BUILD)/guest/pc-old/.complete
	@test/vm/run $(BUILD)/pc/runlet $(BUILD)/vm $(TESTS)

bench-vm: all
	@$(call setup,vm)
	@mkdir -p $(OUT)/bench
	@for program in floor nothing; do $(CC) -Os -static -s -o $(OUT)/bench/$$program test/bench/$$program.c || exit 1; done
	@test/vm/run $(OUT)/runlet $(BUILD)/vm smallest

# images by umoci, skopeo, buildah and podman
check-image:
	@$(call setup,build check check-image)
	@$(MAKE) --no-print-directory BOARD=pc all
	@test/check-image $(BUILD)

demo:
	@$(call setup,build demo)
	@$(MAKE) --no-print-directory BOARD=pc all >$(if $(V),/dev/stdout,/dev/null)
	@tools/demo $(BUILD)/pc/runlet

# The image of Debian minbase that bench and check take
$(BUILD)/minbase-oci/index.json:
	@rm -rf $(BUILD)/minbase-oci && mkdir -p $(BUILD)
	tools/make-minbase-image $(BUILD)/minbase-oci
minbase: $(BUILD)/minbase-oci/index.json

bench: all $(BUILD)/peers/etc/os-release $(BUILD)/minbase-oci/index.json
	@$(call setup,build bench)
	@mkdir -p $(OUT)/bench
	@for program in floor nothing measure; do $(CC) -Os -static -s -o $(OUT)/bench/$$program test/bench/$$program.c || exit 1; done
	@test/bench/run $(OUT)/runlet $(OUT)/bench $(BUILD)/minbase-oci $(BUILD)/peers

bench-image: all $(BUILD)/minbase-oci/index.json
	@$(call setup,build bench check)
	@mkdir -p $(OUT)/bench
	@$(CC) -Os -static -s -o $(OUT)/bench/measure test/bench/measure.c
	@test/bench/image $(OUT)/runlet $(OUT)/bench $(BUILD)/minbase-oci

# The functions that `run` needs, in tools/hot: to be made again when there are many new ones. A name in it that no longer exists does no harm.
hot: all
	@mkdir -p $(OUT)/bench
	@for program in nothing touched; do $(CC) -Os -static -s -o $(OUT)/bench/$$program test/bench/$$program.c || exit 1; done
	@test/bench/hot $(OUT)/runlet $(OUT)/runlet.debug $(OUT)/bench >tools/hot.new && mv tools/hot.new tools/hot

# Every fuzzer for SECONDS, by clang on this machine; new inputs stay under $(BUILD)/fuzz, a crash's input is named by libFuzzer.
# FUZZ_NAME: the sources that test/fuzz/NAME.c is built with; the heap's fixed region is not for sanitizers.
# SEED: libFuzzer's; 0 is another one each time.
SECONDS  = 20
SEED     = 0
FUZZERS  = $(patsubst test/fuzz/%.c,%,$(wildcard test/fuzz/*.c))
FUZZ_json = $(filter-out src/base/heap.c src/base/sha256.c,$(wildcard src/json/*.c src/spec/*.c src/base/*.c))
# Those of images are built from objects that they share, with the sysroot's libraries, which are plain C: headers are those of the libraries' sources,
# for musl's must not stand beside this machine's.
FUZZ_FLAGS = -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -std=gnu11 -D_GNU_SOURCE -Isrc -Iarch/$(CPU)/include -isystem $(SOURCES)/src-jsmn \
	-isystem $(SOURCES)/src-bearssl/inc -isystem $(SOURCES)/src-zlib -isystem $(SOURCES)/src-libzstd/lib
FUZZ_IMAGE = $(patsubst src/%.c,$(BUILD)/fuzz/obj/%.o,$(filter-out src/base/heap.c src/base/log.c,$(wildcard src/json/*.c src/spec/*.c src/base/*.c src/image/*.c)))
IMAGE_FUZZERS = $(addprefix $(BUILD)/fuzz/,tar framing descriptor convert)
$(BUILD)/fuzz/obj/%.o: src/%.c $(READY)
	@$(call setup,fuzz)
	@mkdir -p $(@D)
	@clang $(FUZZ_FLAGS) -MMD -MP -c -o $@ $<
-include $(FUZZ_IMAGE:.o=.d)
# a library: what a fuzzer does not call, and what that needs, stays out
$(BUILD)/fuzz/image.a: $(FUZZ_IMAGE)
	@rm -f $@
	@ar rcs $@ $^
$(IMAGE_FUZZERS): $(BUILD)/fuzz/%: test/fuzz/%.c test/fuzz/image.h $(BUILD)/fuzz/image.a
	@mkdir -p $@.corpus
	@clang $(FUZZ_FLAGS) -no-pie -o $@ $< $(BUILD)/fuzz/image.a $(addprefix $(SYSROOT)/lib/,libbearssl.a libz.a libzstd.a)
$(BUILD)/fuzz/json: test/fuzz/json.c $(SRCS) $(SOURCES)/.complete
	@$(call setup,fuzz)
	@mkdir -p $@.corpus
	@clang $(FUZZ_FLAGS) -o $@ $< $(FUZZ_json)
fuzz: $(addprefix $(BUILD)/fuzz/,$(FUZZERS))
	@cd $(BUILD)/fuzz && for f in $(FUZZERS); do echo "$$f:"; ./$$f -max_total_time=$(SECONDS) -seed=$(SEED) -max_len=8192 -verbosity=0 -print_final_stats=1 \
		$$f.corpus $(CURDIR)/test/fuzz/seeds/$$f || exit 1; done

# --- installing ------------------------------------------------------------------------------------------------------------------------------
LINKS = runc oci-runtime-tool oci-image-tool oci-image-validate oci-unpack oci-create-runtime-bundle
# the manual page and completions, from the program's own help; a release tarball brings them along; PAGES= leaves them out
PAGES   := $(or $(wildcard pages),$(OUT)/pages)
$(OUT)/pages/runlet.1: $(OUT)/runlet tools/pages
	@tools/pages $(@D) $(RUNNER) $(OUT)/runlet
install: all $(if $(PAGES),$(PAGES)/runlet.1)
	install -D -m 755 $(OUT)/runlet $(DESTDIR)$(PREFIX)/bin/runlet
ifneq ($(PAGES),)
	install -D -m 644 $(PAGES)/runlet.1 $(DESTDIR)$(PREFIX)/share/man/man1/runlet.1
	install -D -m 644 $(PAGES)/runlet.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/runlet
	install -D -m 644 $(PAGES)/_runlet $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_runlet
endif
install-links: install
	for link in $(LINKS); do ln -sf runlet $(DESTDIR)$(PREFIX)/bin/$$link || exit 1; done

# What is released, from what is committed, the same bytes each time: the sources with the pages and the commit's name, and the libraries' sources, which DEPS_DIR takes
DIST    ?= $(BUILD)/dist
dist: $(OUT)/pages/runlet.1 $(SOURCES)/.complete
	@tools/dist $(VERSION) $(OUT)/pages $(SOURCES) $(DIST)
.PHONY: dist

# What somebody needs to link runlet again with another libseccomp: see THIRD-PARTY.md
relink: $(OUT)/obj/main.o $(LIB)
	$(CC) $(filter-out $(WARNINGS),$(CFLAGS_ALL)) $(LTO_LINK) $(LDFLAGS_ALL) -o $(OUT)/runlet.relinked $(OUT)/obj/main.o -Wl,--start-group $(LIB) $(or $(LIBSECCOMP),-lseccomp) $(filter-out -lseccomp,$(LIBS)) -Wl,--end-group
	$(BINUTIL)strip -s $(OUT)/runlet.relinked

clean:
	rm -rf $(foreach b,$(BOARDS),$(addprefix $(BUILD)/$(b)/,obj test bench runlet runlet.debug runlet.unoptimized runlet.map librunlet.a folded.o folded.ld sections.ld commit dependencies.h))
distclean:
	rm -rf $(BUILD)

help:
	@echo 'make                 builds $(OUT)/runlet     (BOARD= one of: $(BOARDS))'
	@echo 'make conform         builds $(OUT)/runlet-conform, which checks a runtime against the specification'
	@echo 'make check-conform   broken runtimes, each of which must be caught (as root); conformance-page: docs/conformance.md anew'
	@echo 'make all-boards      builds every board'
	@echo 'make initramfs       $(OUT)/demo.cpio.gz: runlet as /init, an image of busybox; make boot starts it in QEMU  (BOARD= one of: $(BOOTED))'
	@echo 'make squashfs        $(OUT)/demo.squashfs: the same as a read-only root; make boot-squashfs starts it  (BOARD= one of: $(SQUASHED))'
	@echo 'make check-boards    every board: tests in a QEMU guest with Debian'"'"'s kernel, or under qemu-user; check-board BOARD=: one'
	@echo 'make demo            an OCI image from busybox to a running container (as root)'
	@echo 'make check           all tests (as root); the last line counts them'
	@echo 'make check-tools     validate, schema and generate: every rule, member and flag'
	@echo 'make check-faults    system calls that fail, one at a time, in the life of a container (as root)'
	@echo 'make check-engines   podman and Docker above runlet (as root)'
	@echo 'make check-vm        integration tests and conformance in QEMU guests with all control groups (as root; TESTS="v2 cgroup" for one file)'
	@echo 'make bench-vm        the smallest memory limit that a container starts in, in that guest (as root)'
	@echo 'make check-image     images that umoci, skopeo, buildah and podman made (as root)'
	@echo 'make unit            unit tests of one board'
	@echo 'make size            bytes by object and library; fails above the board'"'"'s ceiling'
	@echo 'make sizes           builds every board and keeps their sizes in docs/boards.md, which size compares with'
	@echo 'make check-heap      no heap and no floating point in our objects'
	@echo 'make check-includes  includes go down only; long functions and files'
	@echo 'make fuzz SECONDS=20 every fuzzer that long'
	@echo 'make bench           measurements against a floor program, runc, bsdtar, umoci (as root)'
	@echo 'make bench-image     unpacking and validating images beside bsdtar, umoci, openssl (as root)'
	@echo 'make hot             writes tools/hot: which functions stand together in the binary (as root, BOARD=pc)'
	@echo 'make install         to DESTDIR=$(DESTDIR) PREFIX=$(PREFIX); install-links: the names of the programs it stands in for'
	@echo 'make dist            release tarballs of what is committed, in $(DIST): the sources, and those of the libraries'
	@echo 'make spec-page       writes docs/spec.md: every property of config.json, and the tests that see it act'
	@echo 'make clean           what was compiled of runlet; distclean: the libraries and their sources too'

FORCE:
.PHONY: all all-boards units unit spec-page check-spec-page check-heap check-includes size check check-tools check-faults check-image demo fuzz bench bench-image hot install install-links relink clean distclean help FORCE
.DELETE_ON_ERROR:
.SECONDARY:
-include $(OBJS:.o=.d) $(CONFORM:.o=.d) $(UNIT_PROGRAMS:$(OUT)/test/%=$(OUT)/obj/test-%.d)
