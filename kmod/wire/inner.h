/* SPDX-License-Identifier: GPL-2.0-only */
/* The inner packet: its headers read on tx and written on rx. */
#ifndef _VNENCAP_INNER_H
#define _VNENCAP_INNER_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>

#include "wire/addr.h"
#include "wire/meta.h"

/* The most datagrams of a train. Linux sends 128 at most, older versions 64. */
#define VNENCAP_TRAIN_MAX	256
/* The least bytes of a datagram of a train, but for the last. A receiver has so
 * much to do for each: one wire segment of shorter ones would cost it more than
 * the shortest frames of Ethernet do that take as long on the wire.
 */
#define VNENCAP_TRAIN_SIZE_MIN	64

/**
 * struct vnencap_part - which part of a frame's inner payload an skb holds
 * @at: offset of its first byte in the inner payload
 * @len: its length in bytes
 */
struct vnencap_part {
	u32 at;
	u32 len;
};

int vnencap_inner_parse(struct sk_buff *skb, struct vnencap_meta *m);
int vnencap_inner_restore(struct sk_buff *skb, const struct vnencap_meta *m,
			  const struct vnencap_part *part, u8 outer_tos);

/**
 * vnencap_inner_class - how the parts of a packet's frame may be delivered
 * @skb: parsed by vnencap_inner_parse()
 * @m: from there
 *
 * Data of a TCP connection is a stream. A TCP packet that opens or resets a
 * connection or has urgent data means something as a whole only: it is atomic.
 * UDP that is to be segmented is a train. All else is atomic.
 *
 * Return: enum vnencap_class.
 */
static inline u8 vnencap_inner_class(const struct sk_buff *skb,
				     const struct vnencap_meta *m)
{
	const struct tcphdr *th;

	if (m->l4 == VNENCAP_L4_UDP && m->gso_size)
		return VNENCAP_TRAIN;
	if (m->l4 != VNENCAP_L4_TCP || !m->partial)
		return VNENCAP_ATOMIC;
	th = (struct tcphdr *)(skb->data + m->l4_off);
	if (m->gso_size || !(th->syn || th->rst || th->urg))
		return VNENCAP_STREAM;
	return VNENCAP_ATOMIC;
}

/**
 * vnencap_inner_train_ok - is it a train that a sender makes and a receiver
 * takes?
 * @payload: bytes of all datagrams
 * @gso_size: bytes of each, but for the last
 *
 * Return: true if it is: its datagrams are neither too small nor too many.
 */
static inline bool vnencap_inner_train_ok(u32 payload, u16 gso_size)
{
	return payload <= U16_MAX && gso_size >= VNENCAP_TRAIN_SIZE_MIN &&
	       payload <= gso_size * VNENCAP_TRAIN_MAX;
}

/**
 * vnencap_inner_addrs - the addresses of an inner packet
 * @m: what it is
 * @image: its headers
 * @src: written
 * @dst: written
 */
static inline void vnencap_inner_addrs(const struct vnencap_meta *m,
				       const void *image,
				       struct vnencap_addr *src,
				       struct vnencap_addr *dst)
{
	if (m->ipv6) {
		const struct ipv6hdr *ip6h = image;

		src->family = AF_INET6;
		src->ip6 = ip6h->saddr;
		dst->family = AF_INET6;
		dst->ip6 = ip6h->daddr;
	} else {
		const struct iphdr *iph = image;

		src->family = AF_INET;
		src->ip4 = iph->saddr;
		dst->family = AF_INET;
		dst->ip4 = iph->daddr;
	}
}

#endif /* _VNENCAP_INNER_H */
