# How QEMU boots this board with Debian's kernel: architecture, release and packages for tools/foreign, the machine, its console, the name of its CPU in images.
GUEST_DEBIAN  = mipsel bookworm linux-image-4kc-malta busybox-static
GUEST_QEMU    = qemu-system-mipsel -M malta -cpu 24Kf -m 256
# the least memory that a device has, in MB: the image is unpacked and ten containers run in that, too
GUEST_LEAST   = 64
GUEST_CONSOLE = ttyS0
GUEST_ARCH    = mipsle
