/* SPDX-License-Identifier: ISC */
/* Rules on what all platforms share: runtime-spec, config.md, bundle.md. */
#include "check/rules.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/path.h"
#include "base/str.h"
#include "kernel/caps.h"
#include "spec/windows.h"


void rule_broken_at(struct check *c, const char *rule, ...)
{
	static const char *const sections[] = {
		['R' - 'A'] = "config.md, Root", ['M' - 'A'] = "config.md, Mounts", ['P' - 'A'] = "config.md, Process", ['X' - 'A'] = "config.md, POSIX process",
		['L' - 'A'] = "config.md, Linux Process", ['A' - 'A'] = "config.md, Annotations", ['O' - 'A'] = "config.md, Platform-specific configuration",
		['H' - 'A'] = "config.md, POSIX-platform Hooks", ['B' - 'A'] = "bundle.md, Filesystem Bundle", ['N' - 'A'] = "config-linux.md, Namespaces",
		['D' - 'A'] = "config-linux.md, Devices", ['Y' - 'A'] = "config-linux.md, Memory", ['C' - 'A'] = "config-linux.md, Sysctl", ['S' - 'A'] = "config-linux.md, Seccomp",
		['V' - 'A'] = "config-linux.md, Network Devices", ['W' - 'A'] = "config-linux.md, Network", ['U' - 'A'] = "config-linux.md, CPU",
	};
	static struct place place;
	char text[ERR_TEXT_MAX], *reason;
	va_list args;
	va_start(args, rule);
	vsnprintf(text, sizeof text, rule + 2, args);
	va_end(args);
	reason = strrchr(text, '\1');
	*reason = '\0';
	place_back(&place, 0);
	place_member(&place, text);
	report_add(c->report, *rule == '!' ? LEVEL_MUST : *rule == '~' ? LEVEL_SHOULD : LEVEL_MAY, &place, sections[rule[1] - 'A'], "%s", reason + 1);
}

bool rule_below(const char *path, const char *above)
{
	size_t length = strlen(above);
	while (length && (above[length - 1] == '/' || above[length - 1] == '\\'))
		length--;
	return strncmp(path, above, length) == 0 && (path[length] == '\0' || path[length] == '/' || path[length] == '\\');
}

int rule_open(const struct check *c, const char *path, int flags)
{
	for (uint32_t i = 0; i < c->config->mounts.count; i++) {
		const char *destination = c->config->mounts.items[i].destination;
		if (destination && (rule_below(path, destination) || (*destination != '/' && rule_below(path + 1, destination))))
			return -2;
	}
	return c->root_fd < 0 ? -2 : path_open(c->root_fd, path, O_PATH | flags, 0);
}

bool rule_executable(int fd)
{
	struct stat st;
	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 0111);
}

static bool is_drive(const char *path)
{
	char letter = (char)(path[0] | 0x20);
	return (letter >= 'a' && letter <= 'z' && path[1] == ':' && (path[2] == '\\' || path[2] == '/')) || path[0] == '\\';
}

static bool is_absolute(const struct check *c, const char *path)
{
	return c->platform == WINDOWS ? is_drive(path) : path[0] == '/';
}

/* \\?\Volume{8-4-4-4-12 hexadecimal digits}\ */
static bool is_volume(const char *path)
{
	static const char form[] = "\\\\?\\Volume{xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx}\\";
	size_t i;
	for (i = 0; form[i]; i++)
		if (form[i] == 'x' ? !path[i] || !strchr("0123456789abcdefABCDEF", path[i]) : path[i] != form[i])
			return false;
	return path[i] == '\0';
}

static void windows_root(struct check *c)
{
	const struct root *root = c->config->root;
	const struct windows *w = c->config->windows;
	if (!w)
		rule_broken_at(c, "!Owindows\1must be set for this platform");
	if (w && w->hyperv) {
		if (root)
			rule_broken_at(c, "!Rroot\1must not be set for a Hyper-V container");
		return;
	}
	if (!root && w)
		rule_broken_at(c, "!Rroot\1missing");
	if (root && root->path && !is_volume(root->path))
		rule_broken_at(c, "!Rroot.path\1is no volume GUID path");
	if (root && root->readonly)
		rule_broken_at(c, "!Rroot.readonly\1must be false or absent on Windows");
}

/* Whether path is a child of the bundle's own directory, as it is written. */
static bool is_child(const struct check *c, const char *path, size_t length)
{
	char parent[LIMIT_PATH_BYTES];
	struct stat is, wanted;
	size_t name = length;
	while (name && path[name - 1] != '/')
		name--;
	if (strncmp(path + name, ".", length - name) == 0 || strncmp(path + name, "..", length - name) == 0 || name >= sizeof parent)
		return false;
	memcpy(parent, name ? path : ".", name ? name : 1);
	parent[name ? name : 1] = '\0';
	return fstatat(c->bundle_fd, parent, &is, 0) == 0 && fstat(c->bundle_fd, &wanted) == 0 && is.st_dev == wanted.st_dev && is.st_ino == wanted.st_ino;
}

static void posix_root(struct check *c)
{
	const struct root *root = c->config->root;
	if (!root || !root->path) {
		if (!root && c->config->windows)
			rule_broken_at(c, "!Rroot\1missing");
		return;
	}
	size_t length = strlen(root->path);
	while (length > 1 && root->path[length - 1] == '/')
		length--;
	if (length < 6 || memcmp(root->path + length - 6, "rootfs", 6) != 0 || (length > 6 && root->path[length - 7] != '/'))
		rule_broken_at(c, "~Rroot.path\1the last component should be \"rootfs\"");
	c->root_fd = openat(c->bundle_fd, root->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (c->root_fd < 0)
		rule_broken_at(c, "!Rroot.path\1no directory is there: %s", strerror(errno));
	else if (!is_child(c, root->path, length))
		rule_broken_at(c, "!Broot.path\1is no directory in the bundle");
}

static void mounts(struct check *c)
{
	for (uint32_t i = 0; i < c->config->mounts.count && i < LIMIT_MOUNTS; i++) {
		const char *own = c->config->mounts.items[i].destination;
		bool hidden = false;
		if (!own)
			continue;
		if (!is_absolute(c, own) && (c->platform != LINUX || c->minor < 2))
			rule_broken_at(c, "!Mmounts[%u].destination\1is not an absolute path", i);
		for (uint32_t later = i + 1; later < c->config->mounts.count && later < LIMIT_MOUNTS; later++) {
			const char *other = c->config->mounts.items[later].destination;
			if (!other)
				continue;
			if (c->platform == WINDOWS && (rule_below(own, other) || rule_below(other, own)))
				rule_broken_at(c, "!Mmounts[%u].destination\1nested with that of mounts[%u]", i, later);
			else if (c->platform != WINDOWS && !hidden && (hidden = rule_below(own, other)))
				rule_broken_at(c, ".Mmounts[%u].destination\1hidden by mounts[%u]", i, later);
		}
	}
}

static void program(struct check *c, const struct process *p)
{
	const char *path = p->args.count ? p->args.items[0] : 0;
	int fd = path && path[0] == '/' && c->platform != WINDOWS ? rule_open(c, path, 0) : -2;
	if (fd == -1)
		rule_broken_at(c, "~Pprocess.args[0]\1is not in the root filesystem: %s", strerror(errno));
	else if (fd >= 0 && !rule_executable(fd))
		rule_broken_at(c, "!Pprocess.args[0]\1is no executable file");
	io_close(fd);
}

static void solaris_rlimits(struct check *c, const struct process *p)
{
	static const char *const known[] = { "RLIMIT_AS", "RLIMIT_CORE", "RLIMIT_CPU", "RLIMIT_DATA", "RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_STACK" };
	for (uint32_t i = 0; i < p->rlimits.count; i++)
		if (p->rlimits.items[i].type && str_word(p->rlimits.items[i].type, known, sizeof known / sizeof *known) < 0)
			rule_broken_at(c, "!Xprocess.rlimits[%u].type\1is no limit of POSIX", i);
}

static uint64_t capability_set(struct check *c, const struct strings *words, const char *set)
{
	uint64_t bits = 0;
	for (uint32_t i = 0; i < words->count; i++) {
		int number = caps_find(words->items[i]);
		if (number < 0)
			rule_broken_at(c, c->minor ? "~Lprocess.capabilities.%s[%u]\1no such capability" : "!Lprocess.capabilities.%s[%u]\1no such capability", set, i);   /* 1.1 made it a warning */
		else
			bits |= 1ull << number;
	}
	return bits;
}

static void capabilities(struct check *c, const struct capabilities *sets)
{
	uint64_t permitted = capability_set(c, &sets->permitted, "permitted"), inheritable = capability_set(c, &sets->inheritable, "inheritable");
	uint64_t effective = capability_set(c, &sets->effective, "effective"), ambient = capability_set(c, &sets->ambient, "ambient");
	capability_set(c, &sets->bounding, "bounding");
	if (effective & ~permitted)
		rule_broken_at(c, "~Lprocess.capabilities.effective\1more than what is permitted");
	if (ambient & ~(permitted & inheritable))
		rule_broken_at(c, "~Lprocess.capabilities.ambient\1more than what is permitted and inheritable");
}

static void process(struct check *c)
{
	const struct process *p = c->config->process;
	if (!p)
		return;
	if (p->cwd && !is_absolute(c, p->cwd) && (c->platform == WINDOWS || is_drive(p->cwd)))   /* else the table has said it */
		rule_broken_at(c, "!Pprocess.cwd\1is not an absolute path");
	program(c, p);
	if (c->platform == SOLARIS)
		solaris_rlimits(c, p);
	if (p->capabilities && c->platform == LINUX)
		capabilities(c, p->capabilities);
}

/* com.example.key: letters, then more parts */
static bool is_reverse_domain(const char *key)
{
	size_t letters = strspn(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
	const char *at = key + letters;
	if (letters < 2 || *at != '.')
		return false;
	for (; *at; at++)
		if ((unsigned char)*at <= ' ' || *at == 0x7F || (*at == '.' && (at[1] == '.' || at[1] == '\0')))
			return false;
	return true;
}

static void annotations(struct check *c)
{
	for (uint32_t i = 0; i < c->config->annotations.count; i++) {
		const char *key = c->config->annotations.items[i].key;
		if (str_starts(key, "org.opencontainers.") && !str_starts(key, "org.opencontainers.image."))
			rule_broken_at(c, "!Aannotations[\"%.300s\"]\1org.opencontainers is reserved", key);
		else if (*key && !is_reverse_domain(key))
			rule_broken_at(c, "~Aannotations[\"%.300s\"]\1no reverse domain, like com.example.key", key);
	}
}

void rules_bundle(struct check *c)
{
	if (c->platform == WINDOWS)
		windows_root(c);
	else
		posix_root(c);
	process(c);
	mounts(c);
	annotations(c);
}
