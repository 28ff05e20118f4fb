/* SPDX-License-Identifier: GPL-2.0-only */
/* What the fuzzers of the wire format share. */
#ifndef EXPECT_H
#define EXPECT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What must hold, or the input is a finding */
#define expect(condition) do {						\
	if (!(condition)) {						\
		fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
		abort();						\
	}								\
} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A copy in memory that ends where it does: what is read beyond is seen. */
static inline void *exactly(const void *data, size_t size)
{
	void *copy = malloc(size);

	expect(copy || !size);
	memcpy(copy, data, size);
	return copy;
}

#endif /* EXPECT_H */
