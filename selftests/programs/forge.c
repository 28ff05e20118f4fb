// SPDX-License-Identifier: GPL-2.0-only
/*
 * ICMP messages of routers, that return a segment which "hostile IFACE capture" has
 * captured, as whoever is on the link can make them up. They go to where it came from.
 *
 *	forge IFACE FILE toobig FROM MTU [WORD]		it is longer than MTU
 *	forge IFACE FILE redirect FROM TO [WORD]	TO is nearer
 *
 * FROM is the router's address. With the WORD "port" another port is returned than the
 * segment was sent to, with "source" another source, with "sum" the message's checksum
 * is wrong, with "far" it came over a router itself, with "proto" the IP header says
 * that it is ICMP of the other IP version, and with "short" no more of the segment is
 * returned than must be.
 */
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ETH		14
#define RETURNED	128	/* bytes of the segment */
#define SHORTEST	8	/* after its IP header, at least */

#define REDIRECT6	137
#define TOOBIG6		2
#define REDIRECT4	5
#define UNREACHABLE4	3
#define FRAG_NEEDED4	4

static unsigned char segment[2048], message[2048];
static size_t len;		/* of the message without its Ethernet header */
static int ipv6;

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void load(const char *name)
{
	FILE *f = fopen(name, "r");

	if (!f || fread(segment, 1, sizeof(segment), f) < ETH + RETURNED) {
		fprintf(stderr, "%s: no segment of %d bytes\n", name, RETURNED);
		exit(1);
	}
	fclose(f);
	ipv6 = segment[ETH] >> 4 == 6;
}

static void put_addr(unsigned char *at, const char *name)
{
	if (inet_pton(ipv6 ? AF_INET6 : AF_INET, name, at) != 1)
		fail(name);
}

static uint32_t sum(const unsigned char *d, size_t n, uint32_t s)
{
	for (; n > 1; d += 2, n -= 2)
		s += d[0] << 8 | d[1];
	return n ? s + (d[0] << 8) : s;
}

static void put_sum(unsigned char *at, uint32_t s)
{
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	at[0] = ~s >> 8;
	at[1] = ~s;
}

static void put_returned(unsigned char *at, const char *word)
{
	size_t ip = ipv6 ? 40 : 20;

	memcpy(at, segment + ETH, RETURNED);
	if (!strcmp(word, "port"))
		at[ip + 3] ^= 1;
	if (!strcmp(word, "source"))
		at[ipv6 ? 23 : 15] ^= 0x40;
}

static size_t returned_len(const char *word)
{
	return strcmp(word, "short") ? RETURNED : (ipv6 ? 40 : 20) + SHORTEST;
}

/* The ICMP message, without its sum; its length is returned. */
static size_t make_ipv4(unsigned char *icmp, const char *what, const char *arg,
			const char *word)
{
	if (!strcmp(what, "redirect")) {
		icmp[0] = REDIRECT4;
		icmp[1] = 1;		/* for the host */
		put_addr(icmp + 4, arg);
	} else {
		icmp[0] = UNREACHABLE4;
		icmp[1] = FRAG_NEEDED4;
		icmp[6] = atoi(arg) >> 8;
		icmp[7] = atoi(arg);
	}
	put_returned(icmp + 8, word);
	return 8 + returned_len(word);
}

static size_t make_ipv6(unsigned char *icmp, const char *what, const char *arg,
			const char *word)
{
	unsigned char *option = icmp + 40;

	if (!strcmp(what, "redirect")) {
		icmp[0] = REDIRECT6;
		put_addr(icmp + 8, arg);
		memcpy(icmp + 24, segment + ETH + 24, 16);
		option[0] = 4;		/* what is redirected */
		option[1] = (8 + RETURNED) / 8;
		put_returned(option + 8, word);
		return 40 + 8 + RETURNED;
	}
	icmp[0] = TOOBIG6;
	icmp[6] = atoi(arg) >> 8;
	icmp[7] = atoi(arg);
	put_returned(icmp + 8, word);
	return 8 + returned_len(word);
}

static void wrap_ipv4(unsigned char *ip, size_t icmp_len, const char *from,
		      const char *word)
{
	len = 20 + icmp_len;
	ip[0] = 0x45;
	ip[2] = len >> 8;
	ip[3] = len;
	ip[8] = 64;
	ip[9] = strcmp(word, "proto") ? IPPROTO_ICMP : IPPROTO_ICMPV6;
	put_addr(ip + 12, from);
	memcpy(ip + 16, segment + ETH + 12, 4);
	put_sum(ip + 10, sum(ip, 20, 0));
	put_sum(ip + 22, sum(ip + 20, icmp_len, 0));
}

static void wrap_ipv6(unsigned char *ip, size_t icmp_len, const char *from,
		      const char *word)
{
	len = 40 + icmp_len;
	ip[0] = 0x60;
	ip[4] = icmp_len >> 8;
	ip[5] = icmp_len;
	ip[6] = strcmp(word, "proto") ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
	ip[7] = strcmp(word, "far") ? 255 : 254;
	put_addr(ip + 8, from);
	memcpy(ip + 24, segment + ETH + 8, 16);
	put_sum(ip + 42, sum(ip + 8, 32 + icmp_len, IPPROTO_ICMPV6 + icmp_len));
}

static void push(const char *iface)
{
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_ifindex = if_nametoindex(iface),
	};
	int sock = socket(AF_PACKET, SOCK_RAW, 0);

	/* back to where the segment came from */
	memcpy(message, segment + 6, 6);
	memcpy(message + 6, segment, 6);
	memcpy(message + 12, segment + 12, 2);
	if (sock < 0 || sendto(sock, message, ETH + len, 0, (void *)&addr,
			       sizeof(addr)) != (ssize_t)(ETH + len))
		fail(iface);
	close(sock);
}

int main(int argc, char **argv)
{
	const char *word = argc > 6 ? argv[6] : "";
	unsigned char *ip = message + ETH;

	if (argc < 6) {
		fprintf(stderr, "usage: see forge.c\n");
		return 2;
	}
	load(argv[2]);
	if (ipv6)
		wrap_ipv6(ip, make_ipv6(ip + 40, argv[3], argv[5], word),
			  argv[4], word);
	else
		wrap_ipv4(ip, make_ipv4(ip + 20, argv[3], argv[5], word),
			  argv[4], word);
	if (!strcmp(word, "sum"))
		ip[ipv6 ? 43 : 23] ^= 1;
	push(argv[1]);
	return 0;
}
