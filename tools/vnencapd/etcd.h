/* SPDX-License-Identifier: GPL-2.0-only */
/* etcd as a source: its session, what is published, and the network below. */
#ifndef VNENCAPD_ETCD_H
#define VNENCAPD_ETCD_H

#include <stdio.h>

#include "core.h"
#include "settings.h"

struct etcd;
struct transport;

typedef void (*etcd_metric_fn)(FILE *to, const char *name, const char *type, const char *help,
			       double value);

struct etcd *etcd_start(const struct settings *settings, struct core *core,
			struct transport *transport, int64_t now);
void etcd_stop(struct etcd *etcd);
int64_t etcd_run(struct etcd *etcd, int64_t now);
void etcd_relist(struct etcd *etcd, int64_t now);
void etcd_key_changed(struct etcd *etcd, uint32_t vni);
void etcd_devices_changed(struct etcd *etcd);
void etcd_kernel_changed(struct etcd *etcd);
int etcd_addresses_fd(const struct etcd *etcd);
int etcd_guests_fd(const struct etcd *etcd);
void etcd_metrics(const struct etcd *etcd, FILE *to, etcd_metric_fn put);

#endif /* VNENCAPD_ETCD_H */
