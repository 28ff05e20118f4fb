// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lease of a session. Only that this host lives hangs on it, and no mapping:
 * a lease that lapses takes nothing away.
 *
 * The gateway holds a stream of renewals back until it ends, so each renewal is a
 * request of its own. Its answer is also what tells that a member is stuck, and
 * how far etcd is.
 */
#include <stdio.h>
#include <string.h>

#include "lease.h"
#include "post.h"

/* So many renewals may be lost */
#define RENEWALS 3

static void grant_lease(struct session *s)
{
	char body[64];

	snprintf(body, sizeof(body), "{\"TTL\":\"%u\"}", s->settings->ttl);
	post_json(s, CALL_LEASE, "/v3/lease/grant", body, ANSWER_MS);
}

static void renew_lease(struct session *s)
{
	char body[64];

	snprintf(body, sizeof(body), "{\"ID\":\"%lld\"}", (long long)s->lease);
	post_json(s, CALL_LEASE, "/v3/lease/keepalive", body, ANSWER_MS);
}

/* Grant or renew, if it is time for it. */
void lease_run(struct session *s)
{
	if (!session_is_up(s) || s->busy[CALL_LEASE] || s->now < s->lease_at)
		return;
	s->lease_at = s->now + s->settings->ttl * 1000LL / RENEWALS;
	if (s->lease)
		renew_lease(s);
	else
		grant_lease(s);
}

static void lost(struct session *s)
{
	s->lease = 0;
	s->lease_at = s->now;
}

/* An answer to either */
void lease_take(struct session *s, const char *body, size_t len)
{
	struct answer_lease lease;

	if (!answer_lease(body, len, &lease)) {
		session_fail(s, "it answers about the lease with something else");
		return;
	}
	if (!session_check_head(s, &lease.head))
		return;
	if (!lease.id || lease.ttl <= 0) {
		lost(s);
		return;
	}
	if (lease.id == s->lease)
		return;
	s->lease = lease.id;
	s->ops->lease(s->data, s->lease, s->now);
}

/* Is it an error that says that there is no such lease? Then there will be one. */
bool lease_gone(struct session *s, const char *error)
{
	if (!s->lease || !strstr(error, "lease not found"))
		return false;
	lost(s);
	return true;
}
