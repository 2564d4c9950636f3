/* SPDX-License-Identifier: ISC */
/* kernel/rdt on a stand-in for the resctrl filesystem: directories and files, which a kernel makes by itself. */
#include "kernel/rdt.h"
#include "base/io.h"
#include "sandbox.h"

static const char *content(const char *path)
{
	static char text[8192];
	struct err unread;
	return io_read_file(AT_FDCWD, path, text, sizeof text, &unread) < 0 ? "(none)" : text;
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	(void)!io_write(fd, text, strlen(text));
	close(fd);
}

static int found(void)
{
	char root[LIMIT_PATH_BYTES];
	write_file("mounts", "20 1 0:5 / /proc rw - proc proc rw\n30 1 0:9 / /sys/fs/res\\040ctrl rw,relatime - resctrl resctrl rw\n31 1 0:9 / /second rw - resctrl resctrl rw\n");
	int fd = open("mounts", O_RDONLY);
	must(rdt_find(fd, root, &e) == 0 && strcmp(root, "/sys/fs/res ctrl") == 0, "the first: %s", root);
	write_file("mounts", "20 1 0:5 / /resctrl rw - tmpfs resctrl rw\n");
	lseek(fd, 0, SEEK_SET);
	must(rdt_find(fd, root, &e) < 0 && (strstr(e.text, "CONFIG_X86_CPU_RESCTRL") || strstr(e.text, "not mounted")), "none, and why");
	return 0;
}

static int own_group(void)
{
	static const char *const lines[] = { "L2:0=f;1=f", "MB:1=70" };
	struct rdt_request r = { .root = "/tmp/rootfs", .id = "web", .l3 = "L3:0=7f0;1=1f", .bandwidth = "MB:0=20", .schemata = lines, .schemata_count = 2, .monitoring = true };
	char leftover[LIMIT_PATH_BYTES];
	must(mkdir("info", 0700) == 0, "info");
	must(rdt_plan(&r, leftover, &e) < 0 && strstr(e.text, "l3CacheSchema"), "no L3 here");
	must(mkdir("info/L3", 0700) == 0, "info/L3");
	must(rdt_plan(&r, leftover, &e) < 0 && strstr(e.text, "memBwSchema"), "no MB here");
	must(mkdir("info/MB", 0700) == 0, "info/MB");
	must(rdt_plan(&r, leftover, &e) == 0 && strcmp(leftover, "/tmp/rootfs/web") == 0, "the group is ours to remove");
	must(rdt_make(&r, &e) == 0, "made");
	must(strcmp(content("web/schemata"), "L3:0=7f0;1=1f\nMB:0=20\nL2:0=f;1=f\nMB:1=70\n") == 0, "the schemata in the specification's order: %s", content("web/schemata"));
	must(mkdir("web/mon_groups", 0700) == 0, "the kernel's own");
	must(rdt_enter(&r, 42, &e) == 0, "entered");
	must(strcmp(content("web/tasks"), "42") == 0 && strcmp(content("web/mon_groups/web/tasks"), "42") == 0, "both groups");
	must(rdt_remove(leftover, &e) < 0, "a stand-in keeps its files");
	must(system("rm -r web/*") == 0 && rdt_remove(leftover, &e) == 0 && access("web", F_OK) < 0, "removed");
	must(rdt_remove(leftover, &e) == 0, "twice is once");
	must(mkdir("web", 0700) == 0 && rdt_plan(&r, leftover, &e) == 0 && strcmp(leftover, "/tmp/rootfs/web/mon_groups/web") == 0, "a group that was there is not ours");
	r.monitoring = false;
	must(rdt_plan(&r, leftover, &e) == 0 && !*leftover, "nor anything in it");
	return 0;
}

static int shared_group(void)
{
	struct rdt_request r = { .root = "/tmp/rootfs", .clos = "gold", .id = "web" };
	char leftover[LIMIT_PATH_BYTES];
	must(mkdir("info", 0700) == 0 && mkdir("info/L3", 0700) == 0 && mkdir("info/MB", 0700) == 0, "info");
	must(rdt_plan(&r, leftover, &e) < 0 && strstr(e.text, "closID: there is no group /tmp/rootfs/gold"), "must be there without schemata");
	r.l3 = "L3:0=7f0;1=1f";
	must(rdt_plan(&r, leftover, &e) == 0 && !*leftover, "is made with them, and stays");
	must(rdt_make(&r, &e) == 0 && strcmp(content("gold/schemata"), "L3:0=7f0;1=1f\n") == 0, "made");
	write_file("gold/schemata", "    MB:0= 20;1=100\n    L3:0=7F0;1=0001f\n");
	must(rdt_make(&r, &e) == 0, "the same value written otherwise");
	write_file("gold/schemata", "L3:0=7f0;1=3f\n");
	must(rdt_make(&r, &e) < 0 && strstr(e.text, "l3CacheSchema"), "another value");
	must(strcmp(content("gold/schemata"), "L3:0=7f0;1=3f\n") == 0, "and it is left");
	write_file("gold/schemata", "L3:0=7f0\n");
	must(rdt_make(&r, &e) < 0, "a cache is missing");
	write_file("gold/schemata", "MB:0=7f0;1=1f\n");
	must(rdt_make(&r, &e) < 0, "another resource");
	r.l3 = 0;
	r.bandwidth = "MB:0=020";
	write_file("gold/schemata", "MB:0=20;1=100\n");
	must(rdt_make(&r, &e) == 0, "bandwidth alone");
	r.clos = "/";
	r.bandwidth = 0;
	must(rdt_plan(&r, leftover, &e) == 0 && rdt_make(&r, &e) == 0 && rdt_enter(&r, 7, &e) == 0 && strcmp(content("tasks"), "7") == 0, "the root's own group");
	must(access("schemata", F_OK) < 0, "whose schemata nobody touched");
	return 0;
}

static int reasons(void)
{
	struct rdt_request r = { .root = "/tmp/rootfs", .id = "web" };
	must(mkdir("info", 0700) == 0 && mkdir("web", 0700) == 0 && mkdir("web/tasks", 0700) == 0, "a tree");
	write_file("info/last_cmd_status", "Task is not valid\n");
	must(rdt_enter(&r, 1, &e) < 0 && strncmp(e.text, "Task is not valid: cannot write /tmp/rootfs/web/tasks: ", 55) == 0, "the kernel's own words");
	write_file("info/last_cmd_status", "ok\n");
	must(rdt_enter(&r, 1, &e) < 0 && strncmp(e.text, "cannot write", 12) == 0, "but for ok");
	return 0;
}

int main(void)
{
	sandbox("resctrl is found in mountinfo", 0, found);
	sandbox("a group of the container's own (stand-in tree)", 0, own_group);
	sandbox("a group with a closID (stand-in tree)", 0, shared_group);
	sandbox("a failure says what the kernel says (stand-in tree)", 0, reasons);
	return done_testing();
}
