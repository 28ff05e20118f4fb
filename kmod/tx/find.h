/* SPDX-License-Identifier: GPL-2.0-only */
/* The endpoint that a packet goes to, where a look-up alone does not tell it. */
#ifndef _VNENCAP_FIND_H
#define _VNENCAP_FIND_H

struct sk_buff;
struct vnencap_addr;
struct vnencap_dev;
struct vnencap_endpoint;
struct vnencap_group;
struct vnencap_map;

struct vnencap_endpoint *vnencap_find_late(struct vnencap_dev *vn,
					   struct vnencap_map *map,
					   struct sk_buff *skb,
					   const struct vnencap_addr *dst);
struct vnencap_endpoint *vnencap_find_branch(struct vnencap_dev *vn,
					     const struct vnencap_group *group,
					     struct sk_buff *skb);

#endif /* _VNENCAP_FIND_H */
