# Atheros AR71xx to QCA95xx (routers): mips32r2, big-endian, no FPU.
CPU          = mips
CEILING_BYTES = 500000
# the 24K has MIPS16e, which makes our own code a third smaller; the libraries stay at 32 bits for speed
BOARD_CFLAGS = -mips16
# most of them have 64 MB
LIMITS       = small
RUNNER       = qemu-mips-static -cpu 24Kc
