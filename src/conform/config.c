/* SPDX-License-Identifier: ISC */
/* The bundle of a check: spec/default.h's config, with what the check adds, by a walk of the same tables, and without what it leaves out. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/out.h"
#include "base/str.h"
#include "conform/conform.h"
#include "kernel/cgroup.h"
#include "spec/default.h"

#define ARENA_BYTES 131072
DOCUMENT_REGIONS(base_region, SPEC_DEFAULT_TEXT_BYTES, SPEC_DEFAULT_TOKENS, ARENA_BYTES);
DOCUMENT_REGIONS(common_region, 4096, 512, 32768);
DOCUMENT_REGIONS(more_region, 32768, 4096, ARENA_BYTES);
static struct document base, common, more;

/* What every check's config has in common. The program runs under a name of its own in the container, from a root filesystem that holds nothing else. */
static const char common_config[] =
	"{'ociVersion':'@VERSION@','process':{'terminal':false,'cwd':'/','args':['/conform','inside','@NAME@'],'env':['PATH=/','CONFORM=1']},'hostname':'conform',"
	"'root':{'path':'rootfs','readonly':true},"
	"'mounts':[{'destination':'/log','type':'none','source':'@DIR@/log','options':['rbind','rw']}],"
	"'linux':{'cgroupsPath':'@CGROUP@'}}";

/* --- words ------------------------------------------------------------------------------------------------------------------------------ */
static const char *word_value(const struct test *t, const char *word, size_t length, const char *self, const char *helper)
{
	static const char *const words[] = { "DIR", "ID", "NAME", "CGROUP", "SELF", "HELPER", "VERSION" };
	static const char *const versions[] = { [SPEC_1_0] = "1.0.2", [SPEC_1_1] = "1.1.0", [SPEC_1_2] = "1.2.0", [SPEC_1_3] = "1.3.0" };
	const char *const values[] = { t->dir, t->id, t->check->name, t->cgroup, self, helper, versions[t->check->since] };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strlen(words[i]) == length && memcmp(words[i], word, length) == 0)
			return values[i];
	return 0;
}

void config_expand(const struct test *t, const char *text, char *buffer, size_t size)
{
	struct out o;
	char self[300], helper[16];
	snprintf(self, sizeof self, "%s/rootfs/conform", t->dir);
	snprintf(helper, sizeof helper, "%d", (int)t->helper);
	out_init(&o, -1, buffer, size);
	while (*text) {
		size_t plain = strcspn(text, "@'");
		out_bytes(&o, text, plain);
		text += plain;
		if (*text == '\'') {
			out_text(&o, "\"");
			text++;
		} else if (*text == '@') {
			size_t length = strcspn(text + 1, "@");
			const char *value = word_value(t, text + 1, length, self, helper);
			out_text(&o, value ? value : "@");
			text += value ? length + 2 : 1;
		}
	}
}

/* --- merging ------------------------------------------------------------------------------------------------------------------------------ */
struct any_list { char *items; uint32_t count; };

static size_t size_of(enum kind kind)
{
	switch (kind) {
	case KIND_BOOL: return sizeof(bool);
	case KIND_STRING: case KIND_OBJECT: return sizeof(void *);
	case KIND_I64: case KIND_U64: return sizeof(int64_t);
	case KIND_I32: case KIND_U32: case KIND_ENUM: return sizeof(int32_t);
	case KIND_STRINGS: case KIND_NUMBERS: case KIND_LIST: case KIND_MAP: case KIND_OBJECT_MAP: return sizeof(struct any_list);
	case KIND_RAW: return sizeof(struct span);
	}
	return 0;
}

/* Mounts of one destination, namespaces of one type: the newer one stands in the other's place. */
static bool same_place(const struct object *of, const char *one, const char *other)
{
	const struct field *key = &of->fields[0];
	const char *a, *b;
	if (strcmp(of->name, "linux.namespaces") == 0)
		return memcmp(one + key->offset, other + key->offset, sizeof(int32_t)) == 0;
	if (strcmp(of->name, "mounts") != 0)
		return false;
	memcpy(&a, one + key->offset, sizeof a);
	memcpy(&b, other + key->offset, sizeof b);
	return a && b && strcmp(a, b) == 0;
}

static void merge_list(char *to, const char *from, size_t size, const struct object *of, struct arena *arena)
{
	struct any_list old, add, all;
	struct err e;
	memcpy(&old, to, sizeof old);
	memcpy(&add, from, sizeof add);
	all.items = arena_array(arena, old.count + add.count, size, 8, &e);
	if (!all.items)
		return;
	if (old.count)
		memcpy(all.items, old.items, old.count * size);
	all.count = old.count;
	for (uint32_t i = 0; i < add.count; i++) {
		uint32_t at = 0;
		while (at < old.count && !(of && same_place(of, add.items + i * size, all.items + at * size)))
			at++;
		at = at < old.count ? at : all.count++;
		memcpy(all.items + at * size, add.items + i * size, size);
	}
	memcpy(to, &all, sizeof all);
}

/* Objects merge member by member, lists of objects and maps grow, all else is replaced. Tables nest a few levels deep. */
static void merge(const struct object *table, void *to, const void *from, struct arena *arena)
{
	for (unsigned i = 0; i < table->count; i++) {
		const struct field *f = &table->fields[i];
		char *target = (char *)to + f->offset;
		const char *source = (const char *)from + f->offset;
		void *mine, *theirs;
		if (!(((const struct node *)from)->present & 1ull << i))
			continue;
		((struct node *)to)->present |= 1ull << i;
		memcpy(&mine, target, sizeof mine);
		memcpy(&theirs, source, sizeof theirs);
		if (f->kind == KIND_OBJECT && mine && theirs)
			merge(f->of, mine, theirs, arena);
		else if (f->kind == KIND_LIST)
			merge_list(target, source, f->of->size, f->of, arena);
		else if (f->kind == KIND_MAP || f->kind == KIND_OBJECT_MAP)
			merge_list(target, source, sizeof(struct pair), 0, arena);
		else
			memcpy(target, source, size_of(f->kind));
	}
	if (((const struct node *)from)->unknown)
		((struct node *)to)->unknown = ((const struct node *)from)->unknown;
}

/* --- leaving out ---------------------------------------------------------------------------------------------------------------------------- */
static struct linux_config *linux_of(struct config *c) { return (struct linux_config *)(uintptr_t)c->linux_; }
static struct process *process_of(struct config *c) { return (struct process *)(uintptr_t)c->process; }

static void without_namespace(struct linux_config *l, int type)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < l->namespaces.count; i++)
		if (l->namespaces.items[i].type != type)
			l->namespaces.items[kept++] = l->namespaces.items[i];
	l->namespaces.count = kept;
}

static void without_mount(struct config *c, const char *destination)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < c->mounts.count; i++)
		if (strcmp(c->mounts.items[i].destination, destination) != 0)
			c->mounts.items[kept++] = c->mounts.items[i];
	c->mounts.count = kept;
}

static void leave_out(struct config *c, const char *word)
{
	int type = str_word(word, namespace_words.words, namespace_words.count);
	if (type >= 0)
		without_namespace(linux_of(c), type);
	else if (*word == '/')
		without_mount(c, word);
	else if (strcmp(word, "rlimits") == 0)
		process_of(c)->rlimits.count = 0;
	else if (strcmp(word, "masks") == 0)
		linux_of(c)->maskedPaths.count = linux_of(c)->readonlyPaths.count = 0;
	else if (strcmp(word, "hostname") == 0)
		c->hostname = 0;
	else if (strcmp(word, "cgroupsPath") == 0)
		linux_of(c)->cgroupsPath = 0;
	else if (strcmp(word, "process") == 0)
		c->process = 0;
}

static void leave_out_all(struct config *c, const char *words)
{
	char word[64];
	while (words && *words) {
		size_t length = strcspn(words, " ");
		snprintf(word, sizeof word, "%.*s", (int)length, words);
		leave_out(c, word);
		words += length + (words[length] == ' ');
	}
}

/* Members that are required are the default's, and some checks want what is wrong: complaints are of no interest. */
static int ignore(struct report *r, enum level level, const char *place, const char *section, const char *text)
{
	(void)r; (void)level; (void)place; (void)section; (void)text;
	return 0;
}

static void add_text(struct test *t, const char *text, struct document *d, char *region, const struct document_sizes *sizes, struct config *out)
{
	struct err e;
	struct report report = { .add = ignore };
	document_init(d, "a check's config", region, sizes);
	config_expand(t, text, d->text, d->text_size);
	must(t, document_parse(d, strlen(d->text), &e) == 0, "the check's own config: %s", e.text);
	document_decode(d, &config_object, out, &report);
}

void config_make(struct test *t, const char *config, const char *without)
{
	static struct config shared, added;
	struct err e;
	const struct cgroup_host *h = cgroup_host(&e);
	unsigned flags = h && h->count == 1 && h->v2 == 0 ? SPEC_DEFAULT_CGROUP : 0;
	DOCUMENT_INIT(&base, "the default config", base_region);
	must(t, spec_default_config(&base, flags, &t->config, &e) == 0, "%s", e.text);
	add_text(t, common_config, &common, common_region, &common_region_sizes, &shared);
	merge(&config_object, &t->config, &shared, &base.arena);
	leave_out_all(&t->config, without);
	if (config) {
		add_text(t, config, &more, more_region, &more_region_sizes, &added);
		merge(&config_object, &t->config, &added, &base.arena);
	}
	struct out o;
	out_init(&o, -1, t->result->config, sizeof t->result->config);
	if (config) {
		char text[RESULT_BYTES];
		config_expand(t, config, text, sizeof text);
		out_text(&o, text);
	}
	if (without)
		out_printf(&o, "%swithout: %s", o.used ? "\n" : "", without);
	if (t->check->edit[0])
		out_printf(&o, "%s%s written as %s", o.used ? "\n" : "", t->check->edit[0], t->check->edit[1]);
}

/* --- files ---------------------------------------------------------------------------------------------------------------------------------- */
static char text_buffer[65536];

static void write_file(struct test *t, const char *name, const char *text, size_t length)
{
	char path[400];
	snprintf(path, sizeof path, "%s/%s", t->dir, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	must(t, fd >= 0 && io_write(fd, text, length) == 0, "cannot write %s: %s", path, strerror(errno));
	io_close(fd);
}

void config_write_text(struct test *t, const char *text)
{
	write_file(t, "config.json", text, strlen(text));
	write_file(t, "rootfs/config.json", text, strlen(text));
}

/* The first place of from says to instead. */
static void replace(struct test *t, const char *from, const char *to)
{
	char *at = strstr(text_buffer, from);
	must(t, at != 0, "the config has no %s", from);
	size_t old = strlen(from), new = strlen(to), rest = strlen(at + old) + 1;
	must(t, (size_t)(at - text_buffer) + new + rest <= sizeof text_buffer, "the config is too large");
	memmove(at + new, at + old, rest);
	memcpy(at, to, new);
}

void config_write(struct test *t)
{
	struct out o;
	out_init(&o, -1, text_buffer, sizeof text_buffer);
	document_emit(&o, &config_object, &t->config, true);
	must(t, o.failed == 0, "the config is too large");
	if (t->check->edit[0])
		replace(t, t->check->edit[0], t->check->edit[1]);
	config_write_text(t, text_buffer);
}

void config_own(struct test *t)
{
	config_make(t, t->check->config, t->check->without);
	config_write(t);
}

int bundle_make(struct test *t, struct err *e)
{
	static const struct { const char *name; mode_t mode; } dirs[] = {
		{ "", 0755 }, { "/state", 0700 }, { "/log", 0777 }, { "/rootfs", 0755 }, { "/rootfs/proc", 0755 }, { "/rootfs/dev", 0755 }, { "/rootfs/sys", 0755 },
		{ "/rootfs/tmp", 01777 }, { "/rootfs/log", 0755 }, { "/rootfs/etc", 0755 }, { "/rootfs/mnt", 0755 },
	};
	char path[400], program[400];
	for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++) {
		snprintf(path, sizeof path, "%s%s", t->dir, dirs[i].name);
		if (mkdir(path, 0700) < 0 || chmod(path, dirs[i].mode) < 0)
			return err_sys(e, "cannot make %s", path);
	}
	snprintf(program, sizeof program, "%s/../conform", t->dir);
	snprintf(path, sizeof path, "%s/rootfs/conform", t->dir);
	if (link(program, path) < 0)
		return err_sys(e, "cannot link %s", path);
	return 0;
}
