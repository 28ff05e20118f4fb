/* SPDX-License-Identifier: GPL-2.0-only */
/* Strict readers of numbers, addresses and names; each names what is wrong. */
#ifndef VNENCAP_PARSE_H
#define VNENCAP_PARSE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

/* @family is AF_INET, AF_INET6, or AF_UNSPEC for no address. */
struct addr {
	sa_family_t family;
	union {
		struct in_addr ip4;
		struct in6_addr ip6;
		uint8_t bytes[16];
	};
};

struct prefix {
	struct addr addr;
	uint8_t len;
};

static inline unsigned int addr_size(const struct addr *addr)
{
	return addr->family == AF_INET ? sizeof(addr->ip4) : sizeof(addr->ip6);
}

/* A number as a VNI can be, or an address? Without a word where it is not. */
bool is_vni(const char *word);
bool is_addr(const char *word);

bool addr_is_any(const struct addr *addr);

int parse_vni(const char *word, uint32_t *vni);
int parse_key_id(const char *word, uint32_t *id);
int parse_nsid(const char *word, uint32_t *id);
int parse_port(const char *word, uint16_t *port);
int parse_weight(const char *word, uint8_t *weight);
int parse_ttl(const char *word, uint8_t *ttl);
int parse_tos(const char *word, uint8_t *tos);
int parse_fwmark(const char *word, uint32_t *mark);
int parse_fec(const char *word, uint8_t *percent);
int parse_fec_max(const char *word, uint8_t *percent);
int parse_addr(const char *word, struct addr *addr);
int parse_host(const char *word, struct addr *addr);
int parse_prefix(const char *word, struct prefix *prefix);
int parse_ifname(const char *word);

/* Twice @len hexadecimal digits, for a secret: nothing is said of what they are. */
bool parse_digits(const char *text, uint8_t *to, unsigned int len);

#endif /* VNENCAP_PARSE_H */
