// SPDX-License-Identifier: GPL-2.0-only
/*
 * What etcd may answer: anything, to a session, a core and a kernel in memory. Whatever
 * it is, nothing of a network that is not this host's gets to the kernel.
 */
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "../chance.h"
#include "../core.h"
#include "../device.h"
#include "../etcd.h"
#include "../guests.h"
#include "../transport.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte of an input says which. Whose networks are 1 and 42, and no others */
static const char *const settings_text[] = {
	"name a\nlocal 10.0.0.1\nvnis 1 42\nkeys take\n",
	"name a\nlocal 10.0.0.1\nvnis 1 42\npublish vni 1 192.168.4.9\n"
		"subnets vni 42 10.42.0.0/21 length 24 device vn42 link eth0\n",
	"name a\nlocal 10.0.0.1\nvnis 1 42\nuser somebody\n",
};

#define SETTINGS (sizeof(settings_text) / sizeof(settings_text[0]))

/* What was left to chance would be otherwise each time. */
uint32_t chance(uint32_t below)
{
	return below / 2;
}

void guests_init(struct guests *g, const char *folder, int64_t now)
{
	(void)folder;
	(void)now;
	memset(g, 0, sizeof(*g));
}

void guests_free(struct guests *g)
{
	(void)g;
}

int64_t guests_run(struct guests *g, struct publish *publish, int64_t now)
{
	(void)g;
	(void)publish;
	(void)now;
	return NEVER;
}

unsigned int device_mtu(const char *name)
{
	(void)name;
	return 0;
}

static void fuzz_send(struct transport *transport, enum call call, const struct ask *ask)
{
	bool *busy = (bool *)(transport + 1);

	(void)ask;
	busy[call] = true;
}

static void fuzz_cancel(struct transport *transport, enum call call)
{
	bool *busy = (bool *)(transport + 1);

	busy[call] = false;
}

static const int statuses[] = { 200, 400, FAILED, TOO_BIG, NO_GRPC };

#define STATUSES (sizeof(statuses) / sizeof(statuses[0]))

/* One answer, or one piece of the stream, which ends with a status or with nothing */
static void feed_piece(struct transport *t, bool *busy, enum call call, int status,
		       const uint8_t *data, size_t len, int64_t now)
{
	char *piece = malloc(len + 1);

	memcpy(piece, data, len);
	piece[len] = '\0';
	if (call == CALL_WATCH && busy[call] && status == 200 && len) {
		t->receiver.line(t->receiver.data, piece, len, now);
	} else if (busy[call]) {
		busy[call] = false;
		t->receiver.answer(t->receiver.data, call, status, piece, len, now);
	}
	free(piece);
}

/* Before each piece is a byte that says to which call and with which status, one for
 * the tenths of a second that it takes, and two for how long it is. Nothing that is
 * answered to a call that was not made is time that passes.
 */
static void feed(struct transport *t, bool *busy, struct etcd *etcd, struct core *core,
		 const uint8_t *data, size_t size)
{
	int64_t now = 1000;

	while (size >= 4) {
		enum call call = data[0] % CALLS;
		int status = statuses[data[0] / CALLS % STATUSES];
		size_t len = data[2] << 8 | data[3];

		now += data[1] * 100;
		data += 4;
		size -= 4;
		len = len > size ? size : len;
		feed_piece(t, busy, call, status, data, len, now);
		data += len;
		size -= len;
		etcd_run(etcd, now);
		core_run(core, now);
	}
}

static void use_settings(struct settings *s, const char *text)
{
	char all[512];
	FILE *from;

	snprintf(all, sizeof(all), "source etcd http://x http://y\nhold 3\ngrace 2\nttl 9\n"
		 "state /dev/null\nrun /dev/null\ncni /dev/null\n%s", text);
	from = fmemopen(all, strlen(all), "r");
	settings_init(s);
	if (!from || !settings_parse(s, from, "fuzz"))
		abort();
	fclose(from);
}

static void use_vnis(struct core *core, const struct settings *s)
{
	unsigned int i;

	for (i = 0; i < s->vnis_listed; i++)
		vnis_need(&core->vnis, s->vni[i])->here = true;
}

/* Other tenants' networks are as they were: there is nothing of them. */
static void check_kernel(const struct memory *memory, const struct core *core)
{
	struct table_walk walk = { };
	const struct entry *e;
	unsigned int i;

	while ((e = table_next(&memory->table, &walk)))
		if (!vnis_here(&core->vnis, e->dest.vni))
			abort();
	for (i = 0; i < MEMORY_VNIS; i++)
		if (memory->keys[i].used && !vnis_here(&core->vnis, memory->keys[i].vni))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct {
		struct transport transport;
		bool busy[CALLS];
	} t;
	static struct memory memory;
	static struct core core;
	struct settings s;
	struct etcd *etcd;

	if (!size)
		return 0;
	log_level = 0;
	memset(&t, 0, sizeof(t));
	t.transport.send = fuzz_send;
	t.transport.cancel = fuzz_cancel;
	use_settings(&s, settings_text[data[0] % SETTINGS]);
	memory_init(&memory);
	core_init(&core, &memory.backend, NULL, s.grace);
	use_vnis(&core, &s);
	core_read_kernel(&core);
	etcd = etcd_start(&s, &core, &t.transport, 1000);
	etcd_run(etcd, 1000);
	feed(&t.transport, t.busy, etcd, &core, data + 1, size - 1);
	check_kernel(&memory, &core);
	etcd_stop(etcd);
	core_free(&core);
	memory_free(&memory);
	settings_free(&s);
	return 0;
}
