/* SPDX-License-Identifier: GPL-2.0-only */
/* Inner packets of a frame that go up together. */
#ifndef _VNENCAP_READY_H
#define _VNENCAP_READY_H

#include <linux/skbuff.h>

#include "rx/run.h"

struct vnencap_dev;
struct vnencap_pending;

int vnencap_ready_add(struct vnencap_dev *vn, struct vnencap_pending *fq,
		      struct sk_buff *skb, const struct vnencap_run *run,
		      struct sk_buff_head *ready);
void vnencap_ready_release(struct vnencap_dev *vn, struct vnencap_pending *fq,
			   struct sk_buff_head *ready);
void vnencap_ready_assemble(struct vnencap_dev *vn, struct vnencap_pending *fq,
			    struct sk_buff_head *ready);
void vnencap_ready_hand_up(struct vnencap_dev *vn, struct sk_buff_head *ready,
			   enum vnencap_run_via via);

#endif /* _VNENCAP_READY_H */
