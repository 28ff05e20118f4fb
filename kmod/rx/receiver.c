// SPDX-License-Identifier: GPL-2.0-only
/* All that the way in keeps for a device, made and freed in order. */
#include "rx/cells.h"
#include "rx/inroute.h"
#include "rx/limits.h"
#include "rx/order.h"
#include "rx/receiver.h"
#include "rx/recent.h"
#include "vnencap.h"

/**
 * vnencap_receiver_init - make what a device needs to receive
 * @vn: the device
 *
 * Context: process, RTNL.
 * Return: 0 or a negative error.
 */
int vnencap_receiver_init(struct vnencap_dev *vn)
{
	int err;

	err = vnencap_limits_start(vn->net);
	if (err)
		return err;
	err = vnencap_recent_make(vn);
	if (err)
		return err;
	err = vnencap_inroute_make(vn);
	if (err)
		goto err_recent;
	err = vnencap_order_init(vn);
	if (err)
		goto err_inroute;
	err = vnencap_cells_init(vn);
	if (err)
		goto err_order;
	return 0;

err_order:
	vnencap_order_destroy(vn);
err_inroute:
	vnencap_inroute_free(vn);
err_recent:
	vnencap_recent_free(vn);
	return err;
}

/**
 * vnencap_receiver_destroy - free what a device received with
 * @vn: the device; a grace period has passed since it was taken from its lower
 *	device. It has its mappings still.
 *
 * Context: process, RTNL.
 */
void vnencap_receiver_destroy(struct vnencap_dev *vn)
{
	/* first the cells: runs may be on their way from there to the others */
	vnencap_cells_destroy(vn);
	vnencap_order_destroy(vn);
	vnencap_inroute_free(vn);
	vnencap_recent_free(vn);
}
