/* SPDX-License-Identifier: GPL-2.0-only */
/* A frame leaves the host. */
#ifndef _VNENCAP_OUTPUT_H
#define _VNENCAP_OUTPUT_H

struct net;
struct sk_buff;

int vnencap_output(struct net *net, struct sk_buff *skb);

#endif /* _VNENCAP_OUTPUT_H */
