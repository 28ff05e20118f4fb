// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic netlink family "vnencap" and its multicast groups. Messages carry
 * the family's number, so this is used by all that write one.
 */
#include <linux/module.h>
#include <net/genetlink.h>
#include <uapi/linux/vnencap.h>

#include "netlink/family.h"
#include "netlink/netlink-gen.h"

/* Who may not read the mappings may not listen to their changes. */
static const struct genl_multicast_group family_groups[] = {
	[VNENCAP_NLGRP_CONFIG] = {
		.name = VNENCAP_MCGRP_CONFIG,
		.flags = GENL_MCAST_CAP_NET_ADMIN,
	},
	[VNENCAP_NLGRP_MISSES] = {
		.name = VNENCAP_MCGRP_MISSES,
		.flags = GENL_MCAST_CAP_NET_ADMIN,
	},
};

struct genl_family vnencap_family __ro_after_init = {
	.name = VNENCAP_FAMILY_NAME,
	.version = VNENCAP_FAMILY_VERSION,
	.netnsok = true,
	/* no older kernel: flags of the message header are used and checked */
	.resv_start_op = __VNENCAP_CMD_MAX,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.mcgrps = family_groups,
	.n_mcgrps = ARRAY_SIZE(family_groups),
};
