/* SPDX-License-Identifier: GPL-2.0-only */
/* Attributes of netlink messages, right and wrong, as chance has it. */
#ifndef FUZZ_ATTR_H
#define FUZZ_ATTR_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stdint.h>

#define MESSAGE_MAX	4096
#define WAYS		10	/* which addresses a mapping has */
#define SPARE_VNI	200	/* of the first device that may be removed */
#define SPARES		16

enum kind {
	KIND_U8, KIND_U16, KIND_U32, KIND_S32, KIND_UINT, KIND_BINARY, KIND_STRING,
	KIND_NEST, KIND_PAD, KIND_FLAG
};

struct attr {
	const char *name;
	unsigned short type;
	enum kind kind;
	unsigned int size;
	unsigned long long low;
	unsigned long long high;
	const struct attr *nested;
};

/* What can be wrong with one attribute */
enum fault {
	RIGHT,
	MISSING,
	DOUBLED,
	EMPTY,
	SHORT,
	LONG,
	OTHER_TYPE,
	UNKNOWN_TYPE,
	NESTED_FLAG,
	BYTEORDER_FLAG,
	BELOW,
	ABOVE,
	GARBAGE,
	HEADER_CUT,
	LENGTH_BEYOND,
	NESTED_DEEP,
	FAULTS
};

struct message {
	unsigned char data[MESSAGE_MAX] __attribute__((aligned(4)));
	unsigned int len;
};

void fail(const char *what);

/* The same numbers come for the same seed, everywhere. */
void chance_begin(uint64_t seed);
uint64_t chance(void);
unsigned int one_of(unsigned int n);

/* The device that attributes are to name */
void attr_device(const char *name);

bool named(const struct attr *a, const char *name);
bool left_out(const struct attr *a, unsigned int which);
enum fault any_fault(void);
struct nlattr *put(struct message *m, unsigned int type, const void *data,
		   unsigned int size);

/* Of a message's attributes: would it remove a device that is to stay? */
bool attr_removes_other(unsigned int cmd, const unsigned char *attrs, unsigned int len);

/* Some attribute, with a value of its own or with bytes that are none */
void put_attr(struct message *m, const struct attr *a, enum fault fault);

#endif /* FUZZ_ATTR_H */
