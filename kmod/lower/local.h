/* SPDX-License-Identifier: GPL-2.0-only */
/* Which addresses of the substrate are this host's own. */
#ifndef _VNENCAP_LOCAL_H
#define _VNENCAP_LOCAL_H

#include <linux/types.h>

struct in6_addr;
struct net_device;
struct rt6_info;
struct vnencap_addr;

bool vnencap_local_is(struct net_device *dev, const struct vnencap_addr *addr);
bool vnencap_local_leads_ipv6(const struct rt6_info *rt);
struct rt6_info *vnencap_local_route_ipv6(struct net_device *dev,
					  const struct in6_addr *daddr,
					  const struct in6_addr *saddr);

#endif /* _VNENCAP_LOCAL_H */
