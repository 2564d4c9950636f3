/* SPDX-License-Identifier: ISC */
/* The option table of mounts: runtime-spec, config.md, "Linux mount options"; mount(8), filesystem-independent options; mount_setattr(2) for the r… words. */
#include "kernel/mount_options.h"

#include <string.h>
#include <sys/mount.h>

#include "base/str.h"

#ifndef MS_LAZYTIME
#define MS_LAZYTIME (1ul << 25)
#endif
#ifndef MS_NOSYMFOLLOW
#define MS_NOSYMFOLLOW 256ul
#endif
#define RELATIME_ATTR 0u   /* MOUNT_ATTR_RELATIME: no bit in the field of atime */

enum what { SET, CLEAR, PROPAGATE, REC_SET, REC_CLEAR, EXTEND };
struct option {
	const char *word;
	enum what what;
	unsigned long value;   /* MS_*, SYS_MOUNT_ATTR_* or enum mount_extension */
};

static const struct option options[] = {
	/* "acl" and "noacl" are not here: they are data of the filesystems that know them; MS_POSIXACL is the kernel's own */
	{ "async", CLEAR, MS_SYNCHRONOUS }, { "atime", CLEAR, MS_NOATIME }, { "bind", SET, MS_BIND }, { "defaults", SET, 0 },
	{ "dev", CLEAR, MS_NODEV }, { "diratime", CLEAR, MS_NODIRATIME }, { "dirsync", SET, MS_DIRSYNC }, { "exec", CLEAR, MS_NOEXEC },
	{ "iversion", SET, MS_I_VERSION }, { "lazytime", SET, MS_LAZYTIME }, { "loud", CLEAR, MS_SILENT }, { "mand", SET, MS_MANDLOCK },
	{ "noatime", SET, MS_NOATIME }, { "nodev", SET, MS_NODEV }, { "nodiratime", SET, MS_NODIRATIME }, { "noexec", SET, MS_NOEXEC },
	{ "noiversion", CLEAR, MS_I_VERSION }, { "nolazytime", CLEAR, MS_LAZYTIME }, { "nomand", CLEAR, MS_MANDLOCK },
	{ "norelatime", CLEAR, MS_RELATIME }, { "nostrictatime", CLEAR, MS_STRICTATIME }, { "nosuid", SET, MS_NOSUID },
	{ "nosymfollow", SET, MS_NOSYMFOLLOW }, { "rbind", SET, MS_BIND | MS_REC }, { "relatime", SET, MS_RELATIME }, { "remount", SET, MS_REMOUNT },
	{ "ro", SET, MS_RDONLY }, { "rw", CLEAR, MS_RDONLY }, { "silent", SET, MS_SILENT }, { "strictatime", SET, MS_STRICTATIME },
	{ "suid", CLEAR, MS_NOSUID }, { "symfollow", CLEAR, MS_NOSYMFOLLOW }, { "sync", SET, MS_SYNCHRONOUS },

	{ "private", PROPAGATE, MS_PRIVATE }, { "rprivate", PROPAGATE, MS_PRIVATE | MS_REC },
	{ "shared", PROPAGATE, MS_SHARED }, { "rshared", PROPAGATE, MS_SHARED | MS_REC },
	{ "slave", PROPAGATE, MS_SLAVE }, { "rslave", PROPAGATE, MS_SLAVE | MS_REC },
	{ "unbindable", PROPAGATE, MS_UNBINDABLE }, { "runbindable", PROPAGATE, MS_UNBINDABLE | MS_REC },

	{ "rro", REC_SET, SYS_MOUNT_ATTR_RDONLY }, { "rrw", REC_CLEAR, SYS_MOUNT_ATTR_RDONLY },
	{ "rnosuid", REC_SET, SYS_MOUNT_ATTR_NOSUID }, { "rsuid", REC_CLEAR, SYS_MOUNT_ATTR_NOSUID },
	{ "rnodev", REC_SET, SYS_MOUNT_ATTR_NODEV }, { "rdev", REC_CLEAR, SYS_MOUNT_ATTR_NODEV },
	{ "rnoexec", REC_SET, SYS_MOUNT_ATTR_NOEXEC }, { "rexec", REC_CLEAR, SYS_MOUNT_ATTR_NOEXEC },
	{ "rnodiratime", REC_SET, SYS_MOUNT_ATTR_NODIRATIME }, { "rdiratime", REC_CLEAR, SYS_MOUNT_ATTR_NODIRATIME },
	{ "rnosymfollow", REC_SET, SYS_MOUNT_ATTR_NOSYMFOLLOW }, { "rsymfollow", REC_CLEAR, SYS_MOUNT_ATTR_NOSYMFOLLOW },
	{ "rrelatime", REC_SET, RELATIME_ATTR }, { "rnorelatime", REC_CLEAR, RELATIME_ATTR },
	{ "rnoatime", REC_SET, SYS_MOUNT_ATTR_NOATIME }, { "ratime", REC_CLEAR, SYS_MOUNT_ATTR_NOATIME },
	{ "rstrictatime", REC_SET, SYS_MOUNT_ATTR_STRICTATIME }, { "rnostrictatime", REC_CLEAR, SYS_MOUNT_ATTR_STRICTATIME },

	{ "tmpcopyup", EXTEND, MOUNT_TMPCOPYUP }, { "copy-symlink", EXTEND, MOUNT_COPY_SYMLINK }, { "src-nofollow", EXTEND, MOUNT_SRC_NOFOLLOW },
	{ "dest-nofollow", EXTEND, MOUNT_DEST_NOFOLLOW }, { "idmap", EXTEND, MOUNT_IDMAP }, { "ridmap", EXTEND, MOUNT_RIDMAP },
};
#define OPTIONS (sizeof options / sizeof *options)

void mount_options_clear(struct mount_options *o)
{
	memset(o, 0, offsetof(struct mount_options, data) + 1);
}

static int add_data(struct mount_options *o, const char *word, struct err *e)
{
	size_t length = strlen(word), comma = o->data_length > 0;
	if (o->data_length + comma + length >= sizeof o->data)
		return err_set(e, "options: more than %d bytes of data for the filesystem (one page, mount(2))", MOUNT_DATA_BYTES - 1);
	if (comma)
		o->data[o->data_length++] = ',';
	memcpy(o->data + o->data_length, word, length + 1);
	o->data_length += length;
	return 0;
}

static void set_recursive(struct mount_options *o, enum what what, unsigned long value)
{
	/* The atime values are one field, of which relatime is 0: the field is cleared as a whole before a value is set. The word that takes a value back
	 * ("ratime", "rnorelatime" …) leaves the field at relatime, the kernel's default. */
	bool atime = value == RELATIME_ATTR || (value & SYS_MOUNT_ATTR_ATIME);
	uint64_t mask = atime ? SYS_MOUNT_ATTR_ATIME : value;
	o->recursive.attr_set &= ~mask;
	if (what == REC_SET)
		o->recursive.attr_set |= value;
	if (what == REC_CLEAR || atime)
		o->recursive.attr_clr |= mask;
	else
		o->recursive.attr_clr &= ~mask;
}

static const struct option *find(const char *word, size_t length)
{
	for (size_t i = 0; i < OPTIONS; i++)
		if (*options[i].word == *word && strncmp(options[i].word, word, length) == 0 && !options[i].word[length])
			return &options[i];
	return 0;
}

static int extend(struct mount_options *o, const struct option *option, const char *argument)
{
	o->extensions |= (unsigned)option->value;
	if (argument)
		o->idmap = argument;
	return 0;
}

int mount_option_add(struct mount_options *o, const char *word, struct err *e)
{
	const char *equals = strchr(word, '=');
	size_t length = equals ? (size_t)(equals - word) : strlen(word);
	const struct option *option = find(word, length);
	if (!*word)
		return 0;
	/* Of the table's words only idmap and ridmap have an argument: "mode=…" and so on are the filesystem's */
	if (!option || (equals && !(option->what == EXTEND && (option->value & (MOUNT_IDMAP | MOUNT_RIDMAP)))))
		return add_data(o, word, e);
	switch (option->what) {
	case SET:
		o->flags |= option->value;
		o->cleared &= ~option->value;
		return 0;
	case CLEAR:
		o->flags &= ~option->value;
		o->cleared |= option->value;
		return 0;
	case PROPAGATE:
		if (o->propagation_count == MOUNT_PROPAGATIONS)
			return err_set(e, "options: more than %d propagation types", MOUNT_PROPAGATIONS);
		o->propagation[o->propagation_count++] = option->value;
		return 0;
	case REC_SET:
	case REC_CLEAR:
		set_recursive(o, option->what, option->value);
		return 0;
	case EXTEND:
		return extend(o, option, equals ? equals + 1 : 0);
	}
	return 0;
}

int mount_data(char buffer[MOUNT_DATA_BYTES], const char *type, const char *mode, const char *own, const char *label, struct err *e)
{
	static const char *const unlabelled[] = { "proc", "sysfs", "mqueue" };
	bool context = *label && str_word(type ? type : "", unlabelled, sizeof unlabelled / sizeof *unlabelled) < 0;
	return str_format(buffer, MOUNT_DATA_BYTES, e, "%s%s%s%s%s%s%s", mode, *mode && *own ? "," : "", own, context && (*mode || *own) ? "," : "",
			  context ? "context=\"" : "", context ? label : "", context ? "\"" : "") < 0 ? err_at(e, "options") : 0;
}

const char *mount_option_word(size_t i)
{
	return i < OPTIONS ? options[i].word : 0;
}

unsigned long mount_propagation(const char *word)
{
	const struct option *option = find(word, strlen(word));
	return option && option->what == PROPAGATE ? option->value : 0;
}
