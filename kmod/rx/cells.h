/* SPDX-License-Identifier: GPL-2.0-only */
/* A device's NAPI contexts, one on each CPU. */
#ifndef _VNENCAP_CELLS_H
#define _VNENCAP_CELLS_H

#include <linux/netdevice.h>

#include "vnencap.h"

int vnencap_cells_init(struct vnencap_cells *cells, struct net_device *dev);
void vnencap_cells_destroy(struct vnencap_cells *cells);
bool vnencap_cells_idle(const struct vnencap_cells *cells);

#endif /* _VNENCAP_CELLS_H */
