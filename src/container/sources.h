/* SPDX-License-Identifier: ISC */
/* Sources of bind mounts that init can't open itself, and mounts with mapped IDs (runtime-spec, config.md, mounts' uidMappings and gidMappings): a short-lived child of the
 * runtime, with the runtime's user, goes into init's mount namespace (not for a container that lives already), opens the source there and sends it to init. */
#ifndef CONTAINER_SOURCES_H
#define CONTAINER_SOURCES_H

#include "container/container.h"
#include "kernel/mount.h"

/* sources_take: in init: fills r's source_fd (the caller's then) where the bind mount of config.mounts[index] needs it; r's options lose the mapping, which is done.
 * 0, or -1. */
int sources_take(struct container *c, uint32_t index, struct mount_request *r, struct mount_options *o, struct err *e);
/* sources_device: in init: linux.devices[index], made by the runtime where a new user namespace may not: *made is a mount of it (the caller's), or -1: it was not made. 0 or -1. */
int sources_device(struct container *c, uint32_t index, int *made, struct err *e);
/* sources_answer: in the runtime: does what init's MESSAGE_SOURCE asks; the error of a source goes to init. 0, or -1. */
int sources_answer(struct container *c, int32_t index, struct err *e);

#endif
