/* SPDX-License-Identifier: ISC */
/* Every limit of the program in one place: its reason, and its cost in bytes where it sizes a region. Regions are in .bss: a page costs
 * memory only once it is touched; but the kernel executes no program whose regions are more than all memory and swap (vm.overcommit_memory 0): they are 191 MB together,
 * 32 MB in the small profile. A board overrides a value with -D, or takes the whole small profile: LIMITS = small. */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

/* LARGE: for regions of a page and more, and for smaller ones that no `run` touches. They stand behind all small variables (tools/sections), so that those share few pages and one page table. */
#define LARGE __attribute__((section(".bss.zz_large")))


#ifdef LIMITS_SMALL
/* Boards with 64 MB or less: documents as they are found on gateways, not the largest that engines make. */
#define PROFILE(normal, small) (small)
#else
#define PROFILE(normal, small) (normal)
#endif

/* JSON documents: config.json, index.json, manifests, image configs */
#ifndef LIMIT_DOCUMENT_BYTES
#define LIMIT_DOCUMENT_BYTES PROFILE(4194304, 262144)  /* containerd's own limit for a manifest is 4 MiB; cost: as much, if used */
#endif
#ifndef LIMIT_TOKENS
#define LIMIT_TOKENS PROFILE(262144, 16384)            /* a token is 20 bytes: 5 MB, small 320 KB, if used */
#endif
#ifndef LIMIT_ARENA_BYTES
#define LIMIT_ARENA_BYTES PROFILE(4194304, 524288)     /* decoded structs of one document */
#endif
#define LIMIT_JSON_DEPTH 64            /* config.json needs 7; a parser's stack must be bounded */
#define LIMIT_FIELDS 64                /* members of one object: its presence bitmap is a uint64_t */
#define LIMIT_PLACE_BYTES 512          /* a JSON path in a message */

#define LIMIT_VALUE_TOKENS 4096        /* of JSON in one option of generate: a mount, a hook */
#define LIMIT_GENERATE_FLAGS 1024      /* of one command line; 16 bytes each */
#define LIMIT_ENV_FILE_BYTES 65536
#define LIMIT_COMPLAINTS 1000          /* of validate that are shown; the rest are only counted */

/* containers */
#define LIMIT_ID_BYTES 1024            /* runc's */
#define LIMIT_PATH_BYTES 4096          /* PATH_MAX */
#define LIMIT_MOUNTS 4096              /* of one bundle; the kernel's own default is 100,000 a namespace */
#define LIMIT_LATER 8                  /* descriptors that init leaves open until it executes the program, or closes them in a row: each is charged to the container, some 1 KB */
#define RUNTIME_LATER 20               /* those that run, create and exec leave open until they wait for the container's first process */
#define LIMIT_ARGS 65536               /* argv and envp together; 8 bytes each, from the arena */
#define LIMIT_RESOURCES_BYTES PROFILE(65536, 16384)  /* linux.resources, as update takes and keeps it: 245 device rules are 17 KB; cost: ten times that, if used */
#define LIMIT_CONTAINERS PROFILE(4096, 256)  /* listed at once */
#define LIMIT_SOCKET_MS 300            /* for a socket to be there whose owner was started at the same time: other runtimes need some 20 ms before they look, a loaded machine several times that */
#define LIMIT_CGROUP_DEPTH 64          /* directories that one cgroupsPath may add */
#define LIMIT_WALK_DEPTH 128           /* directories that a path inside a root may go down where the kernel has no openat2: one fd each */
#define LIMIT_HOOK_STATE_BYTES 65536   /* state JSON on a hook's standard input */
#define LIMIT_COPYUP_DEPTH 32          /* directories in one another below a tmpcopyup mount: 2.2 KB each */
#define LIMIT_PROCESS_BYTES PROFILE(1048576, 131072)   /* exec --process: a document of one process, decoded into twice as much */
#define LIMIT_PROCESS_TOKENS PROFILE(65536, 8192)
#define LIMIT_GROUPS 1024              /* additionalGids */
#define LIMIT_REGEX_POSITIONS 256      /* characters that an expression over IDs takes; an ID has 255 at most. 34 bytes each */
#define LIMIT_REGEX_BRACKETS 32        /* [ ] in it; 32 bytes each */
#define LIMIT_REGEX_DEPTH 16           /* groups in one another: 200 bytes each */
#define LIMIT_PIDS 32768               /* of one container, for ps: the default of kernel.pid_max */
#define LIMIT_PS_ARGUMENTS 256         /* passed on to ps(1) */
#define LIMIT_CPUS 1024                /* whose times are shown one by one; three numbers each */
#define LIMIT_MEMORY_COUNTERS 256      /* lines of memory.stat; Linux 6.18 has 80. 56 bytes each */
#define LIMIT_IO_COUNTERS 2048         /* numbers of block devices, some ten a device; 32 bytes each */
#define LIMIT_HUGE_PAGE_SIZES 16       /* an arm64 kernel has four */
#define LIMIT_ID_MAPPINGS 340          /* the kernel's own, user_namespaces(7) */
#define LIMIT_NETDEV_ADDRESSES 256     /* of one network device that moves into a container: 56 bytes each */
#define LIMIT_NETDEV_NUMBER 4096       /* tried for "%d" in a network device's name; one question each */

/* images */
#define LIMIT_INDEX_DEPTH 8            /* an index in an index … */
#define LIMIT_MANIFESTS 4096           /* descriptors in all indexes of a layout: eight levels of a thousand each would take for ever */
#define LIMIT_LAYERS PROFILE(512, 128) /* overlay itself stops at 500 */
#define LIMIT_ENTRIES PROFILE(16384, 4096)           /* of an archive that holds an image: each blob is one; 72 bytes each, if used */
#define LIMIT_ENTRY_NAMES_BYTES PROFILE(1048576, 262144)   /* their names: 78 bytes for a blob */
#define LIMIT_DOCKER_INDEX_BYTES 65536 /* manifest.json of docker save made into an index: some 300 bytes a name */
#define LIMIT_CHECKED PROFILE(4096, 1024)            /* blobs that validate knows to be right, so that it reads none twice: 16 bytes each */
#define LIMIT_TAR_PATH_BYTES 65536     /* PAX path and linkpath: longer names can't be made on Linux anyway, 16 components of 4 KB */
#define LIMIT_TAR_DEPTH 1024           /* components of one name */
#define LIMIT_PAX_BYTES PROFILE(1048576, 262144)     /* one extended header: xattrs are 64 KB each */
#define LIMIT_XATTRS 64                /* of one entry */
#define LIMIT_XATTR_BYTES 65536        /* XATTR_SIZE_MAX, xattr(7) */
#define LIMIT_RATIO 200                /* deflate reaches 1,032:1, layers that people make stay below 20; above this a layer is taken for a bomb */
#define LIMIT_RATIO_FREE_BYTES 67108864   /* … once it has made that many bytes */
#define LIMIT_PAX_GLOBAL_BYTES 16384   /* all global extended headers of an archive; git archive writes 52 bytes */
#define LIMIT_SPARSE_EXTENTS PROFILE(32768, 4096)    /* of one sparse file; 16 bytes each, if used */
#ifndef LIMIT_RING_BYTES
#define LIMIT_RING_BYTES PROFILE(262144, 65536)      /* between decoding, diff_id and unpacking; shared by three processes */
#endif
#define LIMIT_READ_BYTES PROFILE(65536, 16384)       /* one read of a blob */
#ifndef LIMIT_DECODE_BYTES
#define LIMIT_DECODE_BYTES 32768       /* of the ring, filled or hashed at a time: what a second core waits for at most */
#endif
#define LIMIT_ALONE_BYTES 131072       /* a smaller layer is not worth three processes */
#define LIMIT_CACHE_BYTES 4194304      /* of a blob, before its page cache is let go */
#define LIMIT_INFLATE_BYTES 49152      /* zlib's inflate: 32 KB of window, 7 KB of state on 64-bit CPUs */
#define LIMIT_UNFOLD_BYTES 10240       /* zlib's state alone: the folded part is its own window */
#define LIMIT_ZSTD_WINDOW_BYTES PROFILE(33554432, 8388608)   /* RFC 8878 asks decoders for 8 MB, zstd:chunked layers name 32; costs what a frame uses of it */
#define LIMIT_SPILL_BYTES 16384        /* of what waits for a layer's end, before it goes to a file: some 200 directories */
#define LIMIT_PACK_NAMES_BYTES PROFILE(8388608, 2097152)   /* of a directory that is packed and of those around it; half as much again to sort them, if used */
#define LIMIT_PACK_DOCUMENT_BYTES 65536   /* of the config that packing writes */
#define LIMIT_STORE_NAMES PROFILE(16384, 4096)       /* layers and documents that a store's images refer to, when it is swept; 8 bytes each */
#define LIMIT_OVERLAY_BYTES PROFILE(65536, 16384)    /* of a bundle's overlay file: a layer is 78 bytes */
#define LIMIT_OWNER_RANGES 64          /* --uid-map and --gid-map, each as often as an option can be given */
#define LIMIT_PASSWD_BYTES PROFILE(1048576, 262144)   /* /etc/passwd and /etc/group of a rootfs */

/* boot */
#define LIMIT_SERVICES 32              /* of one device; 70 KB each, if used */
#define LIMIT_SERVICE_NAME_BYTES 64    /* also the container's ID, and part of file names */
#define LIMIT_SERVICE_BYTES 16384      /* one services/NAME.json, or device.json; as much again for what is decoded */
#define LIMIT_SERVICE_TOKENS 1024
#define LIMIT_BOOT_CONFIG_BYTES PROFILE(1048576, 262144)   /* a service's config.json: with Docker's filter 60 KB; cost: eight times that, if used */
#define LIMIT_LOG_BYTES 16384          /* a ring where log.bytes says nothing: what OpenWrt's logd keeps */
#define LIMIT_RESTART_MS 1000          /* from one start of a service to the next, so that one that fails at once does not fill the machine */
#define LIMIT_STOP_MS 10000            /* from SIGTERM to SIGKILL at the end; docker stop's */

/* libseccomp's heap, the only one: Docker's default profile for three architectures peaks at 1.3 MB */
#ifndef LIMIT_HEAP_BYTES
#define LIMIT_HEAP_BYTES PROFILE(4194304, 2097152)
#endif

#endif
