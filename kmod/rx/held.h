/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs that wait for nothing but what is missing before them. */
#ifndef _VNENCAP_HELD_H
#define _VNENCAP_HELD_H

struct sk_buff;
struct sk_buff_head;
struct vnencap_dev;
struct vnencap_pending;
struct vnencap_run;

int vnencap_held_hand_up(struct vnencap_dev *vn, struct vnencap_pending *fq,
			 struct sk_buff *skb, const struct vnencap_run *run,
			 struct sk_buff_head *ready);
void vnencap_held_release(struct vnencap_dev *vn, struct vnencap_pending *fq,
			  struct sk_buff_head *ready);
void vnencap_held_release_all(struct vnencap_dev *vn,
			      struct vnencap_pending *fq,
			      struct sk_buff_head *ready);

#endif /* _VNENCAP_HELD_H */
