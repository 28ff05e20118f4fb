/* SPDX-License-Identifier: GPL-2.0-only */
/* May a packet come in, by the host's routing? */
#ifndef _VNENCAP_ADMIT_H
#define _VNENCAP_ADMIT_H

#include <linux/types.h>

struct sk_buff;
struct vnencap_dev;
struct vnencap_lower;

/* How many answers for IPv4 a lower device keeps, as a power of two */
#define VNENCAP_ADMITTED_BITS	8

bool vnencap_admit(struct vnencap_lower *lower, const struct vnencap_dev *vn,
		   struct sk_buff *skb);
void vnencap_admit_forget(struct vnencap_lower *lower);

#endif /* _VNENCAP_ADMIT_H */
