// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lower device: it has one rx_handler for all vnencap devices on it, and
 * keeps them by VNI.
 */
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "device.h"
#include "lower.h"
#include "rx.h"

/**
 * vnencap_lower_of - the vnencap side of a device
 * @dev: any device
 *
 * Context: RTNL or RCU.
 * Return: what the vnencap devices on @dev share, NULL where there are none.
 */
struct vnencap_lower *vnencap_lower_of(const struct net_device *dev)
{
	/* the handler is set after its data, and taken back before */
	if (rcu_dereference_rtnl(dev->rx_handler) != vnencap_rx_handler)
		return NULL;
	return rcu_dereference_rtnl(dev->rx_handler_data);
}

static int check_lower(const struct net_device *dev,
		       struct netlink_ext_ack *extack)
{
	if (dev->flags & IFF_LOOPBACK) {
		NL_SET_ERR_MSG(extack, "The loopback device cannot be a lower device");
		return -EINVAL;
	}
	if (vnencap_device_priv((struct net_device *)dev)) {
		NL_SET_ERR_MSG(extack, "A vnencap device cannot be a lower device");
		return -ELOOP;
	}
	return 0;
}

/**
 * vnencap_lower_get - take part in a lower device
 * @dev: the device
 * @extack: told what is wrong
 *
 * Context: RTNL.
 * Return: the lower device with one more device counted, or an ERR_PTR.
 */
struct vnencap_lower *vnencap_lower_get(struct net_device *dev,
					struct netlink_ext_ack *extack)
{
	struct vnencap_lower *lower = vnencap_lower_of(dev);
	int err;

	if (lower) {
		lower->count++;
		return lower;
	}
	err = check_lower(dev, extack);
	if (err)
		return ERR_PTR(err);
	lower = kzalloc(sizeof(*lower), GFP_KERNEL);
	if (!lower)
		return ERR_PTR(-ENOMEM);
	lower->dev = dev;
	lower->count = 1;
	hash_init(lower->devices);
	err = netdev_rx_handler_register(dev, vnencap_rx_handler, lower);
	if (err) {
		NL_SET_ERR_MSG(extack, "The lower device is in use by another driver (bridge, bond, macvlan...)");
		kfree(lower);
		return ERR_PTR(err);
	}
	return lower;
}

/**
 * vnencap_lower_put - take no part in a lower device any more
 * @lower: from vnencap_lower_get()
 *
 * Context: RTNL.
 */
void vnencap_lower_put(struct vnencap_lower *lower)
{
	if (--lower->count)
		return;
	netdev_rx_handler_unregister(lower->dev);
	kfree_rcu(lower, rcu);
}

/**
 * vnencap_lower_add - let a device be found
 * @vn: the vnencap device
 * @config: what it has, or is going to have; no other device on the lower
 *	device has its VNI
 *
 * Context: RTNL.
 */
void vnencap_lower_add(struct vnencap_dev *vn,
		       const struct vnencap_config *config)
{
	set_bit(ntohs(config->port), vn->lower->ports);
	hash_add_rcu(vn->lower->devices, &vn->lower_node, config->vni);
}

static bool port_in_use(const struct vnencap_lower *lower, __be16 port)
{
	struct vnencap_dev *vn;
	unsigned int bucket;

	hash_for_each(lower->devices, bucket, vn, lower_node)
		if (rtnl_dereference(vn->config)->port == port)
			return true;
	return false;
}

/**
 * vnencap_lower_del - let a device not be found any more
 * @vn: the vnencap device
 * @config: what it was added with
 *
 * Context: RTNL. Readers may still hold it until a grace period has passed.
 */
void vnencap_lower_del(struct vnencap_dev *vn,
		       const struct vnencap_config *config)
{
	hash_del_rcu(&vn->lower_node);
	if (!port_in_use(vn->lower, config->port))
		clear_bit(ntohs(config->port), vn->lower->ports);
}

/**
 * vnencap_lower_find - the device of a VNI
 * @lower: the lower device
 * @vni: virtual network identifier
 *
 * Context: RTNL or RCU.
 * Return: the device or NULL.
 */
struct vnencap_dev *vnencap_lower_find(const struct vnencap_lower *lower,
				       u32 vni)
{
	struct vnencap_dev *vn;

	hash_for_each_possible_rcu(lower->devices, vn, lower_node, vni,
				   lockdep_rtnl_is_held())
		if (rcu_dereference_rtnl(vn->config)->vni == vni)
			return vn;
	return NULL;
}

/**
 * vnencap_lower_owner - a device that receives at an address and port
 * @lower: the lower device
 * @daddr: IPv4 address
 * @port: TCP port, network byte order
 *
 * Every device is looked at: for what cannot be told by its VNI.
 *
 * Context: RCU.
 * Return: the first such device or NULL.
 */
struct vnencap_dev *vnencap_lower_owner(const struct vnencap_lower *lower,
					__be32 daddr, __be16 port)
{
	struct vnencap_dev *vn;
	unsigned int bucket;

	hash_for_each_rcu(lower->devices, bucket, vn, lower_node)
		if (vnencap_device_takes(vn, daddr, port))
			return vn;
	return NULL;
}
