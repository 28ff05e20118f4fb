// SPDX-License-Identifier: GPL-2.0-only
/* Segments that a program is asked about before they are taken (NFQUEUE). */
#include <kunit/test.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/skbuff.h>
#include <net/net_namespace.h>

#include "tests/arrival.h"
#include "tests/hosts.h"
#include "tests/path.h"
#include "tests/random.h"

#define ROUNDS	TEST_ROUNDS(50)
#define NET	(&init_net)

/* The packet that the program has to decide on */
static struct sk_buff *queued;
static struct nf_hook_state queued_state;

static unsigned int queue(void *priv, struct sk_buff *skb,
			  const struct nf_hook_state *state)
{
	if (queued)
		return NF_ACCEPT;
	queued = skb;
	queued_state = *state;
	return NF_STOLEN;
}

static const struct nf_hook_ops queue_hooks[] = {
	{
		.hook = queue,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = NF_IP_PRI_LAST - 1,
	}, {
		.hook = queue,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = NF_IP_PRI_LAST - 1,
	},
};

/* The program says yes: netfilter calls the hooks that are left, in RCU, but with
 * bottom halves enabled. Only the last one is left.
 */
static unsigned int let_pass(void)
{
	struct nf_hook_entries __rcu **all = queued_state.pf == NFPROTO_IPV4 ?
					     NET->nf.hooks_ipv4 :
					     NET->nf.hooks_ipv6;
	const struct nf_hook_entries *hooks;
	struct sk_buff *skb = queued;
	unsigned int verdict;

	rcu_read_lock();
	hooks = rcu_dereference(all[NF_INET_LOCAL_IN]);
	verdict = nf_hook_entry_hookfn(&hooks->hooks[hooks->num_hook_entries - 1],
				       skb, &queued_state);
	rcu_read_unlock();
	queued = NULL;
	return verdict;
}

/* With bottom halves disabled the packet goes to the cell, and is handed up as soon
 * as they are enabled. Were they not, the cell would be in danger of being written
 * to at two places at once, and its softirq would be left to a thread.
 */
static void path_test_queued(struct kunit *test)
{
	struct test_path *path = test->priv;
	struct test_host *b = &path->hosts.b;
	unsigned int round, verdict;
	int err;

	err = nf_register_net_hooks(NET, queue_hooks, ARRAY_SIZE(queue_hooks));
	KUNIT_ASSERT_EQ(test, err, 0);
	for (round = 0; round < ROUNDS; round++) {
		test_path_seed(path, round);
		test_path_send_small(test);
		test_arrival_receive_copy(test, path->segment[0]);
		KUNIT_EXPECT_NOT_NULL(test, queued);
		if (!queued)
			break;
		verdict = let_pass();
		KUNIT_EXPECT_EQ(test, verdict, NF_STOLEN);
		KUNIT_EXPECT_EQ(test, skb_queue_len(&b->received), 1);
		test_host_settle(b);
		skb_queue_purge(&b->received);
	}
	nf_unregister_net_hooks(NET, queue_hooks, ARRAY_SIZE(queue_hooks));
	KUNIT_EXPECT_EQ(test, test_host_faults(b), 0);
}

TEST_PATH_SUITES(queued,
		 KUNIT_CASE(path_test_queued));
