// SPDX-License-Identifier: GPL-2.0-only
/* What is sent to an etcd that answers what a test says. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calls.h"

static void keep(struct transport *transport, enum call call, const struct ask *ask)
{
	struct calls *calls = (struct calls *)transport;
	size_t len = ask->len < CALLS_BODY ? ask->len : CALLS_BODY - 1;

	calls->sent[call]++;
	calls->busy[call] = true;
	memcpy(calls->body[call], ask->body, len);
	calls->body[call][len] = '\0';
	calls->grpc[call] = ask->grpc;
	snprintf(calls->path[call], sizeof(calls->path[call]), "%s", ask->path);
}

static void cancel(struct transport *transport, enum call call)
{
	struct calls *calls = (struct calls *)transport;

	calls->busy[call] = false;
}

void calls_init(struct calls *calls)
{
	memset(calls, 0, sizeof(*calls));
	calls->transport.send = keep;
	calls->transport.cancel = cancel;
}

void calls_answer(struct calls *calls, enum call call, int status, const char *body,
		  int64_t now)
{
	struct receiver *receiver = &calls->transport.receiver;

	calls->busy[call] = false;
	receiver->answer(receiver->data, call, status, body, strlen(body), now);
}

void calls_answer_txn(struct session *session, struct publish *publish, bool good, int rev,
		      int64_t now)
{
	char body[300];

	snprintf(body, sizeof(body),
		 "{\"header\":{\"cluster_id\":\"7\",\"revision\":\"%d\",\"raft_term\":\"2\"}%s}",
		 rev, good ? ",\"succeeded\":true" : "");
	session->busy[CALL_TXN] = false;
	publish_answer(publish, body, strlen(body), now);
}

void calls_line(struct calls *calls, const char *line, int64_t now)
{
	struct receiver *receiver = &calls->transport.receiver;

	receiver->line(receiver->data, line, strlen(line), now);
}

void calls_settings(struct settings *settings, unsigned int servers)
{
	char url[32];

	settings_init(settings);
	settings->source = SOURCE_ETCD;
	while (settings->servers < servers) {
		snprintf(url, sizeof(url), "http://etcd%u", settings->servers);
		settings->server[settings->servers++] = strdup(url);
	}
}
