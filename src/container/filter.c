/* SPDX-License-Identifier: ISC */
/* linux.seccomp (runtime-spec, config-linux.md, "Seccomp") in the words of kernel/seccomp.h. */
#include "container/filter.h"

#include <fcntl.h>
#include <string.h>

#include "base/io.h"
#include "base/log.h"
#include "base/out.h"
#include "container/filter_cache.h"
#include "container/listener.h"

static const uint32_t *errno_of(const struct seccomp_rule *r)
{
	return spec_has(&seccomp_rule_object, r, "errnoRet") ? &r->errnoRet : 0;
}

static struct seccomp_compare *compares(struct arena *a, const struct seccomp_rule *r, struct err *e)
{
	struct seccomp_compare *list = ARENA_NEW(a, struct seccomp_compare, r->args.count, e);
	for (uint32_t i = 0; list && i < r->args.count; i++)
		list[i] = (struct seccomp_compare){ r->args.items[i].index, r->args.items[i].value, r->args.items[i].valueTwo, r->args.items[i].op };
	return list;
}

static struct seccomp_calls *calls(struct arena *a, const struct seccomp_spec *s, struct err *e)
{
	struct seccomp_calls *list = ARENA_NEW(a, struct seccomp_calls, s->syscalls.count, e);
	for (uint32_t i = 0; list && i < s->syscalls.count; i++) {
		const struct seccomp_rule *r = &s->syscalls.items[i];
		list[i] = (struct seccomp_calls){
			.names = r->names.items, .name_count = r->names.count, .action = r->action, .errno_ret = errno_of(r), .arg_count = r->args.count,
		};
		if (r->args.count && !(list[i].args = compares(a, r, e)))
			return 0;
	}
	return list;
}

static bool unknown_calls_fail(const struct config *config)
{
	const char *value = spec_value(&config->annotations, "run.oci.seccomp_fail_unknown_syscall");
	return value && strcmp(value, "0") != 0;
}

static int profile_of(struct container *c, struct seccomp_profile *profile, struct err *e)
{
	const struct seccomp_spec *s = c->config.linux_->seccomp;
	*profile = (struct seccomp_profile){
		.default_action = s->defaultAction,
		.default_errno_ret = spec_has(&seccomp_object, s, "defaultErrnoRet") ? &s->defaultErrnoRet : 0,
		.architectures = s->architectures.items, .architecture_count = s->architectures.count,
		.flags = s->flags.items, .flag_count = s->flags.count,
		.call_count = s->syscalls.count,
		.unknown_calls_fail = unknown_calls_fail(&c->config),
	};
	return s->syscalls.count && !(profile->calls = calls(&c->document->arena, s, e)) ? -1 : 0;
}

/* From the cache, a ready one, or compiled and kept in the cache. */
static int open_filter(struct container *c, const struct seccomp_profile *profile, struct err *e)
{
	char key[FILTER_KEY_BYTES];
	struct err kept;
	int fd;
	filter_cache_key(profile, key);
	if (c->root_fd >= 0 && (fd = filter_cache_open(c->root_fd, key, &c->filter)) >= 0)
		return fd;
	if (c->options.filters && *c->options.filters && (fd = filter_ready_open(c->options.filters, key, &c->filter)) >= 0)
		return fd;
	log_debug("compiling filter %s", key);
	if (seccomp_compile(profile, &c->filter, e) < 0)
		return -1;
	if (c->root_fd >= 0 && filter_cache_put(c->root_fd, key, &c->filter, &kept) < 0)
		log_debug("the filter is not kept: %s", kept.text);
	fd = filter_cache_memory(&c->filter, e);
	seccomp_free(&c->filter);
	return fd;
}

static void take_no_flags(struct container *c)
{
	c->filter.no_flags = !spec_has(&seccomp_object, c->config.linux_->seccomp, "flags");
}

int filter_find(struct container *c, struct err *e)
{
	struct seccomp_profile profile;
	if (profile_of(c, &profile, e) < 0)
		return -1;
	if ((c->filter_fd = open_filter(c, &profile, e)) < 0)
		return err_at(e, "linux.seccomp");
	take_no_flags(c);
	log_debug("seccomp filter flags: %lu", (unsigned long)seccomp_install_flags(&c->filter));
	return listener_check(c, e);
}

int filter_load(struct container *c, struct err *e)
{
	int result = filter_cache_take(c->filter_fd, &c->filter, e);
	c->filter_fd = io_close_later(c->filter_fd);
	take_no_flags(c);
	return result < 0 ? err_at(e, "linux.seccomp") : 0;
}

int filter_compile(struct container *c, struct err *e)
{
	return filter_find(c, e) < 0 ? -1 : filter_load(c, e);
}

static int write_ready(struct container *c, int directory, unsigned level, struct out *out, struct err *e)
{
	struct seccomp_profile profile;
	char key[FILTER_KEY_BYTES];
	if (profile_of(c, &profile, e) < 0)
		return -1;
	profile.level = level;
	filter_cache_key(&profile, key);
	if (seccomp_compile(&profile, &c->filter, e) < 0)
		return err_at(e, "linux.seccomp");
	int result = filter_cache_write(directory, key, &c->filter, 0644, e);
	out_printf(out, "%s\t%s\t%lu instructions\n", key, c->options.bundle, (unsigned long)c->filter.instructions);
	seccomp_free(&c->filter);
	return result;
}

int container_ready_filter(struct container *c, int directory, unsigned level, struct out *out, struct err *e)
{
	int bundle = openat(AT_FDCWD, c->options.bundle, O_PATH | O_DIRECTORY | O_CLOEXEC), result;
	if (bundle < 0)
		return err_sys(e, "%s: cannot open the bundle", c->options.bundle);
	result = document_read(c->document, bundle, "config.json", e);
	io_close(bundle);
	if (result < 0 || document_decode_first(c->document, &config_object, &c->config, e) < 0)
		return err_at(e, "%s", c->options.bundle);
	if (!c->config.linux_ || !c->config.linux_->seccomp) {
		out_printf(out, "-\t%s\tno linux.seccomp\n", c->options.bundle);
		return 0;
	}
	return write_ready(c, directory, level, out, e) < 0 ? err_at(e, "%s", c->options.bundle) : 0;
}
