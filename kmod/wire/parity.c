// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parity segments. A frame, or each piece of a long one, is a group of n segments. r
 * segments of parity follow it: any n of the n + r give back all (wire/erasure.c). The
 * k'th of the group's segments is column k of a code word, with zeros after its last
 * byte, and the k'th parity segment is column n + k. What follows a group of one
 * segment is a copy of it.
 *
 * Parity of a group is sent as a packet of its own, whose segments are like those of a
 * frame: of one size, numbered by the sequence number. Each begins with a header
 * (struct vnencap_parity_hdr), for it may be the only one that arrives, or the one that
 * arrives first.
 *
 * The header is the only part of parity that the tag guards. A stranger who has not the
 * VNI's key cannot make one, so no bytes but those of a member bring anything back.
 */
#include <linux/bitfield.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/minmax.h>

#include "compat.h"
#include "wire/erasure.h"
#include "wire/frame.h"
#include "wire/meta.h"
#include "wire/parity.h"

/* For each length, by VNENCAP_SEGSZ_UNIT: how much less a column has */
static u8 excess[VNENCAP_SEGSZ_MAX / VNENCAP_SEGSZ_UNIT + 1];

static u16 column_len(u16 most)
{
	return most - excess[most / VNENCAP_SEGSZ_UNIT] * VNENCAP_SEGSZ_UNIT;
}

/**
 * vnencap_parity_init - find out which lengths columns can have
 *
 * Context: process, once.
 */
void vnencap_parity_init(void)
{
	unsigned int i;

	for (i = 1; i < ARRAY_SIZE(excess); i++)
		if (!vnencap_erasure_prime(i * VNENCAP_SEGSZ_UNIT))
			excess[i] = min(excess[i - 1] + 1, 255);
}

/**
 * vnencap_parity_segsz - the largest segment size of a frame with parity
 * @segsz: the largest that the path takes, in bytes, of VNENCAP_SEGSZ_UNIT
 *
 * Return: bytes, of VNENCAP_SEGSZ_UNIT; 0 where the path takes too few for parity.
 */
u16 vnencap_parity_segsz(u16 segsz)
{
	u16 len = column_len(segsz - sizeof(struct vnencap_parity_hdr));

	return vnencap_erasure_prime(len) ? len : 0;
}

/**
 * vnencap_parity_len - bytes of a column of a frame's segments
 * @segsz: their size in bytes; no larger than vnencap_parity_segsz() gave
 *
 * Return: the shortest length that a column can have and that is not below @segsz.
 */
u16 vnencap_parity_len(u16 segsz)
{
	while (column_len(segsz) != segsz)
		segsz += VNENCAP_SEGSZ_UNIT;
	return segsz;
}

/* Who wants so much has a path that loses several segments of a hundred. What brings back
 * a long frame there is too little, by one, for one of few segments; and those are what
 * a connection sends whose window is small, and cannot open unless they arrive.
 */
#define MUCH		15	/* percent */
#define SHORT_MOST	24	/* segments */

/**
 * vnencap_parity_count - how many parity segments a group is followed by
 * @n: segments of the group
 * @percent: parity segments to a hundred of them
 *
 * Return: how many, one at least.
 */
u8 vnencap_parity_count(unsigned int n, u8 percent)
{
	unsigned int r = DIV_ROUND_UP(n * percent, 100);

	if (percent >= MUCH && n <= SHORT_MOST)
		r++;
	return min_t(unsigned int, r, vnencap_parity_most(n));
}

/**
 * vnencap_parity_piece - segments of each piece of a frame that is longer than a piece
 * @most: the most that a piece may have
 * @percent: parity segments to a hundred of them; 0 where it is no percentage
 *
 * Parity is rounded up. What that adds costs as much as what is asked for: of 45
 * segments, 10 % are five, but of 40 they are four. So a piece is shorter where less of
 * it is parity then, by up to a quarter.
 *
 * Return: how many.
 */
unsigned int vnencap_parity_piece(unsigned int most, u8 percent)
{
	unsigned int n;

	most = min_t(unsigned int, most, VNENCAP_PARITY_GROUP);
	n = percent ? most * percent / 100 * 100 / percent : 0;
	if (4 * n > 3 * most && vnencap_parity_count(n, percent) * most <
	    vnencap_parity_count(most, percent) * n)
		return n;
	return most;
}

/**
 * vnencap_parity_build - write the header of a group's parity
 * @hdr: written
 * @seg: what the TCP header of the parity is to say, written
 * @p: the group
 * @of: the frame's segments; packed by vnencap_option_pack()
 * @key: that of the VNI which is sent with
 */
void vnencap_parity_build(struct vnencap_parity_hdr *hdr,
			  struct vnencap_segment *seg,
			  const struct vnencap_parity *p,
			  const struct vnencap_segment *of,
			  const siphash_key_t *key)
{
	*seg = (struct vnencap_segment){
		.frame.segsz = sizeof(*hdr) + p->len,
		.frame.slots = p->r,
		.class = VNENCAP_PARITY,
		.last = true,
		.parity = true,
		.vni = of->vni,
		.id = of->id,
	};
	vnencap_option_pack(seg);
	hdr->first = cpu_to_be16(p->first);
	hdr->win = of->win;
	hdr->class = be32_to_cpu(of->word) >> 24;
	hdr->n = p->n;
	vnencap_meta_seal((u8 *)hdr, sizeof(*hdr), seg, key);
}

/* Can there be such a group, with such parity? */
static bool group_possible(const struct vnencap_parity *p,
			   const struct vnencap_segment *of)
{
	if (!p->n || p->n > VNENCAP_PARITY_GROUP || !p->r ||
	    p->r > vnencap_parity_most(p->n) ||
	    p->first + p->n > VNENCAP_SEGMENTS_MAX)
		return false;
	if (p->n == 1)
		return p->len && p->len <= of->frame.segsz;
	return p->len >= of->frame.segsz && vnencap_erasure_prime(p->len);
}

/**
 * vnencap_parity_parse - read the header of parity
 * @hdr: the header; its tag may still be wrong
 * @seg: the TCP header of any of the parity segments
 * @p: the group, written
 * @of: what the TCP header of the frame's segments says, but for where they are;
 *	written
 *
 * Return: 0, or -EPROTO where there cannot be such parity.
 */
int vnencap_parity_parse(const struct vnencap_parity_hdr *hdr,
			 const struct vnencap_segment *seg,
			 struct vnencap_parity *p, struct vnencap_segment *of)
{
	struct vnencap_segment_hdr tcp = {
		.tcp.ack_seq = cpu_to_be32(seg->id),
		.tcp.window = hdr->win,
		.option = cpu_to_be32(VNENCAP_OPTION_PARITY),
		.word = cpu_to_be32(hdr->class << 24 | seg->vni),
	};

	tcp_flag_word(&tcp.tcp) |= VNENCAP_FLAGS_SEGMENT;
	if (vnencap_option_parse(&tcp, of) || of->class == VNENCAP_PARITY ||
	    seg->frame.segsz <= sizeof(*hdr))
		return -EPROTO;
	p->first = be16_to_cpu(hdr->first);
	p->n = hdr->n;
	p->r = seg->frame.slots;
	p->len = seg->frame.segsz - sizeof(*hdr);
	return group_possible(p, of) ? 0 : -EPROTO;
}
