/* SPDX-License-Identifier: ISC */
/* The option table of mounts (runtime-spec, config.md, "Linux mount options"; mount(8)): words to flags. */
#ifndef KERNEL_MOUNT_OPTIONS_H
#define KERNEL_MOUNT_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"
#include "base/sys.h"

#define MOUNT_DATA_BYTES 4096     /* what the kernel copies: one page of the smallest size */
#define MOUNT_PROPAGATIONS 4      /* private, shared, slave, unbindable: one mount(2) each */

enum mount_extension {
	MOUNT_TMPCOPYUP = 1,      /* a tmpfs starts with what the rootfs has there */
	MOUNT_COPY_SYMLINK = 2,   /* a bind whose source is a symlink makes the same symlink */
	MOUNT_SRC_NOFOLLOW = 4, MOUNT_DEST_NOFOLLOW = 8,
	MOUNT_IDMAP = 16, MOUNT_RIDMAP = 32,
};
struct mount_options {
	unsigned long flags;              /* MS_* that were set; the last of two opposite words wins */
	unsigned long cleared;            /* MS_* that were explicitly cleared ("rw", "exec" …) */
	unsigned long propagation[MOUNT_PROPAGATIONS];   /* MS_PRIVATE and so on, with MS_REC for the r… words; in the order given */
	unsigned propagation_count;
	unsigned extensions;              /* enum mount_extension */
	struct sys_mount_attr recursive;  /* rro, rnosuid …; attr_set and attr_clr both 0: none */
	const char *idmap;                /* the text after "idmap=" or "ridmap=", or 0; points into the option's own string */
	size_t data_length;
	char data[MOUNT_DATA_BYTES];      /* words that are not in the table, joined by commas; NUL-terminated */
};

/* mount_options_clear: no options. Cheap: data is not wiped beyond its first byte. */
void mount_options_clear(struct mount_options *o);
/* mount_option_add: one word of options[]. Returns 0, or -1 when data is full. The specification's words always have their own meaning; "" is ignored. */
int mount_option_add(struct mount_options *o, const char *word, struct err *e);
/* mount_data: joins mode ("mode=1777"), own data and SELinux' context="LABEL" by commas into buffer; each may be "". type: of the filesystem; those that can't be
 * labelled by their mount (proc, sysfs, mqueue) get no context. 0 or -1: too long. */
int mount_data(char buffer[MOUNT_DATA_BYTES], const char *type, const char *mode, const char *own, const char *label, struct err *e);
/* mount_option_word: the i-th word of the table (for `features`), 0 behind the last. */
const char *mount_option_word(size_t i);
/* mount_propagation: MS_* of "private" "rprivate" "shared" "rshared" "slave" "rslave" "unbindable" "runbindable"; 0 for another word. For
 * linux.rootfsPropagation. */
unsigned long mount_propagation(const char *word);

#endif
