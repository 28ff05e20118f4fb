/* SPDX-License-Identifier: GPL-2.0-only */
/* The lower device's rx_handler. */
#ifndef _VNENCAP_RX_H
#define _VNENCAP_RX_H

#include <linux/netdevice.h>

rx_handler_result_t vnencap_rx_handler(struct sk_buff **pskb);

#endif /* _VNENCAP_RX_H */
