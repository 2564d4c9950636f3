# How QEMU boots this board with Debian's kernel: see board/malta/guest.mk.
GUEST_DEBIAN  = i386 bookworm linux-image-686 busybox-static
GUEST_QEMU    = qemu-system-i386 -cpu pentium3 -m 256
GUEST_CONSOLE = ttyS0
GUEST_ARCH    = 386
