/* SPDX-License-Identifier: ISC */
/* The container's own paths and words, one behind another: each in an array of the largest size would touch a page of its own, and page faults are what `run` costs. */
#ifndef CONTAINER_TEXTS_H
#define CONTAINER_TEXTS_H

#include <stddef.h>

#define TEXTS_BYTES (8 * LIMIT_PATH_BYTES + CGROUP_TEXT_BYTES)   /* the longest of each that struct container points to, and some rest */

struct container;
/* texts_room: where the next text may be written, and how much of it fits; it is kept only by texts_keep. */
char *texts_room(struct container *c, size_t *bytes);
/* texts_keep: the NUL-terminated text that was written there, until container_open. */
const char *texts_keep(struct container *c);

#endif
