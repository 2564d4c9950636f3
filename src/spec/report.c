/* SPDX-License-Identifier: ISC */
/* Places in a document, and the report that runtime commands use: the first MUST is the error, the rest are debug lines. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "base/log.h"
#include "spec/report.h"

static const char cut_mark[] = "…";

/* Appends text; what does not fit whole is left out and marked, and the length becomes sizeof p->text: no more is appended then. */
static size_t append(struct place *p, const char *text)
{
	size_t before = p->length, room, i;

	if (p->length >= sizeof p->text)
		return before;
	room = sizeof p->text - sizeof cut_mark - p->length;
	for (i = 0; text[i] != '\0' && i < room; i++) {
		unsigned char c = (unsigned char)text[i];

		p->text[p->length + i] = c < 0x20 || c == 0x7F ? '?' : (char)c;
	}
	if (text[i] != '\0') {
		while (i > 0 && ((unsigned char)text[i] & 0xC0) == 0x80)   /* not within a character */
			i--;
		memcpy(p->text + p->length + i, cut_mark, sizeof cut_mark);
		p->length = sizeof p->text;
		return before;
	}
	p->length += i;
	p->text[p->length] = '\0';
	return before;
}

size_t place_member(struct place *p, const char *name)
{
	size_t before = p->length;

	if (before > 0)
		append(p, ".");
	append(p, name);
	return before;
}

size_t place_index(struct place *p, size_t index)
{
	char text[32], *at = text + sizeof text;   /* by hand: it is made for each element of each list */

	*--at = '\0';
	*--at = ']';
	do
		*--at = (char)('0' + index % 10);
	while ((index /= 10) > 0);
	*--at = '[';
	return append(p, at);
}

size_t place_key(struct place *p, const char *key)
{
	size_t before = append(p, "[\"");

	append(p, key);
	append(p, "\"]");
	return before;
}

void place_back(struct place *p, size_t length)
{
	if (length >= sizeof p->text)
		return;
	p->length = length;
	p->text[length] = '\0';
}

static int first_add(struct report *r, enum level level, const char *place, const char *section, const char *text)
{
	const char *colon = *place != '\0' ? ": " : "";

	(void)section;
	if (level != LEVEL_MUST) {
		log_debug("%s%s%s", place, colon, text);
		return 0;
	}
	err_set(r->first, "%s%s%s", place, colon, text);
	return 1;
}

void report_first(struct report *r, struct err *e)
{
	*r = (struct report){ .add = first_add, .first = e };
}

int report_add(struct report *r, enum level level, const struct place *p, const char *section, const char *format, ...)
{
	char text[ERR_TEXT_MAX];
	va_list args;

	if (r->stopped || (r->add == first_add && level != LEVEL_MUST && !log_debugging()))
		return 1;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	for (char *c = text; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7F)
			*c = '?';
	if (level == LEVEL_MUST)
		r->errors++;
	else
		r->warnings++;
	r->stopped = r->add(r, level, p->text, section, text) != 0;
	return 1;
}
