# How QEMU boots this board with Debian's kernel: see board/malta/guest.mk.
GUEST_DEBIAN  = riscv64 trixie linux-image-riscv64 busybox-static
GUEST_QEMU    = qemu-system-riscv64 -M virt -m 512
GUEST_CONSOLE = ttyS0
GUEST_ARCH    = riscv64
