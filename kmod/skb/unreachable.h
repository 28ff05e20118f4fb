/* SPDX-License-Identifier: GPL-2.0-only */
/* ICMP to the sender of a packet that cannot be sent on. */
#ifndef _VNENCAP_UNREACHABLE_H
#define _VNENCAP_UNREACHABLE_H

#include <linux/types.h>

struct sk_buff;

void vnencap_unreachable_tell(struct sk_buff *skb, bool prohibited);

#endif /* _VNENCAP_UNREACHABLE_H */
