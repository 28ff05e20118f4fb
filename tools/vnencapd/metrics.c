// SPDX-License-Identifier: GPL-2.0-only
/*
 * What there is to be seen of the daemon, as Prometheus reads it: one small answer
 * at a time, by HTTP, on loopback. A client that does not read is left.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon.h"
#include "etcd.h"
#include "metrics.h"

#define CLIENT_MS 2000

struct metrics {
	int fd;
	int client;
	int64_t until;
};

static bool read_where(const char *where, struct sockaddr_in *addr)
{
	char host[INET_ADDRSTRLEN];
	const char *colon = strrchr(where, ':');
	int port = colon ? atoi(colon + 1) : 0;

	if (!colon || (size_t)(colon - where) >= sizeof(host) || port <= 0 || port > 65535)
		return false;
	memcpy(host, where, colon - where);
	host[colon - where] = '\0';
	addr->sin_family = AF_INET;
	addr->sin_port = htons(port);
	return inet_pton(AF_INET, host, &addr->sin_addr) == 1;
}

static int listen_at(const char *where)
{
	struct sockaddr_in addr = { };
	int on = 1, fd;

	if (!read_where(where, &addr)) {
		say(LOG_ERROR, "metrics: ADDR:PORT is expected");
		return -1;
	}
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (!bind(fd, (struct sockaddr *)&addr, sizeof(addr)) && !listen(fd, 4))
		return fd;
	say(LOG_ERROR, "metrics: cannot listen at %s: %s", where, strerror(errno));
	close(fd);
	return -1;
}

/**
 * metrics_open - let others see
 * @where: address and port, or NULL for nobody
 */
struct metrics *metrics_open(const char *where)
{
	struct metrics *metrics = calloc(1, sizeof(*metrics));

	if (!metrics)
		abort();
	metrics->fd = where ? listen_at(where) : -1;
	metrics->client = -1;
	return metrics;
}

void metrics_close(struct metrics *metrics)
{
	if (metrics->fd >= 0)
		close(metrics->fd);
	if (metrics->client >= 0)
		close(metrics->client);
	free(metrics);
}

int metrics_fd(const struct metrics *metrics)
{
	return metrics->client < 0 ? metrics->fd : -1;
}

int metrics_client(const struct metrics *metrics)
{
	return metrics->client;
}

static void put(FILE *to, const char *name, const char *type, const char *help, double value)
{
	fprintf(to, "# HELP vnencapd_%s %s\n# TYPE vnencapd_%s %s\nvnencapd_%s %.17g\n",
		name, help, name, type, name, value);
}

static void put_all(FILE *to, struct daemon *d)
{
	const struct core *c = &d->core;

	put(to, "kernel", "gauge", "Whether the kernel's mappings are known.", c->kernel);
	put(to, "ready", "gauge", "Whether the source was heard.", c->ready);
	put(to, "mappings_wanted", "gauge", "Mappings that the source names.", c->stats.wanted);
	put(to, "prefixes", "gauge", "Prefixes that are known, others' included.",
	    c->table.count);
	put(to, "mappings_waiting", "gauge", "Mappings that wait to be removed.",
	    c->doomed.count);
	put(to, "mappings_set_total", "counter", "Mappings set in the kernel.", c->stats.set);
	put(to, "mappings_removed_total", "counter", "Mappings removed from the kernel.",
	    c->stats.removed);
	put(to, "mappings_refused_total", "counter", "Mappings that the kernel refused.",
	    c->stats.refused);
	put(to, "mappings_foreign_total", "counter",
	    "Mappings that were left as somebody else made them.", c->stats.foreign);
	put(to, "kernel_reads_total", "counter", "How often all was read from the kernel.",
	    c->stats.dumps);
	if (d->etcd)
		etcd_metrics(d->etcd, to, put);
}

static void answer(int fd, struct daemon *d)
{
	char *body = NULL, head[160];
	size_t len = 0;
	FILE *to = open_memstream(&body, &len);
	int n;

	if (!to)
		return;
	put_all(to, d);
	fclose(to);
	n = snprintf(head, sizeof(head),
		     "HTTP/1.0 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\n"
		     "Content-Length: %zu\r\n\r\n", len);
	/* it fits into the socket's buffer, or is lost */
	if (send(fd, head, n, MSG_NOSIGNAL) == n)
		send(fd, body, len, MSG_NOSIGNAL);
	free(body);
}

static void client_end(struct metrics *metrics)
{
	close(metrics->client);
	metrics->client = -1;
}

/* Answer who asks. */
void metrics_run(struct metrics *metrics, struct daemon *d, int64_t now)
{
	char request[1024];
	ssize_t n;

	if (metrics->client < 0 && metrics->fd >= 0) {
		metrics->client = accept4(metrics->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		metrics->until = now + CLIENT_MS;
	}
	if (metrics->client < 0)
		return;
	n = recv(metrics->client, request, sizeof(request), 0);
	if (n < 0 && (errno == EAGAIN || errno == EINTR) && now < metrics->until)
		return;
	if (n > 0)
		answer(metrics->client, d);
	client_end(metrics);
}
