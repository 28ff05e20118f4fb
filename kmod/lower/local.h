/* SPDX-License-Identifier: GPL-2.0-only */
/* Which addresses of the substrate are this host's own. */
#ifndef _VNENCAP_LOCAL_H
#define _VNENCAP_LOCAL_H

#include <linux/types.h>

struct net_device;
struct vnencap_addr;

bool vnencap_local_is(const struct net_device *lower,
		      const struct vnencap_addr *addr);

#endif /* _VNENCAP_LOCAL_H */
