// SPDX-License-Identifier: GPL-2.0-only
/*
 * Notifications to those who listen: what was changed, and which packets found
 * no mapping. They go to listeners in the namespace of the substrate.
 */
#include <net/genetlink.h>
#include <uapi/linux/vnencap.h>

#include "map/miss.h"
#include "netlink/family.h"
#include "netlink/message.h"
#include "netlink/netlink-gen.h"
#include "netlink/notify.h"
#include "vnencap.h"

static bool ntf_wanted(struct net *net, const struct genl_info *info)
{
	return (info && info->nlhdr->nlmsg_flags & NLM_F_ECHO) ||
	       genl_has_listeners(&vnencap_family, net, VNENCAP_NLGRP_CONFIG);
}

/* A listener learns that it has missed a notification. */
static void ntf_lost(struct net *net)
{
	genl_set_err(&vnencap_family, net, 0, VNENCAP_NLGRP_CONFIG, -ENOBUFS);
}

/* Room for a notification. NULL where nobody wants it, and where there is no
 * memory.
 */
static struct sk_buff *ntf_new(struct net *net, const struct genl_info *info)
{
	struct sk_buff *msg;

	if (!ntf_wanted(net, info))
		return NULL;
	msg = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg)
		ntf_lost(net);
	return msg;
}

/* Frees @msg, or hands it on. @err is what filling it returned. */
static void ntf_send(struct net *net, struct genl_info *info,
		     struct sk_buff *msg, int err)
{
	if (err) {
		nlmsg_free(msg);
		ntf_lost(net);
	} else if (info) {
		genl_notify(&vnencap_family, msg, info, VNENCAP_NLGRP_CONFIG,
			    GFP_KERNEL);
	} else {
		genlmsg_multicast_netns(&vnencap_family, net, msg, 0,
					VNENCAP_NLGRP_CONFIG, GFP_KERNEL);
	}
}

/**
 * vnencap_notify_dev - tell that a device was changed
 * @vn: the device as it is now
 * @info: the request that changed it, NULL where rtnetlink did
 *
 * Context: RTNL, in which the change was made.
 */
void vnencap_notify_dev(const struct vnencap_dev *vn, struct genl_info *info)
{
	struct sk_buff *msg = ntf_new(vn->net, info);
	struct vnencap_message_head head;

	if (!msg)
		return;
	head = vnencap_message_ntf(info, VNENCAP_CMD_DEV_NTF);
	ntf_send(vn->net, info, msg, vnencap_message_fill_dev(msg, &head, vn));
}

/**
 * vnencap_notify_mapping - tell that a mapping was changed or removed
 * @info: the request
 * @cmd: VNENCAP_CMD_MAP_NTF or VNENCAP_CMD_MAP_DEL_NTF
 * @m: the mapping as it is now, or was
 *
 * Context: vnencap_map_lock(), in which the change was made.
 */
void vnencap_notify_mapping(struct genl_info *info, u8 cmd,
			    const struct vnencap_mapping *m)
{
	struct vnencap_message_head head = vnencap_message_ntf(info, cmd);
	struct net *net = genl_info_net(info);
	struct sk_buff *msg = ntf_new(net, info);

	if (msg)
		ntf_send(net, info, msg,
			 vnencap_message_fill_mapping(msg, &head, m));
}

/**
 * vnencap_notify_keys - tell that the keys of a VNI were changed
 * @info: the request
 * @vni: virtual network identifier
 * @keys: its keys as they are now; their ids are told
 *
 * Context: vnencap_map_lock(), in which the change was made.
 */
void vnencap_notify_keys(struct genl_info *info, u32 vni,
			 const struct vnencap_keys *keys)
{
	struct net *net = genl_info_net(info);
	struct sk_buff *msg = ntf_new(net, info);
	struct vnencap_message_head head;

	if (!msg)
		return;
	head = vnencap_message_ntf(info, VNENCAP_CMD_KEY_NTF);
	ntf_send(net, info, msg,
		 vnencap_message_fill_keys(msg, &head, vni, keys));
}

static int device_changed(struct notifier_block *nb, unsigned long event,
			  void *vn)
{
	vnencap_notify_dev(vn, NULL);
	return NOTIFY_DONE;
}

struct notifier_block vnencap_notify_devices = {
	.notifier_call = device_changed,
};

static bool misses_heard(struct net *net)
{
	return genl_has_listeners(&vnencap_family, net, VNENCAP_NLGRP_MISSES);
}

static void tell_miss(struct net *net, const struct vnencap_miss *miss)
{
	struct sk_buff *msg;

	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_ATOMIC | __GFP_NOWARN);
	if (!msg)
		return;
	if (vnencap_message_fill_miss(msg, miss)) {
		nlmsg_free(msg);
		return;
	}
	genlmsg_multicast_netns(&vnencap_family, net, msg, 0,
				VNENCAP_NLGRP_MISSES, GFP_ATOMIC);
}

const struct vnencap_miss_ops vnencap_notify_misses = {
	.heard = misses_heard,
	.tell = tell_miss,
};
