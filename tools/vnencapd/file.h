/* SPDX-License-Identifier: GPL-2.0-only */
/* The file that has all networks, hosts and mappings: the same on each host. */
#ifndef VNENCAPD_FILE_H
#define VNENCAPD_FILE_H

#include <stdbool.h>
#include <stdio.h>

#include "backend.h"

struct file_network {
	struct file_network *next;
	char name[HOST_MAX + 1];
	uint32_t vni;
};

struct file_host {
	struct file_host *next;
	char name[HOST_MAX + 1];
	struct addr via;
};

struct file_map {
	struct file_map *next;
	struct dest dest;
	struct way way;
};

struct file_key {
	struct file_key *next;
	uint32_t vni;
	uint32_t id;
	uint8_t secret[KEY_LEN];
};

/**
 * struct file_device - a device that a host is to have
 * @host: which one
 * @name: the device's
 * @link: its lower device
 * @vni: its virtual network
 * @mtu: 0 for the default
 * @port: 0 for the default
 * @addresses: its overlay addresses, with the length of the network's prefix
 * @address: these
 */
struct file_device {
	struct file_device *next;
	char host[HOST_MAX + 1];
	char name[16];
	char link[16];
	uint32_t vni;
	uint32_t mtu;
	uint16_t port;
	unsigned int addresses;
	struct prefix address[8];
};

struct file {
	struct file_network *networks;
	struct file_host *hosts;
	struct file_map *maps, **maps_end;
	struct file_key *keys;
	struct file_device *devices;
	unsigned int line;
	unsigned int wrong;
};

struct words;

bool file_device_words(struct words *words, struct file_device *device);
bool file_parse(struct file *file, FILE *from, const char *name);
bool file_read(struct file *file, const char *name);
void file_free(struct file *file);

#endif /* VNENCAPD_FILE_H */
