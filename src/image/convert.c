/* SPDX-License-Identifier: ISC */
/* An image's config made into a bundle's config.json. */
#include "image/convert.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/path.h"
#include "base/str.h"
#include "image/layout.h"
#include "image/owners.h"
#include "image/users.h"
#include "spec/default.h"

/* What is being made; everything is taken from arena or stays where the image's document has it. */
struct conversion {
	const struct image_config *image;
	const struct image_execution *execution;   /* never 0 */
	struct arena *arena;
	bool from_template;
	struct config config;
	struct process process;
	struct user_spec user;
	struct root root;
	struct linux_config linux_config;
	struct err *e;
};

static int put_args(struct conversion *c)
{
	const struct strings *entrypoint = &c->execution->Entrypoint, *cmd = &c->execution->Cmd;
	uint32_t count = entrypoint->count + cmd->count;
	if (!count)
		return 0;   /* those there are: sh */
	const char **items = ARENA_NEW(c->arena, const char *, (size_t)count + 1, c->e);
	if (!items)
		return -1;
	for (uint32_t i = 0; i < count; i++)
		items[i] = i < entrypoint->count ? entrypoint->items[i] : cmd->items[i - entrypoint->count];
	c->process.args = (struct strings){ items, count };
	return 0;
}

/* Whether a variable of text's name is among those. */
static bool has_variable(const struct strings *env, const char *text)
{
	size_t length = strcspn(text, "=") + 1;
	for (uint32_t i = 0; i < env->count; i++)
		if (strncmp(env->items[i], text, length) == 0)
			return true;
	return false;
}

/* The template's, or what every program needs, and then the image's. */
static int put_env(struct conversion *c)
{
	const struct strings *env = &c->execution->Env, *before = &c->process.env;
	const char **items = ARENA_NEW(c->arena, const char *, (size_t)env->count + before->count + 2, c->e);
	uint32_t count = 0;
	if (!items)
		return -1;
	for (uint32_t i = 0; i < before->count; i++)
		if (!has_variable(env, before->items[i]) && (c->from_template || c->process.terminal || !str_starts(before->items[i], "TERM=")))
			items[count++] = before->items[i];
	if (!has_variable(env, SPEC_DEFAULT_PATH) && !has_variable(before, SPEC_DEFAULT_PATH))
		items[count++] = SPEC_DEFAULT_PATH;
	for (uint32_t i = 0; i < env->count; i++) {
		const char *equals = strchr(env->items[i], '=');
		if (equals && equals != env->items[i])
			items[count++] = env->items[i];
		else
			log_warn("config.Env[%u] \"%.60s\" is not NAME=VALUE and is left out", i, env->items[i]);
	}
	c->process.env = (struct strings){ items, count };
	return 0;
}

/* An absolute, clean path. */
static const char *absolute(struct conversion *c, const char *path)
{
	char clean[LIMIT_PATH_BYTES];
	const char *joined = arena_printf(c->arena, c->e, "/%s", path);
	if (!joined)
		return 0;
	if (path_clean(joined, clean, sizeof clean) < 0) {
		err_num(c->e, ENAMETOOLONG, "\"%.60s…\"", path);
		return 0;
	}
	return arena_string(c->arena, clean, strlen(clean), c->e);
}

static int put_cwd(struct conversion *c)
{
	const char *cwd = c->execution->WorkingDir;
	if (!cwd || !*cwd)
		return 0;
	c->process.cwd = absolute(c, cwd);
	return c->process.cwd ? 0 : err_at(c->e, "config.WorkingDir");
}

static int put_user(struct conversion *c, int rootfd)
{
	static LARGE struct image_user found;
	if (c->from_template && c->process.user && (!c->execution->User || !*c->execution->User))
		return 0;
	if (users_find(rootfd, c->execution->User ? c->execution->User : "", &found, c->e) < 0)
		return err_at(c->e, "config");
	if (c->process.user)
		c->user = *c->process.user;
	c->user.uid = found.uid;
	c->user.gid = found.gid;
	c->user.additionalGids = (struct numbers){ found.groups, found.group_count };
	c->process.user = &c->user;
	return 0;
}

/* "a,b,c" of any items. */
static const char *joined(struct conversion *c, const char *const *items, uint32_t count, size_t stride)
{
	size_t length = 1;
	for (uint32_t i = 0; i < count; i++)
		length += strlen(*(const char *const *)((const char *)items + i * stride)) + 1;
	char *text = ARENA_NEW(c->arena, char, length, c->e), *at = text;
	for (uint32_t i = 0; text && i < count; i++) {
		const char *item = *(const char *const *)((const char *)items + i * stride);
		if (i)
			*at++ = ',';
		memcpy(at, item, strlen(item));
		at += strlen(item);
	}
	return text;
}

/* One that comes later wins. */
static void set_annotation(struct string_map *map, const struct pair *one)
{
	uint32_t i = 0;
	while (i < map->count && strcmp(map->items[i].key, one->key) != 0)
		i++;
	map->items[i] = *one;
	map->count += i == map->count;
}

static int put_annotations(struct conversion *c)
{
	const struct image_config *image = c->image;
	const struct string_map *labels = &c->execution->Labels;
	uint32_t ports = c->execution->ExposedPorts.count;
	const char *features = "", *exposed = "";
	if (image->os_features.count && !(features = joined(c, image->os_features.items, image->os_features.count, sizeof(char *))))
		return -1;
	if (ports && !(exposed = joined(c, &c->execution->ExposedPorts.items->key, ports, sizeof *c->execution->ExposedPorts.items)))
		return -1;
	const struct pair own[] = {
		{ "org.opencontainers.image.os", image->os },
		{ "org.opencontainers.image.architecture", image->architecture },
		{ "org.opencontainers.image.variant", image->variant },
		{ "org.opencontainers.image.os.version", image->os_version },
		{ "org.opencontainers.image.os.features", features },
		{ "org.opencontainers.image.author", image->author },
		{ "org.opencontainers.image.created", image->created },
		{ "org.opencontainers.image.stopSignal", c->execution->StopSignal },
		{ "org.opencontainers.image.exposedPorts", exposed },
	};
	size_t most = sizeof own / sizeof *own;
	const struct string_map before = c->config.annotations;
	struct string_map *map = &c->config.annotations;
	*map = (struct string_map){ .items = ARENA_NEW(c->arena, struct pair, most + labels->count + before.count, c->e) };
	if (!map->items)
		return -1;
	for (uint32_t i = 0; i < before.count; i++)
		set_annotation(map, &before.items[i]);
	for (size_t i = 0; i < most; i++)
		if (own[i].value && *own[i].value)
			set_annotation(map, &own[i]);
	for (uint32_t i = 0; i < labels->count; i++)
		if (*labels->items[i].key)   /* an annotation's may not be empty */
			set_annotation(map, &labels->items[i]);
	return 0;
}

static bool is_mounted(const struct config *c, const char *destination)
{
	for (uint32_t i = 0; i < c->mounts.count; i++)
		if (strcmp(c->mounts.items[i].destination, destination) == 0)
			return true;
	return false;
}

/* Each volume is an empty tmpfs: what is written there does not go to the root filesystem. */
static int put_volumes(struct conversion *c)
{
	static const char *options[] = { "rw", "nosuid", "nodev", "relatime", 0 };
	uint32_t count = c->execution->Volumes.count, before = c->config.mounts.count;
	if (!count)
		return 0;
	struct mount *mounts = ARENA_NEW(c->arena, struct mount, (size_t)before + count, c->e);
	if (!mounts)
		return -1;
	if (before)
		memcpy(mounts, c->config.mounts.items, before * sizeof *mounts);
	c->config.mounts.items = mounts;
	for (uint32_t i = 0; i < count; i++) {
		struct mount *m = &mounts[c->config.mounts.count];
		*m = (struct mount){ .type = "tmpfs", .source = "tmpfs", .options = { options, 4 } };
		m->destination = absolute(c, c->execution->Volumes.items[i].key);
		if (!m->destination)
			return err_at(c->e, "config.Volumes");
		if (strcmp(m->destination, "/") == 0)
			return err_set(c->e, "config.Volumes: \"%.60s\" is the root", c->execution->Volumes.items[i].key);
		c->config.mounts.count += !is_mounted(&c->config, m->destination);
	}
	return 0;
}

static int is_user_namespace(const struct linux_config *l)
{
	for (uint32_t i = 0; i < l->namespaces.count; i++)
		if (l->namespaces.items[i].type == NS_USER)
			return 1;
	return 0;
}

/* Owners that were mapped: the container has a user namespace of the same maps. */
static int put_owners(struct conversion *c)
{
	struct owners users = owners_of_users(), groups = owners_of_groups();
	if (!users.count)
		return 0;
	if (c->config.linux_)
		c->linux_config = *c->config.linux_;
	struct linux_config *l = &c->linux_config;
	uint32_t count = l->namespaces.count;
	if (!is_user_namespace(l)) {
		struct namespace_spec *items = ARENA_NEW(c->arena, struct namespace_spec, (size_t)count + 1, c->e);
		if (!items)
			return -1;
		if (count)
			memcpy(items, l->namespaces.items, count * sizeof *items);
		items[count].type = NS_USER;
		l->namespaces.items = items;
		l->namespaces.count++;
	}
	l->uidMappings.items = (struct id_mapping *)users.items;
	l->uidMappings.count = users.count;
	l->gidMappings.items = (struct id_mapping *)groups.items;
	l->gidMappings.count = groups.count;
	c->config.linux_ = l;
	return 0;
}

static int read_template(const char *file, struct document *d, struct config *config, struct err *e)
{
	d->file = file;
	return document_read(d, AT_FDCWD, file, e) < 0 || document_decode_first(d, &config_object, config, e) < 0 ? err_at(e, "--template") : 0;
}

int convert_check_template(const char *file, struct err *e)
{
	struct config unused;
	return read_template(file, layout_document(DOCUMENT_INDEX), &unused, e);
}

/* What there is before the image says anything. */
static int begin(struct conversion *c, const struct convert_options *options, struct document *d)
{
	static const char *sh[] = { "sh", 0 };
	unsigned flags = (options->rootless ? SPEC_DEFAULT_ROOTLESS : 0) | (options->cgroup_namespace ? SPEC_DEFAULT_CGROUP : 0);
	const char *file = options->template_file;
	d->file = 0;
	if ((file ? read_template(file, d, &c->config, c->e) : spec_default_config(d, flags, &c->config, c->e)) < 0)
		return -1;
	c->process = c->config.process ? *c->config.process : (struct process){ .cwd = "/", .args = { sh, 1 } };
	c->process.terminal = options->terminal || (c->from_template && c->process.terminal);
	c->root = *c->config.root;
	c->root.path = options->rootfs;
	c->root.readonly = c->from_template && c->root.readonly;
	return 0;
}

int convert_config(const struct image_config *image, int rootfd, const struct convert_options *options, struct out *o, struct err *e)
{
	static const struct image_execution nothing;
	struct document *d = layout_document(DOCUMENT_INDEX);
	struct conversion c = {
		.image = image, .execution = image->config ? image->config : &nothing, .arena = &d->arena, .from_template = options->template_file, .e = e,
	};
	if (strcmp(image->os, "linux") != 0)
		return err_set(e, "config.os is \"%.60s\": only an image for linux makes a bundle", image->os);
	if (begin(&c, options, d) < 0 || put_args(&c) < 0 || put_env(&c) < 0 || put_cwd(&c) < 0 || put_user(&c, rootfd) < 0 || put_annotations(&c) < 0 ||
	    put_volumes(&c) < 0 || put_owners(&c) < 0)
		return -1;
	c.config.process = &c.process;
	c.config.root = &c.root;
	document_emit(o, &config_object, &c.config, true);
	return out_flush(o, e);
}
