// SPDX-License-Identifier: GPL-2.0-only
/*
 * The vnencap devices of a substrate's namespace, whatever lower devices they are
 * on. A packet that comes in finds its device here, by the VNI. The addresses and
 * ports that the devices receive at are here, too: a packet that is for none of
 * them costs one look-up, however many devices there are.
 */
#include <linux/jhash.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <net/l3mdev.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "lower/substrate.h"

/* How many devices are looked at to find one that may count a stranger's packet */
#define WITNESSES_MAX	64
/* And of those that have a packet's VNI, to find one that receives it although it came by
 * none of their lower devices
 */
#define RECEIVERS_MAX	256

/**
 * struct service - an address and port that devices receive at
 * @node: in the substrate's table; RCU
 * @addr: the address; the zero address of its family for any of the host's
 * @port: TCP port, network byte order
 * @users: how many devices
 * @rcu: readers may hold it until a grace period after the last user left
 */
struct service {
	struct hlist_node node;
	struct vnencap_addr addr;
	__be16 port;
	unsigned int users;
	struct rcu_head rcu;
};

static unsigned int substrate_net_id __read_mostly;

static struct vnencap_substrate __rcu **place_in(const struct net *net)
{
	return net_generic(net, substrate_net_id);
}

/**
 * vnencap_substrate_of - what the vnencap devices of a namespace share
 * @net: the namespace
 *
 * Context: RTNL or RCU.
 * Return: the substrate, or NULL where no vnencap device is.
 */
struct vnencap_substrate *vnencap_substrate_of(const struct net *net)
{
	return rcu_dereference_rtnl(*place_in(net));
}

/**
 * vnencap_substrate_get - take part in a namespace's substrate
 * @net: the namespace
 *
 * Context: RTNL.
 * Return: the substrate with one more user counted, or NULL without memory.
 */
struct vnencap_substrate *vnencap_substrate_get(struct net *net)
{
	struct vnencap_substrate *s = rtnl_dereference(*place_in(net));

	if (s) {
		s->users++;
		return s;
	}
	s = kvzalloc(sizeof(*s), GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!s)
		return NULL;
	hash_init(s->devices);
	hash_init(s->links);
	hash_init(s->services);
	INIT_HLIST_HEAD(&s->all);
	hash_init(s->lowers);
	s->net = net;
	s->users = 1;
	rcu_assign_pointer(*place_in(net), s);
	return s;
}

/**
 * vnencap_substrate_put - take no part in a substrate any more
 * @s: from vnencap_substrate_get()
 *
 * Context: RTNL.
 */
void vnencap_substrate_put(struct vnencap_substrate *s)
{
	if (--s->users)
		return;
	RCU_INIT_POINTER(*place_in(s->net), NULL);
	kvfree_rcu(s, rcu);
}

/* ---- Addresses and ports ---- */

static u32 service_hash(const struct vnencap_addr *addr, __be16 port)
{
	u32 word = addr->family == AF_INET ? (__force u32)addr->ip4 :
					     ipv6_addr_hash(&addr->ip6);

	return jhash_3words(word, addr->family, (__force u16)port, 0);
}

static struct service *service_find(const struct vnencap_substrate *s,
				    const struct vnencap_addr *addr,
				    __be16 port)
{
	struct service *service;

	hash_for_each_possible_rcu(s->services, service, node,
				   service_hash(addr, port),
				   lockdep_rtnl_is_held())
		if (service->port == port &&
		    vnencap_addr_equal(&service->addr, addr))
			return service;
	return NULL;
}

static int service_use(struct vnencap_substrate *s,
		       const struct vnencap_addr *addr, __be16 port)
{
	struct service *service = service_find(s, addr, port);

	if (service) {
		service->users++;
		return 0;
	}
	service = kzalloc(sizeof(*service), GFP_KERNEL_ACCOUNT);
	if (!service)
		return -ENOMEM;
	service->addr = *addr;
	service->port = port;
	service->users = 1;
	hash_add_rcu(s->services, &service->node, service_hash(addr, port));
	set_bit(ntohs(port), s->ports);
	return 0;
}

static bool port_used(const struct vnencap_substrate *s, __be16 port)
{
	struct service *service;
	unsigned int bucket;

	hash_for_each(s->services, bucket, service, node)
		if (service->port == port)
			return true;
	return false;
}

static void service_unuse(struct vnencap_substrate *s,
			  const struct vnencap_addr *addr, __be16 port)
{
	struct service *service = service_find(s, addr, port);

	if (--service->users)
		return;
	hash_del_rcu(&service->node);
	if (!port_used(s, port))
		clear_bit(ntohs(port), s->ports);
	kfree_rcu(service, rcu);
}

static struct vnencap_addr local_addr(const struct vnencap_config *config,
				      u16 family)
{
	struct vnencap_addr addr = { .family = family };

	if (family == AF_INET)
		addr.ip4 = config->local4;
	else
		addr.ip6 = config->local6;
	return addr;
}

static int services_use(struct vnencap_substrate *s,
			const struct vnencap_config *config)
{
	struct vnencap_addr local4 = local_addr(config, AF_INET);
	struct vnencap_addr local6 = local_addr(config, AF_INET6);
	int err;

	err = service_use(s, &local4, config->port);
	if (err)
		return err;
	err = service_use(s, &local6, config->port);
	if (err)
		service_unuse(s, &local4, config->port);
	return err;
}

static void services_unuse(struct vnencap_substrate *s,
			   const struct vnencap_config *config)
{
	struct vnencap_addr local4 = local_addr(config, AF_INET);
	struct vnencap_addr local6 = local_addr(config, AF_INET6);

	service_unuse(s, &local4, config->port);
	service_unuse(s, &local6, config->port);
}

/**
 * vnencap_substrate_serves - does any device receive at an address and port?
 * @s: the substrate
 * @daddr: one of the host's own addresses
 * @port: TCP port, network byte order
 *
 * Context: RCU.
 * Return: true if one that is up does, at this address or at any.
 */
bool vnencap_substrate_serves(const struct vnencap_substrate *s,
			      const struct vnencap_addr *daddr, __be16 port)
{
	struct vnencap_addr any = { .family = daddr->family };

	return test_bit(ntohs(port), s->ports) &&
	       (service_find(s, &any, port) || service_find(s, daddr, port));
}

/* ---- Devices ---- */

static void hash_device(struct vnencap_dev *vn, u32 vni)
{
	struct vnencap_substrate *s = vn->substrate;

	hash_add_rcu(s->devices, &vn->vni_node, vni);
	hash_add_rcu(s->links, &vn->link_node,
		     vnencap_substrate_key(vn->lower_ifindex, vni));
}

static void unhash_device(struct vnencap_dev *vn)
{
	hash_del_rcu(&vn->vni_node);
	hash_del_rcu(&vn->link_node);
}

/**
 * vnencap_substrate_add - let a device be found
 * @vn: the vnencap device; no other on its lower device has its VNI
 *
 * Context: RTNL.
 */
void vnencap_substrate_add(struct vnencap_dev *vn)
{
	hlist_add_head_rcu(&vn->net_node, &vn->substrate->all);
	hash_device(vn, rtnl_dereference(vn->config)->vni);
}

/**
 * vnencap_substrate_del - let a device not be found any more
 * @vn: the vnencap device
 *
 * Context: RTNL. Readers may still hold it until a grace period has passed.
 */
void vnencap_substrate_del(struct vnencap_dev *vn)
{
	unhash_device(vn);
	hlist_del_rcu(&vn->net_node);
}

/**
 * vnencap_substrate_open - a device receives from now on
 * @vn: the vnencap device, which is going up
 *
 * Context: RTNL.
 * Return: 0 or -ENOMEM.
 */
int vnencap_substrate_open(struct vnencap_dev *vn)
{
	return services_use(vn->substrate, rtnl_dereference(vn->config));
}

/**
 * vnencap_substrate_close - a device receives no more
 * @vn: the vnencap device, which is going down
 *
 * Context: RTNL.
 */
void vnencap_substrate_close(struct vnencap_dev *vn)
{
	services_unuse(vn->substrate, rtnl_dereference(vn->config));
}

/**
 * vnencap_substrate_change - give a device another configuration
 * @vn: the vnencap device
 * @new: the configuration; no other device on the lower device has its VNI
 *
 * The old addresses and ports, and the new ones, are ours all the time: what comes
 * for them meanwhile is dropped or delivered, but not answered by the stack.
 *
 * Context: RTNL. Waits until nobody uses the old configuration, which is the
 * caller's to free.
 * Return: 0, or -ENOMEM with nothing changed.
 */
int vnencap_substrate_change(struct vnencap_dev *vn,
			     struct vnencap_config *new)
{
	const struct vnencap_config *old = rtnl_dereference(vn->config);
	struct vnencap_substrate *s = vn->substrate;
	bool move = old->vni != new->vni, up = netif_running(vn->dev);
	int err;

	err = up ? services_use(s, new) : 0;
	if (err)
		return err;
	if (move) {
		unhash_device(vn);
		/* a reader of the old chain must not go on in the new */
		synchronize_net();
	}
	rcu_assign_pointer(vn->config, new);
	if (move)
		hash_device(vn, new->vni);
	synchronize_net();
	if (up)
		services_unuse(s, old);
	return 0;
}

/* The VRF that a device receives in, by index; 0 for none. Without a lower device
 * it sends by the routes that are no VRF's.
 */
static int vrf_of(const struct vnencap_dev *vn)
{
	return l3mdev_master_ifindex_by_index(vn->net, vn->lower_ifindex);
}

/* Is a device on that one, or on a port of it? The same link-local address is another
 * host's on another link.
 */
static bool is_on(const struct vnencap_dev *vn, const struct net_device *in)
{
	struct net_device *lower;

	lower = dev_get_by_index_rcu(vn->net, vn->lower_ifindex);
	return lower && (lower == in ||
			 netdev_master_upper_dev_get_rcu(lower) == in);
}

/* May a device receive what did not come by its own lower device? */
static bool may_receive(const struct vnencap_dev *vn,
			const struct vnencap_addr *daddr, __be16 port,
			bool linklocal, const struct net_device *in)
{
	return vnencap_substrate_takes(vn, daddr, port) &&
	       (likely(!linklocal) || is_on(vn, in));
}

/**
 * vnencap_substrate_receiver - the device that a packet is for
 * @s: the substrate
 * @vni: the packet's VNI
 * @daddr: its destination, one of the host's own addresses
 * @port: its TCP port, network byte order
 * @linklocal: one of its addresses means a host on this link only
 * @in: the device that it came by; maybe a VRF
 * @slave: index of that VRF's port that it came by, 0 where @in is no VRF
 *
 * What comes in a VRF is for the devices there, and what does not is for others.
 * Of several with the same VNI the one on the very device that it came by is
 * meant, if it is one of them; else the one on the VRF, or the one without a lower
 * device, which receives by any; else any of them, of which so many are looked at.
 *
 * Context: RCU.
 * Return: the device or NULL.
 */
struct vnencap_dev *
vnencap_substrate_receiver(const struct vnencap_substrate *s, u32 vni,
			   const struct vnencap_addr *daddr, __be16 port,
			   bool linklocal, const struct net_device *in,
			   int slave)
{
	int vrf = l3mdev_master_ifindex_rcu(in), by = slave ?: in->ifindex;
	unsigned int left = RECEIVERS_MAX;
	struct vnencap_dev *vn;

	vn = vnencap_substrate_on(s, by, vni);
	if (vn && vnencap_substrate_takes(vn, daddr, port))
		return vn;
	vn = vnencap_substrate_on(s, vrf, vni);
	if (vn && may_receive(vn, daddr, port, linklocal, in))
		return vn;
	hash_for_each_possible_rcu(s->devices, vn, vni_node, vni) {
		if (rcu_dereference(vn->config)->vni != vni)
			continue;
		if (!left--)
			break;
		if (may_receive(vn, daddr, port, linklocal, in) &&
		    vrf_of(vn) == vrf)
			return vn;
	}
	return NULL;
}

static bool rtnl_or_bh(void)
{
	return lockdep_rtnl_is_held() || rcu_read_lock_bh_held();
}

static const struct vnencap_config *config_of(const struct vnencap_dev *vn)
{
	return rcu_dereference_check(vn->config, rtnl_or_bh());
}

/**
 * vnencap_substrate_alone - has no other device the VNI of this one?
 * @vn: the device
 *
 * Devices with the same VNI have the same endpoints, and the routes that are kept
 * with these.
 *
 * Context: RTNL, RCU, or what sends, which disables bottom halves only.
 * Return: whether it is alone.
 */
bool vnencap_substrate_alone(const struct vnencap_dev *vn)
{
	u32 vni = config_of(vn)->vni;
	const struct vnencap_dev *other;

	hash_for_each_possible_rcu(vn->substrate->devices, other, vni_node, vni,
				   rtnl_or_bh())
		if (other != vn && config_of(other)->vni == vni)
			return false;
	return true;
}

/**
 * vnencap_substrate_witness - a device that is to count a stranger's packet
 * @s: the substrate
 * @port: the TCP port that it came to, network byte order
 *
 * A packet that is for our port but for no device would be counted nowhere. So one
 * of the namespace's own devices counts it. A device that was given away does not,
 * for what others receive is no concern of its tenant.
 *
 * Context: RCU.
 * Return: a device, or NULL where there is none among those that were looked at: the host
 * itself is to count it then.
 */
struct vnencap_dev *
vnencap_substrate_witness(const struct vnencap_substrate *s, __be16 port)
{
	unsigned int left = WITNESSES_MAX;
	struct vnencap_dev *vn;

	hlist_for_each_entry_rcu(vn, &s->all, net_node) {
		if (!left--)
			return NULL;
		if (!vnencap_device_away(vn) && netif_running(vn->dev) &&
		    rcu_dereference(vn->config)->port == port)
			return vn;
	}
	return NULL;
}

/* ---- Namespaces ---- */

static struct pernet_operations substrate_net_ops = {
	.id = &substrate_net_id,
	.size = sizeof(struct vnencap_substrate *),
};

/**
 * vnencap_substrate_init - make ready for devices
 *
 * Context: module init.
 * Return: 0 or a negative error.
 */
int __init vnencap_substrate_init(void)
{
	return register_pernet_subsys(&substrate_net_ops);
}

/**
 * vnencap_substrate_exit - undo vnencap_substrate_init()
 *
 * Context: module exit (or failed init), when there are no devices.
 */
void vnencap_substrate_exit(void)
{
	unregister_pernet_subsys(&substrate_net_ops);
}
