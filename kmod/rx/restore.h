/* SPDX-License-Identifier: GPL-2.0-only */
/* Run -> inner packet. */
#ifndef _VNENCAP_RESTORE_H
#define _VNENCAP_RESTORE_H

#include <linux/types.h>

struct sk_buff;
struct vnencap_dev;
struct vnencap_meta;
struct vnencap_part;
struct vnencap_run;

int vnencap_restore_payload(struct vnencap_dev *vn, struct sk_buff *skb,
			    const struct vnencap_run *run,
			    struct vnencap_part *part);
int vnencap_restore_inner(struct vnencap_dev *vn, struct sk_buff *skb,
			  const struct vnencap_meta *meta,
			  const struct vnencap_part *part, u8 tos);
int vnencap_restore_run(struct vnencap_dev *vn, struct sk_buff *skb,
			const struct vnencap_run *run,
			const struct vnencap_meta *meta);
int vnencap_restore_whole(struct vnencap_dev *vn, struct sk_buff *skb,
			  const struct vnencap_run *run, u64 name);

#endif /* _VNENCAP_RESTORE_H */
