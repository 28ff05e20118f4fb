/* SPDX-License-Identifier: GPL-2.0-only */
/* The daemon: a source, the core, and the kernel. */
#ifndef VNENCAPD_DAEMON_H
#define VNENCAPD_DAEMON_H

#include "core.h"
#include "file.h"
#include "follow.h"
#include "journal.h"
#include "kernel.h"
#include "settings.h"

struct etcd;
struct transport;

/**
 * struct daemon - all of it
 * @kernel_at: when to try again to speak to the kernel
 * @read_at: when to read its mappings again
 * @ready_at: when the state of an earlier life is taken, without a source
 * @devices_at: when to look which devices there are
 * @list_at: when to read the file again, where a deletion waits for that
 * @has_kernel: there is a module
 */
struct daemon {
	struct settings settings;
	struct core core;
	struct journal journal;
	struct kernel kernel;
	struct follow follow;
	struct file file;
	struct etcd *etcd;
	struct transport *transport;
	int64_t file_rev;
	int64_t kernel_at;
	int64_t read_at;
	int64_t ready_at;
	int64_t devices_at;
	int64_t list_at;
	bool has_kernel;
	bool has_file;
	bool said_absent;
	bool said_ready;
};

bool daemon_start(struct daemon *d, int64_t now);
int64_t daemon_run(struct daemon *d, int64_t now);
void daemon_hear_kernel(struct daemon *d, int64_t now);
void daemon_reread(struct daemon *d, int64_t now);
int daemon_addresses_fd(const struct daemon *d);
int daemon_guests_fd(const struct daemon *d);
void daemon_stop(struct daemon *d);

#endif /* VNENCAPD_DAEMON_H */
