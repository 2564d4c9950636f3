# QEMU's virt machine, and most 64-bit ARM boards: armv8-a.
CPU          = aarch64
CEILING_BYTES = 500000
BOARD_CFLAGS =
RUNNER       = qemu-aarch64-static -cpu cortex-a57
