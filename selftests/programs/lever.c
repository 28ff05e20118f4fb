// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a packet can make a receiver do: segments that were captured on their way
 * out are sent again as somebody would who wants to be a burden, and what that costs is
 * told.
 *
 *	lever IFACE capture PORT COUNT FILE	so many segments on their way out
 *	lever IFACE tcp FROM TO SIZE PART	TCP packets of so many bytes, to be cut to
 *						such parts, for ever, to be captured
 *	lever IFACE udp FROM TO SIZE PART	trains of datagrams likewise
 *	lever IFACE send CLASS FILE		as this class of burden (lever-class.c), with
 *						marks around it, so that instructions can
 *						be counted; prints how many
 *	lever IFACE cost CLASS FILE MS [GAP]	the same, but by the clock of a machine on
 *						which an instruction is a nanosecond;
 *						prints how many, and what all took, with
 *						what the kernel did in the MS afterwards;
 *						GAP microseconds between any two
 *
 * All packets are made before the first is sent.
 */
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <arpa/inet.h>

#include "lever.h"
#include "mark.h"
#include "sock.h"

static int open_packet(const char *iface)
{
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = if_nametoindex(iface),
	};
	int fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));

	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)))
		fail(iface);
	set_int(fd, SOL_SOCKET, SO_RCVBUFFORCE, 256 << 20);
	return fd;
}

/* --- capturing --- */

static bool wanted(struct packet *p, int port)
{
	return read_ip(p->data, p->len) &&
	       (tcp_of(p)[2] << 8 | tcp_of(p)[3]) == port;
}

static int capture(int fd, int port, unsigned int most, const char *name)
{
	FILE *file = fopen(name, "w");
	unsigned int n = 0;

	if (!file)
		fail(name);
	puts("ready");
	fflush(stdout);
	while (n < most) {
		struct sockaddr_ll from;
		socklen_t len = sizeof(from);
		struct packet p;
		ssize_t got;

		got = recvfrom(fd, p.data, sizeof(p.data), MSG_TRUNC,
			       (struct sockaddr *)&from, &len);
		if (got < 0)
			fail("recvfrom");
		p.len = got;
		if (got > LEN_MAX || from.sll_pkttype != PACKET_OUTGOING ||
		    !wanted(&p, port))
			continue;
		if (fwrite(&p, sizeof(p), 1, file) != 1)
			fail(name);
		n++;
	}
	if (fclose(file))
		fail(name);
	return 0;
}

/* They begin with the start of a frame. On their way out their sums were still to be
 * done.
 */
static void load(const char *name)
{
	FILE *file = fopen(name, "r");
	unsigned int i;

	packets = calloc(PACKETS_MAX, sizeof(*packets));
	if (!file || !packets)
		fail(name);
	do {
		if (fread(packets, sizeof(*packets), 1, file) != 1 ||
		    !read_ip(packets->data, packets->len))
			fail(name);
	} while (!is_first(packets));
	count = 1 + fread(packets + 1, sizeof(*packets), PACKETS_MAX / 4, file);
	fclose(file);
	for (i = 0; i < count; i++)
		fix(&packets[i]);
	captured = count;
}

/* --- sending --- */

static void push(int fd, const struct packet *p)
{
	if (send(fd, p->data, p->len, 0) < 0)
		fail("send");
}

/* What waits for more is given up within the time that it waits: that counts. */
#define GIVEN_UP_US	500000

static void send_marked(int fd)
{
	unsigned int i;

	mark_begin();
	for (i = 0; i < count; i++)
		push(fd, &packets[i]);
	usleep(GIVEN_UP_US);
	mark_end();
	printf("%u\n", count);
}

/* --- by the clock --- */

#define OWN_NS	400	/* more than this program takes from one look to the next */

/* Do nothing but look at the clock. Return: for how long others had the CPU. */
static uint64_t spin(uint64_t ns)
{
	uint64_t begin = now_ns(), last = begin, others = 0, t;

	do {
		t = now_ns();
		if (t - last > OWN_NS)
			others += t - last;
		last = t;
	} while (t - begin < ns);
	return others;
}

/* What the kernel does of its own accord is measured before, and taken off. */
static void send_timed(int fd, uint64_t wait, uint64_t gap)
{
	uint64_t sending = 0, others = 0, idle, begin;
	unsigned int i;

	spin(wait);
	idle = spin(wait);
	for (i = 0; i < count; i++) {
		begin = now_ns();
		push(fd, &packets[i]);
		sending += now_ns() - begin;
		if (gap)
			others += spin(gap);
	}
	others += spin(wait);
	idle += idle * count * gap / wait;
	printf("%u %llu\n", count,
	       (unsigned long long)(sending + (others > idle ? others - idle : 0)));
}

static int act(int fd, int argc, char **argv)
{
	const char *word = argv[2];

	if (argc == 6 && !strcmp(word, "capture"))
		return capture(fd, atoi(argv[3]), atoi(argv[4]), argv[5]);
	load(argv[4]);
	if (!make_class(argv[3]))
		return 2;
	if (argc == 5 && !strcmp(word, "send"))
		send_marked(fd);
	else if ((argc == 6 || argc == 7) && !strcmp(word, "cost"))
		send_timed(fd, 1000000ull * atoi(argv[5]),
			   argc == 7 ? 1000ull * atoi(argv[6]) : 0);
	else
		return 2;
	return 0;
}

int main(int argc, char **argv)
{
	int status = 2;

	if (argc == 7 && (!strcmp(argv[2], "tcp") || !strcmp(argv[2], "udp")))
		stream(argv[1], *argv[2] == 'u', argv[3], argv[4], atoi(argv[5]),
		       atoi(argv[6]));
	if (argc >= 5)
		status = act(open_packet(argv[1]), argc, argv);
	if (status == 2)
		fputs("usage: see lever.c\n", stderr);
	return status;
}
