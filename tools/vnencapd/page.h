/* SPDX-License-Identifier: GPL-2.0-only */
/* The pages in which a full list is read. */
#ifndef VNENCAPD_PAGE_H
#define VNENCAPD_PAGE_H

#include "answer.h"

/* Longer keys end a list. */
#define PAGE_KEY_MAX	2048

/**
 * struct page - the page that is to be asked for
 * @from: its first key
 * @from_len: bytes of that
 * @end: the first key that is not to be in it
 * @end_len: bytes of that
 * @depth: the keys between have so many bytes in common
 * @base: those of all that is listed
 */
struct page {
	char from[PAGE_KEY_MAX];
	char end[PAGE_KEY_MAX];
	size_t from_len;
	size_t end_len;
	size_t depth;
	size_t base;
};

enum page_next { PAGE_DONE, PAGE_MORE, PAGE_BAD };

void page_begin(struct page *page, const char *below);
enum page_next page_next(struct page *page, const struct answer_list *list, unsigned int limit);

#endif /* VNENCAPD_PAGE_H */
