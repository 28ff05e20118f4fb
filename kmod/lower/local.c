// SPDX-License-Identifier: GPL-2.0-only
/* Which addresses of the substrate are this host's own. */
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <net/addrconf.h>
#include <net/ip_fib.h>
#include <net/route.h>

#include "lower/local.h"
#include "wire/addr.h"

#if IS_ENABLED(CONFIG_IPV6)
/* With "ipv6.disable=1" there is not even a table to look in. */
static bool local_ipv6(const struct net_device *lower,
		       const struct in6_addr *addr)
{
	return ipv6_mod_enabled() &&
	       ipv6_chk_addr(dev_net(lower), addr, lower, 0);
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
