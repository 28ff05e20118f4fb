/* SPDX-License-Identifier: GPL-2.0-only */
/* Packets too big for the substrate's routers, or for a device. */
#ifndef _VNENCAP_PMTU_H
#define _VNENCAP_PMTU_H

struct dst_entry;
struct sk_buff;
struct vnencap_dev;
struct vnencap_substrate;

void vnencap_pmtu_learn(const struct vnencap_substrate *s, struct sk_buff *skb);
int vnencap_pmtu_enforce(const struct vnencap_dev *vn, struct sk_buff *skb,
			 struct dst_entry *dst);
void vnencap_pmtu_reply(const struct vnencap_dev *vn, struct sk_buff *skb);

#endif /* _VNENCAP_PMTU_H */
