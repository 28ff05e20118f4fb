/* SPDX-License-Identifier: GPL-2.0-only */
/* Virtual networks: how much is known of each, and which ones matter here. */
#ifndef VNENCAPD_VNIS_H
#define VNENCAPD_VNIS_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct vni - a virtual network
 * @vni: its number
 * @wanted: prefixes that the source names
 * @doomed: prefixes that it names no longer, and that are still mapped
 * @here: matters to this host
 * @pool: this host has, or wants, a subnet of it
 * @seen: in the look at the devices that is being taken
 */
struct vni {
	struct vni *next;
	uint32_t vni;
	uint32_t wanted;
	uint32_t doomed;
	bool here;
	bool pool;
	bool seen;
};

#define VNI_BUCKETS 1024

struct vnis {
	struct vni *bucket[VNI_BUCKETS];
	bool all;		/* all matter */
};

struct vni *vnis_find(const struct vnis *vnis, uint32_t vni);
struct vni *vnis_need(struct vnis *vnis, uint32_t vni);
bool vnis_here(const struct vnis *vnis, uint32_t vni);
void vnis_free(struct vnis *vnis);

/* Each of them; @at is where it goes on, zeros at first. */
struct vnis_walk {
	unsigned int bucket;
	struct vni *next;
};

struct vni *vnis_next(const struct vnis *vnis, struct vnis_walk *walk);

#endif /* VNENCAPD_VNIS_H */
