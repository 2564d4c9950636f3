/* SPDX-License-Identifier: ISC */
/* image pack: the layer's archive is written once, to a file beside the blobs that gets its name when its digest is known. */
#include "image/pack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/io.h"
#include "base/when.h"
#include "image/blob.h"
#include "image/interrupt.h"
#include "image/pack_deflate.h"
#include "image/pack_tree.h"
#include "image/platform.h"
#include "image/select.h"

#define WORK "pack.new"
#define OCI "application/vnd.oci.image."

struct packed {
	const struct pack_request *r;
	int layout, work, fd;              /* fd: the layer's file */
	bool made;                         /* the layout directory is ours */
	struct hasher diff, blob;
	uint64_t size, uncached;           /* of the blob */
	uint32_t used;
	int failed;                        /* errno of the first write that failed */
	struct deflate deflate;
	char buffer[LIMIT_READ_BYTES];
	struct descriptor layer, config;
	char diff_id[DIGEST_TEXT_MAX], layer_digest[DIGEST_TEXT_MAX], config_digest[DIGEST_TEXT_MAX];
	char text[LIMIT_PACK_DOCUMENT_BYTES];
};
static LARGE struct packed packed;

static const struct digest *sha256(void)
{
	static const struct digest d = { .hash = &br_sha256_vtable };
	return &d;
}

static void drain(struct packed *p)
{
	if (!p->failed && io_write(p->fd, p->buffer, p->used) < 0)
		p->failed = errno;
	hasher_add(&p->blob, p->buffer, p->used);
	p->size += p->used;
	p->uncached += p->used;
	p->used = 0;
	if (p->uncached >= LIMIT_CACHE_BYTES && fdatasync(p->fd) == 0) {
		posix_fadvise(p->fd, 0, 0, POSIX_FADV_DONTNEED);
		p->uncached = 0;
	}
}

static void put_blob(void *context, const uint8_t *bytes, size_t length)
{
	struct packed *p = context;
	while (length) {
		size_t n = sizeof p->buffer - p->used;
		n = n < length ? n : length;
		memcpy(p->buffer + p->used, bytes, n);
		p->used += (uint32_t)n;
		bytes += n;
		length -= n;
		if (p->used == sizeof p->buffer)
			drain(p);
	}
}

static int put_archive(void *context, const void *bytes, size_t length, struct err *e)
{
	struct packed *p = context;
	hasher_add(&p->diff, bytes, length);
	if (p->r->gzip)
		deflate_add(&p->deflate, bytes, length);
	else
		put_blob(p, bytes, length);
	return p->failed ? err_num(e, p->failed, "cannot write the layer") : 0;
}

static int write_layer(struct packed *p, int rootfs, int links, struct err *e)
{
	const struct tar_writer w = { .put = put_archive, .context = p };
	hasher_start(&p->diff, sha256());
	hasher_start(&p->blob, sha256());
	p->deflate.put = put_blob;
	p->deflate.context = p;
	if (p->r->gzip)
		deflate_start(&p->deflate);
	if (pack_tree(rootfs, links, p->r->epoch, &w, e) < 0)
		return err_at(e, "%s", p->r->rootfs);
	if (p->r->gzip)
		deflate_finish(&p->deflate);
	drain(p);
	if (p->failed || fsync(p->fd) < 0)
		return err_num(e, p->failed ? p->failed : errno, "cannot write the layer");
	hasher_matches(&p->diff, sha256(), p->diff_id);
	hasher_matches(&p->blob, sha256(), p->layer_digest);
	p->layer = (struct descriptor){ .mediaType = p->r->gzip ? OCI "layer.v1.tar+gzip" : OCI "layer.v1.tar", .digest = p->layer_digest, .size = (int64_t)p->size };
	return 0;
}

/* The finished layer gets its name. */
static int place_layer(struct packed *p, struct err *e)
{
	char path[320];
	int there = blob_make_place(p->layout, p->layer_digest, p->layer.size, path, e);
	if (there)
		return there < 0 ? -1 : 0;
	return renameat(p->work, "layer", p->layout, path) < 0 ? err_sys(e, "cannot rename the layer") : blob_sync_place(p->layout, path, e);
}

/* A document as a blob. */
static int write_document(struct packed *p, const struct object *table, const void *document, const char *type, struct descriptor *d, char digest[DIGEST_TEXT_MAX], struct err *e)
{
	char path[320];
	struct out o;
	struct hasher h;
	out_init(&o, -1, p->text, sizeof p->text);
	document_emit_indented(&o, table, document, 0);
	if (o.failed)
		return ERR_LIMIT(e, "the image's config", LIMIT_PACK_DOCUMENT_BYTES);
	hasher_start(&h, sha256());
	hasher_add(&h, p->text, o.used);
	hasher_matches(&h, sha256(), digest);
	*d = (struct descriptor){ .mediaType = type, .digest = digest, .size = (int64_t)o.used };
	int there = blob_make_place(p->layout, digest, d->size, path, e);
	return there < 0 || (there == 0 && io_replace_file(p->layout, path, p->text, o.used, 0644, e) < 0) ? -1 : 0;
}

/* A label's or a variable's name; 0: the word is not NAME=VALUE. */
static size_t name_length(const char *option, const char *word, struct err *e)
{
	size_t length = strcspn(word, "=");
	if (length && word[length])
		return length;
	err_set(e, "%s %.60s: expected NAME=VALUE", option, word);
	return 0;
}

/* Those of the base that are not given again, and then the given ones. */
static int merge_env(struct strings *to, const struct pack_words *words, struct arena *a, struct err *e)
{
	const char **items = ARENA_NEW(a, const char *, (size_t)to->count + words->count + 1, e);
	uint32_t count = 0;
	if (!items)
		return -1;
	for (uint32_t i = 0; i < to->count + words->count; i++) {
		const char *word = i < to->count ? to->items[i] : words->items[i - to->count];
		size_t length = name_length("--env", word, e);
		uint32_t at = 0;
		if (!length)
			return -1;
		while (at < count && strncmp(items[at], word, length + 1) != 0)
			at++;
		items[at] = word;
		count += at == count;
	}
	*to = (struct strings){ items, count };
	return 0;
}

static int merge_labels(struct string_map *to, const struct pack_words *words, struct arena *a, struct err *e)
{
	struct pair *items = ARENA_NEW(a, struct pair, (size_t)to->count + words->count, e);
	uint32_t count = to->count;
	if (!items)
		return -1;
	memcpy(items, to->items, count * sizeof *items);
	for (uint32_t i = 0; i < words->count; i++) {
		const char *word = words->items[i];
		size_t length = name_length("--label", word, e);
		const char *key = length ? arena_string(a, word, length, e) : 0;
		uint32_t at = 0;
		if (!key)
			return -1;
		while (at < count && strcmp(items[at].key, key) != 0)
			at++;
		items[at] = (struct pair){ key, word + length + 1 };
		count += at == count;
	}
	*to = (struct string_map){ items, count };
	return 0;
}

static struct strings strings_of(const struct pack_words *w)
{
	return (struct strings){ (const char **)(uintptr_t)w->items, w->count };
}

/* The base config, or none, with what was asked for. c's parts stay alive in DOCUMENT_CONFIG and in x. */
static int make_config(const struct pack_request *r, struct image_config *c, struct image_execution *x, struct err *e)
{
	struct document *d = layout_document(DOCUMENT_CONFIG);
	struct arena *a = &d->arena;
	static struct platforms platforms;
	static char created[WHEN_BYTES];
	d->file = r->config;
	if (r->config ? document_read(d, AT_FDCWD, r->config, e) < 0 || document_decode_first(d, &image_config_object, c, e) < 0 : document_parse(d, (size_t)(stpcpy(d->text, "{}") - d->text), e) < 0)
		return -1;
	if (c->config)
		*x = *c->config;
	if (r->platform ? platforms_parse(&platforms, r->platform, e) < 0 : !r->config && (platforms_host(&platforms), 0))
		return -1;
	if (platforms.os[0]) {
		const struct platform_choice *choice = &platforms.choice[0];
		const char *slash = strchr(platforms.asked, '/');
		bool variant = r->platform ? slash && strchr(slash + 1, '/') : choice->architecture[0] == 'a' && choice->architecture[1] == 'r';
		c->os = platforms.os;
		c->architecture = choice->architecture;
		c->variant = variant && choice->variant[0] ? choice->variant : 0;
	}
	if (r->entrypoint.count)
		x->Entrypoint = strings_of(&r->entrypoint);
	if (r->cmd.count || r->entrypoint.count)   /* another program does not want the old one's arguments */
		x->Cmd = strings_of(&r->cmd);
	x->WorkingDir = r->workdir ? r->workdir : x->WorkingDir;
	x->User = r->user ? r->user : x->User;
	if (merge_env(&x->Env, &r->env, a, e) < 0 || merge_labels(&x->Labels, &r->labels, a, e) < 0)
		return -1;
	c->config = x;
	if (r->epoch >= 0)
		c->created = when_format(created, r->epoch, 0, 0);
	return 0;
}

static int write_image(struct packed *p, struct image_config *c, struct err *e)
{
	static const char *diff_ids[2];
	static struct image_history history = { .created_by = "runlet image pack" };
	diff_ids[0] = p->diff_id;
	history.created = c->created;
	const struct image_rootfs rootfs = { .type = "layers", .diff_ids = { diff_ids, 1 } };
	struct descriptor d;
	char digest[DIGEST_TEXT_MAX];
	c->rootfs = &rootfs;
	c->history.items = &history;
	c->history.count = 1;
	if (write_document(p, &image_config_object, c, OCI "config.v1+json", &p->config, p->config_digest, e) < 0)
		return -1;
	const struct image_manifest m = { .schemaVersion = 2, .mediaType = OCI "manifest.v1+json", .config = &p->config, .layers = { &p->layer, 1 } };
	if (write_document(p, &image_manifest_object, &m, OCI "manifest.v1+json", &d, digest, e) < 0)
		return -1;
	const struct image_platform platform = image_platform_of(c);
	d.platform = &platform;
	if (refs_put(p->layout, &d, p->r->name, p->r->force ? REFS_REPLACE : REFS_REFUSE, e) < 0)
		return -1;
	out_printf(p->r->out, "%s\n", digest);
	return out_flush(p->r->out, e);
}

/* The layout, and a locked directory in it for what is being made; what a dead process left there is removed. */
static int open_layout(struct packed *p, struct err *e)
{
	p->made = mkdir(p->r->layout, 0755) == 0;
	if (!p->made && errno != EEXIST)
		return err_sys(e, "cannot open");
	p->layout = open(p->r->layout, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (p->layout < 0)
		return err_sys(e, "cannot open");
	if (layout_check_target(p->layout, e) < 0 || (!p->r->force && refs_has(p->layout, p->r->name, 0, e)))
		return -1;
	if (mkdirat(p->layout, WORK, 0700) < 0 && errno != EEXIST)
		return err_sys(e, "cannot make a directory");
	int work = openat(p->layout, WORK, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (work < 0 || flock(work, LOCK_EX | LOCK_NB) < 0) {
		err_sys(e, "another process packs into it");
		io_close(work);
		return -1;
	}
	p->work = work;
	if (dir_remove_tree(work, "links", e) < 0 || mkdirat(work, "links", 0700) < 0)
		return err_sys(e, "cannot make a directory");
	p->fd = openat(work, "layer", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	return p->fd < 0 ? err_sys(e, "cannot make a directory") : 0;
}

static int make(struct packed *p, struct err *e)
{
	static struct image_config c;
	static struct image_execution x;
	if (make_config(p->r, &c, &x, e) < 0)
		return -1;
	int rootfs = open(p->r->rootfs, O_RDONLY | O_DIRECTORY | O_CLOEXEC), links = -1;
	if (rootfs < 0)
		return err_sys(e, "%s: cannot open", p->r->rootfs);
	int result = open_layout(p, e) < 0 ? err_at(e, "%s", p->r->layout) : 0;
	if (result == 0 && (links = openat(p->work, "links", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		result = err_sys(e, "%s: cannot open " WORK, p->r->layout);
	if (result == 0)
		result = write_layer(p, rootfs, links, e);
	if (result == 0 && (place_layer(p, e) < 0 || write_image(p, &c, e) < 0))
		result = err_at(e, "%s", p->r->layout);
	io_close(links);
	io_close(rootfs);
	return result;
}

int image_pack(const struct pack_request *r, struct err *e)
{
	struct packed *p = &packed;
	struct err unused;
	p->r = r;
	p->layout = p->work = p->fd = -1;
	interrupt_catch();
	int result = make(p, e);
	if (p->work >= 0)
		dir_remove_tree(p->layout, WORK, &unused);
	if (result < 0 && p->made)
		dir_remove_tree(AT_FDCWD, r->layout, &unused);
	io_close(p->fd);
	io_close(p->work);
	io_close(p->layout);
	return result;
}
