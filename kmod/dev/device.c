// SPDX-License-Identifier: GPL-2.0-only
/*
 * The vnencap network device: an IP device (no link layer) on a lower device.
 */
#include <linux/ethtool.h>
#include <linux/if_arp.h>
#include <linux/inetdevice.h>
#include <linux/module.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/ip_tunnels.h>
#include <net/net_namespace.h>
#include <net/rtnetlink.h>

#include "compat.h"
#include "dev/config.h"
#include "dev/device.h"
#include "dev/inet.h"
#include "lower/lower.h"
#include "lower/route.h"
#include "map/hold.h"
#include "map/map.h"
#include "rx/cells.h"
#include "rx/order.h"
#include "stats/stats.h"
#include "tx/tx.h"
#include "wire/frame.h"
#include "wire/wire.h"

/* Offloads that the frame builder makes up for, whatever the lower device has
 */
#define FEATURES	(NETIF_F_SG | NETIF_F_FRAGLIST | NETIF_F_HIGHDMA | \
			 NETIF_F_HW_CSUM | NETIF_F_RXCSUM | \
			 NETIF_F_ALL_TSO | NETIF_F_GSO_ACCECN | \
			 NETIF_F_GSO_UDP_L4)

/* What is pushed before the inner packet: the longer of the outer IP headers and
 * the fake TCP header. The first shard takes the room of the headers that it
 * stands for, and mostly no more than eight bytes beyond. To ask for the most
 * that it ever can would have each packet of TCP get a new head, which keeps
 * some 260 bytes free.
 */
#define HEADROOM	(sizeof(struct ipv6hdr) + \
			 sizeof(struct vnencap_segment_hdr) + 8)

/* An outer packet with headers, shards and an inner packet of that size is no
 * longer than IPv4 allows, or IPv6 without a jumbo payload.
 */
#define MTU_MAX		64000

/* TCP may make longer ones ("BIG TCP"), whatever the lower device takes: cut.c
 * sees to that. Each that it makes costs it as much as another. But of each flow
 * two may be under way, for which TCP needs memory at both ends and others wait.
 * Four pieces of 64 KB are the default; two where segments are of jumbo size, so
 * that there are few of them in a piece; three on devices whose driver could do
 * more than 64 KB (veth). See Documentation/performance.rst.
 */
#define OVERHEAD_MAX	512
#define TSO_SIZE_MAX	(COMPAT_FRAME_MAX - OVERHEAD_MAX)
#define GSO_SIZE	min(TSO_SIZE_MAX, 260000)
#define GSO_SIZE_JUMBO	min(TSO_SIZE_MAX, 131072)
#define GSO_SIZE_LONG	min(TSO_SIZE_MAX, 180000)
#define JUMBO		2048

/* ns that a run may be held for what follows it; a segment of 1500 bytes takes
 * 12 us at 1 Gbit/s
 */
#define GRO_FLUSH_TIMEOUT	20000

#define VNI_IN_USE "The VNI is in use on this lower device"

/* All vnencap devices; RTNL */
static LIST_HEAD(devices);

/* Told of each device that was changed; RTNL */
static RAW_NOTIFIER_HEAD(changes);

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
 * @net: the namespace that the lower devices are in
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
		if (net_eq(vn->net, net))
			return vn;
	return NULL;
}

static bool has_name(const struct vnencap_dev *vn, int ifindex,
		     const char *name)
{
	return name ? !strcmp(vn->dev->name, name) :
		      vn->dev->ifindex == ifindex;
}

/**
 * vnencap_device_find - a device by name or index
 * @net: the namespace that its lower device is in
 * @ifindex: index of the device, where @name is NULL
 * @name: name of the device, or NULL
 *
 * The device may be in another namespace now, where names and indices are
 * others; one that is in @net comes first.
 *
 * Context: RTNL.
 * Return: the device, or NULL.
 */
struct vnencap_dev *vnencap_device_find(struct net *net, int ifindex,
					const char *name)
{
	struct vnencap_dev *vn = NULL, *elsewhere = NULL;

	while ((vn = vnencap_device_next(net, vn))) {
		if (!has_name(vn, ifindex, name))
			continue;
		if (net_eq(dev_net(vn->dev), net))
			return vn;
		elsewhere = elsewhere ?: vn;
	}
	return elsewhere;
}

/**
 * vnencap_device_change - give a device another configuration
 * @vn: the device
 * @config: all of it
 * @extack: told what is wrong
 *
 * Context: RTNL.
 * Return: 0, -EEXIST where the VNI is in use, -ENOMEM; nothing changed then.
 */
int vnencap_device_change(struct vnencap_dev *vn,
			  const struct vnencap_config *config,
			  struct netlink_ext_ack *extack)
{
	struct vnencap_config *old = rtnl_dereference(vn->config), *new;
	struct vnencap_map *old_map = rtnl_dereference(vn->map), *map;
	struct vnencap_dev *other;

	if (vnencap_config_same(old, config))
		return 0;
	other = vnencap_lower_find(vn->lower, config->vni);
	if (other && other != vn) {
		NL_SET_ERR_MSG(extack, VNI_IN_USE);
		return -EEXIST;
	}
	new = kmemdup(config, sizeof(*config), GFP_KERNEL);
	if (!new)
		return -ENOMEM;
	map = vnencap_map_get(vn->net, config->vni);
	if (IS_ERR(map)) {
		kfree(new);
		return PTR_ERR(map);
	}

	/* packets between the two see the new map with the old VNI: runs of
	 * that are dropped by then, and what is sent is of the map's VNI
	 */
	rcu_assign_pointer(vn->map, map);
	vnencap_lower_change(vn, new);
	vnencap_route_forget(vn->net, config->vni);
	kfree(old);
	/* no packet can come to wait there any more */
	if (map != old_map)
		vnencap_hold_purge(vnencap_map_hold(old_map), vn);
	vnencap_map_put(old_map);
	return 0;
}

static u32 free_vni(const struct vnencap_lower *lower)
{
	u32 vni = 1;

	while (vnencap_lower_find(lower, vni))
		vni++;
	return vni;
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

/* Before RTNL is released: the map's home is the namespace of the substrate,
 * which does not wait for a device that is elsewhere.
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

	/* newlink holds it too, so this cannot fail */
	vnencap_lower_get(vn->lower->dev, NULL);
	vn->stats = vnencap_stats_alloc();
	dev->tstats = netdev_alloc_pcpu_stats(struct pcpu_sw_netstats);
	err = vn->stats && dev->tstats ? get_map(vn) : -ENOMEM;
	if (err)
		goto err_stats;
	err = vnencap_cells_init(&vn->cells, dev);
	if (err)
		goto err_map;
	return 0;

err_map:
	put_map(vn);
err_stats:
	free_percpu(dev->tstats);
	free_percpu(vn->stats);
	vnencap_lower_put(vn->lower);
	return err;
}

/* What waits for a mapping does so no more. */
static void hold_purge(struct vnencap_dev *vn)
{
	struct vnencap_map *map = rtnl_dereference(vn->map);

	vnencap_hold_purge(vnencap_map_hold(map), vn);
}

/* The receive path has let go of the device: the core has waited a grace
 * period since it was taken from its lower device.
 */
static void dev_uninit(struct net_device *dev)
{
	struct vnencap_dev *vn = netdev_priv(dev);

	vnencap_cells_destroy(&vn->cells);
	vnencap_order_forget(vn);
	/* what was on its way while the device was stopped */
	hold_purge(vn);
	put_map(vn);
	free_percpu(dev->tstats);
	vnencap_lower_put(vn->lower);
}

static int dev_stop(struct net_device *dev)
{
	hold_purge(netdev_priv(dev));
	return 0;
}

static void free_config(struct vnencap_dev *vn)
{
	kfree(rcu_dereference_protected(vn->config, true));
	RCU_INIT_POINTER(vn->config, NULL);
}

/* Nobody knows the device any more. */
static void dev_free(struct net_device *dev)
{
	struct vnencap_dev *vn = netdev_priv(dev);

	free_percpu(vn->stats);
	free_config(vn);
}

static int get_iflink(const struct net_device *dev)
{
	const struct vnencap_dev *vn = netdev_priv(dev);

	return vn->lower_ifindex;
}

static const struct net_device_ops netdev_ops = {
	.ndo_init = dev_init,
	.ndo_uninit = dev_uninit,
	.ndo_open = vnencap_inet_open,
	.ndo_stop = dev_stop,
	.ndo_start_xmit = vnencap_tx_xmit,
	.ndo_features_check = vnencap_tx_features,
	.ndo_get_stats64 = dev_get_tstats64,
	.ndo_get_iflink = get_iflink,
};

static void get_drvinfo(struct net_device *dev, struct ethtool_drvinfo *info)
{
	strscpy(info->driver, KBUILD_MODNAME, sizeof(info->driver));
}

static int get_sset_count(struct net_device *dev, int sset)
{
	return sset == ETH_SS_STATS ? VNENCAP_A_STATS_MAX : -EOPNOTSUPP;
}

static void get_strings(struct net_device *dev, u32 sset, u8 *data)
{
	unsigned int i;

	if (sset != ETH_SS_STATS)
		return;
	for (i = 1; i <= VNENCAP_A_STATS_MAX; i++, data += ETH_GSTRING_LEN)
		strscpy(data, vnencap_stats_name(i), ETH_GSTRING_LEN);
}

static void get_ethtool_stats(struct net_device *dev,
			      struct ethtool_stats *stats, u64 *data)
{
	struct vnencap_dev *vn = netdev_priv(dev);
	u64 sums[VNENCAP_A_STATS_MAX + 1];

	vnencap_stats_read(vn->stats, sums);
	memcpy(data, &sums[1], VNENCAP_A_STATS_MAX * sizeof(*data));
}

static const struct ethtool_ops ethtool_ops = {
	.get_drvinfo = get_drvinfo,
	.get_link = ethtool_op_get_link,
	.get_sset_count = get_sset_count,
	.get_strings = get_strings,
	.get_ethtool_stats = get_ethtool_stats,
};

static void dev_setup(struct net_device *dev)
{
	dev->netdev_ops = &netdev_ops;
	dev->ethtool_ops = &ethtool_ops;
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

static unsigned int default_gso_size(const struct net_device *lower_dev)
{
	if (lower_dev->tso_max_size > GSO_LEGACY_MAX_SIZE)
		return GSO_SIZE_LONG;
	return lower_dev->mtu > JUMBO ? GSO_SIZE_JUMBO : GSO_SIZE;
}

/* What a device takes from its lower device as defaults */
static void inherit_lower(struct net_device *dev, struct net_device *lower_dev,
			  bool mtu_given, bool size_given)
{
	if (!mtu_given)
		dev->mtu = min_t(unsigned int, lower_dev->mtu, MTU_MAX);
	dev->needed_headroom = LL_RESERVED_SPACE(lower_dev) + HEADROOM;
	/* the user's own may be more than that */
	netif_set_tso_max_size(dev, TSO_SIZE_MAX);
	if (!size_given)
		compat_set_gso_max_size(dev, default_gso_size(lower_dev));
}

/* Where @data has none of them, the settings stay as they are. */
static int parse_data(struct vnencap_config *config, struct nlattr *data[],
		      struct netlink_ext_ack *extack)
{
	return data ? vnencap_config_parse(config, data, extack) : 0;
}

/* Nothing of a device is known here: what would be wrong for any */
static int dev_validate(struct nlattr *tb[], struct nlattr *data[],
			struct netlink_ext_ack *extack)
{
	struct vnencap_config config;

	if (tb[IFLA_ADDRESS]) {
		NL_SET_ERR_MSG_ATTR(extack, tb[IFLA_ADDRESS],
				    "A vnencap device has no link layer address");
		return -EOPNOTSUPP;
	}
	vnencap_config_init(&config);
	return parse_data(&config, data, extack);
}

static bool vni_given(struct nlattr *data[])
{
	return data && data[IFLA_VNENCAP_VNI];
}

/* The settings of a new device; it frees them, unless it is never registered */
static int first_config(struct vnencap_dev *vn, struct nlattr *data[],
			struct netlink_ext_ack *extack)
{
	struct vnencap_config *config = kzalloc(sizeof(*config), GFP_KERNEL);
	int err;

	if (!config)
		return -ENOMEM;
	vnencap_config_init(config);
	err = parse_data(config, data, extack);
	if (err)
		goto err_config;
	if (!vni_given(data)) {
		config->vni = free_vni(vn->lower);
	} else if (vnencap_lower_find(vn->lower, config->vni)) {
		NL_SET_ERR_MSG_ATTR(extack, data[IFLA_VNENCAP_VNI],
				    VNI_IN_USE);
		err = -EEXIST;
		goto err_config;
	}
	rcu_assign_pointer(vn->config, config);
	return 0;

err_config:
	kfree(config);
	return err;
}

static int attach(struct vnencap_dev *vn, struct netlink_ext_ack *extack)
{
	int err;

	err = register_netdevice(vn->dev);
	if (err)
		return err;
	err = netdev_upper_dev_link(vn->lower->dev, vn->dev, extack);
	if (err) {
		unregister_netdevice(vn->dev);
		return err;
	}
	/* a device that had the VNI before may have had other settings */
	vnencap_route_forget(vn->net, rtnl_dereference(vn->config)->vni);
	vnencap_lower_add(vn);
	list_add_tail(&vn->all_node, &devices);
	return 0;
}

static int check_lower(struct net_device *dev, struct netlink_ext_ack *extack)
{
	if (dev->flags & IFF_LOOPBACK) {
		NL_SET_ERR_MSG(extack, "The loopback device cannot be a lower device");
		return -EINVAL;
	}
	if (vnencap_device_priv(dev)) {
		NL_SET_ERR_MSG(extack, "A vnencap device cannot be a lower device");
		return -ELOOP;
	}
	return 0;
}

static struct net_device *find_lower(struct net *net, struct nlattr *link,
				     struct netlink_ext_ack *extack)
{
	struct net_device *dev;
	int err;

	if (!link) {
		NL_SET_ERR_MSG(extack, "A lower device is required (link DEV)");
		return ERR_PTR(-EINVAL);
	}
	dev = __dev_get_by_index(net, nla_get_u32(link));
	if (!dev) {
		NL_SET_ERR_MSG_ATTR(extack, link,
				    "There is no such lower device");
		return ERR_PTR(-ENODEV);
	}
	err = check_lower(dev, extack);
	return err ? ERR_PTR(err) : dev;
}

static int dev_newlink(struct net_device *dev,
		       struct rtnl_newlink_params *params,
		       struct netlink_ext_ack *extack)
{
	struct vnencap_dev *vn = netdev_priv(dev);
	struct nlattr **tb = params->tb;
	struct net_device *lower_dev;
	int err;

	lower_dev = find_lower(rtnl_newlink_link_net(params), tb[IFLA_LINK],
			       extack);
	if (IS_ERR(lower_dev))
		return PTR_ERR(lower_dev);
	vn->dev = dev;
	vn->net = dev_net(lower_dev);
	vn->lower = vnencap_lower_get(lower_dev, extack);
	if (IS_ERR(vn->lower))
		return PTR_ERR(vn->lower);
	vn->lower_ifindex = lower_dev->ifindex;
	inherit_lower(dev, lower_dev, tb[IFLA_MTU],
		      compat_gso_max_size_given(tb));
	err = first_config(vn, params->data, extack);
	if (err)
		goto out_lower;
	err = attach(vn, extack);
	/* gone already where it was registered for a moment */
	if (err)
		free_config(vn);
out_lower:
	vnencap_lower_put(vn->lower);
	return err;
}

COMPAT_NEWLINK(dev_newlink);

/* Elsewhere, whoever has all rights to the device is still not to learn of the
 * substrate, nor to choose a VNI.
 */
static int check_change(const struct vnencap_dev *vn, struct nlattr *tb[],
			struct netlink_ext_ack *extack)
{
	if (vnencap_device_away(vn)) {
		NL_SET_ERR_MSG(extack, "Settings are changed where the lower device is");
		return -EPERM;
	}
	if (tb[IFLA_LINK] && nla_get_u32(tb[IFLA_LINK]) != vn->lower_ifindex) {
		NL_SET_ERR_MSG_ATTR(extack, tb[IFLA_LINK],
				    "The lower device cannot be changed");
		return -EOPNOTSUPP;
	}
	return 0;
}

static int dev_changelink(struct net_device *dev, struct nlattr *tb[],
			  struct nlattr *data[],
			  struct netlink_ext_ack *extack)
{
	struct vnencap_dev *vn = netdev_priv(dev);
	struct vnencap_config config = *rtnl_dereference(vn->config);
	int err;

	err = check_change(vn, tb, extack);
	if (err)
		return err;
	err = parse_data(&config, data, extack);
	if (err)
		return err;
	err = vnencap_device_change(vn, &config, extack);
	if (err) {
		if (err == -EEXIST)
			NL_SET_BAD_ATTR(extack, data[IFLA_VNENCAP_VNI]);
		return err;
	}
	raw_notifier_call_chain(&changes, 0, vn);
	return 0;
}

static size_t get_size(const struct net_device *dev)
{
	return vnencap_config_size();
}

static int fill_info(struct sk_buff *msg, const struct net_device *dev)
{
	static const u8 types[IFLA_VNENCAP_MAX + 1] = {
		[IFLA_VNENCAP_VNI] = IFLA_VNENCAP_VNI,
		[IFLA_VNENCAP_LOCAL4] = IFLA_VNENCAP_LOCAL4,
		[IFLA_VNENCAP_LOCAL6] = IFLA_VNENCAP_LOCAL6,
		[IFLA_VNENCAP_PORT] = IFLA_VNENCAP_PORT,
		[IFLA_VNENCAP_TTL] = IFLA_VNENCAP_TTL,
		[IFLA_VNENCAP_TOS] = IFLA_VNENCAP_TOS,
		[IFLA_VNENCAP_SPOOFCHECK] = IFLA_VNENCAP_SPOOFCHECK,
		[IFLA_VNENCAP_NOTRACK] = IFLA_VNENCAP_NOTRACK,
		[IFLA_VNENCAP_MSSCLAMP] = IFLA_VNENCAP_MSSCLAMP,
		[IFLA_VNENCAP_FWMARK] = IFLA_VNENCAP_FWMARK,
		[IFLA_VNENCAP_TTL_INHERIT] = IFLA_VNENCAP_TTL_INHERIT,
	};
	const struct vnencap_dev *vn = netdev_priv(dev);

	if (vnencap_device_away(vn))
		return 0;
	return vnencap_config_fill(rtnl_dereference(vn->config), msg, types);
}

static void dev_dellink(struct net_device *dev, struct list_head *head)
{
	struct vnencap_dev *vn = netdev_priv(dev);

	vnencap_lower_del(vn);
	list_del(&vn->all_node);
	netdev_upper_dev_unlink(vn->lower->dev, dev);
	unregister_netdevice_queue(dev, head);
}

static struct net *get_link_net(const struct net_device *dev)
{
	const struct vnencap_dev *vn = netdev_priv(dev);

	return READ_ONCE(vn->net);
}

static struct rtnl_link_ops link_ops __read_mostly = {
	.kind = "vnencap",
	.priv_size = sizeof(struct vnencap_dev),
	.maxtype = IFLA_VNENCAP_MAX,
	.policy = vnencap_config_policy,
	.setup = dev_setup,
	.validate = dev_validate,
	.newlink = compat_dev_newlink,
	.changelink = dev_changelink,
	.dellink = dev_dellink,
	.get_size = get_size,
	.fill_info = fill_info,
	.get_link_net = get_link_net,
};

/* A lower device goes, or goes to another namespace: what is on it goes too. */
static void lower_gone(const struct vnencap_lower *lower)
{
	struct vnencap_dev *vn, *next;
	LIST_HEAD(gone);

	list_for_each_entry_safe(vn, next, &devices, all_node)
		if (vn->lower == lower)
			dev_dellink(vn->dev, &gone);
	unregister_netdevice_many(&gone);
}

static int device_event(struct notifier_block *nb, unsigned long event,
			void *ptr)
{
	const struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	const struct vnencap_lower *lower = vnencap_lower_of(dev);

	if (!lower)
		return NOTIFY_DONE;
	switch (event) {
	case NETDEV_UNREGISTER:
		lower_gone(lower);
		break;
	case NETDEV_PRE_TYPE_CHANGE:
		return NOTIFY_BAD;
	}
	return NOTIFY_DONE;
}

static struct notifier_block device_notifier = {
	.notifier_call = device_event,
};

/**
 * vnencap_device_listen - be told of devices that rtnetlink has changed
 * @nb: called with the struct vnencap_dev, as it is now; RTNL is held
 *
 * Context: process, RTNL not held.
 */
void vnencap_device_listen(struct notifier_block *nb)
{
	rtnl_lock();
	raw_notifier_chain_register(&changes, nb);
	rtnl_unlock();
}

/**
 * vnencap_device_unlisten - end of vnencap_device_listen()
 * @nb: the same
 *
 * Context: process, RTNL not held.
 */
void vnencap_device_unlisten(struct notifier_block *nb)
{
	rtnl_lock();
	raw_notifier_chain_unregister(&changes, nb);
	rtnl_unlock();
}

/**
 * vnencap_device_init - let vnencap devices be made
 *
 * Context: process.
 * Return: 0 or a negative error.
 */
int vnencap_device_init(void)
{
	int err;

	err = register_netdevice_notifier(&device_notifier);
	if (err)
		return err;
	err = rtnl_link_register(&link_ops);
	if (err)
		unregister_netdevice_notifier(&device_notifier);
	return err;
}

/**
 * vnencap_device_exit - remove all vnencap devices
 *
 * Context: process.
 */
void vnencap_device_exit(void)
{
	rtnl_link_unregister(&link_ops);
	unregister_netdevice_notifier(&device_notifier);
}
