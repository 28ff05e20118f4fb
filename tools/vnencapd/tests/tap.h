/* SPDX-License-Identifier: GPL-2.0-only */
/* A line of TAP for each check. */
#ifndef TESTS_TAP_H
#define TESTS_TAP_H

#include <stdbool.h>
#include <stdio.h>

static int tap_count, tap_failed;

static inline void check_at(bool good, const char *name, const char *file, int line)
{
	printf("%sok %d - %s\n", good ? "" : "not ", ++tap_count, name);
	if (!good) {
		printf("# %s:%d\n", file, line);
		tap_failed++;
	}
}

#define check(good, name) check_at(good, name, __FILE__, __LINE__)

static inline int tap_end(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed ? 1 : 0;
}

#endif /* TESTS_TAP_H */
