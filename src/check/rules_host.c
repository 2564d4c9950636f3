/* SPDX-License-Identifier: ISC */
/* --host-specific: whether this kernel and machine have what the config asks for; runtime-spec, config.md, config-linux.md. */
#include "check/rules.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"
#include "kernel/caps.h"
#include "kernel/probe.h"

/* Whether a line of the file ends (end) or begins with word, with one of `behind` (or the line's end) beside it. */
static bool has_line(const char *file, const char *word, bool end, char beside)
{
	static LARGE char text[65536];
	struct err e;
	size_t length = strlen(word);
	if (io_read_file(AT_FDCWD, file, text, sizeof text, &e) < 0)
		return false;
	for (char *line = text, *next; *line; line = next) {
		size_t used = strcspn(line, "\n");
		next = line + used + (line[used] == '\n');
		const char *at = end && used >= length ? line + used - length : line;
		if (used >= length && memcmp(at, word, length) == 0 && (end ? at == line || at[-1] == beside : used == length || at[length] == beside))
			return true;
	}
	return false;
}

static bool is_bind(const struct mount *m)
{
	for (uint32_t i = 0; i < m->options.count; i++)
		if (strcmp(m->options.items[i], "bind") == 0 || strcmp(m->options.items[i], "rbind") == 0)
			return true;
	return !m->type || !*m->type || strcmp(m->type, "bind") == 0;
}

static void filesystems(struct check *c)
{
	for (uint32_t i = 0; i < c->config->mounts.count; i++) {
		const struct mount *m = &c->config->mounts.items[i];
		if (!is_bind(m) && !has_line("/proc/filesystems", m->type, true, '\t'))
			rule_broken_at(c, "~Mmounts[%u].type\1this kernel has no such filesystem", i);
	}
}

static void capabilities(struct check *c)
{
	const struct capabilities *s = c->config->process ? c->config->process->capabilities : 0;
	const struct { const char *name; const struct strings *words; } sets[] = {
		{ "bounding", s ? &s->bounding : 0 }, { "effective", s ? &s->effective : 0 }, { "inheritable", s ? &s->inheritable : 0 },
		{ "permitted", s ? &s->permitted : 0 }, { "ambient", s ? &s->ambient : 0 },
	};
	char text[32];
	struct err e;
	uint64_t last = CAPS_COUNT - 1;
	if (io_read_file(AT_FDCWD, "/proc/sys/kernel/cap_last_cap", text, sizeof text, &e) > 0) {
		text[strcspn(text, "\n")] = '\0';
		str_u64(text, &last);
	}
	for (unsigned set = 0; s && set < 5; set++)
		for (uint32_t i = 0; i < sets[set].words->count; i++)
			if (caps_find(sets[set].words->items[i]) > (int)last)
				rule_broken_at(c, "~Lprocess.capabilities.%s[%u]\1this kernel has no such capability", sets[set].name, i);
}

static void hooks(struct check *c)
{
	const struct hooks *h = c->config->hooks;
	const struct { const char *name; const hook_list *list; } kinds[] = {
		{ "prestart", h ? &h->prestart : 0 }, { "createRuntime", h ? &h->createRuntime : 0 }, { "createContainer", h ? &h->createContainer : 0 },
		{ "startContainer", h ? &h->startContainer : 0 }, { "poststart", h ? &h->poststart : 0 }, { "poststop", h ? &h->poststop : 0 },
	};
	for (unsigned kind = 0; h && kind < 6; kind++)
		for (uint32_t i = 0; i < kinds[kind].list->count; i++) {
			const char *path = kinds[kind].list->items[i].path;
			if (!path)
				continue;
			int fd = kind == 3 ? rule_open(c, path, 0) : open(path, O_PATH | O_CLOEXEC);   /* startContainer's is the container's own */
			if (fd != -2 && !rule_executable(fd))
				rule_broken_at(c, "!Hhooks.%s[%u].path\1is no executable file", kinds[kind].name, i);
			io_close(fd);
		}
}

static bool has_interface(const char *name)
{
	char path[64];
	struct err e;
	return !strchr(name, '/') && str_format(path, sizeof path, &e, "/sys/class/net/%s", name) > 0 && access(path, F_OK) == 0;
}

static void on_linux(struct check *c, const struct linux_config *l)
{
	const struct network_resources *n = l->resources ? l->resources->network : 0;
	for (uint32_t i = 0; n && i < n->priorities.count; i++)
		if (n->priorities.items[i].name && !has_interface(n->priorities.items[i].name))
			rule_broken_at(c, "~Wlinux.resources.network.priorities[%u].name\1no such network device here", i);
	for (uint32_t i = 0; i < l->netDevices.count; i++)
		if (!has_interface(l->netDevices.items[i].key))
			rule_broken_at(c, "!Vlinux.netDevices[\"%.300s\"]\1no such network device here", l->netDevices.items[i].key);
	for (uint32_t i = 0; i < l->namespaces.count; i++) {
		const struct namespace_spec *s = &l->namespaces.items[i];
		if (s->path && *s->path && access(s->path, F_OK) < 0)
			rule_broken_at(c, "!Nlinux.namespaces[%u].path\1is not there", i);
		else if ((s->node.present & 1) && !probe_has(FACILITY_NS_PID + (unsigned)s->type))
			rule_broken_at(c, "!Nlinux.namespaces[%u].type\1this kernel has no such namespaces", i);
	}
}

void rules_host(struct check *c)
{
	const char *profile = c->config->process ? c->config->process->apparmorProfile : 0;
	filesystems(c);
	capabilities(c);
	hooks(c);
	if (profile && *profile && strcmp(profile, "unconfined") != 0 && !has_line("/sys/kernel/security/apparmor/profiles", profile, false, ' '))
		rule_broken_at(c, "!Lprocess.apparmorProfile\1this kernel has no such profile");
	if (c->config->linux_)
		on_linux(c, c->config->linux_);
}
