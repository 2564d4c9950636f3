# How QEMU boots this board: Debian has no big-endian kernel for MIPS, so tools/guest-kernel builds a small one, and a busybox, from Debian's sources. See board/malta/guest.mk.
GUEST_BUILD   = mips mips-linux-gnu- vmlinux board/guest.config board/ath79/kernel.config
GUEST_SETUP   = ath79-guest
GUEST_QEMU    = qemu-system-mips -M malta -cpu 24Kc -m 256
GUEST_CONSOLE = ttyS0
GUEST_ARCH    = mips
GUEST_SQUASHFS = root=/dev/ram0 ramdisk_size=16384 ro init=/init
