// SPDX-License-Identifier: GPL-2.0-only
/*
 * The daemon: a source, the core, and the kernel. When it stops, the kernel
 * keeps all that it was told.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "daemon.h"
#include "device.h"
#include "etcd.h"
#include "filekeys.h"
#include "notify.h"

/* How long a source is waited for before the state on disk is taken */
#define READY_MS	10000
#define KERNEL_MS	2000
#define REREAD_MS	200
/* How long the host that a prefix has left is heard */
#define LINGER_MS	5000

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static void choose_vnis(struct daemon *d)
{
	struct settings *s = &d->settings;
	unsigned int i;

	d->core.vnis.all = s->vnis == VNIS_ALL;
	for (i = 0; i < s->vnis_listed; i++)
		vnis_need(&d->core.vnis, s->vni[i])->here = true;
	/* a subnet is free where nothing of the network has it */
	for (i = 0; i < s->pools; i++)
		vnis_need(&d->core.vnis, s->pool[i].network.vni)->pool = true;
}

/**
 * daemon_start - be ready to run
 * @d: with its settings, all else zero
 * @now: the time in ms
 *
 * Return: whether that is possible; if not, it was said.
 */
bool daemon_start(struct daemon *d, int64_t now)
{
	char path[4096];
	int err;

	core_init(&d->core, &d->kernel.backend, &d->journal, d->settings.grace);
	d->core.misses = d->settings.misses;
	d->core.moves.ms = LINGER_MS;
	choose_vnis(d);
	mkdir(d->settings.state, 0700);
	snprintf(path, sizeof(path), "%s/mappings", d->settings.state);
	err = journal_open(&d->journal, path, &d->core);
	if (err) {
		say(LOG_ERROR, "%s: %s", path, strerror(-err));
		return false;
	}
	if (d->core.table.count)
		say(LOG_INFO, "%u mappings are known from before", d->core.table.count);
	kernel_init(&d->kernel);
	d->ready_at = now + READY_MS;
	d->kernel_at = now;
	d->follow.fd = -1;
	if (d->settings.source == SOURCE_ETCD) {
		d->etcd = etcd_start(&d->settings, &d->core, d->transport, now);
		return d->etcd;
	}
	err = follow_open(&d->follow, d->settings.file, now);
	if (err)
		say(LOG_ERROR, "%s: cannot follow it: %s", d->settings.file, strerror(-err));
	return !err;
}

void daemon_stop(struct daemon *d)
{
	if (d->etcd)
		etcd_stop(d->etcd);
	if (d->follow.fd >= 0)
		follow_close(&d->follow);
	kernel_close(&d->kernel);
	journal_flush(&d->journal);
	journal_close(&d->journal);
	core_free(&d->core);
	file_free(&d->file);
	settings_free(&d->settings);
}

/* What tells of the addresses of devices; below 0 for nothing */
int daemon_addresses_fd(const struct daemon *d)
{
	return d->etcd ? etcd_addresses_fd(d->etcd) : -1;
}

/* What tells of prefixes that vnencapctl publishes */
int daemon_guests_fd(const struct daemon *d)
{
	return d->etcd ? etcd_guests_fd(d->etcd) : -1;
}

/* --- the file ------------------------------------------------------------- */

static void bring_up_devices(const struct daemon *d)
{
	const struct file_device *device;

	for (device = d->file.devices; device; device = device->next)
		if (!strcmp(device->host, d->settings.name))
			device_bring_up(device, false);
}

static void use_file(struct daemon *d, int64_t now)
{
	const struct file_map *m;

	core_list_begin(&d->core);
	d->file_rev++;
	for (m = d->file.maps; m; m = m->next)
		core_put(&d->core, &m->dest, &m->way, d->file_rev);
	core_list_end(&d->core, d->file_rev, now);
}

static void use_kernel_parts(struct daemon *d)
{
	if (!d->has_kernel || !d->has_file)
		return;
	bring_up_devices(d);
	filekeys_use(&d->file, &d->kernel.backend);
}

static void read_file(struct daemon *d, int64_t now)
{
	struct file file;

	if (!file_read(&file, d->settings.file)) {
		say(LOG_ERROR, "%s: not used; all stays as it is", d->settings.file);
		file_free(&file);
		return;
	}
	file_free(&d->file);
	d->file = file;
	d->has_file = true;
	use_file(d, now);
	use_kernel_parts(d);
	say(LOG_INFO, "%s: %llu mappings", d->settings.file,
	    (unsigned long long)d->core.stats.wanted);
}

/* Read the source again, whether or not it has changed. */
void daemon_reread(struct daemon *d, int64_t now)
{
	if (d->etcd)
		etcd_relist(d->etcd, now);
	else
		d->follow.read_at = now;
}

static int64_t run_file(struct daemon *d, int64_t now)
{
	if (follow_due(&d->follow, now)) {
		d->list_at = 0;
		read_file(d, now);
	}
	if (d->core.want_list && !d->list_at)
		d->list_at = now + d->settings.hold;
	if (d->core.want_list && now >= d->list_at) {
		d->list_at = 0;
		if (d->has_file)
			read_file(d, now);
	}
	return earlier(follow_next(&d->follow), d->list_at ? d->list_at : NEVER);
}

/* --- the kernel ------------------------------------------------------------ */

static void heard_map(const struct dest *dest, const struct way *way, void *data)
{
	struct daemon *d = data;

	core_heard(&d->core, dest, way);
}

static void heard_miss(uint32_t vni, const struct addr *addr, void *data)
{
	struct daemon *d = data;

	core_missed(&d->core, vni, addr);
}

static void heard_dev(void *data)
{
	struct daemon *d = data;

	d->devices_at = 0;
	if (d->etcd)
		etcd_devices_changed(d->etcd);
}

static void heard_key(uint32_t vni, void *data)
{
	struct daemon *d = data;

	if (d->etcd)
		etcd_key_changed(d->etcd, vni);
}

static void heard_lost(void *data)
{
	struct daemon *d = data;

	d->core.kernel = false;
	d->devices_at = 0;
	if (d->etcd)
		etcd_kernel_changed(d->etcd);
}

static void heard_gone(void *data)
{
	struct daemon *d = data;

	say(LOG_WARN, "the vnencap module was unloaded");
	d->core.kernel = false;
	d->has_kernel = false;
	d->kernel_at = 0;
}

void daemon_hear_kernel(struct daemon *d, int64_t now)
{
	static const struct kernel_events events = {
		.map = heard_map,
		.miss = heard_miss,
		.dev = heard_dev,
		.key = heard_key,
		.lost = heard_lost,
		.gone = heard_gone,
	};

	(void)now;
	kernel_hear(&d->kernel, &events, d);
}

static bool open_kernel(struct daemon *d, int64_t now)
{
	int err;

	if (d->has_kernel)
		return true;
	if (now < d->kernel_at)
		return false;
	d->kernel_at = now + KERNEL_MS;
	err = kernel_open(&d->kernel, d->settings.misses);
	if (err) {
		if (!d->said_absent)
			say(LOG_WARN, "cannot speak to the vnencap module: %s; tried again",
			    err == -ENOENT ? "it is not loaded" : strerror(-err));
		d->said_absent = true;
		return false;
	}
	d->said_absent = false;
	d->has_kernel = true;
	d->devices_at = 0;
	d->read_at = 0;
	use_kernel_parts(d);
	if (d->etcd)
		etcd_kernel_changed(d->etcd);
	return true;
}

static void read_kernel(struct daemon *d, int64_t now)
{
	int err;

	if (d->core.kernel || now < d->read_at)
		return;
	d->read_at = now + REREAD_MS;
	err = core_read_kernel(&d->core);
	if (!err)
		return;
	say(LOG_WARN, "cannot read the kernel's mappings: %s", strerror(-err));
	kernel_close(&d->kernel);
	d->has_kernel = false;
	d->kernel_at = now + KERNEL_MS;
}

static void saw_device(const struct seen_device *device, void *data)
{
	struct daemon *d = data;

	vnis_need(&d->core.vnis, device->vni)->seen = true;
}

/* Which networks matter, where that depends on devices */
static void look_at_devices(struct daemon *d, int64_t now)
{
	struct vnis_walk walk = { };
	bool news = false;
	struct vni *v;

	if (d->devices_at || d->settings.vnis != VNIS_DEVICES)
		return;
	d->devices_at = now;
	if (d->kernel.backend.devices(&d->kernel.backend, saw_device, d))
		return;
	while ((v = vnis_next(&d->core.vnis, &walk))) {
		news |= v->seen != v->here;
		v->here = v->seen;
		v->seen = false;
	}
	if (news)
		daemon_reread(d, now);
}

static int64_t run_kernel(struct daemon *d, int64_t now)
{
	if (!open_kernel(d, now))
		return d->kernel_at;
	look_at_devices(d, now);
	read_kernel(d, now);
	if (!d->has_kernel)
		return d->kernel_at;
	return d->core.kernel ? NEVER : d->read_at;
}

/* --- all ------------------------------------------------------------------- */

static void be_ready(struct daemon *d, int64_t now)
{
	if (!d->core.ready && now >= d->ready_at) {
		d->core.ready = true;
		say(LOG_WARN, "the source does not answer; what was known before is used");
	}
	if (d->said_ready || !d->core.ready || !d->core.kernel)
		return;
	d->said_ready = true;
	notify("READY=1");
}

/**
 * daemon_run - do what is to be done
 * @d: the daemon
 * @now: the time in ms
 *
 * Return: when there is more to do, or NEVER.
 */
int64_t daemon_run(struct daemon *d, int64_t now)
{
	int64_t next = run_kernel(d, now);

	next = earlier(next, d->etcd ? etcd_run(d->etcd, now) : run_file(d, now));
	/* a source may have asked for what the kernel has to tell */
	if (!d->devices_at && d->has_kernel)
		look_at_devices(d, now);
	be_ready(d, now);
	next = earlier(next, core_run(&d->core, now));
	journal_trim(&d->journal, &d->core);
	if (!d->core.ready)
		next = earlier(next, d->ready_at);
	if (d->core.want_list)
		next = earlier(next, now + 1000);
	return next;
}
