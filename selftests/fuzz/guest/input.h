/* SPDX-License-Identifier: GPL-2.0-only */
/* An input: a few records, done one after the other. As text it is a line. */
#ifndef INPUT_H
#define INPUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define RECORDS_MAX	24
#define RECORD_MAX	66000
#define INPUT_MAX	200000	/* bytes of all records */
#define LINE_MAX	(2 * INPUT_MAX + 1000)

/**
 * enum what - what a record is
 * @WIRE: a packet that comes by the wire, after its struct virtio_net_hdr
 * @INNER: a packet to be sent by a vnencap device, likewise
 * @REFLECT: the same, and what leaves comes back from where it was sent to, or an ICMP
 *	error of it comes
 * @WAIT: time passes; no data
 * @MESSAGE: command, flags and attributes of a netlink message
 */
enum what { WIRE, INNER, REFLECT, WAIT, MESSAGE, WHATS };

/**
 * struct record - one thing to be done
 * @what: which kind of thing
 * @how: WIRE: what is made right before it is sent, HOW_*; else which device, and of
 *	REFLECT, from DEVICES on, every other one, that there is an error
 * @a: REFLECT: so many segments in each piece, 0 for all; or which error
 * @b: REFLECT: the pieces' order, and which are lost; or with which MTU
 * @len: bytes of @data
 * @data: never written to: others may have it, too
 */
struct record {
	uint8_t what;
	uint8_t how;
	uint8_t a;
	uint8_t b;
	uint32_t len;
	const uint8_t *data;
};

#define HOW_IP		1	/* length and checksum of IP */
#define HOW_SUM		2	/* TCP's checksum */
#define HOW_ID		4	/* a frame id not met before; shards sealed for it */
#define HOW_GSO		8	/* as the NIC gives what it has joined */

struct input {
	unsigned int n;
	struct record r[RECORDS_MAX];
};

/* Room for the data of records that are being made; all of it is given up at once. */
void input_room_empty(void);
uint8_t *input_room(uint32_t len);

bool input_read(struct input *in, const char *line);
void input_write(const struct input *in, FILE *to);
uint32_t input_size(const struct input *in);
struct input *input_keep(const struct input *in);

#endif /* INPUT_H */
