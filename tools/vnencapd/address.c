// SPDX-License-Identifier: GPL-2.0-only
/*
 * The addresses of this host's vnencap devices. A namespace that has an id in this
 * one (ip netns list-id) is heard at once; that of others cannot be asked either.
 */
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <libmnl/libmnl.h>

#include "address.h"
#include "core.h"
#include "netlink.h"
#include "../vnencap/nl.h"

#define DEVICES_MAX	4096
#define SETTLE_MS	10
#define LOOK_MS		10000
#define RETRY_MS	1000

void addresses_init(struct addresses *a, bool on, int64_t now)
{
	int all = 1;

	memset(a, 0, sizeof(*a));
	a->fd = -1;
	a->ask = -1;
	a->look_at = now;
	if (!on)
		return;
	a->ask = netlink_socket(NETLINK_ROUTE, &a->portid);
	a->fd = netlink_event_socket(NETLINK_ROUTE);
	a->on = a->ask >= 0 && a->fd >= 0;
	if (!a->on) {
		say(LOG_ERROR, "cannot hear of addresses: %s", strerror(-a->fd));
		return;
	}
	if (setsockopt(a->fd, SOL_NETLINK, NETLINK_LISTEN_ALL_NSID, &all, sizeof(all)))
		say(LOG_WARN, "addresses in other namespaces are seen late");
	netlink_join(a->fd, RTNLGRP_IPV4_IFADDR);
	netlink_join(a->fd, RTNLGRP_IPV6_IFADDR);
}

void addresses_free(struct addresses *a)
{
	if (a->fd >= 0)
		close(a->fd);
	if (a->ask >= 0)
		close(a->ask);
}

struct look {
	struct publish *publish;
	struct seen_device device[DEVICES_MAX];
	unsigned int devices;
	const struct seen_device *at;
};

static void saw_device(const struct seen_device *device, void *data)
{
	struct look *look = data;

	if (look->devices < DEVICES_MAX && device->nsid != NSID_UNKNOWN)
		look->device[look->devices++] = *device;
}

/* Those that hosts elsewhere have as well, or that are not sure yet */
static bool is_own(const struct ifaddrmsg *msg, const struct addr *addr)
{
	if (msg->ifa_flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED))
		return false;
	if (addr->family == AF_INET)
		return addr->bytes[0] != 127 && addr->bytes[0] < 224;
	return !(addr->bytes[0] == 0xfe && (addr->bytes[1] & 0xc0) == 0x80);
}

static void saw_address(const struct nlmsghdr *nlh, void *data)
{
	const struct ifaddrmsg *msg = mnl_nlmsg_get_payload(nlh);
	struct prefix prefix = { };
	const struct nlattr *attr;
	struct look *look = data;
	struct dest dest;

	if (nlh->nlmsg_type != RTM_NEWADDR || msg->ifa_index != look->at->index)
		return;
	prefix.addr.family = msg->ifa_family;
	mnl_attr_for_each(attr, nlh, sizeof(*msg)) {
		unsigned int type = mnl_attr_get_type(attr);

		/* IFA_LOCAL comes after IFA_ADDRESS, which may be the peer's */
		if ((type == IFA_ADDRESS || type == IFA_LOCAL) &&
		    mnl_attr_get_payload_len(attr) == addr_size(&prefix.addr)) {
			memcpy(prefix.addr.bytes, mnl_attr_get_payload(attr),
			       addr_size(&prefix.addr));
			prefix.len = 8 * addr_size(&prefix.addr);
			if (type == IFA_LOCAL)
				break;
		}
	}
	if (!prefix.len || !is_own(msg, &prefix.addr))
		return;
	dest_make(&dest, look->at->vni, &prefix);
	publish_look(look->publish, &dest);
}

static int look_at_family(struct addresses *a, struct look *look, uint8_t family)
{
	struct nl_buffer buf;
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(&buf);
	struct ifaddrmsg *msg = mnl_nlmsg_put_extra_header(nlh, sizeof(*msg));

	nlh->nlmsg_type = RTM_GETADDR;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	msg->ifa_family = family;
	msg->ifa_index = look->at->index;
	if (look->at->nsid != NSID_HERE)
		mnl_attr_put_u32(nlh, IFA_TARGET_NETNSID, look->at->nsid);
	return netlink_ask(a->ask, a->portid, nlh, saw_address, look, NULL);
}

/* Returns false where not all could be seen: then nothing is known. */
static bool look(struct addresses *a, struct publish *publish, struct backend *backend)
{
	static struct look look;
	unsigned int i;
	bool good = true;

	look.publish = publish;
	look.devices = 0;
	if (backend->devices(backend, saw_device, &look))
		return false;
	publish_look_begin(publish);
	for (i = 0; good && i < look.devices; i++) {
		look.at = &look.device[i];
		good = !look_at_family(a, &look, AF_INET);
		/* a kernel without IPv6 has nothing to tell of it */
		look_at_family(a, &look, AF_INET6);
	}
	if (good)
		publish_look_end(publish, !a->looked);
	a->looked |= good;
	return good;
}

/* Something changed; what, a look will show. */
static void hear(struct addresses *a, int64_t now)
{
	bool heard = false;
	ssize_t n;

	while ((n = netlink_recv(a->fd)) > 0 || n == -ENOBUFS)
		heard = true;
	if (heard && a->look_at > now + SETTLE_MS)
		a->look_at = now + SETTLE_MS;
}

/* Returns when there is more to do. */
int64_t addresses_run(struct addresses *a, struct publish *publish, struct backend *backend,
		      int64_t now)
{
	if (!a->on)
		return NEVER;
	hear(a, now);
	if (now >= a->look_at)
		a->look_at = now + (look(a, publish, backend) ? LOOK_MS : RETRY_MS);
	return a->look_at;
}
