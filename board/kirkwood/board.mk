# Marvell Kirkwood (plug computers, old NAS): armv5te, no FPU, no atomic instructions.
CPU          = armv5
CEILING_BYTES = 500000
# Thumb makes our own code a quarter smaller; the libraries that must be fast stay at 32 bits
BOARD_CFLAGS = -mthumb
# many have 128 MB
LIMITS       = small
RUNNER       = qemu-arm-static -cpu arm926
