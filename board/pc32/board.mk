# A 32-bit PC: i686; a kernel of either width.
CPU          = i686
CEILING_BYTES = 500000
BOARD_CFLAGS =
RUNNER       = qemu-i386-static
