/* SPDX-License-Identifier: ISC */
/* A fuzzer (libFuzzer) of json and spec: the first byte chooses the table, the rest is the document. What is decoded must come out again, be decoded
 * again, and then come out the same. */
#include <stdlib.h>
#include <string.h>

#include "base/out.h"
#include "spec/config.h"
#include "spec/document.h"
#include "spec/image.h"
#include "spec/state.h"

#define TEXT_BYTES 65536
DOCUMENT_REGIONS(region, TEXT_BYTES * 8, 16384, 1 << 20);
static char first[TEXT_BYTES * 8], second[TEXT_BYTES * 8];
static _Alignas(16) char object[4096];

static const struct object *const tables[] = {
	&config_object, &process_object, &image_index_object, &image_manifest_object, &image_config_object, &image_layout_object, &state_object, &runc_state_object,
};

static int ignore(struct report *r, enum level level, const char *place, const char *section, const char *complaint)
{
	(void)r;
	(void)level;
	(void)section;
	if (strlen(place) >= LIMIT_PLACE_BYTES || strlen(complaint) >= ERR_TEXT_MAX)
		abort();
	return 0;
}

/* The bytes in region[length] as an object, written to `to`; false where they are none. */
static bool there_and_back(const struct object *table, size_t length, char *to, const char *indent)
{
	struct document d;
	struct err e;
	struct out o;

	DOCUMENT_INIT(&d, "fuzz", region);
	if (document_parse(&d, length, &e) < 0) {
		if (strncmp(e.text, "fuzz:", 5) != 0 || strstr(e.text, ": JSON: ") == 0)
			abort();
		return false;
	}
	if (document_decode_first(&d, table, object, &e) < 0) {
		if (strncmp(e.text, "fuzz: ", 6) != 0)
			abort();
		return false;
	}
	out_init(&o, -1, to, sizeof first);
	document_emit_indented(&o, table, object, indent);
	return o.failed == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct object *table;
	struct report all = { .add = ignore };
	struct document d;
	struct err e;

	if (size < 1 || size > TEXT_BYTES)
		return 0;
	table = tables[data[0] % (sizeof tables / sizeof *tables)];
	DOCUMENT_INIT(&d, "fuzz", region);
	memcpy(region, data + 1, size - 1);
	if (document_parse(&d, size - 1, &e) == 0)
		document_decode(&d, table, object, &all);
	memcpy(region, data + 1, size - 1);
	if (!there_and_back(table, size - 1, first, data[0] & 128 ? "\t" : 0))
		return 0;
	strcpy(region, first);
	if (!there_and_back(table, strlen(first), second, data[0] & 128 ? "\t" : 0) || strcmp(first, second) != 0)
		abort();
	return 0;
}
