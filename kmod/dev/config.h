/* SPDX-License-Identifier: GPL-2.0-only */
/* The settings of a device. */
#ifndef _VNENCAP_CONFIG_H
#define _VNENCAP_CONFIG_H

#include <linux/types.h>
#include <uapi/linux/vnencap.h>
#include <uapi/linux/vnencap_link.h>

#include "vnencap.h"

struct netlink_ext_ack;
struct nla_policy;
struct nlattr;
struct sk_buff;

extern const struct nla_policy vnencap_config_policy[IFLA_VNENCAP_MAX + 1];

void vnencap_config_init(struct vnencap_config *config);
bool vnencap_config_same_way(const struct vnencap_config *a,
			     const struct vnencap_config *b);
bool vnencap_config_same(const struct vnencap_config *a,
			 const struct vnencap_config *b);
int vnencap_config_read_fec(const struct nlattr *attr,
			    struct netlink_ext_ack *extack, u8 *fec);
int vnencap_config_parse(struct vnencap_config *config, struct nlattr **attrs,
			 struct netlink_ext_ack *extack);
int vnencap_config_fill(const struct vnencap_config *config,
			struct sk_buff *msg, const u8 *types);
size_t vnencap_config_size(void);

#endif /* _VNENCAP_CONFIG_H */
