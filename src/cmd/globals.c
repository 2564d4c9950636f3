/* SPDX-License-Identifier: ISC */
/* Options before the subcommand, their defaults, and the log. */
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/str.h"
#include "cmd/cmd.h"

struct globals globals = { .filters = "/etc/runlet/filters" };

static const char *criu;   /* of runc's older callers, which has been without meaning for long */
const struct option global_options[] = {
	{ "root",           0,   OPTION_WHOLE_TEXT, &globals.root,           "DIR",  "where containers' state is kept (/run/runlet; not root: $XDG_RUNTIME_DIR/runlet)" },
	{ "log",            0,   OPTION_TEXT, &globals.log,            "FILE", "append errors and warnings to FILE, too" },
	{ "log-format",     0,   OPTION_TEXT, &globals.log_format,     "FORM", "of the log file: text (default) or json" },
	{ "log-level",      0,   OPTION_TEXT, &globals.log_level,      "NAME", "error, warning (default) or debug" },
	{ "debug",          0,   OPTION_FLAG, &globals.debug,          0,      "say what is done" },
	{ "cgroup-manager", 0,   OPTION_TEXT, &globals.cgroup_manager, "NAME", "cgroupfs (default) or disabled" },
	{ "systemd-cgroup", 0,   OPTION_FLAG, &globals.systemd_cgroup, 0,      "not built yet: use --cgroup-manager cgroupfs" },
	{ "rootless",       0,   OPTION_TEXT, &globals.rootless,       "WHEN", "true, false or auto (default)" },
	{ "compliance-level", 0, OPTION_TEXT, &globals.compliance_level, "LEVEL", 0 },
	{ "host-specific",  0,   OPTION_FLAG, &globals.host_specific,  0,      0 },
	{ "filters",        0,   OPTION_TEXT, &globals.filters,        "DIR",  "ready system call filters, made by `seccomp compile` (/etc/runlet/filters)" },
	{ "criu",           0,   OPTION_TEXT, &criu,                   "PATH", 0 },
	{ "version",        'v', OPTION_FLAG, &globals.version,        0,      "print the version" },
	{ "help",           'h', OPTION_FLAG, &globals.help,           0,      "print this help" },
};
const size_t global_option_count = COUNT(global_options);

static int one_of(const char *option, const char *value, const char *const *words, size_t count, struct err *e)
{
	int found = value ? str_word(value, words, count) : 0;
	return found < 0 ? err_set(e, "--%s %s: unknown; see --help", option, value) : found;
}

static int default_root(struct err *e)
{
	static LARGE char root[LIMIT_PATH_BYTES];
	globals.root_given = globals.root;
	if (globals.root)
		return *globals.root ? 0 : err_set(e, "--root: empty");
	bool rootless = geteuid() != 0;
	const char *runtime = rootless ? getenv("XDG_RUNTIME_DIR") : 0;
	if (rootless && (!runtime || !*runtime))
		return globals.stateless ? 0 : err_set(e, "no place for state: give --root, or set XDG_RUNTIME_DIR");
	if (str_format(root, sizeof root, e, "%s/runlet", runtime ? runtime : "/run") < 0)
		return err_at(e, "XDG_RUNTIME_DIR");
	globals.root = root;
	return 0;
}

int globals_apply(struct err *e)
{
	static const char *const formats[] = { "text", "json" };
	static const char *const levels[] = { "warning", "error", "debug", "info" };
	static const enum log_level level_of[] = { LOG_WARNING, LOG_ERROR, LOG_DEBUG, LOG_INFO };
	static const char *const managers[] = { "cgroupfs", "disabled", "systemd" };
	static const char *const rootless[] = { "auto", "true", "false" };
	globals.applied = true;
	int format = one_of("log-format", globals.log_format, formats, COUNT(formats), e);
	int level = one_of("log-level", globals.log_level, levels, COUNT(levels), e);
	if (format < 0 || level < 0)
		return -1;
	if (log_open(globals.log, format == 1, globals.debug ? LOG_DEBUG : level_of[level], e) < 0)
		return -1;
	int manager = one_of("cgroup-manager", globals.cgroup_manager, managers, COUNT(managers), e);
	if (manager < 0 || one_of("rootless", globals.rootless, rootless, COUNT(rootless), e) < 0)
		return -1;
	if (manager == 2 || globals.systemd_cgroup)
		return err_set(e, "systemd's cgroup manager: not built yet; use --cgroup-manager cgroupfs");
	return default_root(e);
}
