/* SPDX-License-Identifier: GPL-2.0-only */
/* A packet for a device becomes a run. */
#ifndef _VNENCAP_ACCEPT_H
#define _VNENCAP_ACCEPT_H

struct sk_buff;
struct vnencap_dev;
struct vnencap_peek;
struct vnencap_run;

int vnencap_accept_run(struct vnencap_dev *vn, struct sk_buff *skb,
		       const struct vnencap_peek *peek,
		       struct vnencap_run *run);
void vnencap_accept_scrub(struct vnencap_dev *vn, struct sk_buff *skb);

#endif /* _VNENCAP_ACCEPT_H */
