# How QEMU boots this board with Debian's kernel: see board/malta/guest.mk.
GUEST_DEBIAN  = amd64 bookworm linux-image-cloud-amd64 busybox-static
GUEST_QEMU    = qemu-system-x86_64 -cpu max -m 256
GUEST_CONSOLE = ttyS0
GUEST_ARCH    = amd64
