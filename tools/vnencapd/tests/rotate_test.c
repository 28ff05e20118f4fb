// SPDX-License-Identifier: GPL-2.0-only
/* Keys of etcd in a kernel that loses them. */
#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "memory.h"
#include "tap.h"
#include "../core.h"
#include "../rotate.h"

static struct settings settings;
static struct session session;
static struct memory memory;
static struct rotate rotate;
static struct core core;
static struct calls calls;

static const struct session_ops no_ops;

static bool has(uint32_t vni, uint32_t id)
{
	struct key_ids ids;

	memory.backend.key_get(&memory.backend, vni, &ids);
	return ids.id == id && !ids.has_also;
}

static void put(uint32_t vni, uint32_t id, int64_t rev)
{
	struct key_pair pair = { .send = { .id = id, .secret = { 1, 2, 3 } } };

	rotate_item(&rotate, vni, &pair, rev, 0);
}

int main(void)
{
	log_level = 0;
	calls_init(&calls);
	calls_settings(&settings, 1);
	settings.keys = false;
	memory_init(&memory);
	core_init(&core, &memory.backend, NULL, 0);
	core.vnis.all = true;
	core.kernel = true;
	session_init(&session, &settings, &calls.transport, &no_ops, NULL, 0);
	rotate_init(&rotate, &settings, &session, &core, 0);
	put(5, 3, 1);
	put(6, 4, 2);
	rotate_run(&rotate, 10);
	check(has(5, 3) && has(6, 4), "keys of etcd come to the kernel");
	memset(memory.keys, 0, sizeof(memory.keys));
	rotate_run(&rotate, 20);
	check(has(5, 0), "what happens there is told");
	rotate_changed(&rotate, 5);
	rotate_run(&rotate, 30);
	check(has(5, 3) && has(6, 0), "for one network");
	rotate_changed_all(&rotate);
	rotate_run(&rotate, 40);
	check(has(5, 3) && has(6, 4),
	      "or for all, where the module is another or nobody could listen");
	rotate_free(&rotate);
	session_free(&session);
	core_free(&core);
	memory_free(&memory);
	settings_free(&settings);
	return tap_end();
}
