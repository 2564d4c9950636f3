# What a user may set, on the command line or in local.mk (not kept in git). Boards and CPUs set the rest: board/NAME/board.mk, arch/CPU/arch.mk.
-include local.mk

VERSION  = 0.1.0
# the board of this machine's CPU
HOST    := $(shell uname -m)
BOARD_x86_64 = pc
BOARD_i686 = pc32
BOARD_aarch64 = virt64
BOARD_armv7l = virt32
BOARD_riscv64 = riscv
BOARD   ?= $(or $(BOARD_$(HOST)),$(error no board for a $(HOST) machine: give BOARD=))
BUILD   ?= build
PREFIX  ?= /usr/local
DESTDIR ?=

# PIE=1: a static-pie; plain static by default: no relocations, tables stay read-only
PIE     ?=
# FOLD=: all of the program stands in the file as it runs. By default what no container's life needs stands there deflated (kernel/fold.h): half its size on flash, but a
# filesystem that compresses (squashfs) does better with it as it is
FOLD    ?= $(if $(PIE),,1)

# DEPS_DIR=FOLDER: sources from a folder instead of Debian's mirror. DEPS=system: what the compiler finds (Buildroot, OpenWrt, Yocto); then CC is given too
DEPS    ?=
export DEPS_DIR

# -Oz: gcc 12 or newer, 1 % smaller than -Os; our own code is never the hot part. Tables of addresses for a switch are larger than its comparisons.
OPTIMIZE ?= -Oz -fno-jump-tables
# link-time optimization of the program itself (12 KB less, for some seconds more at each link); LTO= for none
LTO     ?= -flto=auto

# LIMITS=small: the limits for devices of 64 MB and less (src/base/limits.h); a board.mk may say so too. Another BUILD folder for it: objects do not notice a change
LIMITS  ?= default
LIMITS_default = -ULIMITS_SMALL
LIMITS_small   = -DLIMITS_SMALL
