// SPDX-License-Identifier: GPL-2.0-only
/* Numbers and addresses as text: as printf() and inet_ntop() have them. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../text.h"

#define ROUNDS 200000

static int count, failed;

static void check(bool good, const char *name)
{
	if (!good)
		failed++;
	printf("%sok %d - %s\n", good ? "" : "not ", ++count, name);
}

static bool same(const char *got, const char *end, const char *want)
{
	if (!strcmp(got, want) && end == got + strlen(got))
		return true;
	printf("# got %s, wanted %s\n", got, want);
	return false;
}

static bool number_same(uint32_t value)
{
	char got[TEXT_UINT_MAX], want[TEXT_UINT_MAX];

	snprintf(want, sizeof(want), "%u", value);
	return same(got, text_uint(got, value), want);
}

static bool numbers(void)
{
	uint32_t edge;

	for (edge = 1; edge <= 1000000000; edge *= 10) {
		if (!number_same(edge) || !number_same(edge - 1))
			return false;
		if (edge == 1000000000)
			break;
	}
	return number_same(UINT32_MAX);
}

static bool prefix_same(const struct prefix *prefix)
{
	char got[TEXT_PREFIX_MAX], want[TEXT_PREFIX_MAX];
	size_t len;

	inet_ntop(prefix->addr.family, prefix->addr.bytes, want, sizeof(want));
	len = strlen(want);
	snprintf(want + len, sizeof(want) - len, "/%u", prefix->len);
	return same(got, text_prefix(got, prefix), want);
}

/* Half of the words of two bytes are zero, and many of the bytes. */
static bool addresses(uint16_t family)
{
	static const uint8_t often[] = { 0, 0, 1, 0x10, 0xff };
	struct prefix p;
	int i, j;

	for (i = 0; i < ROUNDS; i++) {
		memset(&p, 0, sizeof(p));
		p.addr.family = family;
		p.len = rand() % 129;
		for (j = 0; j < 16; j++)
			if (rand() % 2)
				p.addr.bytes[j] = often[rand() % 5];
			else if (rand() % 4 == 0)
				p.addr.bytes[j] = rand();
		for (j = 0; j < 16; j += 2)
			if (rand() % 2)
				memset(p.addr.bytes + j, i % 8 ? 0 : 0xff, 2);
		if (!prefix_same(&p))
			return false;
	}
	return true;
}

int main(void)
{
	check(numbers(), "numbers are as printf() has them");
	check(addresses(AF_INET), "IPv4 prefixes are as inet_ntop() has them");
	check(addresses(AF_INET6), "IPv6 prefixes are as inet_ntop() has them");
	printf("1..%d\n", count);
	return failed;
}
