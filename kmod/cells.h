/* SPDX-License-Identifier: GPL-2.0-only */
/* A device's NAPI contexts, one on each CPU. */
#ifndef _VNENCAP_CELLS_H
#define _VNENCAP_CELLS_H

#include <linux/netdevice.h>
#include <net/gro_cells.h>

/**
 * struct vnencap_cells - where received packets meet others of their device
 * @gro: the cells
 * @napi: the NAPI context of each CPU's cell
 */
struct vnencap_cells {
	struct gro_cells gro;
	struct napi_struct * __percpu *napi;
};

int vnencap_cells_init(struct vnencap_cells *cells, struct net_device *dev);
void vnencap_cells_destroy(struct vnencap_cells *cells);
bool vnencap_cells_idle(const struct vnencap_cells *cells);

#endif /* _VNENCAP_CELLS_H */
