// SPDX-License-Identifier: GPL-2.0-only
/* What the family does with mappings: set, remove, look up and show them. */
#include <linux/slab.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <uapi/linux/vnencap.h>

#include "compat.h"
#include "map/map.h"
#include "netlink/family.h"
#include "netlink/message.h"
#include "netlink/netlink-gen.h"
#include "netlink/notify.h"
#include "netlink/request.h"

/* What a request to set a mapping may have in the header */
#define MAP_SET_FLAGS	(NLM_F_CREATE | NLM_F_EXCL | NLM_F_REPLACE)

typedef int (*map_change_fn)(struct genl_info *info,
			     const struct vnencap_request *req);

static int map_change_entry(struct genl_info *info, struct nlattr *entry,
			    map_change_fn change)
{
	struct nlattr *attrs[VNENCAP_A_MAP_MAX + 1];
	struct vnencap_request req = {
		.attrs = attrs,
		.head = nla_data(entry),
		.len = nla_len(entry),
		.nest = entry,
		.extack = info->extack,
	};
	int err;

	/* The policy was applied when the message came: it has nested ones. */
	err = nla_parse_nested(attrs, ARRAY_SIZE(vnencap_entry_nl_policy) - 1,
			       entry, NULL, info->extack);
	if (err)
		return err;
	return change(info, &req);
}

/* Does the message give a mapping, or a part of one, beside its entries? */
static bool map_words_own(const struct genl_info *info)
{
	unsigned int i;

	for (i = 1; i <= VNENCAP_A_MAP_MAX; i++)
		if (i != VNENCAP_A_MAP_ENTRY && info->attrs[i])
			return true;
	return false;
}

/* Change the mapping that a message is about, or all those in its entries. The
 * lock is released between two, so that nobody waits for a long message.
 */
static int map_change(struct genl_info *info, map_change_fn change)
{
	struct vnencap_request own = vnencap_request_of(info);
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

static int map_set(struct genl_info *info, const struct vnencap_request *req)
{
	struct net *net = genl_info_net(info);
	struct vnencap_mapping m;
	int err;

	err = vnencap_request_read_mapping(req, &m);
	if (err)
		return err;
	if (m.via.family == AF_UNSPEC && !m.group) {
		NL_SET_ERR_ATTR_MISS(req->extack, req->nest, VNENCAP_A_MAP_VIA4);
		NL_SET_ERR_MSG(req->extack, "Endpoint (via4 or via6) is missing");
		return -EINVAL;
	}

	vnencap_map_lock(net);
	err = vnencap_map_set(net, &m, info->nlhdr->nlmsg_flags);
	if (!err)
		vnencap_notify_mapping(info, VNENCAP_CMD_MAP_NTF, &m);
	vnencap_map_unlock(net);

	if (!err) {
		vnencap_map_release(net, &m);
		return 0;
	}
	kfree(m.group);
	if (err == -EEXIST)
		NL_SET_ERR_MSG_ATTR(req->extack, vnencap_request_dst_attr(req),
				    "Mapping exists");
	else if (err == -ENOENT)
		NL_SET_ERR_MSG_ATTR(req->extack, vnencap_request_dst_attr(req),
				    "No such mapping to change");
	else
		NL_SET_BAD_ATTR(req->extack, vnencap_request_dst_attr(req));
	return err;
}

/**
 * vnencap_nl_map_set_doit - add or change a mapping, or many
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0, or an error with its reason in @info->extack. On an error the
 * mapping at fault and those after it in the message are as before.
 */
int vnencap_nl_map_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	return vnencap_family_check_header(info->nlhdr, MAP_SET_FLAGS,
					   info->extack) ?:
	       map_change(info, map_set);
}

static int map_del(struct genl_info *info, const struct vnencap_request *req)
{
	struct net *net = genl_info_net(info);
	struct vnencap_group *asked;
	struct vnencap_mapping m;
	int err;

	err = vnencap_request_read_mapping(req, &m);
	if (err)
		return err;

	asked = m.group;
	vnencap_map_lock(net);
	err = vnencap_map_del(net, &m);
	if (!err)
		vnencap_notify_mapping(info, VNENCAP_CMD_MAP_DEL_NTF, &m);
	vnencap_map_unlock(net);
	kfree(asked);

	if (err == -ENOENT) {
		NL_SET_ERR_MSG_ATTR(req->extack, vnencap_request_dst_attr(req),
				    "No such mapping");
	} else if (err == -EADDRNOTAVAIL) {
		NL_SET_ERR_MSG_ATTR(req->extack, vnencap_request_target_attr(req),
				    "Mapping has another endpoint");
		err = -ENOENT;
	} else if (err == -ERANGE) {
		NL_SET_ERR_MSG_ATTR(req->extack, req->attrs[VNENCAP_A_MAP_FEC],
				    "Mapping has another fec");
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
	struct vnencap_message_head head = vnencap_message_answer(info);
	struct net *net = genl_info_net(info);
	struct vnencap_request req = vnencap_request_of(info);
	struct vnencap_mapping m;
	struct sk_buff *msg;
	int err;

	err = vnencap_request_read_vni(&req, &m.vni);
	if (err)
		return err;
	err = vnencap_request_read_dst(&req, &m.dst);
	if (err)
		return err;

	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;

	vnencap_map_lock(net);
	err = vnencap_map_match(net, &m);
	if (err)
		NL_SET_ERR_MSG_ATTR(info->extack, vnencap_request_dst_attr(&req),
				    "No mapping for this address");
	else
		err = vnencap_message_fill_mapping(msg, &head, &m);
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
	u32 last_vni = vni ? nla_get_u32(vni) : VNENCAP_VNI_MAX;
	struct dump_place *last = (void *)cb->ctx;
	struct net *net = sock_net(skb->sk);
	struct vnencap_message_head head;
	struct vnencap_map_walk walk;
	struct vnencap_mapping m;
	int err = 0;

	BUILD_BUG_ON(sizeof(*last) > sizeof(cb->ctx));

	head = vnencap_message_dump(cb, VNENCAP_CMD_MAP_GET);
	m.vni = vni ? last_vni : last->vni;
	m.dst = last->dst;
	m.len = last->len;
	vnencap_map_lock(net);
	cb->seq = vnencap_map_generation(net);
	vnencap_map_walk_begin(&walk, net, &m, last_vni);
	while (!vnencap_map_walk_next(&walk, &m)) {
		err = vnencap_message_fill_mapping(skb, &head, &m);
		if (err)
			break;
		last->vni = m.vni;
		last->dst = m.dst;
		last->len = m.len;
	}
	vnencap_map_unlock(net);
	return skb->len ?: err;
}

/* Remove the next few mappings after @m; then @m is the last of them. Returns
 * whether there may be more.
 */
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
			vnencap_notify_mapping(info, VNENCAP_CMD_MAP_DEL_NTF,
					       m);
	}
	vnencap_map_unlock(net);
	return more;
}

/**
 * vnencap_nl_map_flush_doit - remove all mappings, or those of one VNI
 * @skb: the request
 * @info: the request, parsed
 *
 * A prefix is removed before the longer ones within it. So no packet that had
 * a mapping of its own meets a wider one instead.
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
