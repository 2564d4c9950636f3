/* SPDX-License-Identifier: ISC */
/* Prints every property of config.json from the field tables, one a line: place, kind, since, platforms ("" for all), section; tools/spec-page makes docs/spec.md of it. */
#include <stdio.h>
#include <string.h>
#include "spec/config.h"

static const char *kind_of(const struct field *f)
{
	static const char *const kinds[] = {
		[KIND_BOOL] = "boolean", [KIND_STRING] = "string", [KIND_I64] = "int64", [KIND_U64] = "uint64", [KIND_I32] = "int32", [KIND_U32] = "uint32",
		[KIND_ENUM] = "word", [KIND_OBJECT] = "object", [KIND_STRINGS] = "strings", [KIND_NUMBERS] = "numbers", [KIND_LIST] = "list of objects",
		[KIND_MAP] = "map of strings", [KIND_OBJECT_MAP] = "map of objects", [KIND_RAW] = "any",
	};
	if ((f->kind == KIND_STRING && field_words(f) != 0))
		return "word";
	return f->kind == KIND_STRINGS && field_words(f) != 0 ? "words" : kinds[f->kind];
}

static void print_platforms(unsigned platforms)
{
	static const struct { enum platform platform; const char *name; } names[] = {
		{ LINUX, "linux" }, { WINDOWS, "windows" }, { SOLARIS, "solaris" }, { VM, "vm" }, { FREEBSD, "freebsd" }, { ZOS, "zos" },
	};
	const char *between = "";
	for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
		if (platforms & names[i].platform) {
			printf("%s%s", between, names[i].name);
			between = " ";
		}
}

/* The tables hold no cycle. */
static void print_object(const struct object *o, const char *above, unsigned since, unsigned platforms)
{
	static const char *const versions[] = { [SPEC_1_0] = "1.0", [SPEC_1_1] = "1.1", [SPEC_1_2] = "1.2", [SPEC_1_3] = "1.3" };
	for (unsigned i = 0; i < o->count; i++) {
		const struct field *f = &o->fields[i];
		char place[256];
		unsigned own_since = f->since > since ? f->since : since, own_platforms = f->platform != ANY ? f->platform : platforms;
		snprintf(place, sizeof place, "%s%s%s", above, *above ? "." : "", f->name);
		printf("%s\t%s\t%s\t", place, kind_of(f), versions[own_since]);
		print_platforms(own_platforms);
		printf("\t%s\n", o->section);
		if (f->kind == KIND_OBJECT || f->kind == KIND_LIST || f->kind == KIND_OBJECT_MAP)
			print_object(f->of, place, own_since, own_platforms);
	}
}

int main(void)
{
	print_object(&config_object, "", SPEC_1_0, ANY);
	return 0;
}
