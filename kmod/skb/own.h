/* SPDX-License-Identifier: GPL-2.0-only */
/* Making the layout of an skb ours, so that we may change it. */
#ifndef _VNENCAP_OWN_H
#define _VNENCAP_OWN_H

struct sk_buff;

int vnencap_strip_own(struct sk_buff *skb);

#endif /* _VNENCAP_OWN_H */
