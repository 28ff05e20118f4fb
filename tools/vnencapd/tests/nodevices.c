// SPDX-License-Identifier: GPL-2.0-only
/* In place of the netlink sockets and of devices: there are none to be had. */
#include "../device.h"
#include "../kernel.h"

int kernel_open(struct kernel *kernel, bool misses)
{
	(void)kernel;
	(void)misses;
	return 0;
}

void kernel_close(struct kernel *kernel)
{
	(void)kernel;
}

void kernel_hear(struct kernel *kernel, const struct kernel_events *events, void *data)
{
	(void)kernel;
	(void)events;
	(void)data;
}

bool device_bring_up(const struct file_device *device, bool quiet)
{
	(void)device;
	(void)quiet;
	return true;
}

void device_take_address(const struct file_device *device)
{
	(void)device;
}
