/* SPDX-License-Identifier: GPL-2.0-only */
/* What the daemon says, a line each, on the standard error output. */
#ifndef VNENCAPD_LOG_H
#define VNENCAPD_LOG_H

#include <stdint.h>

/* Severities, with syslog's numbers. */
enum level { LOG_ERROR = 3, LOG_WARN = 4, LOG_INFO = 6, LOG_DEBUG = 7 };

/* How often one place may speak: so many lines in a period. */
struct limit {
	int64_t since;
	unsigned int said;
	unsigned int unsaid;
};

#define LIMIT_LINES	30
#define LIMIT_PERIOD_MS	10000

extern enum level log_level;

void say(enum level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void complain(struct limit *limit, int64_t now, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
const char *printable(const char *bytes, unsigned int len);

#endif /* VNENCAPD_LOG_H */
