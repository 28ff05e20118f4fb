// SPDX-License-Identifier: GPL-2.0-only
/* What ethtool shows of a vnencap device: its driver, and its counters. */
#include <linux/ethtool.h>
#include <linux/netdevice.h>
#include <linux/string.h>

#include "dev/ethtool.h"
#include "stats/stats.h"
#include "vnencap.h"

static void get_drvinfo(struct net_device *dev, struct ethtool_drvinfo *info)
{
	strscpy(info->driver, KBUILD_MODNAME, sizeof(info->driver));
}

static int get_sset_count(struct net_device *dev, int sset)
{
	return sset == ETH_SS_STATS ? VNENCAP_A_STATS_MAX : -EOPNOTSUPP;
}

static void get_strings(struct net_device *dev, u32 sset, u8 *data)
{
	unsigned int i;

	if (sset != ETH_SS_STATS)
		return;
	for (i = 1; i <= VNENCAP_A_STATS_MAX; i++, data += ETH_GSTRING_LEN)
		strscpy(data, vnencap_stats_name(i), ETH_GSTRING_LEN);
}

static void get_ethtool_stats(struct net_device *dev,
			      struct ethtool_stats *stats, u64 *data)
{
	struct vnencap_dev *vn = netdev_priv(dev);
	u64 sums[VNENCAP_A_STATS_MAX + 1];

	vnencap_stats_read(vn->stats, sums);
	memcpy(data, &sums[1], VNENCAP_A_STATS_MAX * sizeof(*data));
}

const struct ethtool_ops vnencap_ethtool_ops = {
	.get_drvinfo = get_drvinfo,
	.get_link = ethtool_op_get_link,
	.get_sset_count = get_sset_count,
	.get_strings = get_strings,
	.get_ethtool_stats = get_ethtool_stats,
};
