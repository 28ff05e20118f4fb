/* SPDX-License-Identifier: GPL-2.0-only */
/* Packets too big for the substrate's routers, or for a device. */
#ifndef _VNENCAP_PMTU_H
#define _VNENCAP_PMTU_H

#include <net/dst.h>
#include <net/ip.h>
#include <net/route.h>

#include "lower/route.h"
#include "map/endpoint.h"
#include "vnencap.h"

struct vnencap_substrate;

void vnencap_pmtu_learn(struct vnencap_substrate *s, struct sk_buff *skb);
int vnencap_pmtu_enforce(const struct vnencap_dev *vn, struct sk_buff *skb,
			 struct dst_entry *dst);
void vnencap_pmtu_reply(const struct vnencap_dev *vn, struct sk_buff *skb);

u32 vnencap_pmtu_heed(const struct vnencap_dev *vn,
		      const struct vnencap_endpoint *endpoint,
		      const struct dst_entry *dst, u32 mtu);

/* Is the MTU of an IPv4 route that of its device, as ip_dst_mtu_maybe_forward() would
 * find? It mostly is, and that function takes longer to say so.
 */
static inline bool vnencap_pmtu_is_device_s(const struct dst_entry *dst)
{
	const struct rtable *rt = (const struct rtable *)dst;

	return !dst_xfrm(dst) && !rt->rt_pmtu && !rt->rt_mtu_locked &&
	       !dst_metric_raw(dst, RTAX_MTU) &&
	       !dst_metric_locked(dst, RTAX_MTU) && !dst->lwtstate;
}

/**
 * vnencap_pmtu_to - path MTU of the substrate, to an endpoint
 * @vn: the device that sends
 * @endpoint: the endpoint
 * @dst: the route that the frame takes
 *
 * Context: softirq, or bottom halves disabled; in RCU.
 * Return: the longest packet that may be sent, in bytes.
 */
static inline u32 vnencap_pmtu_to(const struct vnencap_dev *vn,
				  const struct vnencap_endpoint *endpoint,
				  const struct dst_entry *dst)
{
	u32 mtu = min_t(u32, READ_ONCE(dst->dev->mtu), IP_MAX_MTU);

	if (unlikely(endpoint->addr.family != AF_INET ||
		     !vnencap_pmtu_is_device_s(dst)))
		mtu = min(dst_mtu(dst), READ_ONCE(dst->dev->mtu));
	if (unlikely(vnencap_endpoint_is_apart(endpoint) ||
		     vnencap_route_ruled(vn->net, endpoint->addr.family)))
		mtu = vnencap_pmtu_heed(vn, endpoint, dst, mtu);
	return mtu;
}

#endif /* _VNENCAP_PMTU_H */
