// SPDX-License-Identifier: GPL-2.0-only
/*
 * What does this kernel have? Distributions backport, so its version does not tell.
 * This file is compiled before all others, and it is no part of the module: what does
 * not compile of it is what this kernel has not. Each piece has a name, by "#line",
 * and an error in the piece is an error of that name: see probe.sh. A piece without an
 * error gets a #define of its name in a header, for compat.h.
 *
 * What a macro expands to has its place elsewhere: a piece uses no macro whose
 * expansion may be wrong. Of a header that may be missing only this file asks
 * __has_include(), which sparse does not know.
 */
#include <kunit/test.h>
#include <linux/netdevice.h>
#include <linux/stringify.h>
#include <linux/sysctl.h>
#include <linux/timer.h>
#include <linux/tracepoint.h>
#include <net/genetlink.h>
#include <net/inet6_hashtables.h>
#include <net/inet_hashtables.h>
#include <net/inet_sock.h>
#include <net/ip6_fib.h>
#include <net/ipv6.h>
#include <net/netlink.h>
#include <net/route.h>
#include <net/rtnetlink.h>
#include <trace/stages/stage6_event_callback.h>
#if defined(CONFIG_ARM64) && defined(CONFIG_KERNEL_MODE_NEON)
#include <asm/neon.h>
#endif
#if __has_include("net/ipv6_stubs.h")
#include <net/ipv6_stubs.h>
#endif

#line 1 "HAVE_SKBUFF_REF_H"
#if !__has_include("linux/skbuff_ref.h")
#error
#endif

#line 1 "HAVE_UNALIGNED_H"
#if !__has_include("linux/unaligned.h")
#error
#endif

#line 1 "HAVE_IPV6_STUBS_H"
#if !__has_include("net/ipv6_stubs.h")
#error
#endif

#line 1 "HAVE_GSO_H"
#if !__has_include("net/gso.h")
#error
#endif

#line 1 "HAVE_PAGE_FRAG_CACHE_H"
#if !__has_include("linux/page_frag_cache.h")
#error
#endif

#line 1 "HAVE_GENL_SPLIT_OPS"
static inline void probe_split_ops(struct genl_family *family,
				   const struct genl_split_ops *split)
{
	family->split_ops = split;
	family->n_split_ops = 1;
}

#line 1 "HAVE_GENL_INFO_DUMP"
static inline struct nlattr **probe_info_dump(struct netlink_callback *cb)
{
	return genl_info_dump(cb)->attrs;
}

#line 1 "HAVE_GENL_MULTICAST_FILTERED"
static inline int probe_multicast(const struct genl_family *family, struct net *net,
				  struct sk_buff *skb, netlink_filter_fn filter)
{
	return genlmsg_multicast_netns_filtered(family, net, skb, 0, 0, GFP_KERNEL,
						filter, net);
}

#line 1 "HAVE_NLA_RANGE_CONST"
static inline void probe_range(struct nla_policy *policy)
{
	const struct netlink_range_validation **range = &policy->range;

	*range = NULL;
}

#line 1 "HAVE_SYSCTL_CONST"
static inline int probe_handler(struct ctl_table *table, loff_t *at)
{
	int (*handler)(const struct ctl_table *table, int write, void *buffer,
		       size_t *len, loff_t *at) = table->proc_handler;

	return handler(table, 0, NULL, NULL, at);
}

#line 1 "HAVE_NLA_PUT_UINT"
static inline int probe_put_uint(struct sk_buff *skb)
{
	return nla_put_uint(skb, 1, 2);
}

#line 1 "HAVE_FRAG_FILL_PAGE_DESC"
static inline void probe_fill_page_desc(skb_frag_t *frag, struct page *page)
{
	skb_frag_fill_page_desc(frag, page, 0, 1);
}

#line 1 "HAVE_NAPI_GRO_NODE"
static inline unsigned long probe_gro_node(const struct napi_struct *napi)
{
	return napi->gro.bitmask;
}

#line 1 "HAVE_NAPI_GRO_FLUSH_TIMEOUT"
static inline void probe_flush_timeout(struct net_device *dev, unsigned long ns)
{
	struct napi_struct *napi;

	list_for_each_entry(napi, &dev->napi_list, dev_list)
		napi->gro_flush_timeout = ns;
}

#line 1 "HAVE_ALLOC_NETDEV_DUMMY"
static inline struct net_device *probe_netdev_dummy(int priv)
{
	return alloc_netdev_dummy(priv);
}

#line 1 "HAVE_GSO_IPV4_MAX_SIZE"
static inline u32 probe_gso_ipv4(struct net_device *dev, struct nlattr *tb[])
{
	return tb[IFLA_GSO_IPV4_MAX_SIZE] ? dev->gso_ipv4_max_size : GSO_MAX_SIZE;
}

#line 1 "HAVE_HOPOPT_JUMBO_REMOVE"
static inline int probe_jumbo_remove(struct sk_buff *skb)
{
	return ipv6_has_hopopt_jumbo(skb) ? ipv6_hopopt_jumbo_remove(skb) :
					    sizeof(struct hop_jumbo_hdr);
}

#line 1 "HAVE_NETDEV_LLTX"
static inline void probe_lltx(struct net_device *dev)
{
	dev->lltx = true;
}

#line 1 "HAVE_REGISTER_NET_SYSCTL_SZ"
static inline struct ctl_table_header *probe_sysctl(struct net *net,
						    struct ctl_table *table)
{
	return register_net_sysctl_sz(net, "net", table, 1);
}

#line 1 "HAVE_TIMER_DELETE_SYNC"
static inline void probe_timer(struct timer_list *t)
{
	timer_delete_sync(t);
}

#line 1 "HAVE_ASSIGN_STR_OF_ONE"
static const char *const probe_assign_str __maybe_unused =
	__stringify(__assign_str(name));

#line 1 "HAVE_RTNL_NEWLINK_PARAMS"
static inline int probe_newlink(const struct rtnl_link_ops *ops, struct net_device *dev,
				struct rtnl_newlink_params *params,
				struct netlink_ext_ack *extack)
{
	return rtnl_newlink_link_net(params) ? ops->newlink(dev, params, extack) : 0;
}

#line 1 "HAVE_KUNIT_PARAM_OF_TEST"
static inline const void *probe_param(const struct kunit_case *one, struct kunit *test,
				      char *desc)
{
	return one->generate_params(test, NULL, desc);
}

#line 1 "HAVE_IPV6_STUB"
static inline const void *probe_ipv6_stub(void)
{
	return ipv6_stub->ipv6_dst_lookup_flow;
}

#line 1 "HAVE_IPV6_STUB_FIB6"
static inline int probe_stub_fib6(struct net *net, struct flowi6 *fl6,
				  struct fib6_result *res)
{
	return ipv6_stub->fib6_table_lookup(net, fib6_get_table(net, RT6_TABLE_MAIN), 0,
					    fl6, res, 0);
}

#line 1 "HAVE_SKBTX_WIFI_STATUS"
static inline int probe_wifi_status(void)
{
	return SKBTX_WIFI_STATUS;
}

#line 1 "HAVE_OUT_REQUESTS"
static inline int probe_out_requests(void)
{
	return IPSTATS_MIB_OUTREQUESTS;
}

#line 1 "HAVE_INET_SK_DSCP"
static inline dscp_t probe_sk_dscp(const struct inet_sock *inet)
{
	return inet_sk_dscp(inet);
}

#line 1 "HAVE_INET_LOOKUP_OF_TABLE"
static inline struct sock *probe_inet_lookup(struct net *net, struct sk_buff *skb)
{
	return inet_lookup(net, net->ipv4.tcp_death_row.hashinfo, skb, 0, 0, 0, 0, 0, 0);
}

#line 1 "HAVE_INET6_LOOKUP_OF_TABLE"
static inline struct sock *probe_inet6_lookup(struct net *net, struct sk_buff *skb,
					      const struct in6_addr *addr)
{
	return inet6_lookup(net, net->ipv4.tcp_death_row.hashinfo, skb, 0, addr, 0, addr,
			    0, 0);
}

#line 1 "HAVE_NEON_STATE"
static inline void probe_neon(struct user_fpsimd_state *state)
{
	kernel_neon_begin(state);
}
