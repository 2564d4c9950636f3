/* SPDX-License-Identifier: ISC */
/* Strings as JSON writes them (RFC 8259, section 7). */
#include <string.h>
#include "base/out.h"
#include "json/json.h"
#include "json/utf8.h"

static void quote_control(struct out *o, unsigned char c)
{
	static const char hex[] = "0123456789abcdef", letters[] = "\bb\ff\nn\rr\tt";
	char escape[6] = { '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] };

	for (unsigned i = 0; letters[i] != '\0'; i += 2)
		if (letters[i] == (char)c) {
			escape[1] = letters[i + 1];
			out_bytes(o, escape, 2);
			return;
		}
	out_bytes(o, escape, 6);
}

void json_quote(struct out *o, const char *text)
{
	size_t left = strlen(text);

	out_bytes(o, "\"", 1);
	while (left > 0) {
		size_t plain = 0;
		unsigned length = 1;

		/* a run of characters that stand for themselves goes out as one */
		while (plain < left && (unsigned char)text[plain] >= 0x20 && text[plain] != '"' && text[plain] != '\\'
		       && (length = utf8_length(text + plain, left - plain)) > 0)
			plain += length;
		out_bytes(o, text, plain);
		text += plain;
		left -= plain;
		if (left == 0)
			break;
		if ((unsigned char)*text < 0x20)
			quote_control(o, (unsigned char)*text);
		else if (length == 0)
			out_text(o, "\\ufffd");
		else
			out_bytes(o, (const char[]){ '\\', *text }, 2);
		text++;
		left--;
	}
	out_bytes(o, "\"", 1);
}
