// SPDX-License-Identifier: GPL-2.0-only
/*
 * A plugin of QEMU's that counts the instructions that a guest executes, by the
 * address of the straight piece of code that they are in. Between two marks that
 * a program in the guest sets (../programs/mark.h), it adds; at the second it writes the
 * file out=DIR/insns.N, of two hexadecimal words a line, address and count; N
 * counts up from 0.
 */
#include <stdint.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qemu-plugin.h"
#include "../programs/mark.h"

int qemu_plugin_version = 1;

/* Never freed: QEMU may run code that it has forgotten to look up. */
struct piece {
	uint64_t addr, count;
	struct piece *next;
};

static struct piece *pieces;
static const char *out = ".";

static void write_counts(void)
{
	static int number;
	struct piece *p;
	char name[4096];
	FILE *file;

	snprintf(name, sizeof(name), "%s/insns.%d", out, number++);
	file = fopen(name, "w");
	if (!file) {
		perror(name);
		exit(1);
	}
	for (p = pieces; p; p = p->next)
		if (p->count)
			fprintf(file, "%" PRIx64 " %" PRIx64 "\n", p->addr,
				p->count);
	if (fclose(file)) {
		perror(name);
		exit(1);
	}
}

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
	(void)vcpu;
	(void)data;
	write_counts();
}

static bool is_mark(const struct qemu_plugin_insn *insn, uint32_t mark)
{
	const unsigned char *code = qemu_plugin_insn_data(insn);

	return qemu_plugin_insn_size(insn) == MARK_SIZE &&
	       !memcmp(code, MARK_OPCODE, MARK_SIZE - sizeof(mark)) &&
	       !memcmp(code + MARK_SIZE - sizeof(mark), &mark, sizeof(mark));
}

static void translated(uint64_t id, struct qemu_plugin_tb *tb)
{
	size_t n = qemu_plugin_tb_n_insns(tb), i;
	struct piece *p = calloc(1, sizeof(*p));

	(void)id;
	if (!p) {
		perror("calloc");
		exit(1);
	}
	p->addr = qemu_plugin_tb_vaddr(tb);
	p->next = pieces;
	pieces = p;
	qemu_plugin_register_vcpu_tb_exec_inline(tb, QEMU_PLUGIN_INLINE_ADD_U64,
						 &p->count, n);
	for (i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);

		if (is_mark(insn, MARK_BEGIN))
			qemu_plugin_register_vcpu_insn_exec_cb(insn, begin,
							       QEMU_PLUGIN_CB_NO_REGS,
							       NULL);
		else if (is_mark(insn, MARK_END))
			qemu_plugin_register_vcpu_insn_exec_cb(insn, end,
							       QEMU_PLUGIN_CB_NO_REGS,
							       NULL);
	}
}

int qemu_plugin_install(uint64_t id, const struct qemu_info_t *info, int argc,
			char **argv)
{
	int i;

	(void)info;
	for (i = 0; i < argc; i++)
		if (!strncmp(argv[i], "out=", 4))
			out = argv[i] + 4;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
