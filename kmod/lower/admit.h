/* SPDX-License-Identifier: GPL-2.0-only */
/* May a packet come in, by the host's routing? */
#ifndef _VNENCAP_ADMIT_H
#define _VNENCAP_ADMIT_H

#include <linux/in6.h>
#include <linux/types.h>

struct dst_entry;
struct sk_buff;
struct vnencap_dev;
struct vnencap_lower;

/* How many answers a lower device keeps, as a power of two: for IPv4, by source and
 * destination; for IPv6, by destination
 */
#define VNENCAP_ADMITTED_BITS	8
#define VNENCAP_ADMITTED6_BITS	4

/**
 * struct vnencap_admitted6 - an IPv6 address that the host's routes say is its own
 * @daddr: the address
 * @dst: the route that says so, referenced
 * @cookie: by which @dst is known to be still the one
 * @since: the jiffy in which it was found
 * @rcu: readers may hold it until a grace period after another took its place
 *
 * It never changes: another takes its place.
 */
struct vnencap_admitted6 {
	struct in6_addr daddr;
	struct dst_entry *dst;
	u32 cookie;
	unsigned long since;
	struct rcu_head rcu;
};

bool vnencap_admit(struct vnencap_lower *lower, const struct vnencap_dev *vn,
		   struct sk_buff *skb);
bool vnencap_admit_by_rules(struct sk_buff *skb);
void vnencap_admit_forget(struct vnencap_lower *lower);

#endif /* _VNENCAP_ADMIT_H */
