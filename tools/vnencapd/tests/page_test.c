// SPDX-License-Identifier: GPL-2.0-only
/* The pages of a list, from an etcd that is a sorted array. */
#include <stdlib.h>
#include <string.h>

#include "tap.h"
#include "../page.h"

#define BELOW	"/v/net/"
#define KEYS	60000
#define KEY_MAX	40

static struct key {
	size_t len;
	char text[KEY_MAX];
	unsigned int seen;
} key[KEYS];
static unsigned int keys;

/* What etcd went through for the list, and in how many pages */
static uint64_t visited;
static unsigned int pages;

static int compare(const char *a, size_t a_len, const char *b, size_t b_len)
{
	int way = memcmp(a, b, a_len < b_len ? a_len : b_len);

	return way ? way : a_len < b_len ? -1 : a_len > b_len;
}

static int by_text(const void *a, const void *b)
{
	const struct key *one = a, *other = b;

	return compare(one->text, one->len, other->text, other->len);
}

static void add(const char *text, size_t len)
{
	struct key *k = &key[keys++];

	memcpy(k->text, BELOW, strlen(BELOW));
	memcpy(k->text + strlen(BELOW), text, len);
	k->len = strlen(BELOW) + len;
	k->seen = 0;
}

static void ask(const struct page *page, unsigned int limit, struct answer_list *list)
{
	unsigned int i;

	memset(list, 0, sizeof(*list));
	for (i = 0; i < keys; i++) {
		if (compare(key[i].text, key[i].len, page->from, page->from_len) < 0)
			continue;
		if (compare(key[i].text, key[i].len, page->end, page->end_len) >= 0)
			break;
		visited++;
		list->count++;
		if (list->items == limit) {
			list->more = true;
			continue;
		}
		list->items++;
		key[i].seen++;
		list->last = key[i].text;
		list->last_len = key[i].len;
	}
	pages++;
}

/* Is each key seen once? */
static bool all(unsigned int limit)
{
	enum page_next next = PAGE_MORE;
	struct answer_list list;
	struct page page;
	unsigned int i;

	qsort(key, keys, sizeof(key[0]), by_text);
	for (i = 0; i < keys; i++)
		key[i].seen = 0;
	visited = 0;
	pages = 0;
	page_begin(&page, BELOW);
	while (next == PAGE_MORE && pages < 10 * KEYS) {
		ask(&page, limit, &list);
		next = page_next(&page, &list, limit);
	}
	for (i = 0; i < keys; i++)
		if (key[i].seen != 1 && compare(key[i].text, key[i].len, key[i ? i - 1 : 0].text,
						key[i ? i - 1 : 0].len))
			return false;
	return next == PAGE_DONE;
}

static void test_mappings(void)
{
	char text[KEY_MAX];
	unsigned int i;

	keys = 0;
	for (i = 0; i < KEYS; i++) {
		sprintf(text, "map/%u/10.%u.%u.%u/32", 1 + i % 3, i >> 14, i >> 8 & 255, i & 255);
		add(text, strlen(text));
	}
	check(all(500), "a list has each key once");
	printf("# %u pages, %llu keys were gone through\n", pages, (unsigned long long)visited);
	check(pages < 2 * KEYS / 500, "in few more pages than need be");
	check(visited < 10ull * KEYS, "and etcd does not go through all of them for each");
}

static void test_few(void)
{
	keys = 0;
	check(all(10) && pages == 1, "there may be none");
	add("map/1/10.0.0.1/32", 17);
	check(all(10) && pages == 1, "or one");
	add("host/a", 6);
	check(all(1) && pages == 2, "or one on each page");
}

/* Keys of any bytes, of few kinds each, and with all bits set */
static void test_odd(void)
{
	static const char bytes[] = { 0, 1, 'a', '/', (char)0xfe, (char)0xff, (char)0xff };
	unsigned int round, i, j, n;
	char text[12];
	bool good = true;

	for (round = 0; good && round < 300; round++) {
		keys = 0;
		n = 1 + random() % 400;
		for (i = 0; i < n; i++) {
			unsigned int len = random() % sizeof(text);

			for (j = 0; j < len; j++)
				text[j] = bytes[random() % (1 + round % sizeof(bytes))];
			if (round % 2)
				memset(text, 0xff, len / 2);
			add(text, len);
		}
		/* none twice */
		qsort(key, keys, sizeof(key[0]), by_text);
		for (i = 0, j = 0; i < keys; i++)
			if (!i || by_text(&key[i], &key[i - 1]))
				key[j++] = key[i];
		keys = j;
		good = all(1 + random() % 12);
	}
	check(good, "keys may be of any bytes");
}

static void test_wrong(void)
{
	struct answer_list list = { .more = true, .last = (char *)"x", .last_len = 1 };
	static char huge[PAGE_KEY_MAX];
	struct page page;

	page_begin(&page, BELOW);
	check(page_next(&page, &list, 5) == PAGE_BAD, "a key that was not asked for");
	page_begin(&page, BELOW);
	memset(huge, 'A', sizeof(huge));
	memcpy(huge, BELOW, strlen(BELOW));
	list.last = huge;
	list.last_len = sizeof(huge);
	check(page_next(&page, &list, 5) == PAGE_BAD, "or that is too long, ends it");
}

int main(void)
{
	test_mappings();
	test_few();
	test_odd();
	test_wrong();
	return tap_end();
}
