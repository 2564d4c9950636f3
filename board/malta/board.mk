# MIPS Malta: mips32r2 little-endian, hard float; unit tests run under qemu-user.
CPU          = mipsel
CEILING_BYTES = 350000
BOARD_CFLAGS =
RUNNER       = qemu-mipsel-static -cpu 24Kf
