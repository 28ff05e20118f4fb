/* SPDX-License-Identifier: GPL-2.0-only */
/* A session with etcd: where it is, and what comes next. */
#ifndef VNENCAPD_SESSION_H
#define VNENCAPD_SESSION_H

#include "answer.h"
#include "log.h"
#include "page.h"
#include "settings.h"
#include "transport.h"
#include "witness.h"

/* Why the next full list is read */
enum session_state {
	SESSION_DOWN,		/* waits, and tries again */
	SESSION_AUTH,
	SESSION_LIST,
	SESSION_SUSPECT,	/* etcd may have been wiped: waits for its hosts */
	SESSION_WATCH,
};

/**
 * struct session_ops - who hears of it
 * @list_begin: a full list begins
 * @list_end: it was whole, of that revision
 * @list_abort: it was not
 * @item: a key: of the list, or changed
 * @forget: revisions begin anew
 * @lease: there is a lease, a new one
 * @answer: CALL_TXN or CALL_ASK is done with; @body is NULL where it failed
 */
struct session_ops {
	void (*list_begin)(void *data);
	void (*list_end)(void *data, int64_t rev, int64_t now);
	void (*list_abort)(void *data);
	void (*item)(void *data, const struct answer_item *item, int64_t now);
	void (*forget)(void *data);
	void (*lease)(void *data, int64_t lease, int64_t now);
	void (*answer)(void *data, enum call call, const char *body, size_t len, int64_t now);
};

/**
 * struct session - a session with etcd; times in ms
 * @state: where it is
 * @server: which member is spoken to
 * @retry_at: when SESSION_DOWN or SESSION_SUSPECT ends
 * @backoff: for how long it is down the next time, about
 * @calm_at: a failure after that is the first one
 * @deadline: when a request is given up, for each kind
 * @rev: all changes up to this one are known
 * @term: the highest of raft's terms that was seen
 * @cluster: etcd's, once it is known
 * @listed: a full list was read, and @rev is right
 * @limit: items in a page of a list
 * @page_rev: the revision of the list that is being read
 * @page: the page of it that is asked for
 * @json: this list is asked for in JSON
 * @json_only: so is each, and all else
 * @stream_json: so is the stream of changes
 * @believe_at: nothing is read before that of an etcd that was waited for
 * @trusted: what looked like another etcd was waited for: believe it
 * @probe: an answer was odd, or the stream was taken up: ask etcd as a whole
 * @witness: the last key that was seen to be put
 * @seen: what that was when it had to be doubted that this is the same etcd
 * @in_doubt: etcd has not told yet that it is
 * @relist_at: when to read it all again without a reason
 * @elsewhere: the highest revision that was told by other answers than the stream
 * @elsewhere_at: since when the stream has been behind that
 * @lease: the lease, 0 for none
 * @lease_at: when to renew it
 * @random: a number below its argument, by chance
 */
struct session {
	const struct settings *settings;
	struct transport *transport;
	const struct session_ops *ops;
	void *data;
	enum session_state state;
	unsigned int server;
	int64_t retry_at;
	int64_t backoff;
	int64_t calm_at;
	int64_t deadline[CALLS];
	bool busy[CALLS];
	int64_t now;
	int64_t rev;
	int64_t term;
	uint64_t cluster;
	bool listed;
	bool watching;
	bool first_page;
	int64_t believe_at;
	bool trusted;
	bool probe;
	struct witness witness;
	struct witness seen;
	bool in_doubt;
	unsigned int limit;
	int64_t page_rev;
	struct page page;
	bool json;
	bool json_only;
	bool stream_json;
	int64_t relist_at;
	int64_t elsewhere;
	int64_t elsewhere_at;
	int64_t lease;
	int64_t lease_at;
	char token[1024];
	bool has_token;
	struct limit limit_log;
	uint32_t (*random)(uint32_t below);
	struct {
		uint64_t lists, watches, failures, compactions, starved, suspects, events;
	} stats;
};

void session_init(struct session *session, const struct settings *settings,
		  struct transport *transport, const struct session_ops *ops, void *data,
		  int64_t now);
void session_free(struct session *session);
int64_t session_run(struct session *session, int64_t now);
void session_relist(struct session *session, int64_t now);
bool session_call(struct session *session, enum call which, const char *path, const char *body,
		  int64_t now);
bool session_is_up(const struct session *session);

#endif /* VNENCAPD_SESSION_H */
