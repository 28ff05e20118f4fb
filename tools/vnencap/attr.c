// SPDX-License-Identifier: GPL-2.0-only
/* Netlink attributes, in and out. */
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>

#include "nl.h"

struct attr_table {
	const struct nlattr **attrs;
	unsigned int max;
};

/* Attributes of a newer kernel are passed over. */
static int store(const struct nlattr *attr, void *data)
{
	struct attr_table *table = data;
	uint16_t type = mnl_attr_get_type(attr);

	if (type <= table->max)
		table->attrs[type] = attr;
	return MNL_CB_OK;
}

void nl_attrs(const struct nlmsghdr *nlh, const struct nlattr **attrs,
	      unsigned int max)
{
	struct attr_table table = { attrs, max };

	memset(attrs, 0, (max + 1) * sizeof(*attrs));
	mnl_attr_parse(nlh, sizeof(struct genlmsghdr), store, &table);
}

void nl_nested(const struct nlattr *nest, const struct nlattr **attrs,
	       unsigned int max)
{
	struct attr_table table = { attrs, max };

	memset(attrs, 0, (max + 1) * sizeof(*attrs));
	mnl_attr_parse_nested(nest, store, &table);
}

static bool get(const struct nlattr *attr, void *value, size_t size)
{
	if (!attr || mnl_attr_get_payload_len(attr) < size)
		return false;
	memcpy(value, mnl_attr_get_payload(attr), size);
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
