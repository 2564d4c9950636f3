/* SPDX-License-Identifier: ISC */
/* spec: what is decoded comes out again, unknown members too; what a program fills in comes out at all. */
#include "spec/config.h"
#include "spec/image.h"
#include "spec/state.h"
#include "documents.h"
#include "full.h"

static struct config c;
static char first[65536];

/* decode → emit → decode → emit gives the same bytes */
static void round_trip(const struct object *table, void *object, const char *text, const char *name)
{
	static const char *const indents[] = { 0, "\t", "  " };

	for (unsigned i = 0; i < 3; i++) {
		is_str(decode(table, object, text), "ok", "%s is decoded", name);
		strcpy(first, emit(table, object, indents[i]));
		is_str(decode(table, object, first), "ok", "%s is decoded again", name);
		is_str(emit(table, object, indents[i]), first, "%s is emitted the same", name);
	}
}

static void everything(void)
{
	static char plain[sizeof full];

	for (size_t i = 0; i < sizeof full; i++)
		plain[i] = full[i] == '\'' ? '"' : full[i];
	is_str(decode(&config_object, &c, full), "ok", "every property");
	is_str(emit(&config_object, &c, 0), plain, "is emitted as it was");
	round_trip(&config_object, &c, full, "every property");
}

static void unknown_members(void)
{
	static const char text[] = "{'ociVersion':'1.0.0','x':[1, {'y' :null}],'root':{'path':'r','\\u0061\\n':'b\\u0041'},'root2':-1.50e+2,'linux':{'new':{}}}";

	is_str(decode(&config_object, &c, text), "ok", "unknown members are ignored");
	is_str(emit(&config_object, &c, 0),
	       "{\"ociVersion\":\"1.0.0\",\"root\":{\"path\":\"r\",\"\\u0061\\n\":\"b\\u0041\"},\"linux\":{\"new\":{}},\"x\":[1, {\"y\" :null}],\"root2\":-1.50e+2}",
	       "and emitted unchanged");
	round_trip(&config_object, &c, text, "a config with unknown members");
	ok(c.node.unknown != 0 && c.node.unknown->next != 0 && c.node.unknown->next->next == 0, "in the document's order");
	/* in another case it is the same name, as for the programs of engines; it is written as it should be */
	is_str(decode(&config_object, &c, "{'ociVersion':'1.0.0','root':{'path':'r'},'Annotations':{'K':'v'}}"), "ok", "names in another case");
	ok(c.annotations.count == 1 && c.node.unknown == 0, "are known");
	is_str(emit(&config_object, &c, 0), "{\"ociVersion\":\"1.0.0\",\"root\":{\"path\":\"r\"},\"annotations\":{\"K\":\"v\"}}", "and emitted in theirs");
}

static void presence(void)
{
	is_str(decode(&config_object, &c, "{'ociVersion':'1.0.0','root':{'path':'r','readonly':false},'mounts':[],'annotations':{},'process':{'cwd':'/','args':['x'],"
	                                  "'oomScoreAdj':0,'env':[],'terminal':null}}"), "ok", "zeroes that are there");
	is_str(emit(&config_object, &c, 0), "{\"ociVersion\":\"1.0.0\",\"process\":{\"args\":[\"x\"],\"env\":[],\"cwd\":\"/\",\"oomScoreAdj\":0},"
	                                    "\"root\":{\"path\":\"r\",\"readonly\":false},\"mounts\":[],\"annotations\":{}}", "stay; null goes");
	is_str(emit(&config_object, &c, "\t"), "{\n\t\"ociVersion\": \"1.0.0\",\n\t\"process\": {\n\t\t\"args\": [\n\t\t\t\"x\"\n\t\t],\n\t\t\"env\": [],\n\t\t\"cwd\": \"/\",\n"
	       "\t\t\"oomScoreAdj\": 0\n\t},\n\t\"root\": {\n\t\t\"path\": \"r\",\n\t\t\"readonly\": false\n\t},\n\t\"mounts\": [],\n\t\"annotations\": {}\n}\n", "indented");
}

static void made_by_a_program(void)
{
	const char *args[] = { "sh", 0 };
	struct user_spec user = { .uid = 0 };
	struct namespace_spec namespaces[] = { { .type = NS_PID }, { .type = NS_MOUNT, .path = "/x" } };
	struct linux_config linux_section = { .namespaces = { namespaces, 2 } };
	struct process process = { .cwd = "/", .args = { args, 1 }, .user = &user };
	struct root root = { .path = "rootfs" };
	struct config config = { .ociVersion = "1.3.0", .process = &process, .root = &root, .linux_ = &linux_section };

	is_str(emit(&config_object, &config, 0), "{\"ociVersion\":\"1.3.0\",\"process\":{\"user\":{\"uid\":0,\"gid\":0},\"args\":[\"sh\"],\"cwd\":\"/\"},"
	       "\"root\":{\"path\":\"rootfs\"},\"linux\":{\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"mount\",\"path\":\"/x\"}]}}", "a struct without presence bits");
	spec_set(&process_object, &process, "terminal");
	spec_set(&root_object, &root, "readonly");
	spec_set(&root_object, &root, "nothing of that name");
	ok(spec_has(&process_object, &process, "terminal") && !spec_has(&process_object, &process, "args"), "spec_set, spec_has");
	is_str(emit(&config_object, &config, 0), "{\"ociVersion\":\"1.3.0\",\"process\":{\"terminal\":false,\"user\":{\"uid\":0,\"gid\":0},\"args\":[\"sh\"],\"cwd\":\"/\"},"
	       "\"root\":{\"path\":\"rootfs\",\"readonly\":false},\"linux\":{\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"mount\",\"path\":\"/x\"}]}}", "with some");
	struct image_manifest manifest = { .schemaVersion = 2 };
	is_str(emit(&image_manifest_object, &manifest, 0), "{\"schemaVersion\":2,\"layers\":[]}", "required lists may be empty");
}

static void state(void)
{
	struct pair annotations[] = { { "k", "v" } };
	struct state s = { .ociVersion = "1.3.0", .id = "c\"1", .status = "stopped", .bundle = "/b", .rootfs = "/b/rootfs", .created = "2025-01-01T00:00:00Z",
		.owner = "", .annotations = { annotations, 1 } };

	is_str(emit(&state_object, &s, 0), "{\"ociVersion\":\"1.3.0\",\"id\":\"c\\\"1\",\"status\":\"stopped\",\"bundle\":\"/b\",\"annotations\":{\"k\":\"v\"}}",
	       "the state of the specification");
	s.pid = 42;
	is_str(emit(&state_object, &s, 0), "{\"ociVersion\":\"1.3.0\",\"id\":\"c\\\"1\",\"status\":\"stopped\",\"pid\":42,\"bundle\":\"/b\",\"annotations\":{\"k\":\"v\"}}",
	       "with a process");
	s.pid = 0;
	is_str(emit(&runc_state_object, &s, "  "), "{\n  \"ociVersion\": \"1.3.0\",\n  \"id\": \"c\\\"1\",\n  \"pid\": 0,\n  \"status\": \"stopped\",\n  \"bundle\": \"/b\",\n"
	       "  \"rootfs\": \"/b/rootfs\",\n  \"created\": \"2025-01-01T00:00:00Z\",\n  \"annotations\": {\n    \"k\": \"v\"\n  },\n  \"owner\": \"\"\n}\n", "as runc prints it");
	is_str(decode(&state_object, &s, "{'ociVersion':'1.0.0','id':'x','status':'running','bundle':'/b','pid':-1}"), "F: pid: -1 is out of range (0 to 9223372036854775807)", "and back");
}

static void failures(void)
{
	char small[16];
	struct out o;

	out_init(&o, -1, small, sizeof small);
	decode(&config_object, &c, full);
	document_emit(&o, &config_object, &c, true);
	ok(o.failed != 0, "a buffer too small is noticed");
}

int main(void)
{
	everything();
	unknown_members();
	presence();
	made_by_a_program();
	state();
	failures();
	return done_testing();
}
