// SPDX-License-Identifier: GPL-2.0-only
/* Keys and values as etcd's JSON has them (RFC 4648, section 4). */
#include <stdint.h>
#include <string.h>

#include "base64.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* BASE64_LEN(len) bytes; returns where the text ends. */
char *base64_put(char *to, const void *from, size_t len)
{
	const uint8_t *b = from;
	uint32_t v;

	for (; len >= 3; len -= 3, b += 3) {
		v = b[0] << 16 | b[1] << 8 | b[2];
		*to++ = digits[v >> 18];
		*to++ = digits[v >> 12 & 63];
		*to++ = digits[v >> 6 & 63];
		*to++ = digits[v & 63];
	}
	if (len) {
		v = b[0] << 16 | (len == 2 ? b[1] << 8 : 0);
		*to++ = digits[v >> 18];
		*to++ = digits[v >> 12 & 63];
		*to++ = len == 2 ? digits[v >> 6 & 63] : '=';
		*to++ = '=';
	}
	*to = '\0';
	return to;
}

static int value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/**
 * base64_get - decode
 * @to: for the bytes, and a zero behind them
 * @size: bytes that fit there
 * @len: their number
 * @from: the text
 * @from_len: its length
 *
 * Return: whether it is such a text, and fits.
 */
bool base64_get(char *to, size_t size, size_t *len, const char *from, size_t from_len)
{
	uint32_t v = 0;
	unsigned int bits = 0;
	int digit;

	*len = 0;
	while (from_len && from[from_len - 1] == '=')
		from_len--;
	for (; from_len; from_len--, from++) {
		digit = value(*from);
		if (digit < 0)
			return false;
		v = v << 6 | digit;
		bits += 6;
		if (bits < 8)
			continue;
		bits -= 8;
		if (*len + 1 >= size)
			return false;
		to[(*len)++] = v >> bits;
	}
	to[*len] = '\0';
	return bits < 6;
}
