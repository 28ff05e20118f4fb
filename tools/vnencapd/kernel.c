// SPDX-License-Identifier: GPL-2.0-only
/* The kernel's module: its family's number, its mappings, its devices. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/vnencap.h>

#include "kernel.h"
#include "kernel_key.h"
#include "netlink.h"
#include "../vnencap/nl.h"

#define REQUEST_FULL (32 * 1024)
#define ENTRY_ROOM 1024

/* The group "notify" of the controller has the number of its family. */
#define CTRL_GROUP GENL_ID_CTRL

static char request[REQUEST_FULL + ENTRY_ROOM] __attribute__((aligned(NLMSG_ALIGNTO)));

struct nlmsghdr *kernel_prepare(void *buf, uint16_t family, uint8_t cmd, uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));

	nlh->nlmsg_type = family;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	if ((flags & NLM_F_DUMP) != NLM_F_DUMP)
		nlh->nlmsg_flags |= NLM_F_ACK;
	genl->cmd = cmd;
	genl->version = VNENCAP_FAMILY_VERSION;
	return nlh;
}

static void read_family(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[CTRL_ATTR_MAX + 1], *grp[CTRL_ATTR_MCAST_GRP_MAX + 1];
	struct kernel *kernel = data;
	const struct nlattr *nest;
	const char *name;

	nl_attrs(nlh, tb, CTRL_ATTR_MAX);
	nl_get_u16(tb[CTRL_ATTR_FAMILY_ID], &kernel->family);
	if (!tb[CTRL_ATTR_MCAST_GROUPS])
		return;
	mnl_attr_for_each_nested(nest, tb[CTRL_ATTR_MCAST_GROUPS]) {
		nl_nested(nest, grp, CTRL_ATTR_MCAST_GRP_MAX);
		name = nl_get_string(grp[CTRL_ATTR_MCAST_GRP_NAME]);
		if (name && !strcmp(name, VNENCAP_MCGRP_CONFIG))
			nl_get_u32(grp[CTRL_ATTR_MCAST_GRP_ID], &kernel->config);
		else if (name && !strcmp(name, VNENCAP_MCGRP_MISSES))
			nl_get_u32(grp[CTRL_ATTR_MCAST_GRP_ID], &kernel->misses);
	}
}

static int find_family(struct kernel *kernel)
{
	struct nlmsghdr *nlh = kernel_prepare(request, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);

	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, VNENCAP_FAMILY_NAME);
	return netlink_ask(kernel->fd, kernel->portid, nlh, read_family, kernel, NULL);
}

static int open_sockets(struct kernel *kernel)
{
	kernel->fd = netlink_socket(NETLINK_GENERIC, &kernel->portid);
	if (kernel->fd < 0)
		return kernel->fd;
	kernel->events = netlink_event_socket(NETLINK_GENERIC);
	return kernel->events < 0 ? kernel->events : 0;
}

static int join(struct kernel *kernel, bool misses)
{
	int err = netlink_join(kernel->events, CTRL_GROUP);

	if (!err)
		err = netlink_join(kernel->events, kernel->config);
	if (!err && misses)
		err = netlink_join(kernel->events, kernel->misses);
	return err;
}

/**
 * kernel_open - speak to the module, which may be loaded for it
 * @kernel: from kernel_init()
 * @misses: hear of packets without a mapping
 *
 * Return: 0; -ENOENT where there is no module; another -errno.
 */
int kernel_open(struct kernel *kernel, bool misses)
{
	int err = open_sockets(kernel);

	kernel->weightless = false;
	if (!err)
		err = find_family(kernel);
	if (!err)
		err = join(kernel, misses);
	if (err)
		kernel_close(kernel);
	return err;
}

void kernel_close(struct kernel *kernel)
{
	if (kernel->fd >= 0)
		close(kernel->fd);
	if (kernel->events >= 0)
		close(kernel->events);
	kernel->fd = -1;
	kernel->events = -1;
}

int kernel_ask(struct kernel *kernel, struct nlmsghdr *nlh, netlink_fn fn, void *data,
	       uint32_t *at)
{
	return kernel->fd < 0 ? -ECOMM :
	       netlink_ask(kernel->fd, kernel->portid, nlh, fn, data, at);
}

static void put_target(struct nlmsghdr *nlh, const struct target *target)
{
	struct nlattr *nest;
	unsigned int i;

	if (!target->hops) {
		mnl_attr_put(nlh, VNENCAP_A_MAP_BLACKHOLE, 0, NULL);
	} else if (target->hops == 1) {
		nl_put_addr(nlh, VNENCAP_A_MAP_VIA4, VNENCAP_A_MAP_VIA6, &target->hop->via);
	} else {
		for (i = 0; i < target->hops; i++) {
			nest = mnl_attr_nest_start(nlh, VNENCAP_A_MAP_HOP);
			nl_put_addr(nlh, VNENCAP_A_HOP_VIA4, VNENCAP_A_HOP_VIA6,
				    &target->hop[i].via);
			mnl_attr_put_u8(nlh, VNENCAP_A_HOP_WEIGHT, target->hop[i].weight);
			mnl_attr_nest_end(nlh, nest);
		}
	}
}

static void put_change(struct nlmsghdr *nlh, const struct change *c)
{
	struct nlattr *entry = mnl_attr_nest_start(nlh, VNENCAP_A_MAP_ENTRY);
	struct prefix prefix;

	dest_prefix(&c->entry->dest, &prefix);
	mnl_attr_put_u32(nlh, VNENCAP_A_MAP_VNI, c->entry->dest.vni);
	nl_put_addr(nlh, VNENCAP_A_MAP_DST4, VNENCAP_A_MAP_DST6, &prefix.addr);
	mnl_attr_put_u8(nlh, VNENCAP_A_MAP_DST_LEN, prefix.len);
	put_target(nlh, c->target);
	mnl_attr_nest_end(nlh, entry);
}

static bool has_weightless(const struct change *c)
{
	unsigned int i;

	for (i = 0; i < c->target->hops && !c->remove; i++)
		if (!c->target->hop[i].weight)
			return true;
	return false;
}

/* A message that does not fit the policy is refused with all that is in it: so what may
 * not fit is sent by itself, until it is known.
 */
static bool goes_alone(const struct kernel *kernel, const struct change *c)
{
	return !kernel->weightless && has_weightless(c);
}

/* As many changes of one kind as a message takes */
static struct nlmsghdr *put_changes(struct kernel *kernel, struct change *c, unsigned int n,
				    unsigned int *put)
{
	bool remove = c->remove;
	struct nlmsghdr *nlh;

	nlh = kernel_prepare(request, kernel->family,
			     remove ? VNENCAP_CMD_MAP_DEL : VNENCAP_CMD_MAP_SET,
			     remove ? 0 : NLM_F_CREATE | NLM_F_REPLACE);
	for (*put = 0; *put < n && c[*put].remove == remove && nlh->nlmsg_len < REQUEST_FULL;
	     ++*put) {
		if (*put && (goes_alone(kernel, &c[*put]) || goes_alone(kernel, c)))
			break;
		put_change(nlh, &c[*put]);
	}
	return nlh;
}

/* Which entry of the request is at that offset? */
static unsigned int entry_at(const struct nlmsghdr *nlh, uint32_t at)
{
	const struct nlattr *attr;
	unsigned int n = 0;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (at < (size_t)((const char *)mnl_attr_next(attr) - (const char *)nlh))
			break;
		n++;
	}
	return n;
}

/* The first changes of many; how many are done with, or -errno */
static int apply_some(struct kernel *kernel, struct change *c, unsigned int n)
{
	unsigned int put, i, bad;
	struct nlmsghdr *nlh;
	uint32_t at = 0;
	int err;

	nlh = put_changes(kernel, c, n, &put);
	err = kernel_ask(kernel, nlh, NULL, NULL, &at);
	if (err == -ECOMM)
		return err;
	for (i = 0; i < put; i++)
		c[i].err = 0;
	if (!err) {
		kernel->weightless |= has_weightless(c);
		return put;
	}
	/* Where it does not say which, they are tried one by one. */
	if (!at && put > 1)
		return apply_some(kernel, c, 1);
	bad = at ? entry_at(nlh, at) : 0;
	if (bad >= put)
		bad = put - 1;
	/* What is gone already, somebody else removed. */
	c[bad].err = c[bad].remove && err == -ENOENT ? 0 : err;
	return bad + 1;
}

static int kernel_apply(struct backend *backend, struct change *changes, unsigned int n)
{
	struct kernel *kernel = (struct kernel *)backend;
	unsigned int done = 0;
	int some;

	while (done < n) {
		some = apply_some(kernel, changes + done, n - done);
		if (some < 0)
			return some;
		done += some;
	}
	return 0;
}

static void read_hops(const struct nlmsghdr *nlh, struct way *way)
{
	const struct nlattr *attr, *tb[VNENCAP_A_HOP_MAX + 1];
	struct addr via;
	uint8_t weight;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) != VNENCAP_A_MAP_HOP)
			continue;
		nl_nested(attr, tb, VNENCAP_A_HOP_MAX);
		if (nl_get_addr(tb[VNENCAP_A_HOP_VIA4], tb[VNENCAP_A_HOP_VIA6], &via) &&
		    nl_get_u8(tb[VNENCAP_A_HOP_WEIGHT], &weight))
			way_add(way, &via, weight);
	}
}

static bool read_dest(const struct nlattr **tb, struct dest *dest)
{
	struct prefix prefix = { };
	uint32_t vni;

	if (!nl_get_u32(tb[VNENCAP_A_MAP_VNI], &vni) ||
	    !nl_get_addr(tb[VNENCAP_A_MAP_DST4], tb[VNENCAP_A_MAP_DST6], &prefix.addr))
		return false;
	if (!nl_get_u8(tb[VNENCAP_A_MAP_DST_LEN], &prefix.len))
		prefix.len = 8 * addr_size(&prefix.addr);
	dest_make(dest, vni, &prefix);
	return true;
}

/* Of a mapping's fec nothing is read: it is no part of the way, and whoever gave it one
 * keeps that until the way changes.
 */
static bool read_mapping(const struct nlmsghdr *nlh, struct dest *dest, struct way *way)
{
	const struct nlattr *tb[VNENCAP_A_MAP_MAX + 1];
	struct addr via;

	nl_attrs(nlh, tb, VNENCAP_A_MAP_MAX);
	way->hops = 0;
	way->host[0] = '\0';
	if (nl_get_addr(tb[VNENCAP_A_MAP_VIA4], tb[VNENCAP_A_MAP_VIA6], &via))
		way_add(way, &via, 1);
	else if (tb[VNENCAP_A_MAP_HOP])
		read_hops(nlh, way);
	return read_dest(tb, dest);
}

struct dumped {
	backend_map_fn fn;
	void *data;
};

static void dump_one(const struct nlmsghdr *nlh, void *data)
{
	struct dumped *dumped = data;
	struct dest dest;
	struct way way;

	if (read_mapping(nlh, &dest, &way))
		dumped->fn(&dest, &way, dumped->data);
}

/* What changed meanwhile comes as events too: these are read afterwards. */
static int kernel_dump(struct backend *backend, backend_map_fn fn, void *data)
{
	struct kernel *kernel = (struct kernel *)backend;
	struct dumped dumped = { fn, data };
	struct nlmsghdr *nlh;
	int err;

	nlh = kernel_prepare(request, kernel->family, VNENCAP_CMD_MAP_GET, NLM_F_DUMP);
	err = kernel_ask(kernel, nlh, dump_one, &dumped, NULL);
	return err == -EINTR ? 0 : err;
}

struct devices {
	backend_dev_fn fn;
	void *data;
};

static void device_one(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[VNENCAP_A_DEV_MAX + 1];
	struct seen_device device = { .nsid = NSID_HERE };
	struct devices *devices = data;
	uint32_t nsid;

	nl_attrs(nlh, tb, VNENCAP_A_DEV_MAX);
	if (nl_get_u32(tb[VNENCAP_A_DEV_NETNSID], &nsid))
		device.nsid = nsid;
	else if (tb[VNENCAP_A_DEV_NETNS_INODE])
		device.nsid = NSID_UNKNOWN;
	if (nl_get_u32(tb[VNENCAP_A_DEV_VNI], &device.vni) &&
	    nl_get_u32(tb[VNENCAP_A_DEV_IFINDEX], &device.index))
		devices->fn(&device, devices->data);
}

static int kernel_devices(struct backend *backend, backend_dev_fn fn, void *data)
{
	struct kernel *kernel = (struct kernel *)backend;
	struct devices devices = { fn, data };
	struct nlmsghdr *nlh;
	int err;

	nlh = kernel_prepare(request, kernel->family, VNENCAP_CMD_DEV_GET, NLM_F_DUMP);
	err = kernel_ask(kernel, nlh, device_one, &devices, NULL);
	return err == -EINTR ? 0 : err;
}

void kernel_init(struct kernel *kernel)
{
	memset(kernel, 0, sizeof(*kernel));
	kernel->fd = -1;
	kernel->events = -1;
	kernel->backend.dump = kernel_dump;
	kernel->backend.apply = kernel_apply;
	kernel->backend.devices = kernel_devices;
	kernel_key_init(kernel);
}

static void hear_map(const struct nlmsghdr *nlh, bool removed,
		     const struct kernel_events *events, void *data)
{
	struct dest dest;
	struct way way;

	if (read_mapping(nlh, &dest, &way))
		events->map(&dest, removed ? NULL : &way, data);
}

static void hear_miss(const struct nlmsghdr *nlh, const struct kernel_events *events, void *data)
{
	const struct nlattr *tb[VNENCAP_A_MAP_MAX + 1];
	struct addr addr;
	uint32_t vni;

	nl_attrs(nlh, tb, VNENCAP_A_MAP_MAX);
	if (nl_get_u32(tb[VNENCAP_A_MAP_VNI], &vni) &&
	    nl_get_addr(tb[VNENCAP_A_MAP_DST4], tb[VNENCAP_A_MAP_DST6], &addr))
		events->miss(vni, &addr, data);
}

static void hear_key(const struct nlmsghdr *nlh, const struct kernel_events *events, void *data)
{
	const struct nlattr *tb[VNENCAP_A_KEY_MAX + 1];
	uint32_t vni;

	nl_attrs(nlh, tb, VNENCAP_A_KEY_MAX);
	if (nl_get_u32(tb[VNENCAP_A_KEY_VNI], &vni))
		events->key(vni, data);
}

static bool is_farewell(const struct kernel *kernel, const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[CTRL_ATTR_MAX + 1];
	uint16_t family = 0;

	if (nlh->nlmsg_type != GENL_ID_CTRL || genl->cmd != CTRL_CMD_DELFAMILY)
		return false;
	nl_attrs(nlh, tb, CTRL_ATTR_MAX);
	nl_get_u16(tb[CTRL_ATTR_FAMILY_ID], &family);
	return family == kernel->family;
}

/* Returns false where there is no more to hear. */
static bool hear_message(struct kernel *kernel, const struct nlmsghdr *nlh,
			 const struct kernel_events *events, void *data)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*genl))
		return true;
	if (is_farewell(kernel, nlh)) {
		kernel_close(kernel);
		events->gone(data);
		return false;
	}
	if (nlh->nlmsg_type != kernel->family)
		return true;
	if (genl->cmd == VNENCAP_CMD_MISS_NTF)
		hear_miss(nlh, events, data);
	else if (genl->cmd == VNENCAP_CMD_DEV_NTF)
		events->dev(data);
	else if (nlh->nlmsg_pid == kernel->portid)
		return true;	/* our own doing */
	else if (genl->cmd == VNENCAP_CMD_MAP_NTF || genl->cmd == VNENCAP_CMD_MAP_DEL_NTF)
		hear_map(nlh, genl->cmd == VNENCAP_CMD_MAP_DEL_NTF, events, data);
	else if (genl->cmd == VNENCAP_CMD_KEY_NTF)
		hear_key(nlh, events, data);
	return true;
}

#define HEAR_MAX 1000

/**
 * kernel_hear - read the events that are there
 * @kernel: that they come from
 * @events: who is told
 * @data: for these
 *
 * It may leave some for the next time.
 */
void kernel_hear(struct kernel *kernel, const struct kernel_events *events, void *data)
{
	static char copy[NETLINK_ROOM] __attribute__((aligned(NLMSG_ALIGNTO)));
	const struct nlmsghdr *nlh;
	unsigned int i;
	ssize_t n;
	int len;

	for (i = 0; i < HEAR_MAX && kernel->events >= 0; i++) {
		n = netlink_recv(kernel->events);
		if (n == -ENOBUFS) {
			events->lost(data);
			continue;
		}
		if (n < 0)
			return;
		/* who is told may ask the kernel something */
		memcpy(copy, netlink_buf, n);
		len = n;
		nlh = (const struct nlmsghdr *)copy;
		for (; mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len))
			if (!hear_message(kernel, nlh, events, data))
				return;
	}
}
