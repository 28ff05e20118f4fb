// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the family does with the keys of a VNI: bring them in, choose the one
 * that is sent with, remove them, and tell their ids.
 */
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <uapi/linux/vnencap.h>

#include "map/key.h"
#include "map/map.h"
#include "netlink/message.h"
#include "netlink/netlink-gen.h"
#include "netlink/notify.h"

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

/* The secret of a key whose id was read before */
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
	keys = *vnencap_keyring_get(net, vni);
	err = change(&keys, key) ?: vnencap_keyring_set(net, vni, &keys);
	if (!err)
		vnencap_notify_keys(info, vni, &keys);
	vnencap_map_unlock(net);
	memzero_explicit(&keys, sizeof(keys));
	explain_key(info, err);
	return err;
}

/* The request's memory is used again after it is freed: no key is left in it. */
static void wipe_secret(const struct genl_info *info)
{
	struct nlattr *attr = info->attrs[VNENCAP_A_KEY_SECRET];

	if (attr)
		memzero_explicit(nla_data(attr), nla_len(attr));
}

/* A change for which the request gives an id and a secret */
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
 * vnencap_nl_key_set_doit - give a VNI a key, its only one from then on
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

/* A change for which the request gives an id */
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
 * vnencap_nl_key_del_doit - no longer accept a key of a VNI
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
	struct vnencap_message_head head = vnencap_message_answer(info);
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
	err = vnencap_message_fill_keys(msg, &head, vni,
					vnencap_keyring_get(net, vni));
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
	struct net *net = sock_net(skb->sk);
	struct vnencap_message_head head;
	const struct vnencap_keys *keys;
	unsigned long vni = cb->args[0];
	int err = 0;

	head = vnencap_message_dump(cb, VNENCAP_CMD_KEY_GET);
	vnencap_map_lock(net);
	cb->seq = vnencap_map_generation(net);
	for (; (keys = vnencap_keyring_next(net, &vni)); vni++) {
		err = vnencap_message_fill_keys(skb, &head, vni, keys);
		if (err)
			break;
	}
	vnencap_map_unlock(net);
	cb->args[0] = vni;
	return skb->len ?: err;
}
