# How QEMU boots this board with Debian's kernel: see board/malta/guest.mk.
GUEST_DEBIAN  = arm64 bookworm linux-image-cloud-arm64 busybox-static
GUEST_QEMU    = qemu-system-aarch64 -M virt -cpu cortex-a57 -m 256
GUEST_CONSOLE = ttyAMA0
GUEST_ARCH    = arm64
