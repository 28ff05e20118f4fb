/* SPDX-License-Identifier: GPL-2.0-only */
/* Frames of which only parts have arrived. */
#ifndef _VNENCAP_REASM_H
#define _VNENCAP_REASM_H

#include <linux/types.h>

struct net;
struct sk_buff;
struct vnencap_dev;
struct vnencap_addr;
struct vnencap_meta;
struct vnencap_run;

unsigned long vnencap_reasm_timeout(const struct net *net);
void vnencap_reasm_count_lost(struct vnencap_dev *vn,
			      const struct vnencap_addr *source,
			      unsigned int segments);
void vnencap_reasm_adopt(struct vnencap_dev *vn, const struct sk_buff *skb,
			 const struct vnencap_run *run,
			 const struct vnencap_meta *meta, u32 end);
int vnencap_reasm_add(struct vnencap_dev *vn, struct sk_buff *skb,
		      const struct vnencap_run *run, u64 name);

#ifdef VNENCAP_TESTS
int vnencap_reasm_set_timeout(struct net *net, int timeout);
#endif

int vnencap_reasm_init(void);
void vnencap_reasm_exit(void);

#endif /* _VNENCAP_REASM_H */
