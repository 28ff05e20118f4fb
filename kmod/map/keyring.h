/* SPDX-License-Identifier: GPL-2.0-only */
/* The keyring of a namespace: which VNI has which keys. */
#ifndef _VNENCAP_KEYRING_H
#define _VNENCAP_KEYRING_H

#include <linux/types.h>

struct net;
struct vnencap_keys;

const struct vnencap_keys *vnencap_keyring_get(struct net *net, u32 vni);
const struct vnencap_keys *vnencap_keyring_next(struct net *net,
						unsigned long *vni);
int vnencap_keyring_set(struct net *net, u32 vni,
			const struct vnencap_keys *keys);
void vnencap_keyring_flush(struct net *net);

#endif /* _VNENCAP_KEYRING_H */
