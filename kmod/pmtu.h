/* SPDX-License-Identifier: GPL-2.0-only */
/* What the substrate's routers say of packets too big for them. */
#ifndef _VNENCAP_PMTU_H
#define _VNENCAP_PMTU_H

struct sk_buff;
struct vnencap_lower;

void vnencap_pmtu_learn(const struct vnencap_lower *lower,
			struct sk_buff *skb);

#endif /* _VNENCAP_PMTU_H */
