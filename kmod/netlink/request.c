// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a request says of addresses, prefixes and mappings. It is read from the
 * request's attributes and checked. An error names the attribute at fault.
 */
#include <linux/inetdevice.h>
#include <linux/slab.h>
#include <net/genetlink.h>
#include <net/ipv6.h>
#include <uapi/linux/vnencap.h>

#include "dev/config.h"
#include "map/group.h"
#include "map/map.h"
#include "netlink/request.h"
#include "wire/addr.h"

static bool addr_bits_beyond(const struct vnencap_addr *addr, unsigned int len)
{
	struct in6_addr prefix;

	if (addr->family == AF_INET)
		return addr->ip4 & ~inet_make_mask(len);
	ipv6_addr_prefix(&prefix, &addr->ip6, len);
	return !ipv6_addr_equal(&prefix, &addr->ip6);
}

/**
 * vnencap_request_read_addr - read an address of either family
 * @attr4: attribute with an IPv4 address, or NULL
 * @attr6: attribute with an IPv6 address, or NULL; ignored beside @attr4
 * @addr: written; AF_UNSPEC where there is neither
 *
 * Return: the attribute that the address was read from, NULL where there is
 * neither.
 */
struct nlattr *vnencap_request_read_addr(struct nlattr *attr4,
					 struct nlattr *attr6,
					 struct vnencap_addr *addr)
{
	memset(addr, 0, sizeof(*addr));
	if (attr4) {
		addr->family = AF_INET;
		addr->ip4 = nla_get_in_addr(attr4);
		return attr4;
	}
	if (attr6) {
		addr->family = AF_INET6;
		addr->ip6 = nla_get_in6_addr(attr6);
		return attr6;
	}
	return NULL;
}

/**
 * vnencap_request_of - what a request says outside of entries
 * @info: the request
 *
 * Return: its words; they are good as long as the request is.
 */
struct vnencap_request vnencap_request_of(struct genl_info *info)
{
	return (struct vnencap_request){
		.attrs = info->attrs,
		.head = nlmsg_attrdata(info->nlhdr, GENL_HDRLEN),
		.len = nlmsg_attrlen(info->nlhdr, GENL_HDRLEN),
		.extack = info->extack,
	};
}

/**
 * vnencap_request_read_vni - read the VNI, which must be given
 * @req: what is said
 * @vni: written
 *
 * Return: 0, or -EINVAL with its reason in the extack.
 */
int vnencap_request_read_vni(const struct vnencap_request *req, u32 *vni)
{
	if (!req->attrs[VNENCAP_A_MAP_VNI]) {
		NL_SET_ERR_ATTR_MISS(req->extack, req->nest, VNENCAP_A_MAP_VNI);
		NL_SET_ERR_MSG(req->extack, "VNI (vni) is missing");
		return -EINVAL;
	}
	*vni = nla_get_u32(req->attrs[VNENCAP_A_MAP_VNI]);
	return 0;
}

/**
 * vnencap_request_read_dst - read the overlay address, which must be given
 * @req: what is said
 * @dst: written
 *
 * Return: 0, or -EINVAL with its reason in the extack.
 */
int vnencap_request_read_dst(const struct vnencap_request *req,
			     struct vnencap_addr *dst)
{
	struct nlattr *dst4 = req->attrs[VNENCAP_A_MAP_DST4];
	struct nlattr *dst6 = req->attrs[VNENCAP_A_MAP_DST6];

	if (dst4 && dst6) {
		NL_SET_ERR_MSG_ATTR(req->extack, dst6,
				    "dst4 and dst6 are both given");
		return -EINVAL;
	}
	if (!vnencap_request_read_addr(dst4, dst6, dst)) {
		NL_SET_ERR_ATTR_MISS(req->extack, req->nest, VNENCAP_A_MAP_DST4);
		NL_SET_ERR_MSG(req->extack,
			       "Overlay address (dst4 or dst6) is missing");
		return -EINVAL;
	}
	return 0;
}

/**
 * vnencap_request_dst_attr - which attribute has the overlay address
 * @req: what is said
 *
 * Return: the attribute, or NULL.
 */
struct nlattr *vnencap_request_dst_attr(const struct vnencap_request *req)
{
	return req->attrs[VNENCAP_A_MAP_DST4] ?: req->attrs[VNENCAP_A_MAP_DST6];
}

static struct nlattr *via_attr(const struct vnencap_request *req)
{
	return req->attrs[VNENCAP_A_MAP_VIA4] ?: req->attrs[VNENCAP_A_MAP_VIA6];
}

/**
 * vnencap_request_target_attr - which attribute says where a mapping leads
 * @req: what is said
 *
 * Return: the attribute, the first of several, or NULL.
 */
struct nlattr *vnencap_request_target_attr(const struct vnencap_request *req)
{
	return via_attr(req) ?: req->attrs[VNENCAP_A_MAP_HOP] ?:
			      req->attrs[VNENCAP_A_MAP_BLACKHOLE];
}

static int parse_prefix(const struct vnencap_request *req,
			struct vnencap_addr *dst, u8 *len)
{
	struct nlattr *attr = req->attrs[VNENCAP_A_MAP_DST_LEN];
	int err;

	err = vnencap_request_read_dst(req, dst);
	if (err)
		return err;
	*len = dst->family == AF_INET ? 32 : 128;
	if (attr && nla_get_u8(attr) > *len) {
		/* The policy has refused what is more than 128. */
		NL_SET_ERR_MSG_ATTR(req->extack, attr,
				    "Length of an IPv4 prefix is more than 32");
		return -EINVAL;
	}
	if (attr)
		*len = nla_get_u8(attr);
	if (addr_bits_beyond(dst, *len)) {
		NL_SET_ERR_MSG_ATTR(req->extack, vnencap_request_dst_attr(req),
				    "Prefix has bits set beyond its length");
		return -EINVAL;
	}
	return 0;
}

/* The endpoint; AF_UNSPEC where none is given */
static int parse_via(struct nlattr *via4, struct nlattr *via6,
		     struct netlink_ext_ack *extack, struct vnencap_addr *via)
{
	struct nlattr *attr = vnencap_request_read_addr(via4, via6, via);

	if (via4 && via6) {
		NL_SET_ERR_MSG_ATTR(extack, via6,
				    "via4 and via6 are both given");
		return -EINVAL;
	}
	if (!attr)
		return 0;
	if (via4 ? !via->ip4 : ipv6_addr_any(&via->ip6)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "Endpoint is the zero address");
		return -EINVAL;
	}
	return vnencap_addr_check_host(via, attr, extack);
}

static int parse_hop(struct nlattr *hop, struct netlink_ext_ack *extack,
		     struct vnencap_branch *branch)
{
	struct nlattr *tb[VNENCAP_A_HOP_MAX + 1];
	int err;

	/* The policy was applied when the message came: it has nested ones. */
	err = nla_parse_nested(tb, VNENCAP_A_HOP_MAX, hop, NULL, extack);
	if (err)
		return err;
	err = parse_via(tb[VNENCAP_A_HOP_VIA4], tb[VNENCAP_A_HOP_VIA6], extack,
			&branch->via);
	if (err)
		return err;
	if (branch->via.family == AF_UNSPEC) {
		NL_SET_ERR_ATTR_MISS(extack, hop, VNENCAP_A_HOP_VIA4);
		NL_SET_ERR_MSG(extack, "Endpoint (via4 or via6) is missing");
		return -EINVAL;
	}
	branch->weight = tb[VNENCAP_A_HOP_WEIGHT] ?
			 nla_get_u8(tb[VNENCAP_A_HOP_WEIGHT]) : 1;
	return 0;
}

static unsigned int count_hops(const struct vnencap_request *req)
{
	unsigned int n = 0;
	struct nlattr *attr;
	int rem;

	nla_for_each_attr(attr, req->head, req->len, rem)
		n += nla_type(attr) == VNENCAP_A_MAP_HOP;
	return n;
}

/* @group has room for all of them. */
static int parse_hops(const struct vnencap_request *req,
		      struct vnencap_group *group)
{
	struct vnencap_branch *branch;
	struct nlattr *attr;
	int rem, err;

	group->n = 0;
	nla_for_each_attr(attr, req->head, req->len, rem) {
		if (nla_type(attr) != VNENCAP_A_MAP_HOP)
			continue;
		branch = &group->branch[group->n];
		err = parse_hop(attr, req->extack, branch);
		if (err)
			return err;
		if (vnencap_group_has(group, &branch->via)) {
			NL_SET_ERR_MSG_ATTR(req->extack, attr,
					    "Endpoint is given twice");
			return -EINVAL;
		}
		group->n++;
	}
	return 0;
}

/* One hop makes the same mapping as via. No hop makes a blackhole. */
static int parse_group(const struct vnencap_request *req,
		       struct vnencap_mapping *m)
{
	unsigned int n = count_hops(req);
	struct vnencap_group *group;
	int err;

	if (n > VNENCAP_HOPS_MAX) {
		NL_SET_ERR_MSG_ATTR(req->extack, req->attrs[VNENCAP_A_MAP_HOP],
				    "Too many endpoints");
		return -EINVAL;
	}
	group = vnencap_group_new(n);
	if (!group)
		return -ENOMEM;
	err = parse_hops(req, group);
	if (!err && !vnencap_group_leads(group)) {
		NL_SET_ERR_MSG_ATTR(req->extack, req->attrs[VNENCAP_A_MAP_HOP],
				    "No endpoint has a weight");
		err = -EINVAL;
	}
	if (!err && n != 1) {
		m->group = group;
		return 0;
	}
	if (!err)
		m->via = group->branch[0].via;
	kfree(group);
	return err;
}

/* Where the mapping leads: one endpoint, or a group of several or none. Neither
 * where nothing is said of it. The caller frees the group.
 */
static int parse_target(const struct vnencap_request *req,
			struct vnencap_mapping *m)
{
	struct nlattr *blackhole = req->attrs[VNENCAP_A_MAP_BLACKHOLE];
	struct nlattr *hop = req->attrs[VNENCAP_A_MAP_HOP];
	struct nlattr *via = via_attr(req);

	m->group = NULL;
	m->via.family = AF_UNSPEC;
	if (blackhole && (hop || via)) {
		NL_SET_ERR_MSG_ATTR(req->extack, blackhole,
				    "A blackhole has no endpoint");
		return -EINVAL;
	}
	if (hop && via) {
		NL_SET_ERR_MSG_ATTR(req->extack, hop,
				    "hop and via are both given");
		return -EINVAL;
	}
	if (hop || blackhole)
		return parse_group(req, m);
	return parse_via(req->attrs[VNENCAP_A_MAP_VIA4],
			 req->attrs[VNENCAP_A_MAP_VIA6], req->extack, &m->via);
}

static int parse_fec(const struct vnencap_request *req, u8 *fec)
{
	struct nlattr *attr = req->attrs[VNENCAP_A_MAP_FEC];

	*fec = VNENCAP_FEC_UNSET;
	if (!attr)
		return 0;
	if (req->attrs[VNENCAP_A_MAP_BLACKHOLE]) {
		NL_SET_ERR_MSG_ATTR(req->extack, attr, "A blackhole has no fec");
		return -EINVAL;
	}
	return vnencap_config_read_fec(attr, req->extack, fec);
}

/**
 * vnencap_request_read_mapping - read a mapping
 * @req: what is said
 * @m: written; with neither an endpoint nor a group where none is given, and
 *	VNENCAP_FEC_UNSET where no fec is
 *
 * Context: process; sleeps.
 * Return: 0, or an error with its reason in the extack. The caller frees
 * @m->group where it is 0.
 */
int vnencap_request_read_mapping(const struct vnencap_request *req,
				 struct vnencap_mapping *m)
{
	int err;

	err = vnencap_request_read_vni(req, &m->vni);
	if (err)
		return err;
	err = parse_prefix(req, &m->dst, &m->len);
	if (err)
		return err;
	err = parse_fec(req, &m->fec);
	if (err)
		return err;
	return parse_target(req, m);
}
