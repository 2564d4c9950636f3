# MIPS Malta: mips32r2 little-endian, hard float; unit tests run under qemu-user.
CPU          = mipsel
CEILING_BYTES = 500000
# the 24K has MIPS16e, which makes our own code a third smaller; the libraries stay at 32 bits for speed
BOARD_CFLAGS = -mips16
# most of them have 64 to 128 MB
LIMITS       = small
RUNNER       = qemu-mipsel-static -cpu 24Kf
