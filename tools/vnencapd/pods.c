// SPDX-License-Identifier: GPL-2.0-only
/*
 * Containers of this host. Its vnencap device gets the first address of this host's
 * subnet, with the length of the whole network: so all other subnets are behind the
 * device, and this one behind the bridge that CNI makes. When the daemon stops, all
 * of that stays.
 */
#include <net/if.h>
#include <string.h>

#include "cni.h"
#include "device.h"
#include "pods.h"
#include "wrong.h"

#define RETRY_MS	2000
#define LOOK_MS		10000
#define SETTLE_MS	500

static void make_device(const struct pool *pool, const struct dest *subnet,
			struct file_device *device)
{
	*device = pool->device;
	device->addresses = 1;
	dest_prefix(subnet, &device->address[0]);
	device->address[0].len = pool->network.len;
}

static void use(void *data, unsigned int pool, const struct dest *subnet)
{
	struct pods *p = data;

	p->net[pool].subnet = *subnet;
	p->net[pool].used = true;
	p->net[pool].due = true;
	p->next_at = 0;
}

static void lose(void *data, unsigned int pool, const struct dest *subnet)
{
	struct file_device device;
	struct pods *p = data;

	p->net[pool].used = false;
	p->net[pool].due = false;
	cni_remove(p->settings->cni, subnet);
	make_device(&p->settings->pool[pool], subnet, &device);
	device_take_address(&device);
}

static const struct subnet_ops ops = { .use = use, .lose = lose };

void pods_init(struct pods *p, const struct settings *settings, struct core *core,
	       struct publish *publish, int64_t now)
{
	memset(p, 0, sizeof(*p));
	p->settings = settings;
	p->next_at = NEVER;
	subnets_init(&p->subnets, settings, core, publish, &ops, p, now);
}

/* Which one, and whether it has gone already, a look will show. */
void pods_devices_changed(struct pods *p)
{
	p->changed = true;
}

/* Somebody has deleted it, or the module is another one, which has no devices. */
static void look(struct pods *p, int64_t now)
{
	unsigned int i;

	if (p->changed && p->look_at > now + SETTLE_MS)
		p->look_at = now + SETTLE_MS;
	p->changed = false;
	if (now < p->look_at)
		return;
	p->look_at = now + LOOK_MS;
	for (i = 0; i < p->settings->pools; i++) {
		if (!p->net[i].used || if_nametoindex(p->settings->pool[i].device.name))
			continue;
		p->net[i].due = true;
		p->next_at = now;
	}
}

static bool bring_about(struct pods *p, unsigned int i)
{
	struct file_device device;

	make_device(&p->settings->pool[i], &p->net[i].subnet, &device);
	if (!device_bring_up(&device, p->net[i].said))
		return false;
	if (cni_write(p->settings->cni, &p->net[i].subnet, device_mtu(device.name)))
		return true;
	if (!p->net[i].said)
		say(LOG_ERROR, "%s; tried again", wrong_text());
	return false;
}

static void bring_about_all(struct pods *p, int64_t now)
{
	unsigned int i;

	p->next_at = NEVER;
	for (i = 0; i < p->settings->pools; i++) {
		if (!p->net[i].due)
			continue;
		p->net[i].due = !bring_about(p, i);
		p->net[i].said = p->net[i].due;
		if (p->net[i].due)
			p->next_at = now + RETRY_MS;
	}
}

/* Do what is to be done; returns when there is more, or NEVER. */
int64_t pods_run(struct pods *p, int64_t now)
{
	int64_t next;

	if (!p->settings->pools)
		return NEVER;
	next = subnets_run(&p->subnets, now);
	look(p, now);
	if (now >= p->next_at)
		bring_about_all(p, now);
	if (p->next_at < next)
		next = p->next_at;
	return p->look_at < next ? p->look_at : next;
}
