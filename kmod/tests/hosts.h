/* SPDX-License-Identifier: GPL-2.0-only */
/* Two hosts in one kernel: what a test sends and what it receives. */
#ifndef _VNENCAP_TESTS_HOSTS_H
#define _VNENCAP_TESTS_HOSTS_H

#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <uapi/linux/vnencap.h>

#include "map/key.h"
#include "wire/addr.h"

struct kunit;
struct vnencap_dev;

/**
 * struct test_host - a lower device and a vnencap device on it
 * @lower: nothing that it is given to send goes anywhere
 * @dev: the vnencap device
 * @vn: its private part
 * @addr: substrate address
 * @inner4: overlay address
 * @inner6: overlay address
 * @sent: packets of ours that @lower was given, data at the Ethernet header
 * @received: packets that @dev received, data at the inner IP header
 * @counted: before the test, of each counter
 */
struct test_host {
	struct net_device *lower;
	struct net_device *dev;
	struct vnencap_dev *vn;
	struct vnencap_addr addr;
	__be32 inner4;
	struct in6_addr inner6;
	struct sk_buff_head sent;
	struct sk_buff_head received;
	u64 counted[VNENCAP_A_STATS_MAX + 1];
};

/**
 * struct test_hosts - two of them, in one VNI
 * @a: sends
 * @b: receives
 */
struct test_hosts {
	struct test_host a;
	struct test_host b;
};

#define TEST_HOSTS_PORT	htons(7471)
#define TEST_HOSTS_VNI	0xfffe10

void test_hosts_make(struct kunit *test, struct test_hosts *hosts, u16 family);
void test_hosts_free(struct test_hosts *hosts);

struct vnencap_key test_key(u32 id);
void test_hosts_set_keys(struct kunit *test, unsigned int n, u32 id, u32 also);

void test_host_set_mtu(struct kunit *test, struct test_host *host, int mtu);
struct vnencap_config test_host_config(const struct test_host *host);
void test_host_set_config(struct kunit *test, struct test_host *host,
			  struct vnencap_config *config);
void test_host_set_fec(struct kunit *test, struct test_host *host, u8 fec,
		       u8 most, u8 ecn);
void test_host_set_gro(struct test_host *host, bool on);
void test_host_send(struct test_host *host, struct sk_buff *skb);
void test_host_receive(struct test_host *host, struct sk_buff *skb);
void test_host_receive_one(struct test_host *host, struct sk_buff *skb);
void test_host_settle(struct test_host *host);
void test_host_forget(struct test_host *host);
u64 test_host_counter(const struct test_host *host, unsigned int counter);

/* test_host_count(&hosts->b, RX_RUNS) */
#define test_host_count(host, name) \
	test_host_counter(host, VNENCAP_A_STATS_##name)

u64 test_host_faults(const struct test_host *host);
void test_host_tell(struct kunit *test, const struct test_host *host);

#endif /* _VNENCAP_TESTS_HOSTS_H */
