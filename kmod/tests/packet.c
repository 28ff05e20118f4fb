// SPDX-License-Identifier: GPL-2.0-only
/* Inner packets for tests: drawn at random, put in skbs, and judged. */
#include <kunit/test.h>
#include <linux/icmp.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/dsfield.h>
#include <net/gso.h>
#include <net/inet_ecn.h>
#include <net/ip6_checksum.h>
#include <net/ndisc.h>
#include <net/tcp.h>

#include "compat.h"
#include "tests/hosts.h"
#include "tests/packet.h"
#include "tests/random.h"

#define HEADROOM	128

/* ---- Headers ---- */

static void draw_ipv4(struct rnd_state *rnd, struct test_packet *p,
		      const struct test_host *from, const struct test_host *to)
{
	u32 options = random_chance(rnd, 20) ? random_range(rnd, 1, 10) * 4 : 0;
	struct iphdr *iph = (struct iphdr *)p->bytes;

	iph->version = 4;
	iph->ihl = (sizeof(*iph) + options) / 4;
	/* a packet that is not ECN-capable is, too, mostly */
	iph->tos = prandom_u32_state(rnd);
	iph->id = htons(prandom_u32_state(rnd) & 0xffff);
	iph->frag_off = random_chance(rnd, 70) ? htons(IP_DF) : 0;
	if (p->kind->fragment)
		iph->frag_off = htons(random_range(rnd, 1, 0x3fff));
	iph->ttl = random_range(rnd, 1, 255);
	iph->protocol = p->kind->proto;
	iph->saddr = from->inner4;
	iph->daddr = to->inner4;
	memset(iph + 1, IPOPT_NOOP, options);
	p->ip_len = iph->ihl * 4;
}

static void draw_ipv6(struct rnd_state *rnd, struct test_packet *p,
		      const struct test_host *from, const struct test_host *to)
{
	struct ipv6hdr *ip6h = (struct ipv6hdr *)p->bytes;

	*(__be32 *)ip6h = htonl(6 << 28 | (prandom_u32_state(rnd) >> 4));
	ip6h->nexthdr = p->kind->proto;
	ip6h->hop_limit = random_range(rnd, 1, 255);
	ip6h->saddr = from->inner6;
	ip6h->daddr = to->inner6;
	p->ip_len = sizeof(*ip6h);
}

/* Options as connections have them, or 40 bytes of anything */
static u32 draw_tcp_options(struct rnd_state *rnd, u8 *opt)
{
	static const u8 timestamps[] = { 1, 1, TCPOPT_TIMESTAMP, 10 };
	static const u8 sack[] = { 1, 1, TCPOPT_SACK, 26 };

	prandom_bytes_state(rnd, opt, 40);
	switch (random_range(rnd, 0, 3)) {
	case 0:
		return 0;
	case 1:
		memcpy(opt, timestamps, sizeof(timestamps));
		return 12;
	case 2:
		memcpy(opt, timestamps, sizeof(timestamps));
		memcpy(opt + 12, sack, sizeof(sack));
		return 40;
	default:
		return random_range(rnd, 1, 10) * 4;
	}
}

static void draw_tcp(struct rnd_state *rnd, struct test_packet *p)
{
	struct tcphdr *th = (struct tcphdr *)(p->bytes + p->ip_len);
	u32 options;

	th->source = htons(random_range(rnd, 1, 0xffff));
	th->dest = htons(random_range(rnd, 1, 0xffff));
	th->seq = htonl(prandom_u32_state(rnd));
	th->ack_seq = htonl(prandom_u32_state(rnd));
	th->window = htons(prandom_u32_state(rnd) & 0xffff);
	th->ack = 1;
	th->psh = random_chance(rnd, 50);
	th->fin = random_chance(rnd, 20);
	th->cwr = random_chance(rnd, 20);
	th->ece = random_chance(rnd, 20);
	if (!p->kind->gso && random_chance(rnd, 20)) {
		th->syn = random_chance(rnd, 50);
		th->rst = random_chance(rnd, 50);
		th->urg = random_chance(rnd, 50);
		th->urg_ptr = htons(prandom_u32_state(rnd) & 0xffff);
	}
	options = draw_tcp_options(rnd, (u8 *)(th + 1));
	th->doff = (sizeof(*th) + options) / 4;
	p->hdr_len = p->ip_len + sizeof(*th) + options;
}

static void draw_udp(struct rnd_state *rnd, struct test_packet *p)
{
	struct udphdr *uh = (struct udphdr *)(p->bytes + p->ip_len);

	uh->source = htons(random_range(rnd, 1, 0xffff));
	uh->dest = htons(random_range(rnd, 1, 0xffff));
	p->hdr_len = p->ip_len + sizeof(*uh);
}

/* ---- What depends on the length ---- */

static __sum16 pseudo(const struct test_packet *p, u32 len, __wsum sum)
{
	const struct ipv6hdr *ip6h = (const struct ipv6hdr *)p->bytes;
	const struct iphdr *iph = (const struct iphdr *)p->bytes;

	if (p->kind->ipv6)
		return csum_ipv6_magic(&ip6h->saddr, &ip6h->daddr, len,
				       p->kind->proto, sum);
	return csum_tcpudp_magic(iph->saddr, iph->daddr, len, p->kind->proto,
				 sum);
}

static __sum16 *checksum_at(struct test_packet *p)
{
	if (p->kind->proto == IPPROTO_TCP)
		return &((struct tcphdr *)(p->bytes + p->ip_len))->check;
	return &((struct udphdr *)(p->bytes + p->ip_len))->check;
}

static void finish_transport(struct rnd_state *rnd, struct test_packet *p)
{
	u32 len = p->hdr_len - p->ip_len + p->payload;
	bool udp = p->kind->proto == IPPROTO_UDP;
	u8 *l4 = p->bytes + p->ip_len;
	__sum16 *check;

	if (p->hdr_len == p->ip_len)
		return;
	check = checksum_at(p);
	if (udp)
		((struct udphdr *)l4)->len = htons(len);
	*check = 0;
	if (p->kind->partial) {
		*check = ~pseudo(p, len, 0);
	} else if (!udp || p->kind->ipv6 || random_chance(rnd, 80)) {
		*check = pseudo(p, len, csum_partial(l4, len, 0));
		if (udp && !*check)
			*check = CSUM_MANGLED_0;
	}
}

static void finish_ip(struct test_packet *p)
{
	u32 len = p->hdr_len + p->payload;

	if (p->kind->ipv6) {
		struct ipv6hdr *ip6h = (struct ipv6hdr *)p->bytes;

		ip6h->payload_len = test_ip_len(len - sizeof(*ip6h));
	} else {
		struct iphdr *iph = (struct iphdr *)p->bytes;

		iph->tot_len = test_ip_len(len);
		iph->check = 0;
		iph->check = ip_fast_csum(iph, iph->ihl);
	}
}

/* Mostly any length, sometimes one near nothing */
static u32 draw_payload(struct rnd_state *rnd, u32 most)
{
	if (random_chance(rnd, 20))
		most = min(most, 100U);
	else if (random_chance(rnd, 40))
		most = min(most, 8000U);
	return random_range(rnd, 0, most);
}

/* Datagrams may be as long as an MTU is, segments are not. */
static u16 draw_gso_size(struct rnd_state *rnd, const struct test_kind *kind)
{
	if (kind->proto == IPPROTO_UDP && random_chance(rnd, 30))
		return random_range(rnd, 1500, 20000);
	return random_range(rnd, 300, 1500);
}

/**
 * test_packet_draw - draw a packet
 * @rnd: where all choices come from
 * @kind: what it is to be
 * @from: the host that sends it
 * @to: the host that receives it
 * @p: written
 */
void test_packet_draw(struct rnd_state *rnd, const struct test_kind *kind,
		      const struct test_host *from, const struct test_host *to,
		      struct test_packet *p)
{
	memset(p, 0, offsetof(struct test_packet, bytes) + 160);
	p->kind = kind;
	if (kind->ipv6)
		draw_ipv6(rnd, p, from, to);
	else
		draw_ipv4(rnd, p, from, to);
	p->hdr_len = p->ip_len;
	if (kind->proto == IPPROTO_TCP && !kind->fragment)
		draw_tcp(rnd, p);
	else if (kind->proto == IPPROTO_UDP && !kind->fragment)
		draw_udp(rnd, p);
	p->payload = draw_payload(rnd, kind->payload);
	prandom_bytes_state(rnd, p->bytes + p->hdr_len, p->payload);
	/* which is not carried */
	if (kind->proto == IPPROTO_ICMPV6 &&
	    p->bytes[p->hdr_len] == NDISC_REDIRECT)
		p->bytes[p->hdr_len] = ICMPV6_ECHO_REQUEST;
	if (kind->proto == IPPROTO_ICMP &&
	    p->bytes[p->hdr_len] == ICMP_REDIRECT)
		p->bytes[p->hdr_len] = ICMP_ECHO;
	if (kind->gso)
		p->gso_size = draw_gso_size(rnd, kind);
	if (p->gso_size >= p->payload)
		p->gso_size = 0;
	finish_ip(p);
	finish_transport(rnd, p);
}

/**
 * test_packet_set_ecn - change the ECN field of a packet
 * @p: the packet
 * @ecn: INET_ECN_*
 */
void test_packet_set_ecn(struct test_packet *p, u8 ecn)
{
	if (p->kind->ipv6)
		p->bytes[1] = (p->bytes[1] & ~0x30) | ecn << 4;
	else
		p->bytes[1] = (p->bytes[1] & ~0x03) | ecn;
	finish_ip(p);
}

/**
 * test_packet_ecn - the ECN field of a packet
 * @skb: the packet, its IP header linear
 *
 * Return: INET_ECN_*.
 */
u8 test_packet_ecn(const struct sk_buff *skb)
{
	const struct iphdr *iph = (const struct iphdr *)skb->data;

	if (iph->version == 6)
		return ipv6_get_dsfield((const struct ipv6hdr *)iph) &
		       INET_ECN_MASK;
	return iph->tos & INET_ECN_MASK;
}

/* ---- skbs ---- */

static void add_frag(struct kunit *test, struct sk_buff *skb, const u8 *data,
		     u32 len)
{
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP,
					get_order(len));

	KUNIT_ASSERT_NOT_NULL(test, page);
	memcpy(page_address(page), data, len);
	skb_add_rx_frag(skb, skb_shinfo(skb)->nr_frags, page, 0, len,
			PAGE_SIZE << get_order(len));
}

static struct sk_buff *add_member(struct kunit *test, struct sk_buff *head,
				  struct sk_buff *last, u32 room)
{
	struct sk_buff *skb = alloc_skb(HEADROOM + room, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_reserve(skb, HEADROOM);
	if (last == head)
		skb_shinfo(head)->frag_list = skb;
	else
		last->next = skb;
	return skb;
}

/* Put a chunk after @last, which is @head or the last on its list. Return: the
 * skb that holds the chunk.
 */
static struct sk_buff *add_chunk(struct kunit *test, struct sk_buff *head,
				 struct sk_buff *last, const u8 *data, u32 len,
				 enum test_layout layout)
{
	u32 truesize = last->truesize;

	if (layout == TEST_LIST) {
		last = add_member(test, head, last, len);
		skb_put_data(last, data, len);
		truesize = 0;
	} else {
		if (skb_shinfo(last)->nr_frags == MAX_SKB_FRAGS) {
			last = add_member(test, head, last, 0);
			truesize = 0;
		}
		add_frag(test, last, data, len);
	}
	if (last != head) {
		head->len += len;
		head->data_len += len;
		head->truesize += last->truesize - truesize;
	}
	return last;
}

/**
 * test_skb_make - put bytes in an skb
 * @test: fails where there is no memory
 * @data: the bytes
 * @len: how many
 * @linear: how many of them are linear at least
 * @layout: where the others are
 * @chunk: how many of them in a frag or member
 *
 * Return: the skb, with some headroom.
 */
struct sk_buff *test_skb_make(struct kunit *test, const u8 *data, u32 len,
			      u32 linear, enum test_layout layout, u32 chunk)
{
	struct sk_buff *head, *last;
	u32 at;

	if (layout == TEST_LINEAR || linear > len)
		linear = len;
	head = alloc_skb(HEADROOM + linear, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, head);
	skb_reserve(head, HEADROOM);
	skb_put_data(head, data, linear);
	last = head;
	for (at = linear; at < len; at += chunk)
		last = add_chunk(test, head, last, data + at,
				 min(chunk, len - at), layout);
	return head;
}

static unsigned int gso_type(const struct test_kind *kind)
{
	if (kind->proto == IPPROTO_UDP)
		return SKB_GSO_UDP_L4;
	return (kind->ipv6 ? SKB_GSO_TCPV6 : SKB_GSO_TCPV4) |
	       (kind->accecn ? SKB_GSO_TCP_ACCECN : 0);
}

/**
 * test_packet_skb - put a packet in an skb, as the stack would send it
 * @test: fails where there is no memory
 * @rnd: where all choices come from
 * @p: the packet
 * @layout: where its bytes lie
 *
 * Return: the skb.
 */
struct sk_buff *test_packet_skb(struct kunit *test, struct rnd_state *rnd,
				const struct test_packet *p,
				enum test_layout layout)
{
	u32 linear = p->hdr_len + random_range(rnd, 0, 300);
	u32 chunk = random_range(rnd, max(p->payload / 16, 500U), 12000);
	struct sk_buff *skb;

	skb = test_skb_make(test, p->bytes, p->hdr_len + p->payload, linear,
			    layout, chunk);
	skb->protocol = htons(p->kind->ipv6 ? ETH_P_IPV6 : ETH_P_IP);
	skb_reset_mac_header(skb);
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, p->ip_len);
	if (p->kind->partial) {
		skb->ip_summed = CHECKSUM_PARTIAL;
		skb->csum_start = skb_transport_header(skb) - skb->head;
		skb->csum_offset = p->kind->proto == IPPROTO_TCP ?
				   offsetof(struct tcphdr, check) :
				   offsetof(struct udphdr, check);
	}
	if (p->gso_size) {
		skb_shinfo(skb)->gso_size = p->gso_size;
		skb_shinfo(skb)->gso_segs = DIV_ROUND_UP(p->payload,
							 p->gso_size);
		skb_shinfo(skb)->gso_type = gso_type(p->kind);
	}
	return skb;
}

/**
 * test_skb_cut - make plain packets of an skb, as software segmentation does
 * @test: fails where that does
 * @skb: taken over
 * @features: of the device that it is cut for
 * @to: linear packets are added, all checksums done
 */
void test_skb_cut(struct kunit *test, struct sk_buff *skb,
		  netdev_features_t features, struct sk_buff_head *to)
{
	struct sk_buff *segs = skb, *next;

	if (skb_is_gso(skb)) {
		segs = __skb_gso_segment(skb, features, true);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, segs);
		consume_skb(skb);
	}
	skb_list_walk_safe(segs, skb, next) {
		skb_mark_not_on_list(skb);
		if (skb->ip_summed == CHECKSUM_PARTIAL)
			KUNIT_ASSERT_EQ(test, skb_checksum_help(skb), 0);
		KUNIT_ASSERT_EQ(test, skb_linearize(skb), 0);
		__skb_queue_tail(to, skb);
	}
}

/* ---- Judging ---- */

static const char *transport_fault(const u8 *l4, u32 len, u8 proto, __sum16 sum)
{
	const struct udphdr *uh = (const struct udphdr *)l4;

	if (proto == IPPROTO_UDP) {
		if (len < sizeof(*uh) || ntohs(uh->len) != len)
			return "UDP length";
		return uh->check && sum ? "UDP checksum" : NULL;
	}
	if (proto == IPPROTO_TCP) {
		if (len < sizeof(struct tcphdr))
			return "TCP length";
		return sum ? "TCP checksum" : NULL;
	}
	return NULL;
}

static const char *ipv4_fault(const struct iphdr *iph, u32 len)
{
	const u8 *l4 = (const u8 *)iph + iph->ihl * 4;
	u32 l4_len = len - iph->ihl * 4;

	if (ntohs(iph->tot_len) != len)
		return "IPv4 length";
	if (ip_fast_csum(iph, iph->ihl))
		return "IPv4 checksum";
	if (iph->frag_off & ~htons(IP_DF))
		return NULL;
	return transport_fault(l4, l4_len, iph->protocol,
			       csum_tcpudp_magic(iph->saddr, iph->daddr, l4_len,
						 iph->protocol,
						 csum_partial(l4, l4_len, 0)));
}

static const char *ipv6_fault(const struct ipv6hdr *ip6h, u32 len)
{
	u32 l4_len = len - sizeof(*ip6h);
	const u8 *l4 = (const u8 *)(ip6h + 1);

	if (ntohs(ip6h->payload_len) != l4_len)
		return "IPv6 length";
	return transport_fault(l4, l4_len, ip6h->nexthdr,
			       csum_ipv6_magic(&ip6h->saddr, &ip6h->daddr,
					       l4_len, ip6h->nexthdr,
					       csum_partial(l4, l4_len, 0)));
}

/**
 * test_packet_fault - what is wrong with a plain packet
 * @data: from its IP header
 * @len: its length in bytes
 *
 * Return: what lengths or checksums are wrong, or NULL.
 */
const char *test_packet_fault(const u8 *data, u32 len)
{
	switch (data[0] >> 4) {
	case 4:
		return ipv4_fault((const struct iphdr *)data, len);
	case 6:
		return ipv6_fault((const struct ipv6hdr *)data, len);
	default:
		return "IP version";
	}
}
