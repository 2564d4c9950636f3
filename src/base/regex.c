/* SPDX-License-Identifier: ISC */
/* Extended regular expressions (POSIX, XBD 9.4) as a position automaton (Glushkov): each place that takes a character knows which places may follow it, so that
 * matching is one set of places a character. The text's beginning and end are symbols of their own, which ^ and $ take. */
#include "base/regex.h"

#include <string.h>

#define REPEATS 255   /* RE_DUP_MAX */
enum { BEGIN = 256, END, ANY, BRACKET };   /* symbols behind the bytes; BRACKET + i: the i-th bracket expression */

/* A part of the expression: which positions may be its first and its last, and whether it may be empty. */
struct part { struct regex_set first, last; bool nullable; };
/* An open group: its alternatives so far, the sequence being read, and that one's last atom, which * + ? apply to. */
struct group { struct part all, sequence, atom; bool has_atom; const char *from; unsigned position; };   /* from, position: where the atom begins, in text and automaton */
struct reading { struct regex *r; const char *start, *at; struct err *e; unsigned depth; struct group groups[LIMIT_REGEX_DEPTH]; };

static const struct part nothing = { .nullable = true }, never = { .nullable = false };

static bool in(const struct regex_set *s, unsigned i) { return s->bits[i / 32] >> i % 32 & 1; }
static void put(struct regex_set *s, unsigned i) { s->bits[i / 32] |= (uint32_t)1 << i % 32; }
static void join(struct regex_set *to, const struct regex_set *from)
{
	for (int i = 0; i < REGEX_WORDS; i++)
		to->bits[i] |= from->bits[i];
}

static int bad(const struct reading *g, const char *why)
{
	return err_set(g->e, "invalid regular expression \"%s\": %s", g->start, why);
}

/* from's ends may be followed by to's beginnings */
static void link_parts(struct regex *r, const struct regex_set *last, const struct regex_set *first)
{
	for (unsigned i = 0; i < r->count; i++)
		if (in(last, i))
			join(&r->follow[i], first);
}

static void append(struct regex *r, struct part *a, const struct part *b)
{
	link_parts(r, &a->last, &b->first);
	if (a->nullable)
		join(&a->first, &b->first);
	if (!b->nullable)
		memset(&a->last, 0, sizeof a->last);
	join(&a->last, &b->last);
	a->nullable &= b->nullable;
}

static void end_atom(struct reading *g)
{
	struct group *top = &g->groups[g->depth];
	if (top->has_atom)
		append(g->r, &top->sequence, &top->atom);
	top->has_atom = false;
}

static void end_alternative(struct reading *g)
{
	struct group *top = &g->groups[g->depth];
	end_atom(g);
	join(&top->all.first, &top->sequence.first);
	join(&top->all.last, &top->sequence.last);
	top->all.nullable |= top->sequence.nullable;
	top->sequence = nothing;
}

static int new_atom(struct reading *g, unsigned symbol)
{
	struct group *top = &g->groups[g->depth];
	if (g->r->count == LIMIT_REGEX_POSITIONS)
		return ERR_LIMIT(g->e, "characters of a regular expression", LIMIT_REGEX_POSITIONS);
	end_atom(g);
	top->atom = never;
	top->has_atom = true;
	put(&top->atom.first, g->r->count);
	put(&top->atom.last, g->r->count);
	g->r->symbol[g->r->count++] = (uint16_t)symbol;
	return 0;
}

static int open_group(struct reading *g)
{
	if (g->depth + 1 == LIMIT_REGEX_DEPTH)
		return ERR_LIMIT(g->e, "groups in one another of a regular expression", LIMIT_REGEX_DEPTH);
	end_atom(g);
	g->groups[++g->depth] = (struct group){ .all = never, .sequence = nothing };
	return 0;
}

static int close_group(struct reading *g)
{
	if (!g->depth)
		return bad(g, "unmatched )");
	end_alternative(g);
	struct part whole = g->groups[g->depth--].all;
	g->groups[g->depth].atom = whole;
	g->groups[g->depth].has_atom = true;
	return 0;
}

static int repeat(struct reading *g, char how)
{
	struct group *top = &g->groups[g->depth];
	if (!top->has_atom)
		return bad(g, "nothing to repeat");
	if (how != '?')
		link_parts(g->r, &top->atom.last, &top->atom.first);
	if (how != '+')
		top->atom.nullable = true;
	return 0;
}

static void put_range(uint32_t *set, unsigned from, unsigned to)
{
	for (; from <= to; from++)
		set[from / 32] |= (uint32_t)1 << from % 32;
}

/* "[:alpha:]" at p, of the C locale. Returns what follows, or 0. */
static const unsigned char *read_class(uint32_t *set, const unsigned char *p)
{
	static const struct { const char *name, *ranges; } classes[] = {
		{ "alnum:]", "09AZaz" }, { "alpha:]", "AZaz" }, { "blank:]", "\t\t  " }, { "cntrl:]", "\1\37\177\177" }, { "digit:]", "09" }, { "graph:]", "!~" },
		{ "lower:]", "az" }, { "print:]", " ~" }, { "punct:]", "!/:@[`{~" }, { "space:]", "\t\r  " }, { "upper:]", "AZ" }, { "xdigit:]", "09AFaf" },
	};
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
		size_t length = strlen(classes[i].name);
		if (strncmp((const char *)p + 2, classes[i].name, length) != 0)
			continue;
		for (const char *range = classes[i].ranges; *range; range += 2)
			put_range(set, (unsigned char)range[0], (unsigned char)range[1]);
		return p + 2 + length;
	}
	return 0;
}

/* g->at stands behind the "[" */
static int read_bracket(struct reading *g)
{
	struct regex *r = g->r;
	if (r->brackets == LIMIT_REGEX_BRACKETS)
		return ERR_LIMIT(g->e, "brackets of a regular expression", LIMIT_REGEX_BRACKETS);
	uint32_t *set = r->bracket[r->brackets];
	const unsigned char *p = (const unsigned char *)g->at;
	bool negated = *p == '^';
	p += negated;
	memset(set, 0, sizeof r->bracket[0]);
	for (bool first = true; *p && (*p != ']' || first); first = false) {
		if (*p == '[' && (p[1] == ':' || p[1] == '.' || p[1] == '=')) {
			if (!(p = p[1] == ':' ? read_class(set, p) : 0))
				return bad(g, "unknown class of characters");
			continue;
		}
		unsigned from = *p, to = from;
		if (p[1] == '-' && p[2] && p[2] != ']') {
			to = p[2];
			p += 2;
		}
		p++;
		if (to < from)
			return bad(g, "a range that goes backward");
		put_range(set, from, to);
	}
	if (!*p)
		return bad(g, "unmatched [");
	for (int i = 0; negated && i < 256 / 32; i++)
		set[i] = ~set[i];
	g->at = (const char *)p + 1;
	return new_atom(g, BRACKET + r->brackets++);
}

static int read_escaped(struct reading *g)
{
	unsigned char c = (unsigned char)*g->at;
	if (!c)
		return bad(g, "ends with \\");
	if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
		return bad(g, "\\ before a letter or digit");
	g->at++;
	return new_atom(g, c);
}

static bool read_count(const char **at, unsigned *n)
{
	const char *p = *at;
	for (*n = 0; *p >= '0' && *p <= '9' && *n <= REPEATS; p++)
		*n = *n * 10 + (unsigned)(*p - '0');
	bool any = p > *at;
	*at = p;
	return any && *n <= REPEATS;
}

static int read_one(struct reading *g);

/* Behind "{": the atom's text is read again for each further copy. What takes no position is not repeated, so that each copy within a copy uses some up, and their limit ends it. */
static int read_braces(struct reading *g)
{
	struct group *top = &g->groups[g->depth];
	const char *end = g->at - 1, *from = top->from;
	unsigned position = top->position, least, most;
	bool good = read_count(&g->at, &least), open = false;
	most = least;
	if (good && *g->at == ',') {
		g->at++;
		open = *g->at == '}';
		good = open || read_count(&g->at, &most);
	}
	if (!good || *g->at++ != '}' || most < least)
		return bad(g, "{ } that is no {m}, {m,} or {m,n} up to 255; a brace itself is \\{");
	if (!top->has_atom)
		return bad(g, "nothing to repeat");
	const char *behind = g->at;
	struct part whole = nothing;
	if (open && !most)
		most = 1;
	for (unsigned i = 0; i < most && g->r->count > position; i++) {
		if (i) {
			top->has_atom = false;
			for (g->at = from; g->at < end; )
				if (read_one(g) < 0)
					return -1;
		}
		if (open && i + 1 == most)
			link_parts(g->r, &top->atom.last, &top->atom.first);
		top->atom.nullable |= i >= least;
		append(g->r, &whole, &top->atom);
	}
	g->at = behind;
	top->atom = whole;
	top->from = from;
	top->position = position;
	return 0;
}

static int read_one(struct reading *g)
{
	unsigned char c = (unsigned char)*g->at++;
	if (!strchr(")|*+?{", c)) {
		g->groups[g->depth].from = g->at - 1;
		g->groups[g->depth].position = g->r->count;
	}
	switch (c) {
	case '(': return open_group(g);
	case ')': return close_group(g);
	case '|': end_alternative(g); return 0;
	case '*': case '+': case '?': return repeat(g, (char)c);
	case '{': return read_braces(g);
	case '[': return read_bracket(g);
	case '\\': return read_escaped(g);
	case '.': return new_atom(g, ANY);
	case '^': return new_atom(g, BEGIN);
	case '$': return new_atom(g, END);
	default: return new_atom(g, c);
	}
}

int regex_compile(struct regex *r, const char *expression, struct err *e)
{
	static LARGE struct reading g;
	memset(r, 0, sizeof *r);
	g.r = r;
	g.start = g.at = expression;
	g.e = e;
	g.depth = 0;
	g.groups[0] = (struct group){ .all = never, .sequence = nothing };
	if (!*expression)
		return bad(&g, "empty");
	while (*g.at)
		if (read_one(&g) < 0)
			return -1;
	if (g.depth)
		return bad(&g, "unmatched (");
	end_alternative(&g);
	r->first = g.groups[0].all.first;
	r->last = g.groups[0].all.last;
	r->nullable = g.groups[0].all.nullable;
	return 0;
}

static bool takes(const struct regex *r, unsigned position, unsigned symbol)
{
	unsigned want = r->symbol[position];
	if (want >= BRACKET)
		return symbol < 256 && r->bracket[want - BRACKET][symbol / 32] >> symbol % 32 & 1;
	return want == ANY ? symbol < 256 : want == symbol;
}

bool regex_match(const struct regex *r, const char *text)
{
	struct regex_set may = r->first;
	if (r->nullable)
		return true;
	for (unsigned symbol = BEGIN; ; symbol = *text ? (unsigned char)*text++ : END) {
		struct regex_set next = r->first;   /* a match may begin anywhere */
		for (unsigned i = 0; i < r->count; i++) {
			if (!in(&may, i) || !takes(r, i, symbol))
				continue;
			if (in(&r->last, i))
				return true;
			join(&next, &r->follow[i]);
		}
		if (symbol == END)
			return false;
		may = next;
	}
}
