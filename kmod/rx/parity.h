/* SPDX-License-Identifier: GPL-2.0-only */
/* Parity that has arrived. */
#ifndef _VNENCAP_RX_PARITY_H
#define _VNENCAP_RX_PARITY_H

#include "rx/run.h"

struct sk_buff;
struct vnencap_dev;

int vnencap_parity_take(struct vnencap_dev *vn, struct sk_buff *skb,
			const struct vnencap_run *run, u64 name,
			enum vnencap_run_via via);

#endif /* _VNENCAP_RX_PARITY_H */
