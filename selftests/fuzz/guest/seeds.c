// SPDX-License-Identifier: GPL-2.0-only
/*
 * What it begins with: packets that programs send, and the frames that the module
 * itself makes of them, whole, in pieces and as single segments. So they are of
 * whatever wire format there is.
 */
#include <linux/virtio_net.h>
#include <netinet/in.h>
#include <string.h>

#include "fuzz-attr.h"
#include "packet.h"

/**
 * struct sort - a sort of inner packet
 * @v6: IPv6, not IPv4
 * @proto: of what follows the IP header
 * @opts: bytes of options, of IP where @ipopt, else of TCP
 * @ipopt: see @opts
 * @flags: of TCP
 * @tos: TOS or traffic class
 * @len: bytes of payload
 * @gso_size: as it says, 0 for none
 */
struct sort {
	bool v6;
	uint8_t proto;
	uint8_t opts;
	bool ipopt;
	uint8_t flags;
	uint8_t tos;
	uint32_t len;
	uint16_t gso_size;
};

#define ACK	0x10
#define PSH	0x08
#define SYN	0x02
#define FIN	0x01
#define URG	0x20
#define CWR	0x80

static const struct sort sorts[] = {
	{ .proto = IPPROTO_TCP, .flags = ACK, .opts = 12, .len = 20000, .gso_size = 1400 },
	{ .proto = IPPROTO_TCP, .flags = ACK | PSH | FIN | CWR, .opts = 12, .len = 9000,
	  .gso_size = 1000, .tos = 2 },
	{ .proto = IPPROTO_TCP, .flags = ACK, .len = 5000, .gso_size = 1448 },
	{ .proto = IPPROTO_TCP, .flags = ACK, .len = 60000, .gso_size = 1448, .opts = 40 },
	{ .proto = IPPROTO_TCP, .flags = SYN, .opts = 20 },
	{ .proto = IPPROTO_TCP, .flags = ACK | URG, .len = 3000 },
	{ .proto = IPPROTO_TCP, .flags = ACK, .len = 1 },
	{ .proto = IPPROTO_UDP, .len = 100, .tos = 1 },
	{ .proto = IPPROTO_UDP, .len = 8000 },
	{ .proto = IPPROTO_UDP, .len = 12000, .gso_size = 1200 },
	{ .proto = IPPROTO_UDP, .len = 500, .gso_size = 100 },
	{ .proto = IPPROTO_ICMP, .len = 56 },
	{ .proto = IPPROTO_SCTP, .len = 3000, .tos = 3 },
	{ .proto = IPPROTO_TCP, .flags = ACK, .opts = 8, .ipopt = true, .len = 4000 },
	{ .v6 = true, .proto = IPPROTO_TCP, .flags = ACK, .opts = 12, .len = 20000,
	  .gso_size = 1400 },
	{ .v6 = true, .proto = IPPROTO_TCP, .flags = SYN, .opts = 20 },
	{ .v6 = true, .proto = IPPROTO_UDP, .len = 4000 },
	{ .v6 = true, .proto = IPPROTO_UDP, .len = 9000, .gso_size = 1000 },
	{ .v6 = true, .proto = IPPROTO_ICMPV6, .len = 2000 },
	{ .v6 = true, .proto = IPPROTO_HOPOPTS, .len = 100 },
};

static void put16(uint8_t *at, uint32_t value)
{
	at[0] = value >> 8;
	at[1] = value;
}

/* From host 2 to host 1, which this is; vnN leads there all the same. */
static void put_addrs(uint8_t *ip, bool v6, unsigned int device)
{
	if (v6) {
		memcpy(ip + 8, "\xfd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2", 16);
		memcpy(ip + 24, "\xfd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16);
		ip[9] = device + 1;
		ip[25] = device + 1;
	} else {
		memcpy(ip + 12, "\xc0\xa8\0\2\xc0\xa8\0\1", 8);
		ip[14] = device + 1;
		ip[18] = device + 1;
	}
}

static uint8_t *put_ip(uint8_t *ip, const struct sort *k, uint32_t len, unsigned int device)
{
	uint32_t opts = k->ipopt ? k->opts : 0;

	put_addrs(ip, k->v6, device);
	if (k->v6) {
		ip[0] = 0x60 | k->tos >> 4;
		ip[1] = k->tos << 4;
		put16(ip + 4, len - 40);
		ip[6] = k->proto;
		ip[7] = 64;
		return ip + 40;
	}
	ip[0] = 0x45 + opts / 4;
	ip[1] = k->tos;
	put16(ip + 2, len);
	ip[4] = 1;
	ip[8] = 64;
	ip[9] = k->proto;
	memset(ip + 20, 1, opts);
	return ip + 20 + opts;
}

static void put_l4(uint8_t *l4, const struct sort *k, uint32_t opts)
{
	put16(l4, 5201);
	put16(l4 + 2, 5202);
	if (k->proto == IPPROTO_UDP) {
		put16(l4 + 4, 8 + k->len);
	} else if (k->proto == IPPROTO_TCP) {
		l4[12] = (20 + opts) << 2;
		l4[13] = k->flags;
		put16(l4 + 14, 1000);
		memset(l4 + 20, 1, opts);
		if (opts == 12)
			memcpy(l4 + 20, "\1\1\x8\xa\0\0\0\1\0\0\0\2", 12);
		if (k->flags & SYN)
			memcpy(l4 + 20, "\2\4\x22\x60", 4);
	}
}

static void put_vnet(struct virtio_net_hdr *vnet, const struct sort *k, uint32_t ip_len,
		     uint32_t l4_len)
{
	bool tcp = k->proto == IPPROTO_TCP;

	if (k->proto != IPPROTO_TCP && k->proto != IPPROTO_UDP)
		return;
	vnet->flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
	vnet->csum_start = ip_len;
	vnet->csum_offset = tcp ? 16 : 6;
	if (!k->gso_size)
		return;
	vnet->hdr_len = ip_len + l4_len;
	vnet->gso_size = k->gso_size;
	/* 5: VIRTIO_NET_HDR_GSO_UDP_L4, which headers before 6.2 do not know */
	vnet->gso_type = !tcp ? 5 : k->v6 ? VIRTIO_NET_HDR_GSO_TCPV6 : VIRTIO_NET_HDR_GSO_TCPV4;
	if (tcp && k->flags & CWR)
		vnet->gso_type |= VIRTIO_NET_HDR_GSO_ECN;
}

static bool make(struct record *r, const struct sort *k, unsigned int device)
{
	uint32_t opts = k->ipopt ? 0 : k->opts, ip_len, l4_len = 0;
	uint8_t *data;

	ip_len = k->v6 ? 40 : 20 + (k->ipopt ? k->opts : 0);
	if (k->proto == IPPROTO_TCP)
		l4_len = 20 + opts;
	else if (k->proto == IPPROTO_UDP)
		l4_len = 8;
	r->len = VNET_HDR + ip_len + l4_len + k->len;
	data = input_room(r->len);
	if (!data)
		return false;
	memset(data, 0, r->len);
	put_vnet((void *)data, k, ip_len, l4_len);
	put_l4(put_ip(data + VNET_HDR, k, r->len - VNET_HDR, device), k, opts);
	r->what = REFLECT;
	r->how = device;
	r->data = data;
	return true;
}

/* Have one reflected in some way, and take what came of it, too. */
static void take_both(struct input *in, void (*take)(const struct input *in))
{
	static struct input came;

	came.n = 0;
	packet_record(&came);
	packet_run(in);
	packet_record(NULL);
	take(in);
	if (came.n)
		take(&came);
}

/* Of a stream and of a lone packet, by each device: each error in turn */
static void seeds_of_errors(void (*take)(const struct input *in))
{
	unsigned int i, device, kind = 0;
	struct input in;

	for (i = 0; i < ARRAY_SIZE(sorts); i++)
		for (device = 0; device < DEVICES; device++, kind++) {
			input_room_empty();
			memset(&in, 0, sizeof(in));
			in.n = 1;
			if (!make(&in.r[0], &sorts[i], device))
				continue;
			in.r[0].how = device + DEVICES;
			in.r[0].a = kind;
			in.r[0].b = kind / 2;
			take_both(&in, take);
		}
}

/**
 * packet_seeds - make all that it begins with
 * @take: is given each
 */
void packet_seeds(void (*take)(const struct input *in))
{
	static const uint8_t pieces[] = { 0, 1, 3 };
	unsigned int i, device, way;
	struct input in;

	for (i = 0; i < ARRAY_SIZE(sorts); i++)
		for (device = 0; device < DEVICES; device++)
			for (way = 0; way < sizeof(pieces); way++) {
				input_room_empty();
				memset(&in, 0, sizeof(in));
				in.n = 1;
				if (!make(&in.r[0], &sorts[i], device))
					continue;
				in.r[0].a = pieces[way];
				in.r[0].b = way + device;
				take_both(&in, take);
			}
	seeds_of_errors(take);
}
