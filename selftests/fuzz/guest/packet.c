// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets of the wire and of the overlay, given to the kernel. The wire is a tap
 * device: what is written to it the lower device receives, in this process's
 * context, so that KCOV sees what becomes of it. What a vnencap device is to send is
 * given to it by a packet socket, and read from the tap device.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "fuzz-attr.h"
#include "packet.h"
#include "seal.h"

#define ETH		14
#define TCP_CHECK	16	/* its offset in the header */
#define WAIT_UNIT_US	100
#define PAGE		4096

/* A packet as the tap device has it. The IP header is aligned, as seal.c wants. */
struct packet {
	union {
		struct virtio_net_hdr vnet;
		uint8_t pad[VNET_HDR];
	};
	uint8_t eth[ETH];
	uint8_t ip[RECORD_MAX];
	uint32_t len;	/* of the IP packet */
} __attribute__((aligned(8)));

_Static_assert(offsetof(struct packet, ip) % 4 == 0, "IP is not aligned");

static int tap, sock, device[DEVICES];
static unsigned int tap_way;
static uint8_t tap_mac[6];
static uint32_t run_n;
static struct input *recorded;

/* --- what is made right --- */

/**
 * sum_add - add bytes to a checksum, as RFC 1071 has it
 * @sum: so far
 * @data: the bytes, the first of them at an even place
 * @len: how many
 *
 * Return: the sum.
 */
uint32_t sum_add(uint32_t sum, const uint8_t *data, uint32_t len)
{
	for (; len > 1; len -= 2, data += 2)
		sum += data[0] << 8 | data[1];
	if (len)
		sum += data[0] << 8;
	return (sum >> 16) + (sum & 0xffff);
}

/**
 * sum_put - write a checksum
 * @to: its two bytes
 * @sum: from sum_add()
 */
void sum_put(uint8_t *to, uint32_t sum)
{
	while (sum >> 16)
		sum = (sum >> 16) + (sum & 0xffff);
	to[0] = ~sum >> 8;
	to[1] = ~sum;
}

static uint32_t ip_len(const struct packet *p)
{
	return p->ip[0] >> 4 == 6 ? 40 : (p->ip[0] & 0xf) * 4;
}

static void fix_ip(struct packet *p)
{
	uint32_t len = p->ip[0] >> 4 == 6 ? p->len - 40 : p->len;
	uint8_t *at = p->ip + (p->ip[0] >> 4 == 6 ? 4 : 2);

	if (p->len < 40 || ip_len(p) > p->len)
		return;
	at[0] = len >> 8;
	at[1] = len;
	if (p->ip[0] >> 4 == 6)
		return;
	memset(p->ip + 10, 0, 2);
	sum_put(p->ip + 10, sum_add(0, p->ip, ip_len(p)));
}

static uint32_t pseudo(const struct packet *p, uint32_t len)
{
	bool v6 = p->ip[0] >> 4 == 6;

	return sum_add(IPPROTO_TCP + len, p->ip + (v6 ? 8 : 12), v6 ? 32 : 8);
}

static void fix_sum(struct packet *p)
{
	uint32_t at = ip_len(p), len = p->len - at, sum;
	uint8_t *tcp = p->ip + at;

	if (p->len < at + 20)
		return;
	sum = pseudo(p, len);
	memset(tcp + TCP_CHECK, 0, 2);
	for (; len > PAGE; len -= PAGE, tcp += PAGE)
		sum = sum_add(sum, tcp, PAGE);
	sum_put(p->ip + at + TCP_CHECK, sum_add(sum, tcp, len));
}

static void fix_id(struct packet *p)
{
	uint32_t at = ip_len(p);
	struct place place;

	if (p->len > at && seal_place(p->ip + at, p->len - at, &place))
		seal_again(p->ip + at, p->len - at, run_n << 8 | (place.id & 0xff));
}

/* As a NIC that has joined segments, and seen to their checksums */
static void fix_gso(struct packet *p)
{
	uint32_t at = ip_len(p);
	struct place place;

	memset(&p->vnet, 0, VNET_HDR);
	if (p->len < at || !seal_place(p->ip + at, p->len - at, &place))
		return;
	if (p->len - at - SEGMENT_HDR <= place.segsz) {
		p->vnet.flags = VIRTIO_NET_HDR_F_DATA_VALID;
		return;
	}
	p->vnet.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
	p->vnet.csum_start = ETH + at;
	p->vnet.csum_offset = TCP_CHECK;
	p->vnet.gso_type = p->ip[0] >> 4 == 6 ? VIRTIO_NET_HDR_GSO_TCPV6 :
						VIRTIO_NET_HDR_GSO_TCPV4;
	p->vnet.gso_size = place.segsz;
	p->vnet.hdr_len = ETH + at + SEGMENT_HDR;
}

static void fix(struct packet *p, unsigned int how)
{
	if (p->len < 20)
		return;
	if (how & HOW_ID)
		fix_id(p);
	if (how & HOW_IP)
		fix_ip(p);
	if (how & HOW_SUM)
		fix_sum(p);
	if (how & HOW_GSO)
		fix_gso(p);
}

/* --- the wire --- */

static void put_eth(struct packet *p)
{
	bool v6 = p->ip[0] >> 4 == 6;

	memcpy(p->eth, tap_mac, 6);
	memcpy(p->eth + 6, "\x02\0\0\0\0\2", 6);
	p->eth[12] = v6 ? 0x86 : 0x08;
	p->eth[13] = v6 ? 0xdd : 0;
}

static void record(const struct packet *p)
{
	struct record *r = &recorded->r[recorded->n];
	uint8_t *data = input_room(VNET_HDR + p->len);

	if (!data || recorded->n == RECORDS_MAX)
		return;
	memcpy(data, &p->vnet, VNET_HDR);
	memcpy(data + VNET_HDR, p->ip, p->len);
	*r = (struct record){
		.what = WIRE, .how = HOW_IP | HOW_SUM | HOW_ID | HOW_GSO,
		.len = VNET_HDR + p->len, .data = data,
	};
	recorded->n++;
}

/* The first 64 bytes are linear, and the rest in pages. */
static void write_frags(struct packet *p)
{
	uint32_t at = p->len < 64 ? p->len : 64, part;
	struct iovec iov[2 + RECORD_MAX / PAGE + 1] = {
		{ &p->vnet, VNET_HDR }, { p->eth, ETH + at },
	};
	unsigned int n = 2;

	for (; at < p->len && n < 2 + 16; at += part) {
		part = p->len - at < PAGE ? p->len - at : PAGE;
		iov[n++] = (struct iovec){ p->ip + at, part };
	}
	if (writev(tap, iov, n) < 0 && errno == EBADFD)
		fail("writev");
}

static void write_wire(struct packet *p)
{
	if (recorded)
		record(p);
	if (!p->len)
		return;
	put_eth(p);
	if (tap_way == TAP_FRAGS)
		write_frags(p);
	else if (write(tap, p, VNET_HDR + ETH + p->len) < 0 && errno == EBADFD)
		fail("write");
}

static void run_wire(const struct record *r)
{
	static struct packet p;

	if (r->len < VNET_HDR)
		return;
	memcpy(&p.vnet, r->data, VNET_HDR);
	p.len = r->len - VNET_HDR;
	memcpy(p.ip, r->data + VNET_HDR, p.len);
	fix(&p, r->how);
	write_wire(&p);
}

/* --- what leaves, and comes back --- */

/* Return: false where nothing more has left */
static bool read_wire(struct packet *p)
{
	ssize_t got = read(tap, p, sizeof(*p) - sizeof(p->len));

	if (got < 0)
		return false;
	p->len = got > VNET_HDR + ETH ? got - VNET_HDR - ETH : 0;
	return true;
}

static void drain(void)
{
	static struct packet p;

	while (read_wire(&p))
		;
}

static void swap_addrs(struct packet *p)
{
	uint32_t size = p->ip[0] >> 4 == 6 ? 16 : 4;
	uint8_t *a = p->ip + (size == 16 ? 8 : 12), t[16];

	memcpy(t, a, size);
	memcpy(a, a + size, size);
	memcpy(a + size, t, size);
}

/* Write segments of a frame: @n from @first on, where each has @segsz bytes. */
static void write_piece(const struct packet *whole, uint32_t at, uint32_t from, uint32_t len)
{
	static struct packet p;
	uint8_t *tcp = p.ip + at;
	uint32_t seq;

	memcpy(p.ip, whole->ip, at + SEGMENT_HDR);
	memcpy(tcp + SEGMENT_HDR, whole->ip + at + SEGMENT_HDR + from, len);
	p.len = at + SEGMENT_HDR + len;
	memcpy(&seq, tcp + 4, sizeof(seq));
	seq = htonl(ntohl(seq) + from);
	memcpy(tcp + 4, &seq, sizeof(seq));
	if (p.len - len + from + len < whole->len)
		tcp[13] &= ~8;
	fix(&p, HOW_IP | HOW_SUM | HOW_GSO);
	write_wire(&p);
}

enum { IN_ORDER, REVERSED, TWICE, ODD_FIRST };

/* Which piece comes as the @i-th of @n? */
static unsigned int piece_at(unsigned int order, unsigned int i, unsigned int n)
{
	if (order == REVERSED)
		return n - 1 - i;
	if (order == ODD_FIRST)
		return i < n / 2 ? 2 * i + 1 : 2 * (i - n / 2);
	return i;
}

static void reflect(struct packet *p, const struct record *r)
{
	uint32_t at = ip_len(p), len, size, i, n, piece;
	unsigned int order = r->b & 3, lost = r->b >> 2;
	struct place place;

	swap_addrs(p);
	if (!seal_place(p->ip + at, p->len - at, &place) || !r->a) {
		write_wire(p);
		return;
	}
	len = p->len - at - SEGMENT_HDR;
	size = r->a * place.segsz;
	n = (len + size - 1) / size;
	for (i = 0; i < n; i++) {
		piece = piece_at(order, i, n);
		if (lost >> piece % 6 & 1)
			continue;
		write_piece(p, at, piece * size,
			    piece == n - 1 ? len - piece * size : size);
		if (order == TWICE)
			write_piece(p, at, piece * size,
				    piece == n - 1 ? len - piece * size : size);
	}
}

/* A router could not carry it, and says so. */
static void complain(const struct packet *p, const struct record *r)
{
	static struct packet error;

	memset(&error.vnet, 0, sizeof(error.vnet));
	error.len = quote_packet(error.ip, p->ip, p->len, r->a, r->b);
	fix(&error, HOW_IP);
	write_wire(&error);
}

static bool is_segment(const struct packet *p)
{
	uint32_t at;

	if (p->len < 48)
		return false;
	at = ip_len(p);
	return p->ip[p->ip[0] >> 4 == 6 ? 6 : 9] == IPPROTO_TCP && p->len >= at + SEGMENT_HDR &&
	       (p->ip[at + 2] << 8 | p->ip[at + 3]) == SERVICE_PORT;
}

static void run_inner(const struct record *r)
{
	static struct packet p[8];
	struct sockaddr_ll to = { .sll_family = AF_PACKET };
	unsigned int i, n = 0;

	if (r->len <= VNET_HDR)
		return;
	to.sll_ifindex = device[r->how % DEVICES];
	to.sll_protocol = htons(r->data[VNET_HDR] >> 4 == 6 ? ETH_P_IPV6 : ETH_P_IP);
	drain();
	sendto(sock, r->data, r->len, MSG_DONTWAIT, (struct sockaddr *)&to, sizeof(to));
	while (n < 8 && read_wire(&p[n]))
		n++;
	if (r->what != REFLECT)
		return;
	for (i = 0; i < n; i++) {
		if (!is_segment(&p[i]))
			continue;
		if (r->how / DEVICES & 1)
			complain(&p[i], r);
		else
			reflect(&p[i], r);
	}
}

/* Time passes with this process at work: what timers do then is seen. */
static void run_wait(unsigned int units)
{
	struct timespec now, end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_nsec += units * WAIT_UNIT_US * 1000;
	end.tv_sec += end.tv_nsec / 1000000000;
	end.tv_nsec %= 1000000000;
	do
		clock_gettime(CLOCK_MONOTONIC, &now);
	while (now.tv_sec < end.tv_sec ||
	       (now.tv_sec == end.tv_sec && now.tv_nsec < end.tv_nsec));
}

/**
 * packet_run - do what an input says
 * @in: the input
 */
void packet_run(const struct input *in)
{
	unsigned int i;

	run_n++;
	for (i = 0; i < in->n; i++) {
		const struct record *r = &in->r[i];

		switch (r->what) {
		case WIRE:
			run_wire(r);
			break;
		case INNER:
		case REFLECT:
			run_inner(r);
			break;
		case WAIT:
			run_wait(r->a);
			break;
		}
	}
	drain();
}

/**
 * packet_record - keep what comes back of what leaves
 * @to: gets a record of WIRE for each packet from now on; NULL for no more
 */
void packet_record(struct input *to)
{
	recorded = to;
}

/* --- before it all --- */

static void open_tap(const char *name)
{
	static const short flags[TAP_WAYS] = { 0, IFF_NAPI, IFF_NAPI | IFF_NAPI_FRAGS };
	struct ifreq ifr = { .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR };

	ifr.ifr_flags |= flags[tap_way];
	snprintf(ifr.ifr_name, IFNAMSIZ, "%s", name);
	tap = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
	if (tap < 0 || ioctl(tap, TUNSETIFF, &ifr) ||
	    ioctl(tap, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN))
		fail(name);
	if (ioctl(sock, SIOCGIFHWADDR, &ifr))
		fail(name);
	memcpy(tap_mac, ifr.ifr_hwaddr.sa_data, 6);
}

/**
 * packet_open - be ready to run inputs
 * @name: of the tap device, which may be there
 * @way: TAP_*, how it gives packets to the stack
 */
void packet_open(const char *name, unsigned int way)
{
	char vn[] = "vn1";
	int on = 1, i;

	tap_way = way;
	sock = socket(AF_PACKET, SOCK_RAW, 0);
	if (sock < 0 || setsockopt(sock, SOL_PACKET, PACKET_VNET_HDR, &on, sizeof(on)))
		fail("socket");
	open_tap(name);
	for (i = 0; i < DEVICES; i++) {
		vn[2] = '1' + i;
		device[i] = if_nametoindex(vn);
	}
}
