// SPDX-License-Identifier: GPL-2.0-only
/* What addresses the control plane takes. */
#include <linux/ipv6.h>
#include <linux/netlink.h>

#include "wire/addr.h"

/**
 * vnencap_addr_check_host - see that an address is one that a host can have
 * @addr: the address; its family must be set, and it may be zero
 * @attr: where it comes from, for @extack
 * @extack: told what is wrong
 *
 * Return: 0, -EINVAL, or -EAFNOSUPPORT where the kernel has no IPv6.
 */
int vnencap_addr_check_host(const struct vnencap_addr *addr,
			    const struct nlattr *attr,
			    struct netlink_ext_ack *extack)
{
	bool v4 = addr->family == AF_INET;

	/* "any" can be said of a family that is not there, too */
	if (!v4 && !ipv6_mod_enabled() && !ipv6_addr_any(&addr->ip6)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "IPv6 is disabled in this kernel");
		return -EAFNOSUPPORT;
	}
	if (v4 ? ipv4_is_multicast(addr->ip4) :
		 ipv6_addr_is_multicast(&addr->ip6)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "Substrate address is multicast");
		return -EINVAL;
	}
	if (v4 && ipv4_is_lbcast(addr->ip4)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "Substrate address is broadcast");
		return -EINVAL;
	}
	if (!v4 && ipv6_addr_v4mapped(&addr->ip6)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "Substrate address is IPv4 mapped to IPv6");
		return -EINVAL;
	}
	return 0;
}
