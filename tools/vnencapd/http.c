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

/* More than this no answer is read of, nor a line of a stream. */
#define ANSWER_MAX	(64 << 20)
#define CONNECT_MS	5000L
#define WAIT_FDS	8

struct request {
	struct http *http;
	enum call call;
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

/* The whole lines of a stream; what is left waits for the rest. */
static void take_lines(struct request *r)
{
	struct receiver *receiver = &r->http->transport.receiver;
	char *line = r->got, *end = r->got + r->len, *nl;

	while (r->busy && (nl = memchr(line, '\n', end - line))) {
		*nl = '\0';
		receiver->line(receiver->data, line, nl - line, r->http->now);
		line = nl + 1;
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
		explicit_bzero(r->body, strlen(r->body));
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

static void set_options(struct request *r, const char *url)
{
	CURL *easy = r->easy;

	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, r->headers);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDS, r->body);
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
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	set_tls(r->http, easy);
	/* the stream and the lists do not wait for each other */
	if (r->call == CALL_WATCH)
		curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
}

static void http_send(struct transport *transport, enum call call, const char *server,
		      const char *path, const char *token, const char *body)
{
	struct http *http = (struct http *)transport;
	struct request *r = &http->request[call];
	char url[1024], line[4096];

	request_end(r);
	r->error[0] = '\0';
	r->too_big = false;
	r->busy = true;
	r->easy = curl_easy_init();
	r->body = strdup(body);
	if (!r->easy || !r->body)
		abort();
	r->headers = curl_slist_append(NULL, "Content-Type: application/json");
	if (token) {
		snprintf(line, sizeof(line), "Authorization: %s", token);
		r->headers = curl_slist_append(r->headers, line);
	}
	snprintf(url, sizeof(url), "%s%s", server, path);
	set_options(r, url);
	curl_multi_add_handle(http->multi, r->easy);
}

static void http_cancel(struct transport *transport, enum call call)
{
	struct http *http = (struct http *)transport;

	/* from within a callback the memory is still in use: it stays */
	request_end(&http->request[call]);
}

static void request_done(struct request *r, CURLcode code)
{
	struct receiver *receiver = &r->http->transport.receiver;
	const char *why = r->error[0] ? r->error : curl_easy_strerror(code);
	char *got = r->got;
	size_t len = r->len;
	long status = FAILED;

	if (code == CURLE_OK)
		curl_easy_getinfo(r->easy, CURLINFO_RESPONSE_CODE, &status);
	else if (r->too_big)
		status = TOO_BIG;
	/* its answer may be the reason for another of its kind */
	r->got = NULL;
	r->size = 0;
	if (status < 0) {
		char text[CURL_ERROR_SIZE];

		snprintf(text, sizeof(text), "%s", why);
		request_end(r);
		receiver->answer(receiver->data, r->call, status, text, strlen(text),
				 r->http->now);
	} else {
		request_end(r);
		receiver->answer(receiver->data, r->call, status, got ? got : "", len,
				 r->http->now);
	}
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
