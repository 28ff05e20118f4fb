// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a packet can make a receiver do: segments that were captured on their way
 * out are sent again as somebody would who wants to be a burden, with marks around
 * it, so that instructions can be counted.
 *
 *	lever IFACE capture PORT COUNT FILE	so many segments on their way out
 *	lever IFACE send CLASS FILE		as this class of burden; prints how many
 *	lever classes				the classes' names, a line each
 *
 * All packets are made before the first is sent.
 */
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <arpa/inet.h>

#include "mark.h"
#include "sock.h"

#define ETH		14
#define HEADERS		(ETH + 20 + 28)	/* up to the payload, the option included */
#define OPTION		(ETH + 40)
#define PACKETS_MAX	20000
#define LEN_MAX		2048

struct packet {
	uint32_t len;
	unsigned char data[LEN_MAX];
};

static struct packet *packets;
static unsigned int count;

static struct iphdr *ip_of(struct packet *p)
{
	return (struct iphdr *)(p->data + ETH);
}

static struct tcphdr *tcp_of(struct packet *p)
{
	return (struct tcphdr *)(p->data + ETH + sizeof(struct iphdr));
}

static bool is_first(struct packet *p)
{
	return !tcp_of(p)->seq;
}

/* --- checksums --- */

static uint32_t add(const unsigned char *d, size_t len, uint32_t sum)
{
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		sum += d[i] << 8 | d[i + 1];
	return len % 2 ? sum + (d[len - 1] << 8) : sum;
}

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum & 0xffff);
}

static void fix(struct packet *p)
{
	unsigned char *tcp = (unsigned char *)tcp_of(p);
	size_t len = p->len - ETH - sizeof(struct iphdr);

	ip_of(p)->tot_len = htons(p->len - ETH);
	ip_of(p)->check = 0;
	ip_of(p)->check = fold(add(p->data + ETH, sizeof(struct iphdr), 0));
	tcp_of(p)->check = 0;
	tcp_of(p)->check = fold(add(tcp, len, add(tcp - 8, 8,
						  IPPROTO_TCP + len)));
}

/* --- classes: each makes of the captured segments those to be sent --- */

static void each(void (*change)(struct packet *p))
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		change(&packets[i]);
		fix(&packets[i]);
	}
}

static void keep(bool (*wanted)(struct packet *p))
{
	unsigned int i, n = 0;

	for (i = 0; i < count; i++)
		if (wanted(&packets[i]))
			packets[n++] = packets[i];
	count = n;
}

static bool is_later(struct packet *p)
{
	return !is_first(p);
}

static void as_they_are(void)
{
}

static void other_host(struct packet *p)
{
	p->data[5] ^= 1;
}

static void to_other_host(void)
{
	each(other_host);
}

static void first_only(void)
{
	keep(is_first);
}

static void later_only(void)
{
	keep(is_later);
}

/* From each frame's end to its start */
static void descending(void)
{
	unsigned int first, end, i;

	for (first = 0; first < count; first = end) {
		for (end = first + 1; end < count && is_later(&packets[end]);)
			end++;
		for (i = 0; i < (end - first) / 2; i++) {
			struct packet p = packets[first + i];

			packets[first + i] = packets[end - 1 - i];
			packets[end - 1 - i] = p;
		}
	}
}

/* Each segment twice, and between the two the one that follows it */
static void overlapping(void)
{
	unsigned int i;

	count /= 2;
	for (i = count; i--;)
		packets[2 * i] = packets[i];
	count = 2 * count - 1;
	for (i = 1; i < count; i += 2)
		packets[i] = packets[i + 1 < count ? i + 1 : i - 1];
}

static void other_vni(struct packet *p)
{
	p->data[OPTION + 7] ^= 0x55;
}

static void unknown_vni(void)
{
	each(other_vni);
}

static void other_tag(struct packet *p)
{
	p->data[HEADERS] ^= 0x55;
}

static void wrong_tag(void)
{
	each(other_tag);
}

static void wrong_sum(void)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		tcp_of(&packets[i])->check ^= htons(0x55aa);
}

static void without_option(struct packet *p)
{
	memset(p->data + OPTION, TCPOPT_NOP, 8);
}

static void no_option(void)
{
	each(without_option);
}

static void other_source(struct packet *p)
{
	ip_of(p)->saddr ^= htonl(0x80);
}

static void spoofed(void)
{
	each(other_source);
}

static void other_port(struct packet *p)
{
	tcp_of(p)->source = htons(1024 + random() % 60000);
}

static void many_ports(void)
{
	each(other_port);
}

static void no_payload(struct packet *p)
{
	p->len = HEADERS;
}

static void empty(void)
{
	each(no_payload);
}

static void fragment(struct packet *p)
{
	ip_of(p)->frag_off = htons(IP_MF);
}

static void fragments(void)
{
	each(fragment);
}

static const struct class {
	const char *name;
	void (*make)(void);
} classes[] = {
	{ "valid", as_they_are },
	{ "other-host", to_other_host },
	{ "first-only", first_only },
	{ "later-only", later_only },
	{ "descending", descending },
	{ "overlapping", overlapping },
	{ "unknown-vni", unknown_vni },
	{ "wrong-tag", wrong_tag },
	{ "wrong-sum", wrong_sum },
	{ "no-option", no_option },
	{ "spoofed", spoofed },
	{ "many-ports", many_ports },
	{ "empty", empty },
	{ "fragments", fragments },
};

#define CLASSES (sizeof(classes) / sizeof(*classes))

/* --- files and sockets --- */

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

static bool wanted(struct packet *p, int port)
{
	return p->len > HEADERS && p->data[12] == 0x08 && !p->data[13] &&
	       p->data[ETH] == 0x45 && ip_of(p)->protocol == IPPROTO_TCP &&
	       tcp_of(p)->dest == htons(port);
}

static int capture(int fd, int port, unsigned int most, const char *name)
{
	FILE *file = fopen(name, "w");

	if (!file)
		fail(name);
	puts("ready");
	fflush(stdout);
	while (count < most) {
		struct sockaddr_ll from;
		socklen_t len = sizeof(from);
		struct packet p;
		ssize_t n;

		n = recvfrom(fd, p.data, sizeof(p.data), MSG_TRUNC,
			     (struct sockaddr *)&from, &len);
		if (n < 0)
			fail("recvfrom");
		p.len = n;
		if (n > LEN_MAX || from.sll_pkttype != PACKET_OUTGOING ||
		    !wanted(&p, port))
			continue;
		if (fwrite(&p, sizeof(p), 1, file) != 1)
			fail(name);
		count++;
	}
	if (fclose(file))
		fail(name);
	return 0;
}

/* On their way out their sums were still to be done. */
static void load(const char *name)
{
	FILE *file = fopen(name, "r");
	unsigned int i;

	packets = calloc(PACKETS_MAX, sizeof(*packets));
	if (!file || !packets)
		fail(name);
	count = fread(packets, sizeof(*packets), PACKETS_MAX / 2, file);
	fclose(file);
	for (i = 0; i < count; i++)
		fix(&packets[i]);
}

/* What waits for more is given up within the time that it waits: that counts. */
#define GIVEN_UP_US	500000

static int send_all(int fd)
{
	unsigned int i;

	mark_begin();
	for (i = 0; i < count; i++)
		if (send(fd, packets[i].data, packets[i].len, 0) < 0)
			fail("send");
	usleep(GIVEN_UP_US);
	mark_end();
	printf("%u\n", count);
	return 0;
}

static int send_class(int fd, const char *name, const char *file)
{
	unsigned int i;

	for (i = 0; i < CLASSES; i++) {
		if (strcmp(classes[i].name, name))
			continue;
		load(file);
		classes[i].make();
		return send_all(fd);
	}
	fprintf(stderr, "no class %s\n", name);
	return 2;
}

int main(int argc, char **argv)
{
	unsigned int i;

	if (argc == 2 && !strcmp(argv[1], "classes")) {
		for (i = 0; i < CLASSES; i++)
			puts(classes[i].name);
		return 0;
	}
	if (argc == 6 && !strcmp(argv[2], "capture"))
		return capture(open_packet(argv[1]), atoi(argv[3]),
			       atoi(argv[4]), argv[5]);
	if (argc == 5 && !strcmp(argv[2], "send"))
		return send_class(open_packet(argv[1]), argv[3], argv[4]);
	fputs("usage: lever IFACE capture PORT COUNT FILE\n"
	      "       lever IFACE send CLASS FILE\n"
	      "       lever classes\n", stderr);
	return 2;
}
