# The oldest kernel that Debian's mirrors have, 5.10: KERNEL=old. See board/malta/guest.mk.
include board/pc/guest.mk
GUEST_DEBIAN  = amd64 bullseye linux-image-amd64 busybox-static
