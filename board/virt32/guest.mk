# How QEMU boots this board with Debian's kernel: see board/malta/guest.mk.
GUEST_DEBIAN  = armhf bookworm linux-image-armmp busybox-static
GUEST_QEMU    = qemu-system-arm -M virt -cpu cortex-a15 -m 256
GUEST_CONSOLE = ttyAMA0
GUEST_ARCH    = arm
