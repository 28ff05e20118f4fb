// SPDX-License-Identifier: GPL-2.0-only
/*
 * A metadata block, whoever made it: what is taken gives headers that can be
 * used, and these give a block that says the same. The first byte is the frame's
 * class, the rest the block.
 */
#include <linux/ip.h>

#include "expect.h"
#include "compat.h"
#include "wire/meta.h"

static unsigned int l4_len(const struct vnencap_meta *m)
{
	if (m->l4 == VNENCAP_L4_TCP)
		return ((const struct tcphdr *)(m->image + m->l4_off))->doff * 4;
	return m->l4 == VNENCAP_L4_UDP ? 8 : 0;
}

static void expect_usable(const struct vnencap_meta *m, u8 class)
{
	const struct iphdr *iph = (const void *)m->image;

	expect(m->payload <= 0x7fffff);
	expect(m->l4 <= VNENCAP_L4_UDP);
	expect(m->image_len <= VNENCAP_META_IMAGE_MAX);
	expect(m->image_len == m->l4_off + l4_len(m));
	expect(m->image[0] >> 4 == (m->ipv6 ? 6 : 4));
	expect(m->ipv6 ? m->l4_off >= 40 : m->l4_off == iph->ihl * 4);
	expect(m->l4 != VNENCAP_L4_TCP || l4_len(m) >= sizeof(struct tcphdr));
	expect(m->l4 || !m->partial);
	if (class == VNENCAP_ATOMIC)
		expect(!m->gso_size);
	else
		expect(m->partial && m->l4 == (class == VNENCAP_STREAM ?
					       VNENCAP_L4_TCP : VNENCAP_L4_UDP));
}

static void expect_same(const struct vnencap_meta *a, const struct vnencap_meta *b)
{
	expect(a->payload == b->payload && a->gso_size == b->gso_size);
	expect(a->ipv6 == b->ipv6 && a->partial == b->partial && a->accecn == b->accecn);
	expect(a->l4 == b->l4 && a->l4_off == b->l4_off);
	expect(a->image_len == b->image_len);
	expect(!memcmp(a->image, b->image, a->image_len));
}

/* What is said in one of two ways, such as the timestamp option, may be said in the
 * shorter one now: the block is never longer.
 */
static void expect_again(const struct vnencap_meta *m, u8 class, u32 len)
{
	u8 block[VNENCAP_META_BLOCK_MAX] __aligned(8);
	struct vnencap_meta again;
	u32 again_len;

	memset(block, 0xff, sizeof(block));
	again_len = vnencap_meta_encode(m, m->image, class, block);
	expect(again_len <= len);
	expect(block[0] == 0xff && block[5] == 0xff);
	expect(!vnencap_meta_decode(&again, class, block, again_len));
	expect_same(m, &again);
}

/* The tag is right, under its key, for its segments; and not for any other bit. */
static void expect_sealed(const u8 *data, u32 len, u32 id, bool keyed)
{
	struct vnencap_segment seg = { .id = id, .class = data[0] & 1 };
	siphash_key_t key = { { keyed, id } };
	u8 *block = exactly(data, len);
	u32 bit = id % (len * 8);

	if (!keyed)
		key.key[1] = 0;
	vnencap_meta_seal(block, len, &seg, &key);
	expect(vnencap_meta_genuine(block, len, &seg, &key));
	block[bit / 8] ^= 1 << bit % 8;
	expect(!vnencap_meta_genuine(block, len, &seg, &key));
	block[bit / 8] ^= 1 << bit % 8;
	seg.id ^= 1U << bit % 32;
	expect(!vnencap_meta_genuine(block, len, &seg, &key));
	free(block);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vnencap_meta m;
	u8 class, *block;
	u32 len;

	if (!size)
		return 0;
	class = data[0] & 3;
	len = size - 1;
	block = exactly(data + 1, len);
	/* a decoder leaves nothing that it did not write */
	memset(&m, 0xff, sizeof(m));
	if (!vnencap_meta_decode(&m, class, block, len)) {
		expect_usable(&m, class);
		expect_again(&m, class, len);
	}
	/* tags are of lengths that shards have */
	len &= ~3U;
	if (len >= sizeof(struct vnencap_meta_hdr) && len <= VNENCAP_META_BLOCK_MAX)
		expect_sealed(block, len, get_unaligned_be32(block), data[0] & 4);
	free(block);
	return 0;
}
