// SPDX-License-Identifier: GPL-2.0-only
/*
 * A connection begins in IPv6 fragments, as routers of no kind make it: the TCP header
 * is in the first, options are in the second.
 *
 *	synfrag SOURCE ADDR PORT
 */
#include <arpa/inet.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TCP_LEN	40			/* 20 bytes of options that do nothing */
#define FIRST	24			/* bytes of it in the first fragment */

static unsigned char tcp[TCP_LEN];
static struct sockaddr_in6 from = { .sin6_family = AF_INET6 };
static struct sockaddr_in6 to = { .sin6_family = AF_INET6 };

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static uint32_t sum(const void *data, size_t len)
{
	const unsigned char *d = data;
	uint32_t s = 0;

	for (; len; d += 2, len -= 2)
		s += d[0] << 8 | d[1];
	return s;
}

static void make_tcp(int port)
{
	struct tcphdr *th = (void *)tcp;
	uint32_t s;

	memset(tcp, TCPOPT_NOP, sizeof(tcp));
	memset(th, 0, sizeof(*th));
	th->source = htons(40000);
	th->dest = htons(port);
	th->doff = TCP_LEN / 4;
	th->syn = 1;
	th->window = htons(1000);
	s = sum(&from.sin6_addr, 16) + sum(&to.sin6_addr, 16) + TCP_LEN +
	    IPPROTO_TCP + sum(tcp, TCP_LEN);
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	th->check = htons(~s & 0xffff);
}

static void send_part(int sock, size_t at, size_t len)
{
	struct {
		struct ip6_hdr ip;
		struct ip6_frag frag;
		unsigned char data[TCP_LEN];
	} p = { .ip.ip6_flow = htonl(6u << 28) };

	p.ip.ip6_plen = htons(sizeof(p.frag) + len);
	p.ip.ip6_nxt = IPPROTO_FRAGMENT;
	p.ip.ip6_hlim = 64;
	p.ip.ip6_src = from.sin6_addr;
	p.ip.ip6_dst = to.sin6_addr;
	p.frag.ip6f_nxt = IPPROTO_TCP;
	p.frag.ip6f_offlg = htons(at | (at + len < TCP_LEN));
	p.frag.ip6f_ident = 4711;
	memcpy(p.data, tcp + at, len);
	if (sendto(sock, &p, sizeof(p.ip) + sizeof(p.frag) + len, 0,
		   (struct sockaddr *)&to, sizeof(to)) < 0)
		fail("sendto");
}

int main(int argc, char **argv)
{
	int sock = socket(AF_INET6, SOCK_RAW, IPPROTO_RAW);

	if (argc != 4 || inet_pton(AF_INET6, argv[1], &from.sin6_addr) != 1 ||
	    inet_pton(AF_INET6, argv[2], &to.sin6_addr) != 1) {
		fprintf(stderr, "usage: synfrag SOURCE ADDR PORT\n");
		return 2;
	}
	if (sock < 0)
		fail("socket");
	make_tcp(atoi(argv[3]));
	send_part(sock, 0, FIRST);
	send_part(sock, FIRST, TCP_LEN - FIRST);
	return 0;
}
