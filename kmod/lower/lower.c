// SPDX-License-Identifier: GPL-2.0-only
/*
 * A lower device: one rx_handler takes the packets for all vnencap devices on
 * it, which are found by their VNI.
 */
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "lower/local.h"
#include "lower/lower.h"
#include "vnencap.h"

/* What takes the packets of lower devices */
static rx_handler_func_t *handler __ro_after_init;

/**
 * vnencap_lower_of - the vnencap side of a device
 * @dev: any device
 *
 * Context: RTNL or RCU.
 * Return: what the vnencap devices on @dev share, NULL where there are none.
 */
struct vnencap_lower *vnencap_lower_of(const struct net_device *dev)
{
	/* The core sets the handler after its data, and clears it before: where
	 * the handler is ours, the data is.
	 */
	if (rcu_dereference_rtnl(dev->rx_handler) != handler)
		return NULL;
	return rcu_dereference_rtnl(dev->rx_handler_data);
}

static void tell_refused(int err, struct netlink_ext_ack *extack)
{
	if (err == -EBUSY)
		NL_SET_ERR_MSG(extack, "The lower device is in use by a bridge or the like");
	else
		NL_SET_ERR_MSG(extack, "The lower device takes none on it (VRF, ipvlan)");
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
	lower = kzalloc(sizeof(*lower), GFP_KERNEL);
	if (!lower)
		return ERR_PTR(-ENOMEM);
	lower->dev = dev;
	lower->count = 1;
	hash_init(lower->devices);
	INIT_HLIST_HEAD(&lower->all);
	err = netdev_rx_handler_register(dev, handler, lower);
	if (err) {
		tell_refused(err, extack);
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
 * @vn: the vnencap device; no other on the lower device has its VNI
 *
 * Context: RTNL.
 */
void vnencap_lower_add(struct vnencap_dev *vn)
{
	const struct vnencap_config *config = rtnl_dereference(vn->config);

	set_bit(ntohs(config->port), vn->lower->ports);
	hlist_add_head_rcu(&vn->lower_node, &vn->lower->all);
	hash_add_rcu(vn->lower->devices, &vn->vni_node, config->vni);
}

/* Leave a port to the stack again, unless a device still receives at it. */
static void refresh_port(struct vnencap_lower *lower, __be16 port)
{
	struct vnencap_dev *vn;

	hlist_for_each_entry(vn, &lower->all, lower_node)
		if (rtnl_dereference(vn->config)->port == port)
			return;
	clear_bit(ntohs(port), lower->ports);
}

/**
 * vnencap_lower_del - let a device not be found any more
 * @vn: the vnencap device
 *
 * Context: RTNL. Readers may still hold it until a grace period has passed.
 */
void vnencap_lower_del(struct vnencap_dev *vn)
{
	hash_del_rcu(&vn->vni_node);
	hlist_del_rcu(&vn->lower_node);
	refresh_port(vn->lower, rtnl_dereference(vn->config)->port);
}

/**
 * vnencap_lower_change - give a device another configuration
 * @vn: the vnencap device
 * @new: the configuration; no other device on the lower device has its VNI
 *
 * The device stays in the list of the lower device's all the time. So packets
 * that come for it meanwhile are delivered or dropped, but never answered by
 * the stack.
 *
 * Context: RTNL. Waits until nobody uses the old configuration, which is the
 * caller's to free.
 */
void vnencap_lower_change(struct vnencap_dev *vn, struct vnencap_config *new)
{
	const struct vnencap_config *old = rtnl_dereference(vn->config);
	bool move = old->vni != new->vni;

	set_bit(ntohs(new->port), vn->lower->ports);
	if (move) {
		hash_del_rcu(&vn->vni_node);
		/* a reader of the old chain must not go on in the new */
		synchronize_net();
	}
	rcu_assign_pointer(vn->config, new);
	if (move)
		hash_add_rcu(vn->lower->devices, &vn->vni_node, new->vni);
	synchronize_net();
	refresh_port(vn->lower, old->port);
}

/**
 * vnencap_lower_receives - is an address one that the host receives at?
 * @lower: the lower device that a packet came by
 * @addr: its destination
 *
 * To find out takes a look-up of a route. That is not made for each packet: an
 * address that was found to be the host's is remembered until a route changes.
 * (With each address that goes away, a route does.)
 *
 * Context: RCU.
 */
bool vnencap_lower_receives(struct vnencap_lower *lower,
			    const struct vnencap_addr *addr)
{
	u64 now;

	/* a machine of 32 bits would read the two halves one after the other */
	if (!IS_ENABLED(CONFIG_64BIT) || addr->family != AF_INET)
		return vnencap_local_is(lower->dev, addr);
	now = (u64)rt_genid_ipv4(dev_net(lower->dev)) << 32 |
	      (__force u32)addr->ip4;
	if (likely(READ_ONCE(lower->local4) == now))
		return true;
	if (!addr->ip4 || !vnencap_local_is(lower->dev, addr))
		return false;
	WRITE_ONCE(lower->local4, now);
	return true;
}

/**
 * vnencap_lower_owner - a device that receives at an address and port
 * @lower: the lower device
 * @daddr: address
 * @port: TCP port, network byte order
 *
 * Every device is looked at: for what cannot be told by its VNI.
 *
 * Context: RCU.
 * Return: the first such device or NULL.
 */
struct vnencap_dev *vnencap_lower_owner(const struct vnencap_lower *lower,
					const struct vnencap_addr *daddr,
					__be16 port)
{
	struct vnencap_dev *vn;
	int local = -1;

	hlist_for_each_entry_rcu(vn, &lower->all, lower_node) {
		const struct vnencap_config *config;

		config = rcu_dereference(vn->config);
		if (config->port != port || !netif_running(vn->dev))
			continue;
		if (vnencap_config_local(config, daddr->family)) {
			if (vnencap_config_receives(config, daddr))
				return vn;
			continue;
		}
		/* the answer is the same for all devices without an address */
		if (local < 0)
			local = vnencap_local_is(lower->dev, daddr);
		if (local)
			return vn;
	}
	return NULL;
}

/**
 * vnencap_lower_init - say what takes the packets of lower devices
 * @rx_handler: is given them, with the struct vnencap_lower as rx_handler_data
 *
 * Context: module init, before there is any device.
 */
void __init vnencap_lower_init(rx_handler_func_t *rx_handler)
{
	handler = rx_handler;
}
