/* SPDX-License-Identifier: GPL-2.0-only */
/* Routers of the substrate that know a shorter way. */
#ifndef _VNENCAP_REDIRECT_H
#define _VNENCAP_REDIRECT_H

struct sk_buff;
struct vnencap_substrate;

void vnencap_redirect_follow(struct vnencap_substrate *s,
			     struct sk_buff *skb);

#endif /* _VNENCAP_REDIRECT_H */
