// SPDX-License-Identifier: GPL-2.0-only
/*
 * Control of devices, mappings and keys by generic netlink: start and end.
 *
 * The family is described in Documentation/netlink/specs/vnencap.yaml. Its
 * policies and its table of operations are generated from that. A request sees
 * and changes only what has its substrate in the network namespace of the
 * socket. So a tenant, who has no more than the device, cannot reach it.
 *
 * RTNL guards devices; vnencap_map_lock() guards mappings and keys. A
 * notification is sent before the lock is released, so that listeners get the
 * changes in their order.
 */
#include <net/genetlink.h>

#include "compat.h"
#include "dev/link.h"
#include "map/miss.h"
#include "netlink/family.h"
#include "netlink/netlink-gen.h"
#include "netlink/netlink.h"
#include "netlink/notify.h"

/**
 * vnencap_netlink_init - take requests
 *
 * Context: module init, after mappings, which requests change, and before
 * devices, whose changes are told.
 * Return: 0, or an error.
 */
int __init vnencap_netlink_init(void)
{
	int err;

	err = vnencap_miss_init(&vnencap_notify_misses);
	if (err)
		return err;
	compat_genl_set_ops(&vnencap_family, vnencap_nl_ops,
			    ARRAY_SIZE(vnencap_nl_ops));
	err = genl_register_family(&vnencap_family);
	if (err)
		goto exit_miss;
	vnencap_link_listen(&vnencap_notify_devices);
	return 0;

exit_miss:
	vnencap_miss_exit();
	return err;
}

/**
 * vnencap_netlink_exit - take no more requests, and tell nothing more
 *
 * Context: module exit, after devices and before mappings.
 */
void vnencap_netlink_exit(void)
{
	vnencap_link_unlisten(&vnencap_notify_devices);
	genl_unregister_family(&vnencap_family);
	vnencap_miss_exit();
}
