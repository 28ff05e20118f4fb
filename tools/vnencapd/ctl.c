// SPDX-License-Identifier: GPL-2.0-only
/* What vnencapctl asks etcd: one request after the other, of whichever member answers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base64.h"
#include "core.h"
#include "ctl.h"
#include "http.h"
#include "request.h"

#define ANSWER_MS 10000
#define PAGE_ITEMS 4000

/* The one request that is under way */
static struct {
	struct settings settings;
	struct http *http;
	char token[1024];
	bool done;
	int status;
	char *body;
	size_t len;
} ctl;

const struct settings *ctl_settings(void)
{
	return &ctl.settings;
}

int64_t ctl_clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static void on_answer(void *data, enum call call, int status, const char *body, size_t len,
		      int64_t now)
{
	(void)data;
	(void)call;
	(void)now;
	free(ctl.body);
	ctl.body = malloc(len + 1);
	if (!ctl.body)
		abort();
	memcpy(ctl.body, body, len);
	ctl.body[len] = '\0';
	ctl.len = len;
	ctl.status = status;
	ctl.done = true;
}

static void on_line(void *data, const char *line, size_t len, int64_t now)
{
	(void)data;
	(void)line;
	(void)len;
	(void)now;
}

/* One member after the other, until one answers */
static bool ask(const char *path, const char *body)
{
	struct transport *transport = http_transport(ctl.http);
	const struct settings *s = &ctl.settings;
	char error[256] = "no answer in time";
	int64_t end;
	unsigned int i;

	for (i = 0; i < s->servers; i++) {
		const struct ask asked = {
			.server = s->server[i], .path = path, .body = body,
			.len = strlen(body), .token = ctl.token[0] ? ctl.token : NULL,
		};

		ctl.done = false;
		transport->send(transport, CALL_TXN, &asked);
		end = ctl_clock_ms() + ANSWER_MS;
		while (!ctl.done && ctl_clock_ms() < end) {
			http_run(ctl.http, ctl_clock_ms());
			if (!ctl.done)
				http_wait(ctl.http, NULL, 0, end - ctl_clock_ms());
		}
		if (ctl.done && ctl.status == 200)
			return true;
		if (ctl.done && ctl.status < 0)
			snprintf(error, sizeof(error), "%s", ctl.body);
		else if (ctl.done)
			answer_error(ctl.body, ctl.len, error, sizeof(error));
		transport->cancel(transport, CALL_TXN);
		fprintf(stderr, "vnencapctl: %s: %s\n", s->server[i], error);
	}
	return false;
}

/* Get a token, where etcd wants a user. */
bool ctl_log_in(void)
{
	char body[REQUEST_ROOM];
	bool good;

	if (!ctl.settings.user)
		return true;
	good = request_auth(body, &ctl.settings) && ask("/v3/auth/authenticate", body) &&
	       answer_token(ctl.body, ctl.len, ctl.token, sizeof(ctl.token));
	explicit_bzero(body, sizeof(body));
	return good;
}

/**
 * ctl_list - read keys
 * @below: what all of them begin with, behind the prefix
 * @fn: gets each
 * @data: for @fn
 *
 * Return: whether all of it could be read.
 */
bool ctl_list(const char *below, answer_item_fn fn, void *data)
{
	enum page_next next = PAGE_MORE;
	char body[REQUEST_ROOM], key[CTL_KEY_MAX];
	struct answer_list got;
	struct page page;
	int64_t rev = 0;

	snprintf(key, sizeof(key), "%s%s", ctl.settings.prefix, below);
	page_begin(&page, key);
	while (next == PAGE_MORE) {
		request_list(body, &page, PAGE_ITEMS, rev);
		if (!ask("/v3/kv/range", body) ||
		    !answer_list(ctl.body, ctl.len, &got, fn, data))
			return false;
		rev = rev ? rev : got.head.rev;
		next = page_next(&page, &got, PAGE_ITEMS);
		free(got.last);
	}
	return next == PAGE_DONE;
}

/* What a key below net/ says, if it is right */
bool ctl_read_item(const struct answer_item *from, struct item *item)
{
	size_t skip = strlen(ctl.settings.prefix) + strlen("net/");
	char value[VALUE_ROOM];

	if (from->long_key || from->huge || from->key_len < skip ||
	    !item_key(item, from->key + skip, from->key_len - skip))
		return false;
	memcpy(value, from->value, from->value_len + 1);
	return item_value(item, value, from->value_len);
}

void ctl_map_key(char *key, const struct dest *dest)
{
	char text[ITEM_KEY_MAX];

	item_map_key(text, dest);
	snprintf(key, CTL_KEY_MAX, "%snet/%s", ctl.settings.prefix, text);
}

/**
 * ctl_change - change a key
 * @key: with the prefix
 * @value: its new value; NULL to delete it
 * @rev: the revision that it must be of; below 0 for any
 * @at: gets the revision of the change; may be NULL
 *
 * Return: whether it was changed.
 */
bool ctl_change(const char *key, const char *value, int64_t rev, int64_t *at)
{
	char key64[BASE64_LEN(CTL_KEY_MAX)], value64[BASE64_LEN(VALUE_ROOM)];
	char body[8192], compare[1024] = "";
	struct answer_txn txn;

	base64_put(key64, key, strlen(key));
	base64_put(value64, value ? value : "", value ? strlen(value) : 0);
	if (rev >= 0)
		snprintf(compare, sizeof(compare),
			 "{\"key\":\"%s\",\"result\":\"EQUAL\",\"target\":\"MOD\",\"mod_revision\":\"%lld\"}",
			 key64, (long long)rev);
	if (value)
		snprintf(body, sizeof(body),
			 "{\"compare\":[%s],\"success\":[{\"request_put\":{\"key\":\"%s\",\"value\":\"%s\"}}]}",
			 compare, key64, value64);
	else
		snprintf(body, sizeof(body),
			 "{\"compare\":[%s],\"success\":[{\"request_delete_range\":{\"key\":\"%s\"}}]}",
			 compare, key64);
	if (!ask("/v3/kv/txn", body) || !answer_txn(ctl.body, ctl.len, &txn) || !txn.succeeded)
		return false;
	if (at)
		*at = txn.head.rev;
	return true;
}

/* Read the settings; false where they are wrong or name no etcd, which was said then. */
bool ctl_open(const char *settings)
{
	settings_init(&ctl.settings);
	if (!settings_read(&ctl.settings, settings))
		return false;
	if (ctl.settings.source != SOURCE_ETCD) {
		fprintf(stderr, "vnencapctl: %s names no etcd\n", settings);
		return false;
	}
	ctl.http = http_new(&ctl.settings);
	http_transport(ctl.http)->receiver = (struct receiver){ on_answer, on_line, NULL };
	return true;
}

void ctl_close(void)
{
	http_free(ctl.http);
	free(ctl.body);
	settings_free(&ctl.settings);
}
