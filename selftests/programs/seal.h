/* SPDX-License-Identifier: GPL-2.0-only */
/* What the module's own files know of a segment. */
#ifndef SEAL_H
#define SEAL_H

#include <stdbool.h>
#include <stdint.h>

#define SEGMENT_HDR	28
#define SERVICE_PORT	7471
#define KEYED_VNI	2	/* fuzz/guest gives it the keys 7, 7... and 8, 8... */

/**
 * struct place - where a segment, or some of them, is
 * @segsz: payload bytes of each, but for the last
 * @offset: in the frame's wire payload, or in the parity of a group
 * @id: of the frame
 * @parity: they are parity, and no part of the frame
 * @shard_len: bytes of the shard that the first begins with; 0 where it has none
 */
struct place {
	uint16_t segsz;
	uint32_t offset;
	uint32_t id;
	bool parity;
	uint8_t shard_len;
};

bool seal_place(const uint8_t *tcp, uint32_t len, struct place *place);
void seal_again(uint8_t *tcp, uint32_t len, uint32_t id);

#endif /* SEAL_H */
