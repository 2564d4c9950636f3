/* SPDX-License-Identifier: ISC */
/* The durable record of a container, as JSON by its field table. */
#include "container/record.h"

#include <errno.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/out.h"
#include "container/store.h"
#include "spec/document.h"

#define ROW(member, k, n) { .name = #member, .offset = offsetof(struct record, member), .kind = KIND_##k, .need = n }
static const struct field record_fields[] = {
	ROW(ociVersion, STRING, REQUIRED),
	ROW(id, STRING, REQUIRED),
	ROW(bundle, STRING, REQUIRED),
	ROW(rootfs, STRING, REQUIRED),
	ROW(time, STRING, REQUIRED),
	ROW(config, STRING, REQUIRED),
	ROW(owner, U32, REQUIRED),
	ROW(pid, I64, REQUIRED),
	ROW(startTime, U64, REQUIRED),
	ROW(cgroups, STRING, REQUIRED),
	ROW(resctrl, STRING, REQUIRED),
	ROW(annotations, BOOL, REQUIRED),
	ROW(poststart, BOOL, REQUIRED),
	ROW(poststop, BOOL, REQUIRED),
	ROW(notifies, BOOL, REQUIRED),
	ROW(sharedPids, BOOL, REQUIRED),
	ROW(hostMounts, BOOL, REQUIRED),
	ROW(rootMounts, U32, REQUIRED),
};
#define RECORD_FIELDS (sizeof record_fields / sizeof *record_fields)
const struct object record_object = { .name = "record", .section = "", .size = sizeof(struct record), .count = RECORD_FIELDS, .fields = record_fields };

static mode_t mode = 0600;

int record_write(int state_fd, struct record *r, struct err *e)
{
	static LARGE char text[RECORD_BYTES];
	struct out o;
	r->node.present = (1ull << RECORD_FIELDS) - 1;
	out_init(&o, -1, text, sizeof text);
	document_emit(&o, &record_object, r, false);
	if (o.failed)
		return err_num(e, o.failed, "cannot write the record: more than %d bytes (RECORD_BYTES in container/record.h)", RECORD_BYTES);
	/* one that is not whole is none as long as the first is there, so that where nothing is synced, the second can be written in its place */
	if (r->pid)
		return (mode & IO_NO_SYNC ? io_make_file : io_replace_file)(state_fd, STORE_RECORD, text, o.used, mode, e);
	mode = io_in_memory(state_fd) ? 0600 | IO_NO_SYNC : 0600;
	return io_make_file(state_fd, STORE_CREATING, text, o.used, mode, e);
}

int record_read(int state_fd, struct record *r, struct err *e)
{
	DOCUMENT_REGIONS(regions, RECORD_BYTES, 2 * RECORD_FIELDS + 8, 1024);
	static struct document document;
	DOCUMENT_INIT(&document, STORE_RECORD, regions);
	struct err none;
	if (document_read(&document, state_fd, STORE_RECORD, e) < 0 && document_read(&document, state_fd, STORE_CREATING, &none) < 0)
		return -1;   /* number is ENOENT where the first one is missing, or empty, too */
	return document_decode_first(&document, &record_object, r, e);
}
