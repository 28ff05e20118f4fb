/* SPDX-License-Identifier: GPL-2.0-only */
/* What vnencapctl asks etcd. */
#ifndef VNENCAPD_CTL_H
#define VNENCAPD_CTL_H

#include "answer.h"
#include "item.h"
#include "settings.h"
#include "words.h"

/* Room for a key, the prefix included */
#define CTL_KEY_MAX 512

bool ctl_open(const char *settings);
void ctl_close(void);
const struct settings *ctl_settings(void);
int64_t ctl_clock_ms(void);
bool ctl_log_in(void);
bool ctl_list(const char *below, answer_item_fn fn, void *data);
bool ctl_read_item(const struct answer_item *from, struct item *item);
void ctl_map_key(char *key, const struct dest *dest);
bool ctl_change(const char *key, const char *value, int64_t rev, int64_t *at);

/* ctlwait.c */
bool ctl_wait(struct words *words);

#endif /* VNENCAPD_CTL_H */
