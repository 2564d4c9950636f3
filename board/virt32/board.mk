# QEMU's virt machine, and most 32-bit ARM boards: armv7-a, hard float.
CPU          = armv7
CEILING_BYTES = 500000
BOARD_CFLAGS =
RUNNER       = qemu-arm-static -cpu cortex-a15
