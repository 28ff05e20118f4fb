/* SPDX-License-Identifier: GPL-2.0-only */
/* A frame's metadata, seen to be right. */
#ifndef _VNENCAP_VERIFY_H
#define _VNENCAP_VERIFY_H

#include <linux/rcupdate.h>
#include <linux/types.h>

#include "vnencap.h"

struct sk_buff;
struct vnencap_meta;
struct vnencap_parity_hdr;
struct vnencap_run;
struct vnencap_segment;

int vnencap_verify_meta(struct vnencap_dev *vn, const struct sk_buff *skb,
			const struct vnencap_run *run,
			struct vnencap_meta *meta);
bool vnencap_verify_parity(struct vnencap_dev *vn,
			   const struct vnencap_segment *seg,
			   const struct vnencap_parity_hdr *hdr);
void vnencap_verify_count_rebuilt(struct vnencap_dev *vn,
				  const struct sk_buff *skb);
int vnencap_verify_refuse(struct vnencap_dev *vn, const struct sk_buff *skb,
			  int err);

/**
 * vnencap_verify_vni - is the device one of that VNI?
 * @vn: the device; its VNI can be changed while packets are on their way to it
 * @vni: a segment's
 *
 * Context: in RCU.
 * Return: true if it is now.
 */
static inline bool vnencap_verify_vni(const struct vnencap_dev *vn, u32 vni)
{
	return rcu_dereference(vn->config)->vni == vni;
}

#endif /* _VNENCAP_VERIFY_H */
