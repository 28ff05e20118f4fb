/* SPDX-License-Identifier: GPL-2.0-only */
/* The way to an endpoint. */
#ifndef _VNENCAP_ROUTE_H
#define _VNENCAP_ROUTE_H

#include <linux/types.h>

struct dst_entry;
struct net;
struct sk_buff;
struct vnencap_config;
struct vnencap_dev;
struct vnencap_endpoint;
struct vnencap_outer;

struct dst_entry *vnencap_route_find(const struct vnencap_dev *vn,
				     const struct vnencap_config *config,
				     struct vnencap_endpoint *endpoint,
				     struct vnencap_outer *outer,
				     __be16 source, const struct sk_buff *skb);
u8 vnencap_route_ttl(const struct net *net, struct dst_entry *dst, u16 family);

#endif /* _VNENCAP_ROUTE_H */
