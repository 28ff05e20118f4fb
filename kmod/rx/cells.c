// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device's gro_cells, one on each CPU. A packet that has nothing to wait for
 * need not go through its CPU's cell where nothing else is on its way there. To
 * tell that, each cell's NAPI context has to be known.
 */
#include <linux/errno.h>
#include <linux/percpu.h>

#include "compat.h"
#include "rx/cells.h"

/* Find a CPU's NAPI context. What a cell is made of is its own affair. But the
 * NAPI context lies within it, and it is in the device's list, where no others
 * are.
 */
static struct napi_struct *napi_of(const struct vnencap_cells *cells,
				   const struct net_device *dev, int cpu)
{
	void __percpu *all = (void __percpu *)cells->gro.cells;
	unsigned long cell = (unsigned long)per_cpu_ptr(all, cpu);
	struct napi_struct *napi;

	list_for_each_entry(napi, &dev->napi_list, dev_list)
		if ((unsigned long)napi - cell < PCPU_MIN_UNIT_SIZE)
			return napi;
	return NULL;
}

static int find_all(struct vnencap_cells *cells, const struct net_device *dev)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct napi_struct *napi = napi_of(cells, dev, cpu);

		if (WARN_ON_ONCE(!napi))
			return -ENODEV;
		*per_cpu_ptr(cells->napi, cpu) = napi;
	}
	return 0;
}

/**
 * vnencap_cells_init - make a device's cells
 * @cells: written
 * @dev: the device, without NAPI contexts so far
 *
 * Context: process, RTNL.
 * Return: 0 or a negative error.
 */
int vnencap_cells_init(struct vnencap_cells *cells, struct net_device *dev)
{
	int err;

	cells->napi = alloc_percpu(struct napi_struct *);
	if (!cells->napi)
		return -ENOMEM;
	err = gro_cells_init(&cells->gro, dev);
	if (err)
		goto err_free;
	err = find_all(cells, dev);
	if (err)
		goto err_destroy;
	return 0;

err_destroy:
	gro_cells_destroy(&cells->gro);
err_free:
	free_percpu(cells->napi);
	return err;
}

/**
 * vnencap_cells_destroy - free a device's cells, with what is in them
 * @cells: from vnencap_cells_init(); nothing is received any more
 *
 * Context: process, RTNL.
 */
void vnencap_cells_destroy(struct vnencap_cells *cells)
{
	gro_cells_destroy(&cells->gro);
	free_percpu(cells->napi);
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
 */
bool vnencap_cells_idle(const struct vnencap_cells *cells)
{
	const struct napi_struct *napi = *this_cpu_ptr(cells->napi);

	/* The cell may have been polled on another CPU. Where it is not
	 * scheduled any more, what that poll left with GRO is seen here, too.
	 */
	return !(smp_load_acquire(&napi->state) & NAPIF_STATE_SCHED) &&
	       !compat_napi_holds(napi);
}
