# QEMU's virt machine, and 64-bit RISC-V boards that run Linux: rv64gc.
CPU          = riscv64
CEILING_BYTES = 500000
BOARD_CFLAGS =
RUNNER       = qemu-riscv64-static
