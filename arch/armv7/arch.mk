TRIPLET        = arm-linux-gnueabihf
ARCH_CFLAGS    = -march=armv7-a+fp -mfloat-abi=hard -mthumb
# a 64-bit kernel that runs this program may have pages of 4, 16 or 64 KB
ARCH_LDFLAGS   = -Wl,-z,max-page-size=65536 -Wl,-z,norelro
ARCH_NO_FLOAT  =
KERNEL_HEADERS = /usr/arm-linux-gnueabihf/include
# this CPU's architectures, as libseccomp's table names them: filters are made for these; a 64-bit kernel runs this program too
SECCOMP_ARCHES = arm aarch64
