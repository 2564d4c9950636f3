# Part of the Makefile: initramfs, guests that boot it, the other boards' tests.
# Debian's kernel and busybox of the board, an image of that busybox, and an initramfs that runs it: board/NAME/guest.mk says how it is booted.
# GUEST_BUILD: what tools/guest-kernel builds instead, of GUEST_SOURCES, which all such boards share. Boards without a guest.mk borrow pc's image. KERNEL=NAME takes board/BOARD/guest-NAME.mk, another kernel for the same binary.
GUEST_SOURCES = bookworm linux-source-6.1 $(sort $(shell sed -n 's/^GUEST_BUILD *= *\([a-z0-9]*\).*/\1/p' board/*/guest.mk))
GUEST     := $(OUT)/guest$(KERNEL:%=-%)
GUEST_DIR := $(BUILD)/guest/$(BOARD)$(KERNEL:%=-%)
DEMO      := $(if $(KERNEL),$(GUEST),$(OUT))/demo.cpio.gz
BOOTED    := $(patsubst board/%/guest.mk,%,$(wildcard board/*/guest.mk))
SQUASHED   = $(patsubst board/%/guest.mk,%,$(shell grep -l GUEST_SQUASHFS board/*/guest.mk))
$(GUEST_DIR)/.complete: board/$(BOARD)/guest$(KERNEL:%=-%).mk $(filter board/%,$(GUEST_BUILD)) $(if $(GUEST_BUILD),| $(READY))
	@$(call setup,build guest $(GUEST_SETUP))
	$(if $(GUEST_DEBIAN),tools/foreign $(firstword $(GUEST_DEBIAN)) $(word 2,$(GUEST_DEBIAN)) $(GUEST_DIR) $(wordlist 3,9,$(GUEST_DEBIAN)))
	$(if $(GUEST_BUILD),tools/guest-sources $(BUILD)/guest/sources $(GUEST_SOURCES) && CC='$(subst $(BUILD)/,$(abspath $(BUILD))/,$(CC) $(ARCH_CFLAGS))' tools/guest-kernel $(BUILD)/guest/sources $(GUEST_DIR) $(GUEST_BUILD))
$(GUEST)/oci/index.json: $(GUEST_DIR)/.complete tools/make-busybox-image
	@rm -rf $(GUEST)/oci; mkdir -p $(GUEST)
	BUSYBOX=$(GUEST_DIR)/bin/busybox RUNNER='$(RUNNER)' ARCHITECTURE=$(GUEST_ARCH) tools/make-busybox-image $(GUEST)/oci \
		sh -c 'echo "Hello from $$(hostname), pid $$$$ of $$(ps | wc -l), on $$(uname -m), as uid $$(id -u)"'
$(DEMO): $(OUT)/runlet $(GUEST)/oci/index.json tools/initramfs
	@tools/initramfs --runlet $(OUT)/runlet --layout $(GUEST)/oci --output $@
$(GUEST)/test.cpio.gz: $(OUT)/runlet $(GUEST)/oci/index.json tools/initramfs test/board/init test/board/checks test/board/nov2.c $(UNIT_PROGRAMS) $(wildcard test/bench/*.c)
	@rm -rf $(GUEST)/tests; mkdir -p $(GUEST)/tests/unit
	@for program in $(UNIT_PROGRAMS); do $(BINUTIL)strip -o $(GUEST)/tests/unit/$${program##*/} $$program || exit 1; done
	@for program in floor nothing measure moment; do $(CC) -Os $(ARCH_CFLAGS) -static -no-pie $(ARCH_LDFLAGS) -s -o $(GUEST)/tests/$$program test/bench/$$program.c || exit 1; done
	@$(CC) -Os $(ARCH_CFLAGS) -static -no-pie $(ARCH_LDFLAGS) -s -o $(GUEST)/tests/nov2 test/board/nov2.c
	@cp test/board/init test/board/checks $(GUEST)/tests/
	@tools/initramfs --runlet $(OUT)/runlet --layout $(GUEST)/oci --add $(GUEST)/tests=tests --add $(GUEST_DIR)/bin/busybox=bin/busybox --output $@

initramfs: $(DEMO)
boot: $(DEMO)
	@test/board/qemu 300 $(GUEST_DIR) $< $(GUEST_CONSOLE) "$(GUEST_QEMU)"

# The same as the read-only root, on boards whose kernel has squashfs and memory as a disk built in: GUEST_SQUASHFS, the kernel's words for it
DEMO_SQUASHFS = $(DEMO:.cpio.gz=.squashfs)
$(DEMO_SQUASHFS): $(OUT)/runlet $(GUEST)/oci/index.json tools/initramfs
	$(if $(GUEST_SQUASHFS),,$(error squashfs: not for $(BOARD), whose kernel has it as a module; BOARD= one of: $(SQUASHED)))
	@$(call setup,squashfs)
	@tools/initramfs --squashfs gzip --runlet $(OUT)/runlet --layout $(GUEST)/oci --output $@
squashfs: $(DEMO_SQUASHFS)
boot-squashfs: $(DEMO_SQUASHFS)
	@test/board/qemu 300 $(GUEST_DIR) $< $(GUEST_CONSOLE) "$(GUEST_QEMU)" $(GUEST_SQUASHFS)
$(GUEST)/test.squashfs: $(OUT)/runlet $(GUEST)/oci/index.json tools/initramfs test/board/squashfs
	@$(call setup,squashfs)
	@RUNNER='$(RUNNER)' test/board/squashfs $(OUT)/runlet $(GUEST_DIR)/bin/busybox $(GUEST)/oci $@
# the same checks without unit tests, for a guest of GUEST_LEAST MB
$(GUEST)/least.cpio.gz: $(GUEST)/test.cpio.gz
	@tools/initramfs --runlet $(OUT)/runlet --layout $(GUEST)/oci --add test/board/init=tests/init --add test/board/checks=tests/checks --add $(GUEST_DIR)/bin/busybox=bin/busybox --output $@
CHECK_BOARD = $(if $(GUEST_QEMU),$(DEMO) $(GUEST)/test.cpio.gz $(if $(GUEST_LEAST),$(GUEST)/least.cpio.gz) $(if $(GUEST_SQUASHFS),$(GUEST)/test.squashfs),pc-image units)
pc-image:
	@$(MAKE) --no-print-directory BUILD=$(BUILD) BOARD=pc $(BUILD)/pc/guest/oci/index.json
check-board: $(OUT)/runlet $(CHECK_BOARD)
	@RUNNER='$(RUNNER)' DEMO='$(DEMO)' GUEST_DIR='$(GUEST_DIR)' GUEST_QEMU='$(GUEST_QEMU)' GUEST_CONSOLE='$(GUEST_CONSOLE)' GUEST_LEAST='$(GUEST_LEAST)' GUEST_SQUASHFS='$(GUEST_SQUASHFS)' GUEST_BUSYBOX=$(BUILD)/guest/pc/bin/busybox \
		test/board/check $(BOARD)$(KERNEL:%=-%) $(OUT) $(GUEST) $(CEILING_BYTES)
# pc is check-vm's, here it has an old kernel
check-boards:
	@$(call setup,build guest squashfs $(BOARDS))
	@$(MAKE) --no-print-directory pc-image
	@test/board/all "$(MAKE)" "$(BUILD)" $(filter-out pc,$(BOARDS)) pc-old
.PHONY: initramfs boot squashfs boot-squashfs check-board check-boards pc-image
