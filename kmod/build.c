// SPDX-License-Identifier: GPL-2.0-only
/*
 * The skb of a frame. What fits one segment stays in the skb it came in. Else
 * a fresh head takes the place of the old one, and the payload's pages are
 * shared, with the shards between them; where that would take more page
 * references than an skb has, the payload is copied.
 */
#include <linux/errno.h>
#include <linux/skbuff.h>
#include <net/inet_hashtables.h>
#include <net/sock.h>

#include "build.h"
#include "compat.h"

/* Longest linear payload worth copying to the fresh head: a packet's */
#define LINEAR_MAX	SKB_MAX_HEAD(1024)

/* Where building has got to */
struct builder {
	struct sk_buff *from;		/* inner packet, headers pulled */
	struct sk_buff *to;
	unsigned int linear;		/* of from's linear payload, left */
	unsigned int frag;		/* of from's frags, the next */
	unsigned int frag_off;		/* used of it already */
	u8 *shards;			/* page memory for shards, or NULL */
};

/* The inner headers give way to the shard. */
static struct sk_buff *build_in_place(struct sk_buff *skb,
				      const struct vnencap_build *b)
{
	unsigned int len = b->frame->shard_len;

	if (skb_cow_head(skb, b->headroom + len))
		return NULL;
	__skb_pull(skb, b->image_len);
	memcpy(__skb_push(skb, len), b->shards->data[0], len);
	skb_gso_reset(skb);
	return skb;
}

/* Payload bytes from the one shard to the next, or to the end */
static u32 gap_after(const struct vnencap_build *b, unsigned int i)
{
	const struct vnencap_frame *f = b->frame;
	u32 from = vnencap_frame_shard_at(f, i) - i * f->shard_len;
	u32 to = b->payload;

	if (i + 1 < f->n)
		to = vnencap_frame_shard_at(f, i + 1) - (i + 1) * f->shard_len;
	return to - from;
}

static bool must_copy(const struct sk_buff *skb, const struct vnencap_build *b)
{
	unsigned int frags = skb_shinfo(skb)->nr_frags;

	return skb_has_frag_list(skb) ||
	       skb_headlen(skb) - b->image_len > LINEAR_MAX ||
	       frags + 2 * (b->frame->n - 1) > MAX_SKB_FRAGS;
}

static void add_page_frag(struct sk_buff *skb, void *data, unsigned int len)
{
	struct page *page = virt_to_head_page(data);

	get_page(page);
	skb_add_rx_frag(skb, skb_shinfo(skb)->nr_frags, page,
			data - page_address(page), len, len);
}

static void add_shard(struct builder *s, const struct vnencap_build *b,
		      unsigned int i)
{
	unsigned int len = b->frame->shard_len;
	u8 *data;

	if (s->linear || !i) {
		skb_put_data(s->to, b->shards->data[i], len);
		return;
	}
	data = s->shards + (i - 1) * len;
	memcpy(data, b->shards->data[i], len);
	add_page_frag(s->to, data, len);
}

static u32 add_linear(struct builder *s, u32 len)
{
	u32 n = min_t(u32, len, s->linear);

	if (n) {
		skb_copy_from_linear_data_offset(s->from,
						 skb_headlen(s->from) -
						 s->linear,
						 skb_put(s->to, n), n);
		s->linear -= n;
	}
	return n;
}

static u32 add_frag(struct builder *s, u32 len)
{
	struct skb_shared_info *si = skb_shinfo(s->to);
	const skb_frag_t *from = &skb_shinfo(s->from)->frags[s->frag];
	u32 n = min_t(u32, len, skb_frag_size(from) - s->frag_off);
	skb_frag_t *to = &si->frags[si->nr_frags++];

	*to = *from;
	skb_frag_off_add(to, s->frag_off);
	skb_frag_size_set(to, n);
	__skb_frag_ref(to);
	skb_len_add(s->to, n);
	s->frag_off += n;
	if (s->frag_off == skb_frag_size(from)) {
		s->frag++;
		s->frag_off = 0;
	}
	return n;
}

static void add_payload(struct builder *s, u32 len)
{
	len -= add_linear(s, len);
	while (len)
		len -= add_frag(s, len);
}

/* Zero-copy senders wait for their pages: share that with the new skb. */
static int share_zerocopy(struct sk_buff *to, struct sk_buff *from)
{
	if (skb_orphan_frags(from, GFP_ATOMIC))
		return -ENOMEM;
	skb_zcopy_set(to, skb_zcopy(from), NULL);
	skb_shinfo(to)->flags |= skb_shinfo(from)->flags & SKBFL_SHARED_FRAG;
	return 0;
}

static struct sk_buff *build_shared(struct sk_buff *skb,
				    struct vnencap_build *b)
{
	struct builder s = { .from = skb };
	unsigned int i, len = b->frame->shard_len;

	s.linear = skb_headlen(skb) - b->image_len;
	b->copied = s.linear;
	s.to = alloc_skb(b->headroom + b->frame->n * len + s.linear,
			 GFP_ATOMIC);
	if (!s.to)
		return NULL;
	skb_reserve(s.to, b->headroom);
	if (share_zerocopy(s.to, skb))
		goto err_free;
	s.shards = netdev_alloc_frag((b->frame->n - 1) * len);
	if (!s.shards)
		goto err_free;

	for (i = 0; i < b->frame->n; i++) {
		add_shard(&s, b, i);
		add_payload(&s, gap_after(b, i));
	}
	/* each shard's reference is its own: drop the allocation's */
	put_page(virt_to_head_page(s.shards));
	return s.to;

err_free:
	kfree_skb(s.to);
	return NULL;
}

/* Copy a stretch of payload to a place in the new skb, whatever the layout. */
static int copy_payload(struct sk_buff *to, u32 at, struct sk_buff *from,
			u32 from_at, u32 len)
{
	struct skb_seq_state state;
	u32 done = 0;
	int err = 0;

	skb_prepare_seq_read(from, from_at, from_at + len, &state);
	while (done < len) {
		const u8 *data;
		u32 n = skb_seq_read(done, &data, &state);

		n = min(n, len - done);
		err = n ? skb_store_bits(to, at + done, data, n) : -EFAULT;
		if (err)
			break;
		done += n;
	}
	skb_abort_seq_read(&state);
	return err;
}

static struct sk_buff *build_copied(struct sk_buff *skb,
				    struct vnencap_build *b)
{
	u32 len = b->frame->shard_len, taken = b->image_len, at = 0;
	struct sk_buff *to;
	unsigned int i;
	int err;

	to = alloc_skb_with_frags(b->headroom + len,
				  b->payload + (b->frame->n - 1) * len,
				  PAGE_ALLOC_COSTLY_ORDER, &err, GFP_ATOMIC);
	if (!to)
		return NULL;
	skb_reserve(to, b->headroom);
	skb_put(to, len);
	to->data_len = b->payload + (b->frame->n - 1) * len;
	to->len += to->data_len;

	for (i = 0; i < b->frame->n; i++) {
		u32 gap = gap_after(b, i);

		if (skb_store_bits(to, at, b->shards->data[i], len) ||
		    copy_payload(to, at + len, skb, taken, gap))
			goto err_free;
		at += len + gap;
		taken += gap;
	}
	b->copied = b->payload;
	return to;

err_free:
	kfree_skb(to);
	return NULL;
}

/* Does the sender's socket count this skb as not yet sent? */
static bool charged_for_sending(const struct sk_buff *skb)
{
	const struct sock *sk = skb->sk;

	if (!sk)
		return false;
	if (skb->destructor == sock_wfree)
		return true;
	/* tcp_wfree() is not exported: anything but what is set on receive */
	return sk_fullsock(sk) && sk->sk_protocol == IPPROTO_TCP &&
	       skb->destructor && skb->destructor != sock_rfree &&
	       skb->destructor != sock_efree && skb->destructor != sock_edemux;
}

/*
 * The socket is told when the packet has left by the skb's destructor, and
 * counts the memory by its truesize: both go over to the new skb, as at the
 * end of tcp_gso_segment().
 */
static void move_owner(struct sk_buff *to, struct sk_buff *from)
{
	int delta = to->truesize - from->truesize;

	if (!charged_for_sending(from)) {
		skb_orphan(from);
		return;
	}
	swap(to->sk, from->sk);
	swap(to->destructor, from->destructor);
	if (delta >= 0)
		refcount_add(delta, &to->sk->sk_wmem_alloc);
	else
		WARN_ON_ONCE(refcount_sub_and_test(-delta,
						   &to->sk->sk_wmem_alloc));
}

/**
 * vnencap_build_frame - make the skb that goes over the wire, headers excepted
 * @skb: the inner packet, data at its IP header; always taken over
 * @b: what to make of it
 *
 * Context: softirq, or bottom halves disabled.
 * Return: an skb with data at the first shard and @b->headroom before it,
 * neither cloned nor shared as far as its head goes; NULL where there is no
 * memory, @skb is freed then.
 */
struct sk_buff *vnencap_build_frame(struct sk_buff *skb,
				    struct vnencap_build *b)
{
	struct sk_buff *to;

	b->copied = 0;
	if (b->frame->n == 1)
		to = build_in_place(skb, b);
	else if (unlikely(must_copy(skb, b)))
		to = build_copied(skb, b);
	else
		to = build_shared(skb, b);
	if (unlikely(!to)) {
		kfree_skb(skb);
		return NULL;
	}
	if (to != skb) {
		skb_copy_header(to, skb);
		skb_gso_reset(to);
		move_owner(to, skb);
		consume_skb(skb);
	}
	return to;
}
