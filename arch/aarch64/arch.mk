TRIPLET        = aarch64-linux-gnu
# no frame pointers: 2 % less. No outlined atomics: they ask the CPU at start-up which ones it has, and nothing here is in a hurry for them
ARCH_CFLAGS    = -march=armv8-a -mno-outline-atomics -fomit-frame-pointer
# pages may be 4, 16 or 64 KB
ARCH_LDFLAGS   = -Wl,-z,max-page-size=65536 -Wl,-z,norelro
# our own objects may not use the FPU; their size counts, not their loops (2 % less)
ARCH_NO_FLOAT  = -mgeneral-regs-only -fno-move-loop-invariants
KERNEL_HEADERS = /usr/aarch64-linux-gnu/include
# this CPU's architectures, as libseccomp's table names them: filters are made for these
SECCOMP_ARCHES = arm aarch64
