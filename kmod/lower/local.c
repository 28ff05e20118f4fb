// SPDX-License-Identifier: GPL-2.0-only
/* Which addresses of the substrate are this host's own. */
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <net/addrconf.h>
#include <net/ip6_route.h>
#include <net/ip_fib.h>
#include <net/route.h>

#include "lower/local.h"
#include "wire/addr.h"

#if IS_ENABLED(CONFIG_IPV6)
/* Does a route say that it is? A prefix can be the host's own without any address
 * of it being at a device (ip -6 route add local PREFIX dev lo). IPv4 finds those
 * where it finds all others.
 */
static bool routed_here(const struct net_device *lower,
			const struct in6_addr *addr)
{
	struct flowi6 fl6 = {
		.flowi6_iif = lower->ifindex,
		.daddr = *addr,
	};
	const struct rt6_info *rt;
	struct dst_entry *dst;
	bool local;

	dst = ip6_route_lookup(dev_net(lower), &fl6, NULL, 0);
	rt = (const struct rt6_info *)dst;
	local = !dst->error && rt->rt6i_flags & RTF_LOCAL;
	dst_release(dst);
	return local;
}

/* With "ipv6.disable=1" there is not even a table to look in. A link-local address
 * is its device's own, which a route does not say.
 */
static bool local_ipv6(const struct net_device *lower,
		       const struct in6_addr *addr)
{
	if (!ipv6_mod_enabled())
		return false;
	return ipv6_chk_addr(dev_net(lower), addr, lower, 0) ||
	       (!(ipv6_addr_type(addr) &
		  (IPV6_ADDR_LINKLOCAL | IPV6_ADDR_LOOPBACK)) &&
		routed_here(lower, addr));
}
#else
static bool local_ipv6(const struct net_device *lower,
		       const struct in6_addr *addr)
{
	return false;
}
#endif

/**
 * vnencap_local_is - is an address one that this host receives at?
 * @lower: the lower device that packets come by
 * @addr: the address
 *
 * Context: RCU.
 * Return: true if it is, at @lower or at another device of the same L3 domain
 * (VRF); a link-local one only at @lower.
 */
bool vnencap_local_is(const struct net_device *lower,
		      const struct vnencap_addr *addr)
{
	if (addr->family == AF_INET)
		return inet_addr_type_dev_table(dev_net(lower), lower,
						addr->ip4) == RTN_LOCAL;
	return local_ipv6(lower, &addr->ip6);
}
