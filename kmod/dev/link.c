// SPDX-License-Identifier: GPL-2.0-only
/*
 * vnencap devices as links of rtnetlink (ip link): made, changed, shown and
 * removed there, and removed with their substrate's namespace.
 */
#include <linux/netdevice.h>
#include <linux/notifier.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/net_namespace.h>
#include <net/rtnetlink.h>

#include "compat.h"
#include "dev/config.h"
#include "dev/device.h"
#include "dev/link.h"
#include "lower/lower.h"

/* Who is told of each device that was changed here. RTNL guards it. */
static RAW_NOTIFIER_HEAD(changes);

/**
 * vnencap_link_tell - tell those who listen that a device was changed
 * @vn: the device
 *
 * Context: RTNL.
 */
void vnencap_link_tell(struct vnencap_dev *vn)
{
	raw_notifier_call_chain(&changes, 0, vn);
}

static u32 free_vni(const struct vnencap_lower *lower)
{
	u32 vni = 1;

	while (vnencap_lower_find(lower, vni))
		vni++;
	return vni;
}

/* @data is NULL where the request gives no settings: all stay as they are. */
static int parse_data(struct vnencap_config *config, struct nlattr *data[],
		      struct netlink_ext_ack *extack)
{
	return data ? vnencap_config_parse(config, data, extack) : 0;
}

/* The device is not known here: what is refused would be wrong for any. */
static int dev_validate(struct nlattr *tb[], struct nlattr *data[],
			struct netlink_ext_ack *extack)
{
	struct vnencap_config config;

	if (tb[IFLA_ADDRESS]) {
		NL_SET_ERR_MSG_ATTR(extack, tb[IFLA_ADDRESS],
				    "A vnencap device has no link layer address");
		return -EOPNOTSUPP;
	}
	vnencap_config_init(&config);
	return parse_data(&config, data, extack);
}

static bool vni_given(struct nlattr *data[])
{
	return data && data[IFLA_VNENCAP_VNI];
}

/* Give a new device its settings. vnencap_device_add() takes them over. */
static int first_config(struct vnencap_dev *vn, struct nlattr *data[],
			struct netlink_ext_ack *extack)
{
	struct vnencap_config *config = kzalloc(sizeof(*config),
						GFP_KERNEL_ACCOUNT);
	int err;

	if (!config)
		return -ENOMEM;
	vnencap_config_init(config);
	err = parse_data(config, data, extack);
	if (err)
		goto err_config;
	err = vnencap_device_check_local(vn, config, extack);
	if (err)
		goto err_config;
	if (!vni_given(data)) {
		config->vni = free_vni(vn->lower);
	} else if (vnencap_device_check_vni(vn, config->vni, extack)) {
		NL_SET_BAD_ATTR(extack, data[IFLA_VNENCAP_VNI]);
		err = -EEXIST;
		goto err_config;
	}
	rcu_assign_pointer(vn->config, config);
	return 0;

err_config:
	kfree(config);
	return err;
}

static int check_lower(struct net_device *dev, struct netlink_ext_ack *extack)
{
	if (dev->flags & IFF_LOOPBACK) {
		NL_SET_ERR_MSG(extack, "The loopback device cannot be a lower device");
		return -EINVAL;
	}
	if (vnencap_device_priv(dev)) {
		NL_SET_ERR_MSG(extack, "A vnencap device cannot be a lower device");
		return -ELOOP;
	}
	return 0;
}

/* NULL where none is given */
static struct net_device *find_lower(struct net *net, struct nlattr *link,
				     struct netlink_ext_ack *extack)
{
	struct net_device *dev;
	int err;

	if (!link)
		return NULL;
	dev = __dev_get_by_index(net, nla_get_u32(link));
	if (!dev) {
		NL_SET_ERR_MSG_ATTR(extack, link,
				    "There is no such lower device");
		return ERR_PTR(-ENODEV);
	}
	err = check_lower(dev, extack);
	return err ? ERR_PTR(err) : dev;
}

/* A device that is made on a lower device of another namespace (link-netnsid) has
 * its substrate there. The core asks for CAP_NET_ADMIN in the user namespace that
 * owns the other one. In a container without a user namespace of its own, root
 * has that for the host's network namespace too. So it is not enough: a device
 * is made by who is where its lower device is.
 */
static int check_link_net(struct nlattr *tb[], struct netlink_ext_ack *extack)
{
	if (!tb[IFLA_LINK_NETNSID])
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, tb[IFLA_LINK_NETNSID],
			    "Make the device in the namespace of its lower device, or by \"netns\" from there");
	return -EPERM;
}

static int dev_newlink(struct net_device *dev,
		       struct rtnl_newlink_params *params,
		       struct netlink_ext_ack *extack)
{
	struct vnencap_dev *vn = netdev_priv(dev);
	struct nlattr **tb = params->tb;
	struct net_device *lower_dev;
	int err;

	err = check_link_net(tb, extack);
	if (err)
		return err;
	lower_dev = find_lower(rtnl_newlink_link_net(params), tb[IFLA_LINK],
			       extack);
	if (IS_ERR(lower_dev))
		return PTR_ERR(lower_dev);
	vn->dev = dev;
	vn->net = rtnl_newlink_link_net(params);
	vn->lower = vnencap_lower_get(vn->net, lower_dev);
	if (!vn->lower)
		return -ENOMEM;
	vn->substrate = vn->lower->substrate;
	vn->lower_ifindex = lower_dev ? lower_dev->ifindex : 0;
	vn->frame_id_base = get_random_u32();
	vnencap_device_inherit(dev, vn->lower, tb[IFLA_MTU],
			       compat_gso_max_size_given(tb));
	err = first_config(vn, params->data, extack);
	if (!err)
		err = vnencap_device_add(vn, extack);
	if (!err)
		vnencap_device_tell_slow(vn, extack);
	/* A device that was registered holds it on its own. */
	vnencap_lower_put(vn->lower);
	return err;
}

COMPAT_NEWLINK(dev_newlink);

/* In another namespace than its lower device's, the device may be a tenant's. A
 * tenant may have all rights to it, but is not to choose its VNI, nor to learn of
 * the substrate.
 */
static int check_change(const struct vnencap_dev *vn, struct nlattr *tb[],
			struct netlink_ext_ack *extack)
{
	if (vnencap_device_away(vn)) {
		NL_SET_ERR_MSG(extack, "Settings are changed where the substrate is");
		return -EPERM;
	}
	if (tb[IFLA_LINK] && nla_get_u32(tb[IFLA_LINK]) != vn->lower_ifindex) {
		NL_SET_ERR_MSG_ATTR(extack, tb[IFLA_LINK],
				    "The lower device cannot be changed");
		return -EOPNOTSUPP;
	}
	return 0;
}

static int dev_changelink(struct net_device *dev, struct nlattr *tb[],
			  struct nlattr *data[],
			  struct netlink_ext_ack *extack)
{
	struct vnencap_dev *vn = netdev_priv(dev);
	struct vnencap_config config = *rtnl_dereference(vn->config);
	int err;

	err = check_change(vn, tb, extack);
	if (err)
		return err;
	err = parse_data(&config, data, extack);
	if (err)
		return err;
	err = vnencap_device_change(vn, &config, extack);
	if (err) {
		if (err == -EEXIST)
			NL_SET_BAD_ATTR(extack, data[IFLA_VNENCAP_VNI]);
		return err;
	}
	vnencap_link_tell(vn);
	return 0;
}

static size_t get_size(const struct net_device *dev)
{
	return vnencap_config_size() +
	       nla_total_size(sizeof(u8));		/* INPUT */
}

static int fill_info(struct sk_buff *msg, const struct net_device *dev)
{
	static const u8 types[IFLA_VNENCAP_MAX + 1] = {
		[IFLA_VNENCAP_VNI] = IFLA_VNENCAP_VNI,
		[IFLA_VNENCAP_LOCAL4] = IFLA_VNENCAP_LOCAL4,
		[IFLA_VNENCAP_LOCAL6] = IFLA_VNENCAP_LOCAL6,
		[IFLA_VNENCAP_PORT] = IFLA_VNENCAP_PORT,
		[IFLA_VNENCAP_TTL] = IFLA_VNENCAP_TTL,
		[IFLA_VNENCAP_TOS] = IFLA_VNENCAP_TOS,
		[IFLA_VNENCAP_SPOOFCHECK] = IFLA_VNENCAP_SPOOFCHECK,
		[IFLA_VNENCAP_NOTRACK] = IFLA_VNENCAP_NOTRACK,
		[IFLA_VNENCAP_MSSCLAMP] = IFLA_VNENCAP_MSSCLAMP,
		[IFLA_VNENCAP_FWMARK] = IFLA_VNENCAP_FWMARK,
		[IFLA_VNENCAP_TTL_INHERIT] = IFLA_VNENCAP_TTL_INHERIT,
		[IFLA_VNENCAP_FASTPATH] = IFLA_VNENCAP_FASTPATH,
		[IFLA_VNENCAP_FEC] = IFLA_VNENCAP_FEC,
		[IFLA_VNENCAP_FEC_MAX] = IFLA_VNENCAP_FEC_MAX,
		[IFLA_VNENCAP_FEC_ECN] = IFLA_VNENCAP_FEC_ECN,
	};
	const struct vnencap_dev *vn = netdev_priv(dev);

	if (vnencap_device_away(vn))
		return 0;
	return vnencap_config_fill(rtnl_dereference(vn->config), msg, types) ?:
	       nla_put_u8(msg, IFLA_VNENCAP_INPUT, vnencap_device_input(vn));
}

static void dev_dellink(struct net_device *dev, struct list_head *head)
{
	vnencap_device_del(netdev_priv(dev), head);
}

static struct net *get_link_net(const struct net_device *dev)
{
	const struct vnencap_dev *vn = netdev_priv(dev);

	return READ_ONCE(vn->net);
}

static struct rtnl_link_ops link_ops __read_mostly = {
	.kind = "vnencap",
	.priv_size = sizeof(struct vnencap_dev),
	.maxtype = IFLA_VNENCAP_MAX,
	.policy = vnencap_config_policy,
	.setup = vnencap_device_setup,
	.validate = dev_validate,
	.newlink = compat_dev_newlink,
	.changelink = dev_changelink,
	.dellink = dev_dellink,
	.get_size = get_size,
	.fill_info = fill_info,
	.get_link_net = get_link_net,
};

/* ---- Namespaces ---- */

static void __net_exit exit_nets(struct list_head *nets)
{
	struct net *net;
	LIST_HEAD(gone);

	rtnl_lock();
	list_for_each_entry(net, nets, exit_list)
		vnencap_device_del_net(net, &gone);
	unregister_netdevice_many(&gone);
	rtnl_unlock();
}

/* These go before the namespace's own devices do, and before the rest of what we
 * have there.
 */
static struct pernet_operations net_ops = {
	.exit_batch = exit_nets,
};

/**
 * vnencap_link_listen - be told of devices that rtnetlink has changed
 * @nb: called with the struct vnencap_dev after the change, RTNL held
 *
 * Context: process, RTNL not held.
 */
void vnencap_link_listen(struct notifier_block *nb)
{
	rtnl_lock();
	raw_notifier_chain_register(&changes, nb);
	rtnl_unlock();
}

/**
 * vnencap_link_unlisten - end of vnencap_link_listen()
 * @nb: the same
 *
 * Context: process, RTNL not held.
 */
void vnencap_link_unlisten(struct notifier_block *nb)
{
	rtnl_lock();
	raw_notifier_chain_unregister(&changes, nb);
	rtnl_unlock();
}

/**
 * vnencap_link_init - let vnencap devices be made
 *
 * Context: process.
 * Return: 0 or a negative error.
 */
int vnencap_link_init(void)
{
	int err;

	err = register_pernet_device(&net_ops);
	if (err)
		return err;
	err = rtnl_link_register(&link_ops);
	if (err)
		unregister_pernet_device(&net_ops);
	return err;
}

/**
 * vnencap_link_exit - remove all vnencap devices
 *
 * Context: process.
 */
void vnencap_link_exit(void)
{
	rtnl_link_unregister(&link_ops);
	unregister_pernet_device(&net_ops);
}
