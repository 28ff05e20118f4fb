// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device's gro_cells, one on each CPU: runs wait here for others of their
 * frame (see gro.c), and inner packets go by here where they must not overtake
 * those.
 *
 * A run in a cell carries a net_device that nobody else knows (a dummy). It is
 * in no namespace and has no index. So whatever looks at the packets of a
 * device, or puts packets on one (taps, tc, XDP, the offloads of a tenant),
 * never meets a run; and GRO, which compares packets of the same device only,
 * never compares a run with an inner packet.
 *
 * A packet that has nothing to wait for need not go through its CPU's cell
 * where nothing else is on its way there. To tell that, each cell's NAPI
 * context has to be known.
 */
#include <linux/errno.h>
#include <linux/if_ether.h>
#include <linux/netdevice.h>
#include <linux/percpu.h>
#include <linux/skbuff.h>

#include "compat.h"
#include "rx/cells.h"
#include "skb/chain.h"

/* Nothing is ever called: this is how a cell's device is known. */
const struct net_device_ops vnencap_cells_ops = {
};

/* Find a CPU's NAPI context. What a cell is made of is its own affair. But the
 * NAPI context lies within it, and it is in the list of the cells' device,
 * where no others are.
 */
static struct napi_struct *napi_of(const struct vnencap_cells *cells, int cpu)
{
	void __percpu *all = (void __percpu *)cells->gro.cells;
	unsigned long cell = (unsigned long)per_cpu_ptr(all, cpu);
	struct napi_struct *napi;

	list_for_each_entry(napi, &cells->dev->napi_list, dev_list)
		if ((unsigned long)napi - cell < PCPU_MIN_UNIT_SIZE)
			return napi;
	return NULL;
}

static int find_all(struct vnencap_cells *cells)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct napi_struct *napi = napi_of(cells, cpu);

		if (WARN_ON_ONCE(!napi))
			return -ENODEV;
		per_cpu_ptr(cells->cell, cpu)->napi = napi;
	}
	return 0;
}

/* Make the cells' own device. GRO is always on, and it is always up: what is in
 * a cell is joined and restored, whatever becomes of the vnencap device.
 */
static int make_dev(struct vnencap_dev *vn)
{
	struct net_device *dev = compat_alloc_netdev_dummy(sizeof(vn));

	if (!dev)
		return -ENOMEM;
	dev->netdev_ops = &vnencap_cells_ops;
	dev->features = NETIF_F_GRO;
	dev->flags = IFF_UP;
	*(struct vnencap_dev **)netdev_priv(dev) = vn;
	vn->cells.dev = dev;
	return 0;
}

/**
 * vnencap_cells_init - make a device's cells
 * @vn: the device
 *
 * Context: process, RTNL.
 * Return: 0 or a negative error.
 */
int vnencap_cells_init(struct vnencap_dev *vn)
{
	struct vnencap_cells *cells = &vn->cells;
	int err;

	err = make_dev(vn);
	if (err)
		return err;
	cells->cell = alloc_percpu_gfp(struct vnencap_cell,
				       GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!cells->cell) {
		err = -ENOMEM;
		goto err_dev;
	}
	err = gro_cells_init(&cells->gro, cells->dev);
	if (err)
		goto err_cell;
	err = find_all(cells);
	if (err)
		goto err_cells;
	return 0;

err_cells:
	gro_cells_destroy(&cells->gro);
err_cell:
	free_percpu(cells->cell);
err_dev:
	compat_free_netdev_dummy(cells->dev);
	return err;
}

/**
 * vnencap_cells_destroy - free a device's cells, with what is in them
 * @vn: the device; nothing is received any more
 *
 * The cells' device goes last: gro_cells_destroy() has waited for their NAPI
 * contexts, and freed the runs.
 *
 * Context: process, RTNL.
 */
void vnencap_cells_destroy(struct vnencap_dev *vn)
{
	int cpu;

	gro_cells_destroy(&vn->cells.gro);
	for_each_possible_cpu(cpu)
		vnencap_chain_consume(per_cpu_ptr(vn->cells.cell, cpu)->spent);
	free_percpu(vn->cells.cell);
	compat_free_netdev_dummy(vn->cells.dev);
}

/* Free the run that was put off before, and put off another, or none. */
static void free_spent(struct vnencap_dev *vn, struct sk_buff *skb)
{
	if (skb || this_cpu_read(vn->cells.cell->spent))
		vnencap_chain_consume(this_cpu_xchg(vn->cells.cell->spent, skb));
}

/* The NAPI contexts hold runs for as long as the vnencap device's sysfs says.
 */
static void follow_flush_timeout(const struct vnencap_dev *vn)
{
	unsigned long ns = READ_ONCE(vn->dev->gro_flush_timeout);
	struct net_device *dev = vn->cells.dev;

	if (unlikely(ns != READ_ONCE(dev->gro_flush_timeout)))
		compat_set_gro_flush_timeout(dev, ns);
}

/**
 * vnencap_cells_add_run - have a run meet others of its frame
 * @vn: the device
 * @skb: the run, data at the outer header, neither shared nor cloned; taken
 *	over
 *
 * Context: softirq, in RCU.
 */
void vnencap_cells_add_run(struct vnencap_dev *vn, struct sk_buff *skb)
{
	follow_flush_timeout(vn);
	free_spent(vn, NULL);
	skb->dev = vn->cells.dev;
	skb->protocol = htons(VNENCAP_ETH_P_RUN);
	/* the queue is full, and the cells' device has counted */
	if (gro_cells_receive(&vn->cells.gro, skb) == NET_RX_DROP)
		DEV_STATS_INC(vn->dev, rx_dropped);
}

/**
 * vnencap_cells_add_packet - hand up an inner packet by the cell
 * @vn: the device
 * @skb: the packet, of that device, which overtakes none that is in the cell;
 *	taken over
 *
 * Context: softirq, in RCU.
 */
void vnencap_cells_add_packet(struct vnencap_dev *vn, struct sk_buff *skb)
{
	if (netif_elide_gro(vn->dev))
		netif_receive_skb(skb);
	else
		gro_cells_receive(&vn->cells.gro, skb);
}

/**
 * vnencap_cells_put_off - have a run be freed a little later
 * @vn: the device
 * @skb: a run that GRO frees on return from its gro_complete()
 *
 * GRO has only one way to free it: as dropped, which whoever watches for drops
 * is told. But it is not its last reference then, for there is one here:
 * nothing is told, and the run is freed as one that was made use of.
 *
 * Context: softirq.
 */
void vnencap_cells_put_off(struct vnencap_dev *vn, struct sk_buff *skb)
{
	free_spent(vn, skb_get(skb));
}
