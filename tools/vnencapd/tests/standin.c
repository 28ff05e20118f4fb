// SPDX-License-Identifier: GPL-2.0-only
/*
 * In place of the kernel, for selftests/bench/cluster: takes all mappings and keeps
 * none, so that what a daemon needs is seen. How many there are, and when those of the
 * network PROBE_VNI came, is in the file STANDIN, which all daemons share: one struct
 * slot for each, by the number STANDIN_SLOT.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "../core.h"
#include "../device.h"
#include "../kernel.h"

#define PROBE_VNI	7
#define PROBES		1008

/**
 * struct slot - a daemon; the bench knows this layout
 * @have: mappings in the kernel
 * @sets: how often one was set
 * @removes: how often one was removed
 * @last: when that was, in ns since the boot
 * @probe: when the mapping of ADDR with that number in its last two bytes was set
 */
struct slot {
	uint64_t have, sets, removes, last;
	uint64_t spare[12];
	uint64_t probe[PROBES];
};

static struct slot *slot;

static uint64_t clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

static int apply(struct backend *backend, struct change *changes, unsigned int n)
{
	uint64_t now = clock_ns();
	unsigned int i;

	(void)backend;
	for (i = 0; i < n; i++) {
		const struct entry *e = changes[i].entry;
		unsigned int number = e->dest.bytes[2] << 8 | e->dest.bytes[3];

		changes[i].err = 0;
		if (changes[i].remove) {
			slot->removes++;
			slot->have--;
			continue;
		}
		slot->sets++;
		slot->have += !e->have;
		if (e->dest.vni == PROBE_VNI && number < PROBES)
			slot->probe[number] = now;
	}
	slot->last = now;
	return 0;
}

static int dump(struct backend *backend, backend_map_fn fn, void *data)
{
	(void)backend;
	(void)fn;
	(void)data;
	return 0;
}

static int devices(struct backend *backend, backend_dev_fn fn, void *data)
{
	(void)backend;
	(void)fn;
	(void)data;
	return 0;
}

static int key_get(struct backend *backend, uint32_t vni, struct key_ids *ids)
{
	(void)backend;
	(void)vni;
	memset(ids, 0, sizeof(*ids));
	return 0;
}

void kernel_init(struct kernel *kernel)
{
	const char *path = getenv("STANDIN"), *number = getenv("STANDIN_SLOT");
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;

	memset(kernel, 0, sizeof(*kernel));
	kernel->events = -1;
	kernel->backend = (struct backend){
		.dump = dump, .apply = apply, .devices = devices, .key_get = key_get,
	};
	if (fd < 0 || !number)
		abort();
	slot = mmap(NULL, sizeof(*slot), PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		    atoi(number) * sizeof(*slot));
	if (slot == MAP_FAILED)
		abort();
	close(fd);
	memset(slot, 0, sizeof(*slot));
}

unsigned int device_mtu(const char *name)
{
	(void)name;
	return 0;
}
