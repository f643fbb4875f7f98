/* SPDX-License-Identifier: MIT */
/* number.c - strtoul(). */
#include <hv/lib.h>

#define UNSIGNED_LONG_MAX (~0ul)

/* The digit's value, or 99. */
static unsigned int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	c = (char)(c | 0x20);
	if (c >= 'a' && c <= 'z')
		return (unsigned int)(c - 'a') + 10;
	return 99;
}

/* As ISO C, but for errno. */
unsigned long strtoul(const char *s, char **end, int base)
{
	const char *start = s;
	unsigned long value = 0;
	unsigned int radix = (unsigned int)base;
	int negative = 0, overflow = 0, any = 0;

	while (*s == ' ' || (*s >= '\t' && *s <= '\r'))
		s++;
	if (*s == '+' || *s == '-')
		negative = *s++ == '-';
	if ((radix == 0 || radix == 16) && s[0] == '0' && (s[1] | 0x20) == 'x' &&
	    digit_of(s[2]) < 16) {
		s += 2;
		radix = 16;
	} else if (radix == 0) {
		radix = *s == '0' ? 8 : 10;
	}
	for (; digit_of(*s) < radix; s++, any = 1) {
		overflow |= __builtin_mul_overflow(value, (unsigned long)radix, &value);
		overflow |= __builtin_add_overflow(value, (unsigned long)digit_of(*s), &value);
	}
	if (end)
		*end = (char *)(uintptr_t)(any ? s : start);
	if (overflow)
		return UNSIGNED_LONG_MAX;
	return negative ? 0ul - value : value;
}
