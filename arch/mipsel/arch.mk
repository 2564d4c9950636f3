TRIPLET        = mipsel-linux-gnu
ARCH_CFLAGS    = -march=mips32r2
# pages may be 4, 16 or 64 KB
ARCH_LDFLAGS   = -Wl,-z,max-page-size=65536 -Wl,-z,norelro
ARCH_NO_FLOAT  =
KERNEL_HEADERS = /usr/mipsel-linux-gnu/include
