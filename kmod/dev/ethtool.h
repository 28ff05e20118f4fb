/* SPDX-License-Identifier: GPL-2.0-only */
/* What ethtool shows of a vnencap device. */
#ifndef _VNENCAP_ETHTOOL_H
#define _VNENCAP_ETHTOOL_H

#include <linux/ethtool.h>

extern const struct ethtool_ops vnencap_ethtool_ops;

#endif /* _VNENCAP_ETHTOOL_H */
