// SPDX-License-Identifier: GPL-2.0-only
/* The keys in the kernel. A request that has a secret is wiped. */
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/vnencap.h>

#include "kernel_key.h"
#include "../vnencap/nl.h"

static int bring(struct backend *backend, uint8_t cmd, uint32_t vni, uint32_t id,
		 const uint8_t *secret)
{
	struct kernel *kernel = (struct kernel *)backend;
	struct nl_buffer buf;
	struct nlmsghdr *nlh;
	int err;

	nlh = kernel_prepare(&buf, kernel->family, cmd, 0);
	mnl_attr_put_u32(nlh, VNENCAP_A_KEY_VNI, vni);
	mnl_attr_put_u32(nlh, VNENCAP_A_KEY_ID, id);
	if (secret)
		mnl_attr_put(nlh, VNENCAP_A_KEY_SECRET, KEY_LEN, secret);
	err = kernel_ask(kernel, nlh, NULL, NULL, NULL);
	explicit_bzero(&buf, sizeof(buf));
	return err;
}

static int key_set(struct backend *backend, uint32_t vni, uint32_t id, const uint8_t *secret)
{
	return bring(backend, VNENCAP_CMD_KEY_SET, vni, id, secret);
}

static int key_add(struct backend *backend, uint32_t vni, uint32_t id, const uint8_t *secret)
{
	return bring(backend, VNENCAP_CMD_KEY_ADD, vni, id, secret);
}

static int key_use(struct backend *backend, uint32_t vni, uint32_t id)
{
	return bring(backend, VNENCAP_CMD_KEY_USE, vni, id, NULL);
}

static int key_del(struct backend *backend, uint32_t vni, uint32_t id)
{
	return bring(backend, VNENCAP_CMD_KEY_DEL, vni, id, NULL);
}

static void read_ids(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[VNENCAP_A_KEY_MAX + 1];
	struct key_ids *ids = data;

	nl_attrs(nlh, tb, VNENCAP_A_KEY_MAX);
	nl_get_u32(tb[VNENCAP_A_KEY_ID], &ids->id);
	ids->has_also = nl_get_u32(tb[VNENCAP_A_KEY_ALSO], &ids->also);
}

static int key_get(struct backend *backend, uint32_t vni, struct key_ids *ids)
{
	struct kernel *kernel = (struct kernel *)backend;
	struct nl_buffer buf;
	struct nlmsghdr *nlh;

	memset(ids, 0, sizeof(*ids));
	nlh = kernel_prepare(&buf, kernel->family, VNENCAP_CMD_KEY_GET, 0);
	mnl_attr_put_u32(nlh, VNENCAP_A_KEY_VNI, vni);
	return kernel_ask(kernel, nlh, read_ids, ids, NULL);
}

void kernel_key_init(struct kernel *kernel)
{
	kernel->backend.key_get = key_get;
	kernel->backend.key_set = key_set;
	kernel->backend.key_add = key_add;
	kernel->backend.key_use = key_use;
	kernel->backend.key_del = key_del;
}
