/* SPDX-License-Identifier: GPL-2.0-only */
/* What there is to be seen of the daemon, for Prometheus. */
#ifndef VNENCAPD_METRICS_H
#define VNENCAPD_METRICS_H

#include <stdint.h>

struct daemon;
struct metrics;

struct metrics *metrics_open(const char *where);
void metrics_close(struct metrics *metrics);
void metrics_run(struct metrics *metrics, struct daemon *d, int64_t now);
int metrics_fd(const struct metrics *metrics);
int metrics_client(const struct metrics *metrics);

#endif /* VNENCAPD_METRICS_H */
