TRIPLET        = arm-linux-gnueabi
# no atomic instructions: the compiler calls libgcc, and that the kernel's helper (CONFIG_KUSER_HELPERS)
ARCH_CFLAGS    = -march=armv5te -mfloat-abi=soft
ARCH_LDFLAGS   = -Wl,-z,max-page-size=65536 -Wl,-z,norelro
ARCH_NO_FLOAT  =
KERNEL_HEADERS = /usr/arm-linux-gnueabi/include
# this CPU's architectures, as libseccomp's table names them: filters are made for these
SECCOMP_ARCHES = arm aarch64
