/* SPDX-License-Identifier: GPL-2.0-only */
/* TCP's options, as far as they are read. */
#ifndef _SHIM_NET_TCP_H
#define _SHIM_NET_TCP_H

#define TCPOPT_NOP		1
#define TCPOPT_TIMESTAMP	8
#define TCPOLEN_TIMESTAMP	10

#define IPPROTO_TCP		6
#define IPPROTO_UDP		17
#define IP_DF			0x4000

#endif /* _SHIM_NET_TCP_H */
