/* SPDX-License-Identifier: GPL-2.0-only */
/* Devices that are to be there when a host has booted. */
#ifndef VNENCAPD_DEVICE_H
#define VNENCAPD_DEVICE_H

#include "file.h"

bool device_bring_up(const struct file_device *device, bool quiet);
void device_take_address(const struct file_device *device);
unsigned int device_mtu(const char *name);

#endif /* VNENCAPD_DEVICE_H */
