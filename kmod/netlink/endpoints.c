// SPDX-License-Identifier: GPL-2.0-only
/* What the family does with endpoints: show them, with their counters. */
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <uapi/linux/vnencap.h>

#include "compat.h"
#include "map/map.h"
#include "netlink/message.h"
#include "netlink/netlink-gen.h"
#include "netlink/request.h"

static int parse_endpoint(struct genl_info *info, u32 *vni,
			  struct vnencap_addr *addr)
{
	struct nlattr *addr4 = info->attrs[VNENCAP_A_ENDPOINT_ADDR4];
	struct nlattr *addr6 = info->attrs[VNENCAP_A_ENDPOINT_ADDR6];
	struct nlattr *attr = info->attrs[VNENCAP_A_ENDPOINT_VNI];

	if (!attr) {
		NL_SET_ERR_ATTR_MISS(info->extack, NULL,
				     VNENCAP_A_ENDPOINT_VNI);
		GENL_SET_ERR_MSG(info, "VNI (vni) is missing");
		return -EINVAL;
	}
	*vni = nla_get_u32(attr);
	if (addr4 && addr6) {
		NL_SET_ERR_MSG_ATTR(info->extack, addr6,
				    "addr4 and addr6 are both given");
		return -EINVAL;
	}
	if (!vnencap_request_read_addr(addr4, addr6, addr)) {
		NL_SET_ERR_ATTR_MISS(info->extack, NULL,
				     VNENCAP_A_ENDPOINT_ADDR4);
		GENL_SET_ERR_MSG(info, "Address (addr4 or addr6) is missing");
		return -EINVAL;
	}
	return 0;
}

/**
 * vnencap_nl_endpoint_get_doit - show an endpoint
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0, or an error with its reason in @info->extack.
 */
int vnencap_nl_endpoint_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct vnencap_endpoint *endpoint;
	struct vnencap_message_head head = vnencap_message_answer(info);
	struct vnencap_addr addr;
	struct sk_buff *msg;
	u32 vni;
	int err;

	err = parse_endpoint(info, &vni, &addr);
	if (err)
		return err;
	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;

	rcu_read_lock();
	endpoint = vnencap_endpoint_find(genl_info_net(info), vni, &addr);
	err = endpoint ? vnencap_message_fill_endpoint(msg, &head, endpoint) :
			 -ENOENT;
	rcu_read_unlock();
	if (err) {
		nlmsg_free(msg);
		if (err == -ENOENT)
			GENL_SET_ERR_MSG(info,
					 "No mapping names this endpoint");
		return err;
	}
	return genlmsg_reply(msg, info);
}

/**
 * struct endpoint_dump - how far a dump of endpoints has come
 * @iter: the next endpoint
 * @restarts: how often the walk began anew, for the table was resized
 */
struct endpoint_dump {
	struct rhashtable_iter iter;
	u32 restarts;
};

/* It is too large for @cb->ctx, so that has a pointer to it. */
static struct endpoint_dump **endpoint_dump(struct netlink_callback *cb)
{
	return (struct endpoint_dump **)cb->ctx;
}

/**
 * vnencap_nl_endpoint_get_start - begin to show endpoints
 * @cb: the dump
 *
 * Return: 0, or -ENOMEM.
 */
int vnencap_nl_endpoint_get_start(struct netlink_callback *cb)
{
	struct endpoint_dump *dump = kzalloc(sizeof(*dump), GFP_KERNEL_ACCOUNT);

	if (!dump)
		return -ENOMEM;
	vnencap_endpoint_walk(sock_net(cb->skb->sk), &dump->iter);
	*endpoint_dump(cb) = dump;
	return 0;
}

/**
 * vnencap_nl_endpoint_get_done - end what vnencap_nl_endpoint_get_start() began
 * @cb: the dump
 *
 * Return: 0.
 */
int vnencap_nl_endpoint_get_done(struct netlink_callback *cb)
{
	struct endpoint_dump *dump = *endpoint_dump(cb);

	rhashtable_walk_exit(&dump->iter);
	kfree(dump);
	return 0;
}

/* A number that differs where a dump may lack endpoints, or have some twice: the
 * mappings were changed, or the walk began anew.
 */
static u32 endpoint_seq(struct net *net, const struct endpoint_dump *dump)
{
	u32 seq;

	vnencap_map_lock(net);
	seq = vnencap_map_generation(net) + dump->restarts;
	vnencap_map_unlock(net);
	return seq ?: 1;
}

/* The walk begins anew. What is shown from here on is marked. */
static void restarted(struct netlink_callback *cb, struct endpoint_dump *dump)
{
	dump->restarts++;
	if (!++cb->seq)
		cb->seq = 1;
}

/**
 * vnencap_nl_endpoint_get_dumpit - show all endpoints, or those of one VNI
 * @skb: to be filled
 * @cb: the dump
 *
 * Where the table is resized meanwhile, the dump begins anew, and is marked as
 * not consistent.
 *
 * Return: length of @skb, 0 at the end, or an error.
 */
int vnencap_nl_endpoint_get_dumpit(struct sk_buff *skb,
				   struct netlink_callback *cb)
{
	struct nlattr *vni = compat_genl_dump_attrs(cb)[VNENCAP_A_ENDPOINT_VNI];
	struct endpoint_dump *dump = *endpoint_dump(cb);
	struct rhashtable_iter *iter = &dump->iter;
	const struct vnencap_endpoint *endpoint;
	struct vnencap_message_head head;
	int err = 0;

	head = vnencap_message_dump(cb, VNENCAP_CMD_ENDPOINT_GET);
	cb->seq = endpoint_seq(sock_net(skb->sk), dump);
	/* The table was resized between this part and the one before. */
	if (rhashtable_walk_start_check(iter))
		restarted(cb, dump);
	/* first what had no room in the part before */
	endpoint = rhashtable_walk_peek(iter);
	for (; endpoint; endpoint = rhashtable_walk_next(iter)) {
		if (IS_ERR(endpoint)) {
			restarted(cb, dump);
			continue;
		}
		if (vni && endpoint->vni != nla_get_u32(vni))
			continue;
		err = vnencap_message_fill_endpoint(skb, &head, endpoint);
		if (err)
			break;
	}
	rhashtable_walk_stop(iter);
	return skb->len ?: err;
}
