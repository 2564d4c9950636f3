/* SPDX-License-Identifier: ISC */
/* spec: what is refused when running, with its place; what is not. */
#include "base/limits.h"
#include "spec/config.h"
#include "documents.h"

static struct config c;

static void whole(const char *text, const char *want)
{
	is_str(decode(&config_object, &c, text), want, "%.150s", text);
}

/* A member of the config among what must be there. */
static void config(const char *members, const char *want)
{
	char text[4096];

	snprintf(text, sizeof text, "{'ociVersion':'1.0.0','root':{'path':'r'},%s}", members);
	is_str(decode(&config_object, &c, text), want, "%.150s", members);
}

static void process(const char *members, const char *want)
{
	char text[4096];

	snprintf(text, sizeof text, "{'ociVersion':'1.0.0','root':{'path':'r'},'process':{'cwd':'/','args':['x'],%s}}", members);
	is_str(decode(&config_object, &c, text), want, "process: %.150s", members);
}

static void linux_section(const char *members, const char *want)
{
	char text[4096];

	snprintf(text, sizeof text, "{'ociVersion':'1.0.0','root':{'path':'r'},'linux':{%s}}", members);
	is_str(decode(&config_object, &c, text), want, "linux: %.150s", members);
}

static void types(void)
{
	linux_section("'resources':{'pids':{'limit':'10'}}", "F: linux.resources.pids.limit: expected an integer, found a string");
	linux_section("'resources':{'pids':{'limit':1.5}}", "F: linux.resources.pids.limit: expected an integer, found 1.5");
	linux_section("'resources':{'pids':{'limit':9223372036854775808}}",
	              "F: linux.resources.pids.limit: 9223372036854775808 is out of range (-9223372036854775808 to 9223372036854775807)");
	linux_section("'resources':{'pids':{'limit':1e3}}", "ok");
	linux_section("'resources':{'pids':{'limit':true}}", "F: linux.resources.pids.limit: expected an integer, found a boolean");
	linux_section("'resources':{'pids':[]}", "F: linux.resources.pids: expected an object, found an array");
	linux_section("'resources':7", "F: linux.resources: expected an object, found a number");
	linux_section("'devices':{}", "F: linux.devices: expected an array, found an object");
	linux_section("'devices':[{'type':'c','path':'/a','major':1,'minor':2},7]", "F: linux.devices[1]: expected an object, found a number");
	linux_section("'devices':[null]", "F: linux.devices[0]: expected an object, found null");
	linux_section("'maskedPaths':'/a'", "F: linux.maskedPaths: expected an array, found a string");
	linux_section("'maskedPaths':['/a',null]", "F: linux.maskedPaths[1]: expected a string, found null");
	linux_section("'sysctl':['a']", "F: linux.sysctl: expected an object, found an array");
	linux_section("'sysctl':{'a b':1}", "F: linux.sysctl[\"a b\"]: expected a string, found a number");
	linux_section("'resources':{'rdma':{'m':3}}", "F: linux.resources.rdma[\"m\"]: expected an object, found a number");
	linux_section("'resources':{'rdma':{'m':{'hcaHandles':-1}}}", "F: linux.resources.rdma[\"m\"].hcaHandles: -1 is out of range (0 to 4294967295)");
	linux_section("'namespaces':[{'type':'Pid'}]", "F: linux.namespaces[0].type: unknown value \"Pid\"");
	linux_section("'namespaces':[{'type':3}]", "F: linux.namespaces[0].type: expected a string, found a number");
	linux_section("'mountLabel':'a\\u0000b'", "F: linux.mountLabel: a string must not contain U+0000");
	linux_section("'sysctl':{'a\\u0000':'b'}", "F: linux.sysctl: a string must not contain U+0000");
	process("'terminal':1", "F: process.terminal: expected a boolean, found a number");
	process("'terminal':'true'", "F: process.terminal: expected a boolean, found a string");
	process("'env':[1]", "F: process.env[0]: expected a string, found a number");
	process("'user':{'uid':4294967296}", "F: process.user.uid: 4294967296 is out of range (0 to 4294967295)");
	process("'user':{'uid':-1}", "F: process.user.uid: -1 is out of range (0 to 4294967295)");
	process("'user':{'additionalGids':[1,'2']}", "F: process.user.additionalGids[1]: expected an integer, found a string");
	process("'user':{'additionalGids':[4294967296]}", "F: process.user.additionalGids[0]: 4294967296 is out of range (0 to 4294967295)");
	process("'oomScoreAdj':2147483648", "F: process.oomScoreAdj: 2147483648 is out of range (-1000 to 1000)");
	whole("[]", "F: expected an object, found an array");
	whole("7", "F: expected an object, found a number");
	config("'hostname':7", "F: hostname: expected a string, found a number");
	config("'annotations':{'a':{}}", "F: annotations[\"a\"]: expected a string, found an object");
}

static void required(void)
{
	whole("{}", "F: ociVersion: missing");
	whole("{'ociVersion':null,'root':{'path':'r'}}", "F: ociVersion: missing");
	whole("{'ociVersion':'1.0.0'}", "F: root: missing");
	whole("{'ociVersion':'1.0.0','root':{}}", "F: root.path: missing");
	whole("{'ociVersion':'1.0.0','root':{'path':''}}", "F: root.path: must not be empty");
	whole("{'ociVersion':'1.0.0','windows':{'layerFolders':['x']}}", "ok");
	whole("{'ociVersion':'1.0.0','windows':{'layerFolders':[]}}", "F: windows.layerFolders: at least one entry is required");
	whole("{'ociVersion':'1.0.0','root':{'path':'r'},'process':{'args':['x']}}", "F: process.cwd: missing");
	whole("{'ociVersion':'1.0.0','root':{'path':'r'},'process':{'cwd':'/'}}", "F: process.args: at least one entry is required");
	whole("{'ociVersion':'1.0.0','root':{'path':'r'},'process':{'cwd':'/','args':null}}", "F: process.args: at least one entry is required");
	whole("{'ociVersion':'1.0.0','root':{'path':'r'},'process':{'cwd':'/','args':[]}}", "F: process.args: at least one entry is required");
	whole("{'ociVersion':'1.0.0','root':{'path':'r'},'process':{'cwd':'bin','args':['x']}}", "F: process.cwd: \"bin\" is not an absolute path");
	process("'user':{}", "ok");
	process("'rlimits':[{'type':'RLIMIT_CORE','hard':1}]", "F: process.rlimits[0].soft: missing");
	process("'rlimits':[{'hard':1,'soft':1}]", "F: process.rlimits[0].type: missing");
	process("'consoleSize':{'height':1}", "F: process.consoleSize.width: missing");
	process("'scheduler':{}", "F: process.scheduler.policy: missing");
	process("'ioPriority':{'priority':1}", "F: process.ioPriority.class: missing");
	config("'mounts':[{'source':'x'}]", "F: mounts[0].destination: missing");
	config("'mounts':[{'destination':''}]", "F: mounts[0].destination: must not be empty");
	config("'mounts':[{'destination':'relative'}]", "ok");
	config("'hooks':{'prestart':[{'args':['x']}]}", "F: hooks.prestart[0].path: missing");
	config("'vm':{}", "F: vm.kernel: missing");
	linux_section("'namespaces':[{}]", "F: linux.namespaces[0].type: missing");
	linux_section("'devices':[{'path':'/a'}]", "F: linux.devices[0].type: missing");
	linux_section("'devices':[{'type':'c','major':1,'minor':1}]", "F: linux.devices[0].path: missing");
	linux_section("'devices':[{'type':'c','path':'/a','minor':1}]", "F: linux.devices[0].major: missing");
	linux_section("'devices':[{'type':'b','path':'/a','major':1}]", "F: linux.devices[0].minor: missing");
	linux_section("'devices':[{'type':'p','path':'/a'}]", "ok");
	linux_section("'uidMappings':[{'containerID':0,'hostID':0}]", "F: linux.uidMappings[0].size: missing");
	linux_section("'resources':{'devices':[{}]}", "F: linux.resources.devices[0].allow: missing");
	linux_section("'resources':{'hugepageLimits':[{'limit':1}]}", "F: linux.resources.hugepageLimits[0].pageSize: missing");
	linux_section("'resources':{'blockIO':{'throttleReadBpsDevice':[{'major':1,'minor':2}]}}",
	              "F: linux.resources.blockIO.throttleReadBpsDevice[0].rate: missing");
	linux_section("'seccomp':{}", "F: linux.seccomp.defaultAction: missing");
	linux_section("'seccomp':{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'names':['a']}]}", "F: linux.seccomp.syscalls[0].action: missing");
	linux_section("'seccomp':{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'names':['a'],'action':'SCMP_ACT_LOG','args':[{'index':0,'value':1}]}]}",
	              "F: linux.seccomp.syscalls[0].args[0].op: missing");
	linux_section("'memoryPolicy':{}", "F: linux.memoryPolicy.mode: missing: invalid memory policy mode");
	linux_section("'personality':{}", "F: linux.personality.domain: missing");
}

static void process_rules(void)
{
	process("'rlimits':[{'type':'RLIMIT_CORE','hard':1,'soft':1},{'type':'RLIMIT_CORE','hard':2,'soft':2}]", "F: process.rlimits[1]: RLIMIT_CORE is there twice");
	process("'rlimits':[{'type':'RLIMIT_X','hard':1,'soft':1}]", "F: process.rlimits[0].type: unknown value \"RLIMIT_X\"");
	process("'rlimits':[{'type':'rlimit_core','hard':1,'soft':1}]", "F: process.rlimits[0].type: unknown value \"rlimit_core\"");
	process("'rlimits':[{'type':'RLIMIT_CORE','hard':1,'soft':2}]", "F: process.rlimits[0].soft: 2 is above hard, 1");
	process("'oomScoreAdj':1001", "F: process.oomScoreAdj: 1001 is out of range (-1000 to 1000)");
	process("'oomScoreAdj':0", "ok");
	process("'oomScoreAdj':-0", "ok");
	process("'oomScoreAdj':-1001", "F: process.oomScoreAdj: -1001 is out of range (-1000 to 1000)");
	process("'scheduler':{'policy':'SCHED_RR','priority':2147483648}", "F: process.scheduler.priority: 2147483648 is out of range (-2147483648 to 2147483647)");
	process("'scheduler':{'policy':'SCHED_RR','priority':-2147483649}", "F: process.scheduler.priority: -2147483649 is out of range (-2147483648 to 2147483647)");
	process("'scheduler':{'policy':'SCHED_RR','priority':-2147483648}", "ok");
	process("'rlimits':[{'type':'RLIMIT_CORE','hard':18446744073709551616,'soft':0}]",
	        "F: process.rlimits[0].hard: 18446744073709551616 is out of range (0 to 18446744073709551615)");
	process("'scheduler':{'policy':'SCHED_BATCH','nice':20}", "F: process.scheduler.nice: 20 is out of range (-20 to 19)");
	process("'scheduler':{'policy':'SCHED_OTHER','priority':1}", "F: process.scheduler.priority: only SCHED_FIFO and SCHED_RR have one");
	process("'scheduler':{'policy':'SCHED_RR','priority':1}", "ok");
	process("'scheduler':{'policy':'SCHED_RR','runtime':1}", "F: process.scheduler.runtime: only SCHED_DEADLINE has one");
	process("'scheduler':{'policy':'SCHED_RR','flags':['SCHED_FLAG_X']}", "F: process.scheduler.flags[0]: unknown value \"SCHED_FLAG_X\"");
	process("'ioPriority':{'class':'IOPRIO_CLASS_BE','priority':8}", "F: process.ioPriority.priority: 8 is out of range (0 to 7)");
	process("'ioPriority':{'class':'be','priority':1}", "F: process.ioPriority.class: unknown value \"be\"");
	process("'execCPUAffinity':{'initial':'0x3'}", "F: process.execCPUAffinity.initial: \"0x3\" is no list of CPUs");
	process("'env':['NO_EQUALS']", "ok");
	config("'hooks':{'poststop':[{'path':'bin/x'}]}", "F: hooks.poststop[0].path: \"bin/x\" is not an absolute path");
	config("'hooks':{'poststop':[{'path':'/x','timeout':0}]}", "F: hooks.poststop[0].timeout: 0 is out of range (1 to 9223372036854775807)");
	config("'hooks':{'poststop':[{'path':'/x','timeout':-1}]}", "F: hooks.poststop[0].timeout: -1 is out of range (1 to 9223372036854775807)");
	config("'mounts':[{'destination':'/a','uidMappings':[{'containerID':0,'hostID':0,'size':1}]}]",
	       "F: mounts[0].uidMappings: uidMappings and gidMappings must be set together");
	config("'annotations':{'':'x'}", "F: annotations: a key must not be empty");
	config("'hostname':'x'", "F: hostname: needs a \"uts\" entry in linux.namespaces");
	config("'domainname':'x','linux':{'namespaces':[{'type':'pid'}]}", "F: domainname: needs a \"uts\" entry in linux.namespaces");
	config("'hostname':'x','linux':{'namespaces':[{'type':'uts'}]}", "ok");
	config("'hostname':''", "ok");
	config("'hostname':'x','zos':{}", "ok");
}

static void linux_rules(void)
{
	linux_section("'namespaces':[{'type':'pid'},{'type':'uts'},{'type':'pid'}]", "F: linux.namespaces: \"pid\" is there twice");
	linux_section("'namespaces':[{'type':'pid','path':'proc/1/ns/pid'}]", "F: linux.namespaces[0].path: \"proc/1/ns/pid\" is not an absolute path");
	linux_section("'uidMappings':[{'containerID':0,'hostID':0,'size':1}]", "F: linux.uidMappings: needs a \"user\" entry in linux.namespaces");
	linux_section("'timeOffsets':{'monotonic':{}}", "F: linux.timeOffsets: needs a \"time\" entry in linux.namespaces");
	linux_section("'timeOffsets':{'realtime':{}},'namespaces':[{'type':'time'}]", "F: linux.timeOffsets[\"realtime\"]: unknown clock");
	linux_section("'timeOffsets':{'boottime':{'nanosecs':1000000000}},'namespaces':[{'type':'time'}]",
	              "F: linux.timeOffsets[\"boottime\"].nanosecs: 1000000000 is out of range (0 to 999999999)");
	linux_section("'devices':[{'type':'x','path':'/a','major':1,'minor':1}]", "F: linux.devices[0].type: unknown value \"x\"");
	linux_section("'devices':[{'type':'c','path':'a','major':1,'minor':1}]", "F: linux.devices[0].path: \"a\" is not an absolute path");
	linux_section("'devices':[{'type':'c','path':'/a','major':-1,'minor':1}]", "F: linux.devices[0].major: -1 is out of range (0 to 4294967295)");
	linux_section("'resources':{'devices':[{'allow':true,'type':'x'}]}", "F: linux.resources.devices[0].type: unknown value \"x\"");
	linux_section("'resources':{'devices':[{'allow':true,'type':'a','major':-1,'minor':-1,'access':'rwm'}]}", "ok");
	linux_section("'resources':{'devices':[{'allow':true,'access':'rx'}]}", "F: linux.resources.devices[0].access: \"rx\" has more than r, w and m");
	linux_section("'resources':{'memory':{'limit':-2}}", "F: linux.resources.memory.limit: -2 is out of range (-1 to 9223372036854775807)");
	linux_section("'resources':{'memory':{'swappiness':101}}", "F: linux.resources.memory.swappiness: 101 is out of range (0 to 100)");
	linux_section("'resources':{'cpu':{'quota':10,'burst':11}}", "F: linux.resources.cpu.burst: 11 is larger than quota, 10");
	linux_section("'resources':{'cpu':{'quota':-1,'burst':11}}", "ok");
	linux_section("'resources':{'cpu':{'idle':2}}", "F: linux.resources.cpu.idle: 2 is out of range (0 to 1)");
	linux_section("'resources':{'blockIO':{'weight':65536}}", "F: linux.resources.blockIO.weight: 65536 is out of range (0 to 65535)");
	linux_section("'resources':{'blockIO':{'weightDevice':[{'major':1,'minor':1}]}}", "F: linux.resources.blockIO.weightDevice[0]: needs weight or leafWeight");
	linux_section("'resources':{'hugepageLimits':[{'pageSize':'64kB','limit':1}]}",
	              "F: linux.resources.hugepageLimits[0].pageSize: \"64kB\" is no page size like 64KB, 2MB or 1GB");
	linux_section("'resources':{'rdma':{'m':{}}}", "F: linux.resources.rdma[\"m\"]: needs hcaHandles or hcaObjects");
	linux_section("'resources':{'unified':{'../memory.max':'1'}}", "F: linux.resources.unified[\"../memory.max\"]: the specified key has not the form CONTROLLER.VALUE `../memory.max`");
	linux_section("'resources':{'unified':{'memory.max':'1'}}", "ok");
	linux_section("'intelRdt':{'closID':'../x'}", "F: linux.intelRdt.closID: \"../x\" is no name of a directory");
	linux_section("'intelRdt':{'closID':'/','l3CacheSchema':'X'}", "ok");
	linux_section("'intelRdt':{'memBwSchema':'L3:0=1'}", "F: linux.intelRdt.memBwSchema: must begin with MB:");
	linux_section("'intelRdt':{'schemata':['a','b\\nc']}", "F: linux.intelRdt.schemata[1]: must be one line");
	linux_section("'memoryPolicy':{'mode':'MPOL_X'}", "F: linux.memoryPolicy.mode: invalid memory policy mode \"MPOL_X\"");
	linux_section("'personality':{'domain':'LINUX64'}", "F: linux.personality.domain: unknown value \"LINUX64\"");
	linux_section("'personality':{'domain':'LINUX','flags':['x']}", "F: linux.personality.flags: no flags are supported");
	linux_section("'rootfsPropagation':'rslave'", "ok");
	linux_section("'rootfsPropagation':'Slave'", "F: linux.rootfsPropagation: unknown value \"Slave\"");
	linux_section("'maskedPaths':['/a','b']", "F: linux.maskedPaths[1]: \"b\" is not an absolute path");
	linux_section("'seccomp':{'defaultAction':'ALLOW'}", "F: linux.seccomp.defaultAction: unknown value \"ALLOW\"");
	linux_section("'seccomp':{'defaultAction':'SCMP_ACT_ALLOW','defaultErrnoRet':1}", "F: linux.seccomp.defaultErrnoRet: SCMP_ACT_ALLOW has no errno");
	linux_section("'seccomp':{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'names':['a'],'action':'SCMP_ACT_KILL','errnoRet':0}]}",
	              "F: linux.seccomp.syscalls[0].errnoRet: SCMP_ACT_KILL has no errno");
	linux_section("'seccomp':{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'names':[],'action':'SCMP_ACT_KILL'}]}",
	              "F: linux.seccomp.syscalls[0].names: at least one entry is required");
	linux_section("'seccomp':{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'names':['a'],'action':'SCMP_ACT_KILL','args':[{'index':6,'value':0,'op':'SCMP_CMP_EQ'}]}]}",
	              "F: linux.seccomp.syscalls[0].args[0].index: 6 is out of range (0 to 5)");
	linux_section("'seccomp':{'defaultAction':'SCMP_ACT_ALLOW','architectures':['X']}", "F: linux.seccomp.architectures[0]: unknown value \"X\"");
	linux_section("'seccomp':{'defaultAction':'SCMP_ACT_ALLOW','flags':['X']}", "F: linux.seccomp.flags[0]: unknown value \"X\"");
	linux_section("'seccomp':{'defaultAction':'SCMP_ACT_ALLOW','listenerMetadata':'m'}", "F: linux.seccomp.listenerMetadata: must not be set without listenerPath");
}

static void version(const char *text, const char *want)
{
	char document[256];

	snprintf(document, sizeof document, "{'ociVersion':'%s','root':{'path':'r'}}", text);
	whole(document, want);
}

static void versions(void)
{
	version("1.0.0", "ok");
	version("1.0.2-dev", "ok");
	version("1.0.0-rc.1+build.05", "ok");
	version("1.2.0-alpha-1.0", "ok");
	version("1.3.0", "ok");
	version("1.99.0", "ok");
	version("1.99999999999.0", "ok");
	version("0.2.0", "F: ociVersion: version 0.2.0 is not supported: only 1.x is");
	version("2.0.0", "F: ociVersion: version 2.0.0 is not supported: only 1.x is");
	version("4294967297.0.0", "F: ociVersion: version 4294967297.0.0 is not supported: only 1.x is");
	static const char *const bad[] = { "", "1", "1.0", "1.0.", "1.0.0.0", "v1.0.0", "1.0.0 ", " 1.0.0", "01.0.0", "1.00.0", "1.0.0-", "1.0.0+", "1.0.0-a..b",
		"1.0.0-01", "1.0.0-a_b", "1.0.0+a+b", "1.-1.0", "1.x.0" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char want[128];

		snprintf(want, sizeof want, "F: ociVersion: \"%s\" is not a SemVer 2.0.0 version", bad[i]);
		version(bad[i], want);
	}
}

/* A list of count elements as the value of one member. */
static const char *list_of(const char *element, unsigned count)
{
	static char text[65536];
	size_t used = 0, length = strlen(element);

	text[used++] = '[';
	for (unsigned i = 0; i < count && used + length < sizeof text - 2; i++) {
		memcpy(text + used, element, length);
		used += length;
		text[used++] = ',';
	}
	text[used - 1] = ']';
	text[used] = '\0';
	return text;
}

static void limits(void)
{
	static char text[70000];

	snprintf(text, sizeof text, "{'ociVersion':'1.0.0','root':{'path':'r'},'mounts':%s}", list_of("{'destination':'/'}", 2000));
	whole(text, "F: mounts: decoded document, bytes: more than 65536 (LIMIT_ARENA_BYTES in base/limits.h)");
	snprintf(text, sizeof text, "{'ociVersion':'1.0.0','root':{'path':'r'},'process':{'cwd':'/','args':['x'],'user':{'additionalGids':%s}}}", list_of("1", LIMIT_GROUPS + 1));
	whole(text, "F: process.user.additionalGids: more than 1024 (LIMIT_GROUPS in base/limits.h)");
	snprintf(text, sizeof text, "{'ociVersion':'1.0.0','root':{'path':'r'},'linux':{'namespaces':[{'type':'user'}],'gidMappings':%s}}",
	         list_of("{'containerID':0,'hostID':0,'size':1}", LIMIT_ID_MAPPINGS + 1));
	whole(text, "F: linux.gidMappings: more than 340 (LIMIT_ID_MAPPINGS in base/limits.h)");
	whole("{'ociVersion':'1.0.0','ociVersion':'1.0.0'}", "F:1:23: JSON: duplicate member \"ociVersion\"");
	whole("{'ociVersion':'1.0.0',\n}", "F:2:1: JSON: expected a member name, found '}'");
	memset(text, ' ', sizeof text - 1);
	text[65536] = '\0';
	whole(text, "F:1:65537: JSON: the document is empty");
	text[65536] = ' ';
	text[65537] = '\0';
	DOCUMENT_INIT(&d, "F", region);
	memset(d.text, ' ', 65537);
	is_int(document_parse(&d, 65537, &e), -1, "a document longer than its region");
	is_str(e.text, "F:1:65537: JSON: bytes: more than 65536 (LIMIT_DOCUMENT_BYTES in base/limits.h)", "names the limit");
}

static void names_in_messages(void)
{
	char text[2048], want[1024];

	linux_section("'sysctl':{'a\\n\\u0007':1}", "F: linux.sysctl[\"a\?\?\"]: expected a string, found a number");
	linux_section("'mountLabel':'x','rootfsPropagation':'a\\nb'", "F: linux.rootfsPropagation: unknown value \"a?b\"");
	memset(want, 'k', 700);
	want[700] = '\0';
	snprintf(text, sizeof text, "'sysctl':{'%s':1}", want);
	want[LIMIT_PLACE_BYTES - 4 - strlen("linux.sysctl[\"")] = '\0';
	char line[2048];
	snprintf(line, sizeof line, "F: linux.sysctl[\"%s\xE2\x80\xA6: expected a string, found a number", want);
	linux_section(text, line);
	linux_section("'sysctl':{'a':'b'},'maskedPaths':[1]", "F: linux.maskedPaths[0]: expected a string, found a number");
}

int main(void)
{
	types();
	required();
	process_rules();
	linux_rules();
	versions();
	limits();
	names_in_messages();
	return done_testing();
}
