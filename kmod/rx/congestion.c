// SPDX-License-Identifier: GPL-2.0-only
/*
 * A segment that was lost, and that parity brought back. Its loss is counted. And it is
 * told to the inner flow, where that can be told (RFC 9265, section 3.2): a path that
 * loses segments may be too full, and a sender that does not notice would go on to fill
 * it. The mark of congestion (ECN) is put on it as a router would put it there.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <net/dsfield.h>
#include <net/inet_ecn.h>

#include "rx/congestion.h"
#include "rx/run.h"
#include "rx/source.h"
#include "stats/stats.h"
#include "vnencap.h"
#include "wire/meta.h"
#include "wire/outer.h"
#include "wire/report.h"

/* Is the mark wanted? Who asks by a frame that has parity sends that by the loss. */
static bool wanted(const struct vnencap_dev *vn,
		   const struct vnencap_meta *meta)
{
	switch (rcu_dereference(vn->config)->fec_ecn) {
	case VNENCAP_FEC_ECN_ON:
		return true;
	case VNENCAP_FEC_ECN_AUTO:
		return meta->report & VNENCAP_REPORT_ASK;
	default:
		return false;
	}
}

static bool ecn_capable(u8 tos)
{
	return (tos & INET_ECN_MASK) && !INET_ECN_is_ce(tos);
}

static u8 inner_tos(const struct vnencap_meta *meta)
{
	return meta->ipv6 ?
	       ipv6_get_dsfield((const struct ipv6hdr *)meta->image) :
	       ((const struct iphdr *)meta->image)->tos;
}

/**
 * vnencap_congestion_tell - tell the inner flow of a segment that was lost
 * @vn: the device
 * @skb: the segment as if it had come, data at the outer header, all ours
 * @meta: the frame's metadata; NULL where that is not known yet
 *
 * The mark needs a header below that can carry it, and one within: where the latter
 * cannot, RFC 6040 has the packet be dropped.
 *
 * Context: softirq, in RCU.
 */
void vnencap_congestion_tell(struct vnencap_dev *vn, struct sk_buff *skb,
			     const struct vnencap_meta *meta)
{
	if (meta && wanted(vn, meta) && ecn_capable(inner_tos(meta)) &&
	    ecn_capable(vnencap_outer_tos(skb)))
		vnencap_outer_mark(skb, INET_ECN_CE);
}

/**
 * vnencap_congestion_count - count a segment that was lost, if it was one
 * @vn: the device
 * @source: the host that it came from
 * @err: what became of it: what is refused, or came before, was not brought back
 *
 * Context: softirq, in RCU.
 */
void vnencap_congestion_count(struct vnencap_dev *vn,
			      const struct vnencap_addr *source, int err)
{
	if (vnencap_run_lost(err))
		return;
	vnencap_count(vn, RX_REPAIRED);
	vnencap_source_count(vn, source, VNENCAP_A_TRAFFIC_RX_REPAIRED, 1);
}
