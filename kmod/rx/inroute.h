/* SPDX-License-Identifier: GPL-2.0-only */
/* The stack's route for datagrams of the overlay that are for this host. */
#ifndef _VNENCAP_INROUTE_H
#define _VNENCAP_INROUTE_H

struct net;
struct sk_buff;
struct vnencap_dev;

int vnencap_inroute_make(struct vnencap_dev *vn);
void vnencap_inroute_free(struct vnencap_dev *vn);
void vnencap_inroute_attach(struct sk_buff *skb, struct net *net);

#endif /* _VNENCAP_INROUTE_H */
