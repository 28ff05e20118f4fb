// SPDX-License-Identifier: GPL-2.0-only
/*
 * A plugin of QEMU's that counts the instructions that a guest executes, by the
 * address of the straight piece of code that they are in. Between two marks (plugin.h)
 * it adds; at the second it writes the file out=DIR/insns.N, of two hexadecimal words a
 * line, address and count.
 */
#include <inttypes.h>

#include "plugin.h"

int qemu_plugin_version = 1;

/* Never freed: QEMU may run code that it has forgotten to look up. */
struct piece {
	uint64_t addr, count;
	struct piece *next;
};

static struct piece *pieces;
static const char *out;

static void begin(unsigned int vcpu, void *data)
{
	struct piece *p;

	(void)vcpu;
	(void)data;
	for (p = pieces; p; p = p->next)
		p->count = 0;
}

static void end(unsigned int vcpu, void *data)
{
	FILE *file = plugin_file(out, "insns");
	struct piece *p;

	(void)vcpu;
	(void)data;
	for (p = pieces; p; p = p->next)
		if (p->count)
			fprintf(file, "%" PRIx64 " %" PRIx64 "\n", p->addr,
				p->count);
	if (fclose(file))
		plugin_die("insns");
}

static void translated(uint64_t id, struct qemu_plugin_tb *tb)
{
	size_t n = qemu_plugin_tb_n_insns(tb), i;
	struct piece *p = calloc(1, sizeof(*p));

	(void)id;
	if (!p)
		plugin_die("calloc");
	p->addr = qemu_plugin_tb_vaddr(tb);
	p->next = pieces;
	pieces = p;
	qemu_plugin_register_vcpu_tb_exec_inline(tb, QEMU_PLUGIN_INLINE_ADD_U64,
						 &p->count, n);
	for (i = 0; i < n; i++)
		plugin_at_marks(qemu_plugin_tb_get_insn(tb, i), begin, end);
}

int qemu_plugin_install(uint64_t id, const struct qemu_info_t *info, int argc,
			char **argv)
{
	(void)info;
	out = plugin_out(argc, argv);
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
