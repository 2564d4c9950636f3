/* SPDX-License-Identifier: ISC */
/* Descriptors and their grammars (image-spec, descriptor.md, "Properties", "Digests"); platforms (image-index.md). */
#include <string.h>
#include "spec/image.h"
#include "spec/image_rules.h"
#include "spec/table.h"

static bool is_lower(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_alphanumeric(char c)
{
	return is_lower(c) || (c >= 'A' && c <= 'Z');
}

/* algorithm ::= component ([+._-] component)*, component ::= [a-z0-9]+. Its length, or 0. */
static size_t algorithm_length(const char *digest)
{
	size_t n = 0;

	while (is_lower(digest[n])) {
		while (is_lower(digest[n]))
			n++;
		if (digest[n] == ':')
			return n;
		if (digest[n] == '\0' || strchr("+._-", digest[n]) == 0)
			return 0;
		n++;
	}
	return 0;
}

int rule_digest(const char *digest, struct place *p, struct report *r)
{
	static const struct { const char *name; size_t digits; } known[] = { { "sha256", 64 }, { "sha384", 96 }, { "sha512", 128 } };
	size_t algorithm = algorithm_length(digest), length, hex;
	const char *encoded = digest + algorithm + 1;

	if (algorithm == 0)
		return report_add(r, LEVEL_MUST, p, descriptor_object.section, "\"%.200s\" is not ALGORITHM:ENCODED", digest);
	for (length = 0; is_alphanumeric(encoded[length]) || (encoded[length] != '\0' && strchr("=_-", encoded[length]) != 0); length++)
		;
	if (length == 0 || encoded[length] != '\0')
		return report_add(r, LEVEL_MUST, p, descriptor_object.section, "\"%.200s\" is not ALGORITHM:ENCODED", digest);
	hex = strspn(encoded, "0123456789abcdef");
	for (unsigned i = 0; i < COUNT_OF(known); i++)
		if (strlen(known[i].name) == algorithm && memcmp(known[i].name, digest, algorithm) == 0 && (hex != known[i].digits || length != hex))
			return report_add(r, LEVEL_MUST, p, descriptor_object.section, "a %s digest has %zu lower-case hexadecimal digits: \"%.200s\"",
			                  known[i].name, known[i].digits, digest);
	return 0;
}

/* restricted-name of RFC 6838; its length, or 0 */
static size_t name_length(const char *name)
{
	size_t n = 0;

	if (!is_alphanumeric(*name))
		return 0;
	while (is_alphanumeric(name[n]) || (name[n] != '\0' && strchr("!#$&-^_.+", name[n]) != 0))
		n++;
	return n <= 127 ? n : 0;
}

int check_media_type_grammar(const void *member, struct place *p, struct report *r)
{
	const char *text = *(const char *const *)member;
	size_t type = name_length(text), subtype = type > 0 && text[type] == '/' ? name_length(text + type + 1) : 0;

	return subtype > 0 && text[type + 1 + subtype] == '\0' ? 0
	     : report_add(r, LEVEL_MUST, p, descriptor_object.section, "\"%.200s\" is not a media type", text);
}

int check_schema_version(const void *member, struct place *p, struct report *r)
{
	int64_t version = *(const int64_t *)member;

	return version == 2 ? 0 : report_add(r, LEVEL_MUST, p, 0, "%lld is not supported: only 2 is", (long long)version);
}

bool has_unknown(const struct node *node, const char *quoted)
{
	for (const struct unknown *u = node->unknown; u != 0; u = u->next)
		if (u->key.length == strlen(quoted) && memcmp(u->key.text, quoted, u->key.length) == 0)
			return true;
	return false;
}

static int check_digest(const void *member, struct place *p, struct report *r)
{
	return rule_digest(*(const char *const *)member, p, r);
}

/* RFC 4648, section 4: whole groups of four, '=' only at the end */
static int check_data(const void *member, struct place *p, struct report *r)
{
	const char *data = *(const char *const *)member;
	size_t n = 0, padding;

	while (is_alphanumeric(data[n]) || data[n] == '+' || data[n] == '/')
		n++;
	padding = strspn(data + n, "=");
	return data[n + padding] == '\0' && (n + padding) % 4 == 0 && padding <= 2 ? 0
	     : report_add(r, LEVEL_MUST, p, descriptor_object.section, "is not base64");
}

static const struct field platform_fields[] = {
	F(image_platform, architecture, REQUIRED),
	F(image_platform, os,           REQUIRED),
	NAMED(image_platform, "os.version",  os_version,  OPTIONAL),
	NAMED(image_platform, "os.features", os_features, OPTIONAL),
	F(image_platform, variant,      OPTIONAL),
};
static const struct object platform_object = TABLE("platform", "image-index.md", image_platform, platform_fields, 0);

static const struct field descriptor_fields[] = {
	F(descriptor, mediaType,    REQUIRED, CHECKED(check_media_type_grammar)),
	F(descriptor, digest,       REQUIRED, CHECKED(check_digest)),
	F(descriptor, size,         REQUIRED, .range = &range_natural),
	F(descriptor, urls,         OPTIONAL),
	F(descriptor, annotations,  OPTIONAL, CHECKED(check_keys)),
	F(descriptor, data,         OPTIONAL, CHECKED(check_data)),
	F(descriptor, artifactType, OPTIONAL, CHECKED(check_media_type_grammar)),
	F_OBJECT(descriptor, "platform", platform, OPTIONAL, image_platform, platform_object),
};
const struct object descriptor_object = TABLE("descriptor", "descriptor.md", descriptor, descriptor_fields, 0);
