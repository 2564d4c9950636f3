/* SPDX-License-Identifier: ISC */
/* DEFLATE with the fixed codes. */
#include "image/pack_deflate.h"

#include <string.h>
#include <zlib.h>   /* crc32 */

#define LEAST 3u
#define MOST 258u
#define TRIES 16            /* earlier places of the same hash that are compared */

static void put_bits(struct deflate *d, uint32_t value, uint32_t count)
{
	d->bits |= (uint64_t)value << d->bit_count;
	for (d->bit_count += count; d->bit_count >= 8; d->bit_count -= 8, d->bits >>= 8) {
		if (d->out_used == sizeof d->out) {
			d->put(d->context, d->out, d->out_used);
			d->out_used = 0;
		}
		d->out[d->out_used++] = (uint8_t)d->bits;
	}
}

/* Codes stand with their first bit lowest. */
static uint32_t reversed(uint32_t code, uint32_t count)
{
	uint32_t result = 0;
	for (uint32_t i = 0; i < count; i++)
		result |= (code >> i & 1) << (count - 1 - i);
	return result;
}

/* RFC 1951, 3.2.6: the codes of all symbols, and of distances. */
static void make_codes(struct deflate *d)
{
	for (uint32_t i = 0; i < DEFLATE_SYMBOLS; i++) {
		uint32_t count = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
		uint32_t code = i < 144 ? 0x30 + i : i < 256 ? 0x190 + i - 144 : i < 280 ? i - 256 : 0xc0 + i - 280;
		d->code[i] = (uint16_t)(reversed(code, count) << 4 | count);
	}
	for (uint32_t i = 0; i < 30; i++)
		d->far[i] = (uint8_t)reversed(i, 5);
}

static void put_symbol(struct deflate *d, uint32_t symbol)
{
	put_bits(d, d->code[symbol] >> 4, d->code[symbol] & 15);
}

static uint32_t log2_of(uint32_t n)
{
	return 31u - (uint32_t)__builtin_clz(n);
}

/* RFC 1951, 3.2.5 */
static void put_match(struct deflate *d, uint32_t length, uint32_t distance)
{
	uint32_t l = length - LEAST, far = distance - 1;
	if (length == MOST) {
		put_symbol(d, 285);
	} else {
		uint32_t extra = l < 8 ? 0 : log2_of(l) - 2;
		put_symbol(d, 257 + (extra ? 4 + 4 * extra + (l >> extra) - 4 : l));
		put_bits(d, l & ((1u << extra) - 1), extra);
	}
	uint32_t extra = far < 4 ? 0 : log2_of(far) - 1;
	put_bits(d, d->far[extra ? 2 * (extra + 1) + (far >> extra & 1) : far], 5);
	put_bits(d, far & ((1u << extra) - 1), extra);
}

static uint32_t hash(const uint8_t *at)
{
	return ((uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2]) * 2654435761u >> 18;
}

static uint32_t same(const uint8_t *a, const uint8_t *b, uint32_t most)
{
	uint32_t n = 0;
	while (n < most && a[n] == b[n])
		n++;
	return n;
}

/* The longest match at d->at; its length, 0: none. */
static uint32_t find(const struct deflate *d, uint32_t *distance)
{
	const uint8_t *here = d->window + d->at;
	uint32_t most = d->end - d->at < MOST ? d->end - d->at : MOST, best = 0;
	uint32_t place = d->head[hash(here)];
	for (int tries = 0; place && d->at - place <= DEFLATE_WINDOW && tries < TRIES && best < most; tries++) {
		const uint8_t *there = d->window + place;
		uint32_t n = best && there[best] != here[best] ? 0 : same(here, there, most);
		if (n > best) {
			best = n;
			*distance = d->at - place;
		}
		uint32_t next = d->before[place % DEFLATE_WINDOW];
		if (next >= place)
			break;
		place = next;
	}
	return best >= LEAST ? best : 0;
}

static void step(struct deflate *d)
{
	if (d->at + LEAST <= d->end) {
		uint32_t *head = &d->head[hash(d->window + d->at)];
		d->before[d->at % DEFLATE_WINDOW] = *head;
		*head = d->at;
	}
	d->at++;
}

/* Codes all but what may still be part of a longer match, or all. */
static void code(struct deflate *d, uint32_t keep)
{
	while (d->at + keep < d->end) {
		uint32_t distance = 0, length = d->at + LEAST <= d->end ? find(d, &distance) : 0;
		if (length)
			put_match(d, length, distance);
		else
			put_symbol(d, d->window[d->at]);
		for (length += !length; length; length--)
			step(d);
	}
}

/* Forgets what no match can reach any more. */
static void slide(struct deflate *d)
{
	const uint32_t gone = 2 * DEFLATE_WINDOW;
	memmove(d->window, d->window + gone, d->end - gone);
	d->at -= gone;
	d->end -= gone;
	for (uint32_t i = 0; i < DEFLATE_HASHES; i++)
		d->head[i] = d->head[i] > gone ? d->head[i] - gone : 0;
	for (uint32_t i = 0; i < DEFLATE_WINDOW; i++)
		d->before[i] = d->before[i] > gone ? d->before[i] - gone : 0;
}

void deflate_start(struct deflate *d)
{
	static const uint8_t header[10] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff };   /* no name, no time, no system */
	memset(d->head, 0, sizeof d->head);
	memset(d->before, 0, sizeof d->before);
	make_codes(d);
	d->crc = d->size = d->bit_count = d->out_used = 0;
	d->bits = 0;
	d->at = d->end = 1;   /* place 0 means none */
	d->put(d->context, header, sizeof header);
	put_bits(d, 3, 3);    /* the last block, fixed codes */
}

void deflate_add(struct deflate *d, const uint8_t *bytes, size_t length)
{
	while (length) {
		size_t room = sizeof d->window - d->end, n = length < room ? length : room;
		memcpy(d->window + d->end, bytes, n);
		d->crc = (uint32_t)crc32(d->crc, bytes, (uInt)n);
		d->size += (uint32_t)n;
		d->end += (uint32_t)n;
		bytes += n;
		length -= n;
		if (d->end < sizeof d->window)
			continue;
		code(d, MOST);
		slide(d);
	}
}

void deflate_finish(struct deflate *d)
{
	code(d, 0);
	put_symbol(d, 256);
	put_bits(d, 0, (8 - d->bit_count) & 7);
	put_bits(d, d->crc, 32);
	put_bits(d, d->size, 32);
	d->put(d->context, d->out, d->out_used);
}
