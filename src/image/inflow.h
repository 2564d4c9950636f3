/* SPDX-License-Identifier: ISC */
/* An archive that is not a plain file: standard input, a pipe, or compressed. A child of ours reads and decodes it; here the archive comes out of a pipe. */
#ifndef IMAGE_INFLOW_H
#define IMAGE_INFLOW_H

#include <stdbool.h>
#include <sys/types.h>
#include "base/err.h"
#include "image/decode.h"

struct inflow {
	int fd;                            /* the archive: a file when plain is set, else a pipe */
	bool plain;                        /* a regular file that is not compressed: no child */
	pid_t child;
	int why;                           /* the child's error comes here */
};

/* inflow_magic: how a file that begins with these bytes is compressed. */
enum compression inflow_magic(const uint8_t *bytes, size_t length);
/* inflow_open: name is a file's or "-", standard input. 0 or -1. */
int inflow_open(struct inflow *in, const char *name, struct err *e);
/* inflow_spool: all of it into an unlinked file in directory. Returns its fd, or -1. inflow_finish was called then. */
int inflow_spool(struct inflow *in, const char *directory, struct err *e);
/* inflow_temporary: such a file. Its fd, or -1: "--spool DIRECTORY: …". */
int inflow_temporary(const char *directory, struct err *e);
/* inflow_finish: reads what is left, and says whether all of it was sound. Closes. 0 or -1. */
int inflow_finish(struct inflow *in, struct err *e);
/* inflow_close: ends it without a verdict. */
void inflow_close(struct inflow *in);

#endif
