// SPDX-License-Identifier: GPL-2.0-only
/* Who lends pages to skbs, and wants to know when they are given back. */
#include <linux/refcount.h>
#include <linux/skbuff.h>

#include "tests/lender.h"

static void lent_complete(struct sk_buff *skb, struct ubuf_info *info,
			  bool not_copied)
{
	container_of(info, struct test_lender, info)->completed++;
	refcount_dec(&info->refcnt);
}

static const struct ubuf_info_ops lent_ops = {
	.complete = lent_complete,
};

/**
 * test_lender_init - begin to lend pages
 * @lender: written; for an skb to be given with skb_zcopy_init(), it outlives
 *	all that have it
 * @flags: SKBFL_DONT_ORPHAN: to as many skbs as there come to be, 0: to one
 */
void test_lender_init(struct test_lender *lender, u8 flags)
{
	*lender = (struct test_lender){
		.info = {
			.ops = &lent_ops,
			.refcnt = REFCOUNT_INIT(2),
			.flags = SKBFL_ZEROCOPY_FRAG | flags,
		},
	};
}
