TRIPLET        = x86_64-linux-gnu
ARCH_CFLAGS    = -march=x86-64
ARCH_LDFLAGS   =
# our own objects may not use the FPU
ARCH_NO_FLOAT  = -mgeneral-regs-only
KERNEL_HEADERS = /usr/include
