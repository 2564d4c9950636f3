/* SPDX-License-Identifier: ISC */
/* features (runtime-spec, features.md, features-linux.md): each list is that of the table which is asked when a container is made. */
#include "container/features.h"

#include <string.h>

#include "base/limits.h"
#include "container/pidfd.h"
#include "kernel/caps.h"
#include "kernel/mount_options.h"
#include "kernel/ns.h"
#include "kernel/seccomp.h"
#include "spec/config.h"
#include "spec/linux.h"
#include "spec/version.h"

#define OLDEST "1.0.0"
#define POOL 256   /* words of all lists, each with its end */

static LARGE struct { size_t used; const char *words[POOL]; } pool;

static void add(struct strings *list, const char *word)
{
	if (!list->items)
		list->items = pool.words + pool.used;
	if (pool.used == POOL)
		return;
	pool.words[pool.used++] = word;
	list->count++;
}

static struct strings collect(const char *(*word)(size_t), const char *without)
{
	struct strings list = { 0 };
	for (size_t i = 0; word(i); i++)
		if (!without || strcmp(word(i), without) != 0)
			add(&list, word(i));
	return list;
}

static const char *namespace_word(size_t i) { return i < NS_COUNT ? ns_types[i].word : 0; }
static const char *capability_word(size_t i) { return caps_name((unsigned)i); }
static const char *hook_word(size_t i) { return i < hooks_object.count ? hooks_object.fields[i].name : 0; }

/* The words that a member of config.json may have. */
static struct strings words_of(const struct object *table, const char *name)
{
	for (unsigned i = 0; i < table->count; i++)
		if (strcmp(table->fields[i].name, name) == 0 && field_words(&table->fields[i]))
			return (struct strings){ (const char **)(uintptr_t)table->fields[i].words->words, table->fields[i].words->count };
	return (struct strings){ 0 };
}

static const struct object *table_of(const struct object *table, const char *name)
{
	for (unsigned i = 0; i < table->count; i++)
		if (strcmp(table->fields[i].name, name) == 0)
			return table->fields[i].of;
	return 0;
}

static const struct features_enabled *enabled(bool works)
{
	static const struct features_enabled yes = { .enabled = true }, no = { .enabled = false };
	return works ? &yes : &no;
}

static const struct features_seccomp *seccomp(void)
{
	static struct features_seccomp s = { .enabled = true };
	s.actions = collect(seccomp_action_word, 0);
	s.operators = collect(seccomp_operator_word, 0);
	s.archs = collect(seccomp_arch_word, 0);
	s.knownFlags = collect(seccomp_flag_word, 0);
	s.supportedFlags = collect(seccomp_flag_word, 0);
	return &s;
}

static const struct features_linux *on_linux(void)
{
	static struct features_linux l;
	static struct features_cgroup cgroup = { .v1 = true, .v2 = true };
	static struct features_rdt rdt;
	static struct features_policy policy;
	static struct features_mounts mounts;
	l.namespaces = collect(namespace_word, 0);
	l.capabilities = collect(capability_word, 0);
	cgroup.rdma = true;
	l.cgroup = &cgroup;
	l.seccomp = seccomp();
	l.apparmor = enabled(true);
	l.selinux = enabled(true);
	rdt.enabled = rdt.schemata = rdt.monitoring = true;
	l.intelRdt = &rdt;
	const struct object *policies = table_of(&linux_object, "memoryPolicy");
	if (policies) {
		policy.modes = words_of(policies, "mode");
		policy.flags = words_of(policies, "flags");
		l.memoryPolicy = &policy;
	}
	mounts.idmap = enabled(true);
	l.mountExtensions = &mounts;
	l.netDevices = enabled(true);
	return &l;
}

const struct features *features_get(const char *version, const char *commit)
{
	static struct features f = { .ociVersionMin = OLDEST, .ociVersionMax = SPEC_VERSION };
	static struct pair annotations[4];
	static const char *unsafe[] = { PIDFD_RECEIVER };   /* the caller's rights are used on what it names */
	pool.used = 0;
	annotations[0] = (struct pair){ "io.github.seccomp.libseccomp.version", seccomp_library() };
	annotations[1] = (struct pair){ "org.opencontainers.runc.checkpoint.enabled", "false" };   /* the key that engines ask */
	annotations[2] = (struct pair){ "org.opencontainers.runlet.commit", commit };
	annotations[3] = (struct pair){ "org.opencontainers.runlet.version", version };
	f.potentiallyUnsafeConfigAnnotations = (struct strings){ unsafe, sizeof unsafe / sizeof *unsafe };
	f.hooks = collect(hook_word, 0);
	f.mountOptions = collect(mount_option_word, 0);
	f.linux_ = on_linux();
	f.annotations = (struct string_map){ annotations, sizeof annotations / sizeof *annotations };
	return &f;
}
