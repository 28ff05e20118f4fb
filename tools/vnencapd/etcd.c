// SPDX-License-Identifier: GPL-2.0-only
/* etcd as a source: what it says goes to the core, to what is published, to keys. */
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "etcd.h"
#include "guests.h"
#include "item.h"
#include "pods.h"
#include "publish.h"
#include "roll.h"
#include "rotate.h"
#include "session.h"
#include "wrong.h"

struct etcd {
	const struct settings *settings;
	struct core *core;
	struct session session;
	struct publish publish;
	struct rotate rotate;
	struct roll roll;
	struct addresses addresses;
	struct guests guests;
	struct pods pods;
	struct limit limit_refused;
	uint64_t refused;
	int64_t list_at;	/* a deletion waits for a list: when it is read */
};

static void list_begin(void *data)
{
	struct etcd *etcd = data;

	core_list_begin(etcd->core);
	publish_list_begin(&etcd->publish);
}

static void list_end(void *data, int64_t rev, int64_t now)
{
	struct etcd *etcd = data;

	core_list_end(etcd->core, rev, now);
	publish_list_end(&etcd->publish, rev);
	say(LOG_INFO, "etcd: %llu mappings at revision %lld",
	    (unsigned long long)etcd->core->stats.wanted, (long long)rev);
}

static void list_abort(void *data)
{
	struct etcd *etcd = data;

	core_list_abort(etcd->core);
}

static void refuse(struct etcd *etcd, const struct answer_item *from, const char *why,
		   int64_t now)
{
	etcd->refused++;
	complain(&etcd->limit_refused, now, "etcd: %s: refused: %s",
		 printable(from->key, from->key_len), why);
}

static void take_item(struct etcd *etcd, const struct answer_item *from, struct item *item,
		      int64_t now)
{
	if (item->kind == ITEM_MAP) {
		core_put(etcd->core, &item->dest, &item->way, from->rev);
		publish_item(&etcd->publish, &item->dest, &item->way, from->value, from->rev, now);
	} else if (item->kind == ITEM_KEY && vnis_here(&etcd->core->vnis, item->vni)) {
		rotate_item(&etcd->rotate, item->vni, &item->pair, from->rev, now);
	}
}

/* A value that is wrong changes nothing: what was known before stays, and who has said
 * that says it again.
 */
static void refuse_value(struct etcd *etcd, const struct answer_item *from,
			 const struct item *item, const char *why, int64_t now)
{
	refuse(etcd, from, why, now);
	if (item->kind == ITEM_KEY)
		rotate_spoiled(&etcd->rotate, item->vni, from->rev);
	if (item->kind != ITEM_MAP)
		return;
	core_keep(etcd->core, &item->dest);
	publish_spoiled(&etcd->publish, &item->dest, from->rev);
}

static void take_value(struct etcd *etcd, const struct answer_item *from, struct item *item,
		       int64_t now)
{
	char value[VALUE_ROOM];

	if (from->huge) {
		refuse_value(etcd, from, item, "its value is too long", now);
		return;
	}
	memcpy(value, from->value, from->value_len + 1);
	if (item_value(item, value, from->value_len))
		take_item(etcd, from, item, now);
	else
		refuse_value(etcd, from, item, wrong_text(), now);
	explicit_bzero(value, sizeof(value));
	explicit_bzero(&item->pair, sizeof(item->pair));
}

/* What is behind the prefix and "net/"; NULL if that is not there */
static const char *behind_prefix(const struct etcd *etcd, const struct answer_item *from)
{
	size_t len = strlen(etcd->settings->prefix);

	if (from->key_len < len + 4 || memcmp(from->key, etcd->settings->prefix, len) ||
	    memcmp(from->key + len, "net/", 4))
		return NULL;
	return from->key + len + 4;
}

static void item(void *data, const struct answer_item *from, int64_t now)
{
	struct etcd *etcd = data;
	const char *key = behind_prefix(etcd, from);
	struct item it;

	if (!key || from->long_key) {
		refuse(etcd, from, key ? "it is too long" : "it is not below the prefix", now);
		return;
	}
	if (!item_key(&it, key, from->key_len - (key - from->key))) {
		refuse(etcd, from, wrong_text(), now);
		return;
	}
	if (it.kind == ITEM_ROLL) {
		roll_called(&etcd->roll, from->rev, now);
	} else if (!from->deleted) {
		take_value(etcd, from, &it, now);
	} else if (it.kind == ITEM_MAP) {
		core_del(etcd->core, &it.dest, from->rev, now);
		publish_item(&etcd->publish, &it.dest, NULL, NULL, from->rev, now);
	}
	/* keys that are deleted in etcd stay in the kernel: an overlay is not bared */
}

static void forget(void *data)
{
	struct etcd *etcd = data;

	core_forget_revs(etcd->core);
	publish_forget(&etcd->publish);
	rotate_forget(&etcd->rotate);
	roll_forget(&etcd->roll);
}

static void lease(void *data, int64_t id, int64_t now)
{
	struct etcd *etcd = data;

	(void)id;
	(void)now;
	publish_lease(&etcd->publish);
	rotate_lease(&etcd->rotate);
	roll_lease(&etcd->roll);
}

/* Changes go one at a time, and whose the last was knows who asked. */
static void answer(void *data, enum call call, const char *body, size_t len, int64_t now)
{
	struct etcd *etcd = data;

	if (call == CALL_ASK || rotate_asked(&etcd->rotate))
		rotate_answer(&etcd->rotate, call, body, len, now);
	else if (roll_asked(&etcd->roll))
		roll_answer(&etcd->roll, body, len);
	else
		publish_answer(&etcd->publish, body, len, now);
}

static const struct session_ops ops = {
	.list_begin = list_begin,
	.list_end = list_end,
	.list_abort = list_abort,
	.item = item,
	.forget = forget,
	.lease = lease,
	.answer = answer,
};

/**
 * etcd_start - take etcd as the source from now on
 * @settings: kept
 * @core: kept
 * @transport: kept
 * @now: the time in ms
 */
struct etcd *etcd_start(const struct settings *settings, struct core *core,
			struct transport *transport, int64_t now)
{
	struct etcd *etcd = calloc(1, sizeof(*etcd));

	if (!etcd)
		abort();
	etcd->settings = settings;
	etcd->core = core;
	session_init(&etcd->session, settings, transport, &ops, etcd, now);
	publish_init(&etcd->publish, settings, &etcd->session, now);
	rotate_init(&etcd->rotate, settings, &etcd->session, core, now);
	roll_init(&etcd->roll, settings, &etcd->session, core);
	addresses_init(&etcd->addresses, settings->publish_devices && etcd->publish.can, now);
	guests_init(&etcd->guests, settings->run, now);
	pods_init(&etcd->pods, settings, core, &etcd->publish, now);
	return etcd;
}

void etcd_stop(struct etcd *etcd)
{
	session_free(&etcd->session);
	publish_free(&etcd->publish);
	rotate_free(&etcd->rotate);
	addresses_free(&etcd->addresses);
	guests_free(&etcd->guests);
	free(etcd);
}

void etcd_relist(struct etcd *etcd, int64_t now)
{
	session_relist(&etcd->session, now);
}

void etcd_key_changed(struct etcd *etcd, uint32_t vni)
{
	rotate_changed(&etcd->rotate, vni);
}

int etcd_addresses_fd(const struct etcd *etcd)
{
	return etcd->addresses.fd;
}

int etcd_guests_fd(const struct etcd *etcd)
{
	return etcd->guests.follow.fd;
}

void etcd_devices_changed(struct etcd *etcd)
{
	etcd->addresses.look_at = 0;
	pods_devices_changed(&etcd->pods);
}

/* What the kernel had to tell was lost, or it has forgotten all. */
void etcd_kernel_changed(struct etcd *etcd)
{
	rotate_changed_all(&etcd->rotate);
	etcd_devices_changed(etcd);
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Most of a VNI would go: after a while in which it might come back, ask again. */
static int64_t confirm(struct etcd *etcd, int64_t now)
{
	if (!etcd->core->want_list || etcd->core->listing) {
		etcd->list_at = 0;
		return NEVER;
	}
	if (!etcd->list_at)
		etcd->list_at = now + etcd->settings->hold;
	if (now < etcd->list_at)
		return etcd->list_at;
	etcd->list_at = now + etcd->settings->hold;
	session_relist(&etcd->session, now);
	return etcd->list_at;
}

/* Do what is to be done; returns when there is more, or NEVER. */
int64_t etcd_run(struct etcd *etcd, int64_t now)
{
	int64_t next;

	next = addresses_run(&etcd->addresses, &etcd->publish, etcd->core->backend, now);
	next = earlier(next, guests_run(&etcd->guests, &etcd->publish, now));
	next = earlier(next, pods_run(&etcd->pods, now));
	next = earlier(next, confirm(etcd, now));
	next = earlier(next, publish_run(&etcd->publish, now));
	next = earlier(next, rotate_run(&etcd->rotate, now));
	next = earlier(next, roll_run(&etcd->roll, now));
	return earlier(next, session_run(&etcd->session, now));
}

void etcd_metrics(const struct etcd *etcd, FILE *to, etcd_metric_fn put)
{
	const struct session *s = &etcd->session;

	put(to, "etcd_watching", "gauge", "Whether the stream of changes runs.",
	    s->state == SESSION_WATCH && s->watching);
	put(to, "etcd_revision", "gauge", "The revision up to which all is known.", s->rev);
	put(to, "etcd_behind", "gauge", "Revisions that etcd is ahead of the stream.",
	    s->elsewhere > s->rev ? s->elsewhere - s->rev : 0);
	put(to, "etcd_lists_total", "counter", "Full lists that were begun.", s->stats.lists);
	put(to, "etcd_streams_total", "counter", "Streams that were begun.", s->stats.watches);
	put(to, "etcd_events_total", "counter", "Changes that were told.", s->stats.events);
	put(to, "etcd_failures_total", "counter", "How often a member failed.",
	    s->stats.failures);
	put(to, "etcd_compactions_total", "counter", "Streams lost to a compaction.",
	    s->stats.compactions);
	put(to, "etcd_starved_total", "counter", "Streams that starved.", s->stats.starved);
	put(to, "etcd_suspects_total", "counter", "How often etcd was another one.",
	    s->stats.suspects);
	put(to, "etcd_refused_total", "counter", "Keys and values that were refused.",
	    etcd->refused);
	put(to, "published", "gauge", "Prefixes that are or were here.",
	    etcd->publish.stats.claims);
	put(to, "subnets_lost_total", "counter", "Subnets that another host took.",
	    etcd->pods.subnets.lost);
	put(to, "published_lost_total", "counter", "Prefixes that another host took.",
	    etcd->publish.stats.lost);
}
