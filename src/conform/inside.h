/* SPDX-License-Identifier: ISC */
/* What a container's program compares of itself with its config: a function each property, for check.inside. */
#ifndef CONFORM_INSIDE_H
#define CONFORM_INSIDE_H

#include "conform/conform.h"

void in_nothing(struct inside *);        /* it ran */
void in_arguments(struct inside *);      /* args, cwd, env */
void in_user(struct inside *);           /* uid, gid, additionalGids, umask */
void in_capabilities(struct inside *);   /* five sets */
void in_rlimits(struct inside *);
void in_no_new_privileges(struct inside *);
void in_oom_score(struct inside *);
void in_scheduler(struct inside *);
void in_io_priority(struct inside *);
void in_labels(struct inside *);         /* AppArmor, SELinux, mountLabel */
void in_signals(struct inside *);        /* lifecycle.c: notes that it is ready, and each signal, until TERM or INT */
void in_descriptors(struct inside *);    /* 0 to 2 and no more */
void in_names(struct inside *);          /* hostname, domainname */

void in_root(struct inside *);           /* readonly or not; nothing of the host is there */
void in_mounts(struct inside *);         /* each is there, in order, with its type and options */
void in_default_filesystems(struct inside *);
void in_default_devices(struct inside *);
void in_default_links(struct inside *);
void in_devices(struct inside *);
void in_masked(struct inside *);
void in_readonly_paths(struct inside *);
void in_sysctl(struct inside *);
void in_mappings(struct inside *);
void in_time_offsets(struct inside *);
void in_personality(struct inside *);
void in_memory_policy(struct inside *);
void in_loopback(struct inside *);
/* mount_of: the topmost mount at destination: its mountinfo options and type, in the caller's buffers; 0, or -1 where there is none. */
int mount_of(const char *destination, char *options, char *type, char *super, size_t size);

#endif
