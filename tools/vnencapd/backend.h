/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel does for the daemon; tests have one of their own. */
#ifndef VNENCAPD_BACKEND_H
#define VNENCAPD_BACKEND_H

#include <stdbool.h>
#include <stdint.h>

#include "table.h"
#include "target.h"

#define KEY_LEN 16

/**
 * struct change - a mapping to be set or removed
 * @entry: what it is about
 * @target: where it is to be; for a removal, where it is
 * @remove: it is to go
 * @err: what the kernel said: 0 or -errno
 */
struct change {
	struct entry *entry;
	const struct target *target;
	bool remove;
	int err;
};

typedef void (*backend_map_fn)(const struct dest *dest, const struct way *way, void *data);

/* A device: @nsid is the id of its namespace, NSID_HERE for this one. */
struct seen_device {
	uint32_t vni;
	uint32_t index;
	int32_t nsid;
};

enum { NSID_HERE = -1, NSID_UNKNOWN = -2 };

typedef void (*backend_dev_fn)(const struct seen_device *device, void *data);

/* The keys of a VNI: ids only */
struct key_ids {
	uint32_t id;		/* that is sent with */
	uint32_t also;
	bool has_also;
};

/**
 * struct backend - the kernel
 * @dump: tell all mappings; 0 or -errno
 * @apply: make changes, in their order; each gets its err. Returns -errno where
 *	the kernel cannot be spoken to, and nothing is known of the changes.
 * @devices: tell the devices; 0 or -errno
 * @key_get: which keys a VNI has
 * @key_set: a first and only key
 * @key_add: one more that is accepted
 * @key_use: the one to send with
 * @key_del: one that is accepted no longer
 */
struct backend {
	int (*dump)(struct backend *backend, backend_map_fn fn, void *data);
	int (*apply)(struct backend *backend, struct change *changes, unsigned int n);
	int (*devices)(struct backend *backend, backend_dev_fn fn, void *data);
	int (*key_get)(struct backend *backend, uint32_t vni, struct key_ids *ids);
	int (*key_set)(struct backend *backend, uint32_t vni, uint32_t id, const uint8_t *secret);
	int (*key_add)(struct backend *backend, uint32_t vni, uint32_t id, const uint8_t *secret);
	int (*key_use)(struct backend *backend, uint32_t vni, uint32_t id);
	int (*key_del)(struct backend *backend, uint32_t vni, uint32_t id);
};

#endif /* VNENCAPD_BACKEND_H */
