// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets that no sender of ours would send. All are made from a segment that
 * was captured on its way out, over IPv4 or IPv6, so that whatever is not
 * spoiled is right.
 *
 *	hostile IFACE capture PORT MIN MAX FILE	a segment of that many bytes
 *	hostile IFACE flip FILE FROM TO fix|raw	each byte of these, three ways
 *	hostile IFACE truncate FILE fix|raw STEP each length; after the headers and
 *						shard, each STEPth
 *	hostile IFACE lengths FILE		other lengths in the IP header
 *	hostile IFACE extend FILE		IPv6 extension headers before TCP
 *	hostile IFACE options FILE		IPv4 options, which hosts on the way write to
 *	hostile IFACE random FILE COUNT		random bytes after the IP header
 *	hostile IFACE fields FILE STEP		slots, classes, shards, offsets: each STEPth
 *	hostile IFACE flood FILE COUNT		middles of ever new frames
 *	hostile IFACE replay FILE COUNT		as it was
 *	hostile IFACE nest FILE COUNT ADDR	what says to be it, in tunnels' packets
 *
 * "fix" makes the outer checksums right again. Prints how many were sent.
 */
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ETH		14
#define IP		((size_t)ip_len)
#define HEADERS		(IP + 28)	/* outer IP and fake TCP header */
#define AT_SEQ		(ETH + IP + 4)
#define AT_ACK		(ETH + IP + 8)
#define AT_FLAGS	(ETH + IP + 13)
#define AT_WINDOW	(ETH + IP + 14)
#define AT_WORD		(ETH + IP + 24)

#define IP4		20
#define IP6		40
#define SHARD		40		/* about as long */
#define EXTENSION	8		/* one header, as short as can be */

struct packet {
	unsigned char data[70000];
	size_t len;
};

static struct packet base;
static unsigned long sent;
static int ip_len = IP4;		/* of base's IP header */
static int sock;

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void open_socket(const char *iface)
{
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = if_nametoindex(iface),
	};

	sock = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));
	if (sock < 0 || bind(sock, (struct sockaddr *)&addr, sizeof(addr)))
		fail(iface);
}

/* --- the packet it all begins with --- */

/* Learn the length of its IP header, where it is one of TCP without options. */
static bool read_ip(const struct packet *p)
{
	const unsigned char *d = p->data;

	if (p->len > ETH + IP4 && d[12] == 0x08 && !d[13] && d[ETH] == 0x45 &&
	    d[ETH + 9] == IPPROTO_TCP)
		ip_len = IP4;
	else if (p->len > ETH + IP6 && d[12] == 0x86 && d[13] == 0xdd &&
		 d[ETH + 6] == IPPROTO_TCP)
		ip_len = IP6;
	else
		return false;
	return true;
}

static bool wanted(const struct packet *p, int port, size_t min, size_t max)
{
	const unsigned char *d = p->data;

	return p->len >= min && p->len <= max && read_ip(p) &&
	       p->len > ETH + HEADERS &&
	       (d[ETH + IP + 2] << 8 | d[ETH + IP + 3]) == port &&
	       !memcmp(d + AT_SEQ, "\0\0\0\0", 4);
}

static int capture(int port, size_t min, size_t max, const char *name)
{
	for (;;) {
		struct sockaddr_ll from;
		socklen_t len = sizeof(from);
		ssize_t n = recvfrom(sock, base.data, sizeof(base.data), 0,
				     (struct sockaddr *)&from, &len);
		FILE *f;

		if (n < 0)
			fail("recvfrom");
		base.len = n;
		if (from.sll_pkttype != PACKET_OUTGOING ||
		    !wanted(&base, port, min, max))
			continue;
		f = fopen(name, "w");
		if (!f || fwrite(base.data, base.len, 1, f) != 1 || fclose(f))
			fail(name);
		return 0;
	}
}

static void load(const char *name)
{
	FILE *f = fopen(name, "r");

	if (!f)
		fail(name);
	base.len = fread(base.data, 1, sizeof(base.data), f);
	fclose(f);
	if (!read_ip(&base)) {
		fprintf(stderr, "%s: no TCP segment\n", name);
		exit(1);
	}
}

/* --- sending --- */

static uint32_t sum(const unsigned char *d, size_t len, uint32_t s)
{
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		s += d[i] << 8 | d[i + 1];
	if (len & 1)
		s += d[len - 1] << 8;
	return s;
}

static void put16(unsigned char *d, unsigned int v)
{
	d[0] = v >> 8;
	d[1] = v;
}

static void put32(unsigned char *d, uint32_t v)
{
	put16(d, v >> 16);
	put16(d + 2, v);
}

static unsigned int fold(uint32_t s)
{
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return ~s & 0xffff;
}

static void fix_ip(struct packet *p)
{
	if (ip_len != IP4 || p->len < ETH + IP)
		return;
	put16(p->data + ETH + 10, 0);
	put16(p->data + ETH + 10, fold(sum(p->data + ETH, IP, 0)));
}

static void fix_tcp(struct packet *p)
{
	/* the addresses are what an IP header ends with */
	size_t addresses = ip_len == IP4 ? 8 : 32;
	unsigned char *tcp = p->data + ETH + IP;
	size_t len = p->len - ETH - IP;

	if (p->len < ETH + IP + 18)
		return;
	put16(tcp + 16, 0);
	put16(tcp + 16, fold(sum(tcp, len,
				 sum(tcp - addresses, addresses,
				     IPPROTO_TCP + len))));
}

/* IPv4 counts its header in the length, IPv6 does not. */
static void put_length(struct packet *p, size_t len)
{
	if (ip_len == IP4)
		put16(p->data + ETH + 2, len + IP4);
	else
		put16(p->data + ETH + 4, len);
}

static void fix_length(struct packet *p)
{
	if (p->len >= ETH + IP)
		put_length(p, p->len - ETH - IP);
}

/* What the receiver cannot take as fast as we send would be no test of it. */
static void push(const struct packet *p)
{
	if (send(sock, p->data, p->len, 0) != (ssize_t)p->len)
		fail("send");
	if (++sent % 64 == 0)
		usleep(2000);
}

static void push_fixed(struct packet *p)
{
	fix_ip(p);
	fix_tcp(p);
	push(p);
}

/* --- what is spoiled --- */

static void flip(size_t from, size_t to, bool fix)
{
	static const unsigned char masks[] = { 0x01, 0x80, 0xff };
	static struct packet p;
	size_t at, i;

	for (at = ETH + from; at < ETH + to && at < base.len; at++) {
		for (i = 0; i < sizeof(masks); i++) {
			p = base;
			p.data[at] ^= masks[i];
			if (fix)
				push_fixed(&p);
			else
				push(&p);
		}
	}
}

static void truncate_all(bool fix, size_t step)
{
	static struct packet p;
	size_t len;

	p = base;
	for (len = ETH + 1; len < base.len;
	     len += len < ETH + HEADERS + SHARD ? 1 : step) {
		memcpy(p.data, base.data, base.len);
		p.len = len;
		if (fix) {
			fix_length(&p);
			push_fixed(&p);
		} else {
			push(&p);
		}
	}
}

static void lengths(void)
{
	size_t len = base.len - ETH - IP, i;
	const size_t wrong[] = { 0, 1, 8, 19, 20, 27, 28, 29, len - 1, len + 1,
				 len + 8, 2 * len, 0x7fff, 0xffff - IP };
	static struct packet p;

	for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		p = base;
		put_length(&p, wrong[i]);
		fix_ip(&p);
		push(&p);
		/* right again by itself, for what the packet would be then */
		p.len = ETH + IP + wrong[i];
		if (p.len < base.len) {
			fix_tcp(&p);
			p.len = base.len;
			push(&p);
		}
	}
}

struct extension {
	unsigned char type;
	unsigned char data[EXTENSION];	/* the first byte is put in */
};

/* Put an extension header between those of IPv6 and TCP. */
static void extend_one(struct packet *p, const struct extension *e)
{
	unsigned char *d = p->data + ETH;

	memmove(d + IP6 + EXTENSION, d + IP6, p->len - ETH - IP6);
	memcpy(d + IP6, e->data, EXTENSION);
	d[IP6] = d[6];
	d[6] = e->type;
	p->len += EXTENSION;
	put_length(p, p->len - ETH - IP6);
}

static void extend(void)
{
	static const struct extension extensions[] = {
		{ IPPROTO_HOPOPTS, { 0, 0, 1, 4 } },	/* padding */
		{ IPPROTO_HOPOPTS, { 0, 0, 0xc2, 4, 0, 1, 0, 0 } }, /* jumbo */
		{ IPPROTO_DSTOPTS, { 0, 0, 1, 4 } },
		{ IPPROTO_ROUTING, { 0, 0, 0, 0 } },	/* no segments left */
		{ IPPROTO_ROUTING, { 0, 0, 4, 0 } },
		{ IPPROTO_FRAGMENT, { 0, 0, 0, 0, 0, 0, 0, 1 } }, /* all of it */
		{ IPPROTO_FRAGMENT, { 0, 0, 0, 1, 0, 0, 0, 2 } }, /* the first */
	};
	const size_t n = sizeof(extensions) / sizeof(*extensions);
	static struct packet p;
	size_t i, j;

	for (i = 0; i < n; i++) {
		p = base;
		extend_one(&p, &extensions[i]);
		push(&p);
		/* a jumbogram says no length */
		put_length(&p, 0);
		push(&p);
		for (j = 0; j < n; j++) {
			p = base;
			extend_one(&p, &extensions[i]);
			extend_one(&p, &extensions[j]);
			push(&p);
		}
	}
}

/* Record route and timestamps: the receiver, too, has to write to them. */
static void options(void)
{
	static const unsigned char all[][8] = {
		{ 7, 7, 4 },			/* then an end of options */
		{ 68, 8, 5, 0 },
	};
	static struct packet p;
	unsigned char *d = p.data + ETH;
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(*all); i++) {
		p = base;
		memmove(d + IP4 + sizeof(*all), d + IP4, p.len - ETH - IP4);
		memcpy(d + IP4, all[i], sizeof(*all));
		p.len += sizeof(*all);
		d[0] = 0x40 | (IP4 + sizeof(*all)) / 4;
		put16(d + 2, p.len - ETH);
		put16(d + 10, 0);
		put16(d + 10, fold(sum(d, IP4 + sizeof(*all), 0)));
		push(&p);
	}
}

static void random_bytes(unsigned long count)
{
	static struct packet p;
	size_t i;

	p = base;
	while (count--) {
		p.len = ETH + IP + 4 + random() % 1400;
		for (i = ETH + IP; i < p.len; i++)
			p.data[i] = random();
		memcpy(p.data + ETH + IP + 2, base.data + ETH + IP + 2, 2);
		/* half of them get past the first looks */
		if (count % 2 && p.len > ETH + HEADERS) {
			memcpy(p.data + ETH + IP + 12,
			       base.data + ETH + IP + 12, 12);
			put16(p.data + ETH + IP + 18, 0);
		}
		fix_length(&p);
		if (count % 4)
			push_fixed(&p);
		else
			fix_ip(&p), push(&p);
	}
}

static void fields(unsigned int step)
{
	static const uint32_t offsets[] = { 0, 1, 1024, 2048, 64512, 0x7ffffc00,
					    0xfffffc00, 0xffffffff };
	static const unsigned int segszs[] = { 0, 252, 256, 1024, 16380 };
	static const size_t lens[] = { 0, 1, 11, 12, 64, 1024 };
	static struct packet p;
	uint32_t id = 1u << 30;
	unsigned int slots, class, code, o, s, l, n = 0;

	p = base;
	memset(p.data + ETH + HEADERS, 0x5a, 2000);
	for (slots = 0; slots < 64; slots++) {
		class = random() % 4;
		for (code = 0; code < 16; code++) {
			o = random() % (sizeof(offsets) / sizeof(*offsets));
			s = random() % (sizeof(segszs) / sizeof(*segszs));
			for (l = 0; l < sizeof(lens) / sizeof(*lens); l++) {
				if (n++ % step)
					continue;
				put32(p.data + AT_SEQ, offsets[o]);
				put32(p.data + AT_ACK, id++);
				p.data[AT_FLAGS] = random() % 2 ? 0x10 : 0x18;
				put16(p.data + AT_WINDOW,
				      segszs[s] / 4 << 4 | code);
				p.data[AT_WORD] = class << 6 | slots;
				p.len = ETH + HEADERS + lens[l];
				fix_length(&p);
				push_fixed(&p);
			}
		}
	}
}

/* The second segments of long frames: these hold no shard, and so have to wait. */
static void flood(unsigned long count)
{
	static struct packet p;
	uint32_t id = 1u << 29, segsz;

	p = base;
	segsz = (p.data[AT_WINDOW] << 8 | p.data[AT_WINDOW + 1]) >> 4 << 2;
	put32(p.data + AT_SEQ, segsz);
	p.data[AT_FLAGS] = 0x10;
	p.data[AT_WORD] |= 0x3f;
	while (count--) {
		put32(p.data + AT_ACK, id++);
		push_fixed(&p);
	}
}

static void replay(unsigned long count)
{
	while (count--)
		push(&base);
}

/*
 * Inner packets of GRE and of VXLAN that say, by the number which the module has
 * for itself, that a segment is in them. GRO looks handlers up by such numbers. One
 * that takes the packet's start for the segment's headers finds in GRE's header the
 * ports, and all else right.
 */
#define NEST_PROTO	0x00ee
#define NEST_LEN	4000

static struct sockaddr_in nest_to(const char *name, int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(port) };

	if (inet_pton(AF_INET, name, &to.sin_addr) != 1)
		fail(name);
	return to;
}

static void nest_one(int fd, const unsigned char *data, struct sockaddr_in to)
{
	if (sendto(fd, data, NEST_LEN, 0, (struct sockaddr *)&to,
		   sizeof(to)) != NEST_LEN)
		fail("sendto");
	if (++sent % 16 == 0)
		usleep(2000);
}

static void nest(unsigned long count, const char *addr)
{
	static unsigned char gre[NEST_LEN + sizeof(base.data)];
	static unsigned char vxlan[NEST_LEN + sizeof(base.data)] = { 0x08 };
	int raw = socket(AF_INET, SOCK_RAW, IPPROTO_GRE);
	int udp = socket(AF_INET, SOCK_DGRAM, 0);
	const unsigned char *tcp = base.data + ETH + IP;

	if (raw < 0 || udp < 0)
		fail("socket");
	put16(gre + 2, NEST_PROTO);
	memcpy(gre + 4, tcp + 4, base.len - ETH - IP - 4);
	vxlan[6] = 7;			/* the VNI's last byte */
	put16(vxlan + 8 + 12, NEST_PROTO);
	memcpy(vxlan + 8 + ETH, base.data + ETH, base.len - ETH);
	while (count--) {
		put32(gre + 8, 1u << 28 | count);	/* a frame of its own */
		nest_one(raw, gre, nest_to(addr, 0));
		nest_one(udp, vxlan, nest_to(addr, 4789));
	}
}

static int spoil(int argc, char **argv)
{
	const char *what = argv[2];

	load(argv[3]);
	if (argc == 7 && !strcmp(what, "flip"))
		flip(atoi(argv[4]), atoi(argv[5]), !strcmp(argv[6], "fix"));
	else if (argc == 6 && !strcmp(what, "truncate") && atoi(argv[5]) > 0)
		truncate_all(!strcmp(argv[4], "fix"), atoi(argv[5]));
	else if (argc == 4 && !strcmp(what, "lengths"))
		lengths();
	else if (argc == 4 && !strcmp(what, "extend") && ip_len == IP6)
		extend();
	else if (argc == 4 && !strcmp(what, "options") && ip_len == IP4)
		options();
	else if (argc == 5 && !strcmp(what, "random"))
		random_bytes(atoi(argv[4]));
	else if (argc == 5 && !strcmp(what, "fields") && atoi(argv[4]) > 0)
		fields(atoi(argv[4]));
	else if (argc == 5 && !strcmp(what, "flood"))
		flood(atoi(argv[4]));
	else if (argc == 5 && !strcmp(what, "replay"))
		replay(atoi(argv[4]));
	else if (argc == 6 && !strcmp(what, "nest"))
		nest(atoi(argv[4]), argv[5]);
	else
		return 2;
	printf("%lu\n", sent);
	return 0;
}

int main(int argc, char **argv)
{
	int status = 2;

	if (argc >= 4) {
		open_socket(argv[1]);
		if (argc == 7 && !strcmp(argv[2], "capture"))
			status = capture(atoi(argv[3]), atoi(argv[4]),
					 atoi(argv[5]), argv[6]);
		else
			status = spoil(argc, argv);
	}
	if (status == 2)
		fprintf(stderr, "usage: see hostile.c\n");
	return status;
}
