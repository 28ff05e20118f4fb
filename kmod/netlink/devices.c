// SPDX-License-Identifier: GPL-2.0-only
/* What the family does with devices: show them, and change them. */
#include <linux/jhash.h>
#include <linux/rtnetlink.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <uapi/linux/vnencap.h>

#include "dev/config.h"
#include "dev/device.h"
#include "netlink/family.h"
#include "netlink/message.h"
#include "netlink/netlink-gen.h"
#include "netlink/notify.h"

/* The device that a request is about. RTNL is held. */
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

/**
 * vnencap_nl_dev_get_doit - show a device
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0, or an error with its reason in @info->extack.
 */
int vnencap_nl_dev_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct vnencap_message_head head = vnencap_message_answer(info);
	struct vnencap_dev *vn;
	struct sk_buff *msg;
	int err;

	err = vnencap_family_check_header(info->nlhdr, 0, info->extack);
	if (err)
		return err;
	msg = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;

	rtnl_lock();
	vn = parse_dev(info);
	err = IS_ERR(vn) ? PTR_ERR(vn) :
			   vnencap_message_fill_dev(msg, &head, vn);
	rtnl_unlock();
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	return genlmsg_reply(msg, info);
}

/* A number that changes with the list of devices, and is not zero. Dumps use it
 * to tell of a change in between.
 */
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
	struct net *net = sock_net(skb->sk);
	struct vnencap_message_head head;
	struct vnencap_dev *vn = NULL;
	long i = 0;
	int err;

	err = vnencap_family_check_header(cb->nlh, 0, cb->extack);
	if (err)
		return err;
	head = vnencap_message_dump(cb, VNENCAP_CMD_DEV_GET);
	rtnl_lock();
	cb->seq = dev_list_seq(net);
	while ((vn = vnencap_device_next(net, vn))) {
		if (i++ < cb->args[0])
			continue;
		err = vnencap_message_fill_dev(skb, &head, vn);
		if (err)
			break;
		cb->args[0] = i;
	}
	rtnl_unlock();
	return skb->len ?: err;
}

/* What the request does not give stays as it is in @config. */
static int parse_config(struct genl_info *info, struct vnencap_config *config)
{
	struct nlattr *attrs[IFLA_VNENCAP_MAX + 1] = { };
	unsigned int i;

	for (i = 1; i <= IFLA_VNENCAP_MAX; i++)
		attrs[i] = info->attrs[vnencap_message_config[i]];
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
	vnencap_notify_dev(vn, info);
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

	err = vnencap_family_check_header(info->nlhdr, 0, info->extack);
	if (err)
		return err;
	rtnl_lock();
	err = dev_set(info);
	rtnl_unlock();
	return err;
}
