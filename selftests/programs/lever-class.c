// SPDX-License-Identifier: GPL-2.0-only
/*
 * Classes of burden: each makes of the captured segments those that are to be sent. What
 * a class does not spoil is right, its checksums and its tags included.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

#include "lever.h"
#include "sock.h"

#define AT_SEQ		4	/* in the TCP header */
#define AT_SUM		16
#define AT_OPTION	20

/* A frame's segments with the highest numbers, and how many have no shard in any frame */
#define LADDER_TOP	1023
#define LADDER		960
#define EXTENSION	8	/* bytes of an extension header, as short as can be */

/* In a metadata block: the byte that has the report, and a datagram's size */
#define BLOCK_REPORT	8
#define BLOCK_SEGSZ	12
#define REPORT_MASK	0x78
#define REPORT_ASK	0x40
#define REPORT_SHIFT	3

void each(void (*change)(struct packet *p))
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		change(&packets[i]);
		fix(&packets[i]);
	}
}

void keep(bool (*wanted)(struct packet *p))
{
	unsigned int i, n = 0;

	for (i = 0; i < count; i++)
		if (wanted(&packets[i]))
			packets[n++] = packets[i];
	count = n;
}

/* --- which of a frame's segments come, and in which order --- */

/* Does a frame begin with it? */
bool is_first(struct packet *p)
{
	struct place place = place_of(p);

	return !place.offset && !place.parity;
}

bool has_shard(struct packet *p)
{
	return place_of(p).shard_len;
}

static bool is_later(struct packet *p)
{
	return place_of(p).offset && !place_of(p).parity;
}

/* Of @n packets, the one after the last of the frame that begins with @first, its parity
 * included
 */
unsigned int frame_end(struct packet *in, unsigned int n, unsigned int first)
{
	unsigned int end = first + 1;

	while (end < n && !is_first(&in[end]))
		end++;
	return end;
}

/* Begin to make other packets, by emit(). Return: those that there were, @n of them. */
struct packet *make_again(unsigned int *n)
{
	struct packet *old = packets;

	*n = count;
	count = 0;
	packets = calloc(PACKETS_MAX, sizeof(*packets));
	if (!packets)
		fail("calloc");
	return old;
}

struct packet *emit(const struct packet *p)
{
	if (count < PACKETS_MAX)
		count++;
	packets[count - 1] = *p;
	return &packets[count - 1];
}

/* Of those that are left as many as were captured, each the only one of its frame */
void own_frames(void)
{
	unsigned int i, n;
	struct packet *old = make_again(&n);

	for (i = 0; n && i < captured; i++)
		rename_to(emit(&old[i % n]), fresh_id());
	free(old);
}

static void nothing(void)
{
	count = 0;
}

static void as_they_are(void)
{
}

static void first_only(void)
{
	keep(is_first);
	own_frames();
}

static void later_only(void)
{
	keep(is_later);
}

static bool is_bare(struct packet *p)
{
	return is_later(p) && !has_shard(p);
}

/* From the end to the start, too, but of frames that have as many segments as there can
 * be: none has metadata, so all wait
 */
static void ladder(void)
{
	unsigned int i, n;
	struct packet *old, *p;
	uint32_t id = 0;

	keep(is_bare);
	old = make_again(&n);
	for (i = 0; n && i < captured; i++) {
		if (i % LADDER == 0)
			id = fresh_id();
		p = emit(&old[i % n]);
		p->len = ETH + ip_len + SEGMENT_HDR + place_of(p).segsz;
		put32(tcp_of(p) + AT_SEQ, (LADDER_TOP - i % LADDER) * place_of(p).segsz);
		rename_to(p, id);
	}
	free(old);
}

static void middles(void)
{
	keep(is_later);
	own_frames();
}

/* From each frame's end to its start */
static void descending(void)
{
	unsigned int first, end, i;

	for (first = 0; first < count; first = end) {
		end = frame_end(packets, count, first);
		for (i = 0; i < (end - first) / 2; i++) {
			struct packet p = packets[first + i];

			packets[first + i] = packets[end - 1 - i];
			packets[end - 1 - i] = p;
		}
	}
}

/* Each frame without its second segment and without its parity */
static void holes(void)
{
	unsigned int first, end, i, n;
	struct packet *old = make_again(&n);

	for (first = 0; first < n; first = end) {
		end = frame_end(old, n, first);
		for (i = first; i < end; i++)
			if (i != first + 1 && !place_of(&old[i]).parity)
				emit(&old[i]);
	}
	free(old);
}

/* Each segment twice, and between the two the one that follows it */
static void overlapping(void)
{
	unsigned int i, n;
	struct packet *old = make_again(&n);

	for (i = 0; i < n; i++) {
		emit(&old[i]);
		emit(&old[i + 1 < n ? i + 1 : i]);
	}
	free(old);
}

/* Every second segment of a frame, and then all of them */
static void combed(void)
{
	unsigned int first, end, i, n;
	struct packet *old = make_again(&n);

	for (first = 0; first < n; first = end) {
		end = frame_end(old, n, first);
		for (i = first; i < end; i += 2)
			emit(&old[i]);
		for (i = first; i < end; i++)
			emit(&old[i]);
	}
	free(old);
}

/* --- what is wrong with a segment --- */

static void other_host(struct packet *p)
{
	p->data[5] ^= 1;
}

static void to_other_host(void)
{
	each(other_host);
}

static void other_vni(struct packet *p)
{
	tcp_of(p)[AT_OPTION + 7] ^= 0x55;
}

static void unknown_vni(void)
{
	each(other_vni);
}

static void other_tag(struct packet *p)
{
	*payload_of(p) ^= 0x55;
}

static void wrong_tag(void)
{
	each(other_tag);
}

static void wrong_sum(void)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		tcp_of(&packets[i])[AT_SUM] ^= 0x55;
}

static void without_option(struct packet *p)
{
	memset(tcp_of(p) + AT_OPTION, TCPOPT_NOP, 8);
}

static void no_option(void)
{
	each(without_option);
}

/* The last bytes of the source address */
static unsigned char *source_end(struct packet *p)
{
	return ip_of(p) + (ip_len == IP4 ? 16 : 24);
}

static void other_source(struct packet *p)
{
	source_end(p)[-1] ^= 0x80;
}

static void spoofed(void)
{
	each(other_source);
}

static void any_source(struct packet *p)
{
	uint32_t any = random();

	memcpy(source_end(p) - 3, &any, 3);
}

static void many_sources(void)
{
	each(any_source);
}

/* Every second one to another address, which is the receiver's, too */
static void two_addresses(void)
{
	size_t end = ip_len == IP4 ? 20 : 40;
	unsigned int i;

	for (i = 0; i < count; i += 2) {
		ip_of(&packets[i])[end - 1] ^= 1;
		fix(&packets[i]);
	}
}

static void other_port(struct packet *p)
{
	put16(tcp_of(p), 1024 + random() % 60000);
}

static void many_ports(void)
{
	each(other_port);
}

static void no_payload(struct packet *p)
{
	p->len = ETH + ip_len + SEGMENT_HDR;
}

static void empty(void)
{
	each(no_payload);
}

/* --- what the metadata says --- */

static void change_blocks(void (*change)(unsigned char *block))
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (!has_shard(&packets[i]))
			continue;
		change(payload_of(&packets[i]));
		rename_to(&packets[i], place_of(&packets[i]).id);
	}
}

/* Ever another level of loss, and asked for it */
static void other_report(unsigned char *block)
{
	unsigned char report = REPORT_ASK | random() % 8 << REPORT_SHIFT;

	block[BLOCK_REPORT] = (block[BLOCK_REPORT] & ~REPORT_MASK) | report;
}

static void reports(void)
{
	change_blocks(other_report);
}

static void one_byte(unsigned char *block)
{
	put16(block + BLOCK_SEGSZ, 1);
}

static void one_byte_trains(void)
{
	change_blocks(one_byte);
}

/* --- IP fragments and extension headers --- */

static void fragment(struct packet *p)
{
	put16(ip_of(p) + 6, 0x2000);	/* more follow */
}

/* Put an extension header between those of IPv6 and TCP. */
static void extend(struct packet *p, unsigned char type, const char data[EXTENSION])
{
	unsigned char *ip = ip_of(p);

	memmove(ip + IP6 + EXTENSION, ip + IP6, p->len - ETH - IP6);
	memcpy(ip + IP6, data, EXTENSION);
	ip[IP6] = ip[6];
	ip[6] = type;
	p->len += EXTENSION;
	fix_length(p);
}

static void extend_each(unsigned char type, const char data[EXTENSION])
{
	unsigned int i;

	for (i = 0; i < count; i++)
		extend(&packets[i], type, data);
}

static void fragments(void)
{
	unsigned int i;

	if (ip_len == IP4) {
		each(fragment);
		return;
	}
	extend_each(IPPROTO_FRAGMENT, "\0\0\0\1\0\0\0");
	for (i = 0; i < count; i++)
		put32(ip_of(&packets[i]) + IP6 + 4, fresh_id());
}

#define PADDING	"\0\0\1\4\0\0\0"

static void extended(void)
{
	if (ip_len == IP6)
		extend_each(IPPROTO_DSTOPTS, PADDING);
}

/* Headers in place of all payload but some */
static void many_headers(void)
{
	unsigned int i, n;

	for (i = 0; ip_len == IP6 && i < count; i++) {
		struct packet *p = &packets[i];
		size_t room = p->len - ETH - IP6 - SEGMENT_HDR;

		n = (room - 1) / EXTENSION;
		p->len -= n * EXTENSION;
		for (fix(p); n; n--)
			extend(p, IPPROTO_DSTOPTS, PADDING);
	}
}

static const struct class {
	const char *name;
	void (*make)(void);
} classes[] = {
	{ "nothing", nothing },
	{ "other-host", to_other_host },
	{ "valid", as_they_are },
	{ "first-only", first_only },
	{ "later-only", later_only },
	{ "middles", middles },
	{ "holes", holes },
	{ "descending", descending },
	{ "ladder", ladder },
	{ "overlapping", overlapping },
	{ "combed", combed },
	{ "unknown-vni", unknown_vni },
	{ "wrong-tag", wrong_tag },
	{ "wrong-sum", wrong_sum },
	{ "no-option", no_option },
	{ "spoofed", spoofed },
	{ "many-sources", many_sources },
	{ "many-ports", many_ports },
	{ "two-addresses", two_addresses },
	{ "empty", empty },
	{ "reports", reports },
	{ "one-byte", one_byte_trains },
	{ "fragments", fragments },
	{ "extended", extended },
	{ "many-headers", many_headers },
	{ "parity-only", parity_only },
	{ "parity-first", parity_first },
	{ "parity-ids", parity_ids },
	{ "parity-groups", parity_groups },
	{ "in-vain", parity_in_vain },
	{ "again", parity_again },
	{ "copies-later", copies_later },
	{ "too-big", too_big },
	{ "too-short", too_short },
	{ "unreachable", unreachable },
	{ "redirect", redirect },
};

/* Make the packets those of a class. Return: false where there is none of the name. */
bool make_class(const char *name)
{
	unsigned int i;

	for (i = 0; i < sizeof(classes) / sizeof(*classes); i++) {
		if (!strcmp(classes[i].name, name)) {
			classes[i].make();
			return true;
		}
	}
	return false;
}
