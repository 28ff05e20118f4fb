/* SPDX-License-Identifier: GPL-2.0-only */
/* The settings of this host: vnencapd.conf. */
#ifndef VNENCAPD_SETTINGS_H
#define VNENCAPD_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "file.h"
#include "target.h"
#include "table.h"

#define SERVERS_MAX 16
#define PUBLISH_MAX 256
#define VNIS_MAX 256
#define POOLS_MAX 8

enum source { SOURCE_FILE, SOURCE_ETCD };
enum vnis_mode { VNIS_ALL, VNIS_DEVICES, VNIS_LISTED };

/**
 * struct pool - a network of which each host has a subnet for its containers
 * @network: all of it
 * @len: the length of a subnet's prefix
 * @device: the vnencap device of a host
 */
struct pool {
	struct dest network;
	uint8_t len;
	struct file_device device;
};

/**
 * struct settings - what vnencapd.conf says; times in ms
 * @name: of this host
 * @source: where mappings come from
 * @file: that one, for SOURCE_FILE
 * @server: URLs of etcd's members
 * @prefix: of all keys there
 * @local: this host's substrate addresses
 * @publish: prefixes that are at this host
 * @publish_devices: and the addresses of its devices
 * @pool: networks of which this host has a subnet
 * @cni: the folder where what starts containers looks for networks
 * @keys: this host makes keys for networks that have none
 * @grace: for how long a mapping stays that the source names no longer
 * @hold: until a full list is asked again
 * @relist: how often etcd is read anew, without a reason
 * @ttl: of the lease, in s
 * @state: the folder for what is to be remembered
 * @run: the folder for what a boot ends
 */
struct settings {
	char name[HOST_MAX + 1];
	enum source source;
	char *file;
	char *server[SERVERS_MAX];
	unsigned int servers;
	char *prefix;
	char *ca, *cert, *key, *user, *password_file;
	struct addr local[2];
	unsigned int locals;
	struct dest publish[PUBLISH_MAX];
	unsigned int published;
	bool publish_devices;
	struct pool pool[POOLS_MAX];
	unsigned int pools;
	char *cni;
	enum vnis_mode vnis;
	uint32_t vni[VNIS_MAX];
	unsigned int vnis_listed;
	bool misses;
	bool keys;
	bool grace_given;
	int64_t grace;
	int64_t hold;
	int64_t relist;
	unsigned int ttl;
	char *state;
	char *run;
	char *metrics;
};

void settings_init(struct settings *settings);
bool settings_parse(struct settings *settings, FILE *from, const char *name);
bool settings_read(struct settings *settings, const char *name);
void settings_free(struct settings *settings);

#endif /* VNENCAPD_SETTINGS_H */
