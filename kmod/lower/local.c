// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which addresses of the substrate are this host's own. It is not those that devices
 * have, but those that the host's routes say are: a prefix can be the host's own
 * without any address of it at a device (ip route add local PREFIX dev lo), and an
 * address can be at a device and its route be gone. Sockets go by routes, too.
 */
#include <linux/netdevice.h>
#include <net/addrconf.h>
#include <net/ip6_route.h>
#include <net/ip_fib.h>
#include <net/ipv6.h>

#include "lower/local.h"
#include "wire/addr.h"

static bool local_ipv4(const struct net_device *dev, __be32 addr)
{
	struct flowi4 fl4 = { .flowi4_iif = dev->ifindex, .daddr = addr };
	struct fib_result res;

	return !fib_lookup(dev_net(dev), &fl4, &res, 0) &&
	       res.type == RTN_LOCAL;
}

#if IS_ENABLED(CONFIG_IPV6)
/**
 * vnencap_local_leads_ipv6 - does an IPv6 route lead to this host itself?
 * @rt: the route
 *
 * A router's anycast addresses are its own, and so is all that a route of type anycast
 * is for: the kernel has no flag for the latter. What goes by a lightweight tunnel there
 * (encap) is that tunnel's.
 *
 * Context: RCU.
 * Return: true if it does.
 */
bool vnencap_local_leads_ipv6(const struct rt6_info *rt)
{
	const struct fib6_info *from = rcu_dereference(rt->from);

	if (rt->dst.error || rt->dst.lwtstate)
		return false;
	return rt->rt6i_flags & (RTF_LOCAL | RTF_ANYCAST) ||
	       (from && from->fib6_type == RTN_ANYCAST);
}

/**
 * vnencap_local_route_ipv6 - the route that says an IPv6 address is the host's own
 * @dev: the device that packets come by
 * @daddr: the address
 * @saddr: where they come from; any, where that is not known
 *
 * This is how ip6_route_input() asks. With "ipv6.disable=1" there is not even a table
 * to look in. What comes to the loopback address is never for the host, if it has not
 * begun there.
 *
 * Context: RCU.
 * Return: the route, good until the end of the RCU section, or NULL.
 */
struct rt6_info *vnencap_local_route_ipv6(struct net_device *dev,
					  const struct in6_addr *daddr,
					  const struct in6_addr *saddr)
{
	struct flowi6 fl6 = {
		.flowi6_iif = dev->ifindex,
		.daddr = *daddr,
		.saddr = *saddr,
	};
	int flags = RT6_LOOKUP_F_DST_NOREF;
	struct rt6_info *rt;

	if (!ipv6_mod_enabled() || ipv6_addr_loopback(daddr))
		return NULL;
	if (!ipv6_addr_any(saddr))
		flags |= RT6_LOOKUP_F_HAS_SADDR;
	rt = (struct rt6_info *)ip6_route_input_lookup(dev_net(dev), dev, &fl6,
						       NULL, flags);
	return vnencap_local_leads_ipv6(rt) ? rt : NULL;
}

static bool local_ipv6(struct net_device *dev, const struct in6_addr *addr)
{
	return vnencap_local_route_ipv6(dev, addr, &in6addr_any);
}
#else
static bool local_ipv6(struct net_device *dev, const struct in6_addr *addr)
{
	return false;
}
#endif

/**
 * vnencap_local_is - is an address one that this host receives at?
 * @dev: the device that packets come by
 * @addr: the address
 *
 * Context: RCU.
 * Return: true if it is, for what comes by @dev: at that or at another device of the
 * same L3 domain (VRF), or at none; a link-local one only at @dev.
 */
bool vnencap_local_is(struct net_device *dev, const struct vnencap_addr *addr)
{
	if (addr->family == AF_INET)
		return local_ipv4(dev, addr->ip4);
	return local_ipv6(dev, &addr->ip6);
}
