// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frames of which only parts have arrived wait in a table of their network
 * namespace. Here is how many bytes may wait in it, how many of one peer, for how
 * long, and how much of that for parity; all four are sysctls.
 */
#include <linux/capability.h>
#include <linux/jiffies.h>
#include <linux/sysctl.h>
#include <net/net_namespace.h>

#include "compat.h"
#include "rx/limits.h"
#include "sysctl.h"

/* Reordering in a substrate is a matter of milliseconds. */
#define TIMEOUT_DEFAULT		(HZ / 5)
#define TIMEOUT_MAX_MS		60000
/* Parity is sent right behind its frame, maybe by another of the NICs' queues. */
#define FEC_WAIT_DEFAULT_MS	4
#define FEC_WAIT_MAX_MS		100
/* Bytes in a network namespace, and of those of one peer: 4 MB in one VNI, see pending.c.
 * A frame of which the metadata is known takes about one KB: 4000 frames in 200 ms.
 */
#define HIGH_THRESH_DEFAULT	(24 << 20)
#define PEER_THRESH_DEFAULT	(9 << 19)

unsigned int vnencap_limits_id __read_mostly;

/* What the table of each namespace is made of */
static struct inet_frags *limits_frags;

#ifdef VNENCAP_TESTS
/**
 * vnencap_limits_set_timeout - change how long frames wait, for tests
 * @net: namespace of the substrate
 * @timeout: in jiffies
 *
 * Return: what it was before.
 */
int vnencap_limits_set_timeout(struct net *net, int timeout)
{
	struct vnencap_limits *limits = vnencap_limits_of(net);

	return xchg(&limits->fqdir->timeout, timeout);
}

/**
 * vnencap_limits_set_fec_wait - change how long parity is waited for, for tests
 * @net: namespace of the substrate
 * @wait: in jiffies
 *
 * Return: what it was before.
 */
int vnencap_limits_set_fec_wait(struct net *net, int wait)
{
	return xchg(&vnencap_limits_of(net)->fec_wait, wait);
}
#endif

/* As proc_dointvec_ms_jiffies_minmax(), which modules cannot use */
static int set_ms(compat_ctl_table *table, int write, void *buffer,
		  size_t *lenp, loff_t *ppos)
{
	int *wait = table->data;
	int ms = jiffies_to_msecs(READ_ONCE(*wait));
	struct ctl_table in_ms = {
		.data = &ms,
		.maxlen = sizeof(ms),
		.mode = table->mode,
		.extra1 = SYSCTL_ZERO,
		.extra2 = table->extra2,
	};
	int err = proc_dointvec_minmax(&in_ms, write, buffer, lenp, ppos);

	if (write && !err)
		WRITE_ONCE(*wait, msecs_to_jiffies(ms));
	return err;
}

/* Bytes. The memory is the host's: who is root in a user namespace only may not have
 * more of it than by default.
 */
static int set_bytes(compat_ctl_table *table, int write, void *buffer,
		     size_t *lenp, loff_t *ppos)
{
	struct ctl_table own = *table;

	if (!write || capable(CAP_NET_ADMIN))
		own.extra2 = NULL;
	return proc_doulongvec_minmax(&own, write, buffer, lenp, ppos);
}

static const unsigned long high_default = HIGH_THRESH_DEFAULT;
static const unsigned long peer_default = PEER_THRESH_DEFAULT;
static const int time_max = TIMEOUT_MAX_MS;
static const int fec_wait_max = FEC_WAIT_MAX_MS;

static const struct ctl_table sysctl_table[] = {
	{
		.procname = "frame_high_thresh",
		.maxlen = sizeof(unsigned long),
		.mode = 0644,
		.proc_handler = set_bytes,
		.extra2 = (void *)&high_default,
	}, {
		.procname = "frame_peer_thresh",
		.maxlen = sizeof(unsigned long),
		.mode = 0644,
		.proc_handler = set_bytes,
		.extra2 = (void *)&peer_default,
	}, {
		.procname = "frame_time_ms",
		.maxlen = sizeof(int),
		.mode = 0644,
		.proc_handler = set_ms,
		.extra2 = (void *)&time_max,
	}, {
		.procname = "fec_wait_ms",
		.maxlen = sizeof(int),
		.mode = 0644,
		.proc_handler = set_ms,
		.extra2 = (void *)&fec_wait_max,
	},
	{ }
};

static int __net_init sysctl_register(struct vnencap_limits *limits,
				      struct net *net)
{
	void *const data[] = {
		&limits->fqdir->high_thresh, &limits->peer_thresh,
		&limits->fqdir->timeout, &limits->fec_wait,
	};

	BUILD_BUG_ON(ARRAY_SIZE(data) + 1 != ARRAY_SIZE(sysctl_table));
	return vnencap_sysctl_register(&limits->sysctl, net, sysctl_table, data,
				       ARRAY_SIZE(data));
}

static int __net_init limits_net_init(struct net *net)
{
	struct vnencap_limits *limits = vnencap_limits_of(net);
	int err;

	err = fqdir_init(&limits->fqdir, limits_frags, net);
	if (err < 0)
		return err;
	limits->fqdir->high_thresh = HIGH_THRESH_DEFAULT;
	limits->fqdir->timeout = TIMEOUT_DEFAULT;
	limits->peer_thresh = PEER_THRESH_DEFAULT;
	limits->fec_wait = msecs_to_jiffies(FEC_WAIT_DEFAULT_MS);
	err = sysctl_register(limits, net);
	if (err)
		fqdir_exit(limits->fqdir);
	return err;
}

static void __net_exit limits_net_pre_exit(struct net *net)
{
	struct vnencap_limits *limits = vnencap_limits_of(net);

	vnencap_sysctl_unregister(limits->sysctl);
	fqdir_pre_exit(limits->fqdir);
}

static void __net_exit limits_net_exit(struct net *net)
{
	struct vnencap_limits *limits = vnencap_limits_of(net);

	fqdir_exit(limits->fqdir);
	vnencap_quotas_put(limits->quotas);
}

static struct pernet_operations limits_net_ops = {
	.init = limits_net_init,
	.pre_exit = limits_net_pre_exit,
	.exit = limits_net_exit,
	.id = &vnencap_limits_id,
	.size = sizeof(struct vnencap_limits),
};

/**
 * vnencap_limits_start - make ready for frames to wait
 * @net: namespace of the substrate, which is to have a device
 *
 * Context: process, RTNL.
 * Return: 0 or -ENOMEM.
 */
int vnencap_limits_start(struct net *net)
{
	struct vnencap_limits *limits = vnencap_limits_of(net);

	if (!limits->quotas)
		limits->quotas = vnencap_quotas_make();
	return limits->quotas ? 0 : -ENOMEM;
}

/**
 * vnencap_limits_init - make a table for each network namespace
 * @frags: what each is made of
 *
 * Context: process.
 * Return: 0 or a negative error.
 */
int vnencap_limits_init(struct inet_frags *frags)
{
	limits_frags = frags;
	return register_pernet_subsys(&limits_net_ops);
}

/**
 * vnencap_limits_exit - free the tables, with all that still waits
 *
 * Context: process; nothing is received any more.
 */
void vnencap_limits_exit(void)
{
	unregister_pernet_subsys(&limits_net_ops);
}
