// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lower device: it has one rx_handler for all vnencap devices on it, unless
 * another has it, or it may have none. Then they receive by local input alone, as
 * those do that have no lower device: these share a struct vnencap_lower, too.
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
	const struct vnencap_substrate *s;
	struct vnencap_lower *lower;

	/* The core sets the handler after its data, and clears it before: where
	 * the handler is ours, the data is.
	 */
	if (rcu_dereference_rtnl(dev->rx_handler) == handler)
		return rcu_dereference_rtnl(dev->rx_handler_data);
	s = vnencap_substrate_of(dev_net(dev));
	if (!s)
		return NULL;
	hash_for_each_possible_rcu(s->lowers, lower, node, dev->ifindex,
				   lockdep_rtnl_is_held())
		if (lower->dev == dev)
			return lower;
	return NULL;
}

/* ---- The rx_handler ---- */

/* There is one for each device, and some devices may have none. */
static void take_handler(struct vnencap_lower *lower)
{
	if (lower->dev && lower->wanted && !lower->fast)
		lower->fast = !netdev_rx_handler_register(lower->dev, handler,
							  lower);
}

/* Waits until no packet is on its way through the handler. */
static void give_handler(struct vnencap_lower *lower)
{
	if (!lower->fast)
		return;
	lower->fast = false;
	netdev_rx_handler_unregister(lower->dev);
}

/**
 * vnencap_lower_want - receive by the rx_handler, if it is to be had
 * @lower: the lower device
 *
 * Context: RTNL. Once for each device on it.
 */
void vnencap_lower_want(struct vnencap_lower *lower)
{
	lower->wanted++;
	take_handler(lower);
}

/**
 * vnencap_lower_unwant - undo vnencap_lower_want()
 * @lower: the lower device
 *
 * Context: RTNL.
 */
void vnencap_lower_unwant(struct vnencap_lower *lower)
{
	if (!--lower->wanted)
		give_handler(lower);
}

/**
 * vnencap_lower_yield - leave the rx_handler to another who is about to take it
 * @lower: the lower device
 *
 * Context: RTNL.
 * Return: whether there was one to leave.
 */
bool vnencap_lower_yield(struct vnencap_lower *lower)
{
	bool fast = lower->fast;

	give_handler(lower);
	return fast;
}

/**
 * vnencap_lower_retry - try again to have the rx_handler
 * @lower: the lower device
 *
 * Context: RTNL.
 * Return: whether it has come by it now.
 */
bool vnencap_lower_retry(struct vnencap_lower *lower)
{
	bool fast = lower->fast;

	take_handler(lower);
	return fast != lower->fast;
}

/* ---- Devices on it ---- */

/**
 * vnencap_lower_master_changed - the lower device may be another's port now
 * @lower: the lower device
 *
 * A VRF has its ports' routes; others have routes that do not lead by their ports.
 *
 * Context: RTNL.
 */
void vnencap_lower_master_changed(struct vnencap_lower *lower)
{
	const struct net_device *master;

	master = lower->dev ? netdev_master_upper_dev_get(lower->dev) : NULL;
	WRITE_ONCE(lower->anywhere,
		   !lower->dev || (master && !netif_is_l3_master(master)));
}

static struct vnencap_lower *find(struct net *net, const struct net_device *dev)
{
	const struct vnencap_substrate *s = vnencap_substrate_of(net);

	if (dev)
		return vnencap_lower_of(dev);
	return s ? rtnl_dereference(s->anywhere) : NULL;
}

static void publish(struct vnencap_lower *lower)
{
	struct vnencap_substrate *s = lower->substrate;

	if (lower->dev)
		hash_add_rcu(s->lowers, &lower->node, lower->dev->ifindex);
	else
		rcu_assign_pointer(s->anywhere, lower);
}

static void unpublish(struct vnencap_lower *lower)
{
	if (lower->dev)
		hash_del_rcu(&lower->node);
	else
		RCU_INIT_POINTER(lower->substrate->anywhere, NULL);
}

/**
 * vnencap_lower_get - take part in a lower device
 * @net: namespace of the substrate
 * @dev: the device, in @net; NULL to have none
 *
 * Context: RTNL.
 * Return: the lower device with one more device counted, or NULL without memory.
 */
struct vnencap_lower *vnencap_lower_get(struct net *net, struct net_device *dev)
{
	struct vnencap_lower *lower = find(net, dev);

	if (lower) {
		lower->count++;
		return lower;
	}
	lower = kzalloc(sizeof(*lower), GFP_KERNEL_ACCOUNT);
	if (!lower)
		return NULL;
	lower->dev = dev;
	lower->count = 1;
	lower->substrate = vnencap_substrate_get(net);
	if (!lower->substrate) {
		kfree(lower);
		return NULL;
	}
	vnencap_lower_master_changed(lower);
	publish(lower);
	return lower;
}

/**
 * vnencap_lower_put - take no part in a lower device any more
 * @lower: from vnencap_lower_get(); nobody on it wants the rx_handler
 *
 * Context: RTNL.
 */
void vnencap_lower_put(struct vnencap_lower *lower)
{
	if (--lower->count)
		return;
	unpublish(lower);
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
