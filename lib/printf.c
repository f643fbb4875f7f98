/* SPDX-License-Identifier: MIT */
/*
 * printf.c - vsnprintf() with what the hypervisor prints: see lib.h.
 *
 * 64-bit numbers are split by constants only, so nothing here divides by a
 * variable: the ARM926 has no divider, and a compiler turns the others into
 * multiplications.
 */
#include <stdbool.h>

#include <hv/lib.h>

#define DIGITS 24 /* 2^64 has 20 decimal digits */

struct output {
	char *to;
	size_t size, length;
};

struct spec {
	bool left, zero;
	unsigned int width;
	unsigned int longs;   /* l, ll */
};

/* A tenth by multiplication: the ARM926 has no divider. */
static inline uint32_t tenth(uint32_t value)
{
	return (uint32_t)((uint64_t)value * 0xCCCCCCCDu >> 35);
}

static void put_text(struct output *o, const char *text, size_t size)
{
	size_t room = o->size > o->length ? o->size - o->length - 1 : 0;

	if (room)
		memcpy(o->to + o->length, text, size < room ? size : room);
	o->length += size;
}

static void pad(struct output *o, char c, unsigned int count)
{
	while (count--)
		put_text(o, &c, 1);
}

/* Text of given length within the width; a sign stays before zeros. */
static void put_field(struct output *o, const struct spec *s, const char *text,
		      size_t length)
{
	unsigned int fill = s->width > length ? s->width - (unsigned int)length : 0;

	if (fill && !s->left && s->zero && length && *text == '-') {
		put_text(o, text++, 1);
		length--;
	}
	if (!s->left)
		pad(o, s->zero ? '0' : ' ', fill);
	put_text(o, text, length);
	if (s->left)
		pad(o, ' ', fill);
}

/* Decimal digits of a 32-bit value, ending before end; at least min of them. */
static char *digits32(char *end, uint32_t value, unsigned int min)
{
	for (; value || min; value = tenth(value)) {
		*--end = (char)('0' + (value - tenth(value) * 10u));
		if (min)
			min--;
	}
	return end;
}

/*
 * value / 10^9 with the remainder, by long division in 16-bit digits: each step
 * divides less than 10^9 * 2^1 bits.  (libgcc's 64-bit division is 600
 * instructions and pulls in its exception tables.)
 */
static uint64_t divide_billion(uint64_t value, uint32_t *remainder)
{
	const uint32_t billion = 1000000000u;
	uint64_t quotient = 0;
	uint32_t rest = 0;
	int bit;

	for (bit = 63; bit >= 0; bit--) {
		rest = rest << 1 | (uint32_t)(value >> bit & 1u);
		quotient <<= 1;
		if (rest >= billion) {
			rest -= billion;
			quotient |= 1u;
		}
	}
	*remainder = rest;
	return quotient;
}

static char *digits64(char *end, uint64_t value)
{
	uint32_t rest;

	while (value >> 32) {
		value = divide_billion(value, &rest);
		end = digits32(end, rest, 9);
	}
	return digits32(end, (uint32_t)value, 0);
}

static void put_decimal(struct output *o, const struct spec *s, uint64_t value,
			bool negative)
{
	char text[DIGITS];
	char *end = text + DIGITS, *start;

	start = value ? digits64(end, value) : digits32(end, 0, 1);
	if (negative)
		*--start = '-';
	put_field(o, s, start, (size_t)(end - start));
}

static void put_hex(struct output *o, const struct spec *s, uint64_t value)
{
	char text[DIGITS];
	char *end = text + DIGITS, *start = end;

	do {
		*--start = "0123456789abcdef"[value & 15u];
		value >>= 4;
	} while (value);
	put_field(o, s, start, (size_t)(end - start));
}

static uint64_t get_unsigned(const struct spec *s, va_list *args)
{
	if (s->longs >= 2)
		return va_arg(*args, unsigned long long);
	if (s->longs == 1)
		return va_arg(*args, unsigned long);
	return va_arg(*args, unsigned int);
}

static int64_t get_signed(const struct spec *s, va_list *args)
{
	if (s->longs >= 2)
		return va_arg(*args, long long);
	if (s->longs == 1)
		return va_arg(*args, long);
	return va_arg(*args, int);
}

/* Reads flags, width and length modifiers; returns the conversion character. */
static const char *get_spec(struct spec *s, const char *format, va_list *args)
{
	*s = (struct spec){ 0 };
	for (; *format == '-' || *format == '0'; format++) {
		s->left |= *format == '-';
		s->zero |= *format == '0';
	}
	if (*format == '*') {
		s->width = va_arg(*args, unsigned int);
		format++;
	}
	for (; *format >= '0' && *format <= '9'; format++)
		s->width = s->width * 10 + (unsigned int)(*format - '0');
	for (; *format == 'l'; format++)
		s->longs++;
	if (*format == 'z') { /* size_t is as wide as long */
		s->longs = 1;
		format++;
	}
	return format;
}

static void put_conversion(struct output *o, struct spec *s, char conversion,
			   va_list *args)
{
	const char *text;
	int64_t number;
	char c;

	switch (conversion) {
	case 'c':
		c = (char)va_arg(*args, int);
		put_field(o, s, &c, 1);
		break;
	case 's':
		text = va_arg(*args, const char *);
		text = text ? text : "(null)";
		s->zero = false;
		put_field(o, s, text, strlen(text));
		break;
	case 'd':
		number = get_signed(s, args);
		put_decimal(o, s, number < 0 ? 0u - (uint64_t)number : (uint64_t)number,
			    number < 0);
		break;
	case 'u':
		put_decimal(o, s, get_unsigned(s, args), false);
		break;
	case 'p':
		s->zero = true;
		s->width = 2 * sizeof(void *);
		put_hex(o, s, (uintptr_t)va_arg(*args, void *));
		break;
	case 'x':
		put_hex(o, s, get_unsigned(s, args));
		break;
	default: /* says in the text itself what is not supported */
		put_text(o, "%", 1);
		if (conversion != '%')
			put_text(o, &conversion, 1);
		break;
	}
}

int vsnprintf(char *to, size_t size, const char *format, va_list args)
{
	struct output o = { .to = to, .size = size };
	struct spec spec;
	va_list rest;

	va_copy(rest, args);
	for (;; format++) {
		const char *start = format;

		while (*format && *format != '%')
			format++;
		put_text(&o, start, (size_t)(format - start));
		if (!*format)
			break;
		format = get_spec(&spec, format + 1, &rest);
		if (!*format)
			break;
		put_conversion(&o, &spec, *format, &rest);
	}
	va_end(rest);
	if (size)
		to[o.length < size ? o.length : size - 1] = '\0';
	return (int)o.length;
}

int snprintf(char *to, size_t size, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(to, size, format, args);
	va_end(args);
	return length;
}
