// SPDX-License-Identifier: GPL-2.0-only
/*
 * The keys of virtual networks. What etcd has of a VNI is one key to send with and,
 * while keys are changed, another one that is accepted:
 *
 *	send 1, also 2		all hosts learn to accept the new key
 *	send 2, also 1		all hosts send with it
 *	send 2			the old one is gone
 *
 * Each host says in a key of its own which of these it has. Any host that sees that
 * all have it makes the next step, and etcd lets only one do that. All are those
 * that have a prefix of the VNI, dead or alive: one that cannot be reached holds
 * the change up, and loses nothing.
 *
 * An etcd that was wiped has no keys, and one that was restored may have those from
 * before a change. Hosts that make keys tell it theirs again. Else a host that comes
 * anew would find none and make another key, or all would go back to an old one, each
 * in its own time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base64.h"
#include "rotate.h"
#include "../vnencap/cli.h"

#define LOOK_MS		1000
#define RETRY_MS	5000
#define MAKE_MS		5000

static struct rotation *find(const struct rotate *rotate, uint32_t vni)
{
	struct rotation *r = rotate->first;

	while (r && r->vni != vni)
		r = r->next;
	return r;
}

void rotate_init(struct rotate *rotate, const struct settings *settings,
		 struct session *session, struct core *core, int64_t now)
{
	memset(rotate, 0, sizeof(*rotate));
	rotate->settings = settings;
	rotate->session = session;
	rotate->core = core;
	rotate->make_at = settings->keys ? now + MAKE_MS : NEVER;
}

void rotate_free(struct rotate *rotate)
{
	struct rotation *r;

	while ((r = rotate->first)) {
		rotate->first = r->next;
		explicit_bzero(r, sizeof(*r));
		free(r);
	}
}

static int64_t soon(struct rotate *rotate, int64_t now)
{
	return now + LOOK_MS / 2 + rotate->session->random(LOOK_MS);
}

/* etcd has these keys of a VNI. */
void rotate_item(struct rotate *rotate, uint32_t vni, const struct key_pair *pair, int64_t rev,
		 int64_t now)
{
	struct rotation *r = find(rotate, vni);

	if (r && rev <= r->rev)
		return;
	if (r && r->again && !keys_same(&r->pair, pair)) {
		r->found = *pair;
		r->has_found = true;
		r->found_rev = rev;
		return;
	}
	if (!r) {
		r = calloc(1, sizeof(*r));
		if (!r)
			abort();
		r->vni = vni;
		r->next = rotate->first;
		rotate->first = r;
	}
	r->pair = *pair;
	r->rev = rev;
	r->again = false;
	r->apply = true;
	r->ack = true;
	r->next_at = now;
}

/* Over what etcd has, of that revision, if hosts make keys here */
static void say_again(struct rotate *rotate, struct rotation *r, int64_t rev)
{
	r->again = rotate->settings->keys;
	r->has_found = false;
	r->found_rev = rev;
	r->next_at = 0;
}

void rotate_forget(struct rotate *rotate)
{
	struct rotation *r;

	for (r = rotate->first; r; r = r->next) {
		r->rev = 0;
		say_again(rotate, r, 0);
	}
}

/* etcd has nonsense in place of the keys of a VNI. */
void rotate_spoiled(struct rotate *rotate, uint32_t vni, int64_t rev)
{
	struct rotation *r = find(rotate, vni);

	if (r && rev > r->rev)
		say_again(rotate, r, rev);
}

/* What was told before was told under another lease. */
void rotate_lease(struct rotate *rotate)
{
	struct rotation *r;

	for (r = rotate->first; r; r = r->next)
		r->ack = true;
}

/* Somebody else changed the keys in the kernel. */
void rotate_changed(struct rotate *rotate, uint32_t vni)
{
	struct rotation *r = find(rotate, vni);

	if (!r)
		return;
	r->apply = true;
	r->next_at = 0;
}

/* The kernel may have any keys, or none: it was not heard, or is another. */
void rotate_changed_all(struct rotate *rotate)
{
	struct rotation *r;

	for (r = rotate->first; r; r = r->next) {
		r->apply = true;
		r->next_at = 0;
	}
}

bool rotate_asked(const struct rotate *rotate)
{
	return rotate->asked != ROTATE_NOTHING;
}

static void apply(struct rotate *rotate, struct rotation *r, int64_t now)
{
	int err = keys_reach(rotate->core->backend, r->vni, &r->pair);

	if (err) {
		complain(&rotate->limit, now, "vni %u: cannot set its keys: %s", r->vni,
			 strerror(-err));
		r->next_at = now + RETRY_MS;
		return;
	}
	r->apply = false;
	r->next_at = r->pair.has_also ? soon(rotate, now) : NEVER;
}

/* --- what is told and asked ---------------------------------------------------- */

static void key64(char *to, const char *prefix, const char *what, uint32_t vni,
		  const char *name)
{
	char key[512];
	int len = snprintf(key, sizeof(key), "%s%s/%u%s", prefix, what, vni, name);

	base64_put(to, key, len);
}

static bool send_ack(struct rotate *rotate, struct rotation *r, int64_t now)
{
	char key[BASE64_LEN(512)], value[32], value64[64], name[HOST_MAX + 2], body[1200];

	snprintf(name, sizeof(name), "/%s", rotate->settings->name);
	key64(key, rotate->settings->prefix, "ack", r->vni, name);
	base64_put(value64, value, sprintf(value, "%lld", (long long)r->rev));
	snprintf(body, sizeof(body),
		 "{\"success\":[{\"request_put\":{\"key\":\"%s\",\"value\":\"%s\",\"lease\":\"%lld\"}}]}",
		 key, value64, (long long)rotate->session->lease);
	return session_call(rotate->session, CALL_TXN, "/v3/kv/txn", body, now);
}

static bool ask_acks(struct rotate *rotate, struct rotation *r, int64_t now)
{
	char key[BASE64_LEN(512)], end[BASE64_LEN(512)], body[2048];

	key64(key, rotate->settings->prefix, "ack", r->vni, "/");
	key64(end, rotate->settings->prefix, "ack", r->vni, "0");
	snprintf(body, sizeof(body), "{\"key\":\"%s\",\"range_end\":\"%s\"}", key, end);
	return session_call(rotate->session, CALL_ASK, "/v3/kv/range", body, now);
}

/* Put keys of a VNI where they are of revision @rev; 0 for none. */
static bool send_pair(struct rotate *rotate, uint32_t vni, const struct key_pair *pair,
		      int64_t rev, int64_t now)
{
	char key[BASE64_LEN(512)], text[KEYS_TEXT_MAX], text64[BASE64_LEN(KEYS_TEXT_MAX)];
	char body[3072];
	bool sent;

	key64(key, rotate->settings->prefix, "net/key", vni, "");
	keys_text(text, pair);
	base64_put(text64, text, strlen(text));
	snprintf(body, sizeof(body),
		 "{\"compare\":[{\"key\":\"%s\",\"result\":\"EQUAL\",\"target\":\"MOD\",\"mod_revision\":\"%lld\"}],\"success\":[{"
		 "\"request_put\":{\"key\":\"%s\",\"value\":\"%s\"}}]}",
		 key, (long long)rev, key, text64);
	sent = session_call(rotate->session, CALL_TXN, "/v3/kv/txn", body, now);
	explicit_bzero(text, sizeof(text));
	explicit_bzero(text64, sizeof(text64));
	explicit_bzero(body, sizeof(body));
	return sent;
}

/* Over what etcd has instead, unless another host is faster */
static void send_again(struct rotate *rotate, struct rotation *r, int64_t now)
{
	if (!rotate->session->listed || rotate->asked ||
	    !send_pair(rotate, r->vni, &r->pair, r->found_rev, now))
		return;
	rotate->asked = ROTATE_AGAIN;
	rotate->at = r;
	r->next_at = soon(rotate, now);
}

/* Another host was: what it has told is taken, now or when it is heard. */
static void told_again(struct rotate *rotate, struct rotation *r, bool done, int64_t now)
{
	r->again = false;
	if (!done && r->has_found)
		rotate_item(rotate, r->vni, &r->found, r->found_rev, now);
}

/* The next step: a newer key is sent with, and then an older one goes. */
static void next_pair(const struct key_pair *pair, struct key_pair *next)
{
	memset(next, 0, sizeof(*next));
	if (pair->also.id > pair->send.id) {
		next->send = pair->also;
		next->also = pair->send;
		next->has_also = true;
	} else {
		next->send = pair->send;
	}
}

/* --- who has which -------------------------------------------------------------- */

#define HOSTS_MAX 4096

/* Hosts by name: those that have the keys */
struct hosts {
	char (*name)[HOST_MAX + 1];
	unsigned int n;
	char rev[32];
};

static void saw_ack(const struct answer_item *item, void *data)
{
	const char *name = strrchr(item->key, '/');
	struct hosts *hosts = data;

	if (!name || strcmp(item->value, hosts->rev) || hosts->n == HOSTS_MAX ||
	    strlen(name + 1) > HOST_MAX)
		return;
	memcpy(hosts->name[hosts->n++], name + 1, strlen(name + 1) + 1);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Every prefix of the VNI is at a host that has its keys. */
static bool all_have(const struct rotate *rotate, uint32_t vni, const struct hosts *hosts)
{
	struct table_walk walk = { };
	const struct target *last = NULL;
	const struct entry *e;

	while ((e = table_next(&rotate->core->table, &walk))) {
		if (e->dest.vni != vni || !e->want || !e->want->host[0] || e->want == last)
			continue;
		if (!bsearch(e->want->host, hosts->name, hosts->n, sizeof(hosts->name[0]),
			     by_name))
			return false;
		last = e->want;
	}
	return hosts->n;
}

static bool read_acks(struct rotate *rotate, const struct rotation *r, const char *body,
		      size_t len)
{
	struct hosts hosts = { .name = calloc(HOSTS_MAX, sizeof(hosts.name[0])) };
	struct answer_list list;
	bool all = false;

	if (!hosts.name)
		return false;
	snprintf(hosts.rev, sizeof(hosts.rev), "%lld", (long long)r->rev);
	if (answer_list(body, len, &list, saw_ack, &hosts)) {
		qsort(hosts.name, hosts.n, sizeof(hosts.name[0]), by_name);
		all = all_have(rotate, r->vni, &hosts);
	}
	free(list.last);
	free(hosts.name);
	return all;
}

static void acks_answer(struct rotate *rotate, struct rotation *r, const char *body, size_t len,
			int64_t now)
{
	struct key_pair next;

	r->next_at = soon(rotate, now);
	if (!body || !r->rev || !read_acks(rotate, r, body, len) || rotate->asked)
		return;
	next_pair(&r->pair, &next);
	if (send_pair(rotate, r->vni, &next, r->rev, now)) {
		rotate->asked = ROTATE_STEP;
		rotate->at = r;
	}
	explicit_bzero(&next, sizeof(next));
}

/**
 * rotate_answer - an answer to what was told or asked here
 * @rotate: the keys
 * @call: CALL_ASK, or CALL_TXN where rotate_asked()
 * @body: the answer; NULL if there is none
 * @len: its length
 * @now: the time in ms
 */
void rotate_answer(struct rotate *rotate, enum call call, const char *body, size_t len,
		   int64_t now)
{
	enum rotate_asked asked = rotate->asked;
	struct rotation *r = rotate->at;
	struct answer_txn txn;
	bool heard, done;

	if (call == CALL_ASK) {
		acks_answer(rotate, rotate->at, body, len, now);
		return;
	}
	rotate->asked = ROTATE_NOTHING;
	heard = body && answer_txn(body, len, &txn);
	done = heard && txn.succeeded;
	if (asked == ROTATE_ACK)
		r->ack = !done;
	if (asked == ROTATE_AGAIN && heard)
		told_again(rotate, r, done, now);
	if (asked == ROTATE_STEP && done) {
		rotate->stats.steps++;
		say(LOG_INFO, "vni %u: all hosts have its keys; the next step is made", r->vni);
	}
	if (asked == ROTATE_MAKE && done) {
		rotate->stats.made++;
		say(LOG_INFO, "a key was made for a network that had none");
	}
}

/* --- the first key --------------------------------------------------------------- */

/* Is each of its prefixes at a host that takes keys from etcd? */
static bool only_hosts(const struct rotate *rotate, uint32_t vni)
{
	struct table_walk walk = { };
	const struct entry *e;
	bool any = false;

	while ((e = table_next(&rotate->core->table, &walk))) {
		if (e->dest.vni != vni || !e->want)
			continue;
		if (!e->want->host[0])
			return false;
		any = true;
	}
	return any;
}

static bool wants_key(struct rotate *rotate, const struct vni *v)
{
	struct backend *backend = rotate->core->backend;
	struct key_ids ids;

	return v->wanted && !find(rotate, v->vni) && vnis_here(&rotate->core->vnis, v->vni) &&
	       !backend->key_get(backend, v->vni, &ids) && !ids.id && !ids.has_also &&
	       only_hosts(rotate, v->vni);
}

static void make(struct rotate *rotate, int64_t now)
{
	struct key_pair pair = { .also.id = 1, .has_also = true };
	struct vnis_walk walk = { };
	struct vni *v;

	rotate->make_at = now + MAKE_MS / 2 + rotate->session->random(MAKE_MS);
	if (rotate->asked || rotate->session->busy[CALL_TXN])
		return;
	while ((v = vnis_next(&rotate->core->vnis, &walk))) {
		if (!wants_key(rotate, v))
			continue;
		if (getrandom(pair.also.secret, KEY_LEN, 0) == KEY_LEN &&
		    send_pair(rotate, v->vni, &pair, 0, now))
			rotate->asked = ROTATE_MAKE;
		break;
	}
	explicit_bzero(&pair, sizeof(pair));
}

static void run_one(struct rotate *rotate, struct rotation *r, int64_t now)
{
	if (r->apply) {
		apply(rotate, r, now);
		return;
	}
	if (!session_is_up(rotate->session))
		return;
	if (r->again)
		send_again(rotate, r, now);
	if (!r->rev)
		return;
	if (r->ack && r->pair.has_also) {
		if (rotate->asked || !rotate->session->lease || !send_ack(rotate, r, now))
			return;
		rotate->asked = ROTATE_ACK;
		rotate->at = r;
		r->next_at = soon(rotate, now);
		return;
	}
	if (!rotate->asked && r->pair.has_also && ask_acks(rotate, r, now))
		rotate->at = r;
	r->next_at = r->pair.has_also ? soon(rotate, now) : NEVER;
}

/* Do what is to be done; returns when there is more. */
int64_t rotate_run(struct rotate *rotate, int64_t now)
{
	int64_t next = NEVER;
	struct rotation *r;

	if (!rotate->core->kernel)
		return NEVER;
	for (r = rotate->first; r; r = r->next) {
		if (now >= r->next_at && !rotate->session->busy[CALL_ASK])
			run_one(rotate, r, now);
		if (r->next_at > now && r->next_at < next)
			next = r->next_at;
	}
	if (now >= rotate->make_at && session_is_up(rotate->session) &&
	    rotate->session->listed)
		make(rotate, now);
	return rotate->make_at > now && rotate->make_at < next ? rotate->make_at : next;
}
