// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frames to be captured: packets that are to be segmented, of TCP or of UDP, which are
 * given to a vnencap device whole.
 */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lever.h"
#include "sock.h"

#define TCP		20
#define UDP		8
#define PAYLOAD_MAX	65000

#ifndef VIRTIO_NET_HDR_GSO_UDP_L4
#define VIRTIO_NET_HDR_GSO_UDP_L4 5
#endif

/* As a socket would send it: the checksum is still to be done. */
struct whole {
	struct virtio_net_hdr vnet;
	unsigned char ip[IP4 + TCP + PAYLOAD_MAX];
} __attribute__((__packed__));

static int open_device(const char *iface)
{
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IP),
		.sll_ifindex = if_nametoindex(iface),
	};
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)))
		fail(iface);
	set_int(fd, SOL_PACKET, PACKET_VNET_HDR, 1);
	set_int(fd, SOL_SOCKET, SO_SNDBUFFORCE, 16 << 20);
	return fd;
}

static void put_addr(unsigned char *to, const char *name)
{
	if (inet_pton(AF_INET, name, to) != 1)
		fail(name);
}

/* Return: the length of both headers, after which @size bytes of payload follow. */
static size_t put_ip(struct whole *w, unsigned char proto, const char *from,
		     const char *to, size_t size)
{
	size_t head = proto == IPPROTO_TCP ? TCP : UDP;
	unsigned char *ip = w->ip;

	ip[0] = 0x45;
	put16(ip + 2, IP4 + head + size);
	ip[6] = 0x40;		/* DF */
	ip[8] = 64;
	ip[9] = proto;
	put_addr(ip + 12, from);
	put_addr(ip + 16, to);
	sum_put(ip + 10, sum_add(0, ip, IP4));
	w->vnet.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
	w->vnet.hdr_len = IP4 + head;
	w->vnet.csum_start = IP4;
	return IP4 + head;
}

/* Where a checksum is to be, the sum of the pseudo-header is. */
static void put_pseudo(struct whole *w, size_t at, size_t len)
{
	unsigned char sum[2];

	sum_put(sum, sum_add(w->ip[9] + len, w->ip + 12, 8));
	w->ip[IP4 + at] = ~sum[0];
	w->ip[IP4 + at + 1] = ~sum[1];
	w->vnet.csum_offset = at;
}

static size_t make_tcp(struct whole *w, const char *from, const char *to, size_t size,
		       size_t gso_size)
{
	size_t head = put_ip(w, IPPROTO_TCP, from, to, size);
	unsigned char *tcp = w->ip + IP4;

	w->vnet.gso_type = VIRTIO_NET_HDR_GSO_TCPV4;
	w->vnet.gso_size = gso_size;
	put16(tcp, 40000);
	put16(tcp + 2, 5001);
	tcp[12] = TCP / 4 << 4;
	tcp[13] = 0x10;		/* ACK */
	put16(tcp + 14, 1000);
	put_pseudo(w, 16, TCP + size);
	return head + size;
}

static size_t make_udp(struct whole *w, const char *from, const char *to, size_t size,
		       size_t gso_size)
{
	size_t head = put_ip(w, IPPROTO_UDP, from, to, size);
	unsigned char *udp = w->ip + IP4;

	w->vnet.gso_type = VIRTIO_NET_HDR_GSO_UDP_L4;
	w->vnet.gso_size = gso_size;
	put16(udp, 40000);
	put16(udp + 2, 5003);
	put16(udp + 4, UDP + size);
	put_pseudo(w, 6, UDP + size);
	return head + size;
}

/**
 * stream - send packets for ever
 * @iface: a vnencap device
 * @udp: of UDP, not TCP
 * @from: IPv4 address
 * @to: IPv4 address
 * @size: bytes of payload
 * @gso_size: bytes of each segment or datagram
 */
void stream(const char *iface, bool udp, const char *from, const char *to, size_t size,
	    size_t gso_size)
{
	static struct whole w;
	int fd = open_device(iface);
	uint32_t seq;
	size_t len;

	if (!gso_size || size <= gso_size || size > PAYLOAD_MAX)
		fail("size");
	len = udp ? make_udp(&w, from, to, size, gso_size) :
		    make_tcp(&w, from, to, size, gso_size);
	for (seq = 0;; seq += size) {
		if (!udp)
			put32(w.ip + IP4 + 4, seq);
		if (send(fd, &w, sizeof(w.vnet) + len, 0) < 0)
			usleep(1000);
	}
}
