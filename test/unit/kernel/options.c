/* SPDX-License-Identifier: ISC */
/* kernel/mount_options: the words of the specification's table. */
#include <sys/mount.h>
#include "kernel/mount_options.h"
#include "tap.h"

static struct mount_options o;
static struct err e;

static int take(const char *list)
{
	static char text[8192];
	mount_options_clear(&o);
	snprintf(text, sizeof text, "%s", list);
	for (char *word = strtok(text, ";"); word; word = strtok(0, ";"))
		if (mount_option_add(&o, word, &e) < 0)
			return -1;
	return 0;
}

/* every word of runtime-spec's table, config.md */
static const char *const specified[] = {
	"async", "atime", "bind", "defaults", "dev", "diratime", "dirsync", "exec", "iversion", "lazytime", "loud", "mand", "noatime", "nodev", "nodiratime",
	"noexec", "noiversion", "nolazytime", "nomand", "norelatime", "nostrictatime", "nosuid", "nosymfollow", "private", "ratime", "rbind", "rdev", "rdiratime",
	"relatime", "remount", "rexec", "rnoatime", "rnodiratime", "rnoexec", "rnorelatime", "rnostrictatime", "rnosuid", "rnosymfollow", "ro", "rprivate",
	"rrelatime", "rro", "rrw", "rshared", "rslave", "rstrictatime", "rsuid", "rsymfollow", "runbindable", "rw", "shared", "silent", "slave", "strictatime", "suid",
	"symfollow", "sync", "tmpcopyup", "unbindable", "idmap", "ridmap",
};

static void flags(void)
{
	take("nosuid;noexec;nodev;ro");
	is_int(o.flags, MS_NOSUID | MS_NOEXEC | MS_NODEV | MS_RDONLY, "words become flags");
	is_int(o.cleared, 0, "nothing is cleared");
	take("ro;rw");
	is_int(o.flags, 0, "the last of two opposite words wins");
	is_int(o.cleared, MS_RDONLY, "and is known to be asked for");
	take("rw;ro");
	is_int(o.flags, MS_RDONLY, "in the other order too");
	is_int(o.cleared, 0, "and nothing is cleared then");
	take("rbind");
	is_int(o.flags, MS_BIND | MS_REC, "rbind");
	take("defaults;;strictatime");
	is_int(o.flags, MS_STRICTATIME, "defaults and an empty word change nothing");
}

static void propagation(void)
{
	take("rprivate;shared");
	is_int(o.propagation_count, 2, "two propagation types");
	is_int(o.propagation[0], MS_PRIVATE | MS_REC, "the first, recursive");
	is_int(o.propagation[1], MS_SHARED, "the second");
	is_int(take("private;shared;slave;unbindable;private"), -1, "more than the kernel has are refused");
	is_int(mount_propagation("rslave"), MS_SLAVE | MS_REC, "rootfsPropagation's words");
	is_int(mount_propagation("ro"), 0, "and no other");
}

static void recursive(void)
{
	take("rro;rnosuid;rdev");
	is_int(o.recursive.attr_set, SYS_MOUNT_ATTR_RDONLY | SYS_MOUNT_ATTR_NOSUID, "recursive attributes to set");
	is_int(o.recursive.attr_clr, SYS_MOUNT_ATTR_NODEV, "and to clear");
	take("rro;rrw");
	is_int(o.recursive.attr_set, 0, "the last word wins");
	is_int(o.recursive.attr_clr, SYS_MOUNT_ATTR_RDONLY, "here too");
	take("rnoatime;rstrictatime");
	is_int(o.recursive.attr_set, SYS_MOUNT_ATTR_STRICTATIME, "atime is one value");
	is_int(o.recursive.attr_clr, SYS_MOUNT_ATTR_ATIME, "whose whole field is cleared first");
	take("rrelatime");
	is_int(o.recursive.attr_set, 0, "relatime is its 0");
	is_int(o.recursive.attr_clr, SYS_MOUNT_ATTR_ATIME, "for which the field is cleared");
}

static void data(void)
{
	static char longest[MOUNT_DATA_BYTES + 10];
	take("nosuid;mode=755;size=65536k;acl");
	is_str(o.data, "mode=755,size=65536k,acl", "what is not in the table is the filesystem's");
	is_int(o.data_length, 24, "and its length");
	take("idmap=uids=0-1-10;tmpcopyup;copy-symlink");
	is_int(o.extensions, MOUNT_IDMAP | MOUNT_TMPCOPYUP | MOUNT_COPY_SYMLINK, "extensions");
	is_str(o.idmap, "uids=0-1-10", "idmap's argument");
	is_str(o.data, "", "is no data");
	take("ro=1");
	is_str(o.data, "ro=1", "a word of the table with a value is not that word");
	memset(longest, 'a', MOUNT_DATA_BYTES - 1);
	is_int(take(longest), 0, "a page of data");
	longest[MOUNT_DATA_BYTES - 1] = 'a';
	is_int(take(longest), -1, "more than a page is refused");
	ok(strstr(e.text, "4095"), "and the limit is named");
}

int main(void)
{
	size_t found = 0;
	for (size_t i = 0; i < sizeof specified / sizeof *specified; i++)
		for (size_t n = 0; mount_option_word(n); n++)
			found += strcmp(mount_option_word(n), specified[i]) == 0;
	is_int(found, sizeof specified / sizeof *specified, "every word of the specification is in the table, once");
	flags();
	propagation();
	recursive();
	data();
	return done_testing();
}
