/* SPDX-License-Identifier: ISC */
/* What tables say is written as it is; what their rules say in C is said again here, as far as JSON Schema can: test/tools/schema-verdicts compares the two. */
#include "check/schema.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "json/json.h"
#include "spec/image_rules.h"
#include "spec/version.h"

#define DEPTH 16   /* as spec/decode.c */
#define HEX(name, digits) "(?!" name ":)|" name ":[0-9a-f]{" digits "}$"
#define DIGEST "\"pattern\":\"^(?=[a-z0-9]+([+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$)(?=" HEX("sha256", "64") ")(?=" HEX("sha384", "96") ")(?=" HEX("sha512", "128") ")\""
#define CPUS "\"pattern\":\"^[0-9, -]*$\""
#define EITHER(a, b) "\"anyOf\":[{\"required\":[\"" a "\"]},{\"required\":[\"" b "\"]}]"
#define ONE_LINE "\"not\":{\"pattern\":\"\\\\n\"}"

/* Rules of single values: for arrays and maps of strings, of their items. */
static const struct { int (*check)(const void *, struct place *, struct report *); const char *text; } rules[] = {
	{ check_absolute,           "\"pattern\":\"^/\"" },
	{ check_absolute_each,      "\"pattern\":\"^/\"" },
	{ check_path,               "\"pattern\":\"^([/\\\\\\\\]|[A-Za-z]:[/\\\\\\\\])\"" },
	{ check_not_empty,          "\"minLength\":1" },
	{ check_version,            "\"pattern\":\"^1\\\\.(0|[1-9][0-9]*)\\\\.(0|[1-9][0-9]*)(-(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
	                            "(\\\\.(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*)?(\\\\+[0-9A-Za-z-]+(\\\\.[0-9A-Za-z-]+)*)?$\"" },
	{ check_media_type_grammar, "\"pattern\":\"^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}$\"" },
	{ check_schema_version,     "\"const\":2" },
};
/* Rules that their tables keep to themselves: of a table's member, or of the whole object (member 0). */
static const struct { const char *table, *member, *text; } more[] = {
	{ "config", 0, EITHER("root", "windows") },
	{ "mounts", "destination", "\"minLength\":1" },
	{ "mounts", 0, "\"dependentRequired\":{\"uidMappings\":[\"gidMappings\"],\"gidMappings\":[\"uidMappings\"]}" },
	{ "process", 0, "\"anyOf\":[{\"required\":[\"args\"],\"properties\":{\"args\":{\"minItems\":1}}},{\"required\":[\"commandLine\"]}]" },
	{ "process.execCPUAffinity", "initial", CPUS }, { "process.execCPUAffinity", "final", CPUS },
	{ "linux.namespaces", "path", "\"pattern\":\"^(/|$)\"" },
	{ "linux.devices", 0, "\"anyOf\":[{\"properties\":{\"type\":{\"const\":\"p\"}}},{\"required\":[\"major\",\"minor\"]}]" },
	{ "linux", "timeOffsets", "\"propertyNames\":{\"enum\":[\"monotonic\",\"boottime\"]}" },
	{ "linux.intelRdt", "closID", "\"pattern\":\"^(/|(?!\\\\.\\\\.?$)[^/]*)$\"" },
	{ "linux.intelRdt", "memBwSchema", "\"pattern\":\"^(MB:|$)\"," ONE_LINE },
	{ "linux.intelRdt", "schemata", ONE_LINE },
	{ "linux.personality", "flags", "\"enum\":[]" },
	{ "linux.resources", "unified", "\"propertyNames\":{\"pattern\":\"^[^./][^/.]*\\\\.[^/]*$\"}" },
	{ "linux.resources.devices", "access", "\"pattern\":\"^[rwma]*$\"" },
	{ "linux.resources.blockIO.weightDevice", 0, EITHER("weight", "leafWeight") },
	{ "linux.resources.hugepageLimits", "pageSize", "\"pattern\":\"^[1-9][0-9]*[KMG]B$\"" },
	{ "linux.resources.rdma", 0, EITHER("hcaHandles", "hcaObjects") },
	{ "linux.seccomp", 0, "\"if\":{\"required\":[\"defaultErrnoRet\"]},\"then\":{\"properties\":{\"defaultAction\":{\"pattern\":\"_(ERRNO|TRACE)$\"}}}" },
	{ "linux.seccomp.syscalls", 0, "\"properties\":{\"names\":{\"minItems\":1}},\"if\":{\"required\":[\"errnoRet\"]},"
	                               "\"then\":{\"properties\":{\"action\":{\"pattern\":\"_(ERRNO|TRACE)$\"}}}" },
	{ "windows", "credentialSpec", "\"type\":\"object\"" },
	{ "windows", 0, "\"properties\":{\"layerFolders\":{\"minItems\":1}}" },
	{ "descriptor", "digest", DIGEST }, { "rootfs", "diff_ids", DIGEST },
	{ "descriptor", "data", "\"pattern\":\"^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)?$\"" },
	{ "imageLayout", "imageLayoutVersion", "\"const\":\"1.0.0\"" },
};

struct frame { const struct object *table; uint32_t index; unsigned closing; bool any; };
struct walk { struct out *o; unsigned depth; bool nullable; struct frame stack[DEPTH]; };

static void comma_text(struct out *o, const char *text)
{
	out_text(o, ",");
	out_text(o, text);
}

static void put_rules(struct out *o, const struct object *table, const struct field *field)
{
	for (size_t i = 0; field && field->checked && i < sizeof rules / sizeof *rules; i++)
		if (rules[i].check == field->check)
			comma_text(o, rules[i].text);
	for (size_t i = 0; i < sizeof more / sizeof *more; i++)
		if (strcmp(more[i].table, table->name) == 0 && (field ? more[i].member && strcmp(more[i].member, field->name) == 0 : !more[i].member))
			comma_text(o, more[i].text);
}

static void put_type(const struct walk *w, const char *type, bool nullable)
{
	out_printf(w->o, w->nullable && nullable ? "\"type\":[\"%s\",\"null\"]" : "\"type\":\"%s\"", type);
}

static void put_words(struct out *o, const struct words *words, bool nullable)
{
	for (uint32_t i = 0; words && i < words->count; i++) {
		out_text(o, i ? "," : ",\"enum\":[");
		json_quote(o, words->words[i]);
	}
	if (words)
		out_text(o, nullable ? ",null]" : "]");
}

static void put_number(const struct walk *w, const struct field *f, enum kind kind, bool nullable)
{
	static const struct range ranges[] = { [KIND_I64] = { INT64_MIN, INT64_MAX }, [KIND_U64] = { 0, UINT64_MAX }, [KIND_I32] = { INT32_MIN, INT32_MAX }, [KIND_U32] = { 0, UINT32_MAX } };
	const struct range *r = field_range(f) ? f->range : &ranges[kind];
	put_type(w, "integer", nullable);
	out_printf(w->o, ",\"minimum\":%" PRId64 ",\"maximum\":%" PRIu64, r->min, r->max);
}

static void push(struct walk *w, const struct object *table, unsigned closing, bool nullable)
{
	bool any = false;
	if (w->depth == DEPTH) {
		w->o->failed = E2BIG;
		return;
	}
	w->stack[w->depth++] = (struct frame){ .table = table, .closing = closing };
	put_type(w, "object", nullable);
	comma_text(w->o, "\"description\":");
	json_quote(w->o, table->section);
	for (uint32_t i = 0; i < table->count; i++)
		if (table->fields[i].need == REQUIRED) {
			out_text(w->o, any ? "," : ",\"required\":[");
			json_quote(w->o, table->fields[i].name);
			any = true;
		}
	if (any)
		out_text(w->o, "]");
	put_rules(w->o, table, 0);
	out_text(w->o, ",\"allOf\":[{\"properties\":{");   /* so that rules of the whole object may have "properties" of their own */
}

/* One member's schema; objects are left open, with `closing` braces to come. */
static void put_field(struct walk *w, const struct object *table, const struct field *f)
{
	bool nullable = f->need < EXPECTED;
	const char *rules_at = 0;
	switch ((enum kind)f->kind) {
	case KIND_BOOL: put_type(w, "boolean", nullable); break;
	case KIND_STRING: case KIND_ENUM:
		put_type(w, "string", nullable);
		put_words(w->o, field_words(f), w->nullable && nullable);
		break;
	case KIND_I64: case KIND_U64: case KIND_I32: case KIND_U32: put_number(w, f, f->kind, nullable); break;
	case KIND_STRINGS:
		put_type(w, "array", nullable);
		out_text(w->o, ",\"items\":{\"type\":\"string\"");
		put_words(w->o, field_words(f), false);
		rules_at = "}";
		break;
	case KIND_NUMBERS:
		put_type(w, "array", nullable);
		out_text(w->o, ",\"items\":{");
		put_number(w, f, KIND_I64, false);
		rules_at = "}";
		break;
	case KIND_MAP:
		put_type(w, "object", nullable);
		comma_text(w->o, "\"additionalProperties\":{\"type\":\"string\"}");
		if (f->checked && f->check == check_keys)
			comma_text(w->o, "\"propertyNames\":{\"minLength\":1}");
		break;
	case KIND_OBJECT: push(w, f->of, 1, nullable); return;
	case KIND_LIST: case KIND_OBJECT_MAP:
		put_type(w, f->kind == KIND_LIST ? "array" : "object", nullable);
		put_rules(w->o, table, f);
		out_text(w->o, f->kind == KIND_LIST ? ",\"items\":{" : ",\"additionalProperties\":{");
		push(w, f->of, 2, f->kind == KIND_OBJECT_MAP);
		return;
	case KIND_RAW: out_text(w->o, "\"description\":\"any\""); break;
	}
	put_rules(w->o, table, f);
	out_text(w->o, rules_at ? rules_at : "");
	out_text(w->o, "}");
}

void schema_print(struct out *o, const struct object *table, const char *name, bool nullable)
{
	struct walk w = { .o = o, .nullable = nullable };
	out_printf(o, "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"title\":\"%s\",", name);
	push(&w, table, 1, false);
	while (w.depth && !o->failed) {
		struct frame *f = &w.stack[w.depth - 1];
		if (f->index == f->table->count) {
			out_text(o, "}}]");
			for (unsigned i = 0; i < f->closing; i++)
				out_text(o, "}");
			w.depth--;
			continue;
		}
		const struct field *field = &f->table->fields[f->index++];
		out_text(o, f->any ? ",\n" : "\n");
		f->any = true;
		for (unsigned i = 0; i < w.depth; i++)
			out_text(o, " ");
		json_quote(o, field->name);
		out_text(o, ":{");
		put_field(&w, f->table, field);
	}
	out_text(o, "\n");
}
