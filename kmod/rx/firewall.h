/* SPDX-License-Identifier: GPL-2.0-only */
/* Has the host a firewall, or IPsec policies, that a packet must meet on its way in? */
#ifndef _VNENCAP_FIREWALL_H
#define _VNENCAP_FIREWALL_H

#include <linux/netfilter.h>
#include <linux/rcupdate.h>
#include <net/net_namespace.h>
#include <net/xfrm.h>

/* Does netfilter have other hooks than the two that input.c has, one before routing
 * and one at local input?
 */
static inline bool
vnencap_firewall_hooked(struct nf_hook_entries __rcu *const *hooks)
{
	const struct nf_hook_entries *pre, *in;

	pre = rcu_dereference(hooks[NF_INET_PRE_ROUTING]);
	in = rcu_dereference(hooks[NF_INET_LOCAL_IN]);
	return !pre || pre->num_hook_entries > 1 ||
	       !in || in->num_hook_entries > 1;
}

/**
 * vnencap_firewall_absent - is there no rule that a packet has yet to meet?
 * @net: namespace of the substrate
 * @skb: the packet, as it came by the lower device
 *
 * Firewall and connection tracking are hooks of netfilter. An IPsec policy may
 * forbid what comes in clear, and what comes decrypted has to be checked against it.
 *
 * Context: softirq, in RCU.
 * Return: true if there is none; false if the packet has to go to the stack, which
 * applies its rules and hands what they let in to input.c.
 */
static inline bool vnencap_firewall_absent(struct net *net,
					   struct sk_buff *skb)
{
	if (vnencap_firewall_hooked(skb->protocol == htons(ETH_P_IP) ?
				    net->nf.hooks_ipv4 : net->nf.hooks_ipv6))
		return false;
#ifdef CONFIG_XFRM
	return __xfrm_check_nopolicy(net, skb, XFRM_POLICY_IN);
#else
	return true;
#endif
}

#endif /* _VNENCAP_FIREWALL_H */
