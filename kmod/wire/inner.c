// SPDX-License-Identifier: GPL-2.0-only
/*
 * The inner packet. Parsing decides what is lifted into the metadata: the IP
 * header, and the transport header where it is a plain TCP or UDP one.
 * Restoring puts the headers back before any part of the payload, as TCP
 * segmentation would have made them for that part.
 */
#include <linux/errno.h>
#include <linux/icmp.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/inet_ecn.h>
#include <net/ip6_checksum.h>
#include <net/ipv6.h>
#include <net/ndisc.h>
#include <net/tcp.h>
#include <net/udp.h>

#include "compat.h"
#include "wire/inner.h"

/* Read an IPv4 header: its length to @m, the transport protocol to @proto. That
 * is IPPROTO_RAW for a fragment, which has no whole transport header.
 */
static __always_inline int parse_ipv4(struct sk_buff *skb,
				      struct vnencap_meta *m, u8 *proto)
{
	const struct iphdr *iph;
	u32 len;

	if (!pskb_may_pull(skb, sizeof(*iph)))
		return -EINVAL;
	iph = (struct iphdr *)skb->data;
	if (iph->version != 4 || iph->ihl < 5 ||
	    !pskb_may_pull(skb, iph->ihl * 4))
		return -EINVAL;
	iph = (struct iphdr *)skb->data;
	len = skb_is_gso(skb) ? skb->len : ntohs(iph->tot_len);
	if (len < iph->ihl * 4 || len > skb->len || pskb_trim_rcsum(skb, len))
		return -EINVAL;
	m->l4_off = iph->ihl * 4;
	*proto = iph->frag_off & ~htons(IP_DF) ? IPPROTO_RAW : iph->protocol;
	return 0;
}

/* The same of IPv6. Extension headers are not read: they are part of the
 * payload, and the first one's number is taken for the protocol.
 */
static __always_inline int parse_ipv6(struct sk_buff *skb,
				      struct vnencap_meta *m, u8 *proto)
{
	const struct ipv6hdr *ip6h;
	u32 len;

	if (!pskb_may_pull(skb, sizeof(*ip6h)))
		return -EINVAL;
	ip6h = (struct ipv6hdr *)skb->data;
	if (ip6h->version != 6)
		return -EINVAL;
	len = skb_is_gso(skb) ? skb->len :
	      ntohs(ip6h->payload_len) + sizeof(*ip6h);
	/* a jumbogram (RFC 2675) gives its length as zero: not to be carried */
	if (!ip6h->payload_len && !skb_is_gso(skb) &&
	    ip6h->nexthdr == NEXTHDR_HOP)
		return -EINVAL;
	if (len > skb->len || pskb_trim_rcsum(skb, len))
		return -EINVAL;
	m->l4_off = sizeof(*ip6h);
	*proto = ip6h->nexthdr;
	return 0;
}

/* Is the checksum still to be done, and is it that of this transport header? */
static bool partial_at(const struct sk_buff *skb, unsigned int l4_off,
		       unsigned int check_off)
{
	return skb->ip_summed == CHECKSUM_PARTIAL &&
	       skb_checksum_start_offset(skb) == l4_off &&
	       skb->csum_offset == check_off;
}

static __always_inline void lift_tcp(struct sk_buff *skb, struct vnencap_meta *m)
{
	const struct tcphdr *th;

	if (!pskb_may_pull(skb, m->l4_off + sizeof(*th)))
		return;
	th = (struct tcphdr *)(skb->data + m->l4_off);
	if (th->doff < 5 || !pskb_may_pull(skb, m->l4_off + th->doff * 4))
		return;
	th = (struct tcphdr *)(skb->data + m->l4_off);
	m->l4 = VNENCAP_L4_TCP;
	m->image_len = m->l4_off + th->doff * 4;
	m->partial = partial_at(skb, m->l4_off, offsetof(struct tcphdr, check));
	m->accecn = skb_shinfo(skb)->gso_type & SKB_GSO_TCP_ACCECN;
}

static __always_inline void lift_udp(struct sk_buff *skb, struct vnencap_meta *m)
{
	const struct udphdr *uh;

	if (!pskb_may_pull(skb, m->l4_off + sizeof(*uh)))
		return;
	uh = (struct udphdr *)(skb->data + m->l4_off);
	/* The receiver makes the UDP length of the packet's: it is not carried.
	 * So it must agree, or the header goes as payload.
	 */
	if (ntohs(uh->len) != skb->len - m->l4_off && !skb_is_gso(skb))
		return;
	m->l4 = VNENCAP_L4_UDP;
	m->image_len = m->l4_off + sizeof(*uh);
	m->partial = partial_at(skb, m->l4_off, offsetof(struct udphdr, check));
}

/* "The next host is on this link" (RFC 792, RFC 4861) is never true of an overlay:
 * mappings say where hosts are, and a hub's packets leave by the device that they came by.
 * The kernel has a switch for such messages of IPv4 only, which somebody may turn on
 * again for all devices (net.ipv4.conf.all.send_redirects).
 */
static noinline bool is_redirect(const struct sk_buff *skb,
				 const struct vnencap_meta *m, u8 proto)
{
	const u8 *type;
	u8 copy;

	if (proto != (m->ipv6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP))
		return false;
	type = skb_header_pointer(skb, m->l4_off, sizeof(copy), &copy);
	return type && *type == (m->ipv6 ? NDISC_REDIRECT : ICMP_REDIRECT);
}

/* Does the packet ask for segmentation that a receiver can ask for in turn? */
static bool gso_known(const struct sk_buff *skb, const struct vnencap_meta *m)
{
	unsigned int type = skb_shinfo(skb)->gso_type;

	if (!m->partial)
		return false;
	if (m->l4 == VNENCAP_L4_UDP)
		return type & SKB_GSO_UDP_L4 &&
		       vnencap_inner_train_ok(skb->len - m->image_len,
					      skb_shinfo(skb)->gso_size);
	return m->l4 == VNENCAP_L4_TCP &&
	       type & (SKB_GSO_TCPV4 | SKB_GSO_TCPV6) &&
	       vnencap_meta_stream_ok(skb_shinfo(skb)->gso_size);
}

/* It is inlined, for it is on each frame's way. */
static __always_inline int parse(struct sk_buff *skb, struct vnencap_meta *m)
{
	u8 proto;
	int err;

	m->l4 = VNENCAP_L4_NONE;
	m->partial = false;
	m->accecn = false;
	err = m->ipv6 ? parse_ipv6(skb, m, &proto) : parse_ipv4(skb, m, &proto);
	if (unlikely(err))
		return err;
	m->image_len = m->l4_off;
	if (likely(proto == IPPROTO_TCP))
		lift_tcp(skb, m);
	else if (proto == IPPROTO_UDP)
		lift_udp(skb, m);
	else if (is_redirect(skb, m, proto))
		return -EOPNOTSUPP;
	return 0;
}

/* Who has made the packet up (a guest, by a tap device or a packet socket) says where the
 * checksum starts and where it goes. It may start before the packet, in what a tunnel or
 * VLAN tags had there: the kernel would take that for a fault of its own.
 */
static bool checksum_inside(const struct sk_buff *skb)
{
	int start = skb_checksum_start_offset(skb);
	u32 end = start + skb->csum_offset + sizeof(__sum16);

	return start >= 0 && end <= skb_headlen(skb);
}

/* Do a checksum that cannot travel undone. It may go into the headers: what was read of
 * them before is not true any more.
 */
static noinline int do_checksum(struct sk_buff *skb, struct vnencap_meta *m)
{
	if (!checksum_inside(skb) || skb_checksum_help(skb))
		return -EINVAL;
	return parse(skb, m);
}

/**
 * vnencap_inner_parse - find out what a packet to be sent is
 * @skb: data at the inner IP header; headers may be pulled in, padding after
 *	the packet is trimmed, a checksum that cannot travel undone is done
 * @m: written but for the image: that is the first @m->image_len bytes of
 *	the skb's data, linear
 *
 * Return: 0; -EINVAL where it is not an IP packet that can be carried; or -EOPNOTSUPP
 * where it is a redirect, which means nothing in an overlay.
 */
int vnencap_inner_parse(struct sk_buff *skb, struct vnencap_meta *m)
{
	int err;

	if (unlikely(skb->protocol != htons(ETH_P_IP) &&
		     skb->protocol != htons(ETH_P_IPV6)))
		return -EINVAL;
	m->ipv6 = skb->protocol == htons(ETH_P_IPV6);
	err = parse(skb, m);
	if (!err && skb_is_gso(skb) && !gso_known(skb, m))
		return -EINVAL;
	if (!err && skb->ip_summed == CHECKSUM_PARTIAL && !m->partial)
		err = do_checksum(skb, m);
	if (unlikely(err))
		return err;
	m->payload = skb->len - m->image_len;
	m->gso_size = skb_is_gso(skb) ? skb_shinfo(skb)->gso_size : 0;
	return 0;
}

/* Fill in lengths and checksum of the IP header. As segmentation counts IPv4
 * ids up, the part's id is that of its first segment.
 */
static __always_inline void restore_ip(struct sk_buff *skb,
				       const struct vnencap_meta *m,
				       const struct vnencap_part *part,
				       bool ipv6)
{
	if (ipv6) {
		struct ipv6hdr *ip6h = (struct ipv6hdr *)skb->data;
		u32 len = skb->len - sizeof(*ip6h);

		ip6h->payload_len = len <= U16_MAX ? htons(len) : 0;
	} else {
		struct iphdr *iph = (struct iphdr *)skb->data;

		iph->tot_len = skb->len <= U16_MAX ? htons(skb->len) : 0;
		if (part->at && m->gso_size)
			iph->id = htons(ntohs(iph->id) +
					part->at / m->gso_size);
		ip_send_check(iph);
	}
}

/* The checksum field where the checksum is still to be done: the sum over the
 * pseudo-header
 */
static __always_inline __sum16 pseudo(const struct sk_buff *skb, u32 len,
				      u8 proto, bool ipv6)
{
	const struct ipv6hdr *ip6h = (struct ipv6hdr *)skb->data;
	const struct iphdr *iph = (struct iphdr *)skb->data;

	if (ipv6)
		return ~csum_ipv6_magic(&ip6h->saddr, &ip6h->daddr, len, proto,
					0);
	return ~csum_tcpudp_magic(iph->saddr, iph->daddr, len, proto, 0);
}

static void set_partial(struct sk_buff *skb, u32 check_off)
{
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_transport_header(skb) - skb->head;
	skb->csum_offset = check_off;
}

static __always_inline void restore_gso(struct sk_buff *skb,
					const struct vnencap_meta *m,
					const struct vnencap_part *part,
					unsigned int type, bool ipv6)
{
	u32 fixed = ipv6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr);
	struct skb_shared_info *si;

	if (!m->gso_size || part->len <= m->gso_size)
		return;
	si = skb_shinfo(skb);
	si->gso_size = m->gso_size;
	si->gso_segs = DIV_ROUND_UP(part->len, m->gso_size);
	si->gso_type = type;
	/* Options and extension headers are whatever the sender wrote. And
	 * skb_segment() takes it that GRO made a frag_list, with a segment in
	 * each member. Where an skb is marked as DODGY the kernel looks closer.
	 */
	if (skb_has_frag_list(skb) || unlikely(m->l4_off != fixed))
		si->gso_type |= SKB_GSO_DODGY;
}

static __always_inline void restore_tcp(struct sk_buff *skb,
					const struct vnencap_meta *m,
					const struct vnencap_part *part,
					bool ipv6)
{
	unsigned int type = ipv6 ? SKB_GSO_TCPV6 : SKB_GSO_TCPV4;
	struct tcphdr *th = (struct tcphdr *)(skb->data + m->l4_off);

	if (!m->partial)
		return;
	if (part->at) {
		th->seq = htonl(ntohl(th->seq) + part->at);
		th->cwr &= m->accecn;
	}
	if (part->at + part->len < m->payload) {
		th->psh = 0;
		th->fin = 0;
	}
	if (th->cwr)
		type |= m->accecn ? SKB_GSO_TCP_ACCECN : SKB_GSO_TCP_ECN;
	th->check = pseudo(skb, skb->len - m->l4_off, IPPROTO_TCP, ipv6);
	set_partial(skb, offsetof(struct tcphdr, check));
	restore_gso(skb, m, part, type, ipv6);
}

static __always_inline void restore_udp(struct sk_buff *skb,
					const struct vnencap_meta *m,
					const struct vnencap_part *part,
					bool ipv6)
{
	struct udphdr *uh = (struct udphdr *)(skb->data + m->l4_off);
	u32 len = skb->len - m->l4_off;

	if (!m->partial)
		return;
	uh->len = htons(len);
	uh->check = pseudo(skb, len, IPPROTO_UDP, ipv6);
	set_partial(skb, offsetof(struct udphdr, check));
	restore_gso(skb, m, part, SKB_GSO_UDP_L4, ipv6);
}

/* A router of the substrate may have marked the segments as having met
 * congestion (ECN). RFC 6040 says what that makes of the inner packet, and when
 * it is dropped.
 */
static __always_inline bool ecn_dropped(struct sk_buff *skb, u8 outer_tos,
					bool ipv6)
{
	u8 inner = ipv6 ? ipv6_get_dsfield((struct ipv6hdr *)skb->data) :
			  ((struct iphdr *)skb->data)->tos;

	return INET_ECN_decapsulate(skb, outer_tos, inner) > 1;
}

/* Fill in the headers that were put before the payload. @ipv6 is constant in
 * each caller, so that the compiler makes a version for each family.
 */
static __always_inline int restore_as(struct sk_buff *skb,
				      const struct vnencap_meta *m,
				      const struct vnencap_part *part,
				      u8 outer_tos, bool ipv6)
{
	skb->protocol = htons(ipv6 ? ETH_P_IPV6 : ETH_P_IP);
	restore_ip(skb, m, part, ipv6);
	if (m->l4 == VNENCAP_L4_TCP)
		restore_tcp(skb, m, part, ipv6);
	else if (m->l4 == VNENCAP_L4_UDP)
		restore_udp(skb, m, part, ipv6);
	if (ecn_dropped(skb, outer_tos, ipv6))
		return -EBADMSG;
	if (unlikely(ipv6 && skb->len > sizeof(struct ipv6hdr) + IPV6_MAXPLEN))
		compat_jumbo_insert(skb);
	return 0;
}

/**
 * vnencap_inner_restore - make an inner packet of a part of a frame
 * @skb: data at the part's first payload byte, shards taken out; the head is
 *	ours to write to
 * @m: the frame's headers
 * @part: which part it is
 * @outer_tos: TOS or traffic class that it came with
 *
 * Return: 0, -ENOMEM, or -EBADMSG where RFC 6040 has it dropped.
 */
int vnencap_inner_restore(struct sk_buff *skb, const struct vnencap_meta *m,
			  const struct vnencap_part *part, u8 outer_tos)
{
	if (skb_cow_head(skb, m->image_len + COMPAT_JUMBO_LEN))
		return -ENOMEM;
	memcpy(__skb_push(skb, m->image_len), m->image, m->image_len);
	skb_reset_mac_header(skb);
	skb->mac_len = 0;
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, m->l4_off);
	skb->encapsulation = 0;
	/* what is known of the checksum is of the outer one */
	skb->ip_summed = CHECKSUM_NONE;
	skb->csum_level = 0;
	skb->csum_valid = 0;
	skb->csum_complete_sw = 0;
	if (skb_is_gso(skb))
		skb_gso_reset(skb);
	return m->ipv6 ? restore_as(skb, m, part, outer_tos, true) :
			 restore_as(skb, m, part, outer_tos, false);
}
