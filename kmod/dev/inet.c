// SPDX-License-Identifier: GPL-2.0-only
/*
 * What IPv4 and IPv6 are to do of their own accord on a device: not what they do
 * where all hosts are neighbours.
 */
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <net/addrconf.h>
#include <net/if_inet6.h>

#include "dev/inet.h"

/* A hub's packets leave by the device that they came by, and it would redirect
 * their senders. They can go no other way: it is mappings that say where hosts
 * are, not neighbours. The switch for all devices has to be off, too, as either
 * of the two is enough; other devices have their own. As WireGuard does it.
 */
static void open_ipv4(struct net_device *dev)
{
	struct in_device *in_dev = __in_dev_get_rtnl(dev);

	if (!in_dev)
		return;
	IN_DEV_CONF_SET(in_dev, SEND_REDIRECTS, 0);
	IPV4_DEVCONF_ALL(dev_net(dev), SEND_REDIRECTS) = 0;
}

#if IS_ENABLED(CONFIG_IPV6)
/* The device has no link layer address to make one of, and a random one no
 * mapping. Without it there are no redirects, nor router solicitations. A user may
 * still ask for one (ip link set addrgenmode), or give the device any.
 */
static void open_ipv6(struct net_device *dev)
{
	struct inet6_dev *idev = __in6_dev_get(dev);

	if (idev && idev->cnf.addr_gen_mode == IN6_ADDR_GEN_MODE_EUI64)
		idev->cnf.addr_gen_mode = IN6_ADDR_GEN_MODE_NONE;
}
#else
static void open_ipv6(struct net_device *dev)
{
}
#endif

/**
 * vnencap_inet_open - see to IPv4 and IPv6 on a device that goes up
 * @dev: the device
 *
 * Context: RTNL.
 */
void vnencap_inet_open(struct net_device *dev)
{
	open_ipv4(dev);
	open_ipv6(dev);
}
