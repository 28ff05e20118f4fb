// SPDX-License-Identifier: GPL-2.0-only
/*
 * Notifications to those who listen: what was changed, and which packets found
 * no mapping. They go to listeners in the namespace of the substrate.
 */
#include <net/genetlink.h>
#include <uapi/linux/vnencap.h>

#include "compat.h"
#include "map/miss.h"
#include "netlink/family.h"
#include "netlink/message.h"
#include "netlink/netlink-gen.h"
#include "netlink/notify.h"
#include "vnencap.h"

/**
 * struct listeners - who is told
 * @net: those in this namespace
 * @any: there are some
 */
struct listeners {
	struct net *net;
	bool any;
};

/* A socket can ask for what is told in other namespaces that its own has an id of
 * (NETLINK_LISTEN_ALL_NSID), and root of a container may have the right to. Nobody is
 * told here who could not ask here.
 */
static int listens_elsewhere(struct sock *sk, struct sk_buff *msg, void *data)
{
	struct listeners *listeners = data;

	if (!net_eq(sock_net(sk), listeners->net))
		return 1;
	listeners->any = true;
	return 0;
}

/* Tell a group, but for who has that @portid. Return: whether there is somebody in the
 * namespace who listens, whether or not there was room for the message.
 */
static bool ntf_tell(struct net *net, struct sk_buff *msg, u32 portid,
		     unsigned int group, gfp_t flags)
{
	struct listeners listeners = { .net = net };
	int err;

	err = genlmsg_multicast_netns_filtered(&vnencap_family, net, msg, portid,
					       group, flags, listens_elsewhere,
					       &listeners);
	return listeners.any || !err;
}

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

/* Who has made the change may want to be told: once, though it may listen, too. */
static void ntf_tell_change(struct net *net, const struct genl_info *info,
			    struct sk_buff *msg)
{
	u32 portid = info && nlmsg_report(info->nlhdr) ? info->snd_portid : 0;

	if (portid)
		skb_get(msg);
	ntf_tell(net, msg, portid, VNENCAP_NLGRP_CONFIG, GFP_KERNEL);
	if (portid)
		genlmsg_unicast(net, msg, portid);
}

/* Frees @msg, or hands it on. @err is what filling it returned. */
static void ntf_send(struct net *net, const struct genl_info *info,
		     struct sk_buff *msg, int err)
{
	if (err) {
		nlmsg_free(msg);
		ntf_lost(net);
	} else {
		ntf_tell_change(net, info, msg);
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

static bool misses_wanted(struct net *net)
{
	return genl_has_listeners(&vnencap_family, net, VNENCAP_NLGRP_MISSES);
}

static bool tell_miss(struct net *net, const struct vnencap_miss *miss)
{
	struct sk_buff *msg;

	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_ATOMIC | __GFP_NOWARN);
	if (!msg)
		return false;
	if (vnencap_message_fill_miss(msg, miss)) {
		nlmsg_free(msg);
		return false;
	}
	return ntf_tell(net, msg, 0, VNENCAP_NLGRP_MISSES, GFP_ATOMIC);
}

const struct vnencap_miss_ops vnencap_notify_misses = {
	.wanted = misses_wanted,
	.tell = tell_miss,
};
