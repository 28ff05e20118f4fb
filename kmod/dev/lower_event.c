// SPDX-License-Identifier: GPL-2.0-only
/*
 * What becomes of a lower device. If it goes, the vnencap devices on it go, too.
 * Its rx_handler is left to others who ask for it, as far as the kernel tells of
 * that beforehand, and taken again when they are done.
 */
#include <linux/netdevice.h>
#include <linux/notifier.h>
#include <linux/rtnetlink.h>
#include <linux/workqueue.h>

#include "dev/device.h"
#include "dev/link.h"
#include "dev/lower_event.h"
#include "lower/lower.h"

static void announce(const struct vnencap_lower *lower)
{
	struct vnencap_dev *vn = NULL;

	while ((vn = vnencap_device_next(lower->substrate->net, vn)))
		if (vn->lower == lower)
			vnencap_link_tell(vn);
}

/* Whoever had a lower device's rx_handler may be done with it. */
static void retry_all(struct work_struct *work)
{
	struct vnencap_dev *vn = NULL;

	rtnl_lock();
	while ((vn = vnencap_device_next(NULL, vn)))
		if (vnencap_lower_retry(vn->lower))
			announce(vn->lower);
	rtnl_unlock();
}

static DECLARE_WORK(retry_work, retry_all);

/* Another is about to take the rx_handler. It may fail all the same. */
static void make_way(struct vnencap_lower *lower)
{
	if (!vnencap_lower_yield(lower))
		return;
	announce(lower);
	schedule_work(&retry_work);
}

/* A bridge says NETDEV_JOIN before it takes a port's handler. Open vSwitch and HSR
 * become the port's master first. Others say nothing, or find it busy.
 */
static void master_comes(struct vnencap_lower *lower,
			 const struct netdev_notifier_changeupper_info *info)
{
	if (info->linking && info->master &&
	    !netif_is_l3_master(info->upper_dev))
		make_way(lower);
}

/* One that leaves gives up the handler only after it has said so: that is waited
 * for by work that needs RTNL.
 */
static void upper_changed(struct vnencap_lower *lower,
			  const struct netdev_notifier_changeupper_info *info)
{
	vnencap_lower_master_changed(lower);
	if (!info->linking && lower->wanted && !lower->fast)
		schedule_work(&retry_work);
}

/* With a lower device that goes, or moves to another namespace, the devices on it
 * go too.
 */
static int device_event(struct notifier_block *nb, unsigned long event,
			void *ptr)
{
	const struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct vnencap_lower *lower = vnencap_lower_of(dev);

	if (!lower)
		return NOTIFY_DONE;
	switch (event) {
	case NETDEV_UNREGISTER:
		vnencap_device_del_all(lower);
		break;
	case NETDEV_PRE_TYPE_CHANGE:
		return NOTIFY_BAD;
	case NETDEV_JOIN:
		make_way(lower);
		break;
	case NETDEV_PRECHANGEUPPER:
		master_comes(lower, ptr);
		break;
	case NETDEV_CHANGEUPPER:
		upper_changed(lower, ptr);
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block device_notifier = {
	.notifier_call = device_event,
};

/**
 * vnencap_lower_event_init - follow what becomes of lower devices
 *
 * Context: process; before the first vnencap device can be made.
 * Return: 0 or a negative error.
 */
int __init vnencap_lower_event_init(void)
{
	return register_netdevice_notifier(&device_notifier);
}

/**
 * vnencap_lower_event_exit - end of vnencap_lower_event_init()
 *
 * Context: process; there are no vnencap devices any more.
 */
void vnencap_lower_event_exit(void)
{
	unregister_netdevice_notifier(&device_notifier);
	cancel_work_sync(&retry_work);
}
