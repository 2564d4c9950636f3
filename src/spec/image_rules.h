/* SPDX-License-Identifier: ISC */
/* Rules that the documents of an image share (image-spec, descriptor.md), in the form of field.check. */
#ifndef SPEC_IMAGE_RULES_H
#define SPEC_IMAGE_RULES_H

#include "spec/rules.h"

/* member: int64_t; 2 */
int check_schema_version(const void *member, struct place *, struct report *);
/* member: const char *; RFC 6838, section 4.2: type/subtype */
int check_media_type_grammar(const void *member, struct place *, struct report *);
/* rule_digest: "algorithm:encoded" by descriptor.md's grammar; a registered algorithm's length and digits too. */
int rule_digest(const char *digest, struct place *, struct report *);
/* has_unknown: whether a document has a member, in quotes, that its table lacks: manifest or index, no document may be read as both. */
bool has_unknown(const struct node *node, const char *quoted);

#endif
