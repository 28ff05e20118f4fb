/* SPDX-License-Identifier: GPL-2.0-only */
/* The addresses of this host's vnencap devices, in whatever namespace. */
#ifndef VNENCAPD_ADDRESS_H
#define VNENCAPD_ADDRESS_H

#include "backend.h"
#include "publish.h"

struct addresses {
	int fd;			/* hears of changes */
	int ask;		/* for requests */
	uint32_t portid;
	bool on;
	bool looked;
	int64_t look_at;
};

void addresses_init(struct addresses *addresses, bool on, int64_t now);
void addresses_free(struct addresses *addresses);
int64_t addresses_run(struct addresses *addresses, struct publish *publish,
		      struct backend *backend, int64_t now);

#endif /* VNENCAPD_ADDRESS_H */
