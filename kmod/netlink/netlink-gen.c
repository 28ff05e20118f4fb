// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/vnencap.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink-gen.h"

#include <uapi/linux/vnencap.h>

/* Integer value ranges */
static const struct netlink_range_validation vnencap_a_dev_vni_range = {
	.max	= VNENCAP_VNI_MAX,
};

static const struct netlink_range_validation vnencap_a_dev_by_vni_range = {
	.max	= VNENCAP_VNI_MAX,
};

static const struct netlink_range_validation vnencap_a_map_vni_range = {
	.max	= VNENCAP_VNI_MAX,
};

static const struct netlink_range_validation vnencap_a_endpoint_vni_range = {
	.max	= VNENCAP_VNI_MAX,
};

static const struct netlink_range_validation vnencap_a_key_vni_range = {
	.max	= VNENCAP_VNI_MAX,
};

/* Common nested types */
const struct nla_policy vnencap_entry_nl_policy[VNENCAP_A_MAP_FEC + 1] = {
	[VNENCAP_A_MAP_VNI] = NLA_POLICY_FULL_RANGE(NLA_U32, &vnencap_a_map_vni_range),
	[VNENCAP_A_MAP_DST4] = { .type = NLA_U32, },
	[VNENCAP_A_MAP_DST6] = NLA_POLICY_EXACT_LEN(16),
	[VNENCAP_A_MAP_DST_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[VNENCAP_A_MAP_VIA4] = { .type = NLA_U32, },
	[VNENCAP_A_MAP_VIA6] = NLA_POLICY_EXACT_LEN(16),
	[VNENCAP_A_MAP_HOP] = NLA_POLICY_NESTED(vnencap_hop_nl_policy),
	[VNENCAP_A_MAP_BLACKHOLE] = { .type = NLA_FLAG, },
	[VNENCAP_A_MAP_FEC] = { .type = NLA_U8, },
};

const struct nla_policy vnencap_hop_nl_policy[VNENCAP_A_HOP_WEIGHT + 1] = {
	[VNENCAP_A_HOP_VIA4] = { .type = NLA_U32, },
	[VNENCAP_A_HOP_VIA6] = NLA_POLICY_EXACT_LEN(16),
	[VNENCAP_A_HOP_WEIGHT] = { .type = NLA_U8, },
};

/* VNENCAP_CMD_DEV_GET - do */
static const struct nla_policy vnencap_dev_get_nl_policy[VNENCAP_A_DEV_BY_VNI + 1] = {
	[VNENCAP_A_DEV_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[VNENCAP_A_DEV_IFNAME] = { .type = NLA_NUL_STRING, .len = 15, },
	[VNENCAP_A_DEV_NETNSID] = { .type = NLA_S32, },
	[VNENCAP_A_DEV_NETNS_FD] = { .type = NLA_U32, },
	[VNENCAP_A_DEV_LINK] = { .type = NLA_U32, },
	[VNENCAP_A_DEV_BY_VNI] = NLA_POLICY_FULL_RANGE(NLA_U32, &vnencap_a_dev_by_vni_range),
};

/* VNENCAP_CMD_DEV_SET - do */
static const struct nla_policy vnencap_dev_set_nl_policy[VNENCAP_A_DEV_FEC_ECN + 1] = {
	[VNENCAP_A_DEV_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[VNENCAP_A_DEV_IFNAME] = { .type = NLA_NUL_STRING, .len = 15, },
	[VNENCAP_A_DEV_NETNSID] = { .type = NLA_S32, },
	[VNENCAP_A_DEV_NETNS_FD] = { .type = NLA_U32, },
	[VNENCAP_A_DEV_LINK] = { .type = NLA_U32, },
	[VNENCAP_A_DEV_BY_VNI] = NLA_POLICY_FULL_RANGE(NLA_U32, &vnencap_a_dev_by_vni_range),
	[VNENCAP_A_DEV_VNI] = NLA_POLICY_FULL_RANGE(NLA_U32, &vnencap_a_dev_vni_range),
	[VNENCAP_A_DEV_LOCAL4] = { .type = NLA_U32, },
	[VNENCAP_A_DEV_LOCAL6] = NLA_POLICY_EXACT_LEN(16),
	[VNENCAP_A_DEV_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[VNENCAP_A_DEV_TTL] = { .type = NLA_U8, },
	[VNENCAP_A_DEV_TOS] = { .type = NLA_U8, },
	[VNENCAP_A_DEV_SPOOFCHECK] = NLA_POLICY_MAX(NLA_U8, 1),
	[VNENCAP_A_DEV_NOTRACK] = NLA_POLICY_MAX(NLA_U8, 1),
	[VNENCAP_A_DEV_MSSCLAMP] = NLA_POLICY_MAX(NLA_U8, 1),
	[VNENCAP_A_DEV_FWMARK] = { .type = NLA_U32, },
	[VNENCAP_A_DEV_TTL_INHERIT] = NLA_POLICY_MAX(NLA_U8, 1),
	[VNENCAP_A_DEV_FASTPATH] = NLA_POLICY_MAX(NLA_U8, 1),
	[VNENCAP_A_DEV_FEC] = { .type = NLA_U8, },
	[VNENCAP_A_DEV_FEC_MAX] = NLA_POLICY_RANGE(NLA_U8, 1, VNENCAP_FEC_MAX),
	[VNENCAP_A_DEV_FEC_ECN] = NLA_POLICY_MAX(NLA_U8, 2),
};

/* VNENCAP_CMD_MAP_SET - do */
static const struct nla_policy vnencap_map_set_nl_policy[VNENCAP_A_MAP_FEC + 1] = {
	[VNENCAP_A_MAP_VNI] = NLA_POLICY_FULL_RANGE(NLA_U32, &vnencap_a_map_vni_range),
	[VNENCAP_A_MAP_DST4] = { .type = NLA_U32, },
	[VNENCAP_A_MAP_DST6] = NLA_POLICY_EXACT_LEN(16),
	[VNENCAP_A_MAP_DST_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[VNENCAP_A_MAP_VIA4] = { .type = NLA_U32, },
	[VNENCAP_A_MAP_VIA6] = NLA_POLICY_EXACT_LEN(16),
	[VNENCAP_A_MAP_ENTRY] = NLA_POLICY_NESTED(vnencap_entry_nl_policy),
	[VNENCAP_A_MAP_HOP] = NLA_POLICY_NESTED(vnencap_hop_nl_policy),
	[VNENCAP_A_MAP_BLACKHOLE] = { .type = NLA_FLAG, },
	[VNENCAP_A_MAP_FEC] = { .type = NLA_U8, },
};

/* VNENCAP_CMD_MAP_DEL - do */
static const struct nla_policy vnencap_map_del_nl_policy[VNENCAP_A_MAP_FEC + 1] = {
	[VNENCAP_A_MAP_VNI] = NLA_POLICY_FULL_RANGE(NLA_U32, &vnencap_a_map_vni_range),
	[VNENCAP_A_MAP_DST4] = { .type = NLA_U32, },
	[VNENCAP_A_MAP_DST6] = NLA_POLICY_EXACT_LEN(16),
	[VNENCAP_A_MAP_DST_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[VNENCAP_A_MAP_VIA4] = { .type = NLA_U32, },
	[VNENCAP_A_MAP_VIA6] = NLA_POLICY_EXACT_LEN(16),
	[VNENCAP_A_MAP_ENTRY] = NLA_POLICY_NESTED(vnencap_entry_nl_policy),
	[VNENCAP_A_MAP_HOP] = NLA_POLICY_NESTED(vnencap_hop_nl_policy),
	[VNENCAP_A_MAP_BLACKHOLE] = { .type = NLA_FLAG, },
	[VNENCAP_A_MAP_FEC] = { .type = NLA_U8, },
};

/* VNENCAP_CMD_MAP_GET - do */
static const struct nla_policy vnencap_map_get_do_nl_policy[VNENCAP_A_MAP_DST6 + 1] = {
	[VNENCAP_A_MAP_VNI] = NLA_POLICY_FULL_RANGE(NLA_U32, &vnencap_a_map_vni_range),
	[VNENCAP_A_MAP_DST4] = { .type = NLA_U32, },
	[VNENCAP_A_MAP_DST6] = NLA_POLICY_EXACT_LEN(16),
};

/* VNENCAP_CMD_MAP_GET - dump */
static const struct nla_policy vnencap_map_get_dump_nl_policy[VNENCAP_A_MAP_VNI + 1] = {
	[VNENCAP_A_MAP_VNI] = NLA_POLICY_FULL_RANGE(NLA_U32, &vnencap_a_map_vni_range),
};

/* VNENCAP_CMD_MAP_FLUSH - do */
static const struct nla_policy vnencap_map_flush_nl_policy[VNENCAP_A_MAP_VNI + 1] = {
	[VNENCAP_A_MAP_VNI] = NLA_POLICY_FULL_RANGE(NLA_U32, &vnencap_a_map_vni_range),
};

/* VNENCAP_CMD_KEY_SET - do */
static const struct nla_policy vnencap_key_set_nl_policy[VNENCAP_A_KEY_SECRET + 1] = {
	[VNENCAP_A_KEY_VNI] = NLA_POLICY_FULL_RANGE(NLA_U32, &vnencap_a_key_vni_range),
	[VNENCAP_A_KEY_ID] = { .type = NLA_U32, },
	[VNENCAP_A_KEY_SECRET] = NLA_POLICY_EXACT_LEN(16),
};

/* VNENCAP_CMD_KEY_ADD - do */
static const struct nla_policy vnencap_key_add_nl_policy[VNENCAP_A_KEY_SECRET + 1] = {
	[VNENCAP_A_KEY_VNI] = NLA_POLICY_FULL_RANGE(NLA_U32, &vnencap_a_key_vni_range),
	[VNENCAP_A_KEY_ID] = { .type = NLA_U32, },
	[VNENCAP_A_KEY_SECRET] = NLA_POLICY_EXACT_LEN(16),
};

/* VNENCAP_CMD_KEY_USE - do */
static const struct nla_policy vnencap_key_use_nl_policy[VNENCAP_A_KEY_ID + 1] = {
	[VNENCAP_A_KEY_VNI] = NLA_POLICY_FULL_RANGE(NLA_U32, &vnencap_a_key_vni_range),
	[VNENCAP_A_KEY_ID] = { .type = NLA_U32, },
};

/* VNENCAP_CMD_KEY_DEL - do */
static const struct nla_policy vnencap_key_del_nl_policy[VNENCAP_A_KEY_ID + 1] = {
	[VNENCAP_A_KEY_VNI] = NLA_POLICY_FULL_RANGE(NLA_U32, &vnencap_a_key_vni_range),
	[VNENCAP_A_KEY_ID] = { .type = NLA_U32, },
};

/* VNENCAP_CMD_KEY_GET - do */
static const struct nla_policy vnencap_key_get_nl_policy[VNENCAP_A_KEY_VNI + 1] = {
	[VNENCAP_A_KEY_VNI] = NLA_POLICY_FULL_RANGE(NLA_U32, &vnencap_a_key_vni_range),
};

/* VNENCAP_CMD_ENDPOINT_GET - do */
static const struct nla_policy vnencap_endpoint_get_do_nl_policy[VNENCAP_A_ENDPOINT_ADDR6 + 1] = {
	[VNENCAP_A_ENDPOINT_VNI] = NLA_POLICY_FULL_RANGE(NLA_U32, &vnencap_a_endpoint_vni_range),
	[VNENCAP_A_ENDPOINT_ADDR4] = { .type = NLA_U32, },
	[VNENCAP_A_ENDPOINT_ADDR6] = NLA_POLICY_EXACT_LEN(16),
};

/* VNENCAP_CMD_ENDPOINT_GET - dump */
static const struct nla_policy vnencap_endpoint_get_dump_nl_policy[VNENCAP_A_ENDPOINT_VNI + 1] = {
	[VNENCAP_A_ENDPOINT_VNI] = NLA_POLICY_FULL_RANGE(NLA_U32, &vnencap_a_endpoint_vni_range),
};

/* VNENCAP_CMD_DEV_DEL - do */
static const struct nla_policy vnencap_dev_del_nl_policy[VNENCAP_A_DEV_BY_VNI + 1] = {
	[VNENCAP_A_DEV_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[VNENCAP_A_DEV_IFNAME] = { .type = NLA_NUL_STRING, .len = 15, },
	[VNENCAP_A_DEV_NETNSID] = { .type = NLA_S32, },
	[VNENCAP_A_DEV_NETNS_FD] = { .type = NLA_U32, },
	[VNENCAP_A_DEV_LINK] = { .type = NLA_U32, },
	[VNENCAP_A_DEV_BY_VNI] = NLA_POLICY_FULL_RANGE(NLA_U32, &vnencap_a_dev_by_vni_range),
};

/* Ops table for vnencap */
const struct genl_split_ops vnencap_nl_ops[17] = {
	{
		.cmd		= VNENCAP_CMD_DEV_GET,
		.doit		= vnencap_nl_dev_get_doit,
		.policy		= vnencap_dev_get_nl_policy,
		.maxattr	= VNENCAP_A_DEV_BY_VNI,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= VNENCAP_CMD_DEV_GET,
		.dumpit	= vnencap_nl_dev_get_dumpit,
		.flags	= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= VNENCAP_CMD_DEV_SET,
		.doit		= vnencap_nl_dev_set_doit,
		.policy		= vnencap_dev_set_nl_policy,
		.maxattr	= VNENCAP_A_DEV_FEC_ECN,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= VNENCAP_CMD_MAP_SET,
		.doit		= vnencap_nl_map_set_doit,
		.policy		= vnencap_map_set_nl_policy,
		.maxattr	= VNENCAP_A_MAP_FEC,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= VNENCAP_CMD_MAP_DEL,
		.doit		= vnencap_nl_map_del_doit,
		.policy		= vnencap_map_del_nl_policy,
		.maxattr	= VNENCAP_A_MAP_FEC,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= VNENCAP_CMD_MAP_GET,
		.doit		= vnencap_nl_map_get_doit,
		.policy		= vnencap_map_get_do_nl_policy,
		.maxattr	= VNENCAP_A_MAP_DST6,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= VNENCAP_CMD_MAP_GET,
		.dumpit		= vnencap_nl_map_get_dumpit,
		.policy		= vnencap_map_get_dump_nl_policy,
		.maxattr	= VNENCAP_A_MAP_VNI,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= VNENCAP_CMD_MAP_FLUSH,
		.doit		= vnencap_nl_map_flush_doit,
		.policy		= vnencap_map_flush_nl_policy,
		.maxattr	= VNENCAP_A_MAP_VNI,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= VNENCAP_CMD_KEY_SET,
		.doit		= vnencap_nl_key_set_doit,
		.policy		= vnencap_key_set_nl_policy,
		.maxattr	= VNENCAP_A_KEY_SECRET,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= VNENCAP_CMD_KEY_ADD,
		.doit		= vnencap_nl_key_add_doit,
		.policy		= vnencap_key_add_nl_policy,
		.maxattr	= VNENCAP_A_KEY_SECRET,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= VNENCAP_CMD_KEY_USE,
		.doit		= vnencap_nl_key_use_doit,
		.policy		= vnencap_key_use_nl_policy,
		.maxattr	= VNENCAP_A_KEY_ID,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= VNENCAP_CMD_KEY_DEL,
		.doit		= vnencap_nl_key_del_doit,
		.policy		= vnencap_key_del_nl_policy,
		.maxattr	= VNENCAP_A_KEY_ID,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= VNENCAP_CMD_KEY_GET,
		.doit		= vnencap_nl_key_get_doit,
		.policy		= vnencap_key_get_nl_policy,
		.maxattr	= VNENCAP_A_KEY_VNI,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= VNENCAP_CMD_KEY_GET,
		.dumpit	= vnencap_nl_key_get_dumpit,
		.flags	= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= VNENCAP_CMD_ENDPOINT_GET,
		.doit		= vnencap_nl_endpoint_get_doit,
		.policy		= vnencap_endpoint_get_do_nl_policy,
		.maxattr	= VNENCAP_A_ENDPOINT_ADDR6,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= VNENCAP_CMD_ENDPOINT_GET,
		.start		= vnencap_nl_endpoint_get_start,
		.dumpit		= vnencap_nl_endpoint_get_dumpit,
		.done		= vnencap_nl_endpoint_get_done,
		.policy		= vnencap_endpoint_get_dump_nl_policy,
		.maxattr	= VNENCAP_A_ENDPOINT_VNI,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= VNENCAP_CMD_DEV_DEL,
		.doit		= vnencap_nl_dev_del_doit,
		.policy		= vnencap_dev_del_nl_policy,
		.maxattr	= VNENCAP_A_DEV_BY_VNI,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
};
