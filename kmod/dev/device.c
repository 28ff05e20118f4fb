// SPDX-License-Identifier: GPL-2.0-only
/*
 * The vnencap network device: an IP device (no link layer), mostly on a lower
 * device.
 */
#include <linux/if_arp.h>
#include <linux/inetdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/ip_tunnels.h>
#include <net/net_namespace.h>

#include "compat.h"
#include "dev/config.h"
#include "dev/device.h"
#include "dev/ethtool.h"
#include "dev/holder.h"
#include "dev/inet.h"
#include "lower/lower.h"
#include "lower/substrate.h"
#include "map/hold.h"
#include "map/map.h"
#include "rx/input.h"
#include "rx/receiver.h"
#include "stats/stats.h"
#include "tx/features.h"
#include "tx/tx.h"
#include "wire/frame.h"
#include "wire/wire.h"

/* Offloads that the way out makes up for, whatever the lower device has */
#define FEATURES	(NETIF_F_SG | NETIF_F_FRAGLIST | NETIF_F_HIGHDMA | \
			 NETIF_F_HW_CSUM | NETIF_F_RXCSUM | \
			 NETIF_F_ALL_TSO | NETIF_F_GSO_ACCECN | \
			 NETIF_F_GSO_UDP_L4)

/* What is pushed before the inner packet: an outer IP header, of the two the
 * longer, and the fake TCP header. The first shard takes the room of the inner
 * headers that it stands for, and mostly no more than eight bytes beyond. TCP
 * keeps some 260 bytes free before its packets. Were the most asked for that a
 * shard can ever take, that would not do, and each packet got a new head.
 */
#define HEADROOM	(sizeof(struct ipv6hdr) + \
			 sizeof(struct vnencap_segment_hdr) + 8)

/* As LL_RESERVED_SPACE() of Ethernet with a VLAN tag */
#define LL_HEADROOM	(2 * HH_DATA_MOD)

/* With its outer headers and shards, an inner packet of that size is no longer
 * than IPv4 allows, and IPv6 without a jumbo payload.
 */
#define MTU_MAX		64000

/* TCP may make longer packets than the MTU ("BIG TCP"), whatever the lower device
 * takes: tx/cut.c cuts them to what it does. A long packet costs TCP as much as a
 * short one, so they are meant to be long. But two of each flow may be under way:
 * TCP needs memory for them at both ends, and other flows wait for them. So the
 * default is four pieces of 64 KB; two where segments are of jumbo size, of which
 * there are few in a piece; three where the lower device's driver could do more
 * than 64 KB (veth). See Documentation/performance.rst.
 */
#define OVERHEAD_MAX	512
#define TSO_SIZE_MAX	(COMPAT_FRAME_MAX - OVERHEAD_MAX)
#define GSO_SIZE	min_t(unsigned int, TSO_SIZE_MAX, 260000)
#define GSO_SIZE_JUMBO	min_t(unsigned int, TSO_SIZE_MAX, 131072)
#define GSO_SIZE_LONG	min_t(unsigned int, TSO_SIZE_MAX, 180000)
#define JUMBO		2048

/* How long GRO may hold a run for what follows it, in ns. A segment of 1500 bytes
 * takes 12 us at 1 Gbit/s.
 */
#define GRO_FLUSH_TIMEOUT	20000

/* All vnencap devices. RTNL guards it. */
static LIST_HEAD(devices);

static const struct net_device_ops netdev_ops;

/**
 * vnencap_device_priv - the vnencap device that a net_device is
 * @dev: any device
 *
 * Return: its private part, or NULL where it is not a vnencap device.
 */
struct vnencap_dev *vnencap_device_priv(struct net_device *dev)
{
	return dev->netdev_ops == &netdev_ops ? netdev_priv(dev) : NULL;
}

/**
 * vnencap_device_next - walk the devices of a substrate namespace
 * @net: the namespace of their substrate, NULL for all
 * @prev: the device before, or NULL
 *
 * Context: RTNL.
 * Return: the next device, or NULL.
 */
struct vnencap_dev *vnencap_device_next(struct net *net,
					struct vnencap_dev *prev)
{
	struct vnencap_dev *vn;

	ASSERT_RTNL();
	vn = list_prepare_entry(prev, &devices, all_node);
	list_for_each_entry_continue(vn, &devices, all_node)
		if (!net || net_eq(vn->net, net))
			return vn;
	return NULL;
}

static struct vnencap_dev *of_substrate(struct net_device *dev,
					const struct net *net)
{
	struct vnencap_dev *vn = dev ? vnencap_device_priv(dev) : NULL;

	return vn && net_eq(vn->net, net) ? vn : NULL;
}

/**
 * vnencap_device_by_index - a device by the index that it has
 * @net: the namespace of its substrate
 * @where: the namespace that the device is in
 * @ifindex: its index there
 *
 * Context: RTNL.
 * Return: the device, or NULL.
 */
struct vnencap_dev *vnencap_device_by_index(const struct net *net,
					    struct net *where, int ifindex)
{
	return of_substrate(__dev_get_by_index(where, ifindex), net);
}

/**
 * vnencap_device_by_name - a device by the name that it has
 * @net: the namespace of its substrate
 * @where: the namespace that the device is in
 * @name: its name there
 *
 * Context: RTNL.
 * Return: the device, or NULL.
 */
struct vnencap_dev *vnencap_device_by_name(const struct net *net,
					   struct net *where, const char *name)
{
	return of_substrate(__dev_get_by_name(where, name), net);
}

/**
 * vnencap_device_by_vni - a device by its lower device and its VNI
 * @net: the namespace that the lower device is in
 * @link: index of the lower device; 0 for the device that has none
 * @vni: virtual network identifier
 *
 * The device is found in whatever namespace it is.
 *
 * Context: RTNL.
 * Return: the device, or NULL.
 */
struct vnencap_dev *vnencap_device_by_vni(struct net *net, int link, u32 vni)
{
	const struct vnencap_substrate *s = vnencap_substrate_of(net);

	return s ? vnencap_substrate_on(s, link, vni) : NULL;
}

/**
 * vnencap_device_check_vni - is a VNI still to be had?
 * @vn: the device that is to have it, or has it
 * @vni: virtual network identifier
 * @extack: told what is wrong
 *
 * Context: RTNL.
 * Return: 0, or -EEXIST where another on the same lower device has it.
 */
int vnencap_device_check_vni(const struct vnencap_dev *vn, u32 vni,
			     struct netlink_ext_ack *extack)
{
	const struct vnencap_dev *other = vnencap_lower_find(vn->lower, vni);

	if (!other || other == vn)
		return 0;
	if (vn->lower->dev)
		NL_SET_ERR_MSG(extack, "The VNI is in use on this lower device");
	else
		NL_SET_ERR_MSG(extack, "The VNI is in use by another without a lower device");
	return -EEXIST;
}

/**
 * vnencap_device_check_local - has a device a local address, if it needs one?
 * @vn: the device
 * @config: what it is to have
 * @extack: told what is wrong
 *
 * Without a lower device nothing else says what is for it, and what its peers
 * have to expect whichever way the route goes.
 *
 * Context: RTNL.
 * Return: 0, or -EINVAL.
 */
int vnencap_device_check_local(const struct vnencap_dev *vn,
			       const struct vnencap_config *config,
			       struct netlink_ext_ack *extack)
{
	if (vn->lower->dev || vnencap_config_local(config, AF_INET) ||
	    vnencap_config_local(config, AF_INET6))
		return 0;
	NL_SET_ERR_MSG(extack, "A local address is required without a lower device (link DEV)");
	return -EINVAL;
}

/**
 * vnencap_device_input - the way that a device receives by
 * @vn: the device
 *
 * Context: RTNL.
 * Return: the way.
 */
enum vnencap_input vnencap_device_input(const struct vnencap_dev *vn)
{
	return vn->lower->fast ? VNENCAP_INPUT_FAST : VNENCAP_INPUT_STACK;
}

/**
 * vnencap_device_tell_slow - tell why a device that wants the rx_handler has none
 * @vn: the device
 * @extack: told, as a warning
 *
 * Context: RTNL.
 */
void vnencap_device_tell_slow(const struct vnencap_dev *vn,
			      struct netlink_ext_ack *extack)
{
	if (vn->lower->dev && !vn->lower->fast &&
	    rtnl_dereference(vn->config)->fastpath)
		vnencap_holder_tell(vn->lower->dev, extack);
}

/* Have the lower device's rx_handler, or not, as the device is set to. */
static void change_fastpath(struct vnencap_dev *vn, bool now,
			    struct netlink_ext_ack *extack)
{
	if (now) {
		vnencap_lower_want(vn->lower);
		vnencap_device_tell_slow(vn, extack);
	} else {
		vnencap_lower_unwant(vn->lower);
	}
}

/**
 * vnencap_device_change - give a device another configuration
 * @vn: the device
 * @config: all of it
 * @extack: told what is wrong
 *
 * Context: RTNL.
 * Return: 0; or -EEXIST where the VNI is in use, -EINVAL where a local address is
 * required, or -ENOMEM, and nothing is changed.
 */
int vnencap_device_change(struct vnencap_dev *vn,
			  const struct vnencap_config *config,
			  struct netlink_ext_ack *extack)
{
	struct vnencap_config *old = rtnl_dereference(vn->config), *new;
	struct vnencap_map *old_map = rtnl_dereference(vn->map), *map;
	int err;

	if (vnencap_config_same(old, config))
		return 0;
	err = vnencap_device_check_vni(vn, config->vni, extack) ?:
	      vnencap_device_check_local(vn, config, extack);
	if (err)
		return err;
	new = kmemdup(config, sizeof(*config), GFP_KERNEL_ACCOUNT);
	if (!new)
		return -ENOMEM;
	map = vnencap_map_get(vn->net, config->vni);
	if (IS_ERR(map)) {
		kfree(new);
		return PTR_ERR(map);
	}

	/* A packet between these two sees the new map with the old VNI. A run
	 * of the old VNI is dropped then. What is sent has the map's VNI.
	 */
	rcu_assign_pointer(vn->map, map);
	err = vnencap_substrate_change(vn, new);
	if (err)
		goto err_map;
	if (!vnencap_config_same_way(old, new))
		vnencap_map_forget_routes(map);
	/* who has the old VNI still may send anywhere, see route.c */
	if (old->vni != new->vni)
		vnencap_map_forget_routes(old_map);
	if (old->fastpath != new->fastpath)
		change_fastpath(vn, new->fastpath, extack);
	kfree(old);
	/* From here on no packet begins to wait in the old map. */
	if (map != old_map)
		vnencap_hold_purge(vnencap_map_hold(old_map), vn);
	vnencap_map_put(old_map);
	return 0;

err_map:
	rcu_assign_pointer(vn->map, old_map);
	synchronize_net();
	if (map != old_map)
		vnencap_hold_purge(vnencap_map_hold(map), vn);
	vnencap_map_put(map);
	kfree(new);
	return err;
}

static int get_map(struct vnencap_dev *vn)
{
	u32 vni = rtnl_dereference(vn->config)->vni;
	struct vnencap_map *map = vnencap_map_get(vn->net, vni);

	if (IS_ERR(map))
		return PTR_ERR(map);
	rcu_assign_pointer(vn->map, map);
	return 0;
}

/* To be called before RTNL is released. The map belongs to the namespace of the
 * substrate, and that does not wait for a device in another namespace when it
 * goes.
 */
static void put_map(struct vnencap_dev *vn)
{
	vnencap_map_put(rtnl_dereference(vn->map));
	RCU_INIT_POINTER(vn->map, NULL);
}

static int dev_init(struct net_device *dev)
{
	struct vnencap_dev *vn = netdev_priv(dev);
	int err;

	/* vnencap_device_add()'s caller holds it too, so this cannot fail. */
	vnencap_lower_get(vn->net, vn->lower->dev);
	err = vnencap_input_begin(vn->net);
	if (err)
		goto err_lower;
	vn->stats = vnencap_stats_alloc();
	dev->tstats = netdev_alloc_pcpu_stats(struct pcpu_sw_netstats);
	err = vn->stats && dev->tstats ? get_map(vn) : -ENOMEM;
	if (err)
		goto err_stats;
	err = vnencap_receiver_init(vn);
	if (err)
		goto err_map;
	if (rtnl_dereference(vn->config)->fastpath)
		vnencap_lower_want(vn->lower);
	return 0;

err_map:
	put_map(vn);
err_stats:
	free_percpu(dev->tstats);
	free_percpu(vn->stats);
	vnencap_input_end(vn->net);
err_lower:
	vnencap_lower_put(vn->lower);
	return err;
}

/* Drop the device's packets that wait for a mapping. */
static void hold_purge(struct vnencap_dev *vn)
{
	struct vnencap_map *map = rtnl_dereference(vn->map);

	vnencap_hold_purge(vnencap_map_hold(map), vn);
}

/* Nothing is received for the device any more: the core has waited a grace
 * period since it was taken from its lower device.
 */
static void dev_uninit(struct net_device *dev)
{
	struct vnencap_dev *vn = netdev_priv(dev);

	if (rtnl_dereference(vn->config)->fastpath)
		vnencap_lower_unwant(vn->lower);
	/* another may send anywhere, and take a route by this lower device */
	if (!vnencap_substrate_alone(vn))
		vnencap_map_forget_routes(rtnl_dereference(vn->map));
	vnencap_receiver_destroy(vn);
	/* those that were sent while the device was being stopped */
	hold_purge(vn);
	put_map(vn);
	free_percpu(dev->tstats);
	vnencap_input_end(vn->net);
	vnencap_lower_put(vn->lower);
}

static int device_open(struct net_device *dev)
{
	vnencap_inet_open(dev);
	return vnencap_substrate_open(netdev_priv(dev));
}

static int dev_stop(struct net_device *dev)
{
	vnencap_substrate_close(netdev_priv(dev));
	hold_purge(netdev_priv(dev));
	return 0;
}

static void free_config(struct vnencap_dev *vn)
{
	kfree(rcu_dereference_protected(vn->config, true));
	RCU_INIT_POINTER(vn->config, NULL);
}

/* Nobody has a reference to the device any more. */
static void dev_free(struct net_device *dev)
{
	struct vnencap_dev *vn = netdev_priv(dev);

	free_percpu(vn->stats);
	free_config(vn);
}

static int get_iflink(const struct net_device *dev)
{
	const struct vnencap_dev *vn = netdev_priv(dev);

	return vn->lower_ifindex ?: dev->ifindex;
}

static const struct net_device_ops netdev_ops = {
	.ndo_init = dev_init,
	.ndo_uninit = dev_uninit,
	.ndo_open = device_open,
	.ndo_stop = dev_stop,
	.ndo_start_xmit = vnencap_tx_xmit,
	.ndo_features_check = vnencap_features_check,
	.ndo_get_stats64 = dev_get_tstats64,
	.ndo_get_iflink = get_iflink,
};

/**
 * vnencap_device_setup - give a device what all vnencap devices have
 * @dev: a new net_device
 *
 * Context: RTNL.
 */
void vnencap_device_setup(struct net_device *dev)
{
	dev->netdev_ops = &netdev_ops;
	dev->ethtool_ops = &vnencap_ethtool_ops;
	dev->header_ops = &ip_tunnel_header_ops;
	dev->type = ARPHRD_NONE;
	dev->flags = IFF_POINTOPOINT | IFF_NOARP;
	dev->priv_flags |= IFF_NO_QUEUE;
	dev->min_mtu = ETH_MIN_MTU;
	dev->max_mtu = MTU_MAX;
	dev->features |= FEATURES | NETIF_F_VLAN_CHALLENGED;
	dev->hw_features |= FEATURES;
	dev->needs_free_netdev = true;
	dev->priv_destructor = dev_free;
	compat_set_lltx(dev);
	dev->gro_flush_timeout = GRO_FLUSH_TIMEOUT;
	netif_set_tso_max_size(dev, TSO_SIZE_MAX);
	compat_set_gso_max_size(dev, GSO_SIZE);
}

static unsigned int default_gso_size(const struct vnencap_lower *lower)
{
	if (lower->dev && lower->dev->tso_max_size > GSO_LEGACY_MAX_SIZE)
		return GSO_SIZE_LONG;
	return vnencap_lower_mtu(lower) > JUMBO ? GSO_SIZE_JUMBO : GSO_SIZE;
}

/**
 * vnencap_device_inherit - give a device what it has from its lower device
 * @dev: a new vnencap device
 * @lower: its lower device; where there is none, it is as on Ethernet
 * @mtu_given: @dev has the MTU that the user wants
 * @size_given: @dev has the gso_max_size that the user wants
 *
 * Context: RTNL.
 */
void vnencap_device_inherit(struct net_device *dev,
			    const struct vnencap_lower *lower,
			    bool mtu_given, bool size_given)
{
	if (!mtu_given)
		dev->mtu = min_t(u32, vnencap_lower_mtu(lower), MTU_MAX);
	dev->needed_headroom = HEADROOM +
			       (lower->dev ? LL_RESERVED_SPACE(lower->dev) :
					     LL_HEADROOM);
	/* The user may have given a size above this one, which lowers it. */
	netif_set_tso_max_size(dev, TSO_SIZE_MAX);
	if (!size_given)
		compat_set_gso_max_size(dev, default_gso_size(lower));
}

/**
 * vnencap_device_add - register a device and put it to work
 * @vn: the device, with all set but what ndo_init sets; the caller holds its
 *	lower device too
 * @extack: told what is wrong
 *
 * Context: RTNL.
 * Return: 0, or an error, and @vn's configuration is freed.
 */
int vnencap_device_add(struct vnencap_dev *vn, struct netlink_ext_ack *extack)
{
	int err;

	err = register_netdevice(vn->dev);
	if (err)
		goto err_config;
	err = vn->lower->dev ?
	      netdev_upper_dev_link(vn->lower->dev, vn->dev, extack) : 0;
	if (err)
		goto err_register;
	/* A device that had the VNI before may have had other settings. */
	vnencap_map_forget_routes(rtnl_dereference(vn->map));
	vnencap_substrate_add(vn);
	list_add_tail(&vn->all_node, &devices);
	return 0;

err_register:
	unregister_netdevice(vn->dev);
err_config:
	free_config(vn);
	return err;
}

/**
 * vnencap_device_del - take a device from its lower device, and unregister it
 * @vn: the device
 * @head: list of devices that the caller unregisters, NULL to do it now
 *
 * Context: RTNL.
 */
void vnencap_device_del(struct vnencap_dev *vn, struct list_head *head)
{
	vnencap_substrate_del(vn);
	list_del(&vn->all_node);
	if (vn->lower->dev)
		netdev_upper_dev_unlink(vn->lower->dev, vn->dev);
	unregister_netdevice_queue(vn->dev, head);
}

/**
 * vnencap_device_del_all - remove all devices on a lower device
 * @lower: the lower device
 *
 * Context: RTNL.
 */
void vnencap_device_del_all(const struct vnencap_lower *lower)
{
	struct vnencap_dev *vn, *next;
	LIST_HEAD(gone);

	list_for_each_entry_safe(vn, next, &devices, all_node)
		if (vn->lower == lower)
			vnencap_device_del(vn, &gone);
	unregister_netdevice_many(&gone);
}

/**
 * vnencap_device_del_net - remove all devices of a namespace's substrate
 * @net: the namespace, which is about to go
 * @gone: list of devices that the caller unregisters
 *
 * Those on a lower device would go with that.
 *
 * Context: RTNL.
 */
void vnencap_device_del_net(const struct net *net, struct list_head *gone)
{
	struct vnencap_dev *vn, *next;

	list_for_each_entry_safe(vn, next, &devices, all_node)
		if (net_eq(vn->net, net))
			vnencap_device_del(vn, gone);
}
