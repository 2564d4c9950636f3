/* SPDX-License-Identifier: ISC */
/* snprintf(3) and vsnprintf(3) in libc's place: without floating point, wide characters and positional arguments, a fifth of the size. Conversions d i u x X o c s p %,
 * flags - 0 + blank #, width and precision (also *), lengths hh h l ll z j t. Anything else ends the text there and is an error (-1). */
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct sink {
	char *buffer;
	size_t size, length;   /* of the buffer; of the whole text, also of what did not fit */
};
struct conversion {
	bool left, zero, plus, blank, alternative;
	int width, precision;  /* precision -1: none */
	int longs;             /* -2 char, -1 short, 0 int, 1 long, 2 long long; 3 size_t, 4 intmax_t, 5 ptrdiff_t */
	char letter;
};

static void put(struct sink *s, const char *text, size_t length)
{
	if (s->length < s->size) {
		size_t room = s->size - s->length;
		memcpy(s->buffer + s->length, text, length < room ? length : room);
	}
	s->length += length;
}

static void fill(struct sink *s, char with, long count)
{
	while (count-- > 0)
		put(s, &with, 1);
}

static uint64_t take_unsigned(int longs, va_list *args)
{
	switch (longs) {
	case -2: return (unsigned char)va_arg(*args, unsigned);
	case -1: return (unsigned short)va_arg(*args, unsigned);
	case 1:  return va_arg(*args, unsigned long);
	case 2:  return va_arg(*args, unsigned long long);
	case 3:  return va_arg(*args, size_t);
	case 4:  return va_arg(*args, uintmax_t);
	case 5:  return (uint64_t)va_arg(*args, ptrdiff_t);
	default: return va_arg(*args, unsigned);
	}
}

static int64_t take_signed(int longs, va_list *args)
{
	switch (longs) {
	case -2: return (signed char)va_arg(*args, int);
	case -1: return (short)va_arg(*args, int);
	case 1:  return va_arg(*args, long);
	case 2:  return va_arg(*args, long long);
	case 3:  return (ptrdiff_t)va_arg(*args, size_t);
	case 4:  return va_arg(*args, intmax_t);
	case 5:  return va_arg(*args, ptrdiff_t);
	default: return va_arg(*args, int);
	}
}

static void padded(struct sink *s, const struct conversion *c, const char *prefix, const char *text, size_t length)
{
	size_t before = strlen(prefix);
	long zeros = c->precision > (long)length && c->letter != 's' ? c->precision - (long)length : 0;
	long pad = c->width - (long)(before + length) - zeros;
	if (c->zero && !c->left && c->precision < 0 && pad > 0) {
		zeros = pad;
		pad = 0;
	}
	if (!c->left)
		fill(s, ' ', pad);
	put(s, prefix, before);
	fill(s, '0', zeros);
	put(s, text, length);
	if (c->left)
		fill(s, ' ', pad);
}

static void number(struct sink *s, const struct conversion *c, uint64_t value, bool negative)
{
	char digits[24], *at = digits + sizeof digits;
	bool hex = c->letter == 'x' || c->letter == 'X' || c->letter == 'p';
	unsigned base = hex ? 16 : c->letter == 'o' ? 8 : 10;
	const char *alphabet = c->letter == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
	const char *prefix = negative ? "-" : c->plus ? "+" : c->blank ? " " : "";
	if (hex && c->alternative && value)
		prefix = c->letter == 'X' ? "0X" : "0x";
	bool octal_zero = base == 8 && c->alternative && value;
	for (; value; value /= base)
		*--at = alphabet[value % base];
	if (octal_zero || (at == digits + sizeof digits && c->precision != 0))
		*--at = '0';
	padded(s, c, prefix, at, (size_t)(digits + sizeof digits - at));
}

static const char *read_number(const char *at, int *value, va_list *args)
{
	*value = 0;
	if (*at == '*') {
		*value = va_arg(*args, int);
		return at + 1;
	}
	for (; *at >= '0' && *at <= '9'; at++)
		*value = *value < 100000 ? *value * 10 + (*at - '0') : *value;
	return at;
}

static const char *read_length(const char *at, int *longs)
{
	*longs = 0;
	for (; *at == 'l' || *at == 'h'; at++)
		*longs += *at == 'l' ? 1 : -1;
	if (*at == 'z' || *at == 'j' || *at == 't')
		*longs = *at == 'z' ? 3 : *at == 'j' ? 4 : 5, at++;
	return at;
}

static const char *read_conversion(const char *at, struct conversion *c, va_list *args)
{
	*c = (struct conversion){ .precision = -1 };
	for (;; at++) {
		if (*at == '-')
			c->left = true;
		else if (*at == '0')
			c->zero = true;
		else if (*at == '+')
			c->plus = true;
		else if (*at == ' ')
			c->blank = true;
		else if (*at == '#')
			c->alternative = true;
		else
			break;
	}
	at = read_number(at, &c->width, args);
	if (c->width < 0) {
		c->left = true;
		c->width = -c->width;
	}
	if (*at == '.')
		at = read_number(at + 1, &c->precision, args);
	at = read_length(at, &c->longs);
	c->letter = *at;
	return *at ? at + 1 : at;
}

static void string(struct sink *s, const struct conversion *c, const char *text)
{
	text = text ? text : "(null)";
	padded(s, c, "", text, c->precision >= 0 ? strnlen(text, (size_t)c->precision) : strlen(text));
}

static int convert(struct sink *s, struct conversion *c, va_list *args)
{
	int64_t n;
	char one;
	switch (c->letter) {
	case 'd': case 'i':
		n = take_signed(c->longs, args);
		number(s, c, n < 0 ? 0 - (uint64_t)n : (uint64_t)n, n < 0);
		return 0;
	case 'u': case 'x': case 'X': case 'o':
		c->plus = c->blank = false;
		number(s, c, take_unsigned(c->longs, args), false);
		return 0;
	case 'p':
		c->alternative = true;
		number(s, c, (uintptr_t)va_arg(*args, void *), false);
		return 0;
	case 'c':
		one = (char)va_arg(*args, int);
		c->precision = -1;
		c->zero = false;
		padded(s, c, "", &one, 1);
		return 0;
	case 's':
		c->zero = false;
		string(s, c, va_arg(*args, const char *));
		return 0;
	case '%':
		put(s, "%", 1);
		return 0;
	}
	return -1;
}

int vsnprintf(char *restrict buffer, size_t size, const char *restrict format, va_list given)
{
	struct sink s = { buffer, size, 0 };
	struct conversion c;
	va_list args;
	int result = 0;
	va_copy(args, given);
	while (*format && result == 0) {
		size_t plain = strcspn(format, "%");
		put(&s, format, plain);
		format += plain;
		if (*format != '%')
			break;
		format = read_conversion(format + 1, &c, &args);
		result = convert(&s, &c, &args);
	}
	va_end(args);
	if (size)
		buffer[s.length < size ? s.length : size - 1] = 0;
	return result < 0 || s.length > INT32_MAX ? -1 : (int)s.length;
}

int snprintf(char *restrict buffer, size_t size, const char *restrict format, ...)
{
	va_list args;
	va_start(args, format);
	int length = vsnprintf(buffer, size, format, args);
	va_end(args);
	return length;
}
