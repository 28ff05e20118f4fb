// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages that the family sends: their heads, and what is told of a device, a
 * mapping, the keys of a VNI, an endpoint and a miss.
 */
#include <linux/rtnetlink.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <uapi/linux/vnencap.h>

#include "dev/config.h"
#include "dev/device.h"
#include "map/group.h"
#include "map/key.h"
#include "map/loss.h"
#include "map/map.h"
#include "map/miss.h"
#include "map/traffic.h"
#include "netlink/family.h"
#include "netlink/message.h"
#include "stats/stats.h"

/* The number that a setting of rtnetlink's has among a device's attributes */
const u8 vnencap_message_config[IFLA_VNENCAP_MAX + 1] = {
	[IFLA_VNENCAP_VNI] = VNENCAP_A_DEV_VNI,
	[IFLA_VNENCAP_LOCAL4] = VNENCAP_A_DEV_LOCAL4,
	[IFLA_VNENCAP_LOCAL6] = VNENCAP_A_DEV_LOCAL6,
	[IFLA_VNENCAP_PORT] = VNENCAP_A_DEV_PORT,
	[IFLA_VNENCAP_TTL] = VNENCAP_A_DEV_TTL,
	[IFLA_VNENCAP_TOS] = VNENCAP_A_DEV_TOS,
	[IFLA_VNENCAP_SPOOFCHECK] = VNENCAP_A_DEV_SPOOFCHECK,
	[IFLA_VNENCAP_NOTRACK] = VNENCAP_A_DEV_NOTRACK,
	[IFLA_VNENCAP_MSSCLAMP] = VNENCAP_A_DEV_MSSCLAMP,
	[IFLA_VNENCAP_FWMARK] = VNENCAP_A_DEV_FWMARK,
	[IFLA_VNENCAP_TTL_INHERIT] = VNENCAP_A_DEV_TTL_INHERIT,
	[IFLA_VNENCAP_FASTPATH] = VNENCAP_A_DEV_FASTPATH,
	[IFLA_VNENCAP_FEC] = VNENCAP_A_DEV_FEC,
	[IFLA_VNENCAP_FEC_MAX] = VNENCAP_A_DEV_FEC_MAX,
	[IFLA_VNENCAP_FEC_ECN] = VNENCAP_A_DEV_FEC_ECN,
};

/**
 * vnencap_message_answer - the head of an answer
 * @info: the request
 *
 * Return: the head.
 */
struct vnencap_message_head
vnencap_message_answer(const struct genl_info *info)
{
	return (struct vnencap_message_head){
		.portid = info->snd_portid,
		.seq = info->snd_seq,
		.cmd = info->genlhdr->cmd,
	};
}

/**
 * vnencap_message_dump - the head of each message of a dump
 * @cb: the dump; @cb->seq is set before the messages are filled
 * @cmd: the command that was asked for, VNENCAP_CMD_*
 *
 * Return: the head.
 */
struct vnencap_message_head vnencap_message_dump(struct netlink_callback *cb,
						 u8 cmd)
{
	return (struct vnencap_message_head){
		.portid = NETLINK_CB(cb->skb).portid,
		.seq = cb->nlh->nlmsg_seq,
		.flags = NLM_F_MULTI,
		.cmd = cmd,
		.cb = cb,
	};
}

/**
 * vnencap_message_ntf - the head of a notification
 * @info: the request that made the change, NULL where none of ours did
 * @cmd: VNENCAP_CMD_*_NTF
 *
 * Return: the head.
 */
struct vnencap_message_head vnencap_message_ntf(const struct genl_info *info,
						u8 cmd)
{
	return (struct vnencap_message_head){
		.portid = info ? info->snd_portid : 0,
		.seq = info ? info->snd_seq : 0,
		.cmd = cmd,
	};
}

static void *msg_start(struct sk_buff *msg,
		       const struct vnencap_message_head *head)
{
	void *hdr = genlmsg_put(msg, head->portid, head->seq, &vnencap_family,
				head->flags, head->cmd);

	if (hdr && head->cb)
		genl_dump_check_consistent(head->cb, hdr);
	return hdr;
}

static int msg_put_addr(struct sk_buff *msg, int attr4, int attr6,
			const struct vnencap_addr *addr)
{
	if (addr->family == AF_INET)
		return nla_put_in_addr(msg, attr4, addr->ip4);
	return nla_put_in6_addr(msg, attr6, &addr->ip6);
}

/* Where a device is, if that is another namespace than the substrate's. All who
 * hear of the device are in the latter.
 */
static int msg_put_netns(struct sk_buff *msg, const struct vnencap_dev *vn)
{
	struct net *where = dev_net(vn->dev);
	int id;

	if (!vnencap_device_away(vn))
		return 0;
	/* A namespace that is about to go gets no id any more. */
	id = peernet2id_alloc(vn->net, where, GFP_KERNEL);
	if (id >= 0 && nla_put_s32(msg, VNENCAP_A_DEV_NETNSID, id))
		return -EMSGSIZE;
	return nla_put_u32(msg, VNENCAP_A_DEV_NETNS_INODE, where->ns.inum);
}

/**
 * vnencap_message_fill_dev - put a message about a device
 * @msg: where to put it
 * @head: head of the message
 * @vn: the device
 *
 * Context: RTNL.
 * Return: 0, or -EMSGSIZE where it does not fit; @msg is as before then.
 */
int vnencap_message_fill_dev(struct sk_buff *msg,
			     const struct vnencap_message_head *head,
			     const struct vnencap_dev *vn)
{
	const struct vnencap_config *config = rtnl_dereference(vn->config);
	void *hdr = msg_start(msg, head);

	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_u32(msg, VNENCAP_A_DEV_IFINDEX, vn->dev->ifindex) ||
	    nla_put_string(msg, VNENCAP_A_DEV_IFNAME, vn->dev->name) ||
	    (vn->lower_ifindex &&
	     nla_put_u32(msg, VNENCAP_A_DEV_LINK, vn->lower_ifindex)) ||
	    vnencap_config_fill(config, msg, vnencap_message_config) ||
	    nla_put_u8(msg, VNENCAP_A_DEV_INPUT, vnencap_device_input(vn)) ||
	    msg_put_netns(msg, vn) ||
	    vnencap_stats_fill(vn->stats, msg)) {
		genlmsg_cancel(msg, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return 0;
}

static int msg_put_branch(struct sk_buff *msg,
			  const struct vnencap_branch *branch)
{
	struct nlattr *nest = nla_nest_start(msg, VNENCAP_A_MAP_HOP);

	if (!nest ||
	    msg_put_addr(msg, VNENCAP_A_HOP_VIA4, VNENCAP_A_HOP_VIA6,
			 &branch->via) ||
	    nla_put_u8(msg, VNENCAP_A_HOP_WEIGHT, branch->weight))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int msg_put_group(struct sk_buff *msg, const struct vnencap_group *group)
{
	unsigned int i;

	if (!group->n)
		return nla_put_flag(msg, VNENCAP_A_MAP_BLACKHOLE);
	for (i = 0; i < group->n; i++)
		if (msg_put_branch(msg, &group->branch[i]))
			return -EMSGSIZE;
	return 0;
}

/* Room for all attributes of a mapping with one endpoint: of IPv6, whose
 * addresses are longer
 */
#define MAPPING_SIZE_MAX	(nla_total_size(sizeof(u32)) + \
				 2 * nla_total_size(sizeof(struct in6_addr)) + \
				 2 * nla_total_size(sizeof(u8)))

/* As nla_put(), but the caller has seen to it that there is room. The checks in
 * nla_put() took half of the time that a dump of a million mappings takes.
 */
static __always_inline void attr_put(struct sk_buff *msg, int type,
				     const void *data, unsigned int len)
{
	struct nlattr *nla = __skb_put(msg, nla_total_size(len));

	nla->nla_type = type;
	nla->nla_len = nla_attr_size(len);
	memcpy(nla_data(nla), data, len);
	memset(nla_data(nla) + len, 0, nla_padlen(len));
}

static __always_inline void attr_put_addr(struct sk_buff *msg, int attr4,
					  int attr6,
					  const struct vnencap_addr *addr)
{
	if (addr->family == AF_INET)
		attr_put(msg, attr4, &addr->ip4, sizeof(addr->ip4));
	else
		attr_put(msg, attr6, &addr->ip6, sizeof(addr->ip6));
}

static int msg_put_mapping(struct sk_buff *msg, const struct vnencap_mapping *m)
{
	int err;

	if (skb_tailroom(msg) < MAPPING_SIZE_MAX)
		return -EMSGSIZE;
	attr_put(msg, VNENCAP_A_MAP_VNI, &m->vni, sizeof(m->vni));
	attr_put_addr(msg, VNENCAP_A_MAP_DST4, VNENCAP_A_MAP_DST6, &m->dst);
	attr_put(msg, VNENCAP_A_MAP_DST_LEN, &m->len, sizeof(m->len));
	if (m->group) {
		err = msg_put_group(msg, m->group);
		if (err)
			return err;
	} else {
		attr_put_addr(msg, VNENCAP_A_MAP_VIA4, VNENCAP_A_MAP_VIA6,
			      &m->via);
	}
	if (m->fec == VNENCAP_FEC_UNSET)
		return 0;
	return nla_put_u8(msg, VNENCAP_A_MAP_FEC, m->fec);
}

/**
 * vnencap_message_fill_mapping - put a message about a mapping
 * @msg: where to put it
 * @head: head of the message
 * @m: the mapping
 *
 * Context: vnencap_map_lock().
 * Return: 0, or -EMSGSIZE where it does not fit; @msg is as before then.
 */
int vnencap_message_fill_mapping(struct sk_buff *msg,
				 const struct vnencap_message_head *head,
				 const struct vnencap_mapping *m)
{
	void *hdr = msg_start(msg, head);

	if (!hdr)
		return -EMSGSIZE;
	if (msg_put_mapping(msg, m)) {
		genlmsg_cancel(msg, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return 0;
}

/**
 * vnencap_message_fill_keys - put a message about the keys of a VNI
 * @msg: where to put it
 * @head: head of the message
 * @vni: virtual network identifier
 * @keys: its keys
 *
 * It has the ids of the keys. No message has a key itself.
 *
 * Context: vnencap_map_lock().
 * Return: 0, or -EMSGSIZE where it does not fit; @msg is as before then.
 */
int vnencap_message_fill_keys(struct sk_buff *msg,
			      const struct vnencap_message_head *head,
			      u32 vni, const struct vnencap_keys *keys)
{
	void *hdr = msg_start(msg, head);

	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_u32(msg, VNENCAP_A_KEY_VNI, vni) ||
	    nla_put_u32(msg, VNENCAP_A_KEY_ID, keys->key[0].id) ||
	    (keys->n > 1 &&
	     nla_put_u32(msg, VNENCAP_A_KEY_ALSO, keys->key[1].id))) {
		genlmsg_cancel(msg, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return 0;
}

/**
 * vnencap_message_fill_miss - put a notification of packets without a mapping
 * @msg: where to put it
 * @miss: the packets
 *
 * Return: 0, or -EMSGSIZE where it does not fit; @msg is as before then.
 */
int vnencap_message_fill_miss(struct sk_buff *msg,
			      const struct vnencap_miss *miss)
{
	struct vnencap_message_head head;
	void *hdr;

	head = vnencap_message_ntf(NULL, VNENCAP_CMD_MISS_NTF);
	hdr = msg_start(msg, &head);
	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_u32(msg, VNENCAP_A_MAP_VNI, miss->vni) ||
	    msg_put_addr(msg, VNENCAP_A_MAP_DST4, VNENCAP_A_MAP_DST6,
			 &miss->dst) ||
	    nla_put_u32(msg, VNENCAP_A_MAP_COUNT, miss->count)) {
		genlmsg_cancel(msg, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return 0;
}

/* What is known of losses; either is there only where it is */
static int msg_put_loss(struct sk_buff *msg,
			const struct vnencap_endpoint *endpoint)
{
	const struct vnencap_loss *loss = READ_ONCE(endpoint->loss);
	u32 there;

	if (!loss)
		return 0;
	if (READ_ONCE(loss->asks) &&
	    nla_put_u32(msg, VNENCAP_A_ENDPOINT_RX_LOSS,
			vnencap_loss_here(loss)))
		return -EMSGSIZE;
	there = vnencap_loss_there(loss);
	if (there && nla_put_u32(msg, VNENCAP_A_ENDPOINT_TX_LOSS, there))
		return -EMSGSIZE;
	return 0;
}

/**
 * vnencap_message_fill_endpoint - put a message about an endpoint
 * @msg: where to put it
 * @head: head of the message
 * @endpoint: the endpoint
 *
 * Context: RCU.
 * Return: 0, or -EMSGSIZE where it does not fit; @msg is as before then.
 */
int vnencap_message_fill_endpoint(struct sk_buff *msg,
				  const struct vnencap_message_head *head,
				  const struct vnencap_endpoint *endpoint)
{
	void *hdr = msg_start(msg, head);

	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_u32(msg, VNENCAP_A_ENDPOINT_VNI, endpoint->vni) ||
	    msg_put_addr(msg, VNENCAP_A_ENDPOINT_ADDR4,
			 VNENCAP_A_ENDPOINT_ADDR6, &endpoint->addr) ||
	    nla_put_u32(msg, VNENCAP_A_ENDPOINT_MAPPINGS,
			refcount_read(&endpoint->refs)) ||
	    vnencap_traffic_fill(endpoint, msg) ||
	    msg_put_loss(msg, endpoint)) {
		genlmsg_cancel(msg, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return 0;
}
