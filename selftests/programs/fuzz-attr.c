// SPDX-License-Identifier: GPL-2.0-only
/* Attributes of netlink messages, right and wrong, as chance has it. */
#include <fcntl.h>
#include <linux/vnencap.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz-attr.h"

#define ENTRIES_MAX	8

static int device, lower, own_netns;
static uint64_t state;

void fail(const char *what)
{
	perror(what);
	exit(1);
}

void chance_begin(uint64_t seed)
{
	state = seed;
}

/* SplitMix64: the same messages for the same seed, everywhere */
uint64_t chance(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

unsigned int one_of(unsigned int n)
{
	return chance() % n;
}

bool named(const struct attr *a, const char *name)
{
	return !strcmp(a->name, name);
}

/* Few values, so that what one message adds another finds */
static unsigned long long number(const struct attr *a)
{
	if (named(a, "ifindex"))
		return device;
	if (named(a, "link"))
		return lower;
	if (named(a, "by-vni"))
		return SPARE_VNI + one_of(SPARES);
	if (named(a, "netns-fd"))
		return own_netns;
	if (named(a, "vni"))
		return 100 + one_of(4);
	if (named(a, "id"))
		return one_of(4);
	if (named(a, "dst4"))
		return (0x0aU | one_of(32) << 24) & 0xffffffff;
	if (named(a, "local4"))
		return one_of(2) ? 0 : 0x0100000a;
	if (named(a, "via4") || named(a, "addr4"))
		return 0x0900000a + (one_of(3) << 24);
	if (named(a, "dst-len"))
		return one_of(4) ? 32 : one_of(129);
	if (named(a, "fec"))
		return one_of(8) ? one_of(51) : 255;
	if (named(a, "tos"))
		return one_of(64) * 4;
	if (a->high - a->low == UINT64_MAX)
		return chance();
	return a->low + chance() % (a->high - a->low + 1);
}

static void fill_right(const struct attr *a, unsigned char *to)
{
	unsigned long long value;
	unsigned int i;

	if (a->kind == KIND_STRING) {
		if_indextoname(device, (char *)to);
	} else if (a->kind == KIND_BINARY) {
		memset(to, 0, a->size);
		to[0] = 0xfd;
		to[a->size - 1] = 1 + one_of(8);
	} else {
		/* little-endian, as all machines that this runs on */
		value = number(a);
		for (i = 0; i < a->size; i++)
			to[i] = value >> 8 * i;
	}
}

static void fill_garbage(unsigned char *to, unsigned int n)
{
	while (n--)
		*to++ = chance();
}

static unsigned int right_size(const struct attr *a)
{
	char name[IFNAMSIZ];

	if (a->kind != KIND_STRING)
		return a->size;
	return if_indextoname(device, name) ? strlen(name) + 1 : 1;
}

struct nlattr *put(struct message *m, unsigned int type, const void *data,
		   unsigned int size)
{
	struct nlattr *nla = (void *)(m->data + m->len);

	if (m->len + NLA_HDRLEN + NLA_ALIGN(size) > MESSAGE_MAX)
		return NULL;
	memset(nla, 0, NLA_HDRLEN + NLA_ALIGN(size));
	nla->nla_type = type;
	nla->nla_len = NLA_HDRLEN + size;
	memcpy(nla + 1, data, size);
	m->len += NLA_HDRLEN + NLA_ALIGN(size);
	return nla;
}

enum fault any_fault(void)
{
	unsigned int n = one_of(40);

	return n < 24 ? RIGHT : n < 34 ? MISSING : one_of(FAULTS);
}

/* A device is named by what it has itself, at times with its namespace, or by its
 * lower device and its VNI. Then it is given no other one, to be found again.
 */
static bool left_out_of_dev(const struct attr *a, unsigned int which)
{
	if (named(a, "netnsid"))
		return true;
	if (named(a, "netns-fd"))
		return which != 3;
	if (named(a, "ifindex") || named(a, "ifname"))
		return !(which & 1);
	if (named(a, "link") || named(a, "by-vni"))
		return which & 1;
	return named(a, "vni") && a->type == VNENCAP_A_DEV_VNI && !(which & 1);
}

/* Of a mapping that is right, one address of each kind is given, or several
 * endpoints, or that there is none; to delete it, none need be. Where there is one,
 * fec may be given. Of a hop, one address.
 */
bool left_out(const struct attr *a, unsigned int which)
{
	if (left_out_of_dev(a, which))
		return true;
	if (named(a, "dst4") || named(a, "local4") || named(a, "addr4"))
		return which & 1;
	if (named(a, "dst6") || named(a, "local6") || named(a, "addr6"))
		return !(which & 1);
	if (named(a, "via4") && a->type == VNENCAP_A_HOP_VIA4)
		return which & 1;
	if (named(a, "via6") && a->type == VNENCAP_A_HOP_VIA6)
		return !(which & 1);
	if (named(a, "via4"))
		return which / 2 != 0;
	if (named(a, "via6"))
		return which / 2 != 1;
	if (named(a, "hop"))
		return which / 2 != 3;
	if (named(a, "blackhole"))
		return which / 2 != 4;
	if (named(a, "fec") && a->type == VNENCAP_A_MAP_FEC)
		return which / 2 != 1 && which / 2 != 3;
	return false;
}

static void put_entry(struct message *m, const struct attr *nest, bool wrong,
		      unsigned int depth)
{
	struct nlattr *nla = put(m, nest->type | NLA_F_NESTED, "", 0);
	unsigned int which = one_of(WAYS);
	const struct attr *a;

	if (!nla)
		return;
	for (a = nest->nested; a->name; a++)
		if (!left_out(a, which))
			put_attr(m, a, wrong ? any_fault() : RIGHT);
	if (depth)
		put_entry(m, nest, wrong, depth - 1);
	nla->nla_len = m->data + m->len - (unsigned char *)nla;
}

static void put_nest(struct message *m, const struct attr *a, enum fault fault)
{
	unsigned int n = 1 + one_of(ENTRIES_MAX);

	while (n--)
		put_entry(m, a, fault == GARBAGE,
			  fault == NESTED_DEEP ? 12 : 0);
}

void put_attr(struct message *m, const struct attr *a, enum fault fault)
{
	unsigned char value[512];
	unsigned int size = right_size(a), type = a->type;
	unsigned long long out;
	struct nlattr *nla;

	if (fault == MISSING)
		return;
	if (a->kind == KIND_NEST &&
	    (fault == RIGHT || fault == GARBAGE || fault == NESTED_DEEP))
		return put_nest(m, a, fault);
	memset(value, 0, sizeof(value));
	if (a->kind == KIND_NEST || a->kind == KIND_PAD)
		fill_garbage(value, size = one_of(40));
	else
		fill_right(a, value);

	switch (fault) {
	case DOUBLED:
		put(m, type, value, size);
		break;
	case EMPTY:
		size = 0;
		break;
	case SHORT:
		size = size ? one_of(size) : 0;
		break;
	case LONG:
		size += 1 + one_of(300);
		break;
	case OTHER_TYPE:
		type = one_of(32);
		break;
	case UNKNOWN_TYPE:
		type = 32 + one_of(0x3fe0);
		break;
	case NESTED_FLAG:
		type |= NLA_F_NESTED;
		break;
	case BYTEORDER_FLAG:
		type |= NLA_F_NET_BYTEORDER;
		break;
	case BELOW:
		out = a->low ? a->low - 1 : 0;
		memcpy(value, &out, sizeof(out));
		break;
	case ABOVE:
		out = a->high + 1 + one_of(256);
		memcpy(value, &out, sizeof(out));
		break;
	case GARBAGE:
		fill_garbage(value, size);
		/* not the VNI that is to stay as it is */
		if (!memcmp(value, "\xef\xcd\xab", 4))
			value[0] = 0;
		break;
	case NESTED_DEEP:
		fill_garbage(value, size);
		type |= NLA_F_NESTED;
		break;
	default:
		break;
	}
	nla = put(m, type, value, size);
	if (nla && fault == HEADER_CUT)
		nla->nla_len = one_of(NLA_HDRLEN);
	if (nla && fault == LENGTH_BEYOND)
		nla->nla_len += 1 + one_of(2000);
}

/* Would it remove a device that is not one of those for that? */
bool attr_removes_other(unsigned int cmd, const unsigned char *attrs, unsigned int len)
{
	const struct nlattr *nla;
	unsigned int at = 0;
	uint32_t vni = 0;

	if (cmd != VNENCAP_CMD_DEV_DEL)
		return false;
	for (; at + NLA_HDRLEN <= len; at += NLA_ALIGN(nla->nla_len)) {
		nla = (const void *)(attrs + at);
		if (nla->nla_len < NLA_HDRLEN)
			return true;
		/* the last one counts, as in the kernel */
		if (nla->nla_type == VNENCAP_A_DEV_BY_VNI &&
		    nla->nla_len == NLA_HDRLEN + sizeof(vni))
			memcpy(&vni, nla + 1, sizeof(vni));
	}
	return vni < SPARE_VNI || vni >= SPARE_VNI + SPARES;
}

void attr_device(const char *name)
{
	char path[64];
	FILE *file;

	device = if_nametoindex(name);
	if (!device)
		fail(name);
	snprintf(path, sizeof(path), "/sys/class/net/%s/iflink", name);
	file = fopen(path, "r");
	if (!file || fscanf(file, "%d", &lower) != 1)
		fail(path);
	fclose(file);
	own_netns = open("/proc/self/ns/net", O_RDONLY);
	if (own_netns < 0)
		fail("open");
}
