// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lower device: it has one rx_handler for all vnencap devices on it.
 */
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "lower/admit.h"
#include "lower/lower.h"
#include "lower/substrate.h"
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
	lower = kzalloc(sizeof(*lower), GFP_KERNEL_ACCOUNT);
	if (!lower)
		return ERR_PTR(-ENOMEM);
	lower->dev = dev;
	lower->count = 1;
	lower->substrate = vnencap_substrate_get(dev_net(dev));
	if (!lower->substrate) {
		err = -ENOMEM;
		goto err_free;
	}
	err = netdev_rx_handler_register(dev, handler, lower);
	if (err) {
		tell_refused(err, extack);
		goto err_substrate;
	}
	hlist_add_head_rcu(&lower->node, &lower->substrate->lowers);
	return lower;

err_substrate:
	vnencap_substrate_put(lower->substrate);
err_free:
	kfree(lower);
	return ERR_PTR(err);
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
	hlist_del_rcu(&lower->node);
	/* waits until no packet is on its way through the handler */
	netdev_rx_handler_unregister(lower->dev);
	vnencap_admit_forget(lower);
	vnencap_substrate_put(lower->substrate);
	kfree_rcu(lower, rcu);
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
