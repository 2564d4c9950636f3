# How QEMU boots this board: Debian's kernel for it is Marvell's alone, which QEMU has none of, so tools/guest-kernel builds one for its versatilepb, of the same CPU. See board/ath79/guest.mk.
GUEST_BUILD   = arm arm-linux-gnueabi- zImage board/guest.config board/kirkwood/kernel.config board/kirkwood/kernel.dts
GUEST_SETUP   = kirkwood-guest
GUEST_QEMU    = qemu-system-arm -M versatilepb -cpu arm926 -m 256 -audiodev none,id=none -dtb $(GUEST_DIR)/boot/board.dtb
GUEST_CONSOLE = ttyAMA0
GUEST_ARCH    = arm
GUEST_SQUASHFS = root=/dev/ram0 ramdisk_size=16384 ro init=/init
