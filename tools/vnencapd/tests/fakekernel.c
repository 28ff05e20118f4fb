// SPDX-License-Identifier: GPL-2.0-only
/*
 * In place of the kernel and of rtnetlink, devices included, for tests with a true
 * etcd: mappings are lines in the file FAKE_KERNEL, the last of a prefix counts; this
 * host's addresses are the lines "vni N PREFIX" of the file FAKE_ADDRESSES.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "../address.h"
#include "../core.h"
#include "../device.h"
#include "../kernel.h"
#include "../words.h"

#define LOOK_MS 50

static struct memory memory;
static FILE *file;
static struct backend real;

static void log_keys(uint32_t vni)
{
	struct key_ids ids;

	real.key_get(&memory.backend, vni, &ids);
	fprintf(file, "key vni %u id %u", vni, ids.id);
	if (ids.has_also)
		fprintf(file, " also %u", ids.also);
	fputc('\n', file);
	fflush(file);
}

static int apply(struct backend *backend, struct change *changes, unsigned int n)
{
	char dest[DEST_TEXT_MAX], way[TARGET_TEXT_MAX];
	int err = real.apply(&memory.backend, changes, n);
	unsigned int i;

	(void)backend;
	for (i = 0; !err && i < n; i++) {
		dest_text(dest, &changes[i].entry->dest);
		target_text(way, changes[i].target);
		fprintf(file, "%s %s %s\n", changes[i].remove ? "delete" : "set", dest,
			changes[i].remove ? "" : way);
	}
	fflush(file);
	return err;
}

static int key_get(struct backend *backend, uint32_t vni, struct key_ids *ids)
{
	(void)backend;
	return real.key_get(&memory.backend, vni, ids);
}

static int key_add(struct backend *backend, uint32_t vni, uint32_t id, const uint8_t *secret)
{
	int err = real.key_add(&memory.backend, vni, id, secret);

	(void)backend;
	log_keys(vni);
	return err;
}

static int key_use(struct backend *backend, uint32_t vni, uint32_t id)
{
	int err = real.key_use(&memory.backend, vni, id);

	(void)backend;
	log_keys(vni);
	return err;
}

static int key_del(struct backend *backend, uint32_t vni, uint32_t id)
{
	int err = real.key_del(&memory.backend, vni, id);

	(void)backend;
	log_keys(vni);
	return err;
}

static void recall(char *line)
{
	line[strcspn(line, "\n")] = '\0';
	if (!strncmp(line, "set ", 4))
		memory_set(&memory, line + 4);
	else if (!strncmp(line, "delete ", 7))
		memory_del(&memory, line + 7);
}

static int dump(struct backend *backend, backend_map_fn fn, void *data)
{
	(void)backend;
	return real.dump(&memory.backend, fn, data);
}

static int devices(struct backend *backend, backend_dev_fn fn, void *data)
{
	(void)backend;
	(void)fn;
	(void)data;
	return 0;
}

/* @kernel is only a front: its backend is the one of the memory. */
void kernel_init(struct kernel *kernel)
{
	const char *path = getenv("FAKE_KERNEL");
	char line[512];

	memset(kernel, 0, sizeof(*kernel));
	kernel->events = -1;
	memory_init(&memory);
	real = memory.backend;
	file = path ? fopen(path, "a+e") : NULL;
	if (!file)
		abort();
	while (fgets(line, sizeof(line), file))
		recall(line);
	kernel->backend = (struct backend){
		.dump = dump, .apply = apply, .devices = devices, .key_get = key_get,
		.key_add = key_add, .key_use = key_use,
		.key_del = key_del,
	};
}

unsigned int device_mtu(const char *name)
{
	(void)name;
	return 1450;
}

void addresses_init(struct addresses *a, bool on, int64_t now)
{
	memset(a, 0, sizeof(*a));
	a->fd = -1;
	a->on = on;
	a->look_at = now;
}

void addresses_free(struct addresses *a)
{
	(void)a;
}

int64_t addresses_run(struct addresses *a, struct publish *publish, struct backend *backend,
		      int64_t now)
{
	const char *path = getenv("FAKE_ADDRESSES");
	FILE *from = path ? fopen(path, "re") : NULL;
	struct words words;
	struct dest dest;
	char line[512];

	(void)backend;
	if (!a->on || !from)
		return from ? fclose(from), NEVER : NEVER;
	publish_look_begin(publish);
	while (fgets(line, sizeof(line), from)) {
		words_split(&words, line);
		if (words.n && words_dest(&words, &dest))
			publish_look(publish, &dest);
	}
	publish_look_end(publish, !a->looked);
	a->looked = true;
	fclose(from);
	return now + LOOK_MS;
}
