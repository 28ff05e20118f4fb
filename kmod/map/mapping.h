/* SPDX-License-Identifier: GPL-2.0-only */
/* A mapping as it is told: which overlay prefix is at which endpoints. */
#ifndef _VNENCAP_MAPPING_H
#define _VNENCAP_MAPPING_H

#include <linux/inetdevice.h>
#include <linux/types.h>
#include <net/ipv6.h>

#include "wire/addr.h"

struct vnencap_group;

/* A mapping has no fec of its own: the device's counts. No request can say so. */
#define VNENCAP_FEC_UNSET	254

/**
 * struct vnencap_mapping - a mapping as it is told, or a place among them
 * @vni: virtual network identifier
 * @len: length of the prefix in bits
 * @dst: overlay prefix, bits beyond @len are zero; of family AF_UNSPEC it is
 *	the place before all mappings of @vni
 * @via: address of the substrate endpoint; of AF_UNSPEC where there is a group
 * @group: the endpoints, where there is not one; those of a mapping that is told
 *	are good until the lock is dropped; never a group of one
 * @fec: parity segments that a frame is followed by, in percent of its own;
 *	VNENCAP_FEC_AUTO, or VNENCAP_FEC_UNSET
 */
struct vnencap_mapping {
	u32 vni;
	u8 len;
	struct vnencap_addr dst;
	struct vnencap_addr via;
	struct vnencap_group *group;
	u8 fec;
};

/* Has its prefix that address? */
static inline bool vnencap_mapping_covers(const struct vnencap_mapping *m,
					  const struct vnencap_addr *dst)
{
	if (m->dst.family != dst->family)
		return false;
	if (dst->family == AF_INET)
		return !((m->dst.ip4 ^ dst->ip4) & inet_make_mask(m->len));
	return ipv6_prefix_equal(&m->dst.ip6, &dst->ip6, m->len);
}

#endif /* _VNENCAP_MAPPING_H */
