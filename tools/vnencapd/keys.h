/* SPDX-License-Identifier: GPL-2.0-only */
/* The keys that a VNI is to have, and the steps that lead there. */
#ifndef VNENCAPD_KEYS_H
#define VNENCAPD_KEYS_H

#include "backend.h"

struct key {
	uint32_t id;
	uint8_t secret[KEY_LEN];
};

/* Keys of a VNI: one to send with, maybe one that is accepted as well */
struct key_pair {
	struct key send;
	struct key also;
	bool has_also;
};

int keys_reach(struct backend *backend, uint32_t vni, const struct key_pair *want);
bool keys_parse(char *text, struct key_pair *pair);
bool keys_same(const struct key_pair *a, const struct key_pair *b);
void keys_text(char *to, const struct key_pair *pair);

/* Room for keys_text() */
#define KEYS_TEXT_MAX 128

#endif /* VNENCAPD_KEYS_H */
