// SPDX-License-Identifier: GPL-2.0-only
/* What a session asks etcd, as JSON. Each text has REQUEST_ROOM bytes. */
#include <stdio.h>
#include <string.h>

#include "base64.h"
#include "request.h"

/* The keys that are listed and watched: PREFIX "net/", and what is after it */
static void put_range(const struct settings *s, const char *from, char *to, size_t size)
{
	char key[256], end[256], key64[BASE64_LEN(256)], end64[BASE64_LEN(256)];
	int len = snprintf(key, sizeof(key), "%snet/", s->prefix);

	memcpy(end, key, len);
	end[len - 1]++;
	base64_put(key64, key, len);
	base64_put(end64, end, len);
	snprintf(to, size, "\"key\":\"%s\",\"range_end\":\"%s\"", from ? from : key64, end64);
}

/**
 * request_list - a page of a list
 * @to: for the text
 * @settings: these
 * @cursor: where it begins, in base64; NULL for the beginning
 * @limit: items in a page
 * @rev: the revision that all pages are of; 0 for the newest
 */
void request_list(char *to, const struct settings *settings, const char *cursor,
		  unsigned int limit, int64_t rev)
{
	char range[REQUEST_ROOM - 128], at[64] = "";

	put_range(settings, cursor, range, sizeof(range));
	if (rev)
		snprintf(at, sizeof(at), ",\"revision\":\"%lld\"", (long long)rev);
	snprintf(to, REQUEST_ROOM, "{%s,\"limit\":\"%u\"%s}", range, limit, at);
}

/* A list of one, only to see its head */
void request_probe(char *to, const struct settings *settings)
{
	char range[REQUEST_ROOM - 128];

	put_range(settings, NULL, range, sizeof(range));
	snprintf(to, REQUEST_ROOM, "{%s,\"limit\":\"1\",\"keys_only\":true}", range);
}

/* All changes from a revision on */
void request_watch(char *to, const struct settings *settings, int64_t rev)
{
	char range[REQUEST_ROOM - 128];

	put_range(settings, NULL, range, sizeof(range));
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

/* The key after a key, which is that with a zero byte behind it; to be freed. */
char *request_after(const char *last64)
{
	char key[2048], next64[BASE64_LEN(2048)];
	size_t len;

	if (!base64_get(key, sizeof(key) - 1, &len, last64, strlen(last64)))
		return NULL;
	base64_put(next64, key, len + 1);
	return strdup(next64);
}
