/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the runs of a frame meet. */
#ifndef _VNENCAP_GRO_H
#define _VNENCAP_GRO_H

struct sk_buff;
struct vnencap_dev;

/* On their way to the handler runs have a protocol of their own. No wire can
 * bring it: it is below 0x600, where Ethernet has lengths.
 */
#define VNENCAP_ETH_P_RUN	0x00ee

void vnencap_gro_queue(struct vnencap_dev *vn, struct sk_buff *skb);

void vnencap_gro_init(void);
void vnencap_gro_exit(void);

#endif /* _VNENCAP_GRO_H */
