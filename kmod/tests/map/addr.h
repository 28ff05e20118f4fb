/* SPDX-License-Identifier: GPL-2.0-only */
/* Addresses of both families, bit by bit. */
#ifndef _VNENCAP_TESTS_MAP_ADDR_H
#define _VNENCAP_TESTS_MAP_ADDR_H

#include <linux/socket.h>

#include "wire/addr.h"

static inline struct vnencap_addr addr4(u32 addr)
{
	return (struct vnencap_addr){
		.family = AF_INET,
		.ip4 = cpu_to_be32(addr),
	};
}

static inline struct vnencap_addr addr6(u64 hi, u64 lo)
{
	struct vnencap_addr addr = { .family = AF_INET6 };

	addr.ip6.s6_addr32[0] = cpu_to_be32(hi >> 32);
	addr.ip6.s6_addr32[1] = cpu_to_be32(hi);
	addr.ip6.s6_addr32[2] = cpu_to_be32(lo >> 32);
	addr.ip6.s6_addr32[3] = cpu_to_be32(lo);
	return addr;
}

static inline struct vnencap_addr base_addr(u16 family)
{
	return family == AF_INET ? addr4(0x0a5a33cc) :
				   addr6(0x20010db85a5a33ccULL,
					 0xf00f123456789abcULL);
}

/* Some endpoint, the same for the same number; of both families */
static inline struct vnencap_addr host(unsigned int n)
{
	return n & 1 ? addr6(0xfd00000000000000ULL, n + 1) :
		       addr4(0xc0a80001 + n);
}

static inline unsigned int bits_of(u16 family)
{
	return family == AF_INET ? 32 : 128;
}

static inline u8 *bytes_of(struct vnencap_addr *addr)
{
	return addr->family == AF_INET ? (u8 *)&addr->ip4 : addr->ip6.s6_addr;
}

static inline bool get_bit(struct vnencap_addr addr, unsigned int n)
{
	return bytes_of(&addr)[n / 8] >> (7 - n % 8) & 1;
}

static inline struct vnencap_addr flip_bit(struct vnencap_addr addr,
					   unsigned int n)
{
	bytes_of(&addr)[n / 8] ^= 1 << (7 - n % 8);
	return addr;
}

static inline struct vnencap_addr cut(struct vnencap_addr addr,
				      unsigned int len)
{
	unsigned int n;

	for (n = len; n < bits_of(addr.family); n++)
		if (get_bit(addr, n))
			addr = flip_bit(addr, n);
	return addr;
}

#endif /* _VNENCAP_TESTS_MAP_ADDR_H */
