// SPDX-License-Identifier: GPL-2.0-only
/*
 * HTTP requests by libcurl's multi interface. Its wait is the daemon's: all other
 * sockets are waited for there, too.
 */
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "http.h"
#include "log.h"
#include "proto.h"

/* More than this no answer is read of, nor a line of a stream. */
#define ANSWER_MAX	(64 << 20)
#define CONNECT_MS	5000L
#define WAIT_FDS	8

struct request {
	struct http *http;
	enum call call;
	bool grpc;
	bool answers_grpc;
	int grpc_status;	/* below 0 where none has come */
	char grpc_message[256];
	size_t body_len;
	CURL *easy;
	struct curl_slist *headers;
	char *body;
	char *got;
	size_t len;
	size_t size;
	bool busy;
	bool too_big;
	char error[CURL_ERROR_SIZE];
};

struct http {
	struct transport transport;
	const struct settings *settings;
	CURLM *multi;
	int64_t now;
	struct request request[CALLS];
};

static bool grow(struct request *r, size_t more)
{
	size_t size = r->size ? r->size : 4096;
	char *got;

	if (r->len + more > ANSWER_MAX)
		return false;
	while (size < r->len + more + 1)
		size *= 2;
	if (size == r->size)
		return true;
	got = realloc(r->got, size);
	if (!got)
		return false;
	r->got = got;
	r->size = size;
	return true;
}

/* How much at @at is a line or a frame, its end included; 0 for the rest of one */
static size_t piece_len(const struct request *r, const char *at, size_t len)
{
	const char *nl;
	size_t frame;

	if (r->grpc) {
		frame = proto_frame_len(at, len);
		return frame <= len ? frame : 0;
	}
	nl = memchr(at, '\n', len);
	return nl ? nl + 1 - at : 0;
}

/* The whole lines of a stream, or frames; what is left waits for the rest. */
static void take_lines(struct request *r)
{
	struct receiver *receiver = &r->http->transport.receiver;
	char *line = r->got, *end = r->got + r->len;
	size_t len;

	while (r->busy && (len = piece_len(r, line, end - line))) {
		if (!r->grpc)
			line[len - 1] = '\0';
		receiver->line(receiver->data, line, r->grpc ? len : len - 1, r->http->now);
		line += len;
	}
	if (!r->busy)
		return;
	r->len = end - line;
	memmove(r->got, line, r->len);
}

static size_t take(char *data, size_t one, size_t len, void *p)
{
	struct request *r = p;

	(void)one;
	if (!grow(r, len)) {
		r->too_big = true;
		return 0;
	}
	memcpy(r->got + r->len, data, len);
	r->len += len;
	r->got[r->len] = '\0';
	return len;
}

static void request_end(struct request *r)
{
	if (r->easy) {
		curl_multi_remove_handle(r->http->multi, r->easy);
		curl_easy_cleanup(r->easy);
	}
	curl_slist_free_all(r->headers);
	if (r->body)
		explicit_bzero(r->body, r->body_len);
	free(r->body);
	r->easy = NULL;
	r->headers = NULL;
	r->body = NULL;
	r->busy = false;
	r->len = 0;
}

static void set_tls(struct http *http, CURL *easy)
{
	const struct settings *s = http->settings;

	if (s->ca)
		curl_easy_setopt(easy, CURLOPT_CAINFO, s->ca);
	if (s->cert)
		curl_easy_setopt(easy, CURLOPT_SSLCERT, s->cert);
	if (s->key)
		curl_easy_setopt(easy, CURLOPT_SSLKEY, s->key);
}

/* What stands behind "NAME:" in a line; NULL where it is another line */
static const char *header(const char *line, const char *name)
{
	size_t len = strlen(name);

	if (strncasecmp(line, name, len) || line[len] != ':')
		return NULL;
	return line + len + 1 + strspn(line + len + 1, " ");
}

/* A line of the head, or behind the body: what became of the request is told there. */
static size_t take_header(char *data, size_t one, size_t len, void *p)
{
	struct request *r = p;
	const char *value;
	char line[300];

	(void)one;
	snprintf(line, sizeof(line), "%.*s", (int)len, data);
	line[strcspn(line, "\r\n")] = '\0';
	value = header(line, "content-type");
	if (value)
		r->answers_grpc = !strncasecmp(value, "application/grpc", 16);
	value = header(line, "grpc-status");
	if (value)
		r->grpc_status = atoi(value);
	value = header(line, "grpc-message");
	if (value)
		snprintf(r->grpc_message, sizeof(r->grpc_message), "%s", value);
	return len;
}

/* gRPC is HTTP 2, which a member is known to speak where there is no TLS. Each request
 * has a connection of its own. A request that found one of HTTP 1 would take that, and
 * libcurl 7.88 breaks those of HTTP 2 when it uses them again (curl#10634).
 */
static void set_grpc(struct request *r, bool tls)
{
	curl_easy_setopt(r->easy, CURLOPT_HTTP_VERSION,
			 (long)(tls ? CURL_HTTP_VERSION_2TLS :
				      CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE));
	curl_easy_setopt(r->easy, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(r->easy, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(r->easy, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(r->easy, CURLOPT_HEADERDATA, r);
}

static void set_options(struct request *r, const char *url)
{
	CURL *easy = r->easy;

	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, r->headers);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDS, r->body);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)r->body_len);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, r);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, r);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, r->error);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, 15L);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, 5L);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	if (r->grpc)
		set_grpc(r, !strncmp(url, "https:", 6));
	else
		curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	set_tls(r->http, easy);
	/* the stream and the lists do not wait for each other */
	if (r->call == CALL_WATCH)
		curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
}

static void add_header(struct request *r, const char *name, const char *value)
{
	char line[4096];

	snprintf(line, sizeof(line), "%s: %s", name, value);
	r->headers = curl_slist_append(r->headers, line);
	explicit_bzero(line, sizeof(line));
}

static void add_headers(struct request *r, const char *token)
{
	add_header(r, "Content-Type", r->grpc ? "application/grpc" : "application/json");
	if (r->grpc)
		add_header(r, "TE", "trailers");
	if (token)
		add_header(r, r->grpc ? "token" : "Authorization", token);
}

static void http_send(struct transport *transport, enum call call, const struct ask *ask)
{
	struct http *http = (struct http *)transport;
	struct request *r = &http->request[call];
	char url[1024];

	request_end(r);
	r->error[0] = '\0';
	r->too_big = false;
	r->busy = true;
	r->grpc = ask->grpc;
	r->answers_grpc = false;
	r->grpc_status = -1;
	r->grpc_message[0] = '\0';
	r->easy = curl_easy_init();
	r->body = malloc(ask->len + 1);
	r->body_len = ask->len;
	if (!r->easy || !r->body)
		abort();
	memcpy(r->body, ask->body, ask->len);
	add_headers(r, ask->token);
	snprintf(url, sizeof(url), "%s%s", ask->server, ask->path);
	set_options(r, url);
	curl_multi_add_handle(http->multi, r->easy);
}

static void http_cancel(struct transport *transport, enum call call)
{
	struct http *http = (struct http *)transport;

	/* from within a callback the memory is still in use: it stays */
	request_end(&http->request[call]);
}

/* What became of a request by gRPC. Where it failed, the body is why. */
static long grpc_status(const struct request *r, long status, char **body, size_t *len)
{
	enum { RESOURCE_EXHAUSTED = 8, UNIMPLEMENTED = 12 };

	if (status != 200 || !r->answers_grpc || r->grpc_status == UNIMPLEMENTED)
		return NO_GRPC;
	if (!r->grpc_status)
		return 200;
	free(*body);
	*body = strdup(r->grpc_status < 0 ? "an answer was cut short" : r->grpc_message);
	if (!*body)
		abort();
	*len = strlen(*body);
	if (r->grpc_status == RESOURCE_EXHAUSTED)
		return TOO_BIG;
	return r->grpc_status < 0 ? FAILED : 500;
}

static void request_done(struct request *r, CURLcode code)
{
	struct receiver *receiver = &r->http->transport.receiver;
	char *got = r->got, *why;
	size_t len = r->len;
	long status = FAILED;

	if (code == CURLE_OK)
		curl_easy_getinfo(r->easy, CURLINFO_RESPONSE_CODE, &status);
	else if (r->too_big)
		status = TOO_BIG;
	if (r->grpc && status > 0)
		status = grpc_status(r, status, &got, &len);
	why = strdup(r->error[0] ? r->error : curl_easy_strerror(code));
	if (!why)
		abort();
	/* its answer may be the reason for another of its kind */
	r->got = NULL;
	r->size = 0;
	request_end(r);
	if (code != CURLE_OK)
		receiver->answer(receiver->data, r->call, status, why, strlen(why),
				 r->http->now);
	else
		receiver->answer(receiver->data, r->call, status, got ? got : "", len,
				 r->http->now);
	free(why);
	free(got);
}

/* Do what can be done without waiting. */
void http_run(struct http *http, int64_t now)
{
	struct request *watch = &http->request[CALL_WATCH];
	struct request *r;
	int running, left;
	CURLMsg *msg;

	http->now = now;
	curl_multi_perform(http->multi, &running);
	if (watch->busy && watch->len)
		take_lines(watch);
	while ((msg = curl_multi_info_read(http->multi, &left))) {
		if (msg->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, (char **)&r);
		request_done(r, msg->data.result);
	}
}

/**
 * http_wait - wait for anything to happen
 * @http: its requests, and
 * @fds: others' file descriptors; those below 0 are left out
 * @n: their number
 * @ms: no longer than that
 */
void http_wait(struct http *http, const int *fds, unsigned int n, int64_t ms)
{
	struct curl_waitfd wait[WAIT_FDS];
	unsigned int i, waits = 0;

	for (i = 0; i < n && waits < WAIT_FDS; i++)
		if (fds[i] >= 0)
			wait[waits++] = (struct curl_waitfd){
				.fd = fds[i], .events = CURL_WAIT_POLLIN
			};
	curl_multi_poll(http->multi, wait, waits, ms > 60000 ? 60000 : ms < 0 ? 0 : ms, NULL);
}

struct transport *http_transport(struct http *http)
{
	return &http->transport;
}

struct http *http_new(const struct settings *settings)
{
	struct http *http = calloc(1, sizeof(*http));
	unsigned int i;

	if (!http || curl_global_init(CURL_GLOBAL_DEFAULT))
		abort();
	http->settings = settings;
	http->multi = curl_multi_init();
	http->transport.send = http_send;
	http->transport.cancel = http_cancel;
	for (i = 0; i < CALLS; i++) {
		http->request[i].http = http;
		http->request[i].call = i;
	}
	return http;
}

void http_free(struct http *http)
{
	unsigned int i;

	for (i = 0; i < CALLS; i++) {
		request_end(&http->request[i]);
		free(http->request[i].got);
	}
	curl_multi_cleanup(http->multi);
	curl_global_cleanup();
	free(http);
}
