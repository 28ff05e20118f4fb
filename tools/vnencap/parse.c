// SPDX-License-Identifier: GPL-2.0-only
/* Strict readers of numbers, addresses and names. */
#include <arpa/inet.h>
#include <ctype.h>
#include <limits.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include <linux/vnencap.h>

#include "cli.h"
#include "parse.h"

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : INT_MAX;
}

/*
 * Digits and nothing else: strtoul() would take blanks, signs, and a second "0x"
 * after ours. A leading 0 does not mean octal. No @max is near ULLONG_MAX.
 */
static bool parse_number(const char *word, unsigned long max,
			 unsigned long *value)
{
	unsigned long long n = 0;
	int base = 10;

	if (word[0] == '0' && (word[1] == 'x' || word[1] == 'X')) {
		base = 16;
		word += 2;
	}
	if (!*word)
		return false;
	for (; *word && n <= max; word++) {
		if (digit(*word) >= base)
			return false;
		n = n * base + digit(*word);
	}
	*value = n;
	return n <= max;
}

bool is_vni(const char *word)
{
	unsigned long value;

	return parse_number(word, VNENCAP_VNI_MAX, &value);
}

int parse_vni(const char *word, uint32_t *vni)
{
	unsigned long value;

	if (!parse_number(word, VNENCAP_VNI_MAX, &value))
		return wrong_arg(word, "invalid VNI");
	*vni = value;
	return OK;
}

int parse_key_id(const char *word, uint32_t *id)
{
	unsigned long value;

	if (!parse_number(word, UINT32_MAX, &value))
		return wrong_arg(word, "invalid id of a key");
	*id = value;
	return OK;
}

int parse_nsid(const char *word, uint32_t *id)
{
	unsigned long value;

	if (!parse_number(word, INT32_MAX, &value))
		return wrong_arg(word, "invalid id of a network namespace");
	*id = value;
	return OK;
}

int parse_port(const char *word, uint16_t *port)
{
	unsigned long value;

	if (!parse_number(word, UINT16_MAX, &value) || !value)
		return wrong_arg(word, "invalid port");
	*port = value;
	return OK;
}

int parse_weight(const char *word, uint8_t *weight)
{
	unsigned long value;

	if (!parse_number(word, UINT8_MAX, &value))
		return wrong_arg(word, "invalid weight");
	*weight = value;
	return OK;
}

int parse_ttl(const char *word, uint8_t *ttl)
{
	unsigned long value = 0;

	if (strcmp(word, "auto") && !parse_number(word, UINT8_MAX, &value))
		return wrong_arg(word, "invalid TTL");
	*ttl = value;
	return OK;
}

int parse_fwmark(const char *word, uint32_t *mark)
{
	unsigned long value;

	if (!parse_number(word, UINT32_MAX, &value))
		return wrong_arg(word, "invalid mark");
	*mark = value;
	return OK;
}

int parse_fec(const char *word, uint8_t *percent)
{
	unsigned long value = 0;

	if (!strcmp(word, "auto"))
		value = VNENCAP_FEC_AUTO;
	else if (strcmp(word, "off") && !parse_number(word, VNENCAP_FEC_MAX, &value))
		return wrong_arg(word,
				 "a percentage from 0 to 50, \"off\" or \"auto\" is expected");
	*percent = value;
	return OK;
}

int parse_fec_max(const char *word, uint8_t *percent)
{
	unsigned long value;

	if (!parse_number(word, VNENCAP_FEC_MAX, &value) || !value)
		return wrong_arg(word, "a percentage from 1 to 50 is expected");
	*percent = value;
	return OK;
}

int parse_tos(const char *word, uint8_t *tos)
{
	unsigned long value = VNENCAP_TOS_INHERIT;

	if (strcmp(word, "inherit") && (!parse_number(word, UINT8_MAX, &value) ||
					value == VNENCAP_TOS_INHERIT))
		return wrong_arg(word, "invalid TOS");
	*tos = value;
	return OK;
}

/* Four numbers without leading zeros; inet_pton() takes the same, slowly. */
static bool read_addr4(const char *word, uint8_t *bytes)
{
	unsigned int i, n;
	const char *from;

	for (i = 0; i < 4; i++) {
		n = 0;
		for (from = word; *word >= '0' && *word <= '9'; word++)
			n = n * 10 + *word - '0';
		if (word == from || word - from > 3 || n > 255 ||
		    (*from == '0' && word - from > 1))
			return false;
		bytes[i] = n;
		if (i < 3 && *word++ != '.')
			return false;
	}
	return !*word;
}

static bool read_addr(const char *word, struct addr *addr)
{
	memset(addr, 0, sizeof(*addr));
	addr->family = strchr(word, ':') ? AF_INET6 : AF_INET;
	if (addr->family == AF_INET)
		return read_addr4(word, addr->bytes);
	return inet_pton(AF_INET6, word, addr->bytes) == 1;
}

bool is_addr(const char *word)
{
	struct addr addr;

	return read_addr(word, &addr);
}

int parse_addr(const char *word, struct addr *addr)
{
	if (strchr(word, '/'))
		return wrong_arg(word, "an address is expected, not a prefix");
	if (!read_addr(word, addr))
		return wrong_arg(word, "invalid address");
	return OK;
}

bool addr_is_any(const struct addr *addr)
{
	static const struct addr any;

	return !memcmp(addr->bytes, any.bytes, addr_size(addr));
}

/* Clear the bits of @prefix beyond its length; were there any? */
static bool clear_host_bits(struct prefix *prefix)
{
	unsigned int size = addr_size(&prefix->addr);
	uint8_t *bytes = prefix->addr.bytes;
	unsigned int i = prefix->len / 8;
	uint8_t mask = 0xff >> prefix->len % 8;
	bool found = false;

	for (; i < size; i++, mask = 0xff) {
		found |= bytes[i] & mask;
		bytes[i] &= ~mask;
	}
	return found;
}

static int wrong_host_bits(const char *word, const struct prefix *fixed)
{
	char buf[INET6_ADDRSTRLEN];

	inet_ntop(fixed->addr.family, fixed->addr.bytes, buf, sizeof(buf));
	return wrong("argument \"%s\" is wrong: bits beyond the prefix length, is %s/%u meant?",
		     word, buf, fixed->len);
}

int parse_prefix(const char *word, struct prefix *prefix)
{
	const char *slash = strchrnul(word, '/');
	char buf[INET6_ADDRSTRLEN];
	size_t len = slash - word;
	unsigned long bits;

	if (!strcmp(word, "default"))
		return wrong_arg(word, "say 0.0.0.0/0 or ::/0");
	if (len >= sizeof(buf))
		return wrong_arg(word, "invalid prefix");
	memcpy(buf, word, len);
	buf[len] = '\0';
	if (!read_addr(buf, &prefix->addr))
		return wrong_arg(word, "invalid prefix");

	bits = 8 * addr_size(&prefix->addr);
	if (*slash && !parse_number(slash + 1, bits, &bits))
		return wrong_arg(word, "invalid prefix length");
	prefix->len = bits;
	if (clear_host_bits(prefix))
		return wrong_host_bits(word, prefix);
	return OK;
}

/* As the kernel's dev_valid_name(). */
int parse_ifname(const char *word)
{
	const char *c;

	if (!*word || strlen(word) >= IFNAMSIZ ||
	    !strcmp(word, ".") || !strcmp(word, ".."))
		return wrong_arg(word, "invalid device name");
	for (c = word; *c; c++)
		if (*c == '/' || *c == ':' || isspace((unsigned char)*c))
			return wrong_arg(word, "invalid device name");
	return OK;
}

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Twice @len hexadecimal digits, whatever comes after them */
bool parse_digits(const char *text, uint8_t *to, unsigned int len)
{
	unsigned int i;

	for (i = 0; i < len; i++) {
		int high = digit_value(text[2 * i]);
		int low = high < 0 ? -1 : digit_value(text[2 * i + 1]);

		if (low < 0)
			return false;
		to[i] = high << 4 | low;
	}
	return true;
}
