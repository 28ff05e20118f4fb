// SPDX-License-Identifier: GPL-2.0-only
/*
 * Numbers and addresses as text. printf() and inet_ntop() say the same, but
 * they were nine tenths of what it took to show a million mappings.
 */
#include <stdbool.h>
#include <string.h>

#include "text.h"

#define WORDS 8		/* of an IPv6 address */

static char *digits(char *to, uint32_t value)
{
	if (value >= 10)
		to = digits(to, value / 10);
	*to = '0' + value % 10;
	return to + 1;
}

char *text_uint(char *to, uint32_t value)
{
	to = digits(to, value);
	*to = '\0';
	return to;
}

/* Each number of a byte, with the dot behind it, and how long that is */
static char octets[256][4];
static uint8_t octet_lens[256];

static void make_octets(void)
{
	unsigned int i;
	char *dot;

	for (i = 0; i < 256; i++) {
		dot = digits(octets[i], i);
		*dot = '.';
		octet_lens[i] = dot + 1 - octets[i];
	}
}

static char *text_addr4(char *to, const uint8_t *bytes)
{
	unsigned int i;

	if (!octet_lens[0])
		make_octets();
	for (i = 0; i < 4; i++) {
		memcpy(to, octets[bytes[i]], sizeof(octets[0]));
		to += octet_lens[bytes[i]];
	}
	*--to = '\0';
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
