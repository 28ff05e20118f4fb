// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which other device takes the packets of a lower device. The kernel lets only
 * one do that, by an rx_handler, and does not tell which. Bridges, bonds and the
 * like do it, each for the devices below it.
 */
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/net_namespace.h>
#include <net/rtnetlink.h>

#include "compat.h"
#include "dev/holder.h"

/**
 * struct holder_kind - a kind of device that takes the packets of others
 * @kind: as rtnetlink calls it
 * @words: the warning, for kernels that can name no device in it
 */
struct holder_kind {
	const char *kind;
	const char *words;
};

#define NO_FAST_PATH	"No fast path: the device "
#define IN_USE		NO_FAST_PATH "is in use by "

static const struct holder_kind kinds[] = {
	{ "bridge", IN_USE "a bridge" },
	{ "openvswitch", IN_USE "a bridge of Open vSwitch" },
	{ "bond", IN_USE "a bond" },
	{ "team", IN_USE "a team" },
	{ "macvlan", IN_USE "a macvlan device" },
	{ "macvtap", IN_USE "a macvtap device" },
	{ "ipvlan", IN_USE "an ipvlan device" },
	{ "ipvtap", IN_USE "an ipvtap device" },
	{ "macsec", IN_USE "a MACsec device" },
	{ "hsr", IN_USE "an HSR device" },
	{ "rmnet", IN_USE "an rmnet device" },
	{ "virt_wifi", IN_USE "a virt_wifi device" },
};

static const char *kind_of(const struct net_device *dev)
{
	return dev->rtnl_link_ops ? dev->rtnl_link_ops->kind : "";
}

static const struct holder_kind *find_kind(const struct net_device *dev)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i].kind, kind_of(dev)))
			return &kinds[i];
	return NULL;
}

/* Other devices may lie above it that take no packets (VLANs, a VRF). */
static const struct net_device *find_holder(struct net_device *lower_dev)
{
	struct net_device *upper;
	struct list_head *iter;

	netdev_for_each_upper_dev_rcu(lower_dev, upper, iter)
		if (find_kind(upper))
			return upper;
	return NULL;
}

/**
 * vnencap_holder_tell - tell why a lower device has no rx_handler of ours
 * @lower_dev: the device
 * @extack: told which device takes its packets, as a warning
 *
 * Context: RTNL.
 */
void vnencap_holder_tell(struct net_device *lower_dev,
			 struct netlink_ext_ack *extack)
{
	const struct net_device *holder = find_holder(lower_dev);

	if (!netdev_is_rx_handler_busy(lower_dev))
		NL_SET_ERR_MSG(extack, NO_FAST_PATH "takes none (VRF, ipvlan)");
	else if (!holder)
		NL_SET_ERR_MSG(extack, IN_USE "another device");
	else
		compat_err_msg(extack, find_kind(holder)->words,
			       IN_USE "%s (%s)%s", holder->name,
			       kind_of(holder),
			       net_eq(dev_net(holder), dev_net(lower_dev)) ?
			       "" : " elsewhere");
}
