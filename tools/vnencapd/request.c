// SPDX-License-Identifier: GPL-2.0-only
/* What a session asks etcd, as JSON. Each text has REQUEST_ROOM bytes. */
#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "base64.h"
#include "request.h"

/* The keys that are listed and watched: PREFIX "net/", and what is after it */
static void put_range(const struct settings *s, char *to, size_t size)
{
	char key[256], end[256], key64[BASE64_LEN(256)], end64[BASE64_LEN(256)];
	int len = snprintf(key, sizeof(key), "%snet/", s->prefix);

	memcpy(end, key, len);
	end[len - 1]++;
	base64_put(key64, key, len);
	base64_put(end64, end, len);
	snprintf(to, size, "\"key\":\"%s\",\"range_end\":\"%s\"", key64, end64);
}

/* The first page of a list of these keys */
void request_begin_list(struct page *page, const struct settings *settings)
{
	char below[256];

	snprintf(below, sizeof(below), "%snet/", settings->prefix);
	page_begin(page, below);
}

/* The revision that something is asked of, with a comma before; nothing for the newest */
static void put_revision(char *to, size_t size, int64_t rev)
{
	to[0] = '\0';
	if (rev)
		snprintf(to, size, ",\"revision\":\"%lld\"", (long long)rev);
}

/**
 * request_list - a page of a list
 * @to: for the text
 * @page: which one
 * @limit: items in a page
 * @rev: the revision that all pages are of; 0 for the newest
 */
void request_list(char *to, const struct page *page, unsigned int limit, int64_t rev)
{
	char from64[BASE64_LEN(PAGE_KEY_MAX)], end64[BASE64_LEN(PAGE_KEY_MAX)], at[64];

	put_revision(at, sizeof(at), rev);
	base64_put(from64, page->from, page->from_len);
	base64_put(end64, page->end, page->end_len);
	snprintf(to, REQUEST_ROOM, "{\"key\":\"%s\",\"range_end\":\"%s\",\"limit\":\"%u\"%s}",
		 from64, end64, limit, at);
}

/**
 * request_look - a look at one key
 * @to: for the text
 * @key: the key
 * @len: its length, less than KEY_ROOM
 * @rev: as it was at that revision; 0 for now
 */
void request_look(char *to, const char *key, size_t len, int64_t rev)
{
	char key64[BASE64_LEN(KEY_ROOM)], at[64];

	put_revision(at, sizeof(at), rev);
	base64_put(key64, key, len);
	snprintf(to, REQUEST_ROOM, "{\"key\":\"%s\"%s}", key64, at);
}

/* A look at no key of ours, only to see the answer's head */
void request_probe(char *to, const struct settings *settings)
{
	char key[KEY_ROOM];

	request_look(to, key, snprintf(key, sizeof(key), "%snet/", settings->prefix), 0);
}

/* All changes from a revision on */
void request_watch(char *to, const struct settings *settings, int64_t rev)
{
	char range[REQUEST_ROOM - 128];

	put_range(settings, range, sizeof(range));
	snprintf(to, REQUEST_ROOM,
		 "{\"create_request\":{%s,\"start_revision\":\"%lld\",\"progress_notify\":true}}",
		 range, (long long)rev);
}

/* The text is secret. False where JSON would need more care than is taken here. */
bool request_auth(char *to, const struct settings *settings)
{
	FILE *file = settings->password_file ? fopen(settings->password_file, "re") : NULL;
	char password[256] = "";
	bool good;

	if (file) {
		if (!fgets(password, sizeof(password), file))
			password[0] = '\0';
		fclose(file);
		password[strcspn(password, "\r\n")] = '\0';
	}
	good = !strpbrk(password, "\"\\") && !strpbrk(settings->user, "\"\\");
	snprintf(to, REQUEST_ROOM, "{\"name\":\"%.200s\",\"password\":\"%s\"}", settings->user,
		 password);
	explicit_bzero(password, sizeof(password));
	return good;
}
