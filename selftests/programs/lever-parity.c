// SPDX-License-Identifier: GPL-2.0-only
/* Classes of burden that parity makes, or what is sent with it. See lever-class.c. */
#include <stdlib.h>
#include <string.h>

#include "lever.h"

/* In the header of parity, after its tag */
#define AT_FIRST	6
#define AT_N		11
#define PARITY_HDR	12
#define GROUP_MAX	49
#define GROUPS_MAX	8

static bool is_parity(struct packet *p)
{
	return place_of(p).parity;
}

static bool has_no_shard(struct packet *p)
{
	return !is_parity(p) && !has_shard(p);
}

/* Without its frame */
void parity_only(void)
{
	keep(is_parity);
}

/* Each parity segment says to be of another frame, of which nothing ever comes. */
void parity_ids(void)
{
	keep(is_parity);
	own_frames();
}

/* Of a frame so many segments, from @from on, that are wanted, to be sent */
static void emit_some(struct packet *old, unsigned int from, unsigned int end,
		      bool (*wanted)(struct packet *p))
{
	unsigned int i;

	for (i = from; i < end; i++)
		if (wanted(&old[i]))
			emit(&old[i]);
}

static bool is_segment(struct packet *p)
{
	return !is_parity(p);
}

static unsigned int count_parity(struct packet *old, unsigned int from, unsigned int end)
{
	unsigned int n = 0;

	for (; from < end; from++)
		n += is_parity(&old[from]);
	return n;
}

/* Before its frame: the frame's last segments are found before they come. */
void parity_first(void)
{
	unsigned int first, end, n;
	struct packet *old = make_again(&n);

	for (first = 0; first < n; first = end) {
		end = frame_end(old, n, first);
		emit_some(old, first, end, is_parity);
		emit_some(old, first, end, is_segment);
	}
	free(old);
}

static void spoil(struct packet *p)
{
	memset(payload_of(p) + PARITY_HDR, 0x5a, 64);
	fix(p);
}

/* A frame without so many segments, those with the metadata first: what is found in place
 * of these may be refused
 */
static void emit_without(struct packet *old, unsigned int first, unsigned int end,
			 unsigned int lost)
{
	unsigned int i, shards = 0, others = 0, *left;

	for (i = first; i < end; i++)
		shards += has_shard(&old[i]);
	if (shards < lost)
		others = lost - shards;
	else
		shards = lost;
	for (i = first; i < end; i++) {
		left = has_shard(&old[i]) ? &shards : &others;
		if (is_parity(&old[i]))
			continue;
		if (*left)
			--*left;
		else
			emit(&old[i]);
	}
}

/* As many segments are missing as parity can find, and the parity is wrong in all but its
 * header: what is found is not what was sent.
 */
static void in_vain(unsigned int times)
{
	unsigned int first, end, n, at, i;
	struct packet *old = make_again(&n);

	for (first = 0; first < n; first = end) {
		end = frame_end(old, n, first);
		emit_without(old, first, end, count_parity(old, first, end));
		for (i = 0; i < times; i++) {
			at = count;
			emit_some(old, first, end, is_parity);
			for (; at < count; at++)
				spoil(&packets[at]);
		}
	}
	free(old);
}

void parity_in_vain(void)
{
	in_vain(1);
}

/* The same parity time and again, after it was of no use */
void parity_again(void)
{
	in_vain(8);
}

/* Parity of as many groups as a frame can have, none of which is ever complete, and then
 * segments of that frame
 */
void parity_groups(void)
{
	unsigned int first, end, n, i, at;
	struct packet *old = make_again(&n), *p;

	for (first = 0; first < n; first = end) {
		end = frame_end(old, n, first);
		at = count;
		emit_some(old, first, end, is_parity);
		if (count > at + GROUPS_MAX)
			count = at + GROUPS_MAX;
		for (i = 0; at + i < count; i++) {
			p = &packets[at + i];
			put16(payload_of(p) + AT_FIRST, i * GROUP_MAX);
			payload_of(p)[AT_N] = GROUP_MAX;
			rename_to(p, place_of(p).id);
		}
		emit_some(old, first, end, has_no_shard);
	}
	free(old);
}

static void make_later(struct packet *p)
{
	put16(payload_of(p) + AT_FIRST, 1);
	rename_to(p, place_of(p).id);
}

/* Copies of what are not the first segments of their frames, of which nothing comes */
void copies_later(void)
{
	keep(is_parity);
	each(make_later);
	own_frames();
}
