// SPDX-License-Identifier: GPL-2.0-only
/* What etcd may answer: anything, to a session, a core and a kernel in memory. */
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "../core.h"
#include "../device.h"
#include "../etcd.h"
#include "../guests.h"
#include "../transport.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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

static int status_of(size_t len)
{
	return len % 7 ? 200 : len % 2 ? NO_GRPC : 400;
}

/* The first byte of each piece says what it is, the next two how long. */
static void feed(struct transport *t, bool *busy, struct etcd *etcd, struct core *core,
		 const uint8_t *data, size_t size)
{
	int64_t now = 1000;

	while (size > 3) {
		enum call call = data[0] % CALLS;
		size_t len = data[1] << 8 | data[2];
		char *piece;

		now += data[0] * 100;
		data += 3;
		size -= 3;
		len = len > size ? size : len;
		piece = malloc(len + 1);
		memcpy(piece, data, len);
		piece[len] = '\0';
		if (call == CALL_WATCH && busy[call] && len) {
			t->receiver.line(t->receiver.data, piece, len, now);
		} else if (busy[call]) {
			busy[call] = false;
			t->receiver.answer(t->receiver.data, call, status_of(len), piece,
					   len, now);
		}
		free(piece);
		data += len;
		size -= len;
		etcd_run(etcd, now);
		core_run(core, now);
	}
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

	log_level = 0;
	memset(&t, 0, sizeof(t));
	t.transport.send = fuzz_send;
	t.transport.cancel = fuzz_cancel;
	settings_init(&s);
	s.servers = 1;
	s.server[0] = strdup("http://x");
	s.locals = 1;
	s.local[0].family = AF_INET;
	s.local[0].bytes[0] = 10;
	memory_init(&memory);
	core_init(&core, &memory.backend, NULL, 0);
	core.vnis.all = true;
	core_read_kernel(&core);
	etcd = etcd_start(&s, &core, &t.transport, 1000);
	etcd_run(etcd, 1000);
	feed(&t.transport, t.busy, etcd, &core, data, size);
	etcd_stop(etcd);
	core_free(&core);
	memory_free(&memory);
	settings_free(&s);
	return 0;
}
