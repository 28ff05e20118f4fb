// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic netlink family that controls devices, mappings and keys.
 *
 * Its description is Documentation/netlink/specs/vnencap.yaml, from which the
 * policies and the table of operations are generated. All that a request sees
 * and changes has its substrate in the network namespace of the socket: what
 * is in a tenant's namespace cannot be reached from there.
 *
 * Devices are guarded by RTNL, mappings and keys by vnencap_map_lock(); a
 * notification is sent before these are released, so that listeners get the
 * changes in their order.
 */

#include <linux/inetdevice.h>
#include <linux/ipv6.h>
#include <linux/jhash.h>
#include <linux/module.h>
#include <linux/rhashtable.h>
#include <linux/rtnetlink.h>
#include <net/genetlink.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>

#include "compat.h"
#include "dev/config.h"
#include "dev/device.h"
#include "lower/lower.h"
#include "map/group.h"
#include "map/key.h"
#include "map/map.h"
#include "map/miss.h"
#include "map/traffic.h"
#include "netlink/netlink-gen.h"
#include "netlink/netlink.h"
#include "stats/stats.h"

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

static struct genl_family family __ro_after_init = {
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

/* What rtnetlink has the same settings under, here */
static const u8 config_attrs[IFLA_VNENCAP_MAX + 1] = {
	[IFLA_VNENCAP_VNI] = VNENCAP_A_DEV_VNI,
	[IFLA_VNENCAP_LOCAL4] = VNENCAP_A_DEV_LOCAL4,
	[IFLA_VNENCAP_LOCAL6] = VNENCAP_A_DEV_LOCAL6,
	[IFLA_VNENCAP_PORT] = VNENCAP_A_DEV_PORT,
	[IFLA_VNENCAP_TTL] = VNENCAP_A_DEV_TTL,
	[IFLA_VNENCAP_TOS] = VNENCAP_A_DEV_TOS,
	[IFLA_VNENCAP_SPOOFCHECK] = VNENCAP_A_DEV_SPOOFCHECK,
	[IFLA_VNENCAP_NOTRACK] = VNENCAP_A_DEV_NOTRACK,
	[IFLA_VNENCAP_MSSCLAMP] = VNENCAP_A_DEV_MSSCLAMP,
	[IFLA_VNENCAP_FWMARK] = VNENCAP_A_DEV_FWMARK,
	[IFLA_VNENCAP_TTL_INHERIT] = VNENCAP_A_DEV_TTL_INHERIT,
};

/* ---- Messages ---- */

/* Where a message goes: an answer, part of a dump (@cb) or a notification */
struct msg_head {
	u32 portid;
	u32 seq;
	int flags;
	u8 cmd;
	struct netlink_callback *cb;
};

static struct msg_head msg_answer(const struct genl_info *info)
{
	return (struct msg_head){
		.portid = info->snd_portid,
		.seq = info->snd_seq,
		.cmd = info->genlhdr->cmd,
	};
}

static struct msg_head msg_dump(struct netlink_callback *cb, u8 cmd)
{
	return (struct msg_head){
		.portid = NETLINK_CB(cb->skb).portid,
		.seq = cb->nlh->nlmsg_seq,
		.flags = NLM_F_MULTI,
		.cmd = cmd,
		.cb = cb,
	};
}

/* @info: the request that made the change, or NULL */
static struct msg_head msg_ntf(const struct genl_info *info, u8 cmd)
{
	return (struct msg_head){
		.portid = info ? info->snd_portid : 0,
		.seq = info ? info->snd_seq : 0,
		.cmd = cmd,
	};
}

static void *msg_start(struct sk_buff *msg, const struct msg_head *head)
{
	void *hdr = genlmsg_put(msg, head->portid, head->seq, &family,
				head->flags, head->cmd);

	if (hdr && head->cb)
		genl_dump_check_consistent(head->cb, hdr);
	return hdr;
}

static int msg_put_addr(struct sk_buff *msg, int attr4, int attr6,
			const struct vnencap_addr *addr)
{
	if (addr->family == AF_INET)
		return nla_put_in_addr(msg, attr4, addr->ip4);
	return nla_put_in6_addr(msg, attr6, &addr->ip6);
}

static int msg_fill_dev(struct sk_buff *msg, const struct msg_head *head,
			const struct vnencap_dev *vn)
{
	const struct vnencap_config *config = rtnl_dereference(vn->config);
	void *hdr = msg_start(msg, head);

	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_u32(msg, VNENCAP_A_DEV_IFINDEX, vn->dev->ifindex) ||
	    nla_put_string(msg, VNENCAP_A_DEV_IFNAME, vn->dev->name) ||
	    nla_put_u32(msg, VNENCAP_A_DEV_LINK, vn->lower->dev->ifindex) ||
	    vnencap_config_fill(config, msg, config_attrs) ||
	    vnencap_stats_fill(vn->stats, msg)) {
		genlmsg_cancel(msg, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return 0;
}

static int msg_put_branch(struct sk_buff *msg,
			  const struct vnencap_branch *branch)
{
	struct nlattr *nest = nla_nest_start(msg, VNENCAP_A_MAP_HOP);

	if (!nest ||
	    msg_put_addr(msg, VNENCAP_A_HOP_VIA4, VNENCAP_A_HOP_VIA6,
			 &branch->via) ||
	    nla_put_u8(msg, VNENCAP_A_HOP_WEIGHT, branch->weight))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int msg_put_group(struct sk_buff *msg, const struct vnencap_group *group)
{
	unsigned int i;

	if (!group->n)
		return nla_put_flag(msg, VNENCAP_A_MAP_BLACKHOLE);
	for (i = 0; i < group->n; i++)
		if (msg_put_branch(msg, &group->branch[i]))
			return -EMSGSIZE;
	return 0;
}

/* Room for all attributes of a mapping with one endpoint, IPv6's are longer */
#define MAPPING_SIZE_MAX	(nla_total_size(sizeof(u32)) + \
				 2 * nla_total_size(sizeof(struct in6_addr)) + \
				 nla_total_size(sizeof(u8)))

/* nla_put(), where there is room for it for certain. Of a dump of a million
 * mappings its checks took half of the time.
 */
static __always_inline void attr_put(struct sk_buff *msg, int type,
				     const void *data, unsigned int len)
{
	struct nlattr *nla = __skb_put(msg, nla_total_size(len));

	nla->nla_type = type;
	nla->nla_len = nla_attr_size(len);
	memcpy(nla_data(nla), data, len);
	memset(nla_data(nla) + len, 0, nla_padlen(len));
}

static __always_inline void attr_put_addr(struct sk_buff *msg, int attr4,
					  int attr6,
					  const struct vnencap_addr *addr)
{
	if (addr->family == AF_INET)
		attr_put(msg, attr4, &addr->ip4, sizeof(addr->ip4));
	else
		attr_put(msg, attr6, &addr->ip6, sizeof(addr->ip6));
}

static int msg_put_mapping(struct sk_buff *msg, const struct vnencap_mapping *m)
{
	if (skb_tailroom(msg) < MAPPING_SIZE_MAX)
		return -EMSGSIZE;
	attr_put(msg, VNENCAP_A_MAP_VNI, &m->vni, sizeof(m->vni));
	attr_put_addr(msg, VNENCAP_A_MAP_DST4, VNENCAP_A_MAP_DST6, &m->dst);
	attr_put(msg, VNENCAP_A_MAP_DST_LEN, &m->len, sizeof(m->len));
	if (m->group)
		return msg_put_group(msg, m->group);
	attr_put_addr(msg, VNENCAP_A_MAP_VIA4, VNENCAP_A_MAP_VIA6, &m->via);
	return 0;
}

static int msg_fill_mapping(struct sk_buff *msg, const struct msg_head *head,
			    const struct vnencap_mapping *m)
{
	void *hdr = msg_start(msg, head);

	if (!hdr)
		return -EMSGSIZE;
	if (msg_put_mapping(msg, m)) {
		genlmsg_cancel(msg, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return 0;
}

/* Whatever is to be told of keys; what they are is not. */
static int msg_fill_keys(struct sk_buff *msg, const struct msg_head *head,
			 u32 vni, const struct vnencap_keys *keys)
{
	void *hdr = msg_start(msg, head);

	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_u32(msg, VNENCAP_A_KEY_VNI, vni) ||
	    nla_put_u32(msg, VNENCAP_A_KEY_ID, keys->key[0].id) ||
	    (keys->n > 1 &&
	     nla_put_u32(msg, VNENCAP_A_KEY_ALSO, keys->key[1].id))) {
		genlmsg_cancel(msg, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return 0;
}

static int msg_fill_miss(struct sk_buff *msg, const struct vnencap_miss *miss)
{
	struct msg_head head = msg_ntf(NULL, VNENCAP_CMD_MISS_NTF);
	void *hdr = msg_start(msg, &head);

	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_u32(msg, VNENCAP_A_MAP_VNI, miss->vni) ||
	    msg_put_addr(msg, VNENCAP_A_MAP_DST4, VNENCAP_A_MAP_DST6,
			 &miss->dst) ||
	    nla_put_u32(msg, VNENCAP_A_MAP_COUNT, miss->count)) {
		genlmsg_cancel(msg, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return 0;
}

/* ---- Notifications ---- */

static bool ntf_wanted(struct net *net, const struct genl_info *info)
{
	return (info && info->nlhdr->nlmsg_flags & NLM_F_ECHO) ||
	       genl_has_listeners(&family, net, VNENCAP_NLGRP_CONFIG);
}

static void ntf_lost(struct net *net)
{
	genl_set_err(&family, net, 0, VNENCAP_NLGRP_CONFIG, -ENOBUFS);
}

/* Room for a notification; NULL where nobody wants it, or where there is no
 * memory, which those who listen are told.
 */
static struct sk_buff *ntf_new(struct net *net, const struct genl_info *info)
{
	struct sk_buff *msg;

	if (!ntf_wanted(net, info))
		return NULL;
	msg = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg)
		ntf_lost(net);
	return msg;
}

/* Takes @msg. @err is what came of filling it. */
static void ntf_send(struct net *net, struct genl_info *info,
		     struct sk_buff *msg, int err)
{
	if (err) {
		nlmsg_free(msg);
		ntf_lost(net);
	} else if (info) {
		genl_notify(&family, msg, info, VNENCAP_NLGRP_CONFIG,
			    GFP_KERNEL);
	} else {
		genlmsg_multicast_netns(&family, net, msg, 0,
					VNENCAP_NLGRP_CONFIG, GFP_KERNEL);
	}
}

static void ntf_dev(const struct vnencap_dev *vn, struct genl_info *info)
{
	struct msg_head head = msg_ntf(info, VNENCAP_CMD_DEV_NTF);
	struct sk_buff *msg = ntf_new(vn->net, info);

	if (msg)
		ntf_send(vn->net, info, msg, msg_fill_dev(msg, &head, vn));
}

static void ntf_mapping(struct genl_info *info, u8 cmd,
			const struct vnencap_mapping *m)
{
	struct msg_head head = msg_ntf(info, cmd);
	struct net *net = genl_info_net(info);
	struct sk_buff *msg = ntf_new(net, info);

	if (msg)
		ntf_send(net, info, msg, msg_fill_mapping(msg, &head, m));
}

static void ntf_keys(struct genl_info *info, u32 vni,
		     const struct vnencap_keys *keys)
{
	struct msg_head head = msg_ntf(info, VNENCAP_CMD_KEY_NTF);
	struct net *net = genl_info_net(info);
	struct sk_buff *msg = ntf_new(net, info);

	if (msg)
		ntf_send(net, info, msg, msg_fill_keys(msg, &head, vni, keys));
}

static int device_changed(struct notifier_block *nb, unsigned long event,
			  void *vn)
{
	ntf_dev(vn, NULL);
	return NOTIFY_DONE;
}

static struct notifier_block device_notifier = {
	.notifier_call = device_changed,
};

/* ---- What requests say ---- */

static bool addr_bits_beyond(const struct vnencap_addr *addr, unsigned int len)
{
	struct in6_addr prefix;

	if (addr->family == AF_INET)
		return addr->ip4 & ~inet_make_mask(len);
	ipv6_addr_prefix(&prefix, &addr->ip6, len);
	return !ipv6_addr_equal(&prefix, &addr->ip6);
}

/* Returns the attribute that gave the address, if there was one. */
static struct nlattr *parse_addr(struct nlattr *attr4, struct nlattr *attr6,
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
 * struct map_words - what is said of one mapping
 * @attrs: the attributes
 * @head: the first of them
 * @len: bytes from there to their end
 * @nest: which attribute they are in, NULL where they are the message's own
 * @extack: for errors
 */
struct map_words {
	struct nlattr **attrs;
	struct nlattr *head;
	int len;
	struct nlattr *nest;
	struct netlink_ext_ack *extack;
};

static struct map_words map_words(struct genl_info *info)
{
	return (struct map_words){
		.attrs = info->attrs,
		.head = nlmsg_attrdata(info->nlhdr, GENL_HDRLEN),
		.len = nlmsg_attrlen(info->nlhdr, GENL_HDRLEN),
		.extack = info->extack,
	};
}

static int parse_vni(const struct map_words *w, u32 *vni)
{
	if (!w->attrs[VNENCAP_A_MAP_VNI]) {
		NL_SET_ERR_ATTR_MISS(w->extack, w->nest, VNENCAP_A_MAP_VNI);
		NL_SET_ERR_MSG(w->extack, "VNI (vni) is missing");
		return -EINVAL;
	}
	*vni = nla_get_u32(w->attrs[VNENCAP_A_MAP_VNI]);
	return 0;
}

static int parse_dst(const struct map_words *w, struct vnencap_addr *dst)
{
	struct nlattr *dst4 = w->attrs[VNENCAP_A_MAP_DST4];
	struct nlattr *dst6 = w->attrs[VNENCAP_A_MAP_DST6];

	if (dst4 && dst6) {
		NL_SET_ERR_MSG_ATTR(w->extack, dst6,
				    "dst4 and dst6 are both given");
		return -EINVAL;
	}
	if (!parse_addr(dst4, dst6, dst)) {
		NL_SET_ERR_ATTR_MISS(w->extack, w->nest, VNENCAP_A_MAP_DST4);
		NL_SET_ERR_MSG(w->extack,
			       "Overlay address (dst4 or dst6) is missing");
		return -EINVAL;
	}
	return 0;
}

static struct nlattr *dst_attr(const struct map_words *w)
{
	return w->attrs[VNENCAP_A_MAP_DST4] ?: w->attrs[VNENCAP_A_MAP_DST6];
}

static struct nlattr *via_attr(const struct map_words *w)
{
	return w->attrs[VNENCAP_A_MAP_VIA4] ?: w->attrs[VNENCAP_A_MAP_VIA6];
}

/* What says where a mapping leads */
static struct nlattr *target_attr(const struct map_words *w)
{
	return via_attr(w) ?: w->attrs[VNENCAP_A_MAP_HOP] ?:
			      w->attrs[VNENCAP_A_MAP_BLACKHOLE];
}

static int parse_prefix(const struct map_words *w, struct vnencap_addr *dst,
			u8 *len)
{
	struct nlattr *attr = w->attrs[VNENCAP_A_MAP_DST_LEN];
	int err;

	err = parse_dst(w, dst);
	if (err)
		return err;
	*len = dst->family == AF_INET ? 32 : 128;
	if (attr && nla_get_u8(attr) > *len) {
		/* The policy has seen to 128. */
		NL_SET_ERR_MSG_ATTR(w->extack, attr,
				    "Length of an IPv4 prefix is more than 32");
		return -EINVAL;
	}
	if (attr)
		*len = nla_get_u8(attr);
	if (addr_bits_beyond(dst, *len)) {
		NL_SET_ERR_MSG_ATTR(w->extack, dst_attr(w),
				    "Prefix has bits set beyond its length");
		return -EINVAL;
	}
	return 0;
}

/* The endpoint, if it is given: AF_UNSPEC if not */
static int parse_via(struct nlattr *via4, struct nlattr *via6,
		     struct netlink_ext_ack *extack, struct vnencap_addr *via)
{
	struct nlattr *attr = parse_addr(via4, via6, via);

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

	/* as in map_change_entry() */
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

static unsigned int count_hops(const struct map_words *w)
{
	unsigned int n = 0;
	struct nlattr *attr;
	int rem;

	nla_for_each_attr(attr, w->head, w->len, rem)
		n += nla_type(attr) == VNENCAP_A_MAP_HOP;
	return n;
}

/* There is room for all of them. */
static int parse_hops(const struct map_words *w, struct vnencap_group *group)
{
	struct vnencap_branch *branch;
	struct nlattr *attr;
	int rem, err;

	group->n = 0;
	nla_for_each_attr(attr, w->head, w->len, rem) {
		if (nla_type(attr) != VNENCAP_A_MAP_HOP)
			continue;
		branch = &group->branch[group->n];
		err = parse_hop(attr, w->extack, branch);
		if (err)
			return err;
		if (vnencap_group_has(group, &branch->via)) {
			NL_SET_ERR_MSG_ATTR(w->extack, attr,
					    "Endpoint is given twice");
			return -EINVAL;
		}
		group->n++;
	}
	return 0;
}

/* Of one endpoint it makes no difference how it is given. */
static int parse_group(const struct map_words *w, struct vnencap_mapping *m)
{
	unsigned int n = count_hops(w);
	struct vnencap_group *group;
	int err;

	if (n > VNENCAP_HOPS_MAX) {
		NL_SET_ERR_MSG_ATTR(w->extack, w->attrs[VNENCAP_A_MAP_HOP],
				    "Too many endpoints");
		return -EINVAL;
	}
	group = vnencap_group_new(n);
	if (!group)
		return -ENOMEM;
	err = parse_hops(w, group);
	if (!err && n != 1) {
		m->group = group;
		return 0;
	}
	if (!err)
		m->via = group->branch[0].via;
	kfree(group);
	return err;
}

/* Where it leads, if that is given: one endpoint, several, or nowhere. A group
 * is the caller's, to be freed.
 */
static int parse_target(const struct map_words *w, struct vnencap_mapping *m)
{
	struct nlattr *blackhole = w->attrs[VNENCAP_A_MAP_BLACKHOLE];
	struct nlattr *hop = w->attrs[VNENCAP_A_MAP_HOP];
	struct nlattr *via = via_attr(w);

	m->group = NULL;
	m->via.family = AF_UNSPEC;
	if (blackhole && (hop || via)) {
		NL_SET_ERR_MSG_ATTR(w->extack, blackhole,
				    "A blackhole has no endpoint");
		return -EINVAL;
	}
	if (hop && via) {
		NL_SET_ERR_MSG_ATTR(w->extack, hop,
				    "hop and via are both given");
		return -EINVAL;
	}
	if (hop || blackhole)
		return parse_group(w, m);
	return parse_via(w->attrs[VNENCAP_A_MAP_VIA4],
			 w->attrs[VNENCAP_A_MAP_VIA6], w->extack, &m->via);
}

static int parse_mapping(const struct map_words *w, struct vnencap_mapping *m)
{
	int err;

	err = parse_vni(w, &m->vni);
	if (err)
		return err;
	err = parse_prefix(w, &m->dst, &m->len);
	if (err)
		return err;
	return parse_target(w, m);
}

/* Find the device that a request is about; RTNL held. */
static struct vnencap_dev *parse_dev(struct genl_info *info)
{
	struct nlattr *ifindex = info->attrs[VNENCAP_A_DEV_IFINDEX];
	struct nlattr *ifname = info->attrs[VNENCAP_A_DEV_IFNAME];
	const char *name = ifname ? nla_data(ifname) : NULL;
	struct vnencap_dev *vn;

	if (!ifindex && !ifname) {
		NL_SET_ERR_ATTR_MISS(info->extack, NULL, VNENCAP_A_DEV_IFINDEX);
		GENL_SET_ERR_MSG(info, "Device (ifindex or ifname) is missing");
		return ERR_PTR(-EINVAL);
	}
	if (ifindex)
		vn = vnencap_device_find(genl_info_net(info),
					 nla_get_u32(ifindex), NULL);
	else
		vn = vnencap_device_find(genl_info_net(info), 0, name);
	if (!vn) {
		NL_SET_ERR_MSG_ATTR(info->extack, ifindex ?: ifname,
				    "No such vnencap device on this substrate");
		return ERR_PTR(-ENODEV);
	}
	if (name && strcmp(vn->dev->name, name)) {
		NL_SET_ERR_MSG_ATTR(info->extack, ifname,
				    "ifindex and ifname are two devices'");
		return ERR_PTR(-EINVAL);
	}
	return vn;
}

/* ---- Devices ---- */

/**
 * vnencap_nl_dev_get_doit - show a device
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0, or an error with its reason in @info->extack.
 */
int vnencap_nl_dev_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct msg_head head = msg_answer(info);
	struct vnencap_dev *vn;
	struct sk_buff *msg;
	int err;

	msg = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;

	rtnl_lock();
	vn = parse_dev(info);
	err = IS_ERR(vn) ? PTR_ERR(vn) : msg_fill_dev(msg, &head, vn);
	rtnl_unlock();
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	return genlmsg_reply(msg, info);
}

/* A number that changes with the list of devices, and is not zero */
static u32 dev_list_seq(struct net *net)
{
	struct vnencap_dev *vn = NULL;
	u32 seq = 0;

	while ((vn = vnencap_device_next(net, vn)))
		seq = jhash_3words(seq, vn->dev->ifindex,
				   dev_net(vn->dev)->ns.inum, 0);
	return seq ?: 1;
}

/**
 * vnencap_nl_dev_get_dumpit - show all devices
 * @skb: to be filled
 * @cb: the dump; @cb->args[0] is how many have been shown
 *
 * Return: length of @skb, 0 at the end, or an error.
 */
int vnencap_nl_dev_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct msg_head head = msg_dump(cb, VNENCAP_CMD_DEV_GET);
	struct net *net = sock_net(skb->sk);
	struct vnencap_dev *vn = NULL;
	int err = 0;
	long i = 0;

	rtnl_lock();
	cb->seq = dev_list_seq(net);
	while ((vn = vnencap_device_next(net, vn))) {
		if (i++ < cb->args[0])
			continue;
		err = msg_fill_dev(skb, &head, vn);
		if (err)
			break;
		cb->args[0] = i;
	}
	rtnl_unlock();
	return skb->len ?: err;
}

/* What is not given stays. */
static int parse_config(struct genl_info *info, struct vnencap_config *config)
{
	struct nlattr *attrs[IFLA_VNENCAP_MAX + 1] = { };
	unsigned int i;

	for (i = 1; i <= IFLA_VNENCAP_MAX; i++)
		attrs[i] = info->attrs[config_attrs[i]];
	return vnencap_config_parse(config, attrs, info->extack);
}

static int dev_set(struct genl_info *info)
{
	struct vnencap_dev *vn = parse_dev(info);
	struct vnencap_config config;
	int err;

	if (IS_ERR(vn))
		return PTR_ERR(vn);
	config = *rtnl_dereference(vn->config);
	err = parse_config(info, &config);
	if (err)
		return err;
	err = vnencap_device_change(vn, &config, info->extack);
	if (err) {
		if (err == -EEXIST)
			NL_SET_BAD_ATTR(info->extack,
					info->attrs[VNENCAP_A_DEV_VNI]);
		return err;
	}
	ntf_dev(vn, info);
	netdev_state_change(vn->dev);
	return 0;
}

/**
 * vnencap_nl_dev_set_doit - change a device
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0, or an error with its reason in @info->extack; nothing has
 * changed then.
 */
int vnencap_nl_dev_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	int err;

	rtnl_lock();
	err = dev_set(info);
	rtnl_unlock();
	return err;
}

/* ---- Mappings ---- */

typedef int (*map_change_fn)(struct genl_info *info,
			     const struct map_words *w);

static int map_change_entry(struct genl_info *info, struct nlattr *entry,
			    map_change_fn change)
{
	struct nlattr *attrs[VNENCAP_A_MAP_MAX + 1];
	struct map_words w = {
		.attrs = attrs,
		.head = nla_data(entry),
		.len = nla_len(entry),
		.nest = entry,
		.extack = info->extack,
	};
	int err;

	/* The policy was asked when the message came: it has nested ones. */
	err = nla_parse_nested(attrs, ARRAY_SIZE(vnencap_entry_nl_policy) - 1,
			       entry, NULL, info->extack);
	if (err)
		return err;
	return change(info, &w);
}

static bool map_words_own(const struct genl_info *info)
{
	unsigned int i;

	for (i = 1; i <= VNENCAP_A_MAP_MAX; i++)
		if (i != VNENCAP_A_MAP_ENTRY && info->attrs[i])
			return true;
	return false;
}

/* Change the mapping that a message is about, or all those that are in it. The
 * lock is let go between two, so nobody waits for a long message.
 */
static int map_change(struct genl_info *info, map_change_fn change)
{
	struct map_words own = map_words(info);
	struct nlattr *attr;
	int rem, err;

	if (!info->attrs[VNENCAP_A_MAP_ENTRY])
		return change(info, &own);
	if (map_words_own(info)) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[VNENCAP_A_MAP_ENTRY],
				    "A mapping is given outside of entries");
		return -EINVAL;
	}
	nla_for_each_attr(attr, own.head, own.len, rem) {
		err = map_change_entry(info, attr, change);
		if (err)
			return err;
		cond_resched();
	}
	return 0;
}

static int map_set(struct genl_info *info, const struct map_words *w)
{
	struct net *net = genl_info_net(info);
	struct vnencap_mapping m;
	int err;

	err = parse_mapping(w, &m);
	if (err)
		return err;
	if (m.via.family == AF_UNSPEC && !m.group) {
		NL_SET_ERR_ATTR_MISS(w->extack, w->nest, VNENCAP_A_MAP_VIA4);
		NL_SET_ERR_MSG(w->extack, "Endpoint (via4 or via6) is missing");
		return -EINVAL;
	}

	vnencap_map_lock(net);
	err = vnencap_map_set(net, &m, info->nlhdr->nlmsg_flags);
	if (!err)
		ntf_mapping(info, VNENCAP_CMD_MAP_NTF, &m);
	vnencap_map_unlock(net);

	if (!err) {
		vnencap_map_release(net, &m);
		return 0;
	}
	kfree(m.group);
	if (err == -EEXIST)
		NL_SET_ERR_MSG_ATTR(w->extack, dst_attr(w), "Mapping exists");
	else if (err == -ENOENT)
		NL_SET_ERR_MSG_ATTR(w->extack, dst_attr(w),
				    "No such mapping to change");
	else
		NL_SET_BAD_ATTR(w->extack, dst_attr(w));
	return err;
}

/**
 * vnencap_nl_map_set_doit - add or change a mapping, or many
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0, or an error with its reason in @info->extack; nothing has
 * changed then, of many mappings those before the one at fault have.
 */
int vnencap_nl_map_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	return map_change(info, map_set);
}

static int map_del(struct genl_info *info, const struct map_words *w)
{
	struct net *net = genl_info_net(info);
	struct vnencap_group *asked;
	struct vnencap_mapping m;
	int err;

	err = parse_mapping(w, &m);
	if (err)
		return err;

	asked = m.group;
	vnencap_map_lock(net);
	err = vnencap_map_del(net, &m);
	if (!err)
		ntf_mapping(info, VNENCAP_CMD_MAP_DEL_NTF, &m);
	vnencap_map_unlock(net);
	kfree(asked);

	if (err == -ENOENT) {
		NL_SET_ERR_MSG_ATTR(w->extack, dst_attr(w), "No such mapping");
	} else if (err == -EADDRNOTAVAIL) {
		NL_SET_ERR_MSG_ATTR(w->extack, target_attr(w),
				    "Mapping has another endpoint");
		err = -ENOENT;
	}
	return err;
}

/**
 * vnencap_nl_map_del_doit - remove a mapping, or many
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: as vnencap_nl_map_set_doit().
 */
int vnencap_nl_map_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return map_change(info, map_del);
}

/**
 * vnencap_nl_map_get_doit - show the mapping that a packet would meet
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0, or an error with its reason in @info->extack.
 */
int vnencap_nl_map_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct msg_head head = msg_answer(info);
	struct net *net = genl_info_net(info);
	struct map_words w = map_words(info);
	struct vnencap_mapping m;
	struct sk_buff *msg;
	int err;

	err = parse_vni(&w, &m.vni);
	if (err)
		return err;
	err = parse_dst(&w, &m.dst);
	if (err)
		return err;

	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;

	vnencap_map_lock(net);
	err = vnencap_map_match(net, &m);
	if (err)
		NL_SET_ERR_MSG_ATTR(info->extack, dst_attr(&w),
				    "No mapping for this address");
	else
		err = msg_fill_mapping(msg, &head, &m);
	vnencap_map_unlock(net);
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	return genlmsg_reply(msg, info);
}

/* The last mapping that a dump has shown; zeros before the first */
struct dump_place {
	struct vnencap_addr dst;
	u32 vni;
	u8 len;
};

/**
 * vnencap_nl_map_get_dumpit - show all mappings, or those of one VNI
 * @skb: to be filled
 * @cb: the dump; @cb->ctx is the last mapping shown, zeros before the first
 *
 * Return: length of @skb, 0 at the end, or an error.
 */
int vnencap_nl_map_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nlattr *vni = compat_genl_dump_attrs(cb)[VNENCAP_A_MAP_VNI];
	struct msg_head head = msg_dump(cb, VNENCAP_CMD_MAP_GET);
	u32 last_vni = vni ? nla_get_u32(vni) : VNENCAP_VNI_MAX;
	struct dump_place *last = (void *)cb->ctx;
	struct vnencap_mapping m;
	struct net *net = sock_net(skb->sk);
	struct vnencap_map_walk walk;
	int err = 0;

	BUILD_BUG_ON(sizeof(*last) > sizeof(cb->ctx));

	m.vni = vni ? last_vni : last->vni;
	m.dst = last->dst;
	m.len = last->len;
	vnencap_map_lock(net);
	cb->seq = vnencap_map_generation(net);
	vnencap_map_walk_begin(&walk, net, &m, last_vni);
	while (!vnencap_map_walk_next(&walk, &m)) {
		err = msg_fill_mapping(skb, &head, &m);
		if (err)
			break;
		last->vni = m.vni;
		last->dst = m.dst;
		last->len = m.len;
	}
	vnencap_map_unlock(net);
	return skb->len ?: err;
}

/* Remove the next few mappings after @m. Returns whether there may be more. */
static bool flush_some(struct genl_info *info, struct vnencap_mapping *m,
		       u32 last_vni)
{
	struct net *net = genl_info_net(info);
	bool more = true;
	int i;

	vnencap_map_lock(net);
	for (i = 0; more && i < 64; i++) {
		more = !vnencap_map_next(net, m, last_vni);
		if (more && !vnencap_map_del(net, m))
			ntf_mapping(info, VNENCAP_CMD_MAP_DEL_NTF, m);
	}
	vnencap_map_unlock(net);
	return more;
}

/**
 * vnencap_nl_map_flush_doit - remove all mappings, or those of one VNI
 * @skb: the request
 * @info: the request, parsed
 *
 * A prefix goes before the longer ones within it, so that no packet that has
 * a mapping meets a wider one instead.
 *
 * Return: 0.
 */
int vnencap_nl_map_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *vni = info->attrs[VNENCAP_A_MAP_VNI];
	struct vnencap_mapping m = { .vni = vni ? nla_get_u32(vni) : 0 };

	while (flush_some(info, &m, vni ? m.vni : VNENCAP_VNI_MAX))
		cond_resched();
	return 0;
}

/* ---- Keys ---- */

static int parse_key(struct genl_info *info, u32 *vni, u32 *id)
{
	if (GENL_REQ_ATTR_CHECK(info, VNENCAP_A_KEY_VNI)) {
		GENL_SET_ERR_MSG(info, "VNI (vni) is missing");
		return -EINVAL;
	}
	*vni = nla_get_u32(info->attrs[VNENCAP_A_KEY_VNI]);
	if (!id)
		return 0;
	if (GENL_REQ_ATTR_CHECK(info, VNENCAP_A_KEY_ID)) {
		GENL_SET_ERR_MSG(info, "Id of the key (id) is missing");
		return -EINVAL;
	}
	*id = nla_get_u32(info->attrs[VNENCAP_A_KEY_ID]);
	return 0;
}

/* A key that is brought in, of which the id is known */
static int parse_secret(struct genl_info *info, struct vnencap_key *key)
{
	struct nlattr *attr = info->attrs[VNENCAP_A_KEY_SECRET];

	if (key->id == VNENCAP_KEY_ID_OPEN) {
		if (!attr)
			return 0;
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "Key 0 is the one that everybody knows");
		return -EINVAL;
	}
	if (GENL_REQ_ATTR_CHECK(info, VNENCAP_A_KEY_SECRET)) {
		GENL_SET_ERR_MSG(info, "Key (secret) is missing");
		return -EINVAL;
	}
	if (!vnencap_key_read(key, nla_data(attr))) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr, "The key is zero");
		return -EINVAL;
	}
	return 0;
}

static void explain_key(struct genl_info *info, int err)
{
	struct nlattr *id = info->attrs[VNENCAP_A_KEY_ID];

	if (err == -EEXIST)
		NL_SET_ERR_MSG_ATTR(info->extack, id,
				    "The VNI has a key of that id");
	else if (err == -ENOENT)
		NL_SET_ERR_MSG_ATTR(info->extack, id,
				    "The VNI has no key of that id");
	else if (err == -ENOSPC)
		NL_SET_ERR_MSG_ATTR(info->extack, id,
				    "Two keys are valid already");
	else if (err == -EBUSY)
		NL_SET_ERR_MSG_ATTR(info->extack, id,
				    "The key is the one that is sent with");
}

static int key_change(struct genl_info *info, u32 vni,
		      const struct vnencap_key *key, vnencap_keys_fn change)
{
	struct net *net = genl_info_net(info);
	struct vnencap_keys keys;
	int err;

	vnencap_map_lock(net);
	keys = *vnencap_map_get_keys(net, vni);
	err = change(&keys, key) ?: vnencap_map_set_keys(net, vni, &keys);
	if (!err)
		ntf_keys(info, vni, &keys);
	vnencap_map_unlock(net);
	memzero_explicit(&keys, sizeof(keys));
	explain_key(info, err);
	return err;
}

/* The request, too, is to be freed without the key in it. */
static void wipe_secret(const struct genl_info *info)
{
	struct nlattr *attr = info->attrs[VNENCAP_A_KEY_SECRET];

	if (attr)
		memzero_explicit(nla_data(attr), nla_len(attr));
}

static int key_bring(struct genl_info *info, vnencap_keys_fn change)
{
	struct vnencap_key key = {};
	u32 vni;
	int err;

	err = parse_key(info, &vni, &key.id) ?: parse_secret(info, &key);
	if (!err)
		err = key_change(info, vni, &key, change);
	memzero_explicit(&key, sizeof(key));
	wipe_secret(info);
	return err;
}

/**
 * vnencap_nl_key_set_doit - give a VNI a key, the only one
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0, or an error with its reason in @info->extack; nothing has
 * changed then.
 */
int vnencap_nl_key_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	return key_bring(info, vnencap_keys_set);
}

/**
 * vnencap_nl_key_add_doit - accept one more key of a VNI
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: as vnencap_nl_key_set_doit().
 */
int vnencap_nl_key_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	return key_bring(info, vnencap_keys_add);
}

static int key_name(struct genl_info *info, vnencap_keys_fn change)
{
	struct vnencap_key key = {};
	u32 vni;

	return parse_key(info, &vni, &key.id) ?:
	       key_change(info, vni, &key, change);
}

/**
 * vnencap_nl_key_use_doit - send with another key of a VNI
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: as vnencap_nl_key_set_doit().
 */
int vnencap_nl_key_use_doit(struct sk_buff *skb, struct genl_info *info)
{
	return key_name(info, vnencap_keys_use);
}

/**
 * vnencap_nl_key_del_doit - do not accept a key of a VNI any more
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: as vnencap_nl_key_set_doit().
 */
int vnencap_nl_key_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return key_name(info, vnencap_keys_del);
}

/**
 * vnencap_nl_key_get_doit - tell which keys a VNI has
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0, or an error with its reason in @info->extack.
 */
int vnencap_nl_key_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct msg_head head = msg_answer(info);
	struct net *net = genl_info_net(info);
	struct sk_buff *msg;
	u32 vni;
	int err;

	err = parse_key(info, &vni, NULL);
	if (err)
		return err;
	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	vnencap_map_lock(net);
	err = msg_fill_keys(msg, &head, vni, vnencap_map_get_keys(net, vni));
	vnencap_map_unlock(net);
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	return genlmsg_reply(msg, info);
}

/**
 * vnencap_nl_key_get_dumpit - tell which keys there are
 * @skb: to be filled
 * @cb: the dump; @cb->args[0] is the VNI to go on with
 *
 * Return: length of @skb, 0 at the end, or an error.
 */
int vnencap_nl_key_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct msg_head head = msg_dump(cb, VNENCAP_CMD_KEY_GET);
	struct net *net = sock_net(skb->sk);
	const struct vnencap_keys *keys;
	unsigned long vni = cb->args[0];
	int err = 0;

	vnencap_map_lock(net);
	cb->seq = vnencap_map_generation(net);
	for (; (keys = vnencap_map_next_keys(net, &vni)); vni++) {
		err = msg_fill_keys(skb, &head, vni, keys);
		if (err)
			break;
	}
	vnencap_map_unlock(net);
	cb->args[0] = vni;
	return skb->len ?: err;
}

/* ---- Endpoints ---- */

static int msg_fill_endpoint(struct sk_buff *msg, const struct msg_head *head,
			     const struct vnencap_endpoint *endpoint)
{
	void *hdr = msg_start(msg, head);

	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_u32(msg, VNENCAP_A_ENDPOINT_VNI, endpoint->vni) ||
	    msg_put_addr(msg, VNENCAP_A_ENDPOINT_ADDR4,
			 VNENCAP_A_ENDPOINT_ADDR6, &endpoint->addr) ||
	    nla_put_u32(msg, VNENCAP_A_ENDPOINT_MAPPINGS,
			refcount_read(&endpoint->refs)) ||
	    vnencap_traffic_fill(endpoint, msg)) {
		genlmsg_cancel(msg, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return 0;
}

static int parse_endpoint(struct genl_info *info, u32 *vni,
			  struct vnencap_addr *addr)
{
	struct nlattr *addr4 = info->attrs[VNENCAP_A_ENDPOINT_ADDR4];
	struct nlattr *addr6 = info->attrs[VNENCAP_A_ENDPOINT_ADDR6];
	struct nlattr *attr = info->attrs[VNENCAP_A_ENDPOINT_VNI];

	if (!attr) {
		NL_SET_ERR_ATTR_MISS(info->extack, NULL,
				     VNENCAP_A_ENDPOINT_VNI);
		GENL_SET_ERR_MSG(info, "VNI (vni) is missing");
		return -EINVAL;
	}
	*vni = nla_get_u32(attr);
	if (addr4 && addr6) {
		NL_SET_ERR_MSG_ATTR(info->extack, addr6,
				    "addr4 and addr6 are both given");
		return -EINVAL;
	}
	if (!parse_addr(addr4, addr6, addr)) {
		NL_SET_ERR_ATTR_MISS(info->extack, NULL,
				     VNENCAP_A_ENDPOINT_ADDR4);
		GENL_SET_ERR_MSG(info, "Address (addr4 or addr6) is missing");
		return -EINVAL;
	}
	return 0;
}

/**
 * vnencap_nl_endpoint_get_doit - show an endpoint
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0, or an error with its reason in @info->extack.
 */
int vnencap_nl_endpoint_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct vnencap_endpoint *endpoint;
	struct msg_head head = msg_answer(info);
	struct vnencap_addr addr;
	struct sk_buff *msg;
	u32 vni;
	int err;

	err = parse_endpoint(info, &vni, &addr);
	if (err)
		return err;
	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;

	rcu_read_lock();
	endpoint = vnencap_endpoint_find(genl_info_net(info), vni, &addr);
	err = endpoint ? msg_fill_endpoint(msg, &head, endpoint) : -ENOENT;
	rcu_read_unlock();
	if (err) {
		nlmsg_free(msg);
		if (err == -ENOENT)
			GENL_SET_ERR_MSG(info, "No mapping names this endpoint");
		return err;
	}
	return genlmsg_reply(msg, info);
}

/* Where a dump of endpoints is; too large for the callback itself */
static struct rhashtable_iter **endpoint_iter(struct netlink_callback *cb)
{
	return (struct rhashtable_iter **)cb->ctx;
}

/**
 * vnencap_nl_endpoint_get_start - begin to show endpoints
 * @cb: the dump
 *
 * Return: 0, or -ENOMEM.
 */
int vnencap_nl_endpoint_get_start(struct netlink_callback *cb)
{
	struct rhashtable_iter *iter = kmalloc(sizeof(*iter), GFP_KERNEL);

	if (!iter)
		return -ENOMEM;
	vnencap_endpoint_walk(sock_net(cb->skb->sk), iter);
	*endpoint_iter(cb) = iter;
	return 0;
}

/**
 * vnencap_nl_endpoint_get_done - end of vnencap_nl_endpoint_get_start()
 * @cb: the dump
 *
 * Return: 0.
 */
int vnencap_nl_endpoint_get_done(struct netlink_callback *cb)
{
	struct rhashtable_iter *iter = *endpoint_iter(cb);

	rhashtable_walk_exit(iter);
	kfree(iter);
	return 0;
}

/**
 * vnencap_nl_endpoint_get_dumpit - show all endpoints, or those of one VNI
 * @skb: to be filled
 * @cb: the dump
 *
 * Where the table is resized meanwhile, it begins anew, and is marked as not
 * consistent.
 *
 * Return: length of @skb, 0 at the end, or an error.
 */
int vnencap_nl_endpoint_get_dumpit(struct sk_buff *skb,
				   struct netlink_callback *cb)
{
	struct nlattr *vni = compat_genl_dump_attrs(cb)[VNENCAP_A_ENDPOINT_VNI];
	struct msg_head head = msg_dump(cb, VNENCAP_CMD_ENDPOINT_GET);
	struct rhashtable_iter *iter = *endpoint_iter(cb);
	const struct vnencap_endpoint *endpoint;
	int err = 0;

	/* only what is marked differs from this */
	cb->seq = 1;
	rhashtable_walk_start(iter);
	/* what had no room comes first */
	endpoint = rhashtable_walk_peek(iter);
	for (; endpoint; endpoint = rhashtable_walk_next(iter)) {
		if (IS_ERR(endpoint)) {
			cb->seq++;
			continue;
		}
		if (vni && endpoint->vni != nla_get_u32(vni))
			continue;
		err = msg_fill_endpoint(skb, &head, endpoint);
		if (err)
			break;
	}
	rhashtable_walk_stop(iter);
	return skb->len ?: err;
}

/* ---- Misses ---- */

static bool misses_heard(struct net *net)
{
	return genl_has_listeners(&family, net, VNENCAP_NLGRP_MISSES);
}

static void tell_miss(struct net *net, const struct vnencap_miss *miss)
{
	struct sk_buff *msg;

	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_ATOMIC | __GFP_NOWARN);
	if (!msg)
		return;
	if (msg_fill_miss(msg, miss)) {
		nlmsg_free(msg);
		return;
	}
	genlmsg_multicast_netns(&family, net, msg, 0, VNENCAP_NLGRP_MISSES,
				GFP_ATOMIC);
}

static const struct vnencap_miss_ops miss_ops = {
	.heard = misses_heard,
	.tell = tell_miss,
};

/* ---- Module ---- */

/**
 * vnencap_netlink_init - open for requests
 *
 * Context: module init, after mappings and before devices: these notify.
 * Return: 0, or an error.
 */
int __init vnencap_netlink_init(void)
{
	int err;

	err = vnencap_miss_init(&miss_ops);
	if (err)
		return err;
	compat_genl_set_ops(&family, vnencap_nl_ops,
			    ARRAY_SIZE(vnencap_nl_ops));
	err = genl_register_family(&family);
	if (err)
		goto exit_miss;
	vnencap_device_listen(&device_notifier);
	return 0;

exit_miss:
	vnencap_miss_exit();
	return err;
}

/**
 * vnencap_netlink_exit - take no requests, and tell nothing, any more
 *
 * Context: module exit, after devices and before mappings.
 */
void vnencap_netlink_exit(void)
{
	vnencap_device_unlisten(&device_notifier);
	genl_unregister_family(&family);
	vnencap_miss_exit();
}
