/* SPDX-License-Identifier: GPL-2.0-only */
/* A run meets what waits of its frame. */
#ifndef _VNENCAP_REASM_H
#define _VNENCAP_REASM_H

#include <linux/types.h>

#include "rx/run.h"

struct sk_buff;
struct vnencap_dev;
struct vnencap_meta;
struct vnencap_parity;

/**
 * struct vnencap_parity_come - what parity that has come is of
 * @group: the group
 * @of: what the headers of its segments say, but for where they are
 */
struct vnencap_parity_come {
	const struct vnencap_parity *group;
	const struct vnencap_segment *of;
};

void vnencap_reasm_adopt(struct vnencap_dev *vn, const struct sk_buff *skb,
			 const struct vnencap_run *run,
			 const struct vnencap_meta *meta, u32 end);
int vnencap_reasm_add(struct vnencap_dev *vn, struct sk_buff *skb,
		      const struct vnencap_run *run, u64 name,
		      enum vnencap_run_via via);
int vnencap_reasm_add_parity(struct vnencap_dev *vn, struct sk_buff *skb,
			     const struct vnencap_run *run,
			     const struct vnencap_parity_come *parity,
			     u64 name, enum vnencap_run_via via);

int vnencap_reasm_init(void);
void vnencap_reasm_exit(void);

#endif /* _VNENCAP_REASM_H */
