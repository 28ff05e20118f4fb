/* SPDX-License-Identifier: GPL-2.0-only */
/* Packets of the wire and of the overlay, given to the kernel. */
#ifndef PACKET_H
#define PACKET_H

#include "input.h"

#define VNET_HDR	10	/* of struct virtio_net_hdr, which precedes each packet */
#define DEVICES		5	/* vn1 to vn5 */

/* What a NIC would have to be told */
enum { TAP_PLAIN, TAP_NAPI, TAP_FRAGS, TAP_WAYS };

void packet_open(const char *tap, unsigned int way);
void packet_run(const struct input *in);
void packet_record(struct input *to);

uint32_t sum_add(uint32_t sum, const uint8_t *data, uint32_t len);
void sum_put(uint8_t *to, uint32_t sum);

/* Of quote.c */
uint32_t quote_packet(uint8_t *to, const uint8_t *ip, uint32_t len, unsigned int kind,
		      unsigned int variant);
/* Of seeds.c: packets that programs send, and what becomes of them */
void packet_seeds(void (*take)(const struct input *in));
/* Of mutate.c */
void packet_mutate(struct input *in);

#endif /* PACKET_H */
