// SPDX-License-Identifier: GPL-2.0-only
/* A session with an etcd that answers what a test says, by a clock that is a number. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "client.h"

struct settings settings;
struct session session;
struct calls calls;
struct did did;
int64_t now;

static void on_begin(void *data)
{
	(void)data;
	did.begun++;
}

static void on_end(void *data, int64_t rev, int64_t at)
{
	(void)data;
	(void)at;
	did.ended++;
	did.rev = rev;
}

static void on_abort(void *data)
{
	(void)data;
	did.aborted++;
}

static void on_item(void *data, const struct answer_item *item, int64_t at)
{
	(void)data;
	(void)at;
	did.items++;
	did.deleted += item->deleted;
}

static void on_forget(void *data)
{
	(void)data;
	did.forgets++;
}

static void on_lease(void *data, int64_t lease, int64_t at)
{
	(void)data;
	(void)lease;
	(void)at;
	did.leases++;
}

static void on_answer(void *data, enum call call, const char *body, size_t len, int64_t at)
{
	(void)data;
	(void)call;
	(void)len;
	(void)at;
	did.answers++;
	did.lost += !body;
}

static const struct session_ops ops = {
	on_begin, on_end, on_abort, on_item, on_forget, on_lease, on_answer
};

static uint32_t no_chance(uint32_t below)
{
	return below / 2;
}

void begin(bool json_only)
{
	memset(&did, 0, sizeof(did));
	calls_init(&calls);
	calls_settings(&settings, 2);
	now = 1000000;
	session_init(&session, &settings, &calls.transport, &ops, NULL, now);
	session.random = no_chance;
	session.json_only = json_only;
	session_run(&session, now);
}

void end(void)
{
	session_free(&session);
	settings_free(&settings);
}

void answer(enum call call, int status, const char *fmt, ...)
{
	char body[4096];
	va_list list;

	va_start(list, fmt);
	vsnprintf(body, sizeof(body), fmt, list);
	va_end(list);
	calls_answer(&calls, call, status, body, now);
}
