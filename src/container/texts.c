/* SPDX-License-Identifier: ISC */
#include "container/texts.h"

#include <string.h>

#include "container/container.h"

char *texts_room(struct container *c, size_t *bytes)
{
	*bytes = sizeof c->texts - c->texts_used;
	return c->texts + c->texts_used;
}

const char *texts_keep(struct container *c)
{
	const char *text = c->texts + c->texts_used;
	c->texts_used += strlen(text) + 1;
	return text;
}
