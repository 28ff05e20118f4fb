// SPDX-License-Identifier: GPL-2.0-only
/* vnencapd: keeps the kernel's mappings as a file or a cluster's etcd has them. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "daemon.h"
#include "http.h"
#include "log.h"
#include "metrics.h"
#include "notify.h"

#define DEFAULT_SETTINGS "/etc/vnencap/vnencapd.conf"

static const char usage_text[] =
	"Usage: vnencapd [ -c SETTINGS ] [ -f FILE ] [ -s STATE ] [ -n NAME ] [ -v ] [ -t ]\n"
	"  -c  settings of this host (" DEFAULT_SETTINGS ")\n"
	"  -f  take mappings from this file, whatever the settings say\n"
	"  -s  the folder for what is to be remembered (/var/lib/vnencapd)\n"
	"  -n  this host's name\n"
	"  -v  say more\n"
	"  -t  only say whether settings and file are right\n";

static int64_t clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

struct options {
	const char *settings;
	const char *file;
	const char *state;
	const char *name;
	bool test;
};

static bool read_options(int argc, char **argv, struct options *o)
{
	int c;

	while ((c = getopt(argc, argv, "c:f:s:n:vth")) >= 0) {
		switch (c) {
		case 'c':
			o->settings = optarg;
			break;
		case 'f':
			o->file = optarg;
			break;
		case 's':
			o->state = optarg;
			break;
		case 'n':
			o->name = optarg;
			break;
		case 'v':
			log_level = LOG_DEBUG;
			break;
		case 't':
			o->test = true;
			break;
		default:
			return false;
		}
	}
	return optind == argc;
}

static void replace(char **at, const char *text)
{
	free(*at);
	*at = strdup(text);
	if (!*at)
		abort();
}

static bool read_settings(struct settings *s, const struct options *o)
{
	settings_init(s);
	if (!settings_read(s, o->settings))
		return false;
	if (o->file) {
		s->source = SOURCE_FILE;
		replace(&s->file, o->file);
		if (!s->grace_given)
			s->grace = 0;
	}
	if (o->state)
		replace(&s->state, o->state);
	if (o->name)
		snprintf(s->name, sizeof(s->name), "%s", o->name);
	return true;
}

static int signals_open(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

/* Returns false where it is to end. */
static bool signals_hear(int fd, struct daemon *d, int64_t now)
{
	struct signalfd_siginfo info;

	while (read(fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo != SIGHUP)
			return false;
		daemon_reread(d, now);
	}
	return true;
}

/* Until anything happens, or @ms pass */
static void wait_any(struct daemon *d, struct http *http, struct metrics *metrics, int signals,
		     int64_t ms)
{
	const int fds[7] = {
		signals, d->kernel.events, d->follow.fd, metrics_fd(metrics),
		metrics_client(metrics), daemon_addresses_fd(d), daemon_guests_fd(d),
	};

	http_wait(http, fds, 7, ms);
}

static void run(struct daemon *d, struct http *http, struct metrics *metrics, int signals)
{
	int64_t now = clock_ms(), next;

	while (signals_hear(signals, d, now)) {
		http_run(http, now);
		daemon_hear_kernel(d, now);
		if (d->follow.fd >= 0)
			follow_hear(&d->follow, now);
		metrics_run(metrics, d, now);
		next = daemon_run(d, now);
		/* what was asked just now is sent before it is waited */
		http_run(http, now);
		now = clock_ms();
		wait_any(d, http, metrics, signals, next == NEVER ? 60000 : next - now);
		now = clock_ms();
	}
}

static int test_only(struct settings *s)
{
	struct file file;
	bool good = true;

	if (s->source == SOURCE_FILE) {
		good = file_read(&file, s->file);
		file_free(&file);
	}
	settings_free(s);
	return good ? 0 : 1;
}

int main(int argc, char **argv)
{
	struct options options = { .settings = DEFAULT_SETTINGS };
	static struct daemon d;
	struct metrics *metrics;
	struct http *http;
	int signals;

	if (!read_options(argc, argv, &options)) {
		fputs(usage_text, stderr);
		return 1;
	}
	setvbuf(stderr, NULL, _IOLBF, 0);
	if (!read_settings(&d.settings, &options))
		return 1;
	if (options.test)
		return test_only(&d.settings);
	signals = signals_open();
	http = http_new(&d.settings);
	d.transport = http_transport(http);
	metrics = metrics_open(d.settings.metrics);
	if (!daemon_start(&d, clock_ms()))
		return 1;
	run(&d, http, metrics, signals);
	notify("STOPPING=1");
	say(LOG_INFO, "stops; the kernel keeps its mappings");
	metrics_close(metrics);
	daemon_stop(&d);
	http_free(http);
	close(signals);
	return 0;
}
