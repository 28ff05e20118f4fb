// SPDX-License-Identifier: GPL-2.0-only
/* Outer headers, which a test changes: lengths and sums that are right again. */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/tcp.h>

#include "tests/outer.h"
#include "tests/packet.h"

/**
 * test_outer_finish - write the lengths, and the sum over an IPv4 header
 * @skb: data at the outer IP header; more than 64 KB have no length
 */
void test_outer_finish(struct sk_buff *skb)
{
	struct ipv6hdr *ip6h = (struct ipv6hdr *)skb->data;
	struct iphdr *iph = (struct iphdr *)skb->data;

	if (vnencap_outer_is_ipv6(skb)) {
		ip6h->payload_len = test_ip_len(skb->len - sizeof(*ip6h));
	} else {
		iph->tot_len = test_ip_len(skb->len);
		ip_send_check(iph);
	}
}

/**
 * test_outer_tcp_sum - what the transport checksum has to be
 * @skb: data at the outer IP header
 * @sum: over what follows that header; 0 for the pseudo-header's alone
 *
 * Return: the checksum.
 */
__sum16 test_outer_tcp_sum(const struct sk_buff *skb, __wsum sum)
{
	const struct ipv6hdr *ip6h = (const struct ipv6hdr *)skb->data;
	const struct iphdr *iph = (const struct iphdr *)skb->data;
	u32 len = skb->len - vnencap_outer_len(skb);

	if (vnencap_outer_is_ipv6(skb))
		return csum_ipv6_magic(&ip6h->saddr, &ip6h->daddr, len,
				       IPPROTO_TCP, sum);
	return tcp_v4_check(len, iph->saddr, iph->daddr, sum);
}

/**
 * test_outer_repair - write lengths and sums as they are to be
 * @skb: linear, data at the outer IP header
 */
void test_outer_repair(struct sk_buff *skb)
{
	struct tcphdr *th = &test_outer_header(skb)->tcp;
	u32 len = skb->len - vnencap_outer_len(skb);

	test_outer_finish(skb);
	if (len < sizeof(*th))
		return;
	th->check = 0;
	th->check = test_outer_tcp_sum(skb, csum_partial(th, len, 0));
}
