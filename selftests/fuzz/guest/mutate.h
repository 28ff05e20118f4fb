/* SPDX-License-Identifier: GPL-2.0-only */
/* Inputs changed as chance has it. */
#ifndef MUTATE_H
#define MUTATE_H

#include "input.h"

uint8_t *mutate_data(struct record *r, uint32_t grow);
void mutate_bytes(struct record *r);
void mutate_records(struct input *in, const struct input *other);

#endif /* MUTATE_H */
