TRIPLET        = mips-linux-gnu
# -mplt: calls go straight to their function, not through the GOT: this is a static program
ARCH_CFLAGS    = -march=mips32r2 -msoft-float -mplt -minterlink-mips16
# pages may be 4, 16 or 64 KB
ARCH_LDFLAGS   = -B$(SYSROOT)/lib/ -Wl,-z,max-page-size=65536 -Wl,-z,norelro
ARCH_NO_FLOAT  =
KERNEL_HEADERS = /usr/mips-linux-gnu/include
# this CPU's architectures, as libseccomp's table names them: filters are made for these
SECCOMP_ARCHES = mips mips64 mips64n32
# Debian's libgcc for this CPU is for one with an FPU
ARCH_READY     = tools/soft-libgcc $(TRIPLET) $(SYSROOT)/lib
