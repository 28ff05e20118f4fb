/* SPDX-License-Identifier: GPL-2.0-only */
/* Messages of the netlink family. */
#ifndef MESSAGE_H
#define MESSAGE_H

#include "input.h"

void message_open(const char *dev);
void message_run(const struct input *in);
void message_seeds(void (*take)(const struct input *in));
void message_mutate(struct input *in);
void message_reset(void);

#endif /* MESSAGE_H */
