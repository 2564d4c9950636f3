/* SPDX-License-Identifier: ISC */
/* How far an unpacking is. */
#include "image/progress.h"

#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/out.h"
#include "base/str.h"
#include "image/walk.h"

#define EVERY_TICKS 64          /* looks at the clock: a tick is an entry, or some 16 KB of a file */
#define EVERY_MS 125
#define BAR_CELLS 30u

static const char *const words[] = { "none", "bar", "plain", "json", "auto" };
static enum { NONE, BAR, PLAIN, JSON, AUTO } form;
static struct {
	uint32_t number, count, ticks;
	const char *digest;
	uint64_t size;
	int64_t told_ms;
} now;

int progress_use(const char *word, struct err *e)
{
	int found = word ? str_word(word, words, sizeof words / sizeof *words) : AUTO;
	if (found < 0)
		return err_set(e, "--progress %.40s: expected auto, bar, plain, json or none", word);
	form = found != AUTO ? (unsigned)found : isatty(2) ? BAR : PLAIN;
	return 0;
}

static void tell(uint64_t bytes, bool done)
{
	char text[512], cut[WALK_TEXT_BYTES];
	struct out o;
	uint32_t cells = now.size ? (uint32_t)(bytes * BAR_CELLS / now.size) : BAR_CELLS;
	out_init(&o, -1, text, sizeof text);
	if (form == JSON)
		out_printf(&o, "{\"layer\":%u,\"layers\":%u,\"digest\":\"%.300s\",\"bytes\":%llu,\"size\":%llu,\"done\":%s}\n", now.number, now.count, now.digest,
		           (unsigned long long)bytes, (unsigned long long)now.size, done ? "true" : "false");
	else if (form == PLAIN && done)
		out_printf(&o, "layer %u of %u: %.60s: %llu bytes\n", now.number + 1, now.count, walk_short(now.digest, cut), (unsigned long long)now.size);
	else if (form == BAR && !done)
		out_printf(&o, "\r[%.*s%*s] %llu/%llu MB, layer %u of %u\33[K", (int)cells, "##############################", (int)(BAR_CELLS - cells), "",
		           (unsigned long long)(bytes / 1000000), (unsigned long long)(now.size / 1000000), now.number + 1, now.count);
	/* whoever no longer listens is no reason to stop */
	(void)!io_write(form == BAR ? 2 : 1, text, o.used);
}

void progress_layer(uint32_t number, uint32_t count, const char *digest, uint64_t size)
{
	now.number = number;
	now.count = count;
	now.digest = digest;
	now.size = size;
	now.ticks = 0;
	now.told_ms = 0;
}

void progress_tick(const struct stream *s)
{
	struct timespec t;
	if ((form != BAR && form != JSON) || now.ticks++ % EVERY_TICKS)
		return;
	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	int64_t ms = (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
	if (ms - now.told_ms < EVERY_MS)
		return;
	now.told_ms = ms;
	tell(stream_read_bytes(s), false);
}

void progress_end(bool done)
{
	if (done && form != BAR)
		tell(now.size, true);
	else if (form == BAR && now.told_ms)
		(void)!io_write(2, "\r\33[K", 4);
}
