/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of lever share: the packets, and what makes them hostile. */
#ifndef LEVER_H
#define LEVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "seal.h"

#define ETH		14
#define IP4		20
#define IP6		40
#define PACKETS_MAX	20000
#define LEN_MAX		2048

/**
 * struct packet - as it is on Ethernet
 * @len: its length in bytes
 * @pad: so that the IP header is aligned, as seal.c wants
 * @data: the packet
 */
struct packet {
	uint32_t len;
	unsigned char pad[2];
	unsigned char data[LEN_MAX];
};

extern struct packet *packets;	/* those to be sent */
extern unsigned int count;
extern unsigned int captured;	/* how many there were to begin with */
extern size_t ip_len;		/* of the IP header of each: IP4 or IP6 */

static inline unsigned char *ip_of(struct packet *p)
{
	return p->data + ETH;
}

static inline unsigned char *tcp_of(struct packet *p)
{
	return ip_of(p) + ip_len;
}

static inline unsigned char *payload_of(struct packet *p)
{
	return tcp_of(p) + SEGMENT_HDR;
}

/* lever-packet.c */
void put16(unsigned char *to, unsigned int value);
void put32(unsigned char *to, uint32_t value);
uint32_t sum_add(uint32_t sum, const unsigned char *data, size_t len);
void sum_put(unsigned char *to, uint32_t sum);
bool read_ip(const unsigned char *data, size_t len);
void fix_length(struct packet *p);
void fix(struct packet *p);
struct place place_of(struct packet *p);
void rename_to(struct packet *p, uint32_t id);
uint32_t fresh_id(void);

/* lever-class.c */
void each(void (*change)(struct packet *p));
void keep(bool (*wanted)(struct packet *p));
bool is_first(struct packet *p);
bool has_shard(struct packet *p);
void own_frames(void);
unsigned int frame_end(struct packet *in, unsigned int n, unsigned int first);
struct packet *make_again(unsigned int *n);
struct packet *emit(const struct packet *p);
bool make_class(const char *name);

/* lever-parity.c, lever-icmp.c */
void parity_only(void);
void parity_first(void);
void parity_ids(void);
void parity_in_vain(void);
void parity_again(void);
void parity_groups(void);
void copies_later(void);
void too_big(void);
void too_short(void);
void unreachable(void);
void redirect(void);

/* lever-stream.c */
void stream(const char *iface, bool udp, const char *from, const char *to, size_t size,
	    size_t gso_size);

#endif /* LEVER_H */
