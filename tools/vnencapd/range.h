/* SPDX-License-Identifier: GPL-2.0-only */
/* A page of a list, as etcd's gRPC has it. */
#ifndef VNENCAPD_RANGE_H
#define VNENCAPD_RANGE_H

#include "answer.h"
#include "page.h"

#define RANGE_PATH	"/etcdserverpb.KV/Range"
/* Room for a request; no more than REQUEST_ROOM */
#define RANGE_ROOM	(2 * PAGE_KEY_MAX + 64)

size_t range_request(char *to, const struct page *page, unsigned int limit, int64_t rev);
bool range_answer(const char *bytes, size_t len, struct answer_list *list, answer_item_fn fn,
		  void *data);

#endif /* VNENCAPD_RANGE_H */
