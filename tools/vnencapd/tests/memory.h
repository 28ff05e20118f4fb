/* SPDX-License-Identifier: GPL-2.0-only */
/* A kernel in memory. */
#ifndef TESTS_MEMORY_H
#define TESTS_MEMORY_H

#include "../backend.h"
#include "../keys.h"

#define MEMORY_VNIS 16

/**
 * struct memory - a kernel in memory
 * @table: its mappings, as @have of the entries
 * @broken: it does not answer
 * @refuse: mappings of this VNI it does not want
 * @weighs: nor endpoints of weight 0, as older modules do not
 * @sets: how many mappings were set
 * @removes: how many were removed
 */
struct memory {
	struct backend backend;
	struct table table;
	struct targets targets;
	bool broken;
	uint32_t refuse;
	bool weighs;
	uint64_t sets;
	uint64_t removes;
	struct {
		uint32_t vni;
		bool used;
		struct key_ids ids;
	} keys[MEMORY_VNIS];
	struct seen_device device[MEMORY_VNIS];
	unsigned int devices;
};

void memory_init(struct memory *memory);
void memory_free(struct memory *memory);
void memory_set(struct memory *memory, const char *text);
void memory_del(struct memory *memory, const char *text);
const char *memory_get(struct memory *memory, const char *text);

#endif /* TESTS_MEMORY_H */
