/* SPDX-License-Identifier: GPL-2.0-only */
/* The secrets of a namespace: which VNI has which keys. */
#ifndef _VNENCAP_SECRET_H
#define _VNENCAP_SECRET_H

#include <linux/types.h>

struct net;
struct vnencap_keys;

const struct vnencap_keys *vnencap_map_get_keys(struct net *net, u32 vni);
const struct vnencap_keys *vnencap_map_next_keys(struct net *net,
						 unsigned long *vni);
int vnencap_map_set_keys(struct net *net, u32 vni,
			 const struct vnencap_keys *keys);
void vnencap_secret_flush(struct net *net);

#endif /* _VNENCAP_SECRET_H */
