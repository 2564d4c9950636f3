TRIPLET        = x86_64-linux-gnu
ARCH_CFLAGS    = -march=x86-64
# without its own loader nobody protects a relro segment in a static program: it only costs a page of file
ARCH_LDFLAGS   = -Wl,-z,norelro
# our own objects may not use the FPU; tables need no more alignment than the ABI's (2 KB)
ARCH_NO_FLOAT  = -mgeneral-regs-only -malign-data=abi
# musl has the guard of stacks in a variable, too, in shorter code than one of the thread's (1.4 KB)
ARCH_MUSL      = -mstack-protector-guard=global
KERNEL_HEADERS = /usr/include
# this CPU's architectures, as libseccomp's table names them: filters are made for these
SECCOMP_ARCHES = x86 x86_64 x32
