// SPDX-License-Identifier: GPL-2.0-only
/*
 * The way out: an inner packet is parsed, its endpoint and the route there
 * looked up, its frame laid out, its metadata sealed, and one fake-TCP packet
 * sent that the NIC, or the stack, cuts into segments.
 */
#include <linux/bottom_half.h>
#include <linux/errno.h>
#include <linux/netdevice.h>
#include <linux/random.h>
#include <linux/skbuff.h>
#include <net/dst_metadata.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/ip_tunnels.h>
#include <net/ipv6.h>
#include <net/udp_tunnel.h>

#include "compat.h"
#include "lower/lower.h"
#include "lower/output.h"
#include "lower/pmtu.h"
#include "lower/route.h"
#include "map/group.h"
#include "map/loss.h"
#include "map/map.h"
#include "map/traffic.h"
#include "skb/unreachable.h"
#include "stats/drop.h"
#include "stats/stats.h"
#include "tx/build.h"
#include "tx/cut.h"
#include "tx/find.h"
#include "tx/follow.h"
#include "tx/id.h"
#include "tx/push.h"
#include "tx/scrub.h"
#include "tx/shorten.h"
#include "tx/tx.h"
#include "vnencap.h"
#include "wire/inner.h"
#include "wire/outer.h"
#include "wire/parity.h"
#include "wire/report.h"

/* What other files fill in by a pointer. It is apart from struct tx, of which no
 * address is ever given away: the compiler keeps its members in registers. A function
 * that is not inlined, for whatever reason, is not to be given a struct tx.
 */
struct parts {
	struct vnencap_meta meta;
	struct vnencap_segment seg;
	struct vnencap_block block;
	struct vnencap_outer outer;
};

/* A frame on its way out */
struct tx {
	struct vnencap_dev *vn;
	const struct vnencap_config *config;
	struct sk_buff *skb;
	struct vnencap_map *map;
	struct vnencap_endpoint *endpoint;
	struct dst_entry *dst;
	struct vnencap_meta *meta;
	struct vnencap_segment *seg;
	struct vnencap_block *block;
	struct vnencap_outer *outer;
	u32 inner_len;
	u32 headers;			/* bytes before the first shard */
	u8 fec;				/* percent; the mapping's or the device's */
	bool by_loss;			/* it is what the loss asks for */
	u8 group;			/* segments that parity was counted for */
	u8 follow;			/* how many follow them */
	__be16 source;
};

/* What is counted once a frame was sent; or the packet that is to be sent as several,
 * and the segments that each may have
 */
struct sent {
	struct sk_buff *whole;
	u8 most;
	struct vnencap_endpoint *endpoint;
	u32 len;
	u32 payload;
	u32 segments;
	u32 parity;
	u32 parity_bytes;
};

/* A redirect is as its sender, the kernel, meant it: only out of place. */
static noinline void drop_unread(struct vnencap_dev *vn,
				 const struct sk_buff *skb, int err)
{
	if (err == -EOPNOTSUPP)
		vnencap_drop(vn, skb, TX_REDIRECT);
	else
		vnencap_drop(vn, skb, TX_MALFORMED);
}

static int tx_parse(struct tx *t)
{
	int err;

	skb_reset_network_header(t->skb);
	err = compat_jumbo_remove(t->skb) ?:
	      vnencap_inner_parse(t->skb, t->meta);
	if (unlikely(err)) {
		drop_unread(t->vn, t->skb, err);
		return err;
	}
	t->inner_len = t->skb->len;
	t->seg->class = vnencap_inner_class(t->skb, t->meta);
	return 0;
}

static int tx_find_endpoint(struct tx *t)
{
	struct vnencap_addr src __uninitialized;
	struct vnencap_addr dst __uninitialized;
	const struct vnencap_group *group;

	t->map = rcu_dereference_bh(t->vn->map);
	vnencap_inner_addrs(t->meta, t->skb->data, &src, &dst);
	t->endpoint = vnencap_map_lookup(t->map, &dst);
	if (unlikely(!t->endpoint))
		t->endpoint = vnencap_find_late(t->vn, t->map, t->skb, &dst);
	if (IS_ERR(t->endpoint))
		return PTR_ERR(t->endpoint);
	t->fec = t->config->fec;
	if (likely(t->endpoint->addr.family != AF_UNSPEC))
		return 0;
	group = vnencap_group_of(t->endpoint);
	if (group->fec != VNENCAP_FEC_UNSET)
		t->fec = group->fec;
	t->endpoint = vnencap_find_branch(t->vn, group, t->skb);
	return PTR_ERR_OR_ZERO(t->endpoint);
}

/* The hash of the flow is in the skb by now: the source port was made of it. */
static __be32 flow_label(struct net *net, struct sk_buff *skb)
{
	struct flowi6 unused = {};

	return ip6_make_flowlabel(net, skb, 0, true, &unused);
}

/* What routers, and the host's rules, tell the frame's segments apart by. It is
 * taken from the inner packet while that is there.
 */
static void tx_flow(struct tx *t)
{
	struct sk_buff *skb = t->skb;
	u8 inner = t->meta->ipv6 ? ipv6_get_dsfield(ipv6_hdr(skb)) :
				   ip_hdr(skb)->tos;
	u8 tos = t->config->tos;

	if (tos == VNENCAP_TOS_INHERIT)
		tos = inner;
	t->outer->tos = INET_ECN_encapsulate(tos, inner);
	t->outer->daddr = &t->endpoint->addr;
	t->source = udp_flow_src_port(t->vn->net, skb, 0, 0, false);
	if (t->endpoint->addr.family == AF_INET6)
		t->outer->label = flow_label(t->vn->net, skb);
}

static int tx_route(struct tx *t)
{
	t->dst = vnencap_route_find(t->vn, t->config, t->endpoint, t->outer,
				    t->source, t->skb);
	if (likely(t->dst))
		return 0;
	vnencap_drop(t->vn, t->skb, TX_NO_ROUTE);
	vnencap_unreachable_tell(t->skb, false);
	vnencap_traffic_add(t->endpoint, VNENCAP_A_TRAFFIC_TX_DROPPED, 1);
	return -EHOSTUNREACH;
}

/* Bytes of the inner packet; of a GSO packet, those of the longest that it is
 * to be cut to
 */
static u32 packet_len(const struct tx *t)
{
	return t->meta->gso_size ? t->meta->image_len + t->meta->gso_size :
				  t->inner_len;
}

static int tx_fit(struct tx *t)
{
	int err;

	if (likely(packet_len(t) <= READ_ONCE(t->vn->dev->mtu)))
		return 0;
	err = vnencap_pmtu_enforce(t->vn, t->skb, t->dst);
	if (!err)
		return 0;
	vnencap_drop(t->vn, t->skb, TX_TOO_BIG);
	if (err == -EMSGSIZE) {
		vnencap_pmtu_reply(t->vn, t->skb);
		t->skb = NULL;
	}
	return err;
}

static void tx_seal(struct tx *t)
{
	vnencap_meta_seal(t->block->data, t->seg->frame.shard_len, t->seg,
			  &vnencap_map_keys(t->map)->key[0].secret);
}

/* How much parity follows the frame. What the endpoint is told of its own frames, and
 * whether it is asked for the loss of ours, is part of the metadata. Without parity it is
 * asked by what may be sent as short frames.
 */
static void tx_fec(struct tx *t)
{
	u8 ask = 0;

	t->by_loss = t->fec == VNENCAP_FEC_AUTO;
	if (unlikely(t->by_loss)) {
		t->fec = min(vnencap_loss_fec(t->endpoint), t->config->fec_max);
		ask = VNENCAP_REPORT_ASK;
	} else if (!t->fec && t->meta->gso_size &&
		   t->seg->class == VNENCAP_STREAM) {
		ask = VNENCAP_REPORT_ASK;
	}
	t->meta->report = vnencap_loss_report(t->endpoint) | ask;
}

/* Where parity follows the loss, the ids of small packets tell of it, too. */
static noinline u32 tx_id(const struct tx *t)
{
	if (t->meta->gso_size ||
	    !vnencap_route_from_one(t->vn, t->config, t->endpoint))
		return vnencap_id_other(t->vn);
	return vnencap_id_counting(t->endpoint);
}

/* The largest segment size; that of a frame with parity leaves room for its header.
 * Where a path has none for parity, frames go without.
 */
static u16 tx_segsz(struct tx *t, u32 mtu, u32 headers)
{
	u16 segsz = vnencap_frame_segsz(mtu, headers), less = 0;

	if (unlikely(t->fec))
		less = vnencap_parity_segsz(segsz);
	t->seg->parity = less;
	return less ?: segsz;
}

/* Wire payload that the lower device takes at a time, with the parity that follows it */
static __always_inline u32 tx_piece(const struct tx *t, u32 headers)
{
	u32 segsz = t->seg->frame.segsz, max;

	max = vnencap_cut_max(t->dst->dev, t->outer->saddr.family, headers,
			      segsz);
	if (likely(!t->seg->parity))
		return max;
	return vnencap_parity_piece(max / segsz, t->by_loss ? 0 : t->fec) *
	       segsz;
}

/* Is a frame to have no parity after all? Of short ones some have none, where it goes by
 * the loss. Who receives them is not to wait for it. What is cut has some in each piece.
 */
static __always_inline bool tx_goes_without(struct tx *t, u32 headers)
{
	const struct vnencap_frame *f = &t->seg->frame;
	u32 len = vnencap_frame_wire_len(f, t->meta->payload);
	u32 n = DIV_ROUND_UP(len, f->segsz);

	t->group = 0;
	if (!t->by_loss || len > tx_piece(t, headers))
		return false;
	t->group = n;
	t->follow = vnencap_follow_count(t->endpoint, t->by_loss, t->fec, n);
	if (!t->follow)
		t->fec = 0;
	return !t->follow;
}

/* It is inlined, for it is on each frame's way. */
static __always_inline int tx_layout(struct tx *t, u32 mtu, u32 headers,
				     u32 len)
{
	return vnencap_frame_plan(&t->seg->frame, t->meta->payload, len,
				  t->meta->gso_size,
				  tx_segsz(t, mtu, headers));
}

static int tx_plan(struct tx *t, struct sent *sent)
{
	u32 mtu = vnencap_pmtu_to(t->vn, t->endpoint, t->dst);
	u32 headers = vnencap_outer_size(t->outer->saddr.family) +
		      sizeof(struct vnencap_segment_hdr);
	struct vnencap_frame *f = &t->seg->frame;
	u32 len;
	int err;

	if (unlikely(mtu < headers + VNENCAP_SEGSZ_MIN))
		goto too_big;
	tx_fec(t);
	len = vnencap_meta_encode(t->meta, t->skb->data, t->seg->class,
				  t->block->data);
	err = tx_layout(t, mtu, headers, len);
	if (unlikely(t->seg->parity && !err && tx_goes_without(t, headers)))
		err = tx_layout(t, mtu, headers, len);
	if (unlikely(err || headers + vnencap_frame_wire_len(f, t->meta->payload)
		     > COMPAT_FRAME_MAX))
		goto too_big;
	if (!t->fec && t->meta->gso_size && !sent->whole &&
	    unlikely(vnencap_shorten_due(t->endpoint))) {
		sent->most = vnencap_shorten_most(t->skb, f);
		if (sent->most)
			return -EAGAIN;
	}

	t->headers = headers;
	if (f->shard_len > len)
		memset(t->block->data + len, 0, f->shard_len - len);
	t->seg->vni = t->map->vni;
	t->seg->id = unlikely(t->by_loss) ? tx_id(t) : vnencap_id_next(t->vn);
	vnencap_option_pack(t->seg);
	tx_seal(t);
	return 0;

too_big:
	vnencap_drop(t->vn, t->skb, TX_TOO_BIG);
	return -EMSGSIZE;
}

static void tx_ttl(struct tx *t)
{
	u8 ttl = t->config->ttl;

	if (unlikely(t->config->ttl_inherit))
		ttl = ip_tunnel_get_ttl(ip_hdr(t->skb), t->skb);
	t->outer->ttl = ttl ?:
			vnencap_route_ttl(t->vn->net, t->dst,
					  t->outer->saddr.family);
}

static __always_inline u32 headroom(const struct tx *t)
{
	return LL_RESERVED_SPACE(t->dst->dev) + t->dst->header_len +
	       t->headers;
}

static struct sk_buff *tx_build_long(struct tx *t)
{
	struct vnencap_build b = {
		.frame = &t->seg->frame,
		.shard = t->block->data,
		.image_len = t->meta->image_len,
		.payload = t->meta->payload,
		.headroom = headroom(t),
		.parity = t->seg->parity,
	};
	struct sk_buff *skb = vnencap_build_frame(t->skb, &b);

	if (b.copied)
		vnencap_count_add(t->vn, TX_COPIED_BYTES, b.copied);
	return skb;
}

static int tx_build(struct tx *t)
{
	const struct vnencap_frame *f = &t->seg->frame;

	t->skb = f->n > 1 ? tx_build_long(t) :
		 vnencap_build_short(t->skb, t->block->data, f->shard_len,
				     t->meta->image_len, headroom(t));
	if (likely(t->skb))
		return 0;
	vnencap_drop(t->vn, t->skb, TX_NOMEM);
	return -ENOMEM;
}

/* Cut what is longer than the lower device takes. From here on t->skb may be a
 * list.
 */
static int tx_cut(struct tx *t)
{
	u32 max;

	if (t->skb->len <= t->seg->frame.segsz)
		return 0;
	max = tx_piece(t, t->headers);
	if (likely(t->skb->len <= max))
		return 0;
	if (!vnencap_cut(t->skb, max, headroom(t)))
		return 0;
	vnencap_drop(t->vn, t->skb, TX_NOMEM);
	return -ENOMEM;
}

/* Have a piece be followed by its parity. Return: the last of both. */
static struct sk_buff *tx_follow(struct tx *t, struct sk_buff *skb,
				 struct sent *sent)
{
	struct vnencap_follow f = {
		.endpoint = t->endpoint,
		.seg = t->seg,
		.outer = t->outer,
		.key = &vnencap_map_keys(t->map)->key[0].secret,
		.headers = t->headers,
		.headroom = headroom(t),
		.source = t->source,
		.port = t->config->port,
		.fec = t->fec,
		.by_loss = t->by_loss,
		.group = t->group,
		.n = t->follow,
	};

	skb = vnencap_follow_piece(&f, skb);
	sent->parity += f.segments;
	sent->parity_bytes += f.bytes;
	return skb;
}

static void tx_push(struct tx *t, struct sent *sent)
{
	struct vnencap_segment *seg = t->seg;
	struct sk_buff *skb;
	u32 segments = 0;

	sent->parity = 0;
	sent->parity_bytes = 0;
	seg->offset = 0;
	for (skb = t->skb; skb; skb = skb->next) {
		u32 payload = skb->len;

		seg->last = !skb->next;
		/* An id means nothing where no router may fragment (RFC 6864).
		 * But some kernels' GRO joins packets only if ids count up.
		 */
		t->outer->id = htons(segments);
		vnencap_push_segment(skb, seg, t->source, t->config->port,
				     t->outer->saddr.family);
		vnencap_outer_push(skb, t->outer);
		segments += skb_shinfo(skb)->gso_segs ?: 1;
		if (unlikely(seg->parity))
			skb = tx_follow(t, skb, sent);
		seg->offset += payload;
	}
	sent->segments = segments;
}

/*
 * Make the frame of an inner packet. This is apart from tx_send(): when other
 * devices' functions run below that, what was needed here is off the stack.
 */
static noinline struct sk_buff *tx_make(struct vnencap_dev *vn,
					struct sk_buff *skb, struct sent *sent)
{
	struct parts p __uninitialized;
	struct tx t = {
		.vn = vn,
		.config = rcu_dereference_bh(vn->config),
		.skb = skb,
		.meta = &p.meta,
		.seg = &p.seg,
		.block = &p.block,
		.outer = &p.outer,
	};
	int err;

	err = tx_parse(&t) ?: tx_find_endpoint(&t);
	if (unlikely(err))
		goto drop;
	tx_flow(&t);
	err = tx_route(&t);
	if (unlikely(err))
		goto drop;
	err = tx_fit(&t) ?: tx_plan(&t, sent);
	if (unlikely(err))
		goto drop_route;
	tx_ttl(&t);
	err = tx_build(&t);
	if (unlikely(err))
		goto drop_route;
	vnencap_scrub(t.vn, t.config, t.skb);
	skb_dst_set(t.skb, t.dst);
	err = tx_cut(&t);
	if (unlikely(err))
		goto drop_sent;
	tx_push(&t, sent);
	sent->endpoint = t.endpoint;
	sent->len = t.inner_len;
	sent->payload = p.meta.payload;
	trace_vnencap_tx_frame(vn->dev, t.skb, p.meta.payload);
	return t.skb;

drop_route:
	/* from skb_dst_set() on the skb holds the route */
	dst_release(t.dst);
	/* the packet is to be sent as several */
	if (err == -EAGAIN) {
		sent->whole = t.skb;
		return NULL;
	}
drop_sent:
	vnencap_traffic_add(t.endpoint, VNENCAP_A_TRAFFIC_TX_DROPPED, 1);
drop:
	/* the packet waits for a mapping */
	if (err == -EINPROGRESS)
		return NULL;
	DEV_STATS_INC(vn->dev, tx_dropped);
	kfree_skb_list_reason(t.skb, vnencap_drop_reason(err));
	return NULL;
}

static __always_inline void tx_send(struct vnencap_dev *vn,
				    struct sk_buff *skb,
				    const struct sent *sent)
{
	bool lost = false;
	struct sk_buff *next;
	int err;

	skb_list_walk_safe(skb, skb, next) {
		skb_mark_not_on_list(skb);
		err = vnencap_output(vn->net, skb);
		lost |= net_xmit_eval(err);
	}
	if (unlikely(lost)) {
		DEV_STATS_INC(vn->dev, tx_errors);
		return;
	}
	dev_sw_netstats_tx_add(vn->dev, 1, sent->len);
	vnencap_stats_frame(vn->stats, sent->segments, sent->payload);
	if (unlikely(sent->parity)) {
		vnencap_count_add(vn, TX_PARITY_SEGMENTS, sent->parity);
		vnencap_count_add(vn, TX_PARITY_BYTES, sent->parity_bytes);
		vnencap_traffic_add(sent->endpoint,
				    VNENCAP_A_TRAFFIC_TX_PARITY_SEGMENTS,
				    sent->parity);
		vnencap_traffic_add(sent->endpoint,
				    VNENCAP_A_TRAFFIC_TX_PARITY_BYTES,
				    sent->parity_bytes);
	}
	vnencap_traffic_sent(sent->endpoint, sent->len, sent->segments);
}

/* Send a packet as short frames. What is made of it is not cut once more, even if the
 * route's MTU has changed meanwhile: it has been noted that there was a whole.
 */
static noinline void tx_shorter(struct vnencap_dev *vn, struct sent *sent)
{
	struct sk_buff *skb, *next, *segs;

	segs = vnencap_shorten(vn, sent->whole, sent->most);
	skb_list_walk_safe(segs, skb, next) {
		skb_mark_not_on_list(skb);
		skb = tx_make(vn, skb, sent);
		if (likely(skb))
			tx_send(vn, skb, sent);
	}
}

/* The core has a limit, too, but a higher one: with tunnels' frames the stack may
 * overflow before it.
 */
static noinline void drop_loop(struct vnencap_dev *vn, struct sk_buff *skb)
{
	vnencap_drop(vn, skb, TX_LOOP);
	DEV_STATS_INC(vn->dev, tx_dropped);
	kfree_skb_reason(skb, vnencap_drop_reason(-ELOOP));
}

/**
 * vnencap_tx_xmit - ndo_start_xmit of a vnencap device
 * @skb: the inner packet, maybe GSO, maybe a clone; taken over
 * @dev: the vnencap device
 *
 * Context: softirq, or bottom halves disabled.
 * Return: NETDEV_TX_OK, always: what cannot be sent is counted and dropped.
 */
netdev_tx_t vnencap_tx_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct vnencap_dev *vn = netdev_priv(dev);
	struct sent sent __uninitialized;

	if (unlikely(dev_recursion_level() > IP_TUNNEL_RECURSION_LIMIT)) {
		drop_loop(vn, skb);
		return NETDEV_TX_OK;
	}
	sent.whole = NULL;
	skb = tx_make(vn, skb, &sent);
	if (likely(skb))
		tx_send(vn, skb, &sent);
	else if (sent.whole)
		tx_shorter(vn, &sent);
	return NETDEV_TX_OK;
}
