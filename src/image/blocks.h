/* SPDX-License-Identifier: ISC */
/* The outer archive that a whole image stands in: read block by block and no further, so that what lies between its headers can be read in another way. */
#ifndef IMAGE_BLOCKS_H
#define IMAGE_BLOCKS_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"

struct blocks {
	int fd;                            /* the caller's */
	bool seekable;                     /* a file, whose own offset is not used; else a pipe */
	uint64_t position;                 /* of the archive, behind what block holds */
	uint32_t at, end;                  /* what is left of it */
	uint8_t block[512];
};

void blocks_start(struct blocks *b, int fd, bool seekable);
/* blocks_need: the rest of the present block, or the next one. Returns how many bytes are at *bytes; 0 at the end; -1. */
int64_t blocks_need(struct blocks *b, const uint8_t **bytes, struct err *e);
/* blocks_skip: passes over length bytes; in a file they are not looked for. 0, or -1: "truncated archive", … */
int blocks_skip(struct blocks *b, uint64_t length, struct err *e);

#endif
