// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pages in which a full list is read. For each of them etcd goes through all keys
 * up to the end that it is told, however few it is to answer (3.4 does so even where
 * nobody asks how many there are). Of a million keys that is what costs most. So where
 * many are left, the end is near: behind those that begin as this page's keys do.
 */
#include <string.h>

#include "page.h"

/* So many pages may be left before the end is brought near. */
#define PAGES_FEW	4
/* Beginnings of keys that are longer are not worth it, and make requests long. */
#define DEPTH_MAX	200

/* The first key behind all that begin as @from does, for @depth bytes */
static void set_end(struct page *page)
{
	memcpy(page->end, page->from, page->depth);
	page->end_len = page->depth;
	while (page->end_len && (unsigned char)page->end[page->end_len - 1] == 0xff)
		page->end_len--;
	if (page->end_len)
		page->end[page->end_len - 1]++;
	/* then nothing is listed behind it */
	if (page->end_len <= page->base)
		page->depth = page->base;
}

static size_t in_common(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t n = 0;

	while (n < a_len && n < b_len && a[n] == b[n])
		n++;
	return n;
}

/**
 * page_begin - the first page of a list
 * @page: to be filled
 * @below: what all of its keys begin with
 */
void page_begin(struct page *page, const char *below)
{
	page->base = strlen(below);
	page->from_len = page->base;
	memcpy(page->from, below, page->base);
	page->depth = page->base;
	set_end(page);
}

/* Behind the last key of a page, which was full */
static bool go_on(struct page *page, const struct answer_list *list, unsigned int limit)
{
	size_t len = list->last_len, common;

	if (len >= PAGE_KEY_MAX)
		return false;
	common = in_common(page->from, page->from_len, list->last, len);
	if (common < page->depth)
		return false;
	if (list->count / PAGES_FEW > limit && common > page->depth && common <= DEPTH_MAX)
		page->depth = common;
	memcpy(page->from, list->last, len);
	page->from[len] = '\0';
	page->from_len = len + 1;
	return true;
}

/* Behind the end of this page: what comes there begins otherwise. */
static void go_behind(struct page *page)
{
	memcpy(page->from, page->end, page->end_len);
	page->from_len = page->end_len;
	page->depth = page->end_len - 1 > page->base ? page->end_len - 1 : page->base;
}

/**
 * page_next - what is to be asked after a page
 * @page: that was asked; from now on the next one
 * @list: what was answered
 * @limit: the keys that a page has
 *
 * Return: whether that is all; PAGE_BAD if a key is too long, or was not asked for.
 */
enum page_next page_next(struct page *page, const struct answer_list *list, unsigned int limit)
{
	if (!list->more && page->depth == page->base)
		return PAGE_DONE;
	if (!list->more)
		go_behind(page);
	else if (!go_on(page, list, limit))
		return PAGE_BAD;
	set_end(page);
	return PAGE_MORE;
}
