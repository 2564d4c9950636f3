TRIPLET        = riscv64-linux-gnu
ARCH_CFLAGS    = -march=rv64gc -mabi=lp64d
# pages may be 4, 16 or 64 KB
ARCH_LDFLAGS   = -Wl,-z,max-page-size=65536 -Wl,-z,norelro
ARCH_NO_FLOAT  =
KERNEL_HEADERS = /usr/riscv64-linux-gnu/include
# this CPU's architectures, as libseccomp's table names them: filters are made for these
SECCOMP_ARCHES = riscv64
