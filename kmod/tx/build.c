// SPDX-License-Identifier: GPL-2.0-only
/*
 * The skb of a frame, made of the skb of the inner packet.
 *
 * Mostly it is that skb. The first shard takes the place of the inner headers.
 * The other shards become frags among the payload's: a shard that falls in the
 * middle of a frag splits it, and so takes two more. That does not do where an
 * skb has no frags to spare (a sendfile() of small pages), or much of its
 * payload is linear: then a new skb shares the pages. If even that one has too
 * few frags, the frag that a shard falls into is copied, and the shard into the
 * copy.
 */
#include <linux/errno.h>
#include <linux/skbuff.h>
#include <net/inet_hashtables.h>
#include <net/sock.h>

#include "compat.h"
#include "skb/chain.h"
#include "skb/copy.h"
#include "tx/build.h"

/* The longest linear payload that is copied to the head of the new skb, in
 * bytes: that of a packet that is not GSO
 */
#define LINEAR_MAX	SKB_MAX_HEAD(1024)

/* How far the building of a new skb has got */
struct builder {
	struct sk_buff *from;		/* the inner packet */
	struct sk_buff *to;		/* the new skb */
	u32 taken;			/* bytes of from, headers included */
	unsigned int linear;		/* linear payload bytes left in from */
	unsigned int frag;		/* index of from's next frag */
	unsigned int frag_off;		/* bytes of that frag already used */
	unsigned int pending;		/* of it, to copy before a shard */
	u8 *shard;			/* the shard in page memory */
	bool tight;			/* no frags to spare: copy some */
	u32 copied;			/* payload bytes copied */
};

/* Payload bytes from shard @i to the next one, or to the end of the frame */
static __always_inline u32 gap_after(const struct vnencap_build *b,
				     unsigned int i)
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
	return skb_has_frag_list(skb) ||
	       skb_headlen(skb) - b->image_len > LINEAR_MAX;
}

/* A copy of the shard in page memory, which all shards that are frags share */
static u8 *shard_alloc(const struct vnencap_build *b)
{
	u8 *data = netdev_alloc_frag(b->frame->shard_len);

	if (data)
		memcpy(data, b->shard, b->frame->shard_len);
	return data;
}

/* Add page memory as a frag. The skb takes over the caller's reference. */
static void add_page_frag(struct sk_buff *skb, void *data, unsigned int len)
{
	struct page *page = virt_to_head_page(data);

	skb_add_rx_frag(skb, skb_shinfo(skb)->nr_frags, page,
			data - page_address(page), len, len);
}

/* Bytes of the next frag that were not used yet */
static u32 frag_left(const struct builder *s)
{
	const struct skb_shared_info *si = skb_shinfo(s->from);

	if (s->frag == si->nr_frags)
		return 0;
	return skb_frag_size(&si->frags[s->frag]) - s->frag_off;
}

static void frag_used(struct builder *s, u32 len)
{
	s->taken += len;
	s->frag_off += len;
	if (len && !frag_left(s)) {
		s->frag++;
		s->frag_off = 0;
	}
}

/*
 * Add one frag that has a copy of the frag that the shard falls into: its bytes
 * before the shard, the shard, and its bytes behind, as far as the next shard.
 *
 * Return: how many bytes are from behind the shard, or negative.
 */
static int add_shard_copied(struct builder *s, const struct vnencap_build *b,
			    unsigned int i)
{
	u32 behind = min(frag_left(s) - s->pending, gap_after(b, i));
	u32 len = s->pending + b->frame->shard_len + behind;
	u32 at = s->taken;
	u8 *data;

	if (len > PAGE_FRAG_CACHE_MAX_SIZE ||
	    skb_shinfo(s->to)->nr_frags == MAX_SKB_FRAGS)
		return -ENOSPC;
	data = compat_alloc_frag(len);
	if (!data)
		return -ENOMEM;
	add_page_frag(s->to, data, len);
	if (skb_copy_bits(s->from, at, data, s->pending) ||
	    skb_copy_bits(s->from, at + s->pending,
			  data + len - behind, behind))
		return -EFAULT;
	memcpy(data + s->pending, b->shard, b->frame->shard_len);
	s->copied += s->pending + behind;
	frag_used(s, s->pending + behind);
	s->pending = 0;
	return behind;
}

/* Add shard @i.
 *
 * Return: how many payload bytes behind it were added, too, or negative.
 */
static int add_shard(struct builder *s, const struct vnencap_build *b,
		     unsigned int i)
{
	unsigned int len = b->frame->shard_len;

	if (s->linear || !i) {
		skb_put_data(s->to, b->shard, len);
		return 0;
	}
	if (s->tight)
		return add_shard_copied(s, b, i);
	get_page(virt_to_head_page(s->shard));
	add_page_frag(s->to, s->shard, len);
	return 0;
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
		s->taken += n;
	}
	return n;
}

static void add_frag(struct builder *s, u32 len)
{
	const skb_frag_t *from = &skb_shinfo(s->from)->frags[s->frag];
	struct skb_shared_info *si = skb_shinfo(s->to);
	skb_frag_t *to = &si->frags[si->nr_frags++];

	*to = *from;
	skb_frag_off_add(to, s->frag_off);
	skb_frag_size_set(to, len);
	__skb_frag_ref(to);
	skb_len_add(s->to, len);
	frag_used(s, len);
}

static int add_payload(struct builder *s, u32 len)
{
	len -= add_linear(s, len);
	while (len) {
		u32 n = min(len, frag_left(s));

		if (s->tight && n < frag_left(s)) {
			s->pending = n;
			return 0;
		}
		if (skb_shinfo(s->to)->nr_frags == MAX_SKB_FRAGS)
			return -ENOSPC;
		add_frag(s, n);
		len -= n;
	}
	return 0;
}

/* A zero-copy sender waits until its pages are not used any more. The new skb
 * uses them, too, so let the sender wait for both.
 */
static int share_zerocopy(struct sk_buff *to, struct sk_buff *from)
{
	if (skb_orphan_frags(from, GFP_ATOMIC))
		return -ENOMEM;
	skb_zcopy_set(to, skb_zcopy(from), NULL);
	skb_shinfo(to)->flags |= skb_shinfo(from)->flags & SKBFL_SHARED_FRAG;
	return 0;
}

static int add_all(struct builder *s, const struct vnencap_build *b)
{
	unsigned int i;
	int done, err;

	for (i = 0; i < b->frame->n; i++) {
		done = add_shard(s, b, i);
		if (done < 0)
			return done;
		err = add_payload(s, gap_after(b, i) - done);
		if (err)
			return err;
	}
	return 0;
}

static struct sk_buff *build_shared(struct sk_buff *skb,
				    struct vnencap_build *b)
{
	unsigned int len = b->frame->shard_len, more = b->frame->n - 1;
	struct builder s = { .from = skb, .taken = b->image_len };
	int err;

	s.linear = skb_headlen(skb) - b->image_len;
	s.copied = s.linear;
	s.tight = skb_shinfo(skb)->nr_frags + 2 * more > MAX_SKB_FRAGS;
	s.to = alloc_skb(b->headroom + b->frame->n * len + s.linear,
			 GFP_ATOMIC);
	if (!s.to)
		return NULL;
	skb_reserve(s.to, b->headroom);
	if (share_zerocopy(s.to, skb))
		goto err_free;
	s.shard = shard_alloc(b);
	if (!s.shard)
		goto err_free;

	err = add_all(&s, b);
	/* each frag has a reference of its own: drop the allocation's */
	skb_free_frag(s.shard);
	if (err)
		goto err_free;
	b->copied = s.copied;
	return s.to;

err_free:
	kfree_skb(s.to);
	return NULL;
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

		if (skb_store_bits(to, at, b->shard, len) ||
		    vnencap_skb_copy(to, at + len, skb, taken, gap))
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

/* Can all shards but the first become frags of the inner packet's skb? It takes
 * free frags, and no shard may fall into the linear payload. Nor may the skb
 * give its pages back to a page pool: that must not get one page from two
 * frags.
 */
static bool fits_in_place(const struct sk_buff *skb,
			  const struct vnencap_build *b)
{
	return !skb_has_frag_list(skb) && !skb->pp_recycle &&
	       skb_headlen(skb) - b->image_len <= gap_after(b, 0) &&
	       skb_shinfo(skb)->nr_frags + 2 * (b->frame->n - 1U) <=
	       MAX_SKB_FRAGS;
}

/* Put the shards between the frags. */
static void insert_shards(struct sk_buff *skb, const struct vnencap_build *b,
			  u8 *shard)
{
	struct skb_shared_info *si = skb_shinfo(skb);
	u32 gap = gap_after(b, 0) - (skb_headlen(skb) - b->image_len);
	struct page *page = virt_to_head_page(shard);
	unsigned int n = si->nr_frags, i = 0, f, to;
	u32 len = b->frame->shard_len;
	skb_frag_t from[MAX_SKB_FRAGS] __uninitialized;

	memcpy(from, si->frags, n * sizeof(*from));
	for (f = 0, to = 0; f < n || i < b->frame->n - 1U; ) {
		u32 size = f < n ? skb_frag_size(&from[f]) : 0;

		if (i == b->frame->n - 1U || size < gap) {
			si->frags[to++] = from[f++];
			gap -= size;
			continue;
		}
		if (gap) {
			si->frags[to] = from[f];
			skb_frag_size_set(&si->frags[to++], gap);
			skb_frag_off_add(&from[f], gap);
			skb_frag_size_sub(&from[f], gap);
			if (size == gap)
				f++;
			else
				__skb_frag_ref(&from[f]);
		}
		skb_frag_fill_page_desc(&si->frags[to++], page,
					shard - (u8 *)page_address(page), len);
		gap = gap_after(b, ++i);
	}
	si->nr_frags = to;
	skb->len += i * len;
	skb->data_len += i * len;
}

/* The shards are not added to the truesize: the sender's socket was charged
 * with that, and will be credited with it.
 */
static struct sk_buff *build_inserted(struct sk_buff *skb,
				      const struct vnencap_build *b)
{
	u32 len = b->frame->shard_len;
	u8 *shard = shard_alloc(b);

	if (!shard)
		return NULL;
	/* unlike skb_cow_head(), this gives us skb_shared_info to write to */
	if (skb_cow(skb, max_t(int, b->headroom + len - b->image_len, 0)))
		goto err_free;
	/* A frag that is split needs a reference for each half. Frags that
	 * io_uring lends have none: get references for all.
	 */
	skb_zcopy_downgrade_managed(skb);
	page_ref_add(virt_to_head_page(shard), b->frame->n - 2);
	insert_shards(skb, b, shard);
	__skb_pull(skb, b->image_len);
	memcpy(__skb_push(skb, len), b->shard, len);
	skb_gso_reset(skb);
	return skb;

err_free:
	skb_free_frag(shard);
	return NULL;
}

/**
 * vnencap_build_charged - does a sender's socket count an skb as under way?
 * @skb: any
 *
 * Return: true if it does.
 */
bool vnencap_build_charged(const struct sk_buff *skb)
{
	const struct sock *sk = skb->sk;

	if (!sk)
		return false;
	if (skb->destructor == sock_wfree)
		return true;
	/* tcp_wfree() is not exported. It must be this, if it is none of the
	 * destructors of received packets.
	 */
	return sk_fullsock(sk) && sk->sk_protocol == IPPROTO_TCP &&
	       skb->destructor && skb->destructor != sock_rfree &&
	       skb->destructor != sock_efree &&
	       skb->destructor != sock_edemux && skb->destructor != sock_pfree;
}

/**
 * vnencap_build_share - count an skb as under way for a sender's socket, too
 * @skb: a new one, with its truesize
 * @with: one that may be counted so
 *
 * Context: softirq, or bottom halves disabled.
 */
void vnencap_build_share(struct sk_buff *skb, const struct sk_buff *with)
{
	if (!vnencap_build_charged(with))
		return;
	skb->sk = with->sk;
	skb->destructor = with->destructor;
	refcount_add(skb->truesize, &skb->sk->sk_wmem_alloc);
}

/*
 * When the skb is freed, its destructor tells the socket that the packet has
 * left, and takes the skb's truesize off what the socket has under way. Both go
 * over to the new skb, as at the end of tcp_gso_segment().
 */
static void move_owner(struct sk_buff *to, struct sk_buff *from)
{
	int delta = to->truesize - from->truesize;

	if (!vnencap_build_charged(from)) {
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
 * @b: what to make of it; for frames of one shard there is vnencap_build_short()
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
	if (unlikely(b->parity && skb_has_shared_frag(skb)))
		to = build_copied(skb, b);
	else if (likely(fits_in_place(skb, b)))
		to = build_inserted(skb, b);
	else if (unlikely(must_copy(skb, b)))
		to = build_copied(skb, b);
	else
		to = build_shared(skb, b) ?: build_copied(skb, b);
	if (unlikely(!to)) {
		kfree_skb(skb);
		return NULL;
	}
	if (to != skb) {
		skb_copy_header(to, skb);
		skb_gso_reset(to);
		skb_reset_mac_header(to);
		skb_shinfo(to)->tx_flags |= skb_shinfo(skb)->tx_flags &
					    SKBTX_ANY_TSTAMP;
		skb_shinfo(to)->tskey = skb_shinfo(skb)->tskey;
		move_owner(to, skb);
		vnencap_chain_consume(skb);
	}
	return to;
}
