/* SPDX-License-Identifier: ISC */
/* An image in a tar archive: a table of what stands in it. One archive a process at a time; what is in a file is found in place, by offset. Of a pipe,
 * which comes by once, each entry is examined on the way, and its documents are kept. */
#ifndef IMAGE_ARCHIVE_H
#define IMAGE_ARCHIVE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "image/source.h"

enum archive_where {
	ARCHIVE_IN_FILE,                   /* offset is the file's */
	ARCHIVE_KEPT,                      /* offset is that of its text in memory: a document of a pipe, or one that was made up for a docker archive */
	ARCHIVE_PASSING,                   /* of a pipe: what comes by now; archive_passing takes it */
	ARCHIVE_GONE,                      /* of a pipe: only what was found out is known */
	ARCHIVE_LINK                       /* offset is the target's name */
};
struct archive_entry {
	uint32_t name;                     /* see archive_name */
	uint32_t hash;                     /* of it */
	uint8_t where;                     /* enum archive_where */
	bool bad_blob;                     /* GONE: problem says what is wrong with size or digest */
	uint64_t size, offset;
	uint32_t problem;                  /* GONE: why it is no layer; 0: it is one, of this diff_id and so compressed */
	enum compression compression;
	struct digest diff_id;
};

/* Who wants what comes by in a pipe, but for documents, instead of having it examined. */
struct archive_taker {
	/* take: the entry at path is PASSING. 1: it was read (by archive_passing), or is not needed; 0: it is to be kept in spool; -1 */
	int (*take)(struct archive_taker *, const char *path, struct err *e);
	int spool;                         /* a file; what is kept is IN_FILE, of it */
	uint64_t spooled;                  /* bytes of it, 0 at first */
};
/* archive_scan: reads all headers of fd, a file (seekable) or a pipe, to the archive's end. fd stays the caller's, and must stay open for a file's
 * entries. taker may be 0. 0, or -1: "tar: …", a limit. */
int archive_scan(int fd, bool seekable, struct archive_taker *taker, struct err *e);
/* archive_passing: what comes by now; whoever asks reads all of it. */
const struct source_blob *archive_passing(void);
/* archive_forget: an empty table; archive_scan begins with it. */
void archive_forget(void);
/* archive_find: the entry at a path, through links; 0: none. */
const struct archive_entry *archive_find(const char *path);
/* archive_has_blobs: whether there is a directory "blobs". */
bool archive_has_blobs(void);
/* archive_name: the text that an entry's name, problem or link target stands for. */
const char *archive_name(uint32_t name);
/* archive_text: an entry's bytes, KEPT ones, size of them. */
const char *archive_text(const struct archive_entry *x);
/* archive_add: one more entry under another name: x with that path. 0, or -1: a limit. */
int archive_add(const struct archive_entry *x, const char *path, struct err *e);
/* archive_keep: text[length] into memory as an entry "blobs/sha256/…", or path if it is not 0; digest gets its digest. 0, or -1: a limit. */
int archive_keep(const char *path, const char *text, size_t length, char digest[DIGEST_TEXT_MAX], struct err *e);

#endif
