/* SPDX-License-Identifier: GPL-2.0-only */
/* The stream of changes, as etcd's gRPC has it. */
#ifndef VNENCAPD_CHANGES_H
#define VNENCAPD_CHANGES_H

#include "answer.h"
#include "settings.h"

#define CHANGES_PATH	"/etcdserverpb.Watch/Watch"
/* Room for a request; no more than REQUEST_ROOM */
#define CHANGES_ROOM	1024

size_t changes_request(char *to, const struct settings *settings, int64_t rev);
bool changes_answer(const char *bytes, size_t len, struct answer_watch *watch,
		    answer_item_fn fn, void *data);

#endif /* VNENCAPD_CHANGES_H */
