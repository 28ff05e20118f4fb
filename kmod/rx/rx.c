// SPDX-License-Identifier: GPL-2.0-only
/*
 * The way in: the lower device's rx_handler takes the runs that are ours. One
 * that is a whole frame is turned back to the inner packet here, and handed up
 * at once; others go to the device's cell, where gro.c joins what belongs
 * together, and by way of reasm.c.
 */
#include <linux/errno.h>
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <net/dst_metadata.h>
#include <net/gro.h>
#include <net/ip.h>
#include <net/tcp.h>

#include "compat.h"
#include "lower/lower.h"
#include "lower/pmtu.h"
#include "map/group.h"
#include "map/map.h"
#include "map/traffic.h"
#include "rx/mss.h"
#include "rx/cells.h"
#include "rx/order.h"
#include "rx/reasm.h"
#include "rx/recent.h"
#include "rx/rx.h"
#include "skb/strip.h"
#include "stats/drop.h"
#include "stats/stats.h"
#include "vnencap.h"
#include "wire/inner.h"
#include "wire/outer.h"

static int read_run(const struct sk_buff *skb, unsigned int outer_len,
		    struct vnencap_run *run)
{
	run->hdr_len = outer_len + sizeof(struct vnencap_segment_hdr);
	run->len = skb->len - run->hdr_len;
	return vnencap_option_parse((const void *)skb->data + outer_len,
				    &run->seg);
}

/**
 * vnencap_run_read - read the headers of a run
 * @skb: data at the outer IP header; headers linear
 * @run: written
 *
 * Return: 0, or -EPROTO where it is not one of ours.
 */
int vnencap_run_read(const struct sk_buff *skb, struct vnencap_run *run)
{
	return read_run(skb, vnencap_outer_len(skb), run);
}

/* Find the first shard of a run; where it is not linear, copy it. Return: which
 * it is, -ENODATA where there is none, -EPROTO where it is cut off.
 */
static int find_shard(const struct sk_buff *skb, const struct vnencap_run *run,
		      struct vnencap_block *copy, const u8 **shard)
{
	const struct vnencap_frame *f = &run->seg.frame;
	unsigned int i = vnencap_frame_shards_before(f, run->seg.offset);
	u32 at;

	if (i == f->n)
		return -ENODATA;
	at = vnencap_frame_shard_at(f, i);
	if (at >= vnencap_run_end(run))
		return -ENODATA;
	if (at + f->shard_len > vnencap_run_end(run))
		return -EPROTO;
	at += run->hdr_len - run->seg.offset;
	*shard = skb_header_pointer(skb, at, f->shard_len, copy->data);
	return likely(*shard) ? i : -EPROTO;
}

/* The mapping's endpoint, or one of several, if it is at that address */
static struct vnencap_endpoint *endpoint_at(struct vnencap_endpoint *endpoint,
					    const struct vnencap_addr *addr)
{
	const struct vnencap_group *group;

	if (likely(vnencap_addr_equal(&endpoint->addr, addr)))
		return endpoint;
	group = vnencap_group_of(endpoint);
	return group ? vnencap_group_at(group, addr) : NULL;
}

/* The host that a packet came from, if any mapping leads there */
static struct vnencap_endpoint *source_endpoint(const struct vnencap_dev *vn,
						const struct sk_buff *skb)
{
	struct vnencap_addr source = vnencap_outer_source(skb);

	return vnencap_map_endpoint(rcu_dereference(vn->map), &source);
}

/* Count what is not in each frame's way for the host that it came from. */
static void count_source(const struct vnencap_dev *vn,
			 const struct sk_buff *skb, unsigned int counter)
{
	struct vnencap_endpoint *endpoint = source_endpoint(vn, skb);

	if (endpoint)
		vnencap_traffic_add(endpoint, counter, 1);
}

/* Where sources are not checked, that host need not be the inner source's. */
static void count_unchecked(const struct vnencap_dev *vn,
			    const struct sk_buff *skb,
			    const struct vnencap_meta *meta)
{
	struct vnencap_endpoint *from = source_endpoint(vn, skb);

	if (from)
		vnencap_traffic_received(from,
					 meta->image_len + meta->payload);
}

/* May a packet from there claim to come from this inner source? */
static bool source_mapped(const struct vnencap_dev *vn,
			  const struct sk_buff *skb,
			  const struct vnencap_meta *meta)
{
	const struct vnencap_map *map = rcu_dereference(vn->map);
	struct vnencap_addr src __uninitialized;
	struct vnencap_addr dst __uninitialized;
	struct vnencap_addr outer __uninitialized;
	struct vnencap_endpoint *endpoint, *from;

	if (unlikely(!rcu_dereference(vn->config)->spoofcheck)) {
		count_unchecked(vn, skb, meta);
		return true;
	}
	vnencap_inner_addrs(meta, meta->image, &src, &dst);
	endpoint = vnencap_map_lookup(map, &src);
	outer = vnencap_outer_source(skb);
	from = endpoint ? endpoint_at(endpoint, &outer) : NULL;
	if (unlikely(!from))
		return false;
	vnencap_traffic_received(from, meta->image_len + meta->payload);
	return true;
}

/* Do the layout that each segment tells and the metadata's length agree? */
static bool layout_agrees(const struct vnencap_segment *seg,
			  const struct vnencap_meta *meta)
{
	const struct vnencap_frame *f = &seg->frame;
	u32 wire = vnencap_frame_wire_len(f, meta->payload);

	if (f->slots > (wire - f->shard_len) / f->segsz + 1)
		return false;
	if (seg->class == VNENCAP_TRAIN)
		return vnencap_inner_train_ok(meta->payload, meta->gso_size);
	return !meta->gso_size || meta->gso_size >= TCP_MIN_GSO_SIZE;
}

static noinline int count_meta_error(struct vnencap_dev *vn,
				     const struct sk_buff *skb, int err)
{
	if (err == -EBADMSG) {
		vnencap_drop(vn, skb, RX_BAD_TAG);
	} else if (err == -EPERM) {
		vnencap_drop(vn, skb, RX_SPOOFED);
		count_source(vn, skb, VNENCAP_A_TRAFFIC_RX_SPOOFED);
	} else {
		vnencap_drop(vn, skb, RX_MALFORMED);
	}
	return err;
}

static noinline void count_rebuilt(struct vnencap_dev *vn,
				   const struct sk_buff *skb)
{
	vnencap_count(vn, RX_META_REBUILT);
	count_source(vn, skb, VNENCAP_A_TRAFFIC_RX_META_REBUILT);
}

/* Whoever made the block has a key of the VNI. Only while keys are changed there
 * is another than the one that is sent with.
 */
static bool genuine(struct vnencap_dev *vn, const struct vnencap_segment *seg,
		    const u8 *block)
{
	const struct vnencap_map *map = rcu_dereference(vn->map);
	const struct vnencap_keys *keys = vnencap_map_keys(map);
	u32 len = seg->frame.shard_len;

	/* while the device's VNI is changed: the keys are the new one's */
	if (unlikely(map->vni != seg->vni))
		return false;
	if (likely(vnencap_meta_genuine(block, len, seg, &keys->key[0].secret)))
		return true;
	if (keys->n == 1 ||
	    !vnencap_meta_genuine(block, len, seg, &keys->key[1].secret))
		return false;
	vnencap_count(vn, RX_OTHER_KEY);
	return true;
}

/* Is the block right in all it says? Return: 0, -EBADMSG, -EPROTO or -EPERM. */
static int decode_block(struct vnencap_dev *vn, const struct sk_buff *skb,
			const struct vnencap_segment *seg,
			const u8 *block, struct vnencap_meta *meta)
{
	u32 len = seg->frame.shard_len;

	if (!genuine(vn, seg, block))
		return -EBADMSG;
	if (vnencap_meta_decode(meta, seg->class, block, len) ||
	    !layout_agrees(seg, meta))
		return -EPROTO;
	return source_mapped(vn, skb, meta) ? 0 : -EPERM;
}

/**
 * vnencap_rx_meta - find a frame's metadata in a run, and see that it is right
 * @vn: the device
 * @skb: the run, data at the outer header
 * @run: its headers
 * @meta: written
 *
 * Context: softirq, in RCU. What is wrong is counted, no shard is not.
 * Return: 0; -ENODATA where no shard is in the run; -EBADMSG, -EPROTO or
 * -EPERM where the tag, the layout or the inner source is wrong.
 */
int vnencap_rx_meta(struct vnencap_dev *vn, const struct sk_buff *skb,
		    const struct vnencap_run *run, struct vnencap_meta *meta)
{
	struct vnencap_block copy __uninitialized;
	const u8 *block = copy.data;
	int shard, err;

	shard = find_shard(skb, run, &copy, &block);
	if (shard == -ENODATA)
		return shard;
	err = shard < 0 ? shard :
			  decode_block(vn, skb, &run->seg, block, meta);
	if (unlikely(err))
		return count_meta_error(vn, skb, err);
	if (unlikely(shard))
		count_rebuilt(vn, skb);
	return 0;
}

static noinline void count_restore_error(struct vnencap_dev *vn,
					 const struct sk_buff *skb, int err)
{
	if (err == -ENOMEM)
		vnencap_drop(vn, skb, RX_NOMEM);
	else
		vnencap_drop(vn, skb, RX_MALFORMED);
}

/* Take out the shards from the @i'th on; before those, @gone bytes have been
 * already.
 */
static noinline int take_shards(struct sk_buff *skb,
				const struct vnencap_run *run, unsigned int i,
				u32 gone)
{
	const struct vnencap_frame *f = &run->seg.frame;
	struct vnencap_cuts cuts __uninitialized;

	cuts.n = 0;
	for (; i < f->n; i++) {
		u32 at = vnencap_frame_shard_at(f, i);

		if (at >= vnencap_run_end(run))
			break;
		cuts.cut[cuts.n].at = at - run->seg.offset - gone;
		cuts.cut[cuts.n].len = f->shard_len;
		cuts.n++;
	}
	return vnencap_strip(skb, &cuts);
}

/* Outer header and shards go; what is left is a part of the inner payload. */
static __always_inline int take_payload(struct sk_buff *skb,
					const struct vnencap_run *run)
{
	const struct vnencap_frame *f = &run->seg.frame;

	__skb_pull(skb, run->hdr_len);
	if (likely(!run->seg.offset && skb_headlen(skb) >= f->shard_len)) {
		__skb_pull(skb, f->shard_len);
		return f->n == 1 ? 0 : take_shards(skb, run, 1, f->shard_len);
	}
	return take_shards(skb, run,
			   vnencap_frame_shards_before(f, run->seg.offset), 0);
}

/**
 * vnencap_rx_payload - leave of a run the inner payload only
 * @vn: the device
 * @skb: the run, data at the outer header, all ours
 * @run: its headers
 * @part: which part of the inner payload it is, written
 *
 * Context: softirq. Errors are counted.
 * Return: 0, or negative with the skb in no state but to be freed: an error, or
 * -ENODATA where there was nothing but shards in a run of a longer frame.
 */
__always_inline int
vnencap_rx_payload(struct vnencap_dev *vn, struct sk_buff *skb,
		   const struct vnencap_run *run, struct vnencap_part *part)
{
	const struct vnencap_frame *f = &run->seg.frame;
	int err;

	part->at = vnencap_frame_payload_at(f, run->seg.offset);
	err = take_payload(skb, run);
	if (unlikely(err)) {
		count_restore_error(vn, skb, err);
		return err;
	}
	part->len = skb->len;
	return part->len || vnencap_run_whole(run) ? 0 : -ENODATA;
}

/* Before the packet the outer headers are still to be found, by u32 for one,
 * which looks where it is told to. A tenant is not to.
 */
static void hide_outer(const struct vnencap_dev *vn, struct sk_buff *skb)
{
	if (unlikely(vnencap_device_away(vn)))
		memset(skb->head, 0, skb_headroom(skb));
}

/**
 * vnencap_rx_inner - make an inner packet of a part of the inner payload
 * @vn: the device
 * @skb: the part and nothing else, all ours
 * @meta: the frame's metadata
 * @part: which part it is
 * @tos: outer TOS or traffic class
 *
 * Context: softirq. Errors are counted.
 * Return: 0, or an error, with the skb in no state but to be freed.
 */
__always_inline int
vnencap_rx_inner(struct vnencap_dev *vn, struct sk_buff *skb,
		 const struct vnencap_meta *meta,
		 const struct vnencap_part *part, u8 tos)
{
	int err;

	err = vnencap_strip_members(skb);
	if (!err)
		err = vnencap_inner_restore(skb, meta, part, tos);
	if (unlikely(err)) {
		count_restore_error(vn, skb, err);
		return err;
	}
	hide_outer(vn, skb);
	skb->dev = vn->dev;
	dev_sw_netstats_rx_add(vn->dev, skb->len);
	vnencap_count_add(vn, RX_DELIVERED_BYTES, part->len);
	trace_vnencap_rx_frame(vn->dev, skb, part->len);
	return 0;
}

static bool is_syn(const struct vnencap_meta *meta)
{
	return meta->l4 == VNENCAP_L4_TCP &&
	       ((const struct tcphdr *)(meta->image + meta->l4_off))->syn;
}

/**
 * vnencap_rx_restore - make a run the inner packet that it is a part of
 * @vn: the device
 * @skb: the run, data at the outer header, all ours
 * @run: its headers
 * @meta: the frame's metadata
 *
 * Context: softirq. Errors are counted.
 * Return: 0, or negative with the skb in no state but to be freed: an error, or
 * -ENODATA as vnencap_rx_payload().
 */
__always_inline int
vnencap_rx_restore(struct vnencap_dev *vn, struct sk_buff *skb,
		   const struct vnencap_run *run,
		   const struct vnencap_meta *meta)
{
	struct vnencap_part part __uninitialized;
	u8 tos = vnencap_outer_tos(skb);
	int err;

	err = vnencap_rx_payload(vn, skb, run, &part) ?:
	      vnencap_rx_inner(vn, skb, meta, &part, tos);
	if (unlikely(!err && is_syn(meta)) &&
	    rcu_dereference(vn->config)->mssclamp)
		vnencap_mss_lower(vn, skb, meta, run->hdr_len);
	return err;
}

/* Apart, so that its workings are off the stack while the packet goes up */
static noinline int rx_whole(struct vnencap_dev *vn, struct sk_buff *skb,
			     const struct vnencap_run *run, u64 name)
{
	struct vnencap_meta meta __uninitialized;
	int err;

	err = vnencap_rx_meta(vn, skb, run, &meta);
	if (unlikely(err))
		return err;
	if (vnencap_frame_wire_len(&run->seg.frame, meta.payload) != run->len)
		return count_meta_error(vn, skb, -EPROTO);
	err = vnencap_rx_restore(vn, skb, run, &meta);
	if (!err) {
		vnencap_count(vn, RX_FRAMES_WHOLE);
		vnencap_recent_add(name, true);
	}
	return err;
}

static bool device_has_vni(const struct vnencap_dev *vn, u32 vni)
{
	return rcu_dereference(vn->config)->vni == vni;
}

/**
 * vnencap_rx_run - a run, after all joining that was to be had
 * @vn: the device
 * @skb: the run, data at the outer header, not shared, all ours
 * @run: its headers
 *
 * Context: softirq, in RCU.
 * Return: 0 where @skb is an inner packet now, to be handed up; negative where
 * the caller has to free it, see vnencap_rx_free().
 */
__always_inline int
vnencap_rx_run(struct vnencap_dev *vn, struct sk_buff *skb,
	       const struct vnencap_run *run)
{
	u64 name;
	int err;

	/* what was on its way while the VNI was changed */
	if (unlikely(!device_has_vni(vn, run->seg.vni))) {
		vnencap_drop(vn, skb, RX_UNKNOWN_VNI);
		return -ENODEV;
	}
	name = vnencap_recent_name(skb, run->seg.id);
	if (likely(vnencap_run_whole(run) && !vnencap_recent_seen(name)))
		return rx_whole(vn, skb, run, name);
	if (run->seg.class == VNENCAP_STREAM) {
		err = vnencap_order_add(vn, skb, run, name);
		if (likely(err != -EAGAIN))
			return err;
	}
	return vnencap_reasm_add(vn, skb, run, name);
}

/**
 * vnencap_rx_drop - tell the device of a drop
 * @vn: the device
 * @err: why: -EINPROGRESS and -ENODATA lose nothing, for the bytes wait in a
 *	copy, have gone up, or there were none
 *
 * Context: softirq.
 * Return: whether anything was lost.
 */
bool vnencap_rx_drop(struct vnencap_dev *vn, int err)
{
	if (err == -EINPROGRESS || err == -ENODATA)
		return false;
	DEV_STATS_INC(vn->dev, rx_dropped);
	return true;
}

/**
 * vnencap_rx_free - free what vnencap_rx_run() gave back
 * @vn: the device
 * @skb: the run
 * @err: what was returned for it
 *
 * Context: softirq.
 */
void vnencap_rx_free(struct vnencap_dev *vn, struct sk_buff *skb, int err)
{
	if (vnencap_rx_drop(vn, err))
		kfree_skb_reason(skb, vnencap_drop_reason(err));
	else
		consume_skb(skb);
}

/*
 * Below: what the lower device's rx_handler does with each run.
 */

/* What is for our port, but has not even the room for a header of ours */
static noinline struct vnencap_dev *
find_by_port(const struct sk_buff *skb, const struct vnencap_lower *lower,
	     const struct vnencap_peek *peek)
{
	const __be16 *port;
	__be16 copy;

	port = skb_header_pointer(skb, peek->len + offsetof(struct tcphdr, dest),
				  sizeof(copy), &copy);
	if (!port || !test_bit(ntohs(*port), lower->ports))
		return NULL;
	return vnencap_lower_owner(lower, &peek->daddr, *port);
}

/* Does the device receive at that address and port? */
static bool takes(const struct vnencap_dev *vn,
		  const struct vnencap_addr *daddr, __be16 port)
{
	const struct vnencap_config *config = rcu_dereference(vn->config);

	if (config->port != port || !netif_running(vn->dev))
		return false;
	if (vnencap_config_local(config, daddr->family))
		return vnencap_config_receives(config, daddr);
	return vnencap_lower_receives(vn->lower, daddr);
}

/* The device that a packet is for, by its VNI, or else one that its address
 * and port belong to, to be told of the drop
 */
static struct vnencap_dev *find_device(const struct sk_buff *skb,
				       const struct vnencap_lower *lower,
				       const struct vnencap_peek *peek)
{
	const struct vnencap_segment_hdr *hdr;
	struct vnencap_segment_hdr copy __uninitialized;
	struct vnencap_dev *vn;

	if (peek->proto != IPPROTO_TCP)
		return NULL;
	hdr = skb_header_pointer(skb, peek->len, sizeof(copy), &copy);
	if (unlikely(!hdr))
		return find_by_port(skb, lower, peek);
	if (!test_bit(ntohs(hdr->tcp.dest), lower->ports))
		return NULL;
	vn = vnencap_lower_find(lower, be32_to_cpu(hdr->word) &
				       VNENCAP_WORD_VNI);
	if (likely(vn && takes(vn, &peek->daddr, hdr->tcp.dest)))
		return vn;
	return vnencap_lower_owner(lower, &peek->daddr, hdr->tcp.dest);
}

/* The segment header linear, the sum over it and the payload right */
static int check_segment(struct vnencap_dev *vn, struct sk_buff *skb,
			 const struct vnencap_peek *peek)
{
	if (!pskb_may_pull(skb, peek->len +
			   sizeof(struct vnencap_segment_hdr))) {
		vnencap_drop(vn, skb, RX_MALFORMED);
		return -EPROTO;
	}
	if (!vnencap_outer_sum_right(skb, peek->len)) {
		vnencap_drop(vn, skb, RX_BAD_CHECKSUM);
		return -EBADMSG;
	}
	return 0;
}

static void count_arrival(struct vnencap_dev *vn, const struct sk_buff *skb,
			  const struct vnencap_run *run)
{
	const struct vnencap_frame *f = &run->seg.frame;
	unsigned int shards = f->n;

	if (!vnencap_run_whole(run))
		shards = vnencap_frame_shards_before(f, vnencap_run_end(run)) -
			 vnencap_frame_shards_before(f, run->seg.offset);
	vnencap_count(vn, RX_RUNS);
	vnencap_count_add(vn, RX_SEGMENTS, skb_shinfo(skb)->gso_segs ?: 1);
	vnencap_count_add(vn, RX_PAYLOAD_BYTES,
			  run->len - min(run->len, shards * f->shard_len));
}

static int accept_run(struct vnencap_dev *vn, struct sk_buff *skb,
		      const struct vnencap_peek *peek, struct vnencap_run *run)
{
	if (check_segment(vn, skb, peek))
		return -EPROTO;
	if (peek->part || read_run(skb, peek->len, run)) {
		vnencap_drop(vn, skb, RX_MALFORMED);
		return -EPROTO;
	}
	/* QEMU's e1000 ends a frame so where its last segment is full */
	if (unlikely(!run->len)) {
		vnencap_drop(vn, skb, RX_DUPLICATES);
		return -ENODATA;
	}
	if (!device_has_vni(vn, run->seg.vni)) {
		vnencap_drop(vn, skb, RX_UNKNOWN_VNI);
		return -ENODEV;
	}
	count_arrival(vn, skb, run);
	/* pages lent by a sender on this host must be copied: that is done for
	 * sockets and taps, but not before an rx_handler
	 */
	if (skb_orphan_frags_rx(skb, GFP_ATOMIC) || vnencap_strip_own(skb)) {
		vnencap_drop(vn, skb, RX_NOMEM);
		return -ENOMEM;
	}
	return 0;
}

/* A whole frame has nothing to be joined with; nor has any run without GRO on
 * the device. And of a stream what GRO has joined already is as good as a packet
 * of its own, and nothing comes after the frame's end: that would wait in the cell
 * for nothing, and be overtaken there if the lower device's NAPI context moves to
 * another CPU, as that of veth does. But none must overtake what has to go by way
 * of the cell.
 */
static bool goes_directly(const struct vnencap_dev *vn,
			  const struct sk_buff *skb,
			  const struct vnencap_run *run)
{
	bool alone = vnencap_run_whole(run) ||
		     (run->seg.class == VNENCAP_STREAM &&
		      (skb_is_gso(skb) || run->seg.last));

	if (unlikely(netif_elide_gro(vn->dev)))
		return true;
	return alone && vnencap_cells_idle(&vn->cells);
}

static void hand_up(struct vnencap_dev *vn, struct sk_buff *skb,
		    const struct vnencap_run *run)
{
	int err;

	/* as ip_rcv() does: over veth it may still be its sender's */
	skb_orphan(skb);
	__skb_tunnel_rx(skb, vn->dev, vn->net);
	if (unlikely(!goes_directly(vn, skb, run))) {
		skb->protocol = htons(VNENCAP_ETH_P_RUN);
		gro_cells_receive(&vn->cells.gro, skb);
		return;
	}
	err = vnencap_rx_run(vn, skb, run);
	if (unlikely(err))
		vnencap_rx_free(vn, skb, err);
	else
		netif_receive_skb(skb);
}

/* Messages of a path MTU, perhaps */
static bool is_icmp(const struct vnencap_peek *peek)
{
	return !peek->extended && (peek->proto == IPPROTO_ICMP ||
				   peek->proto == IPPROTO_ICMPV6);
}

static rx_handler_result_t learn_and_pass(const struct vnencap_lower *lower,
					  struct sk_buff **pskb)
{
	*pskb = skb_share_check(*pskb, GFP_ATOMIC);
	if (!*pskb)
		return RX_HANDLER_CONSUMED;
	vnencap_pmtu_learn(lower, *pskb);
	return RX_HANDLER_PASS;
}

/* A run of more than 64 KB, which GRO has given a header for that: without, it is
 * like any other.
 */
static bool is_big(struct sk_buff *skb, struct vnencap_peek *peek)
{
	if (!compat_jumbo_there(skb) || compat_jumbo_remove(skb))
		return false;
	peek->len = sizeof(struct ipv6hdr);
	return true;
}

/* TCP would find its header behind those of IPv6, and answer. */
static rx_handler_result_t drop_extended(struct vnencap_dev *vn,
					 struct sk_buff *skb)
{
	vnencap_drop(vn, skb, RX_MALFORMED);
	vnencap_rx_free(vn, skb, -EPROTO);
	return RX_HANDLER_CONSUMED;
}

/**
 * vnencap_rx_handler - rx_handler of a lower device
 * @pskb: the packet, data at its network header
 *
 * What is for our port at our address is taken, right or wrong: a reset sent
 * by TCP would be the answer otherwise. All else passes.
 *
 * Context: softirq, in RCU.
 * Return: RX_HANDLER_CONSUMED or RX_HANDLER_PASS.
 */
rx_handler_result_t vnencap_rx_handler(struct sk_buff **pskb)
{
	struct sk_buff *skb = *pskb;
	struct vnencap_peek peek __uninitialized;
	struct vnencap_run run __uninitialized;
	struct vnencap_lower *lower;
	struct vnencap_dev *vn;
	int err;

	if (skb->pkt_type != PACKET_HOST ||
	    (skb_vlan_tag_present(skb) && skb_vlan_tag_get_id(skb)))
		return RX_HANDLER_PASS;
	lower = rcu_dereference(skb->dev->rx_handler_data);
	if (!vnencap_outer_peek(skb, &peek))
		return RX_HANDLER_PASS;
	if (unlikely(is_icmp(&peek)))
		return learn_and_pass(lower, pskb);
	vn = find_device(skb, lower, &peek);
	if (!vn)
		return RX_HANDLER_PASS;

	skb = skb_share_check(skb, GFP_ATOMIC);
	if (!skb)
		return RX_HANDLER_CONSUMED;
	*pskb = skb;
	skb_reset_network_header(skb);
	if (unlikely(peek.extended) && !is_big(skb, &peek))
		return drop_extended(vn, skb);
	if (!vnencap_outer_trim(skb, &peek))
		return RX_HANDLER_PASS;
	/* what is left of the tag is a priority */
	__vlan_hwaccel_clear_tag(skb);
	err = accept_run(vn, skb, &peek, &run);
	if (unlikely(err))
		vnencap_rx_free(vn, skb, err);
	else
		hand_up(vn, skb, &run);
	return RX_HANDLER_CONSUMED;
}
