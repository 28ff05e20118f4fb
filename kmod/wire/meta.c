// SPDX-License-Identifier: GPL-2.0-only
/*
 * The metadata block. Headers are carried whole but for what follows from
 * other fields: lengths, checksums yet to be done, the usual timestamp
 * option's padding. A bulk TCP frame over IPv4 takes 48 bytes.
 */
#include <linux/bitfield.h>
#include <linux/errno.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/string.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/tcp.h>

#include "compat.h"
#include "wire/meta.h"

/* TCP options of a connection with timestamps, as everybody sends them */
#define TSOPT_PREFIX	((TCPOPT_NOP << 24) | (TCPOPT_NOP << 16) | \
			 (TCPOPT_TIMESTAMP << 8) | TCPOLEN_TIMESTAMP)
#define TSOPT_LEN	12	/* with the two NOPs */

/* This and get() are inlined, because nearly all lengths are constants. */
static __always_inline u8 *put(u8 *to, const void *from, unsigned int len)
{
	memcpy(to, from, len);
	return to + len;
}

static u8 *put16(u8 *to, u16 value)
{
	put_unaligned_be16(value, to);
	return to + 2;
}

/* The length of the IP header without options or extension headers */
static __always_inline unsigned int fixed_len(bool ipv6)
{
	return ipv6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr);
}

static bool has_tsopt(const struct tcphdr *th)
{
	return th->doff * 4 == sizeof(*th) + TSOPT_LEN &&
	       get_unaligned_be32(th + 1) == TSOPT_PREFIX;
}

static u8 *encode_ipv4(const struct vnencap_meta *m, const struct iphdr *iph,
		       u8 *to)
{
	to = put(to, &iph->id, sizeof(iph->id));
	to = put(to, &iph->addrs, sizeof(iph->addrs));
	if (m->l4 == VNENCAP_L4_NONE) {
		*to++ = iph->protocol;
		to = put(to, &iph->frag_off, sizeof(iph->frag_off));
	}
	return to;
}

static u8 *encode_ipv6(const struct vnencap_meta *m,
		       const struct ipv6hdr *ip6h, u8 *to)
{
	*to++ = ip6h->flow_lbl[0] & 0xf;
	to = put(to, &ip6h->flow_lbl[1], 2);
	to = put(to, &ip6h->addrs, sizeof(ip6h->addrs));
	if (m->l4 == VNENCAP_L4_NONE || m->l4_off > sizeof(*ip6h))
		*to++ = ip6h->nexthdr;
	return to;
}

static __always_inline u8 *encode_ipopt(const struct vnencap_meta *m,
					const u8 *image, u8 *to, bool ipv6)
{
	unsigned int fixed = fixed_len(ipv6);

	if (m->l4_off == fixed)
		return to;
	*to++ = m->l4_off - fixed;
	return put(to, image + fixed, m->l4_off - fixed);
}

static __always_inline u8 *encode_tcp(const struct vnencap_meta *m,
				      const struct tcphdr *th, u8 *to)
{
	/* ports, seq, ack, flags and window: the first 16 bytes as they are */
	to = put(to, th, offsetof(struct tcphdr, check));
	if (th->urg_ptr)
		to = put(to, &th->urg_ptr, sizeof(th->urg_ptr));
	if (has_tsopt(th))
		to = put(to, (const u8 *)(th + 1) + 4, TSOPT_LEN - 4);
	else
		to = put(to, th + 1, m->image_len - m->l4_off - sizeof(*th));
	if (!m->partial)
		to = put(to, &th->check, sizeof(th->check));
	return to;
}

static u8 *encode_udp(const struct vnencap_meta *m, const struct udphdr *uh,
		      u8 *to)
{
	to = put(to, uh, offsetof(struct udphdr, len));
	if (!m->partial)
		to = put(to, &uh->check, sizeof(uh->check));
	return to;
}

static u8 tcp_flags(const struct tcphdr *th)
{
	return (has_tsopt(th) ? VNENCAP_META_TSOPT : 0) |
	       (th->urg_ptr ? VNENCAP_META_URGPTR : 0);
}

static __always_inline u8 block_flags(const struct vnencap_meta *m,
				      const u8 *image, bool ipv6)
{
	const struct iphdr *iph = (const struct iphdr *)image;
	u8 flags = FIELD_PREP(VNENCAP_META_L4, m->l4);

	if (ipv6)
		flags |= VNENCAP_META_IPV6;
	else if (m->l4 != VNENCAP_L4_NONE && iph->frag_off & htons(IP_DF))
		flags |= VNENCAP_META_DF;
	if (m->l4_off > fixed_len(ipv6))
		flags |= VNENCAP_META_IPOPT;
	if (m->l4 == VNENCAP_L4_TCP)
		flags |= tcp_flags((const struct tcphdr *)(image + m->l4_off));
	if (m->partial)
		flags |= VNENCAP_META_PARTIAL;
	return flags;
}

static __always_inline void encode_hdr(const struct vnencap_meta *m,
				       const u8 *image,
				       struct vnencap_meta_hdr *hdr, bool ipv6)
{
	const struct iphdr *iph = (const struct iphdr *)image;
	const struct ipv6hdr *ip6h = (const struct ipv6hdr *)image;

	hdr->flags = block_flags(m, image, ipv6);
	if (ipv6) {
		hdr->tos = (get_unaligned_be16(ip6h) >> 4) & 0xff;
		hdr->ttl = ip6h->hop_limit;
	} else {
		hdr->tos = iph->tos;
		hdr->ttl = iph->ttl;
	}
	put_unaligned_be24(m->payload |
			   FIELD_PREP(VNENCAP_META_REPORT, m->report) |
			   (m->accecn ? VNENCAP_META_ACCECN : 0), hdr->len);
}

/* @ipv6 is constant in each caller: the compiler makes a version for each
 * family, with few branches.
 */
static __always_inline u32 encode_as(const struct vnencap_meta *m,
				     const void *image, u8 class, u8 *block,
				     bool ipv6)
{
	u8 *to = block + sizeof(struct vnencap_meta_hdr);
	const void *l4 = image + m->l4_off;

	encode_hdr(m, image, (struct vnencap_meta_hdr *)block, ipv6);
	if (class != VNENCAP_ATOMIC)
		to = put16(to, m->gso_size);
	to = ipv6 ? encode_ipv6(m, image, to) : encode_ipv4(m, image, to);
	to = encode_ipopt(m, image, to, ipv6);
	if (m->l4 == VNENCAP_L4_TCP)
		to = encode_tcp(m, l4, to);
	else if (m->l4 == VNENCAP_L4_UDP)
		to = encode_udp(m, l4, to);
	return to - block;
}

/**
 * vnencap_meta_encode - make a metadata block, but for its tag
 * @m: what the headers are; its image is not read
 * @image: the inner headers, @m->image_len bytes, four-byte aligned
 * @class: of the frame, enum vnencap_class
 * @block: written
 *
 * Return: the block's length in bytes.
 */
u32 vnencap_meta_encode(const struct vnencap_meta *m, const void *image,
			u8 class, u8 block[VNENCAP_META_BLOCK_MAX])
{
	return m->ipv6 ? encode_as(m, image, class, block, true) :
			 encode_as(m, image, class, block, false);
}

/**
 * vnencap_meta_tcp_len - bytes of metadata of a TCP packet without options
 * @ipv6: it is IPv6, not IPv4
 *
 * With options there are no more bytes than this and the options have together.
 *
 * Return: bytes, before any padding.
 */
u32 vnencap_meta_tcp_len(bool ipv6)
{
	return sizeof(struct vnencap_meta_hdr) + sizeof(__be16) +
	       (ipv6 ? 3 + 2 * sizeof(struct in6_addr) :
		       sizeof(__be16) + 2 * sizeof(__be32)) +
	       offsetof(struct tcphdr, check);
}

/* What is left of a block that is being read */
struct reader {
	const u8 *from;
	u32 left;
};

static __always_inline bool get(struct reader *r, void *to, u32 len)
{
	if (unlikely(r->left < len))
		return false;
	memcpy(to, r->from, len);
	r->from += len;
	r->left -= len;
	return true;
}

static __always_inline bool decode_ipv4(struct vnencap_meta *m,
					struct reader *r,
					const struct vnencap_meta_hdr *hdr,
					u8 flags, u8 l4)
{
	struct iphdr *iph = (struct iphdr *)m->image;

	*iph = (struct iphdr){ .version = 4, .ihl = sizeof(*iph) / 4 };
	iph->tos = hdr->tos;
	iph->ttl = hdr->ttl;
	if (!get(r, &iph->id, sizeof(iph->id)) ||
	    !get(r, &iph->addrs, sizeof(iph->addrs)))
		return false;
	if (l4 == VNENCAP_L4_NONE)
		return get(r, &iph->protocol, sizeof(iph->protocol)) &&
		       get(r, &iph->frag_off, sizeof(iph->frag_off));
	iph->protocol = l4 == VNENCAP_L4_TCP ? IPPROTO_TCP : IPPROTO_UDP;
	iph->frag_off = flags & VNENCAP_META_DF ? htons(IP_DF) : 0;
	return true;
}

static __always_inline bool decode_ipv6(struct vnencap_meta *m,
					struct reader *r,
					const struct vnencap_meta_hdr *hdr,
					u8 flags, u8 l4)
{
	struct ipv6hdr *ip6h = (struct ipv6hdr *)m->image;
	u8 label[3];

	memset(ip6h, 0, sizeof(*ip6h));
	if (!get(r, label, sizeof(label)) ||
	    !get(r, &ip6h->addrs, sizeof(ip6h->addrs)))
		return false;
	ip6h->version = 6;
	ip6h->priority = hdr->tos >> 4;
	ip6h->flow_lbl[0] = hdr->tos << 4 | (label[0] & 0xf);
	ip6h->flow_lbl[1] = label[1];
	ip6h->flow_lbl[2] = label[2];
	ip6h->hop_limit = hdr->ttl;
	if (l4 == VNENCAP_L4_NONE || flags & VNENCAP_META_IPOPT)
		return get(r, &ip6h->nexthdr, sizeof(ip6h->nexthdr));
	ip6h->nexthdr = l4 == VNENCAP_L4_TCP ? IPPROTO_TCP : IPPROTO_UDP;
	return true;
}

static __always_inline bool decode_ipopt(struct vnencap_meta *m,
					 struct reader *r)
{
	struct iphdr *iph = (struct iphdr *)m->image;
	u8 len;

	if (!get(r, &len, 1) || !len || len % 4)
		return false;
	if (len > (m->ipv6 ? VNENCAP_META_IPOPT_MAX : 40))
		return false;
	if (!get(r, m->image + m->l4_off, len))
		return false;
	m->l4_off += len;
	if (!m->ipv6)
		iph->ihl = m->l4_off / 4;
	return true;
}

static __always_inline bool decode_tcp_options(struct reader *r,
					       struct tcphdr *th, bool tsopt)
{
	unsigned int len = th->doff * 4 - sizeof(*th);
	u8 *options = (u8 *)(th + 1);

	if (!tsopt)
		return get(r, options, len);
	put_unaligned_be32(TSOPT_PREFIX, options);
	return len == TSOPT_LEN && get(r, options + 4, TSOPT_LEN - 4);
}

static __always_inline bool decode_tcp(struct vnencap_meta *m,
				       struct reader *r, u8 flags)
{
	struct tcphdr *th = (struct tcphdr *)(m->image + m->l4_off);

	if (!get(r, th, offsetof(struct tcphdr, check)) ||
	    th->doff * 4 < sizeof(*th))
		return false;
	th->check = 0;
	th->urg_ptr = 0;
	if (flags & VNENCAP_META_URGPTR &&
	    !get(r, &th->urg_ptr, sizeof(th->urg_ptr)))
		return false;
	if (!decode_tcp_options(r, th, flags & VNENCAP_META_TSOPT))
		return false;
	m->image_len = m->l4_off + th->doff * 4;
	return flags & VNENCAP_META_PARTIAL ||
	       get(r, &th->check, sizeof(th->check));
}

static __always_inline bool decode_udp(struct vnencap_meta *m,
				       struct reader *r, u8 flags)
{
	struct udphdr *uh = (struct udphdr *)(m->image + m->l4_off);

	uh->check = 0;
	if (!get(r, uh, offsetof(struct udphdr, len)))
		return false;
	uh->len = htons(min_t(u32, sizeof(*uh) + m->payload, U16_MAX));
	m->image_len = m->l4_off + sizeof(*uh);
	return flags & VNENCAP_META_PARTIAL ||
	       get(r, &uh->check, sizeof(uh->check));
}

static __always_inline bool decode_l4(struct vnencap_meta *m, struct reader *r,
				      u8 flags, u8 l4)
{
	switch (l4) {
	case VNENCAP_L4_NONE:
		m->image_len = m->l4_off;
		return !(flags & VNENCAP_META_PARTIAL);
	case VNENCAP_L4_TCP:
		return decode_tcp(m, r, flags);
	case VNENCAP_L4_UDP:
		return decode_udp(m, r, flags);
	default:
		return false;
	}
}

/* A shard may be longer than the metadata in it. The rest must be zero. */
static bool only_padding(const struct reader *r)
{
	u32 i;

	/* there are so few bytes, if any, that a function call costs more */
	for (i = 0; i < r->left; i++)
		if (r->from[i])
			return false;
	return true;
}

/* A part of a frame can be delivered alone only if the transport header is
 * known, and the inner checksum, which would be over the whole packet, was not
 * done.
 */
static __always_inline bool class_possible(const struct vnencap_meta *m,
					   u8 class)
{
	switch (class) {
	case VNENCAP_ATOMIC:
		return m->l4 == VNENCAP_L4_TCP || !m->accecn;
	case VNENCAP_STREAM:
		return m->l4 == VNENCAP_L4_TCP && m->partial &&
		       vnencap_meta_stream_ok(m->gso_size);
	case VNENCAP_TRAIN:
		return m->l4 == VNENCAP_L4_UDP && m->partial &&
		       m->gso_size && !m->accecn;
	default:
		return false;
	}
}

/* A version for each family, as encode_as() is */
static __always_inline int decode_as(struct vnencap_meta *m, u8 class,
				     const struct vnencap_meta_hdr *hdr,
				     u32 len, bool ipv6)
{
	struct reader r = { (const u8 *)(hdr + 1), len - sizeof(*hdr) };
	u8 flags = hdr->flags, l4 = FIELD_GET(VNENCAP_META_L4, flags);
	u32 fields = get_unaligned_be24(hdr->len);
	__be16 gso_size = 0;

	m->payload = FIELD_GET(VNENCAP_META_PAYLOAD, fields);
	m->report = FIELD_GET(VNENCAP_META_REPORT, fields);
	m->accecn = fields & VNENCAP_META_ACCECN;
	m->ipv6 = ipv6;
	m->partial = flags & VNENCAP_META_PARTIAL;
	m->l4 = l4;
	m->l4_off = fixed_len(ipv6);
	if (class != VNENCAP_ATOMIC && !get(&r, &gso_size, sizeof(gso_size)))
		return -EPROTO;
	m->gso_size = be16_to_cpu(gso_size);
	if (!(ipv6 ? decode_ipv6(m, &r, hdr, flags, l4) :
		     decode_ipv4(m, &r, hdr, flags, l4)))
		return -EPROTO;
	if (unlikely(flags & VNENCAP_META_IPOPT) && !decode_ipopt(m, &r))
		return -EPROTO;
	if (!decode_l4(m, &r, flags, l4) || !only_padding(&r))
		return -EPROTO;
	return class_possible(m, class) ? 0 : -EPROTO;
}

/**
 * vnencap_meta_decode - read a metadata block
 * @m: written
 * @class: of the frame, enum vnencap_class
 * @block: the block, its tag already found right
 * @len: its length in bytes, with padding
 *
 * Return: 0, or -EPROTO where it is malformed.
 */
int vnencap_meta_decode(struct vnencap_meta *m, u8 class, const u8 *block,
			u32 len)
{
	const struct vnencap_meta_hdr *hdr = (const void *)block;

	if (len < sizeof(*hdr))
		return -EPROTO;
	return hdr->flags & VNENCAP_META_IPV6 ?
	       decode_as(m, class, hdr, len, true) :
	       decode_as(m, class, hdr, len, false);
}

/* What the tag guards, see wire/tag.h. In place of the tag, which is not part of it, it
 * begins with the frame id, the option's word and the window. After 16 bytes it goes
 * on as the block does.
 */
struct guarded {
	__be32 id;
	__be32 word;
	__be16 win;
	u8 hdr[sizeof(struct vnencap_meta_hdr) -
	       offsetof(struct vnencap_meta_hdr, flags)];
	u8 rest[VNENCAP_META_BLOCK_MAX - sizeof(struct vnencap_meta_hdr)];
} __aligned(8);

static_assert(offsetof(struct guarded, rest) == 2 * sizeof(u64));

/**
 * vnencap_tag_keyed - the tag of a block, before it is cut to 48 bits
 * @block: the block
 * @len: its length in bytes, padding included, of which there are as many as a block
 *	can have and as few as its header has
 * @seg: of any segment of the frame
 * @key: the VNI's, not zero
 *
 * Return: SipHash-2-4 over struct guarded.
 */
u64 vnencap_tag_keyed(const u8 *block, u32 len,
		      const struct vnencap_segment *seg,
		      const siphash_key_t *key)
{
	struct guarded g __uninitialized;
	u32 hdr = sizeof(struct vnencap_meta_hdr);

	g.id = cpu_to_be32(seg->id);
	g.word = seg->word;
	g.win = seg->win;
	memcpy(g.hdr, block + hdr - sizeof(g.hdr), sizeof(g.hdr));
	memcpy(g.rest, block + hdr, len - hdr);
	return siphash(&g, offsetof(struct guarded, rest) + len - hdr, key);
}
