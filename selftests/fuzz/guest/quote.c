// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a router says of a packet that it could not carry: an ICMP error, with the
 * packet's beginning in it.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "packet.h"

#define QUOTE4_MAX	548	/* RFC 1812, 4.3.2.3 */
#define QUOTE6_MAX	1232	/* RFC 4443, 2.4 (c) */

#define MTU		0xffffffff	/* as struct error's word: one of mtus */
#define GATEWAY		0x0a000003	/* 10.0.0.3 */

/**
 * struct error - a kind of error
 * @type: of ICMP or ICMPv6
 * @code: likewise
 * @word: the rest of the header, in the host's byte order
 */
struct error {
	uint8_t type;
	uint8_t code;
	uint32_t word;
};

static const struct error errors4[] = {
	{ 3, 4, MTU }, { 3, 0, 0 }, { 3, 1, 0 }, { 3, 2, 0 }, { 3, 3, 0 }, { 3, 5, 0 },
	{ 3, 10, 0 }, { 3, 13, 0 }, { 4, 0, 0 }, { 5, 1, GATEWAY }, { 11, 0, 0 }, { 11, 1, 0 },
	{ 12, 0, 0 },
};

static const struct error errors6[] = {
	{ 2, 0, MTU }, { 1, 0, 0 }, { 1, 1, 0 }, { 1, 3, 0 }, { 1, 4, 0 }, { 3, 0, 0 },
	{ 3, 1, 0 }, { 4, 0, 40 }, { 4, 1, 6 }, { 100, 0, 0 }, { 137, 0, 0 },
};

/* Beside IPv6's smallest MTU, the ones that links have */
static const uint16_t mtus[] = { 1400, 1280, 576, 68, 1499, 9000, 0, 1 };

static void put_error(uint8_t *icmp, const struct error *e, unsigned int variant)
{
	uint32_t word = e->word == MTU ? mtus[variant % ARRAY_SIZE(mtus)] : e->word;

	icmp[0] = e->type;
	icmp[1] = e->code;
	word = htonl(word);
	memcpy(icmp + 4, &word, sizeof(word));
}

/* The destination is who sent what is quoted, the source another host on the wire. */
static uint32_t quote4(uint8_t *to, const uint8_t *ip, uint32_t len, unsigned int kind,
		       unsigned int variant)
{
	uint8_t *icmp = to + 20;

	len = len < QUOTE4_MAX ? len : QUOTE4_MAX;
	memset(to, 0, 28);
	to[0] = 0x45;
	to[8] = 64;
	to[9] = IPPROTO_ICMP;
	memcpy(to + 12, "\x0a\0\0\2", 4);
	memcpy(to + 16, ip + 12, 4);
	put_error(icmp, &errors4[kind % ARRAY_SIZE(errors4)], variant);
	memcpy(icmp + 8, ip, len);
	sum_put(icmp + 2, sum_add(0, icmp, 8 + len));
	return 28 + len;
}

static uint32_t quote6(uint8_t *to, const uint8_t *ip, uint32_t len, unsigned int kind,
		       unsigned int variant)
{
	uint8_t *icmp = to + 40;

	len = len < QUOTE6_MAX ? len : QUOTE6_MAX;
	memset(to, 0, 48);
	to[0] = 0x60;
	to[6] = IPPROTO_ICMPV6;
	to[7] = 255;
	memcpy(to + 8, "\xfd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2", 16);
	memcpy(to + 24, ip + 8, 16);
	put_error(icmp, &errors6[kind % ARRAY_SIZE(errors6)], variant);
	memcpy(icmp + 8, ip, len);
	sum_put(icmp + 2, sum_add(sum_add(IPPROTO_ICMPV6 + 8 + len, to + 8, 32), icmp, 8 + len));
	return 48 + len;
}

/**
 * quote_packet - make an ICMP error of a packet
 * @to: gets it, its IP header's lengths and checksum aside; RECORD_MAX bytes
 * @ip: the packet that is quoted, with 40 bytes at least
 * @len: of it
 * @kind: any number: which error
 * @variant: any number: with which MTU
 *
 * Return: its length.
 */
uint32_t quote_packet(uint8_t *to, const uint8_t *ip, uint32_t len, unsigned int kind,
		      unsigned int variant)
{
	return ip[0] >> 4 == 6 ? quote6(to, ip, len, kind, variant) :
				 quote4(to, ip, len, kind, variant);
}
