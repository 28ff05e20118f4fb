// SPDX-License-Identifier: GPL-2.0-only
/*
 * A roll call: whoever wants to know that all hosts have heard what etcd says (an
 * address that moved must not go from its old host before) puts the key net/roll. Each
 * host that lives then says, in a key of its own that hangs on its lease, the revision
 * of that call: its kernel was told all changes up to there.
 *
 * That is a change for each host, and so nothing that is done of itself for each move.
 * Calls that come fast are answered together.
 */
#include <stdio.h>
#include <string.h>

#include "base64.h"
#include "roll.h"

/* Within that time all hosts answer, not all at once. */
#define SPREAD_MS	50
#define RETRY_MS	500

void roll_init(struct roll *roll, const struct settings *settings, struct session *session,
	       const struct core *core)
{
	memset(roll, 0, sizeof(*roll));
	roll->settings = settings;
	roll->session = session;
	roll->core = core;
}

/* Somebody wants to know who has heard all up to that revision. */
void roll_called(struct roll *roll, int64_t rev, int64_t now)
{
	if (rev <= roll->called)
		return;
	roll->called = rev;
	roll->next_at = now + roll->session->random(SPREAD_MS);
}

/* Revisions begin anew. */
void roll_forget(struct roll *roll)
{
	roll->called = 0;
	roll->told = 0;
}

/* What was told before hung on another lease. */
void roll_lease(struct roll *roll)
{
	roll->told = 0;
}

bool roll_asked(const struct roll *roll)
{
	return roll->telling;
}

/* A change was made, or not: see publish_answer(). */
void roll_answer(struct roll *roll, const char *body, size_t len)
{
	struct answer_txn txn;

	if (body && answer_txn(body, len, &txn) && roll->telling <= roll->called)
		roll->told = roll->telling;
	roll->telling = 0;
}

/* Is all in the kernel that etcd has said? */
static bool kernel_has_all(const struct core *core)
{
	return core->ready && core->kernel && !core->listing && !core->dirty.count;
}

static bool tell(struct roll *roll, int64_t now)
{
	char key[512], key64[BASE64_LEN(512)], value[32], value64[64], body[1200];
	int len = snprintf(key, sizeof(key), "%sack/roll/%s", roll->settings->prefix,
			   roll->settings->name);

	base64_put(key64, key, len);
	base64_put(value64, value, sprintf(value, "%lld", (long long)roll->called));
	snprintf(body, sizeof(body),
		 "{\"success\":[{\"request_put\":{\"key\":\"%s\",\"value\":\"%s\",\"lease\":\"%lld\"}}]}",
		 key64, value64, (long long)roll->session->lease);
	return session_call(roll->session, CALL_TXN, "/v3/kv/txn", body, now);
}

/* Answer the call, if there is one and it can be answered; returns when to look again. */
int64_t roll_run(struct roll *roll, int64_t now)
{
	const struct session *s = roll->session;

	if (roll->called <= roll->told || roll->telling || !roll->settings->locals ||
	    s->state != SESSION_WATCH || !s->lease || s->busy[CALL_TXN])
		return NEVER;
	if (now < roll->next_at)
		return roll->next_at;
	if (!kernel_has_all(roll->core))
		return roll->core->kernel ? now : now + RETRY_MS;
	if (tell(roll, now))
		roll->telling = roll->called;
	roll->next_at = now + RETRY_MS;
	return NEVER;
}
