// SPDX-License-Identifier: GPL-2.0-only
/*
 * What this host says of itself in etcd. Each prefix has one key, and the host that
 * writes it last has the prefix: an address that appears here is taken at once from
 * the host that had it, by one change that all others see as one. What was here
 * before, and that another host has taken since, is not taken back.
 *
 * These keys do not hang on the lease. A host that cannot reach etcd, or is slow,
 * still has its addresses; only the host itself, another one that takes them, or the
 * administrator (vnencapctl drain) ends that.
 */
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "item.h"
#include "publish.h"
#include "../vnencap/cli.h"
#include "core.h"

#define BATCH_MAX	64
#define SETTLE_MS	15000
#define BODY_ROOM	(BATCH_MAX * 3072)

static struct claim *find(const struct publish *p, const struct dest *dest)
{
	uint32_t i, hash = dest->vni;
	struct claim *c;

	for (i = 0; i < sizeof(dest->bytes); i++)
		hash = hash * 31 + dest->bytes[i];
	for (c = p->bucket[hash % CLAIM_BUCKETS]; c; c = c->next)
		if (!memcmp(&c->dest, dest, sizeof(*dest)))
			return c;
	return NULL;
}

static struct claim *need(struct publish *p, const struct dest *dest)
{
	struct claim *c = find(p, dest);
	uint32_t i, hash = dest->vni;

	if (c)
		return c;
	for (i = 0; i < sizeof(dest->bytes); i++)
		hash = hash * 31 + dest->bytes[i];
	c = calloc(1, sizeof(*c));
	if (!c)
		abort();
	c->dest = *dest;
	c->state = p->listed ? CLAIM_MISSING : CLAIM_UNKNOWN;
	c->next = p->bucket[hash % CLAIM_BUCKETS];
	p->bucket[hash % CLAIM_BUCKETS] = c;
	p->stats.claims++;
	return c;
}

/* The claim after @c, which is in the bucket @i; for NULL, the first of all */
static struct claim *next_claim(const struct publish *p, struct claim *c, unsigned int *i)
{
	if (c && c->next)
		return c->next;
	for (*i = c ? *i + 1 : 0; *i < CLAIM_BUCKETS; (*i)++)
		if (p->bucket[*i])
			return p->bucket[*i];
	return NULL;
}

/**
 * publish_init - begin with what the settings say
 * @p: to be filled
 * @settings: kept
 * @session: kept
 * @now: the time in ms
 */
void publish_init(struct publish *p, const struct settings *settings, struct session *session,
		  int64_t now)
{
	struct way way = { };
	struct targets *targets;
	struct target *target;
	unsigned int i;

	memset(p, 0, sizeof(*p));
	p->settings = settings;
	p->session = session;
	p->batch = BATCH_MAX;
	p->settled_at = now + SETTLE_MS;
	for (i = 0; i < settings->published; i++) {
		struct claim *c = need(p, &settings->publish[i]);

		c->fixed = true;
		c->here = true;
	}
	p->can = settings->locals;
	if (!p->can) {
		if (settings->published || settings->publish_devices)
			say(LOG_ERROR, "\"publish\" needs \"local ADDR\": nothing is published");
		return;
	}
	targets = calloc(1, sizeof(*targets));
	if (!targets)
		abort();
	way_add(&way, &settings->local[0], 1);
	target = target_get(targets, &way);
	sprintf(target_text(p->value, target), " host %s", settings->name);
	target_text(p->host_value, target);
	target_put(targets, target);
	free(targets);
}

void publish_free(struct publish *p)
{
	struct claim *c;
	unsigned int i;

	for (i = 0; i < CLAIM_BUCKETS; i++)
		while ((c = p->bucket[i])) {
			p->bucket[i] = c->next;
			free(c);
		}
}

void publish_list_begin(struct publish *p)
{
	p->list++;
}

/* What the list did not have is missing, unless it came later. */
void publish_list_end(struct publish *p, int64_t rev)
{
	struct claim *c = NULL;
	unsigned int i;

	p->listed = true;
	while ((c = next_claim(p, c, &i)))
		if (c->list != p->list && c->rev <= rev)
			c->state = CLAIM_MISSING;
}

static void taken(struct publish *p, struct claim *c, const struct way *way, int64_t now)
{
	char text[DEST_TEXT_MAX];

	if (c->state == CLAIM_OTHER || c->take)
		return;
	dest_text(text, &c->dest);
	complain(&p->limit_taken, now, "%s is here, and %s%s has it in etcd; it is left there",
		 text, way->host[0] ? "host " : "somebody", way->host);
	p->stats.lost++;
}

/**
 * publish_item - etcd says where a prefix is
 * @p: what this host says
 * @dest: the prefix
 * @way: where it is; NULL where it is said no longer
 * @value: that in etcd's words
 * @rev: the revision that says so
 * @now: the time in ms
 */
void publish_item(struct publish *p, const struct dest *dest, const struct way *way,
		  const char *value, int64_t rev, int64_t now)
{
	bool mine = way && !strcmp(way->host, p->settings->name);
	struct claim *c = mine && p->can ? need(p, dest) : find(p, dest);

	if (!c)
		return;
	c->list = p->list;
	if (rev < c->rev)
		return;
	c->rev = rev;
	if (!way) {
		c->state = CLAIM_MISSING;
	} else if (mine) {
		c->state = strcmp(value, p->value) ? CLAIM_STALE : CLAIM_MINE;
	} else {
		if (c->here)
			taken(p, c, way, now);
		c->state = CLAIM_OTHER;
	}
}

/**
 * publish_spoiled - somebody has put nonsense where a prefix should be
 * @p: what this host says
 * @dest: the prefix
 * @rev: the revision that did so
 *
 * What was here, as far as is known, is said again. Others keep what they know, but a
 * host that comes anew would know nothing.
 */
void publish_spoiled(struct publish *p, const struct dest *dest, int64_t rev)
{
	struct claim *c = find(p, dest);

	if (!c)
		return;
	c->list = p->list;
	if (rev < c->rev || c->state == CLAIM_OTHER)
		return;
	c->rev = rev;
	c->state = CLAIM_STALE;
}

/* Etcd begins anew: what this host had, it takes; what others had is theirs. */
void publish_forget(struct publish *p)
{
	struct claim *c = NULL;
	unsigned int i;

	while ((c = next_claim(p, c, &i))) {
		if (c->state == CLAIM_MINE && c->here)
			c->take = true;
		c->state = CLAIM_MISSING;
		c->rev = 0;
	}
}

/* There is a new lease: what hangs on it is to be said again. */
void publish_lease(struct publish *p)
{
	p->host_due = p->can;
}

/* Is it here, for any reason? Returns whether it has come. */
static bool update_here(struct claim *c)
{
	bool was = c->here;

	c->here = c->fixed || c->device || c->told || c->held;
	if (!c->here)
		c->take = false;
	return c->here && !was;
}

static void forget_seen(struct publish *p)
{
	struct claim *c = NULL;
	unsigned int i;

	while ((c = next_claim(p, c, &i)))
		c->seen = false;
}

void publish_look_begin(struct publish *p)
{
	forget_seen(p);
}

void publish_look(struct publish *p, const struct dest *dest)
{
	if (p->can)
		need(p, dest)->seen = true;
}

/**
 * publish_look_end - all addresses of this host were seen
 * @p: what this host says
 * @first: nothing was known before: what is here did not come just now
 */
void publish_look_end(struct publish *p, bool first)
{
	struct claim *c = NULL;
	unsigned int i;

	while ((c = next_claim(p, c, &i))) {
		c->device = c->seen;
		if (update_here(c) && !first)
			c->take = true;
	}
}

void publish_tell_begin(struct publish *p)
{
	forget_seen(p);
}

/**
 * publish_tell - vnencapctl has published a prefix
 * @p: what this host says
 * @dest: the prefix
 * @comes: just now: whoever had it has it no longer
 */
void publish_tell(struct publish *p, const struct dest *dest, bool comes)
{
	struct claim *c;

	if (!p->can)
		return;
	c = need(p, dest);
	c->seen = true;
	c->take |= comes;
}

void publish_tell_end(struct publish *p)
{
	struct claim *c = NULL;
	unsigned int i;

	while ((c = next_claim(p, c, &i))) {
		c->told = c->seen;
		update_here(c);
	}
}

/**
 * publish_hold - have a prefix, where no other host has it
 * @p: what this host says
 * @dest: the prefix
 * @on: or have it no longer
 */
void publish_hold(struct publish *p, const struct dest *dest, bool on)
{
	struct claim *c;

	if (!p->can)
		return;
	c = need(p, dest);
	c->held = on;
	update_here(c);
}

/* What etcd says of a prefix, as far as that matters here */
enum claim_state publish_state(const struct publish *p, const struct dest *dest)
{
	const struct claim *c = find(p, dest);

	if (c)
		return c->state;
	return p->listed ? CLAIM_MISSING : CLAIM_UNKNOWN;
}

/* Is there anything that came, and that etcd does not have here yet? */
bool publish_taking(const struct publish *p)
{
	struct claim *c = NULL;
	unsigned int i;

	while ((c = next_claim(p, c, &i)))
		if (c->take)
			return true;
	return false;
}

/* --- changes ------------------------------------------------------------------ */

enum action { NOTHING, TAKE, CLAIM, RENEW, DROP };

static enum action action_of(const struct publish *p, const struct claim *c, int64_t now)
{
	/* it came back: said again, so that who took it meanwhile has it no longer */
	if (c->here && c->take)
		return c->state == CLAIM_MINE ? RENEW : TAKE;
	if (c->here && c->state == CLAIM_MISSING)
		return CLAIM;
	if (c->here && c->state == CLAIM_STALE)
		return RENEW;
	if (!c->here && (c->state == CLAIM_MINE || c->state == CLAIM_STALE) && p->listed &&
	    now >= p->settled_at)
		return DROP;
	return NOTHING;
}

struct txn {
	char compare[BODY_ROOM];
	char success[BODY_ROOM];
	char *compare_end;
	char *success_end;
};

static void txn_add(const struct publish *p, struct txn *t, const struct claim *c,
		    enum action action)
{
	char key[512], key64[BASE64_LEN(512)], value64[BASE64_LEN(sizeof(p->value))];
	char *end = stpcpy(key, p->settings->prefix);

	end = item_map_key(stpcpy(end, "net/"), &c->dest);
	base64_put(key64, key, end - key);
	base64_put(value64, p->value, strlen(p->value));
	if (action != TAKE)
		t->compare_end += sprintf(t->compare_end,
					  "%s{\"key\":\"%s\",\"result\":\"EQUAL\",\"target\":\"MOD\",\"mod_revision\":\"%lld\"}",
					  t->compare_end == t->compare ? "" : ",", key64,
					  action == CLAIM ? 0LL : (long long)c->rev);
	t->success_end += sprintf(t->success_end,
				  t->success_end == t->success ? "" : ",");
	if (action == DROP)
		t->success_end += sprintf(t->success_end,
					  "{\"request_delete_range\":{\"key\":\"%s\"}}", key64);
	else
		t->success_end += sprintf(t->success_end,
					  "{\"request_put\":{\"key\":\"%s\",\"value\":\"%s\"}}",
					  key64, value64);
}

static bool txn_send(struct publish *p, struct txn *t, int64_t now)
{
	static char body[2 * BODY_ROOM + 64];

	snprintf(body, sizeof(body), "{\"compare\":[%s],\"success\":[%s]}", t->compare,
		 t->success);
	return session_call(p->session, CALL_TXN, "/v3/kv/txn", body, now);
}

static bool send_host(struct publish *p, int64_t now)
{
	char key[512], key64[BASE64_LEN(512)], value64[BASE64_LEN(sizeof(p->host_value))];
	char body[4096];

	sprintf(key, "%snet/host/%s", p->settings->prefix, p->settings->name);
	base64_put(key64, key, strlen(key));
	base64_put(value64, p->host_value, strlen(p->host_value));
	snprintf(body, sizeof(body),
		 "{\"success\":[{\"request_put\":{\"key\":\"%s\",\"value\":\"%s\",\"lease\":\"%lld\"}}]}",
		 key64, value64, (long long)p->session->lease);
	return session_call(p->session, CALL_TXN, "/v3/kv/txn", body, now);
}

/* As many changes of one kind as go together */
static bool send_claims(struct publish *p, int64_t now)
{
	enum action action = NOTHING, one;
	static struct txn t;
	unsigned int i, n = 0;
	struct claim *c = NULL;

	t.compare_end = t.compare;
	t.success_end = t.success;
	*t.compare = '\0';
	*t.success = '\0';
	while ((c = next_claim(p, c, &i))) {
		one = n < p->batch ? action_of(p, c, now) : NOTHING;
		c->busy = one != NOTHING && (action == NOTHING || one == action);
		if (!c->busy)
			continue;
		action = one;
		c->drops = action == DROP;
		txn_add(p, &t, c, action);
		n++;
	}
	return n && txn_send(p, &t, now);
}

static void claim_done(struct publish *p, struct claim *c, int64_t rev)
{
	if (c->rev > rev)
		return;		/* others were faster to tell of it, or to change it */
	c->rev = rev;
	/* whether it is here may have changed since that was sent */
	if (c->drops) {
		c->state = CLAIM_MISSING;
		p->stats.drops++;
	} else {
		c->state = CLAIM_MINE;
		c->take = false;
		p->stats.puts++;
	}
}

/* It is otherwise than was thought; the stream will tell how. */
static void claim_failed(struct claim *c)
{
	c->state = CLAIM_OTHER;
}

static void claims_answer(struct publish *p, const struct answer_txn *txn)
{
	unsigned int i;
	struct claim *c = NULL;

	if (!txn->succeeded && p->batch > 1) {
		p->batch = 1;
		return;
	}
	while ((c = next_claim(p, c, &i))) {
		if (!c->busy)
			continue;
		if (txn->succeeded)
			claim_done(p, c, txn->head.rev);
		else
			claim_failed(c);
	}
	if (!txn->succeeded || p->batch * 2 > BATCH_MAX)
		p->batch = BATCH_MAX;
	else
		p->batch *= 2;
}

/**
 * publish_answer - a change was made, or not
 * @p: what this host says
 * @body: the answer; NULL if there is none
 * @len: its length
 * @now: the time in ms
 */
void publish_answer(struct publish *p, const char *body, size_t len, int64_t now)
{
	bool host = p->host_busy;
	struct answer_txn txn;

	(void)now;
	p->host_busy = false;
	if (!body || !answer_txn(body, len, &txn)) {
		p->host_due |= host;
		return;
	}
	if (!host)
		claims_answer(p, &txn);
}

/* Send the next change, if there is any to be made. */
int64_t publish_run(struct publish *p, int64_t now)
{
	if (!p->can || !session_is_up(p->session) || p->session->busy[CALL_TXN])
		return NEVER;
	if (p->host_due && p->session->lease) {
		p->host_busy = send_host(p, now);
		p->host_due = !p->host_busy;
		return NEVER;
	}
	/* until a list was read it is not known what etcd says */
	if (p->listed)
		send_claims(p, now);
	return now < p->settled_at ? p->settled_at : NEVER;
}
