/* SPDX-License-Identifier: GPL-2.0-only */
/* Every difference between the kernels that vnencap builds on, oldest first. The rest
 * of the module is written for the newest of them. Distributions backport, so what a
 * kernel has is tried (HAVE_..., by probe.c); versions in comments are kernel.org's.
 */
#ifndef _VNENCAP_COMPAT_H
#define _VNENCAP_COMPAT_H

#include "have.h"

#include <linux/netdevice.h>
#ifdef HAVE_SKBUFF_REF_H
#include <linux/skbuff_ref.h>
#endif
#ifdef HAVE_UNALIGNED_H
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif
#include <net/flow.h>
#include <net/genetlink.h>
#ifdef HAVE_GSO_H
#include <net/gso.h>
#endif
#include <net/inet6_hashtables.h>
#include <net/inet_dscp.h>
#include <net/inet_frag.h>
#include <net/inet_hashtables.h>
#include <net/ip.h>
#include <net/ip6_fib.h>
#include <net/ip_tunnels.h>
#include <net/ipv6.h>
#include <net/netlink.h>
#include <net/route.h>
#ifdef HAVE_IPV6_STUBS_H
#include <net/ipv6_stubs.h>
#endif

/* Written before it is read: not to be filled with zeros by every call, as
 * CONFIG_INIT_STACK_ALL_ZERO has it. In the kernel's headers since 6.12.
 */
#ifndef __uninitialized
#if __has_attribute(__uninitialized__)
#define __uninitialized		__attribute__((__uninitialized__))
#else
#define __uninitialized
#endif
#endif

#ifndef HAVE_GENL_SPLIT_OPS
/* Generated tables have a row for "do" and one for "dump" since 6.2. */
struct genl_split_ops {
	union {
		struct {
			int (*pre_doit)(const struct genl_split_ops *ops,
					struct sk_buff *skb, struct genl_info *info);
			int (*doit)(struct sk_buff *skb, struct genl_info *info);
			void (*post_doit)(const struct genl_split_ops *ops,
					  struct sk_buff *skb, struct genl_info *info);
		};
		struct {
			int (*start)(struct netlink_callback *cb);
			int (*dumpit)(struct sk_buff *skb, struct netlink_callback *cb);
			int (*done)(struct netlink_callback *cb);
		};
	};
	const struct nla_policy *policy;
	unsigned int maxattr;
	u8 cmd;
	u8 internal_flags;
	u8 flags;
	u8 validate;
};

static inline void compat_genl_add(struct genl_ops *op, const struct genl_split_ops *split)
{
	op->cmd = split->cmd;
	op->internal_flags = split->internal_flags;
	op->flags = split->flags & ~(GENL_CMD_CAP_DO | GENL_CMD_CAP_DUMP);
	op->validate |= split->validate;
	if (split->flags & GENL_CMD_CAP_DO) {
		op->doit = split->doit;
	} else {
		op->start = split->start;
		op->dumpit = split->dumpit;
		op->done = split->done;
	}
	/* One policy for both: the one that knows more attributes. */
	if (split->maxattr > op->maxattr) {
		op->policy = split->policy;
		op->maxattr = split->maxattr;
	}
}

/* Give @family its operations, from @split; the rows of a command must be
 * neighbours. To be called in one place only: the table is in here.
 */
static inline void compat_genl_set_ops(struct genl_family *family,
				       const struct genl_split_ops *split, unsigned int n)
{
	static struct genl_ops ops[32];
	unsigned int i, used = 0;

	if (WARN_ON(n > ARRAY_SIZE(ops)))
		return;
	memset(ops, 0, sizeof(ops));
	for (i = 0; i < n; i++) {
		if (!used || ops[used - 1].cmd != split[i].cmd)
			used++;
		compat_genl_add(&ops[used - 1], &split[i]);
	}
	family->ops = ops;
	family->n_ops = used;
}
#else
static inline void compat_genl_set_ops(struct genl_family *family,
				       const struct genl_split_ops *split, unsigned int n)
{
	family->split_ops = split;
	family->n_split_ops = n;
}
#endif

#ifndef HAVE_GENL_MULTICAST_FILTERED
/* Before 6.8 no listener of a group can be left out. */
#define genlmsg_multicast_netns_filtered(family, net, skb, portid, group, flags, filter, data) \
	((void)(filter), (void)(data),					\
	 genlmsg_multicast_netns(family, net, skb, portid, group, flags))
#endif

#ifndef HAVE_NLA_RANGE_CONST
/* Takes a pointer to const since 6.7; the kernel never wrote there. */
#undef NLA_POLICY_FULL_RANGE
#define NLA_POLICY_FULL_RANGE(tp, _range) {				\
	.type = NLA_ENSURE_UINT_OR_BINARY_TYPE(tp),			\
	.validation_type = NLA_VALIDATE_RANGE_PTR,			\
	.range = (struct netlink_range_validation *)(_range),		\
}
#endif

/* An error with values in it, since 6.2; before, @plain, which stays where it is */
#ifdef NL_SET_ERR_MSG_FMT
#define compat_err_msg(extack, plain, fmt, ...)				\
	do {								\
		(void)(plain);						\
		NL_SET_ERR_MSG_FMT(extack, fmt, ##__VA_ARGS__);		\
	} while (0)
#else
#define compat_err_msg(extack, plain, fmt, ...)				\
	do {								\
		struct netlink_ext_ack *__ack = (extack);		\
									\
		if (0)							\
			no_printk(fmt, ##__VA_ARGS__);			\
		if (__ack)						\
			__ack->_msg = (plain);				\
	} while (0)
#endif

/* The attributes of a dump's request; genl_info_dump() since 6.7. */
static inline struct nlattr **compat_genl_dump_attrs(struct netlink_callback *cb)
{
#ifndef HAVE_GENL_INFO_DUMP
	return genl_dumpit_info(cb)->attrs;
#else
	return genl_info_dump(cb)->attrs;
#endif
}

#ifndef HAVE_NLA_PUT_UINT
/* An integer of 64 bits, or of 32 where that is enough: since 6.7 */
static inline int nla_put_uint(struct sk_buff *skb, int attrtype, u64 value)
{
	if (value <= U32_MAX)
		return nla_put_u32(skb, attrtype, value);
	return nla_put_u64_64bit(skb, attrtype, value, 0);
}
#endif

#ifndef HAVE_FRAG_FILL_PAGE_DESC
static inline void skb_frag_fill_page_desc(skb_frag_t *frag, struct page *page,
					   int off, int size)
{
	frag->bv_page = page;
	frag->bv_offset = off;
	skb_frag_size_set(frag, size);
}
#endif

/* That a packet's socket wants to hear from a wireless NIC, newer ones say by the socket only. */
#ifndef HAVE_SKBTX_WIFI_STATUS
#define SKBTX_WIFI_STATUS	0
#endif

/* TCP's Accurate ECN (CWR is the same in all segments) is of newer kernels only. */
#ifndef NETIF_F_GSO_ACCECN
#define NETIF_F_GSO_ACCECN	0
#define SKB_GSO_TCP_ACCECN	0
#endif

/* Page memory for a fragment, up to PAGE_FRAG_CACHE_MAX_SIZE. Since 6.13, with a
 * header of its own, what is longer than a page is given only where it fits.
 */
static inline void *compat_alloc_frag(unsigned int len)
{
#ifdef HAVE_PAGE_FRAG_CACHE_H
	if (len > PAGE_SIZE) {
		struct page *page = alloc_pages(GFP_ATOMIC | __GFP_COMP |
						__GFP_NOWARN, get_order(len));

		return page ? page_address(page) : NULL;
	}
#endif
	return netdev_alloc_frag(len);
}

/* Does GRO hold packets of a NAPI context? Of a struct of its own since 6.15 */
static inline bool compat_napi_holds(const struct napi_struct *napi)
{
#ifndef HAVE_NAPI_GRO_NODE
	return READ_ONCE(napi->gro_bitmask);
#else
	return READ_ONCE(napi->gro.bitmask);
#endif
}

/* A net_device that is in no list, for NAPI contexts of its own, with @priv bytes
 * behind it. Before 6.10 nothing allocated one.
 */
#ifndef HAVE_ALLOC_NETDEV_DUMMY
static inline struct net_device *compat_alloc_netdev_dummy(size_t priv)
{
	struct net_device *dev = kzalloc(ALIGN(sizeof(*dev), NETDEV_ALIGN) +
					 priv, GFP_KERNEL_ACCOUNT);

	if (dev)
		init_dummy_netdev(dev);
	return dev;
}

static inline void compat_free_netdev_dummy(struct net_device *dev)
{
	free_percpu(dev->core_stats);
	kfree(dev);
}
#else
#define compat_alloc_netdev_dummy	alloc_netdev_dummy
#define compat_free_netdev_dummy	free_netdev
#endif

/* How long a device's GRO holds packets; each NAPI context has its own time since 6.13. */
static inline void compat_set_gro_flush_timeout(struct net_device *dev,
						unsigned long ns)
{
#ifdef HAVE_NAPI_GRO_FLUSH_TIMEOUT
	struct napi_struct *napi;

	list_for_each_entry(napi, &dev->napi_list, dev_list)
		WRITE_ONCE(napi->gro_flush_timeout, ns);
#endif
	WRITE_ONCE(dev->gro_flush_timeout, ns);
}

/* Packets longer than 64 KB ("BIG TCP"): IPv4 has had them since 6.3, and says a
 * total length of zero. Over IPv6 they have a hop-by-hop header while they are
 * in a host, with the length; since 7.0 they go without, like those of IPv4.
 */
#ifndef HAVE_GSO_IPV4_MAX_SIZE
#define COMPAT_FRAME_MAX	IP_MAX_MTU
#else
#define COMPAT_FRAME_MAX	GSO_MAX_SIZE
#endif

/* The longest GSO packet of a family that a device takes: more bytes are cut */
static inline u32 compat_gso_max_size(const struct net_device *dev, u16 family)
{
#ifdef HAVE_GSO_IPV4_MAX_SIZE
	if (family == AF_INET)
		return READ_ONCE(dev->gso_ipv4_max_size);
#endif
	return READ_ONCE(dev->gso_max_size);
}

/* Has the user asked for a size? Of both families alike, or of IPv4 only */
static inline bool compat_gso_max_size_given(struct nlattr *tb[])
{
#ifdef HAVE_GSO_IPV4_MAX_SIZE
	if (tb[IFLA_GSO_IPV4_MAX_SIZE])
		return true;
#endif
	return tb[IFLA_GSO_MAX_SIZE];
}

/* The same, to be set where the user has not */
static inline void compat_set_gso_max_size(struct net_device *dev, u32 size)
{
#ifdef HAVE_GSO_IPV4_MAX_SIZE
	WRITE_ONCE(dev->gso_ipv4_max_size, size);
#endif
	WRITE_ONCE(dev->gso_max_size, size);
}

#if defined(HAVE_GSO_IPV4_MAX_SIZE) && defined(HAVE_HOPOPT_JUMBO_REMOVE)
static inline bool compat_jumbo_there(const struct sk_buff *skb)
{
	return ipv6_has_hopopt_jumbo(skb);
}

/* Return: 0 where there is none any more, or negative. */
static inline int compat_jumbo_remove(struct sk_buff *skb)
{
	return ipv6_hopopt_jumbo_remove(skb);
}

#define COMPAT_JUMBO_LEN	sizeof(struct hop_jumbo_hdr)

/* As in ipv6_gro_complete(); @skb is TCP, data at its IPv6 header, which is the
 * MAC header too, with room before it
 */
static inline void compat_jumbo_insert(struct sk_buff *skb)
{
	u32 len = skb->len - sizeof(struct ipv6hdr) + COMPAT_JUMBO_LEN;
	struct ipv6hdr *ip6h = __skb_push(skb, COMPAT_JUMBO_LEN);
	struct hop_jumbo_hdr *jumbo = (struct hop_jumbo_hdr *)(ip6h + 1);

	memmove(ip6h, (u8 *)ip6h + COMPAT_JUMBO_LEN, sizeof(*ip6h));
	jumbo->nexthdr = ip6h->nexthdr;
	jumbo->hdrlen = 0;
	jumbo->tlv_type = IPV6_TLV_JUMBO;
	jumbo->tlv_len = sizeof(jumbo->jumbo_payload_len);
	jumbo->jumbo_payload_len = htonl(len);
	ip6h->nexthdr = NEXTHDR_HOP;
	skb_reset_mac_header(skb);
	skb_reset_network_header(skb);
}
#else
#define COMPAT_JUMBO_LEN	0

static inline bool compat_jumbo_there(const struct sk_buff *skb) { return false; }
static inline int compat_jumbo_remove(struct sk_buff *skb) { return 0; }
static inline void compat_jumbo_insert(struct sk_buff *skb) { }
#endif

/* How many devices may send on top of each other: all tunnels have this limit since 7.0. */
#ifndef IP_TUNNEL_RECURSION_LIMIT
#define IP_TUNNEL_RECURSION_LIMIT	5
#endif

/* What was asked to be sent, and what was: IPv4 counts both since 6.7. Before, what was
 * asked for had no counter, and the other had its name.
 */
static inline void compat_count_out_request(struct net *net)
{
#ifdef HAVE_OUT_REQUESTS
	IP_INC_STATS(net, IPSTATS_MIB_OUTREQUESTS);
#endif
}

/* A flag of its own since 6.12 */
static inline void compat_set_lltx(struct net_device *dev)
{
#ifndef HAVE_NETDEV_LLTX
	dev->features |= NETIF_F_LLTX;
#else
	dev->lltx = true;
#endif
}

/* The DSCP of a flow to be routed, of a TOS: all six bits since 6.12, and of a
 * type of their own since 6.18
 */
static inline void compat_set_flow_tos(struct flowi4 *fl4, u8 tos)
{
#ifdef flowi4_dscp
	fl4->flowi4_dscp = inet_dsfield_to_dscp(tos);
#elif defined(IPTOS_RT_MASK)
	fl4->flowi4_tos = tos & IPTOS_RT_MASK;
#else
	fl4->flowi4_tos = tos & INET_DSCP_MASK;
#endif
}

/* The table's size is told since 6.6; before, an empty entry ends it. */
#ifndef HAVE_REGISTER_NET_SYSCTL_SZ
#define register_net_sysctl_sz(net, path, table, size)			\
	((void)(size), register_net_sysctl(net, path, table))
#endif

/* What a handler of a sysctl is given: const since 6.11 */
#ifdef HAVE_SYSCTL_CONST
#define compat_ctl_table const struct ctl_table
#else
#define compat_ctl_table struct ctl_table
#endif

/* Since 6.15, and in stable kernels before, inet_frag_kill() counts the
 * references that it gives up in an argument, and inet_frag_find() takes none.
 * Which of both it is has to be asked of the prototype.
 */
#define COMPAT_FRAG_COUNTS						\
	__builtin_types_compatible_p(typeof(inet_frag_kill),		\
				     void (struct inet_frag_queue *, int *))

/* References that inet_frag_find() has taken for the caller */
static inline int compat_frag_refs_found(void)
{
	return COMPAT_FRAG_COUNTS ? 0 : 1;
}

static inline void compat_frag_kill(struct inet_frag_queue *q, int *refs)
{
	void *kill = inet_frag_kill;

	if (COMPAT_FRAG_COUNTS)
		((void (*)(struct inet_frag_queue *, int *))kill)(q, refs);
	else
		((void (*)(struct inet_frag_queue *))kill)(q);
}

static inline void compat_frag_put(struct inet_frag_queue *q, int refs)
{
	if (refs && refcount_sub_and_test(refs, &q->refcnt))
		inet_frag_destroy(q);
}

/* Named del_timer_sync() before 6.2 */
#ifndef HAVE_TIMER_DELETE_SYNC
#define timer_delete_sync	del_timer_sync
#endif

/* from_timer() is timer_container_of() since 6.16. */
static inline struct inet_frag_queue *compat_timer_queue(struct timer_list *t)
{
	return container_of(t, struct inet_frag_queue, timer);
}

/* A string of a tracepoint is named once since 6.10. */
#ifndef HAVE_ASSIGN_STR_OF_ONE
#define compat_assign_str(dst, src)	__assign_str(dst, src)
#else
#define compat_assign_str(dst, src)					\
	do {								\
		(void)(src);						\
		__assign_str(dst);					\
	} while (0)
#endif

#ifndef HAVE_RTNL_NEWLINK_PARAMS
/* What is asked of newlink() is in a struct since 6.15. The source namespace
 * was the link's before, where one was named.
 */
struct rtnl_newlink_params {
	struct net *src_net;
	struct nlattr **tb;
	struct nlattr **data;
};

static inline struct net *rtnl_newlink_link_net(struct rtnl_newlink_params *p)
{
	return p->src_net;
}

#define COMPAT_NEWLINK(newlink)						\
	static int compat_##newlink(struct net *src_net, struct net_device *dev, \
				    struct nlattr *tb[], struct nlattr *data[], \
				    struct netlink_ext_ack *extack)	\
	{								\
		struct rtnl_newlink_params params = {			\
			.src_net = src_net,				\
			.tb = tb,					\
			.data = data,					\
		};							\
									\
		return newlink(dev, &params, extack);			\
	}								\
	static_assert(true)
#else
#define COMPAT_NEWLINK(newlink)						\
	static int compat_##newlink(struct net_device *dev,		\
				    struct rtnl_newlink_params *params,	\
				    struct netlink_ext_ack *extack)	\
	{								\
		return newlink(dev, params, extack);			\
	}								\
	static_assert(true)
#endif

/* Who takes NEON's registers, of arm64, has to have memory for what is in them since 6.19. */
#ifdef HAVE_NEON_STATE
#define compat_vectors		user_fpsimd_state
#define compat_neon(call, kept)	call(kept)
#else
struct compat_vectors { };
#define compat_neon(call, kept)	((void)(kept), call())
#endif

/* The parameters of a KUnit test that keep() is true for, out of another's; what
 * generates them gets the test since 6.18.
 */
#ifndef HAVE_KUNIT_PARAM_OF_TEST
#define COMPAT_PARAM_DECL	(const void *prev, char *desc)
#define COMPAT_PARAM_ARGS	(prev, desc)
#else
#define COMPAT_PARAM_DECL	(struct kunit *test, const void *prev, char *desc)
#define COMPAT_PARAM_ARGS	(test, prev, desc)
#endif
#define COMPAT_FILTER_PARAM(name, from, keep)				\
	static const void *name##_gen_params COMPAT_PARAM_DECL		\
	{								\
		do {							\
			prev = from##_gen_params COMPAT_PARAM_ARGS;	\
		} while (prev && !(keep)(prev));			\
		return prev;						\
	}								\
	static_assert(true)

/* While IPv6 could be a module, before 7.1, a stub answered where it is not
 * there or not started; since it is built in, the function itself does.
 */
#ifdef HAVE_IPV6_STUB
#define ip6_dst_lookup_flow	(ipv6_stub->ipv6_dst_lookup_flow)
#endif

/* A look-up in the main table of IPv6's routes, for the benchmark. Since 7.1 there
 * is only one by all rules, and only where a module of netfilter wants it, too.
 */
static inline int compat_fib6_lookup(struct net *net, struct flowi6 *fl6,
				     struct fib6_result *res)
{
#ifdef HAVE_IPV6_STUB_FIB6
	struct fib6_table *table = fib6_get_table(net, RT6_TABLE_MAIN);

	return ipv6_stub->fib6_table_lookup(net, table, 0, fl6, res, 0);
#elif IS_MODULE(CONFIG_NFT_FIB_IPV6)
	return fib6_lookup(net, 0, fl6, res, 0);
#else
	return -EOPNOTSUPP;
#endif
}

/* The stack's look-up of an input route. Return: 0, or not where it has none. Since
 * 6.13 the DSCP has a type, which only sparse sees; inet_sk_dscp() has it, too.
 */
static inline int compat_route_input(struct sk_buff *skb, __be32 daddr, __be32 saddr,
				     u8 tos, struct net_device *dev)
{
#ifndef HAVE_INET_SK_DSCP
	return ip_route_input_noref(skb, daddr, saddr, tos, dev);
#else
	return ip_route_input_noref(skb, daddr, saddr,
				    inet_dsfield_to_dscp(tos), dev);
#endif
}

/* As inet_lookup(). @slave: the port of a VRF that the packet came by, by index, or 0.
 * There is one table of sockets for a namespace, and it is not named, since 6.18.
 */
static inline struct sock *compat_tcp4_lookup(struct net *net, struct sk_buff *skb,
					      u32 len, const struct tcphdr *th, int slave)
{
	const struct iphdr *iph = (const struct iphdr *)skb->data;
	bool counted;
	struct sock *sk;

#ifdef HAVE_INET_LOOKUP_OF_TABLE
	sk = __inet_lookup(net, net->ipv4.tcp_death_row.hashinfo, skb, len,
			   iph->saddr, th->source, iph->daddr, th->dest,
			   skb->dev->ifindex, slave, &counted);
#else
	sk = __inet_lookup(net, skb, len, iph->saddr, th->source, iph->daddr,
			   th->dest, skb->dev->ifindex, slave, &counted);
#endif
	return sk && (counted || refcount_inc_not_zero(&sk->sk_refcnt)) ? sk : NULL;
}

#if IS_ENABLED(CONFIG_IPV6)
static inline struct sock *compat_tcp6_lookup(struct net *net, struct sk_buff *skb,
					      u32 len, const struct tcphdr *th, int slave)
{
	const struct ipv6hdr *ip6h = (const struct ipv6hdr *)skb->data;
	bool counted;
	struct sock *sk;

#ifdef HAVE_INET6_LOOKUP_OF_TABLE
	sk = __inet6_lookup(net, net->ipv4.tcp_death_row.hashinfo, skb, len,
			    &ip6h->saddr, th->source, &ip6h->daddr,
			    ntohs(th->dest), skb->dev->ifindex, slave, &counted);
#else
	sk = __inet6_lookup(net, skb, len, &ip6h->saddr, th->source,
			    &ip6h->daddr, ntohs(th->dest), skb->dev->ifindex,
			    slave, &counted);
#endif
	return sk && (counted || refcount_inc_not_zero(&sk->sk_refcnt)) ? sk : NULL;
}
#endif

#endif /* _VNENCAP_COMPAT_H */
