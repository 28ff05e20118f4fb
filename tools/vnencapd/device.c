// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices that are to be there when a host has booted. One that is there is
 * left as it is, but for addresses that it lacks: somebody may use it.
 */
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <linux/vnencap_link.h>

#include "device.h"
#include "log.h"
#include "netlink.h"
#include "../vnencap/cli.h"
#include "../vnencap/nl.h"

struct rtnl {
	int fd;
	uint32_t portid;
	struct nl_buffer buf;
};

static struct nlmsghdr *prepare(struct rtnl *rtnl, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(&rtnl->buf);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	return nlh;
}

static int ask(struct rtnl *rtnl, struct nlmsghdr *nlh)
{
	return netlink_ask(rtnl->fd, rtnl->portid, nlh, NULL, NULL, NULL);
}

static void put_link_info(struct nlmsghdr *nlh, const struct file_device *d)
{
	struct nlattr *info = mnl_attr_nest_start(nlh, IFLA_LINKINFO), *data;

	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, "vnencap");
	data = mnl_attr_nest_start(nlh, IFLA_INFO_DATA);
	mnl_attr_put_u32(nlh, IFLA_VNENCAP_VNI, d->vni);
	if (d->port)
		mnl_attr_put_u16(nlh, IFLA_VNENCAP_PORT, d->port);
	mnl_attr_nest_end(nlh, data);
	mnl_attr_nest_end(nlh, info);
}

static int make(struct rtnl *rtnl, const struct file_device *d)
{
	struct nlmsghdr *nlh = prepare(rtnl, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
	uint32_t lower = if_nametoindex(d->link);

	if (!lower)
		return -errno;
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct ifinfomsg));
	mnl_attr_put_u32(nlh, IFLA_LINK, lower);
	mnl_attr_put_strz(nlh, IFLA_IFNAME, d->name);
	if (d->mtu)
		mnl_attr_put_u32(nlh, IFLA_MTU, d->mtu);
	put_link_info(nlh, d);
	return ask(rtnl, nlh);
}

static int set_up(struct rtnl *rtnl, uint32_t index)
{
	struct nlmsghdr *nlh = prepare(rtnl, RTM_NEWLINK, 0);
	struct ifinfomsg *info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));

	info->ifi_index = index;
	info->ifi_flags = IFF_UP;
	info->ifi_change = IFF_UP;
	return ask(rtnl, nlh);
}

static int tell_address(struct rtnl *rtnl, struct nlmsghdr *nlh, uint32_t index,
			const struct prefix *p)
{
	struct ifaddrmsg *addr = mnl_nlmsg_put_extra_header(nlh, sizeof(*addr));
	unsigned int size = addr_size(&p->addr);

	addr->ifa_family = p->addr.family;
	addr->ifa_prefixlen = p->len;
	addr->ifa_index = index;
	/* an overlay has no neighbours to ask whether it is used twice */
	if (p->addr.family == AF_INET6)
		addr->ifa_flags = IFA_F_NODAD;
	mnl_attr_put(nlh, IFA_LOCAL, size, p->addr.bytes);
	mnl_attr_put(nlh, IFA_ADDRESS, size, p->addr.bytes);
	return ask(rtnl, nlh);
}

static int add_address(struct rtnl *rtnl, uint32_t index, const struct prefix *p)
{
	struct nlmsghdr *nlh = prepare(rtnl, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
	int err = tell_address(rtnl, nlh, index, p);

	return err == -EEXIST ? 0 : err;
}

static int bring_up(struct rtnl *rtnl, const struct file_device *d, const char **what)
{
	unsigned int i, index;
	int err;

	*what = "make it";
	err = if_nametoindex(d->name) ? 0 : make(rtnl, d);
	if (err)
		return err;
	index = if_nametoindex(d->name);
	if (!index)
		return -errno;
	*what = "set it up";
	err = set_up(rtnl, index);
	*what = err ? *what : "give it an address";
	for (i = 0; !err && i < d->addresses; i++)
		err = add_address(rtnl, index, &d->address[i]);
	return err;
}

/**
 * device_bring_up - make a device and set it up, if it is not there
 * @d: the device, in the namespace of this process
 * @quiet: nothing is to be said
 *
 * Return: whether it is there. If not, it was said.
 */
bool device_bring_up(const struct file_device *d, bool quiet)
{
	const char *what = "speak to the kernel";
	struct rtnl rtnl;
	int err;

	rtnl.fd = netlink_socket(NETLINK_ROUTE, &rtnl.portid);
	err = rtnl.fd < 0 ? rtnl.fd : bring_up(&rtnl, d, &what);
	if (rtnl.fd >= 0)
		close(rtnl.fd);
	if (err && !quiet)
		say(LOG_ERROR, "device %s on %s: cannot %s: %s", d->name, d->link, what,
		    strerror(-err));
	return !err;
}

/* Take its addresses away from a device, if it has them. */
void device_take_address(const struct file_device *d)
{
	uint32_t index = if_nametoindex(d->name);
	struct rtnl rtnl;
	unsigned int i;

	rtnl.fd = netlink_socket(NETLINK_ROUTE, &rtnl.portid);
	if (rtnl.fd < 0)
		return;
	for (i = 0; index && i < d->addresses; i++)
		tell_address(&rtnl, prepare(&rtnl, RTM_DELADDR, 0), index, &d->address[i]);
	close(rtnl.fd);
}

/* 0 where it is not known, which CNI takes for a default */
unsigned int device_mtu(const char *name)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq req = { };
	bool known;

	if (fd < 0)
		return 0;
	snprintf(req.ifr_name, sizeof(req.ifr_name), "%s", name);
	known = !ioctl(fd, SIOCGIFMTU, &req);
	close(fd);
	return known ? req.ifr_mtu : 0;
}
