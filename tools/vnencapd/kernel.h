/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's module, by generic netlink. */
#ifndef VNENCAPD_KERNEL_H
#define VNENCAPD_KERNEL_H

#include "backend.h"

/**
 * struct kernel_events - what is told of what happens in the kernel
 * @map: a mapping was set, or removed where @way is NULL, by somebody else
 * @miss: a packet found no mapping
 * @dev: a device was changed
 * @key: the keys of a VNI were changed by somebody else
 * @lost: some of this was lost: read all again
 * @gone: the module was unloaded
 */
struct kernel_events {
	void (*map)(const struct dest *dest, const struct way *way, void *data);
	void (*miss)(uint32_t vni, const struct addr *addr, void *data);
	void (*dev)(void *data);
	void (*key)(uint32_t vni, void *data);
	void (*lost)(void *data);
	void (*gone)(void *data);
};

struct kernel {
	struct backend backend;
	int fd;
	int events;
	uint32_t portid;
	uint32_t seq;
	uint16_t family;
	uint32_t config;
	uint32_t misses;
	bool weightless;	/* it takes endpoints of weight 0, as older ones do not */
};

void kernel_init(struct kernel *kernel);
int kernel_open(struct kernel *kernel, bool misses);
void kernel_close(struct kernel *kernel);
void kernel_hear(struct kernel *kernel, const struct kernel_events *events, void *data);

#endif /* VNENCAPD_KERNEL_H */
