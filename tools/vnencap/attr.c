// SPDX-License-Identifier: GPL-2.0-only
/* Netlink attributes, in and out. */
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>

#include "nl.h"

/*
 * Not mnl_attr_parse(), which calls back for each attribute: that took half as
 * long as all else there is to a message. Attributes of a newer kernel are
 * passed over.
 */
static void store(const void *data, size_t len, const struct nlattr **attrs,
		  unsigned int max)
{
	const struct nlattr *attr = data;
	unsigned int type;
	size_t size;

	memset(attrs, 0, (max + 1) * sizeof(*attrs));
	while (len >= sizeof(*attr) && attr->nla_len >= sizeof(*attr) &&
	       attr->nla_len <= len) {
		type = attr->nla_type & NLA_TYPE_MASK;
		if (type <= max)
			attrs[type] = attr;
		size = NLA_ALIGN(attr->nla_len);
		if (size >= len)
			return;
		len -= size;
		attr = (const void *)((const char *)attr + size);
	}
}

void nl_attrs(const struct nlmsghdr *nlh, const struct nlattr **attrs,
	      unsigned int max)
{
	size_t header = NLMSG_HDRLEN + sizeof(struct genlmsghdr);

	store((const char *)nlh + header, nlh->nlmsg_len - header, attrs, max);
}

void nl_nested(const struct nlattr *nest, const struct nlattr **attrs,
	       unsigned int max)
{
	store(mnl_attr_get_payload(nest), mnl_attr_get_payload_len(nest),
	      attrs, max);
}

static bool get(const struct nlattr *attr, void *value, size_t size)
{
	if (!attr || attr->nla_len < NLA_HDRLEN + size)
		return false;
	memcpy(value, (const char *)attr + NLA_HDRLEN, size);
	return true;
}

bool nl_get_u8(const struct nlattr *attr, uint8_t *value)
{
	return get(attr, value, sizeof(*value));
}

bool nl_get_u16(const struct nlattr *attr, uint16_t *value)
{
	return get(attr, value, sizeof(*value));
}

bool nl_get_u32(const struct nlattr *attr, uint32_t *value)
{
	return get(attr, value, sizeof(*value));
}

/* The spec's "uint": the kernel uses 4 bytes where the value fits, else 8. */
bool nl_get_uint(const struct nlattr *attr, uint64_t *value)
{
	uint32_t small;

	if (get(attr, value, sizeof(*value)))
		return true;
	if (!nl_get_u32(attr, &small))
		return false;
	*value = small;
	return true;
}

bool nl_get_addr(const struct nlattr *attr4, const struct nlattr *attr6,
		 struct addr *addr)
{
	memset(addr, 0, sizeof(*addr));
	if (get(attr4, &addr->ip4, sizeof(addr->ip4)))
		addr->family = AF_INET;
	else if (get(attr6, &addr->ip6, sizeof(addr->ip6)))
		addr->family = AF_INET6;
	return addr->family != AF_UNSPEC;
}

const char *nl_get_string(const struct nlattr *attr)
{
	const char *s = attr ? mnl_attr_get_payload(attr) : NULL;

	if (!s || !memchr(s, '\0', mnl_attr_get_payload_len(attr)))
		return NULL;
	return s;
}

void nl_put_addr(struct nlmsghdr *nlh, uint16_t attr4, uint16_t attr6,
		 const struct addr *addr)
{
	mnl_attr_put(nlh, addr->family == AF_INET ? attr4 : attr6,
		     addr_size(addr), addr->bytes);
}
