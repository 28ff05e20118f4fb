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
	/* From this one on the core refuses what is not defined in headers. It
	 * would refuse the flags that map-set has, too. For those up to there,
	 * see vnencap_family_check_header().
	 */
	.resv_start_op = VNENCAP_CMD_MAP_SET + 1,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.mcgrps = family_groups,
	.n_mcgrps = ARRAY_SIZE(family_groups),
};

/**
 * vnencap_family_check_header - refuse what is not defined in a request's headers
 * @nlh: the request
 * @own: the flags NLM_F_* that the operation has a meaning for
 * @extack: told what is wrong
 *
 * For the operations before the family's resv_start_op. The core does the same
 * for those from there on, none of which has flags of its own.
 *
 * Return: 0, or -EINVAL.
 */
int vnencap_family_check_header(const struct nlmsghdr *nlh, u16 own,
				struct netlink_ext_ack *extack)
{
	const struct genlmsghdr *hdr = nlmsg_data(nlh);
	u16 flags = nlh->nlmsg_flags;

	if (hdr->reserved) {
		NL_SET_ERR_MSG(extack, "genlmsghdr.reserved field is not 0");
		return -EINVAL;
	}
	/* One of the two bits alone is not a dump. */
	if ((flags & NLM_F_DUMP) == NLM_F_DUMP)
		flags &= ~NLM_F_DUMP;
	if (flags & ~(NLM_F_REQUEST | NLM_F_ACK | NLM_F_ECHO | own)) {
		NL_SET_ERR_MSG(extack, "ambiguous or reserved bits set in nlmsg_flags");
		return -EINVAL;
	}
	return 0;
}
