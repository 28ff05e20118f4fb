/* SPDX-License-Identifier: GPL-2.0-only */
/* Who lends pages to skbs, and wants to know when they are given back. */
#ifndef _VNENCAP_TESTS_LENDER_H
#define _VNENCAP_TESTS_LENDER_H

#include <linux/skbuff.h>

/**
 * struct test_lender - who lends pages
 * @info: its part of the skbs
 * @completed: how often an skb gave them back
 */
struct test_lender {
	struct ubuf_info info;
	unsigned int completed;
};

void test_lender_init(struct test_lender *lender, u8 flags);

#endif /* _VNENCAP_TESTS_LENDER_H */
