TRIPLET        = aarch64-linux-gnu
# no outlined atomics: they ask the CPU at start-up which ones it has, and nothing here is in a hurry for them
ARCH_CFLAGS    = -march=armv8-a -mno-outline-atomics
# pages may be 4, 16 or 64 KB
ARCH_LDFLAGS   = -Wl,-z,max-page-size=65536 -Wl,-z,norelro
# our own objects may not use the FPU
ARCH_NO_FLOAT  = -mgeneral-regs-only
KERNEL_HEADERS = /usr/aarch64-linux-gnu/include
# this CPU's architectures, as libseccomp's table names them: filters are made for these
SECCOMP_ARCHES = arm aarch64
