// SPDX-License-Identifier: GPL-2.0-only
/* What etcd answers by gRPC, right and wrong: a page of a list, and changes. */
#include <stdlib.h>
#include <string.h>

#include "tap.h"
#include "../changes.h"
#include "../range.h"

#define BYTES(text)	text, sizeof(text) - 1

/* Cluster 7, revision 300, term 2 */
#define HEAD	"\x0a\x07\x08\x07\x18\xac\x02\x20\x02"
/* a = x, of revision 3, which was made at 1 */
#define KV_A	"\x12\x0a\x0a\x01" "a" "\x10\x01\x18\x03\x2a\x01" "x"
#define KV_BC	"\x12\x09\x0a\x02" "bc" "\x18\x04\x2a\x01" "y"

static struct answer_item item[4];
static unsigned int items;

static void keep(const struct answer_item *from, void *data)
{
	(void)data;
	if (items < 4)
		item[items] = *from;
	items++;
}

static char *make_frame(const char *message, size_t len)
{
	char *frame = malloc(len + 5);

	frame[0] = 0;
	frame[1] = (char)(len >> 24);
	frame[2] = (char)(len >> 16);
	frame[3] = (char)(len >> 8);
	frame[4] = (char)len;
	memcpy(frame + 5, message, len);
	items = 0;
	return frame;
}

/* Read it as a frame of that length. */
static bool take(const char *message, size_t len, struct answer_list *list)
{
	char *frame = make_frame(message, len);
	bool good;

	good = range_answer(frame, len + 5, list, keep, NULL);
	free(frame);
	return good;
}

static bool wrong(const char *message, size_t len)
{
	struct answer_list list;
	bool good = take(message, len, &list);

	free(list.last);
	return !good;
}

static void test_right(void)
{
	struct answer_list list;
	bool good;

	good = take(BYTES(HEAD KV_A KV_BC "\x18\x01\x20\xac\x02"), &list);
	check(good && list.head.cluster == 7 && list.head.rev == 300 && list.head.term == 2,
	      "it has a head");
	check(good && list.items == 2 && list.more && list.count == 300, "and says how much");
	check(good && list.last_len == 2 && !memcmp(list.last, "bc", 2), "and where it goes on");
	check(items == 2 && !strcmp(item[0].key, "a") && item[0].key_len == 1 &&
	      !strcmp(item[0].value, "x") && item[0].value_len == 1 && item[0].rev == 3 &&
	      !item[0].long_key && !item[0].huge && !item[0].deleted, "and the items");
	free(list.last);
	good = take(BYTES(HEAD), &list);
	check(good && !list.items && !list.more && !list.last, "there may be none");
	good = take(BYTES(HEAD "\x7a\x01x\x78\x05\x79" "12345678" "\x7d" "1234" KV_A), &list);
	check(good && items == 1, "what is not known is passed over");
	free(list.last);
	good = take(BYTES(HEAD "\x12\x03\x0a\x01" "k"), &list);
	check(good && items == 1 && !item[0].value_len && !item[0].value[0],
	      "a value may be empty");
	free(list.last);
}

/* A number that ends with these bytes: below them all is set */
#define VAST(end)	"\xff\xff\xff\xff\xff\xff\xff\xff" end

static void test_vast(void)
{
	struct answer_list list;
	bool good;

	good = take(BYTES("\x0a\x0d\x08\x07\x18" VAST("\xff\x01") KV_A "\x20" VAST("\x7f")),
		    &list);
	check(good && list.head.cluster == 7 && !list.head.rev && !list.count,
	      "what etcd never counts to is none");
	free(list.last);
	good = take(BYTES("\x0a\x0e\x08\x07\x18" VAST("\x7f") "\x20\x02" KV_A), &list);
	check(good && !list.head.rev && list.head.term == 2, "nor the last number that there is");
	free(list.last);
}

static void test_long(void)
{
	static char text[8192];
	struct answer_list list;
	size_t at = sizeof(HEAD) - 1;
	bool good;

	memset(text, 'k', sizeof(text));
	memcpy(text, BYTES(HEAD));
	/* a key of 300 bytes and a value of 2000, 2306 in all */
	memcpy(text + at, BYTES("\x12\x82\x12\x0a\xac\x02"));
	memcpy(text + at + 6 + 300, BYTES("\x2a\xd0\x0f"));
	good = take(text, at + 6 + 300 + 3 + 2000, &list);
	check(good && items == 1 && item[0].long_key && item[0].huge,
	      "what is too long to be ours is told");
	check(good && item[0].key_len == 48 && item[0].key[47] == 'k' && !item[0].key[48],
	      "with so much of it that a log can name it");
	check(good && list.last_len == 300, "and the list goes on behind it");
	free(list.last);
}

static void test_wrong(void)
{
	static const char right[] = HEAD KV_A KV_BC "\x18\x01";
	struct answer_list list;
	bool good = true;
	size_t i;

	for (i = 0; i < sizeof(HEAD) - 1; i++)
		good &= wrong(right, i);
	check(good, "a message without its head is none");
	for (; i < sizeof(right) - 1; i++) {
		take(right, i, &list);
		free(list.last);
	}
	check(wrong(BYTES(HEAD "\x18\x01")), "a list that goes on after nothing is none");
	check(wrong(BYTES(HEAD "\x12\x7f\x0a\x01" "a")), "nor is one that ends too soon");
	check(wrong(BYTES(HEAD "\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")), "or nowhere");
	check(wrong(BYTES(HEAD "\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")),
	      "nor a number that does not end");
	check(wrong(BYTES(HEAD "\x12\x02\x18\x03")), "nor one of a key that is not there");
	check(wrong(BYTES(HEAD "\x10\x03")), "nor of a key that is a number");
	check(wrong(BYTES("\x08\x03")), "nor one whose head is");
	check(wrong(BYTES(HEAD "\x13")), "nor a group");
	check(!range_answer(BYTES("\x01\0\0\0\0"), &list, NULL, NULL) &&
	      !range_answer(BYTES("\0\0\0\0\1"), &list, NULL, NULL) &&
	      !range_answer(BYTES("\0\0\0"), &list, NULL, NULL), "nor a frame that is wrong");
}

static void test_request(void)
{
	static const char right[] = "\0\0\0\0\x0d\x0a\x03/v/\x12\x03/v0\x18\xac\x02";
	char request[RANGE_ROOM];
	struct page page;

	page_begin(&page, "/v/");
	check(range_request(request, &page, 300, 0) == sizeof(right) - 1 &&
	      !memcmp(request, right, sizeof(right) - 1), "a page is asked for");
	check(range_request(request, &page, 300, 5) == sizeof(right) + 1 &&
	      !memcmp(request + sizeof(right) - 1, "\x20\x05", 2), "of a revision");
}

static bool change(const char *message, size_t len, struct answer_watch *watch)
{
	char *frame = make_frame(message, len);
	bool good = changes_answer(frame, len + 5, watch, keep, NULL);

	free(frame);
	return good;
}

static void test_changes(void)
{
	static const char both[] = HEAD "\x5a\x0c\x12\x0a\x0a\x01" "a" "\x10\x01\x18\x05\x2a\x01"
		"x" "\x5a\x09\x08\x01\x12\x05\x0a\x01" "b" "\x18\x06";
	struct answer_watch watch;

	check(change(BYTES(HEAD "\x18\x01"), &watch) && watch.created && !watch.events &&
	      watch.head.rev == 300, "a stream begins");
	check(change(BYTES(both), &watch) && watch.events == 2 && watch.last == 6,
	      "it has changes");
	check(items == 2 && !item[0].deleted && item[0].rev == 5 && !strcmp(item[0].value, "x") &&
	      item[1].deleted && item[1].rev == 6 && !strcmp(item[1].key, "b"),
	      "some are deletions");
	check(change(BYTES(HEAD "\x20\x01\x28\x0a"), &watch) && watch.canceled &&
	      watch.compacted == 10, "it ends with a compaction");
	check(!change(BYTES("\x18\x01"), &watch), "without a head it is none");
	check(!change(BYTES(HEAD "\x5a\x02\x08\x01"), &watch), "nor with a change of nothing");
	check(!change(BYTES(HEAD "\x58\x02"), &watch), "nor of a number");
}

static void test_changes_request(void)
{
	static const char right[] = "\0\0\0\0\x25\x0a\x23\x0a\x0d/vnencap/net/"
		"\x12\x0d/vnencap/net0\x18\xac\x02\x20\x01";
	char request[CHANGES_ROOM];
	struct settings settings;

	settings_init(&settings);
	check(changes_request(request, &settings, 300) == sizeof(right) - 1 &&
	      !memcmp(request, right, sizeof(right) - 1), "changes are asked for");
	settings_free(&settings);
}

int main(void)
{
	test_right();
	test_vast();
	test_long();
	test_wrong();
	test_request();
	test_changes();
	test_changes_request();
	return tap_end();
}
