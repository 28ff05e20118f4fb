// SPDX-License-Identifier: GPL-2.0-only
/* Overlay networks as fake TCP: module init and exit, in order. */
#include <linux/module.h>
#include <net/genetlink.h>
#include <net/rtnetlink.h>

#include "dev/link.h"
#include "dev/lower_event.h"
#include "lower/lower.h"
#include "lower/substrate.h"
#include "map/hold.h"
#include "map/map.h"
#include "netlink/netlink.h"
#include "rx/gro.h"
#include "rx/input.h"
#include "rx/reasm.h"
#include "rx/rx.h"
#include "skb/room.h"
#include "tx/tx.h"
#include "wire/parity.h"

static int __init vnencap_init(void)
{
	int err;

	err = vnencap_map_init();
	if (err)
		return err;
	err = vnencap_reasm_init();
	if (err)
		goto err_map;
	err = vnencap_hold_init();
	if (err)
		goto err_reasm;
	err = vnencap_substrate_init();
	if (err)
		goto err_hold;
	err = vnencap_input_init();
	if (err)
		goto err_substrate;
	vnencap_parity_init();
	vnencap_lower_init(vnencap_rx_handler);
	vnencap_gro_init();
	err = vnencap_netlink_init();
	if (err)
		goto err_gro;
	err = vnencap_lower_event_init();
	if (err)
		goto err_netlink;
	err = vnencap_link_init();
	if (err)
		goto err_lower_event;
	return 0;

err_lower_event:
	vnencap_lower_event_exit();
err_netlink:
	vnencap_netlink_exit();
err_gro:
	vnencap_gro_exit();
	vnencap_input_exit();
err_substrate:
	vnencap_substrate_exit();
err_hold:
	vnencap_hold_exit();
err_reasm:
	vnencap_reasm_exit();
err_map:
	vnencap_map_exit();
	return err;
}

/* Devices first: nothing is sent or received, and no mapping used, after. */
static void __exit vnencap_exit(void)
{
	vnencap_link_exit();
	vnencap_lower_event_exit();
	vnencap_netlink_exit();
	vnencap_gro_exit();
	vnencap_input_exit();
	vnencap_substrate_exit();
	vnencap_hold_exit();
	vnencap_reasm_exit();
	vnencap_map_exit();
	vnencap_room_exit();
}

module_init(vnencap_init);
module_exit(vnencap_exit);

MODULE_DESCRIPTION("Overlay networks as fake TCP, for NICs with plain TSO");
MODULE_LICENSE("GPL");
MODULE_ALIAS_RTNL_LINK("vnencap");
MODULE_ALIAS_GENL_FAMILY("vnencap");
