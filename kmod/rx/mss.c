// SPDX-License-Identifier: GPL-2.0-only
/*
 * The MSS option of TCP's SYNs. Where an overlay has the MTU of its substrate,
 * TCP makes packets that are a few bytes longer than what fits in one segment
 * with the metadata. In bulk that does not matter. But a small window is sent
 * packet by packet: each would go as two segments, and meet twice the losses.
 * So this end is told to send a little less at a time, as routers do before a
 * link with a smaller MTU (xt_TCPMSS).
 */
#include <linux/if_ether.h>
#include <linux/minmax.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <net/checksum.h>
#include <net/tcp.h>
#include <uapi/linux/vnencap.h>

#include "compat.h"
#include "lower/lower.h"
#include "rx/mss.h"
#include "vnencap.h"
#include "wire/frame.h"
#include "wire/meta.h"
#include "wire/parity.h"

/* TCP-AO of RFC 5925 signs the options. Not all kernels' headers have its
 * number.
 */
#define OPTION_AO	29

/* Find the MSS option. Return: NULL where there is none, where an option is
 * malformed, or where the options are signed.
 */
static u8 *find_mss(struct tcphdr *th)
{
	u8 *option = (u8 *)(th + 1), *end = (u8 *)th + th->doff * 4, *mss = NULL;

	while (option < end && *option != TCPOPT_EOL) {
		if (*option == TCPOPT_NOP) {
			option++;
			continue;
		}
		if (end - option < 2 || option[1] < 2 ||
		    option[1] > end - option || *option == OPTION_AO)
			return NULL;
		if (*option == TCPOPT_MSS && option[1] == TCPOLEN_MSS)
			mss = option;
		option += option[1];
	}
	return mss;
}

/* The longest TCP payload that fits in one segment with its metadata */
static u32 fitting_mss(u32 mtu, u32 outer, bool ipv6, bool parity)
{
	u8 code = vnencap_frame_shard_code(vnencap_meta_tcp_len(ipv6));
	u32 segsz = vnencap_frame_segsz(mtu, outer);

	if (parity)
		segsz = vnencap_parity_segsz(segsz) ?: segsz;
	return segsz - vnencap_frame_shard_len(code);
}

static void write_mss(struct sk_buff *skb, u8 *option, u16 old, u16 mss)
{
	struct tcphdr *th = tcp_hdr(skb);
	__be16 from = htons(old), to = htons(mss);

	put_unaligned_be16(mss, option + 2);
	/* The checksum takes bytes in pairs. The option may lie across two. */
	if ((option - (u8 *)th) & 1) {
		from = (__force __be16)swab16((__force u16)from);
		to = (__force __be16)swab16((__force u16)to);
	}
	inet_proto_csum_replace2(&th->check, skb, from, to, false);
}

/* Where it depends on the loss, the path is mostly a clean one: then the segments are
 * to be as long as that takes.
 */
static bool always_parity(const struct vnencap_dev *vn)
{
	u8 fec = rcu_dereference(vn->config)->fec;

	return fec && fec != VNENCAP_FEC_AUTO;
}

/**
 * vnencap_mss_lower - have this end send TCP segments that fit in one of ours
 * @vn: the device that a SYN came by
 * @skb: the SYN, as it is to be handed up; headers linear and ours
 * @meta: its metadata
 * @outer: bytes of the outer headers that it came with
 *
 * Where this end sends parity it takes the other to do so, too: that makes segments
 * shorter.
 *
 * A SYN that asks for less stays as it is. So does any SYN where the overlay
 * has a larger MTU than its substrate: there packets are meant to be of many
 * segments.
 *
 * Context: softirq, in RCU.
 */
void vnencap_mss_lower(const struct vnencap_dev *vn, struct sk_buff *skb,
		       const struct vnencap_meta *meta, u32 outer)
{
	u32 headers = (meta->ipv6 ? sizeof(struct ipv6hdr) :
				    sizeof(struct iphdr)) +
		      sizeof(struct tcphdr);
	u32 mtu = vnencap_lower_mtu(vn->lower), fitting, now;
	u8 *option = find_mss(tcp_hdr(skb));

	if (!option || mtu < outer + VNENCAP_SEGSZ_MIN)
		return;
	fitting = fitting_mss(mtu, outer, meta->ipv6, always_parity(vn));
	now = min_t(u32, get_unaligned_be16(option + 2),
		    READ_ONCE(vn->dev->mtu) - headers);
	if (now > fitting && now <= mtu - headers)
		write_mss(skb, option, get_unaligned_be16(option + 2), fitting);
}
