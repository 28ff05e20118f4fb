/* SPDX-License-Identifier: GPL-2.0-only */
/* Outer headers, which a test changes. */
#ifndef _VNENCAP_TESTS_OUTER_H
#define _VNENCAP_TESTS_OUTER_H

#include <linux/skbuff.h>

#include "wire/option.h"
#include "wire/outer.h"

/* Fake TCP, with our option */
static inline struct vnencap_segment_hdr *
test_outer_header(const struct sk_buff *skb)
{
	return (void *)skb->data + vnencap_outer_len(skb);
}

void test_outer_finish(struct sk_buff *skb);
__sum16 test_outer_tcp_sum(const struct sk_buff *skb, __wsum sum);
void test_outer_repair(struct sk_buff *skb);

#endif /* _VNENCAP_TESTS_OUTER_H */
