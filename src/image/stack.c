/* SPDX-License-Identifier: ISC */
/* An image's layers onto one root filesystem (image-spec, layer.md). */
#include "image/stack.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/dir.h"
#include "base/io.h"
#include "image/inflow.h"
#include "image/media.h"
#include "image/merge.h"
#include "image/overlay_settle.h"
#include "image/place.h"
#include "image/progress.h"
#include "image/unpack.h"
#include "image/whiteout.h"

static LARGE struct tar tar;        /* its buffers are large */
static LARGE struct unpack unpack;

static int open_layer(const struct layout *l, const struct descriptor *layer, const char *diff_id, struct stream *s, struct err *e)
{
	struct source_blob blob;
	struct digest diff;
	enum compression compression;
	if (media_of(layer->mediaType, &compression) != MEDIA_LAYER)
		return err_set(e, "unknown media type %.200s", layer->mediaType);
	if (digest_parse(diff_id, &diff, e) < 0)
		return err_at(e, "diff_id");
	if (layout_open_blob(l, layer, &blob, e) < 0)
		return -1;
	blob.compression = compression;
	uint8_t first[4];
	ssize_t n = compression == COMPRESSION_NONE && blob.offset >= 0 ? pread(blob.fd, first, sizeof first, (off_t)blob.offset) : 0;
	if (n > 0 && inflow_magic(first, (size_t)n) != COMPRESSION_NONE)
		err_set(e, "is compressed, whatever its mediaType says");
	else if (stream_open(s, &blob, &diff, e) == 0)
		return 0;
	io_close(blob.fd);
	return -1;
}

/* Whether an error is the machine's, and not the archive's: then there is no point in reading on. */
static bool is_ours(int number)
{
	return number == ENOSPC || number == EDQUOT || number == EIO || number == EROFS || number == ENOMEM || number == EMFILE || number == ENFILE;
}

static int unpack_all(struct stream *s, struct err *e)
{
	int found;
	tar_start(&tar, s);
	while ((found = tar_next(&tar, e)) > 0) {
		progress_tick(s);
		if (unpack_entry(&unpack, &tar, e) < 0)
			break;
	}
	if (found == 0)
		return stream_finish(s, e);
	if (tar.stream_failed || is_ours(e->number))
		stream_close(s);
	else
		stream_blame(s, e);
	return -1;
}

/* One layer's archive into rootfd. */
static int unpack_layer(const struct image *i, uint32_t number, int workfd, struct err *e)
{
	struct stream s;
	if (open_layer(&i->layout, &i->manifest.layers.items[number], i->config.rootfs->diff_ids.items[number], &s, e) < 0)
		return -1;
	int result = unpack_start(&unpack, workfd, e) < 0 ? -1 : unpack_all(&s, e);
	if (result == 0)
		result = unpack_finish(&unpack, e);
	unpack_close(&unpack);
	stream_close(&s);
	io_close(s.blob.fd);
	return result;
}

/* A layer that stands on others: into a directory of its own first. */
static int stack_layer(const struct image *i, uint32_t number, int workfd, int rootfd, struct err *e)
{
	static const char name[] = "layer";
	if (mkdirat(workfd, name, 0700) < 0)
		return err_sys(e, "cannot make a directory");
	int fd = openat(workfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || place_mark(fd, WHITEOUT_IMPLIED) < 0) {
		io_close(fd);
		return err_sys(e, "cannot make a directory");
	}
	unpack.rootfd = fd;
	unpack.lowerfd = rootfd;
	int result = unpack_layer(i, number, workfd, e);
	if (result == 0)
		result = merge_layer(fd, rootfd, unpack.marked, unpack.privileged, e);
	io_close(fd);
	return result == 0 ? dir_remove_tree(workfd, name, e) : -1;
}

int stack_alone(const struct image *i, uint32_t number, int workfd, int rootfd, struct overlay *lowers, struct err *e)
{
	unpack.no_xattrs = false;
	unpack.spill.fd = -1;
	unpack.rootfd = rootfd;
	unpack.lowers = lowers;
	unpack.lowerfd = lowers->count ? lowers->fd[lowers->count - 1] : -1;
	const uint32_t below = lowers->count;
	lowers->fd[lowers->count++] = rootfd;
	int result = below && place_mark(rootfd, WHITEOUT_IMPLIED) < 0 ? err_sys(e, "cannot make a mark") : unpack_layer(i, number, workfd, e);
	lowers->count = below;
	if (result == 0 && below)
		result = overlay_settle(rootfd, lowers, unpack.marked, unpack.privileged, e);
	spill_close(&unpack.spill);
	unpack.lowers = 0;
	return result < 0 ? err_at(e, "layers[%u]", number) : 0;
}

int stack_layers(const struct image *i, int workfd, int rootfd, bool no_xattrs, struct err *e)
{
	const uint32_t count = i->manifest.layers.count, diff_ids = i->config.rootfs->diff_ids.count;
	int result = 0;
	if (count != diff_ids)
		return err_set(e, "%u layers, but %u diff_ids in the config", count, diff_ids);
	unpack.no_xattrs = no_xattrs;
	unpack.spill.fd = -1;
	for (uint32_t n = 0; n < count && result == 0; n++) {
		unpack.rootfd = rootfd;
		unpack.lowerfd = -1;
		progress_layer(n, count, i->manifest.layers.items[n].digest, (uint64_t)i->manifest.layers.items[n].size);
		result = n ? stack_layer(i, n, workfd, rootfd, e) : unpack_layer(i, n, workfd, e);
		progress_end(result == 0);
		if (result < 0)
			err_at(e, "layers[%u]", n);
	}
	spill_close(&unpack.spill);
	return result;
}

int stack_try(struct stream *s, struct err *e)
{
	int found;
	tar_start(&tar, s);
	while ((found = tar_next(&tar, e)) > 0)
		if (unpack_check(&unpack, &tar.entry, e) < 0) {
			found = -1;
			break;
		}
	int result = found == 0 ? stream_finish(s, e) : tar.stream_failed ? -1 : stream_blame(s, e);
	stream_close(s);
	return result;
}

int stack_check(const struct layout *l, const struct descriptor *layer, const char *diff_id, struct err *e)
{
	struct stream s;
	if (layout_is_gone(l, layer))
		return layout_examined(l, layer, diff_id, e);
	if (open_layer(l, layer, diff_id, &s, e) < 0)
		return -1;
	int result = stack_try(&s, e);
	io_close(s.blob.fd);
	return result;
}
