// SPDX-License-Identifier: GPL-2.0-only
/* Packets over IPv4 or IPv6, and what makes them right again after a change. */
#include <netinet/in.h>
#include <string.h>

#include "lever.h"
#include "sock.h"

struct packet *packets;
unsigned int count, captured;
size_t ip_len = IP4;

void put16(unsigned char *to, unsigned int value)
{
	to[0] = value >> 8;
	to[1] = value;
}

void put32(unsigned char *to, uint32_t value)
{
	put16(to, value >> 16);
	put16(to + 2, value);
}

/* --- checksums --- */

uint32_t sum_add(uint32_t sum, const unsigned char *data, size_t len)
{
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		sum += data[i] << 8 | data[i + 1];
	return len % 2 ? sum + (data[len - 1] << 8) : sum;
}

void sum_put(unsigned char *to, uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	put16(to, ~sum & 0xffff);
}

/* --- headers --- */

/* Is it TCP right after an IP header without options? Then @ip_len is that header's. */
bool read_ip(const unsigned char *data, size_t len)
{
	if (len > ETH + IP4 + SEGMENT_HDR && data[12] == 0x08 && !data[13] &&
	    data[ETH] == 0x45 && data[ETH + 9] == IPPROTO_TCP)
		ip_len = IP4;
	else if (len > ETH + IP6 + SEGMENT_HDR && data[12] == 0x86 && data[13] == 0xdd &&
		 data[ETH + 6] == IPPROTO_TCP)
		ip_len = IP6;
	else
		return false;
	return true;
}

/* IPv4 counts its header in the length, and sums it; IPv6 does neither. */
void fix_length(struct packet *p)
{
	unsigned char *ip = ip_of(p);

	if (ip_len == IP6) {
		put16(ip + 4, p->len - ETH - IP6);
		return;
	}
	put16(ip + 2, p->len - ETH);
	put16(ip + 10, 0);
	sum_put(ip + 10, sum_add(0, ip, IP4));
}

void fix(struct packet *p)
{
	/* the addresses are what the IP header ends with */
	size_t addresses = ip_len == IP4 ? 8 : 32, len = p->len - ETH - ip_len;
	unsigned char *tcp = tcp_of(p);

	fix_length(p);
	put16(tcp + 16, 0);
	sum_put(tcp + 16, sum_add(sum_add(IPPROTO_TCP + len, tcp - addresses, addresses),
				  tcp, len));
}

/* --- frames --- */

/* Where a segment is; nowhere, if it is none of ours. */
struct place place_of(struct packet *p)
{
	struct place place = { 0 };

	seal_place(tcp_of(p), p->len - ETH - ip_len, &place);
	return place;
}

/* Make a segment, or parity, one of another frame, right in all that it says. */
void rename_to(struct packet *p, uint32_t id)
{
	seal_again(tcp_of(p), p->len - ETH - ip_len, id);
	fix(p);
}

/* One that no frame had lately */
uint32_t fresh_id(void)
{
	static uint32_t id;

	if (!id)
		id = now_ns() / 1000 << 8;
	return id++;
}
