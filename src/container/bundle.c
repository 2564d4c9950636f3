/* SPDX-License-Identifier: ISC */
/* The bundle (runtime-spec, bundle.md, config.md): reading config.json, whose own rules stand in spec/, and refusing what can't be run here. */
#include "container/bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/path.h"
#include "base/str.h"
#include "container/intel_rdt.h"
#include "container/labels.h"
#include "container/foreign.h"
#include "container/namespaces.h"
#include "container/net_devices.h"
#include "container/store.h"

/* Against damage, not against people: whoever may write the one may write the other. The length and two FNV-1a by words, so that one word that is not the same is always seen; SHA-256 would be a
 * fifth of all that `run` executes on a CPU without instructions for it. */
void bundle_checksum(const char *bytes, size_t length, char text[RECORD_CHECKSUM_BYTES])
{
	uint32_t a = 2166136261u, b = 0x9e3779b9u;
	char last[sizeof a] = "";
	memcpy(last, bytes + length / sizeof a * sizeof a, length % sizeof a);
	for (size_t left = length / sizeof a + 1; left > 0; left--, bytes += sizeof a) {
		uint32_t word;
		memcpy(&word, left > 1 ? bytes : last, sizeof word);
		a = (a ^ word) * 16777619u;
		b = (b ^ word) * 2246822519u;
	}
	snprintf(text, RECORD_CHECKSUM_BYTES, "%zu-%08lx%08lx", length, (unsigned long)a, (unsigned long)b);
}

/* path below base (where it is relative), without "." and ".." */
static int absolute(struct container *c, const char *base, const char *path, const char **kept, struct err *e)
{
	size_t bytes;
	char *room = texts_room(c, &bytes);
	if (str_format(room, bytes < 2 * LIMIT_PATH_BYTES ? bytes : 2 * LIMIT_PATH_BYTES, e, "%s/%s", *path == '/' ? "" : base, path) < 0)
		return -1;
	if (path_clean(room, room, LIMIT_PATH_BYTES) < 0)
		return err_sys(e, "%s", path);
	*kept = texts_keep(c);
	return 0;
}

/* Standard streams that the caller closed would be taken by the first files that we open, and handed to the program. */
static int fill_standard_streams(struct container *c, struct err *e)
{
	int bundle = fcntl(c->bundle_fd, F_DUPFD_CLOEXEC, 3), fd;
	if (bundle < 0)
		return err_sys(e, "cannot duplicate a file");
	io_close(c->bundle_fd);
	c->bundle_fd = bundle;
	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd < 3);
	if (fd < 0)
		return err_sys(e, "cannot open /dev/null");
	close(fd);
	return 0;
}

static int find_bundle(struct container *c, struct err *e)
{
	const char *bundle = c->options.bundle ? c->options.bundle : ".";
	const char *here = "/";
	size_t bytes;
	if (*bundle != '/') {
		if (!getcwd(texts_room(c, &bytes), LIMIT_PATH_BYTES))
			return err_sys(e, "cannot tell the working directory");
		here = texts_keep(c);
	}
	if (absolute(c, here, bundle, &c->bundle, e) < 0)
		return err_at(e, "--bundle");
	c->bundle_fd = openat(AT_FDCWD, bundle, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (c->bundle_fd >= 0 && c->bundle_fd < 3 && fill_standard_streams(c, e) < 0)
		return -1;
	if (c->bundle_fd < 0)
		return err_sys(e, "cannot open the bundle %s", bundle);
	if (c->options.config) {
		c->file = c->options.config;
		return 0;
	}
	char *room = texts_room(c, &bytes);
	if (str_format(room, LIMIT_PATH_BYTES, e, "%s%sconfig.json", c->options.bundle ? bundle : "", c->options.bundle ? "/" : "") < 0)
		return -1;
	c->file = texts_keep(c);
	return 0;
}

static int check_config(struct container *c, struct err *e)
{
	const struct config *config = &c->config;
	if (foreign_check(config, e) < 0)
		return -1;
	if (!config->root)
		return err_set(e, "root: missing");
	if (!config->process)
		return err_set(e, "process: missing: there is no program to run");
	if (!config->process->args.count || !*config->process->args.items[0])
		return err_set(e, "process.args: empty: there is no program to run");
	if (absolute(c, c->bundle, config->root->path, &c->rootfs, e) < 0)
		return err_at(e, "root.path");
	if (strcmp(c->rootfs, "/") == 0)
		return err_set(e, "root.path: \"/\" can't be a container's root");
	return namespaces_check(c, e) < 0 || net_devices_check(c, e) < 0 || labels_check(c, e) < 0 || intel_rdt_plan(c, e) < 0 ? -1 : 0;
}

/* A user has to mend the bundle: say where it is wrong before anything is made. */
static int check_rootfs(struct container *c, struct err *e)
{
	struct stat st;
	if (stat(c->rootfs, &st) < 0 || (!S_ISDIR(st.st_mode) && (errno = ENOTDIR)))
		return err_sys(e, "root.path: cannot open \"%s\"", c->rootfs);
	return 0;
}

int bundle_read(struct container *c, struct err *e)
{
	if (find_bundle(c, e) < 0)
		return -1;
	struct document *d = c->document;
	d->file = c->file;
	if (document_read(d, c->options.config ? AT_FDCWD : c->bundle_fd, c->options.config ? c->options.config : "config.json", e) < 0)
		return -1;
	c->raw = arena_string(&d->arena, d->text, d->length, e);
	c->raw_length = d->length;
	if (!c->raw)
		return err_at(e, "%s", c->file);
	if (document_decode_first(d, &config_object, &c->config, e) < 0)
		return -1;
	if (check_config(c, e) < 0 || check_rootfs(c, e) < 0)
		return err_at(e, "%s", c->file);
	return 0;
}

int bundle_reread(struct container *c, struct err *e)
{
	struct document *d = c->document;
	d->file = STORE_CONFIG;
	if (document_read(d, c->state_fd, STORE_CONFIG, e) < 0)
		return -1;
	bundle_checksum(d->text, d->length, c->checksum);
	if (strcmp(c->checksum, c->record.config) != 0)
		return err_set(e, "%s is not the one that the container was made with (%s, not %s)", STORE_CONFIG, c->checksum, c->record.config);
	return document_decode_first(d, &config_object, &c->config, e);
}
