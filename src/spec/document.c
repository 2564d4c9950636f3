/* SPDX-License-Identifier: ISC */
/* Reading a document: bytes into its region, tokens behind them, structs from the arena behind those. */
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include "base/io.h"
#include "spec/decode.h"
#include "spec/document.h"

static char *aligned(char *at)
{
	return at + (-(uintptr_t)at & (DOCUMENT_ALIGNMENT - 1));
}

void document_init(struct document *d, const char *file, char *region, const struct document_sizes *sizes)
{
	*d = (struct document){ .file = file, .text = region, .text_size = sizes->text, .sizes = sizes };
}

/* "FILE:" before "LINE:COLUMN: JSON: …", without the space that err_at would put there */
static int at_file(const struct document *d, struct err *e)
{
	size_t prefix = d->file != 0 ? strlen(d->file) : 0, kept = strlen(e->text);

	if (prefix == 0)
		return -1;
	if (prefix > sizeof e->text / 2)
		prefix = sizeof e->text / 2;
	if (kept > sizeof e->text - prefix - 2)
		kept = sizeof e->text - prefix - 2;
	memmove(e->text + prefix + 1, e->text, kept);
	memcpy(e->text, d->file, prefix);
	e->text[prefix] = ':';
	e->text[prefix + 1 + kept] = '\0';
	return -1;
}

static int too_long(struct document *d, struct err *e)
{
	err_limit(e, "bytes", d->sizes->text_limit, d->text_size - 1);
	json_error(e, d->text, d->text_size - 1);
	return at_file(d, e);
}

int document_parse(struct document *d, size_t length, struct err *e)
{
	if (length >= d->text_size)
		return too_long(d, e);
	d->length = (uint32_t)length;
	d->text[length] = '\0';
	struct json_token *tokens = (struct json_token *)(void *)aligned(d->text + length + 1);
	d->json.token_limit = d->sizes->token_limit;
	if (json_parse(&d->json, d->text, length, tokens, d->sizes->tokens, e) < 0)
		return at_file(d, e);
	arena_init(&d->arena, aligned((char *)(tokens + d->json.count)), d->sizes->arena, d->sizes->arena_limit);
	return 0;
}

int document_read(struct document *d, int dirfd, const char *path, struct err *e)
{
	int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	const char *file = d->file != 0 ? d->file : path;

	if (fd < 0)
		return err_sys(e, "%s: cannot open", file);
	/* a file's end is only looked for where what the first read gave is no whole document: FUSE may give a file in parts */
	ssize_t length = io_read_some(fd, d->text, d->text_size), more = 0;
	int result = length < 0 ? -1 : document_parse(d, (size_t)length, e);
	if (length > 0 && result < 0 && (more = io_read(fd, d->text + length, d->text_size - (size_t)length)) > 0)
		result = document_parse(d, (size_t)(length + more), e);
	if (length < 0 || more < 0)
		err_sys(e, "%s: cannot read", file);
	io_close_later(fd);
	return result;
}

int document_decode(struct document *d, const struct object *table, void *out, struct report *report)
{
	unsigned before = report->errors;

	spec_decode(&d->json, 0, &d->arena, table, out, report);
	if (report->errors == before)
		return 0;
	return report->first != 0 && d->file != 0 ? err_at(report->first, "%s", d->file) : -1;
}

int document_decode_first(struct document *d, const struct object *table, void *out, struct err *e)
{
	struct report report;

	report_first(&report, e);
	return document_decode(d, table, out, &report);
}
