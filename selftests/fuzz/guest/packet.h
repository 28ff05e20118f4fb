/* SPDX-License-Identifier: GPL-2.0-only */
/* Packets of the wire and of the overlay, given to the kernel. */
#ifndef PACKET_H
#define PACKET_H

#include "input.h"

#define VNET_HDR	10	/* of struct virtio_net_hdr, which precedes each packet */
#define DEVICES		4	/* vn1 to vn4 */

/* What a NIC would have to be told */
enum { TAP_PLAIN, TAP_NAPI, TAP_FRAGS, TAP_WAYS };

void packet_open(const char *tap, unsigned int way);
void packet_run(const struct input *in);
void packet_record(struct input *to);

/* Of seeds.c: packets that programs send, and what becomes of them */
void packet_seeds(void (*take)(const struct input *in));
/* Of mutate.c */
void packet_mutate(struct input *in);

#endif /* PACKET_H */
