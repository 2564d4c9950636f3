/* SPDX-License-Identifier: ISC */
/* What `exec` is to run: --process FILE, or the config's process with the command line's changes (runc(8), exec). */
#include "container/enter_process.h"

#include <fcntl.h>
#include <string.h>

#include "base/limits.h"
#include "base/str.h"

DOCUMENT_REGIONS(regions, LIMIT_PROCESS_BYTES, LIMIT_PROCESS_TOKENS, 2 * LIMIT_PROCESS_BYTES);
static struct document document;

static int check(const struct process *p, struct err *e)
{
	if (!p->args.count || !*p->args.items[0])
		return err_set(e, "process.args: empty: there is no program to run");
	if (!p->cwd || *p->cwd != '/')
		return err_set(e, "process.cwd: must be an absolute path");
	return 0;
}

static int read_file(struct container *c, const char *file, struct err *e)
{
	static struct process process;
	DOCUMENT_INIT(&document, file, regions);
	if (document_read(&document, AT_FDCWD, file, e) < 0 || document_decode_first(&document, &process_object, &process, e) < 0)
		return -1;
	c->config.process = &process;
	return check(&process, e) < 0 ? err_at(e, "%s", file) : 0;
}

/* list and then count further words */
static int append(struct arena *a, struct strings *list, const char *const *items, size_t count, struct err *e)
{
	if (!count)
		return 0;
	const char **joined = ARENA_NEW(a, const char *, list->count + count + 1, e);
	if (!joined)
		return -1;
	if (list->count)
		memcpy(joined, list->items, list->count * sizeof *joined);
	memcpy(joined + list->count, items, count * sizeof *joined);
	*list = (struct strings){ joined, list->count + (uint32_t)count };
	return 0;
}

static int number(const char *text, size_t length, uint32_t *value, struct err *e)
{
	char digits[16];
	uint64_t n;
	if (length >= sizeof digits)
		return err_set(e, "\"%s\" is no ID", text);
	memcpy(digits, text, length);
	digits[length] = 0;
	if (str_u64(digits, &n) < 0 || n > UINT32_MAX)
		return err_set(e, "\"%s\" is no ID (numbers alone)", text);
	*value = (uint32_t)n;
	return 0;
}

static int change_ids(const char *text, struct user_spec *user, struct err *e)
{
	size_t length = strcspn(text, ":");
	if (number(text, length, &user->uid, e) < 0)
		return -1;
	return text[length] ? number(text + length + 1, strlen(text + length + 1), &user->gid, e) : 0;
}

static int change_user(struct container *c, const struct exec_options *x, struct process *p, struct err *e)
{
	struct arena *a = &c->document->arena;
	if (!x->user && !x->gids.count)
		return 0;
	struct user_spec *user = ARENA_NEW(a, struct user_spec, 1, e);
	if (!user)
		return -1;
	if (p->user)
		*user = *p->user;
	if (x->user && change_ids(x->user, user, e) < 0)
		return err_at(e, "--user");
	int64_t *gids = ARENA_NEW(a, int64_t, user->additionalGids.count + x->gids.count + 1, e);
	uint32_t gid;
	if (!gids)
		return -1;
	if (user->additionalGids.count)
		memcpy(gids, user->additionalGids.items, user->additionalGids.count * sizeof *gids);
	for (uint32_t i = 0; i < x->gids.count; i++) {
		if (number(x->gids.items[i], strlen(x->gids.items[i]), &gid, e) < 0)
			return err_at(e, "--additional-gids");
		gids[user->additionalGids.count++] = gid;
	}
	user->additionalGids.items = gids;
	p->user = user;
	return user->additionalGids.count > LIMIT_GROUPS ? ERR_LIMIT(e, "--additional-gids", LIMIT_GROUPS) : 0;
}

/* As runc: bounding, effective and permitted; ambient too where the config has inheritable ones. */
static int add_capabilities(struct container *c, const struct exec_options *x, struct process *p, struct err *e)
{
	struct arena *a = &c->document->arena;
	if (!x->caps.count)
		return 0;
	struct capabilities *caps = ARENA_NEW(a, struct capabilities, 1, e);
	if (!caps)
		return -1;
	if (p->capabilities)
		*caps = *p->capabilities;
	p->capabilities = caps;
	struct strings *const sets[] = { &caps->bounding, &caps->effective, &caps->permitted, &caps->ambient };
	for (size_t i = 0; i < (caps->inheritable.count ? 4 : 3); i++)
		if (append(a, sets[i], x->caps.items, x->caps.count, e) < 0)
			return -1;
	return 0;
}

static int change(struct container *c, const struct exec_options *x, struct process *p, struct err *e)
{
	p->args = x->args;
	p->terminal = x->terminal;
	p->consoleSize = 0;
	if (x->cwd)
		p->cwd = x->cwd;
	if (x->apparmor)
		p->apparmorProfile = x->apparmor;
	if (x->label)
		p->selinuxLabel = x->label;
	if (x->no_new_privs)
		p->noNewPrivileges = true;
	if (append(&c->document->arena, &p->env, x->env.items, x->env.count, e) < 0)
		return -1;
	if (change_user(c, x, p, e) < 0 || add_capabilities(c, x, p, e) < 0)
		return -1;
	return check(p, e);
}

int enter_process_make(struct container *c, const struct exec_options *x, struct err *e)
{
	if (x->process)
		return read_file(c, x->process, e);
	struct process *p = ARENA_NEW(&c->document->arena, struct process, 1, e);
	if (!p)
		return -1;
	*p = *c->config.process;
	c->config.process = p;
	return change(c, x, p, e);
}
