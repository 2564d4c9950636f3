# A PC: x86_64, tests run natively.
CPU          = x86_64
CEILING_BYTES = 500000
BOARD_CFLAGS =
FAST_ZSTD    = yes
RUNNER       =
