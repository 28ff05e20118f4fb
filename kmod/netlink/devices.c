// SPDX-License-Identifier: GPL-2.0-only
/* What the family does with devices: show, change and remove them. */
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

/**
 * struct dev_words - how a request names the device that it is about
 * @ifindex: attribute with the index in @where, or NULL
 * @ifname: attribute with the name in @where, or NULL
 * @netns: attribute that @where was given by, NULL where none was
 * @link: attribute with the index of the lower device, or NULL
 * @by_vni: attribute with the VNI that it has on that, or NULL
 * @where: the namespace that the device is in, as far as is known
 * @extack: told what is wrong
 *
 * A device in another namespace has a name and an index that are chosen there,
 * perhaps by a tenant. So they name a device only together with the namespace.
 * The lower device and the VNI are the substrate's.
 */
struct dev_words {
	struct nlattr *ifindex;
	struct nlattr *ifname;
	struct nlattr *netns;
	struct nlattr *link;
	struct nlattr *by_vni;
	struct net *where;
	struct netlink_ext_ack *extack;
};

/* The namespace that the device is said to be in, with a reference to it */
static struct net *get_where(struct genl_info *info)
{
	struct nlattr *id = info->attrs[VNENCAP_A_DEV_NETNSID];
	struct nlattr *fd = info->attrs[VNENCAP_A_DEV_NETNS_FD];
	struct net *net = genl_info_net(info), *where;

	if (id && fd) {
		NL_SET_ERR_MSG_ATTR(info->extack, fd,
				    "netnsid and netns-fd are both given");
		return ERR_PTR(-EINVAL);
	}
	if (id)
		where = get_net_ns_by_id(net, nla_get_s32(id)) ?:
			ERR_PTR(-EINVAL);
	else if (fd)
		where = get_net_ns_by_fd(nla_get_u32(fd));
	else
		where = get_net(net);
	if (IS_ERR(where))
		NL_SET_ERR_MSG_ATTR(info->extack, id ?: fd,
				    "There is no such network namespace");
	return where;
}

/* Is that its name, or one of its others (altname)? */
static bool has_name(const struct vnencap_dev *vn, const struct nlattr *ifname)
{
	return vnencap_device_by_name(vn->net, dev_net(vn->dev),
				      nla_data(ifname)) == vn;
}

/* Is there a device elsewhere that has the name or the index? */
static bool is_elsewhere(const struct dev_words *w, struct net *net)
{
	struct vnencap_dev *vn = NULL;

	while ((vn = vnencap_device_next(net, vn)))
		if (w->ifindex ? vn->dev->ifindex == nla_get_u32(w->ifindex) :
				 has_name(vn, w->ifname))
			return true;
	return false;
}

static struct vnencap_dev *find_by_name(const struct dev_words *w,
					struct net *net)
{
	struct vnencap_dev *vn;

	if (w->ifindex)
		vn = vnencap_device_by_index(net, w->where,
					     nla_get_u32(w->ifindex));
	else
		vn = vnencap_device_by_name(net, w->where,
					    nla_data(w->ifname));
	if (vn)
		return vn;
	if (!w->netns && is_elsewhere(w, net))
		NL_SET_ERR_MSG_ATTR(w->extack, w->ifindex ?: w->ifname,
				    "No such vnencap device here; name one elsewhere by its namespace, or by link and VNI");
	else
		NL_SET_ERR_MSG_ATTR(w->extack, w->ifindex ?: w->ifname,
				    "No such vnencap device on this substrate");
	return ERR_PTR(-ENODEV);
}

static struct vnencap_dev *find_by_vni(const struct dev_words *w,
				       struct net *net)
{
	struct vnencap_dev *vn;

	if (!w->link || !w->by_vni) {
		NL_SET_ERR_ATTR_MISS(w->extack, NULL, w->link ?
				     VNENCAP_A_DEV_BY_VNI :
				     VNENCAP_A_DEV_LINK);
		NL_SET_ERR_MSG(w->extack, "link and by-vni name a device together");
		return ERR_PTR(-EINVAL);
	}
	vn = vnencap_device_by_vni(net, nla_get_u32(w->link),
				   nla_get_u32(w->by_vni));
	if (vn)
		return vn;
	NL_SET_ERR_MSG_ATTR(w->extack, w->by_vni,
			    "The lower device has no vnencap device of this VNI");
	return ERR_PTR(-ENODEV);
}

/* The first attribute that names another device than the one found, or NULL */
static struct nlattr *find_other(const struct dev_words *w,
				 const struct vnencap_dev *vn)
{
	if (w->ifindex && nla_get_u32(w->ifindex) != vn->dev->ifindex)
		return w->ifindex;
	if (w->ifname && !has_name(vn, w->ifname))
		return w->ifname;
	if (w->netns && !net_eq(w->where, dev_net(vn->dev)))
		return w->netns;
	return NULL;
}

static struct vnencap_dev *find_dev(const struct dev_words *w, struct net *net)
{
	struct vnencap_dev *vn;
	struct nlattr *other;

	if (w->link || w->by_vni) {
		vn = find_by_vni(w, net);
	} else if (w->ifindex || w->ifname) {
		vn = find_by_name(w, net);
	} else {
		NL_SET_ERR_ATTR_MISS(w->extack, NULL, VNENCAP_A_DEV_IFINDEX);
		NL_SET_ERR_MSG(w->extack,
			       "Device (ifindex, ifname, or link and by-vni) is missing");
		return ERR_PTR(-EINVAL);
	}
	if (IS_ERR(vn))
		return vn;
	other = find_other(w, vn);
	if (other) {
		NL_SET_ERR_MSG_ATTR(w->extack, other,
				    "What is given is of two devices");
		return ERR_PTR(-EINVAL);
	}
	return vn;
}

/* The device that a request is about. RTNL is held. */
static struct vnencap_dev *parse_dev(struct genl_info *info)
{
	struct dev_words w = {
		.ifindex = info->attrs[VNENCAP_A_DEV_IFINDEX],
		.ifname = info->attrs[VNENCAP_A_DEV_IFNAME],
		.netns = info->attrs[VNENCAP_A_DEV_NETNSID] ?:
			 info->attrs[VNENCAP_A_DEV_NETNS_FD],
		.link = info->attrs[VNENCAP_A_DEV_LINK],
		.by_vni = info->attrs[VNENCAP_A_DEV_BY_VNI],
		.where = get_where(info),
		.extack = info->extack,
	};
	struct vnencap_dev *vn;

	if (IS_ERR(w.where))
		return ERR_CAST(w.where);
	vn = find_dev(&w, genl_info_net(info));
	put_net(w.where);
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

static int dev_del(struct genl_info *info)
{
	struct vnencap_dev *vn = parse_dev(info);

	if (IS_ERR(vn))
		return PTR_ERR(vn);
	vnencap_device_del(vn, NULL);
	return 0;
}

/**
 * vnencap_nl_dev_del_doit - remove a device
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0, or an error with its reason in @info->extack.
 */
int vnencap_nl_dev_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	int err;

	rtnl_lock();
	err = dev_del(info);
	rtnl_unlock();
	return err;
}
