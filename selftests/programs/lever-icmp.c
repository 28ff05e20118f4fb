// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages of routers, made up, that return segments of the receiver's: each captured
 * segment, as if it had been sent the other way. They are as long as the segment was.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "lever.h"

#define ROUTER4		"\x0a\x00\x00\x09"
#define ROUTER6		"\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\x09"
#define NEARER6		"\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\x0a"
/* Where the receiver sends by that router */
#define BEYOND4		"\x0a\x09\x00\x01"
#define BEYOND6		"\xfd\x00\0\x99\0\0\0\0\0\0\0\0\0\0\0\x01"

#define UNREACHABLE4	3
#define NO_HOST4	1
#define FRAG_NEEDED4	4
#define REDIRECT4	5
#define UNREACHABLE6	1
#define TOOBIG6		2
#define REDIRECT6	137

#define SHORTEST	8	/* bytes of the returned packet after its IP header */

enum message { TOO_BIG, UNREACHABLE, REDIRECT };

/* The segment in the other direction; @to is where it went, or NULL. */
static void swap_addresses(unsigned char *ip, const char *to)
{
	size_t at = ip_len == IP4 ? 12 : 8, len = ip_len == IP4 ? 4 : 16;
	unsigned char source[16];

	memcpy(source, ip + at, len);
	memcpy(ip + at, ip + at + len, len);
	memcpy(ip + at + len, to ? to : (char *)source, len);
}

/* Small, and ever another */
static unsigned int some_mtu(void)
{
	return 1280 + random() % 64 * 2;
}

/* The message, up to what it returns */
static void begin_ipv4(unsigned char *icmp, enum message kind, const unsigned char *nearer)
{
	memset(icmp, 0, 8);
	icmp[0] = kind == REDIRECT ? REDIRECT4 : UNREACHABLE4;
	icmp[1] = kind == TOO_BIG ? FRAG_NEEDED4 : NO_HOST4;
	if (kind == REDIRECT)
		memcpy(icmp + 4, nearer, 4);
	else if (kind == TOO_BIG)
		put16(icmp + 6, some_mtu());
}

static void begin_ipv6(unsigned char *icmp, enum message kind, size_t returned)
{
	memset(icmp, 0, 48);
	if (kind == REDIRECT) {
		icmp[0] = REDIRECT6;
		memcpy(icmp + 8, NEARER6, 16);
		memcpy(icmp + 24, BEYOND6, 16);
		icmp[40] = 4;	/* the option: what is redirected */
		icmp[41] = (8 + returned) / 8;
		return;
	}
	icmp[0] = kind == TOO_BIG ? TOOBIG6 : UNREACHABLE6;
	if (kind == TOO_BIG)
		put16(icmp + 6, some_mtu());
}

static void wrap_ipv4(unsigned char *ip, size_t len)
{
	unsigned char *icmp = ip + IP4;

	ip[9] = IPPROTO_ICMP;
	memcpy(ip + 12, ROUTER4, 4);
	put16(ip + 2, IP4 + len);
	put16(ip + 10, 0);
	sum_put(ip + 10, sum_add(0, ip, IP4));
	sum_put(icmp + 2, sum_add(0, icmp, len));
}

static void wrap_ipv6(unsigned char *ip, size_t len)
{
	unsigned char *icmp = ip + IP6;

	ip[6] = IPPROTO_ICMPV6;
	ip[7] = 255;
	memcpy(ip + 8, ROUTER6, 16);
	put16(ip + 4, len);
	sum_put(icmp + 2, sum_add(sum_add(IPPROTO_ICMPV6 + len, ip + 8, 32), icmp, len));
}

static void tell(struct packet *p, enum message kind, size_t most)
{
	unsigned char segment[LEN_MAX], *ip = ip_of(p), *icmp = ip + ip_len;
	size_t len = p->len - ETH, head = ip_len == IP6 && kind == REDIRECT ? 48 : 8;
	size_t returned = len - ip_len - head;

	if (returned > most)
		returned = most;
	if (head > 8)
		returned -= returned % 8;	/* an option is a multiple of that */
	memcpy(segment, ip, len);
	swap_addresses(segment, kind != REDIRECT ? NULL : ip_len == IP4 ? BEYOND4 : BEYOND6);
	if (ip_len == IP4)
		begin_ipv4(icmp, kind, ip + 12);
	else
		begin_ipv6(icmp, kind, returned);
	memcpy(icmp + head, segment, returned);
	if (ip_len == IP4)
		wrap_ipv4(ip, head + returned);
	else
		wrap_ipv6(ip, head + returned);
	p->len = ETH + ip_len + head + returned;
}

static void tell_each(enum message kind, size_t most)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		tell(&packets[i], kind, most);
}

void too_big(void)
{
	tell_each(TOO_BIG, LEN_MAX);
}

/* No more is returned than a router must: nothing tells which device sent it. */
void too_short(void)
{
	tell_each(TOO_BIG, ip_len + SHORTEST);
}

void unreachable(void)
{
	tell_each(UNREACHABLE, LEN_MAX);
}

void redirect(void)
{
	tell_each(REDIRECT, LEN_MAX);
}
