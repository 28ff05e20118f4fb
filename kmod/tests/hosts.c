// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two hosts in one kernel, for tests of the whole path: two lower devices that
 * keep what they are given to send, and on each of them a real vnencap device,
 * made by rtnetlink as ip(8) would. The test carries packets from the one to
 * the other.
 */
#include <kunit/test.h>
#include <linux/etherdevice.h>
#include <linux/inetdevice.h>
#include <linux/interrupt.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/rtnetlink.h>
#include <net/net_namespace.h>

#include "compat.h"
#include "dev/config.h"
#include "dev/device.h"
#include "map/map.h"
#include "stats/stats.h"
#include "tests/hosts.h"
#include "tests/rtnetlink.h"
#include "tx/tx.h"

#define NET	(&init_net)

/* ---- Lower devices ---- */

/* Is it a segment of ours? The stack sends this and that of its own accord. */
static bool is_ours(struct sk_buff *skb)
{
	const struct tcphdr *th;

	if (skb->protocol == htons(ETH_P_IP) &&
	    ip_hdr(skb)->protocol == IPPROTO_TCP)
		th = (const void *)(ip_hdr(skb) + 1);
	else if (skb->protocol == htons(ETH_P_IPV6) &&
		 ipv6_hdr(skb)->nexthdr == IPPROTO_TCP)
		th = (const void *)(ipv6_hdr(skb) + 1);
	else
		return false;
	return th->dest == TEST_HOSTS_PORT;
}

static netdev_tx_t lower_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct test_host *host = *(struct test_host **)netdev_priv(dev);

	skb_orphan(skb);
	skb_dst_drop(skb);
	if (is_ours(skb))
		skb_queue_tail(&host->sent, skb);
	else
		kfree_skb(skb);
	return NETDEV_TX_OK;
}

static const struct net_device_ops lower_ops = {
	.ndo_start_xmit = lower_xmit,
};

static void lower_setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = &lower_ops;
	dev->flags |= IFF_NOARP;
	dev->priv_flags |= IFF_NO_QUEUE;
	dev->features |= NETIF_F_SG | NETIF_F_FRAGLIST | NETIF_F_HW_CSUM |
			 NETIF_F_HIGHDMA | NETIF_F_TSO | NETIF_F_TSO6;
	dev->hw_features |= dev->features;
	dev->max_mtu = ETH_MAX_MTU;
	dev->lltx = true;
	eth_hw_addr_random(dev);
}

static void make_lower(struct kunit *test, struct test_host *host)
{
	struct net_device *dev = alloc_netdev(sizeof(host), "vnktlow%d",
					      NET_NAME_UNKNOWN, lower_setup);
	int err;

	KUNIT_ASSERT_NOT_NULL(test, dev);
	*(struct test_host **)netdev_priv(dev) = host;
	err = register_netdev(dev);
	if (err)
		free_netdev(dev);
	KUNIT_ASSERT_EQ(test, err, 0);
	host->lower = dev;
}

/* ---- vnencap devices ---- */

static rx_handler_result_t dev_received(struct sk_buff **pskb)
{
	struct test_host *host;

	host = rcu_dereference((*pskb)->dev->rx_handler_data);
	skb_queue_tail(&host->received, *pskb);
	return RX_HANDLER_CONSUMED;
}

/* Both hosts are in one namespace: the sender's address is the receiver's own. */
static void accept_local(const struct net_device *dev)
{
	struct in_device *in_dev = __in_dev_get_rtnl(dev);

	if (in_dev)
		IN_DEV_CONF_SET(in_dev, ACCEPT_LOCAL, 1);
}

static int open_host(struct test_host *host)
{
	struct vnencap_config config;
	int err;

	vnencap_config_init(&config);
	config.vni = TEST_HOSTS_VNI;
	config.port = TEST_HOSTS_PORT;
	if (host->addr.family == AF_INET)
		config.local4 = host->addr.ip4;
	else
		config.local6 = host->addr.ip6;
	rtnl_lock();
	accept_local(host->lower);
	err = dev_open(host->lower, NULL) ?: dev_open(host->dev, NULL) ?:
	      dev_set_mtu(host->dev, host->dev->max_mtu) ?:
	      vnencap_device_change(host->vn, &config, NULL) ?:
	      netdev_rx_handler_register(host->dev, dev_received, host);
	rtnl_unlock();
	return err;
}

static void make_host(struct kunit *test, struct test_host *host,
		      const char *name)
{
	skb_queue_head_init(&host->sent);
	skb_queue_head_init(&host->received);
	make_lower(test, host);
	test_rtnetlink_add_link(test, name, host->lower);
	host->dev = dev_get_by_name(NET, name);
	KUNIT_ASSERT_NOT_NULL(test, host->dev);
	dev_put(host->dev);
	host->vn = vnencap_device_priv(host->dev);
	KUNIT_ASSERT_NOT_NULL(test, host->vn);
	/* so that nothing comes later than the test looks */
	compat_set_gro_flush_timeout(host->dev, 0);
	KUNIT_ASSERT_EQ(test, open_host(host), 0);
}

static int map_host(const struct test_host *host, bool add)
{
	struct vnencap_mapping m = {
		.vni = TEST_HOSTS_VNI,
		.len = 32,
		.dst = { AF_INET, .ip4 = host->inner4 },
		.via = host->addr,
		.fec = VNENCAP_FEC_UNSET,
	};
	struct vnencap_mapping m6 = m;
	int err, err6;

	m6.len = 128;
	m6.dst = (struct vnencap_addr){ AF_INET6, .ip6 = host->inner6 };
	vnencap_map_lock(NET);
	if (add) {
		err = vnencap_map_set(NET, &m, NLM_F_CREATE | NLM_F_EXCL);
		err6 = vnencap_map_set(NET, &m6, NLM_F_CREATE | NLM_F_EXCL);
	} else {
		err = vnencap_map_del(NET, &m);
		err6 = vnencap_map_del(NET, &m6);
	}
	vnencap_map_unlock(NET);
	return err ?: err6;
}

/* 198.18.0.0/24 or 2001:db8:1::/64; inside, 198.19.0.0/24 and 2001:db8::/64 */
static void address_host(struct test_host *host, u8 number, u16 family)
{
	const struct in6_addr doc = { { { 0x20, 0x01, 0x0d, 0xb8 } } };

	host->addr.family = family;
	if (family == AF_INET) {
		host->addr.ip4 = htonl(0xc6120000 | number);
	} else {
		host->addr.ip6 = doc;
		host->addr.ip6.s6_addr[5] = 1;
		host->addr.ip6.s6_addr[15] = number;
	}
	host->inner4 = htonl(0xc6130000 | number);
	host->inner6 = doc;
	host->inner6.s6_addr[15] = number;
}

/**
 * test_hosts_make - make two hosts that know each other
 * @test: fails where that cannot be done
 * @hosts: written; to be freed in any case by test_hosts_free()
 * @family: of the substrate, AF_INET or AF_INET6
 */
void test_hosts_make(struct kunit *test, struct test_hosts *hosts, u16 family)
{
	memset(hosts, 0, sizeof(*hosts));
	address_host(&hosts->a, 1, family);
	address_host(&hosts->b, 2, family);
	make_host(test, &hosts->a, "vnkta");
	make_host(test, &hosts->b, "vnktb");
	test_rtnetlink_add_address(test, hosts->a.lower, &hosts->a.addr,
				   family == AF_INET ? 24 : 64);
	/* of its own, so that the way there is host a's lower device */
	test_rtnetlink_add_address(test, hosts->b.lower, &hosts->b.addr,
				   family == AF_INET ? 32 : 128);
	KUNIT_ASSERT_EQ(test, map_host(&hosts->a, true), 0);
	KUNIT_ASSERT_EQ(test, map_host(&hosts->b, true), 0);
}

/**
 * test_key - some key
 * @id: its id, by which it differs from all others
 *
 * Return: the key.
 */
struct vnencap_key test_key(u32 id)
{
	return (struct vnencap_key){
		.secret = { { id, id * 0x100000001b3ULL } },
		.id = id,
	};
}

static int set_keys(unsigned int n, u32 id, u32 also)
{
	struct vnencap_keys keys = { { test_key(id), test_key(also) }, n };
	int err;

	vnencap_map_lock(NET);
	err = vnencap_keyring_set(NET, TEST_HOSTS_VNI, &keys);
	vnencap_map_unlock(NET);
	return err;
}

/**
 * test_hosts_set_keys - change the keys of both hosts
 * @test: fails where that cannot be done
 * @n: how many
 * @id: the one that is sent with
 * @also: the other one
 */
void test_hosts_set_keys(struct kunit *test, unsigned int n, u32 id, u32 also)
{
	KUNIT_ASSERT_EQ(test, set_keys(n, id, also), 0);
}

static void free_host(struct test_host *host)
{
	if (!host->lower)
		return;
	map_host(host, false);
	if (host->dev) {
		rtnl_lock();
		netdev_rx_handler_unregister(host->dev);
		rtnl_unlock();
	}
	/* the vnencap device goes with it */
	unregister_netdev(host->lower);
	free_netdev(host->lower);
	skb_queue_purge(&host->sent);
	skb_queue_purge(&host->received);
}

/**
 * test_hosts_free - remove the hosts, however much there is of them
 * @hosts: from test_hosts_make()
 */
void test_hosts_free(struct test_hosts *hosts)
{
	set_keys(1, VNENCAP_KEY_ID_OPEN, 0);
	free_host(&hosts->a);
	free_host(&hosts->b);
}

/**
 * test_host_set_mtu - change the MTU of a lower device
 * @test: fails where that cannot be done
 * @host: whose
 * @mtu: in bytes
 */
void test_host_set_mtu(struct kunit *test, struct test_host *host, int mtu)
{
	int err;

	rtnl_lock();
	err = dev_set_mtu(host->lower, mtu);
	rtnl_unlock();
	KUNIT_ASSERT_EQ(test, err, 0);
}

/**
 * test_host_config - what a vnencap device is set to
 * @host: whose
 *
 * Return: a copy, for test_host_set_config().
 */
struct vnencap_config test_host_config(const struct test_host *host)
{
	struct vnencap_config config;

	rtnl_lock();
	config = *rtnl_dereference(host->vn->config);
	rtnl_unlock();
	return config;
}

/**
 * test_host_set_config - set a vnencap device
 * @test: the test; it fails where the device cannot be set so
 * @host: whose
 * @config: what to
 */
void test_host_set_config(struct kunit *test, struct test_host *host,
			  struct vnencap_config *config)
{
	int err;

	rtnl_lock();
	err = vnencap_device_change(host->vn, config, NULL);
	rtnl_unlock();
	KUNIT_ASSERT_EQ(test, err, 0);
}

/**
 * test_host_set_fec - change what parity a vnencap device sends
 * @test: fails where that cannot be done
 * @host: whose
 * @fec: segments of it to a hundred of a frame, or VNENCAP_FEC_AUTO
 * @most: at most, where it goes by the loss
 * @ecn: enum vnencap_fec_ecn, what becomes of that which others' parity brings back
 */
void test_host_set_fec(struct kunit *test, struct test_host *host, u8 fec,
		       u8 most, u8 ecn)
{
	struct vnencap_config config = test_host_config(host);

	config.fec = fec;
	config.fec_max = most;
	config.fec_ecn = ecn;
	test_host_set_config(test, host, &config);
}

/**
 * test_host_set_gro - switch GRO of a vnencap device
 * @host: whose
 * @on: or off
 */
void test_host_set_gro(struct test_host *host, bool on)
{
	rtnl_lock();
	if (on)
		host->dev->wanted_features |= NETIF_F_GRO;
	else
		host->dev->wanted_features &= ~NETIF_F_GRO;
	netdev_update_features(host->dev);
	rtnl_unlock();
}

/**
 * test_host_send - give a vnencap device a packet to send
 * @host: whose
 * @skb: the inner packet, taken over
 */
void test_host_send(struct test_host *host, struct sk_buff *skb)
{
	skb->dev = host->dev;
	local_bh_disable();
	vnencap_tx_xmit(skb, host->dev);
	local_bh_enable();
}

/**
 * test_host_receive - have a packet arrive at a lower device
 * @host: whose
 * @skb: data at the outer IP header, taken over
 *
 * Context: BHs are off, as while a NIC is polled.
 */
void test_host_receive(struct test_host *host, struct sk_buff *skb)
{
	bool ipv6 = host->addr.family == AF_INET6;

	__skb_push(skb, ETH_HLEN);
	skb_reset_mac_header(skb);
	memset(skb->data, 0, ETH_HLEN);
	__skb_pull(skb, ETH_HLEN);
	skb->protocol = htons(ipv6 ? ETH_P_IPV6 : ETH_P_IP);
	skb->pkt_type = PACKET_HOST;
	skb->dev = host->lower;
	netif_receive_skb(skb);
}

static bool is_quiet(const struct test_host *host)
{
	const struct napi_struct *napi;
	bool quiet = true;
	int cpu;

	rcu_read_lock();
	list_for_each_entry_rcu(napi, &host->vn->cells.dev->napi_list, dev_list)
		if (test_bit(NAPI_STATE_SCHED, &napi->state))
			quiet = false;
	rcu_read_unlock();
	for_each_online_cpu(cpu) {
		const struct softnet_data *sd = &per_cpu(softnet_data, cpu);

		if (test_bit(NAPI_STATE_SCHED, &sd->backlog.state))
			quiet = false;
	}
	return quiet;
}

/**
 * test_host_settle - wait until all that was received is handed up
 * @host: whose
 */
void test_host_settle(struct test_host *host)
{
	while (!is_quiet(host))
		schedule_timeout_uninterruptible(1);
}

/**
 * test_host_receive_one - have a packet arrive, the only one of a poll
 * @host: at whose lower device
 * @skb: data at the outer IP header, taken over
 *
 * What comes of it is handed up when this returns.
 */
void test_host_receive_one(struct test_host *host, struct sk_buff *skb)
{
	local_bh_disable();
	test_host_receive(host, skb);
	local_bh_enable();
	test_host_settle(host);
}

/**
 * test_host_forget - have a vnencap device's counters begin anew
 * @host: whose
 */
void test_host_forget(struct test_host *host)
{
	vnencap_stats_read(host->vn->stats, host->counted);
}

/**
 * test_host_counter - read a counter of a vnencap device
 * @host: whose
 * @counter: VNENCAP_A_STATS_*
 *
 * Return: what was counted since the host was made, or has forgotten.
 */
u64 test_host_counter(const struct test_host *host, unsigned int counter)
{
	u64 sums[VNENCAP_A_STATS_MAX + 1];

	vnencap_stats_read(host->vn->stats, sums);
	return sums[counter] - host->counted[counter];
}

/**
 * test_host_faults - sum of what must not be counted when nothing is wrong
 * @host: of whose vnencap device
 *
 * Return: how many packets were received that had to be dropped.
 */
u64 test_host_faults(const struct test_host *host)
{
	return test_host_count(host, RX_SPOOFED) +
	       test_host_count(host, RX_MALFORMED) +
	       test_host_count(host, RX_UNKNOWN_VNI) +
	       test_host_count(host, RX_BAD_CHECKSUM) +
	       test_host_count(host, RX_BAD_TAG) +
	       test_host_count(host, RX_OVER_LIMIT) +
	       test_host_count(host, RX_NOMEM);
}

/**
 * test_host_tell - tell what a vnencap device has counted
 * @test: to whose log
 * @host: whose device; nothing is told where it has none yet
 */
void test_host_tell(struct kunit *test, const struct test_host *host)
{
	unsigned int i;
	u64 value;

	for (i = 1; host->vn && i <= VNENCAP_A_STATS_MAX; i++) {
		value = test_host_counter(host, i);
		if (value)
			kunit_err(test, "%s: %llu", vnencap_stats_name(i),
				  value);
	}
}
