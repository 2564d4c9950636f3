/* SPDX-License-Identifier: ISC */
/* Checks of the features document (runtime-spec, features.md, features-linux.md), which a runtime need not have. */
#include "spec/features.h"

#include <string.h>

#include "base/str.h"
#include "conform/conform.h"
#include "kernel/ns.h"
#include "spec/version.h"

DOCUMENT_REGIONS(features_region, 65536, 8192, 131072);

static void take(struct test *t, struct features *f)
{
	static struct document d;
	struct err e;
	if (call(t, "features", (char *)0) != 0)
		skip(t, "the runtime has no features command, which it MAY have");
	DOCUMENT_INIT(&d, "features", features_region);
	size_t length = strlen(t->out);
	memcpy(d.text, t->out, length + 1);
	must(t, document_parse(&d, length, &e) == 0 && document_decode_first(&d, &features_object, f, &e) == 0, "%s", e.text);
}

static bool has(const struct strings *list, const char *word)
{
	for (uint32_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i], word) == 0)
			return true;
	return false;
}

static void versions(struct test *t)
{
	struct features f;
	uint32_t major, minor;
	take(t, &f);
	want(t, version_parse(f.ociVersionMin, &major, &minor), "ociVersionMin is no version: %s", f.ociVersionMin);
	want(t, version_parse(f.ociVersionMax, &major, &minor), "ociVersionMax is no version: %s", f.ociVersionMax);
}

static void hooks(struct test *t)
{
	static const char *const known[] = { "prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop" };
	struct features f;
	take(t, &f);
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		want(t, has(&f.hooks, known[i]), "hooks lacks %s", known[i]);
	for (uint32_t i = 0; i < f.hooks.count; i++)
		want(t, str_word(f.hooks.items[i], known, sizeof known / sizeof *known) >= 0, "hooks has an unknown one: %s", f.hooks.items[i]);
}

static void linux_part(struct test *t)
{
	static const char *const options[] = { "bind", "rbind", "ro", "rw", "nosuid", "nodev", "noexec", "rprivate", "rshared", "rslave" };
	struct features f;
	take(t, &f);
	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		want(t, has(&f.mountOptions, options[i]), "mountOptions lacks %s", options[i]);
	must(t, f.linux_ != 0, "there is no linux");
	for (int i = 0; i < 6; i++)   /* cgroup and time need not be there */
		want(t, has(&f.linux_->namespaces, ns_types[i].word), "linux.namespaces lacks %s", ns_types[i].word);
	for (uint32_t i = 0; i < f.linux_->namespaces.count; i++)
		want(t, ns_find(f.linux_->namespaces.items[i]) >= 0, "linux.namespaces has an unknown one: %s", f.linux_->namespaces.items[i]);
	want(t, has(&f.linux_->capabilities, "CAP_SYS_ADMIN"), "linux.capabilities lacks CAP_SYS_ADMIN");
	want(t, f.linux_->cgroup && (f.linux_->cgroup->v1 || f.linux_->cgroup->v2), "linux.cgroup has neither v1 nor v2");
}

static const struct check checks[] = {
	{ .name = "features.versions", .since = SPEC_1_1, .section = "features.md, Specification version", .outside = versions },
	{ .name = "features.hooks", .since = SPEC_1_1, .section = "features.md, Hooks", .outside = hooks },
	{ .name = "features.linux", .since = SPEC_1_1, .section = "features-linux.md", .outside = linux_part },
};
const struct chapter chapter_features = { checks, sizeof checks / sizeof *checks };
