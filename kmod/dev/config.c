// SPDX-License-Identifier: GPL-2.0-only
/*
 * The settings of a device: read from attributes, checked, and shown. rtnetlink
 * and generic netlink differ only in the numbers of these attributes. Here they
 * have those of rtnetlink.
 */
#include <net/inet_ecn.h>
#include <net/netlink.h>

#include "compat.h"
#include "dev/config.h"
#include "wire/addr.h"

/* Percent. That is enough for a loss of 8 in 100, and no more harm where parity is of
 * no use: see Documentation/loss.rst.
 */
#define FEC_MAX_DEFAULT	30

static const struct netlink_range_validation vni_range = {
	.max = VNENCAP_VNI_MAX,
};

const struct nla_policy vnencap_config_policy[IFLA_VNENCAP_MAX + 1] = {
	[IFLA_VNENCAP_UNSPEC] = { .strict_start_type = IFLA_VNENCAP_VNI },
	[IFLA_VNENCAP_VNI] = NLA_POLICY_FULL_RANGE(NLA_U32, &vni_range),
	[IFLA_VNENCAP_LOCAL4] = { .type = NLA_U32 },
	[IFLA_VNENCAP_LOCAL6] = NLA_POLICY_EXACT_LEN(sizeof(struct in6_addr)),
	[IFLA_VNENCAP_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[IFLA_VNENCAP_TTL] = { .type = NLA_U8 },
	[IFLA_VNENCAP_TOS] = { .type = NLA_U8 },
	[IFLA_VNENCAP_SPOOFCHECK] = NLA_POLICY_MAX(NLA_U8, 1),
	[IFLA_VNENCAP_NOTRACK] = NLA_POLICY_MAX(NLA_U8, 1),
	[IFLA_VNENCAP_MSSCLAMP] = NLA_POLICY_MAX(NLA_U8, 1),
	[IFLA_VNENCAP_FWMARK] = { .type = NLA_U32 },
	[IFLA_VNENCAP_TTL_INHERIT] = NLA_POLICY_MAX(NLA_U8, 1),
	[IFLA_VNENCAP_FASTPATH] = NLA_POLICY_MAX(NLA_U8, 1),
	[IFLA_VNENCAP_INPUT] = { .type = NLA_REJECT },
	[IFLA_VNENCAP_FEC] = { .type = NLA_U8 },
	[IFLA_VNENCAP_FEC_MAX] = NLA_POLICY_RANGE(NLA_U8, 1, VNENCAP_FEC_MAX),
	[IFLA_VNENCAP_FEC_ECN] = NLA_POLICY_MAX(NLA_U8, VNENCAP_FEC_ECN_AUTO),
};

/**
 * vnencap_config_init - the settings of a device for which none is given
 * @config: written; there is no default VNI, it is 0
 */
void vnencap_config_init(struct vnencap_config *config)
{
	*config = (struct vnencap_config){
		.port = htons(VNENCAP_DEFAULT_PORT),
		.spoofcheck = true,
		.notrack = true,
		.mssclamp = true,
		.fastpath = true,
		.fec_max = FEC_MAX_DEFAULT,
		.fec_ecn = VNENCAP_FEC_ECN_AUTO,
	};
}

/**
 * vnencap_config_same_way - do frames take the same way by two settings?
 * @a: one
 * @b: the other
 *
 * Return: whether a route that was found by one does by the other, see lower/route.c.
 */
bool vnencap_config_same_way(const struct vnencap_config *a,
			     const struct vnencap_config *b)
{
	return a->vni == b->vni && a->local4 == b->local4 &&
	       ipv6_addr_equal(&a->local6, &b->local6) && a->port == b->port &&
	       a->tos == b->tos && a->fwmark == b->fwmark;
}

/**
 * vnencap_config_same - are two settings the same?
 * @a: one
 * @b: the other
 *
 * Return: whether there is nothing to change.
 */
bool vnencap_config_same(const struct vnencap_config *a,
			 const struct vnencap_config *b)
{
	return vnencap_config_same_way(a, b) && a->ttl == b->ttl &&
	       a->spoofcheck == b->spoofcheck && a->notrack == b->notrack &&
	       a->mssclamp == b->mssclamp &&
	       a->ttl_inherit == b->ttl_inherit &&
	       a->fastpath == b->fastpath && a->fec == b->fec &&
	       a->fec_max == b->fec_max && a->fec_ecn == b->fec_ecn;
}

static int parse_local(struct vnencap_config *config, struct nlattr **attrs,
		       struct netlink_ext_ack *extack)
{
	struct nlattr *local4 = attrs[IFLA_VNENCAP_LOCAL4];
	struct nlattr *local6 = attrs[IFLA_VNENCAP_LOCAL6];
	struct vnencap_addr addr;
	int err = 0;

	if (local4) {
		addr.family = AF_INET;
		addr.ip4 = nla_get_in_addr(local4);
		config->local4 = addr.ip4;
		err = vnencap_addr_check_host(&addr, local4, extack);
	}
	if (local6 && !err) {
		addr.family = AF_INET6;
		addr.ip6 = nla_get_in6_addr(local6);
		config->local6 = addr.ip6;
		err = vnencap_addr_check_host(&addr, local6, extack);
	}
	return err;
}

static int parse_tos(struct vnencap_config *config, const struct nlattr *attr,
		     struct netlink_ext_ack *extack)
{
	u8 tos = nla_get_u8(attr);

	if (tos != VNENCAP_TOS_INHERIT && tos & INET_ECN_MASK) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "The ECN bits of TOS cannot be set");
		return -EINVAL;
	}
	config->tos = tos;
	return 0;
}

/**
 * vnencap_config_read_fec - read how much parity there is to be
 * @attr: u8, a device's or a mapping's
 * @extack: told what is wrong
 * @fec: written: percent, or VNENCAP_FEC_AUTO; undefined on errors
 *
 * Return: 0 or -EINVAL.
 */
int vnencap_config_read_fec(const struct nlattr *attr,
			    struct netlink_ext_ack *extack, u8 *fec)
{
	*fec = nla_get_u8(attr);
	if (*fec <= VNENCAP_FEC_MAX || *fec == VNENCAP_FEC_AUTO)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "fec is from 0 to 50, or 255 for auto");
	return -EINVAL;
}

/* Of "64", "auto" (0) and "inherit" each takes the other's place. */
static void parse_ttl(struct vnencap_config *config, struct nlattr **attrs)
{
	struct nlattr *ttl = attrs[IFLA_VNENCAP_TTL];
	struct nlattr *inherit = attrs[IFLA_VNENCAP_TTL_INHERIT];

	if (ttl) {
		config->ttl = nla_get_u8(ttl);
		config->ttl_inherit = false;
	}
	if (inherit)
		config->ttl_inherit = nla_get_u8(inherit);
	if (config->ttl_inherit)
		config->ttl = 0;
}

/**
 * vnencap_config_parse - read settings
 * @config: what is given is written, the rest stays; undefined on errors
 * @attrs: by IFLA_VNENCAP_*, NULL where not given; lengths and ranges are right
 * @extack: told what is wrong
 *
 * Return: 0, -EINVAL, or -EAFNOSUPPORT where the kernel has no IPv6.
 */
int vnencap_config_parse(struct vnencap_config *config, struct nlattr **attrs,
			 struct netlink_ext_ack *extack)
{
	int err;

	if (attrs[IFLA_VNENCAP_VNI])
		config->vni = nla_get_u32(attrs[IFLA_VNENCAP_VNI]);
	if (attrs[IFLA_VNENCAP_PORT])
		config->port = htons(nla_get_u16(attrs[IFLA_VNENCAP_PORT]));
	if (attrs[IFLA_VNENCAP_FWMARK])
		config->fwmark = nla_get_u32(attrs[IFLA_VNENCAP_FWMARK]);
	parse_ttl(config, attrs);
	if (attrs[IFLA_VNENCAP_SPOOFCHECK])
		config->spoofcheck =
			nla_get_u8(attrs[IFLA_VNENCAP_SPOOFCHECK]);
	if (attrs[IFLA_VNENCAP_NOTRACK])
		config->notrack = nla_get_u8(attrs[IFLA_VNENCAP_NOTRACK]);
	if (attrs[IFLA_VNENCAP_MSSCLAMP])
		config->mssclamp = nla_get_u8(attrs[IFLA_VNENCAP_MSSCLAMP]);
	if (attrs[IFLA_VNENCAP_FASTPATH])
		config->fastpath = nla_get_u8(attrs[IFLA_VNENCAP_FASTPATH]);
	if (attrs[IFLA_VNENCAP_FEC_MAX])
		config->fec_max = nla_get_u8(attrs[IFLA_VNENCAP_FEC_MAX]);
	if (attrs[IFLA_VNENCAP_FEC_ECN])
		config->fec_ecn = nla_get_u8(attrs[IFLA_VNENCAP_FEC_ECN]);
	if (attrs[IFLA_VNENCAP_FEC]) {
		err = vnencap_config_read_fec(attrs[IFLA_VNENCAP_FEC], extack,
					      &config->fec);
		if (err)
			return err;
	}
	if (attrs[IFLA_VNENCAP_TOS]) {
		err = parse_tos(config, attrs[IFLA_VNENCAP_TOS], extack);
		if (err)
			return err;
	}
	return parse_local(config, attrs, extack);
}

/**
 * vnencap_config_fill - put settings into a netlink message
 * @config: the settings
 * @msg: where to put them
 * @types: the attributes' numbers in @msg, by IFLA_VNENCAP_*
 *
 * Return: 0, or -EMSGSIZE when they do not fit; some may be there then.
 */
int vnencap_config_fill(const struct vnencap_config *config,
			struct sk_buff *msg, const u8 *types)
{
	if (nla_put_u32(msg, types[IFLA_VNENCAP_VNI], config->vni) ||
	    nla_put_in_addr(msg, types[IFLA_VNENCAP_LOCAL4], config->local4) ||
	    nla_put_in6_addr(msg, types[IFLA_VNENCAP_LOCAL6],
			     &config->local6) ||
	    nla_put_u16(msg, types[IFLA_VNENCAP_PORT], ntohs(config->port)) ||
	    nla_put_u8(msg, types[IFLA_VNENCAP_TTL], config->ttl) ||
	    nla_put_u8(msg, types[IFLA_VNENCAP_TOS], config->tos) ||
	    nla_put_u8(msg, types[IFLA_VNENCAP_SPOOFCHECK],
		       config->spoofcheck) ||
	    nla_put_u8(msg, types[IFLA_VNENCAP_NOTRACK], config->notrack) ||
	    nla_put_u8(msg, types[IFLA_VNENCAP_MSSCLAMP], config->mssclamp) ||
	    nla_put_u32(msg, types[IFLA_VNENCAP_FWMARK], config->fwmark) ||
	    nla_put_u8(msg, types[IFLA_VNENCAP_TTL_INHERIT],
		       config->ttl_inherit) ||
	    nla_put_u8(msg, types[IFLA_VNENCAP_FASTPATH], config->fastpath) ||
	    nla_put_u8(msg, types[IFLA_VNENCAP_FEC], config->fec) ||
	    nla_put_u8(msg, types[IFLA_VNENCAP_FEC_MAX], config->fec_max) ||
	    nla_put_u8(msg, types[IFLA_VNENCAP_FEC_ECN], config->fec_ecn))
		return -EMSGSIZE;
	return 0;
}

/**
 * vnencap_config_size - room that vnencap_config_fill() needs
 *
 * Return: bytes of a netlink message.
 */
size_t vnencap_config_size(void)
{
	return nla_total_size(sizeof(u32)) +		/* VNI */
	       nla_total_size(sizeof(__be32)) +		/* LOCAL4 */
	       nla_total_size(sizeof(struct in6_addr)) + /* LOCAL6 */
	       nla_total_size(sizeof(u16)) +		/* PORT */
	       nla_total_size(sizeof(u32)) +		/* FWMARK */
	       10 * nla_total_size(sizeof(u8));		/* the rest */
}
