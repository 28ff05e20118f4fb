/* SPDX-License-Identifier: GPL-2.0-only */
/* A device's NAPI contexts, one on each CPU. */
#ifndef _VNENCAP_CELLS_H
#define _VNENCAP_CELLS_H

#include <linux/netdevice.h>
#include <linux/percpu.h>

#include "compat.h"
#include "vnencap.h"

struct sk_buff;

/* Runs in the cells have a protocol of their own, for which gro.c is GRO's
 * handler. GRE and Ethernet look handlers up by a number that a packet carries,
 * and that can be this one, too: so what is a run is told by the cells' device,
 * see vnencap_cells_owner().
 */
#define VNENCAP_ETH_P_RUN	0x00ee

extern const struct net_device_ops vnencap_cells_ops;

int vnencap_cells_init(struct vnencap_dev *vn);
void vnencap_cells_destroy(struct vnencap_dev *vn);
void vnencap_cells_add_run(struct vnencap_dev *vn, struct sk_buff *skb);
void vnencap_cells_add_packet(struct vnencap_dev *vn, struct sk_buff *skb);
void vnencap_cells_put_off(struct vnencap_dev *vn, struct sk_buff *skb);

/**
 * vnencap_cells_owner - whose cells is that the device of?
 * @dev: any device
 *
 * Return: the vnencap device, or NULL where @dev is no device of cells.
 */
static inline struct vnencap_dev *
vnencap_cells_owner(const struct net_device *dev)
{
	if (dev->netdev_ops != &vnencap_cells_ops)
		return NULL;
	return *(struct vnencap_dev **)netdev_priv(dev);
}

/**
 * vnencap_cells_idle - is nothing on its way through this CPU's cell?
 * @cells: a device's
 *
 * Then a packet that does not go by the cell overtakes none. A cell is
 * scheduled as long as a packet is in its queue, or has not been handed up by
 * NAPI. GRO may hold packets for longer (gro_flush_timeout).
 *
 * Context: softirq.
 * Return: true if nothing is.
 */
static inline bool vnencap_cells_idle(const struct vnencap_cells *cells)
{
	const struct napi_struct *napi = this_cpu_read(cells->cell->napi);

	/* The cell may have been polled on another CPU. Where it is not
	 * scheduled any more, what that poll left with GRO is seen here, too.
	 */
	return !(smp_load_acquire(&napi->state) & NAPIF_STATE_SCHED) &&
	       !compat_napi_holds(napi);
}

#endif /* _VNENCAP_CELLS_H */
