# Marvell Kirkwood (plug computers, old NAS): armv5te, no FPU, no atomic instructions.
CPU          = armv5
CEILING_BYTES = 500000
BOARD_CFLAGS =
RUNNER       = qemu-arm-static -cpu arm926
