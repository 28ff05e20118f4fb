// SPDX-License-Identifier: GPL-2.0-only
/* Requests to rtnetlink, from inside, as ip(8) would send them. */
#include <kunit/test.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/net.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/ip6_route.h>
#include <net/net_namespace.h>
#include <net/netlink.h>

#include "tests/rtnetlink.h"
#include "wire/addr.h"

#define NET	(&init_net)

/* Send a request and wait for the answer: 0 or a negative error. */
static int rtnetlink_ask(struct sk_buff *msg)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct msghdr to = { .msg_name = &kernel,
			     .msg_namelen = sizeof(kernel) };
	struct kvec iov = { msg->data, msg->len };
	struct {
		struct nlmsghdr hdr;
		struct nlmsgerr err;
	} answer;
	struct msghdr from = {};
	struct socket *sock;
	int err;

	err = sock_create_kern(NET, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE, &sock);
	if (err)
		return err;
	err = kernel_sendmsg(sock, &to, &iov, 1, iov.iov_len);
	if (err >= 0) {
		iov = (struct kvec){ &answer, sizeof(answer) };
		err = kernel_recvmsg(sock, &from, &iov, 1, sizeof(answer), 0);
		if (err >= 0)
			err = answer.err.error;
	}
	sock_release(sock);
	return err;
}

static struct sk_buff *rtnetlink_new(struct kunit *test, int type, void *body,
				     size_t len)
{
	struct sk_buff *msg = nlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	struct nlmsghdr *hdr;

	KUNIT_ASSERT_NOT_NULL(test, msg);
	hdr = nlmsg_put(msg, 0, 1, type, len,
			NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL);
	memcpy(nlmsg_data(hdr), body, len);
	return msg;
}

static void rtnetlink_do(struct kunit *test, struct sk_buff *msg)
{
	int err;

	nlmsg_end(msg, nlmsg_hdr(msg));
	err = rtnetlink_ask(msg);
	kfree_skb(msg);
	KUNIT_ASSERT_EQ(test, err, 0);
}

/* A route takes what is sent to an address of IPv6 to the host itself. It is made by
 * work that the kernel puts off, even without duplicate address detection.
 */
static bool is_routed_here(struct net_device *dev, const struct in6_addr *addr)
{
	struct flowi6 fl6 = { .flowi6_iif = dev->ifindex, .daddr = *addr };
	struct dst_entry *dst = ip6_route_lookup(dev_net(dev), &fl6, NULL, 0);
	const struct rt6_info *rt = (const struct rt6_info *)dst;
	bool local = !dst->error && rt->rt6i_flags & RTF_LOCAL;

	dst_release(dst);
	return local;
}

static void wait_for_route(struct kunit *test, struct net_device *dev,
			   const struct in6_addr *addr)
{
	unsigned long until = jiffies + 30 * HZ;

	while (!is_routed_here(dev, addr)) {
		KUNIT_ASSERT_TRUE(test, time_before(jiffies, until));
		schedule_timeout_uninterruptible(1);
	}
}

/* Give a device an address, or take it away, by @type. */
static void change_address(struct kunit *test, int type, struct net_device *dev,
			   const struct vnencap_addr *addr, u8 len)
{
	struct ifaddrmsg body = {
		.ifa_family = addr->family,
		.ifa_prefixlen = len,
		.ifa_flags = addr->family == AF_INET ? 0 : IFA_F_NODAD,
		.ifa_index = dev->ifindex,
	};
	struct sk_buff *msg = rtnetlink_new(test, type, &body, sizeof(body));

	/* to whoever deletes, the same bit means all of a kind (NLM_F_BULK) */
	if (type == RTM_DELADDR)
		nlmsg_hdr(msg)->nlmsg_flags &= ~NLM_F_EXCL;
	if (addr->family == AF_INET) {
		nla_put_in_addr(msg, IFA_LOCAL, addr->ip4);
		nla_put_in_addr(msg, IFA_ADDRESS, addr->ip4);
	} else {
		nla_put_in6_addr(msg, IFA_LOCAL, &addr->ip6);
		nla_put_in6_addr(msg, IFA_ADDRESS, &addr->ip6);
	}
	rtnetlink_do(test, msg);
}

/**
 * test_rtnetlink_add_address - give a device an address, as "ip address add"
 * @test: fails where that cannot be done
 * @dev: the device
 * @addr: the address
 * @len: length of its prefix, in bits
 */
void test_rtnetlink_add_address(struct kunit *test, struct net_device *dev,
				const struct vnencap_addr *addr, u8 len)
{
	change_address(test, RTM_NEWADDR, dev, addr, len);
	if (addr->family == AF_INET6)
		wait_for_route(test, dev, &addr->ip6);
}

/**
 * test_rtnetlink_del_address - take an address from a device, as "ip address del"
 * @test: fails where that cannot be done
 * @dev: the device
 * @addr: the address
 * @len: length of its prefix, in bits
 */
void test_rtnetlink_del_address(struct kunit *test, struct net_device *dev,
				const struct vnencap_addr *addr, u8 len)
{
	change_address(test, RTM_DELADDR, dev, addr, len);
}

/**
 * test_rtnetlink_add_link - make a vnencap device, as "ip link add"
 * @test: fails where that cannot be done
 * @name: its name
 * @lower: its lower device
 */
void test_rtnetlink_add_link(struct kunit *test, const char *name,
			     struct net_device *lower)
{
	struct ifinfomsg body = { .ifi_family = AF_UNSPEC };
	struct sk_buff *msg = rtnetlink_new(test, RTM_NEWLINK, &body,
					    sizeof(body));
	struct nlattr *info;

	nla_put_string(msg, IFLA_IFNAME, name);
	nla_put_u32(msg, IFLA_LINK, lower->ifindex);
	info = nla_nest_start(msg, IFLA_LINKINFO);
	nla_put_string(msg, IFLA_INFO_KIND, "vnencap");
	nla_nest_end(msg, info);
	rtnetlink_do(test, msg);
}
