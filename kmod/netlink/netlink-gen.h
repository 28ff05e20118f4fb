/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/vnencap.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_VNENCAP_GEN_H
#define _LINUX_VNENCAP_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include "compat.h"

#include <uapi/linux/vnencap.h>

/* Common nested types */
extern const struct nla_policy vnencap_entry_nl_policy[VNENCAP_A_MAP_FEC + 1];
extern const struct nla_policy vnencap_hop_nl_policy[VNENCAP_A_HOP_WEIGHT + 1];

/* Ops table for vnencap */
extern const struct genl_split_ops vnencap_nl_ops[17];

int vnencap_nl_endpoint_get_start(struct netlink_callback *cb);
int vnencap_nl_endpoint_get_done(struct netlink_callback *cb);

int vnencap_nl_dev_get_doit(struct sk_buff *skb, struct genl_info *info);
int vnencap_nl_dev_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int vnencap_nl_dev_set_doit(struct sk_buff *skb, struct genl_info *info);
int vnencap_nl_map_set_doit(struct sk_buff *skb, struct genl_info *info);
int vnencap_nl_map_del_doit(struct sk_buff *skb, struct genl_info *info);
int vnencap_nl_map_get_doit(struct sk_buff *skb, struct genl_info *info);
int vnencap_nl_map_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int vnencap_nl_map_flush_doit(struct sk_buff *skb, struct genl_info *info);
int vnencap_nl_key_set_doit(struct sk_buff *skb, struct genl_info *info);
int vnencap_nl_key_add_doit(struct sk_buff *skb, struct genl_info *info);
int vnencap_nl_key_use_doit(struct sk_buff *skb, struct genl_info *info);
int vnencap_nl_key_del_doit(struct sk_buff *skb, struct genl_info *info);
int vnencap_nl_key_get_doit(struct sk_buff *skb, struct genl_info *info);
int vnencap_nl_key_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int vnencap_nl_endpoint_get_doit(struct sk_buff *skb, struct genl_info *info);
int vnencap_nl_endpoint_get_dumpit(struct sk_buff *skb,
				   struct netlink_callback *cb);
int vnencap_nl_dev_del_doit(struct sk_buff *skb, struct genl_info *info);

enum {
	VNENCAP_NLGRP_CONFIG,
	VNENCAP_NLGRP_MISSES,
};

#endif /* _LINUX_VNENCAP_GEN_H */
