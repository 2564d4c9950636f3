/* SPDX-License-Identifier: ISC */
/* kernel/lsm: which attribute is chosen and what is written, in a stand-in for a procfs; and the real /proc verified. */
#include "kernel/lsm.h"
#include "kernel/procfs.h"
#include "kernel/mount_options.h"
#include "base/io.h"
#include "sandbox.h"
#include <sys/xattr.h>

static void make_file(const char *path)
{
	close(open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600));
}

static const char *content(const char *path)
{
	static char text[8192];
	struct err unread;
	return io_read_file(AT_FDCWD, path, text, sizeof text, &unread) < 0 ? "(none)" : text;
}

/* acts: process.{selinuxLabel,apparmorProfile} */
static int stand_in(void)
{
	int proc = open(".", O_PATH | O_DIRECTORY);
	char label[5000];
	must(mkdir("7", 0700) == 0 && mkdir("7/attr", 0700) == 0 && symlink("7", "thread-self") == 0, "a tree");
	must(lsm_write_exec(proc, LSM_SELINUX, "a:b:c", &e) < 0 && e.number == ENOENT, "no attribute: an error");
	make_file("7/attr/exec");
	must(lsm_write_exec(proc, LSM_SELINUX, "system_u:system_r:container_t:s0:c1,c2", &e) == 0, "SELinux");
	must(strcmp(content("7/attr/exec"), "system_u:system_r:container_t:s0:c1,c2") == 0, "the label itself");
	make_file("7/attr/exec");
	must(lsm_write_exec(proc, LSM_APPARMOR, "docker-default", &e) == 0, "AppArmor of old kernels");
	must(strcmp(content("7/attr/exec"), "exec docker-default") == 0, "exec and the profile");
	must(mkdir("7/attr/apparmor", 0700) == 0, "its own directory");
	make_file("7/attr/apparmor/exec");
	make_file("7/attr/exec");
	must(lsm_write_exec(proc, LSM_APPARMOR, "docker-default", &e) == 0 && strcmp(content("7/attr/apparmor/exec"), "exec docker-default") == 0, "has precedence");
	must(!*content("7/attr/exec"), "and is the only one written");
	must(lsm_write_exec(proc, LSM_SELINUX, "x", &e) == 0 && strcmp(content("7/attr/exec"), "x") == 0, "SELinux keeps to attr/exec");
	memset(label, 'l', sizeof label - 1);
	label[sizeof label - 1] = 0;
	must(lsm_write_exec(proc, LSM_SELINUX, label, &e) < 0, "a label longer than a page");
	return 0;
}

static int keys_and_files(void)
{
	int proc = open(".", O_PATH | O_DIRECTORY);
	char text[32] = "";
	must(mkdir("7", 0700) == 0 && mkdir("7/attr", 0700) == 0 && symlink("7", "thread-self") == 0, "a tree");
	must(lsm_key_label(proc, "a:b:c", &e) == 0, "no attribute for keyrings: not asked for");
	make_file("7/attr/keycreate");
	must(lsm_key_label(proc, "u:r:t:s0", &e) == 0 && strcmp(content("7/attr/keycreate"), "u:r:t:s0") == 0, "the label of keyrings");
	must(lsm_key_label(proc, "", &e) == 0, "and taken back");
	make_file("file");
	if (lsm_file_label("file", "u:object_r:t:s0", &e) < 0)
		return e.number == EOPNOTSUPP || e.number == EPERM ? SANDBOX_SKIP : 1;
	must(getxattr("file", "security.selinux", text, sizeof text) == 15 && strncmp(text, "u:object_r:t:s0", 15) == 0, "the label of a file");
	return 0;
}

/* What an image could have put in the way. */
static int diverted(void)
{
	int proc = open(".", O_PATH | O_DIRECTORY);
	must(mkdir("7", 0700) == 0 && mkdir("7/attr", 0700) == 0 && symlink("7", "thread-self") == 0 && mkdir("/tmp/other", 0700) == 0, "a tree");
	must(mount("tmpfs", "/tmp/other", "tmpfs", 0, 0) == 0, "another filesystem");
	make_file("/tmp/other/exec");
	must(mount("tmpfs", "7/attr", "tmpfs", 0, 0) == 0, "another filesystem on attr");
	make_file("7/attr/exec");
	must(lsm_write_exec(proc, LSM_SELINUX, "x", &e) < 0 && e.number == EXDEV, "is not entered");
	must(!*content("7/attr/exec"), "nor written");
	must(umount("7/attr") == 0 && rmdir("7/attr") == 0 && symlink("/tmp/other", "7/attr") == 0, "a symlink");
	must(lsm_write_exec(proc, LSM_SELINUX, "x", &e) < 0 && !*content("/tmp/other/exec"), "out of it is not followed");
	return 0;
}

static int no_proc(void)
{
	int fd = procfs_verify("/proc", &e);
	must(fd >= 0, "the real one");
	must(mount("tmpfs", "/proc", "tmpfs", 0, 0) == 0, "a tmpfs");
	must(procfs_verify("/proc", &e) < 0 && strstr(e.text, "no proc filesystem"), "is none");
	must(mount("/proc/self", "/proc", 0, MS_BIND, 0) < 0 || procfs_verify("/proc", &e) < 0, "a part of one neither");
	return 0;
}

/* acts: linux.mountLabel */
static void mount_labels(void)
{
	char data[MOUNT_DATA_BYTES], label[MOUNT_DATA_BYTES];
	struct err error;
	ok(mount_data(data, "tmpfs", "", "size=1m", "u:r:t:s0:c1,c2", &error) == 0, "a label");
	is_str(data, "size=1m,context=\"u:r:t:s0:c1,c2\"", "goes behind the data");
	mount_data(data, "tmpfs", "mode=1777", "size=1m", "l", &error);
	is_str(data, "mode=1777,size=1m,context=\"l\"", "and behind the mode");
	mount_data(data, "tmpfs", "", "", "l", &error);
	is_str(data, "context=\"l\"", "alone");
	mount_data(data, "proc", "", "hidepid=2", "l", &error);
	is_str(data, "hidepid=2", "proc has none");
	mount_data(data, "mqueue", "", "", "l", &error);
	is_str(data, "", "mqueue neither");
	mount_data(data, "tmpfs", "mode=0755", "", "", &error);
	is_str(data, "mode=0755", "no label");
	memset(label, 'l', sizeof label - 1);
	label[sizeof label - 1] = 0;
	ok(mount_data(data, "tmpfs", "", "", label, &error) < 0, "one that does not fit is an error");
}

int main(void)
{
	sandbox("an attribute is chosen, the label written (stand-in directory)", 0, stand_in);
	sandbox("keyrings and files are labelled", 0, keys_and_files);
	sandbox("nothing mounted or linked inside is followed", 0, diverted);
	sandbox("/proc must be a procfs", 0, no_proc);
	mount_labels();
	return done_testing();
}
