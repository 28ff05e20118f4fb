// SPDX-License-Identifier: GPL-2.0-only
/*
 * Numbers and addresses as text. printf() and inet_ntop() say the same, but
 * they were nine tenths of what it took to show a million mappings.
 */
#include <stdbool.h>

#include "text.h"

#define WORDS 8		/* of an IPv6 address */

char *text_uint(char *to, uint32_t value)
{
	char digits[TEXT_UINT_MAX];
	unsigned int n = 0;

	do {
		digits[n++] = '0' + value % 10;
		value /= 10;
	} while (value);
	while (n)
		*to++ = digits[--n];
	*to = '\0';
	return to;
}

static char *text_addr4(char *to, const uint8_t *bytes)
{
	unsigned int i;

	for (i = 0; i < 4; i++) {
		if (i)
			*to++ = '.';
		to = text_uint(to, bytes[i]);
	}
	return to;
}

static char *text_word(char *to, unsigned int word)
{
	int shift = 12;

	while (shift && !(word >> shift))
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		*to++ = "0123456789abcdef"[word >> shift & 15];
	return to;
}

/*
 * The first of the longest runs of zero words; a single one is none. Its
 * length, with @start beyond all words if it is 0.
 */
static unsigned int zero_run(const unsigned int *words, unsigned int *start)
{
	unsigned int i, n = 0, best = 1;

	*start = WORDS;
	for (i = 0; i < WORDS; i++) {
		n = words[i] ? 0 : n + 1;
		if (n > best) {
			best = n;
			*start = i + 1 - n;
		}
	}
	return *start == WORDS ? 0 : best;
}

/* Those that IPv4 is mapped to, or was to be compatible with */
static bool ends_as_ipv4(const unsigned int *words, unsigned int zeros)
{
	return zeros == 6 || (zeros == 5 && words[5] == 0xffff);
}

/* As RFC 5952 wants it */
static char *text_addr6(char *to, const uint8_t *bytes)
{
	unsigned int words[WORDS];
	unsigned int i, start, zeros, end = WORDS;

	for (i = 0; i < WORDS; i++)
		words[i] = bytes[2 * i] << 8 | bytes[2 * i + 1];
	zeros = zero_run(words, &start);
	if (!start && ends_as_ipv4(words, zeros))
		end = WORDS - 2;
	for (i = 0; i < end; i++) {
		if (i == start) {
			*to++ = ':';
			i += zeros - 1;
			if (i == WORDS - 1)
				*to++ = ':';
			continue;
		}
		if (i)
			*to++ = ':';
		to = text_word(to, words[i]);
	}
	if (end < WORDS) {
		*to++ = ':';
		to = text_addr4(to, bytes + 12);
	}
	*to = '\0';
	return to;
}

char *text_addr(char *to, const struct addr *addr)
{
	return addr->family == AF_INET ? text_addr4(to, addr->bytes) :
					 text_addr6(to, addr->bytes);
}

char *text_prefix(char *to, const struct prefix *prefix)
{
	to = text_addr(to, &prefix->addr);
	*to++ = '/';
	return text_uint(to, prefix->len);
}
