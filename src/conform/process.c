/* SPDX-License-Identifier: ISC */
/* Checks of the container's process (runtime-spec, config.md, "Process", "Hostname", "Domainname"; runtime-linux.md). */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conform/conform.h"
#include "conform/inside.h"

#define PROCESS "config.md, Process"
#define POSIX "config.md, POSIX process"
#define LINUX_PROCESS "config.md, Linux Process"
#define USER "config.md, POSIX-platform User"

static const char *no_realtime(struct test *t)
{
	int status;
	(void)t;
	pid_t pid = fork();
	if (pid == 0) {
		struct sched_param p = { .sched_priority = 1 };
		_exit(syscall(SYS_sched_setscheduler, 0, SCHED_FIFO, &p) < 0);   /* musl's own is ENOSYS */
	}
	return waitpid(pid, &status, 0) == pid && status == 0 ? 0 : "real-time scheduling is not allowed here";
}

static const char *no_raised_priority(struct test *t)
{
	int status;
	(void)t;
	pid_t pid = fork();
	if (pid == 0)
		_exit(setpriority(PRIO_PROCESS, 0, -5) < 0);
	return waitpid(pid, &status, 0) == pid && status == 0 ? 0 : "the priority cannot be raised here";
}

static const char *no_ambient(struct test *t)
{
	(void)t;
	return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, 0, 0, 0) < 0 ? "no ambient capabilities here (Linux 4.3)" : 0;
}

#define SET_3 "['CAP_CHOWN','CAP_KILL','CAP_NET_BIND_SERVICE']"
static const struct check checks[] = {
	{ .name = "process", .section = PROCESS, .inside = in_arguments,
	  .config = "{'process':{'args':['/conform','inside','@NAME@','two words','','*','$HOME','\\\"'],'cwd':'/tmp','env':['PATH=/','CONFORM=1','EMPTY=','EQUAL=a=b','WORDS=a b']}}" },
	{ .name = "process.cwd-made", .section = PROCESS, .inside = in_arguments, .config = "{'process':{'cwd':'/tmp/new/place'},'root':{'readonly':false}}" },
	{ .name = "process.user", .section = USER, .inside = in_user, .config = "{'process':{'user':{'uid':1000,'gid':1001,'additionalGids':[5,2000]}}}" },
	{ .name = "process.user.root", .section = USER, .inside = in_user },
	{ .name = "process.user.umask", .section = USER, .inside = in_user, .config = "{'process':{'user':{'uid':0,'gid':0,'umask':23}}}" },
	{ .name = "process.user.umask-0", .section = USER, .inside = in_user, .config = "{'process':{'user':{'uid':0,'gid':0,'umask':0}}}" },
	{ .name = "process.capabilities.default", .section = LINUX_PROCESS, .inside = in_capabilities },
	{ .name = "process.capabilities", .section = LINUX_PROCESS, .inside = in_capabilities,
	  .config = "{'process':{'capabilities':{'bounding':" SET_3 ",'effective':" SET_3 ",'permitted':" SET_3 ",'inheritable':['CAP_CHOWN']}}}" },
	{ .name = "process.capabilities.none", .section = LINUX_PROCESS, .inside = in_capabilities,
	  .config = "{'process':{'capabilities':{'bounding':[],'effective':[],'permitted':[],'inheritable':[],'ambient':[]}}}" },
	{ .name = "process.capabilities.bounding", .section = LINUX_PROCESS, .inside = in_capabilities,
	  .config = "{'process':{'user':{'uid':1000,'gid':1000},'capabilities':{'bounding':" SET_3 ",'effective':[],'permitted':[]}}}" },
	{ .name = "process.capabilities.ambient", .section = LINUX_PROCESS, .inside = in_capabilities, .unable = no_ambient,
	  .config = "{'process':{'user':{'uid':1000,'gid':1000},'capabilities':{'bounding':" SET_3 ",'effective':['CAP_KILL'],'permitted':['CAP_KILL'],"
	            "'inheritable':['CAP_KILL'],'ambient':['CAP_KILL']}}}" },
	/* before 1.1 this was an error; since then it is "logged as a warning" */
	{ .name = "process.capabilities.unknown", .since = SPEC_1_1, .section = LINUX_PROCESS, .inside = in_capabilities,
	  .config = "{'process':{'capabilities':{'bounding':['CAP_CHOWN','CAP_NOT_YET'],'effective':['CAP_CHOWN'],'permitted':['CAP_CHOWN']}}}" },
	{ .name = "process.rlimits", .section = POSIX, .inside = in_rlimits, .without = "rlimits",
	  .config = "{'process':{'rlimits':[{'type':'RLIMIT_NOFILE','soft':256,'hard':512},{'type':'RLIMIT_CPU','soft':1000,'hard':2000},"
	            "{'type':'RLIMIT_FSIZE','soft':1048576,'hard':2097152},{'type':'RLIMIT_STACK','soft':1048576,'hard':4194304}]}}" },
	{ .name = "process.rlimits.unknown", .section = POSIX, .outside = life_refused, .edit = { "RLIMIT_LOCKS", "RLIMIT_NOTHING" },
	  .config = "{'process':{'rlimits':[{'type':'RLIMIT_LOCKS','soft':1,'hard':1}]}}" },
	{ .name = "process.rlimits.duplicate", .section = POSIX, .outside = life_refused, .without = "rlimits",
	  .config = "{'process':{'rlimits':[{'type':'RLIMIT_CORE','soft':0,'hard':0},{'type':'RLIMIT_CORE','soft':0,'hard':1}]}}" },
	{ .name = "process.noNewPrivileges", .section = LINUX_PROCESS, .inside = in_no_new_privileges, .config = "{'process':{'noNewPrivileges':true}}" },
	{ .name = "process.noNewPrivileges.false", .section = LINUX_PROCESS, .inside = in_no_new_privileges, .config = "{'process':{'noNewPrivileges':false}}" },
	{ .name = "process.oomScoreAdj", .section = LINUX_PROCESS, .inside = in_oom_score, .config = "{'process':{'oomScoreAdj':517}}" },
	{ .name = "process.scheduler", .since = SPEC_1_1, .section = LINUX_PROCESS, .inside = in_scheduler, .config = "{'process':{'scheduler':{'policy':'SCHED_BATCH','nice':7}}}" },
	{ .name = "process.scheduler.raised", .since = SPEC_1_1, .section = LINUX_PROCESS, .inside = in_scheduler, .unable = no_raised_priority,
	  .config = "{'process':{'scheduler':{'policy':'SCHED_OTHER','nice':-5,'flags':['SCHED_FLAG_RESET_ON_FORK']}}}" },
	{ .name = "process.scheduler.idle", .since = SPEC_1_1, .section = LINUX_PROCESS, .inside = in_scheduler, .config = "{'process':{'scheduler':{'policy':'SCHED_IDLE'}}}" },
	{ .name = "process.scheduler.realtime", .since = SPEC_1_1, .section = LINUX_PROCESS, .inside = in_scheduler, .unable = no_realtime,
	  .config = "{'process':{'scheduler':{'policy':'SCHED_RR','priority':11}}}" },
	{ .name = "process.ioPriority", .since = SPEC_1_1, .section = LINUX_PROCESS, .inside = in_io_priority, .config = "{'process':{'ioPriority':{'class':'IOPRIO_CLASS_BE','priority':6}}}" },
	{ .name = "process.ioPriority.idle", .since = SPEC_1_1, .section = LINUX_PROCESS, .inside = in_io_priority,
	  .config = "{'process':{'ioPriority':{'class':'IOPRIO_CLASS_IDLE','priority':0}}}" },
	{ .name = "process.apparmorProfile", .section = LINUX_PROCESS, .needs = { FACILITY_APPARMOR }, .inside = in_labels, .config = "{'process':{'apparmorProfile':'unconfined'}}" },
	{ .name = "process.selinuxLabel", .section = LINUX_PROCESS, .needs = { FACILITY_SELINUX }, .inside = in_labels,
	  .config = "{'process':{'selinuxLabel':'system_u:system_r:container_t:s0'}}" },
	{ .name = "process.descriptors", .section = "runtime-linux.md, File descriptors", .inside = in_descriptors },
	{ .name = "hostname", .section = "config.md, Hostname", .needs = { FACILITY_NS_UTS }, .inside = in_names, .config = "{'hostname':'box.example'}" },
	{ .name = "domainname", .since = SPEC_1_1, .section = "config.md, Domainname", .needs = { FACILITY_NS_UTS }, .inside = in_names, .config = "{'domainname':'realm.example'}" },
};
const struct chapter chapter_process = { checks, sizeof checks / sizeof *checks };
