/* SPDX-License-Identifier: GPL-2.0-only */
/* Kinds of packets, for tables of tests. */
#ifndef _VNENCAP_TESTS_KINDS_H
#define _VNENCAP_TESTS_KINDS_H

#include <linux/in.h>

#define TCP4	{ .proto = IPPROTO_TCP, .gso = true, .partial = true, \
		  .payload = 60000 }
#define TCP6	{ .proto = IPPROTO_TCP, .gso = true, .partial = true, \
		  .payload = 60000, .ipv6 = true }
#define BIG4	{ .proto = IPPROTO_TCP, .gso = true, .partial = true, \
		  .payload = 180000 }
#define BIG6	{ .proto = IPPROTO_TCP, .gso = true, .partial = true, \
		  .payload = 180000, .ipv6 = true }
#define ACCECN4	{ .proto = IPPROTO_TCP, .gso = true, .partial = true, \
		  .payload = 60000, .accecn = true }
#define TCP4_LONG { .proto = IPPROTO_TCP, .partial = true, .payload = 60000 }
#define TCP4_DONE { .proto = IPPROTO_TCP, .payload = 9000 }
#define TCP6_DONE { .proto = IPPROTO_TCP, .payload = 9000, .ipv6 = true }
#define TRAIN4	{ .proto = IPPROTO_UDP, .gso = true, .partial = true, \
		  .payload = 60000 }
#define TRAIN6	{ .proto = IPPROTO_UDP, .gso = true, .partial = true, \
		  .payload = 60000, .ipv6 = true }
#define UDP4	{ .proto = IPPROTO_UDP, .partial = true, .payload = 60000 }
#define UDP4_DONE { .proto = IPPROTO_UDP, .payload = 60000 }
#define UDP6	{ .proto = IPPROTO_UDP, .partial = true, .payload = 60000, \
		  .ipv6 = true }
#define UDP6_DONE { .proto = IPPROTO_UDP, .payload = 60000, .ipv6 = true }
#define ICMP4	{ .proto = IPPROTO_ICMP, .payload = 60000 }
#define ICMP6	{ .proto = IPPROTO_ICMPV6, .payload = 60000, .ipv6 = true }
#define SCTP4	{ .proto = IPPROTO_SCTP, .payload = 9000 }
#define FRAGMENT { .proto = IPPROTO_UDP, .fragment = true, .payload = 9000 }

#endif /* _VNENCAP_TESTS_KINDS_H */
