/* SPDX-License-Identifier: MIT */
/* format.c - text from a format, some characters at a time: see lib.h. */
#include <stdbool.h>

#include <hv/lib.h>

/* A tenth by multiplication: the ARM926 has no divider. */
static inline uint32_t tenth(uint32_t value)
{
	return (uint32_t)((uint64_t)value * 0xCCCCCCCDu >> 35);
}

static char *decimal(char *end, uint32_t value)
{
	do {
		*--end = (char)('0' + (value - tenth(value) * 10u));
		value = tenth(value);
	} while (value);
	return end;
}

static char *hexadecimal(char *end, uint32_t value)
{
	do {
		*--end = "0123456789abcdef"[value & 15u];
		value >>= 4;
	} while (value);
	return end;
}

/* The text of one conversion, in f->digits unless it is a string. */
static const char *convert(struct format *f, char conversion)
{
	char *end = f->digits + sizeof(f->digits) - 1;
	const char *string;
	int32_t number;

	switch (conversion) {
	case 's':
		string = (const char *)*f->words++;
		return string ? string : "(null)";
	case 'u':
		return decimal(end, (uint32_t)*f->words++);
	case 'x':
		return hexadecimal(end, (uint32_t)*f->words++);
	case 'd':
		number = (int32_t)*f->words++;
		if (number >= 0)
			return decimal(end, (uint32_t)number);
		end = decimal(end, 0u - (uint32_t)number);
		*--end = '-';
		return end;
	case 'c':
		*--end = (char)*f->words++;
		return end;
	default:
		return "%";
	}
}

/* The conversion that begins at f->next. */
static void conversion_begin(struct format *f)
{
	const char *p = f->next + 1;
	unsigned int width = 0;
	size_t length;
	bool left = *p == '-';

	p += left;
	f->fill = *p == '0' ? '0' : ' ';
	for (; *p >= '0' && *p <= '9'; p++)
		width = width * 10u + (unsigned int)(*p - '0');
	f->text = convert(f, *p);
	f->next = *p ? p + 1 : p;
	if (width) {
		length = (uintptr_t)(f->digits + sizeof(f->digits) - 1) - (uintptr_t)f->text;
		if (length >= sizeof(f->digits)) /* not there */
			length = strlen(f->text);
		width = width > length ? width - (unsigned int)length : 0;
	}
	f->before = left ? 0 : width;
	f->after = left ? width : 0;
}

void format_begin(struct format *f, const char *format, const uintptr_t *words)
{
	f->next = format;
	f->words = words;
	f->text = "";
	f->digits[sizeof(f->digits) - 1] = '\0';
	f->before = 0;
	f->after = 0;
}

static int conversion_next(struct format *f, char *to)
{
	const char *text = f->text;
	int n = 0;

	for (; n < FORMAT_PIECE && f->before; f->before--)
		to[n++] = f->fill;
	for (; n < FORMAT_PIECE && *text; text++)
		to[n++] = is_printable(*text) ? *text : '?';
	f->text = text;
	for (; n < FORMAT_PIECE && f->after; f->after--)
		to[n++] = ' ';
	return n;
}

int format_next(struct format *f, char *to)
{
	const char *next = f->next;
	int n = 0;

	if (f->before || *f->text || f->after)
		return conversion_next(f, to);
	if (!*next)
		return FORMAT_END;
	if (*next == '%') {
		conversion_begin(f);
		return 0;
	}
	for (; n < FORMAT_PIECE && *next && *next != '%'; next++)
		to[n++] = *next;
	f->next = next;
	return n;
}

unsigned int format_text(char *to, unsigned int size, const char *format, const uintptr_t *words)
{
	unsigned int length = 0;
	struct format f;
	int n;

	format_begin(&f, format, words);
	while (length + FORMAT_PIECE <= size && (n = format_next(&f, to + length)) != FORMAT_END)
		length += (unsigned int)n;
	return length;
}
