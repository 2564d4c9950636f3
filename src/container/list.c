/* SPDX-License-Identifier: ISC */
/* state and list (runtime-spec, runtime.md, "Query State"; runc(8)): what is known of containers, as JSON or as a table. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "base/proc.h"
#include "base/str.h"
#include "container/bundle.h"
#include "container/container.h"
#include "container/names.h"
#include "container/state.h"
#include "container/store.h"
#include "kernel/mountinfo.h"

#define OWNER_BYTES 64
struct owner { uint32_t uid; char name[OWNER_BYTES]; };

/* NAME:x:UID:…, passwd(5) */
static int match_owner(void *context, char *line)
{
	struct owner *o = context;
	char *password = strchr(line, ':'), *uid = password ? strchr(password + 1, ':') : 0, *end = uid ? strchr(uid + 1, ':') : 0;
	uint64_t number;
	if (!end)
		return 0;
	*password = *end = 0;
	if (str_u64(uid + 1, &number) < 0 || number != o->uid || strlen(line) >= sizeof o->name)
		return 0;
	strcpy(o->name, line);
	return 1;
}

/* runc's: the user's name, or #UID. */
static void find_owner(uint32_t uid, struct owner *o)
{
	struct err unused;
	o->uid = uid;
	snprintf(o->name, sizeof o->name, uid ? "#%u" : "root", (unsigned)uid);
	int fd = uid ? openat(AT_FDCWD, "/etc/passwd", O_RDONLY | O_CLOEXEC) : -1;
	if (fd >= 0)
		lines_each(fd, match_owner, o, &unused);
	io_close(fd);
}

struct seen { int status; pid_t pid; struct owner owner; };

/* One whose create has not returned is created to those who ask, as under runc, once its init is known: engines know no other word for it. `start` waits for the rest. */
static int shown_status(const struct container *c, struct err *e)
{
	int status = state_status(c, e);
	bool waits = status == STATUS_CREATING && proc_alive((pid_t)c->record.pid, c->record.startTime) > 0 && faccessat(c->state_fd, STORE_SOCKET, F_OK, 0) == 0;
	return waits ? STATUS_CREATED : status;
}

static int look(struct container *c, bool annotations, struct seen *s, struct err *e)
{
	s->status = shown_status(c, e);
	if (s->status < 0)
		return -1;
	/* one that is being made may not have its config yet */
	c->record.annotations &= s->status != STATUS_CREATING;
	if (annotations && c->record.annotations && bundle_reread(c, e) < 0)
		return -1;
	s->pid = s->status == STATUS_STOPPED || s->status == STATUS_CREATING ? 0 : (pid_t)c->record.pid;
	find_owner(c->record.owner, &s->owner);
	return 0;
}

int container_state(struct container *c, struct out *out, struct err *e)
{
	struct seen s;
	if (state_load(c, false, e) < 0)
		return -1;
	/* its init is there within milliseconds, or never */
	for (int tries = 0; tries < 50 && !c->record.pid && state_status(c, e) == STATUS_CREATING; tries++) {
		nanosleep(&(struct timespec){ 0, 4000000 }, 0);
		if (record_read(c->state_fd, &c->record, e) < 0)
			return e->number == ENOENT ? err_set(e, "container \"%s\" does not exist", c->id) : -1;
	}
	if (look(c, true, &s, e) < 0)
		return -1;
	state_emit(c, s.status, s.pid, STATE_COMMAND, s.owner.name, out);
	out_text(out, "\n");
	return 0;
}

static struct names found;
static struct err lost;

/* Loads the i-th; one that went meanwhile or is half made is passed over: warn: with a word about it. Where this process can open nothing more, what it would print is no list:
 * lost says so. */
static bool load(struct container *c, uint32_t i, bool warn, bool annotations, struct seen *s)
{
	struct err e;
	c->id = found.items[i];
	bool loaded = state_load(c, false, &e) == 0 && look(c, annotations, s, &e) == 0;
	if (!loaded && e.number != ENOENT && e.number != ENOTDIR) {
		err_at(&e, "%s", c->id);
		if (e.number == EMFILE || e.number == ENFILE || e.number == ENOMEM)
			lost = e;
		else if (warn)
			log_warn("%s", e.text);
	}
	c->root_fd = io_close(c->root_fd);
	c->state_fd = io_close(c->state_fd);
	return loaded;
}

#define COLUMNS 5   /* padded ones; the owner stands last */
struct row { char pid[16]; const char *cells[COLUMNS]; };

static void fill_row(const struct container *c, const struct seen *s, struct row *row)
{
	snprintf(row->pid, sizeof row->pid, "%d", (int)s->pid);
	row->cells[0] = c->record.id;
	row->cells[1] = row->pid;
	row->cells[2] = status_words[s->status];
	row->cells[3] = c->record.bundle;
	row->cells[4] = c->record.time;
}

static void print_row(struct out *out, const struct row *row, const int widths[COLUMNS], const char *owner)
{
	for (int i = 0; i < COLUMNS; i++) {
		out_text(out, row->cells[i]);
		out_printf(out, "%*s", widths[i] - (int)strlen(row->cells[i]), "");
	}
	out_printf(out, "%s\n", owner);
}

/* As Go's tabwriter does for runc: columns of at least 12 with 3 spaces between. */
static void widen(const struct row *row, int widths[COLUMNS])
{
	for (int i = 0; i < COLUMNS; i++)
		if ((int)strlen(row->cells[i]) + 3 > widths[i])
			widths[i] = (int)strlen(row->cells[i]) + 3;
}

static void print_table(struct container *c, struct out *out)
{
	static const struct row head = { .cells = { "ID", "PID", "STATUS", "BUNDLE", "CREATED" } };
	int widths[COLUMNS] = { 12, 12, 12, 12, 12 };
	struct seen s;
	struct row row;
	for (uint32_t i = 0; i < found.count; i++) {
		if (!load(c, i, true, false, &s))
			continue;
		fill_row(c, &s, &row);
		widen(&row, widths);
	}
	print_row(out, &head, widths, "OWNER");
	for (uint32_t i = 0; i < found.count; i++) {
		if (!load(c, i, false, false, &s))
			continue;
		fill_row(c, &s, &row);
		print_row(out, &row, widths, s.owner.name);
	}
}

static void print_json(struct container *c, struct out *out)
{
	struct seen s;
	bool any = false;
	for (uint32_t i = 0; i < found.count; i++) {
		if (!load(c, i, true, true, &s))
			continue;
		out_text(out, any ? "," : "[");
		state_emit(c, s.status, s.pid, STATE_LIST, s.owner.name, out);
		any = true;
	}
	out_text(out, any ? "]\n" : "null\n");
}

int container_list(struct container *c, const char *format, bool quiet, struct out *out, struct err *e)
{
	struct seen s;
	bool json = strcmp(format, "json") == 0;
	if (!json && strcmp(format, "table") != 0)
		return err_set(e, "--format %s: neither table nor json", format);
	if (names_read(c->options.root, &found, e) < 0)
		return -1;
	if (quiet) {
		for (uint32_t i = 0; i < found.count; i++)
			if (load(c, i, true, false, &s))
				out_printf(out, "%s\n", found.items[i]);
	} else if (json) {
		print_json(c, out);
	} else {
		print_table(c, out);
	}
	if (!lost.number)
		return 0;
	*e = lost;
	return -1;
}
