/* SPDX-License-Identifier: GPL-2.0-only */
/* An IPv4 or IPv6 address of the overlay or of the substrate. */
#ifndef _VNENCAP_ADDR_H
#define _VNENCAP_ADDR_H

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/siphash.h>
#include <linux/socket.h>
#include <net/ipv6.h>

/**
 * struct vnencap_addr - an address of either family
 * @family: AF_INET, AF_INET6, or AF_UNSPEC for none
 * @ip4: the address where @family is AF_INET, network byte order
 * @ip6: the address where @family is AF_INET6, network byte order
 */
struct vnencap_addr {
	u16 family;
	union {
		__be32 ip4;
		struct in6_addr ip6;
	};
};

static inline bool vnencap_addr_equal(const struct vnencap_addr *a,
				      const struct vnencap_addr *b)
{
	if (a->family != b->family)
		return false;
	switch (a->family) {
	case AF_INET:
		return a->ip4 == b->ip4;
	case AF_INET6:
		return ipv6_addr_equal(&a->ip6, &b->ip6);
	default:
		return true;
	}
}

/* Is it one of many hosts', of a group or of all? */
static inline bool vnencap_addr_is_many(const struct vnencap_addr *addr)
{
	if (addr->family == AF_INET)
		return ipv4_is_multicast(addr->ip4) ||
		       ipv4_is_lbcast(addr->ip4);
	return ipv6_addr_is_multicast(&addr->ip6);
}

/* One that nobody can foresee who has not the key */
static inline u64 vnencap_addr_hash(const struct vnencap_addr *addr,
				    const siphash_key_t *key)
{
	return addr->family == AF_INET ?
	       siphash_1u32((__force u32)addr->ip4, key) :
	       siphash(&addr->ip6, sizeof(addr->ip6), key);
}

struct netlink_ext_ack;
struct nlattr;

int vnencap_addr_check_host(const struct vnencap_addr *addr,
			    const struct nlattr *attr,
			    struct netlink_ext_ack *extack);

#endif /* _VNENCAP_ADDR_H */
