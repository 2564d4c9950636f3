/* SPDX-License-Identifier: ISC */
/* malloc(3) over a fixed region: blocks with a header of their size, first fit from a list of free blocks in address order, neighbours joined when freed.
 * Not for threads: there are none. */
#include "base/heap.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

#define ALIGN 16u

struct block {
	size_t size;          /* of the whole block, header included; a multiple of ALIGN */
	struct block *next;   /* free blocks only, in address order */
};
#define HEADER ALIGN
_Static_assert(sizeof(struct block) <= HEADER, "a block's header fits its alignment");

static LARGE _Alignas(ALIGN) char region[LIMIT_HEAP_BYTES];
static struct block *free_list;
static size_t fresh;       /* bytes of region below which all blocks are */
static size_t in_use, peak;
static bool exhausted;

static struct block *block_of(void *p)
{
	return (struct block *)(void *)((char *)p - HEADER);
}

static void *take(struct block *b)
{
	in_use += b->size;
	if (in_use > peak)
		peak = in_use;
	return (char *)b + HEADER;
}

static void *from_list(size_t size)
{
	for (struct block **at = &free_list; *at; at = &(*at)->next) {
		struct block *b = *at;
		if (b->size < size)
			continue;
		if (b->size - size >= 2 * HEADER) {
			struct block *rest = (struct block *)(void *)((char *)b + size);
			rest->size = b->size - size;
			rest->next = b->next;
			b->size = size;
			*at = rest;
		} else {
			*at = b->next;
		}
		return take(b);
	}
	return 0;
}

void *malloc(size_t wanted)
{
	size_t size = ((wanted ? wanted : 1) + HEADER + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	void *p = wanted < sizeof region ? from_list(size) : 0;
	if (p)
		return p;
	if (wanted >= sizeof region || size > sizeof region - fresh) {
		exhausted = true;
		errno = ENOMEM;
		return 0;
	}
	struct block *b = (struct block *)(void *)(region + fresh);
	fresh += size;
	b->size = size;
	return take(b);
}

static bool touch(const struct block *a, const struct block *b)
{
	return (const char *)a + a->size == (const char *)b;
}

/* The last free block, where it is also the last of the blocks, goes back to what was never handed out. */
static void give_back(struct block *last)
{
	struct block **at = &free_list;
	if ((char *)last + last->size != region + fresh)
		return;
	while (*at != last)
		at = &(*at)->next;
	*at = 0;
	fresh = (size_t)((char *)last - region);
}

void free(void *p)
{
	if (!p)
		return;
	struct block *b = block_of(p), *before = 0, **at = &free_list;
	in_use -= b->size;
	while (*at && *at < b) {
		before = *at;
		at = &before->next;
	}
	b->next = *at;
	*at = b;
	if (b->next && touch(b, b->next)) {
		b->size += b->next->size;
		b->next = b->next->next;
	}
	if (before && touch(before, b)) {
		before->size += b->size;
		before->next = b->next;
		b = before;
	}
	if (!b->next)
		give_back(b);
}

void *calloc(size_t count, size_t size)
{
	if (size && count > sizeof region / size) {
		exhausted = true;
		errno = ENOMEM;
		return 0;
	}
	void *p = malloc(count * size);
	return p ? memset(p, 0, count * size) : 0;
}

void *realloc(void *p, size_t size)
{
	size_t kept = p ? block_of(p)->size - HEADER : 0;
	if (p && size && size <= kept)
		return p;
	void *q = malloc(size);
	if (q && p) {
		memcpy(q, p, kept < size ? kept : size);
		free(p);
	}
	return q;
}

/* Alignment beyond 16 is never asked for by what is linked. */
void *aligned_alloc(size_t align, size_t size)
{
	if (align > ALIGN) {
		errno = EINVAL;
		return 0;
	}
	return malloc(size);
}

bool heap_exhausted(void)
{
	return exhausted;
}

size_t heap_peak(void)
{
	return peak;
}

int heap_error(struct err *e, const char *what)
{
	return err_limit(e, what, "LIMIT_HEAP_BYTES", LIMIT_HEAP_BYTES);
}
