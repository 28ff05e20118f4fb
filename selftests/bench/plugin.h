/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the plugins of QEMU's share: they count between two marks that a program in the
 * guest sets (../programs/mark.h), and at the second write a file, OUT/NAME.N; N counts
 * up from 0.
 */
#ifndef _BENCH_PLUGIN_H
#define _BENCH_PLUGIN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qemu-plugin.h"
#include "../programs/mark.h"

static inline void plugin_die(const char *what)
{
	perror(what);
	exit(1);
}

/* The value of out=, of the plugin's words */
static inline const char *plugin_out(int argc, char **argv)
{
	const char *out = ".";
	int i;

	for (i = 0; i < argc; i++)
		if (!strncmp(argv[i], "out=", 4))
			out = argv[i] + 4;
	return out;
}

static inline FILE *plugin_file(const char *out, const char *what)
{
	static int number;
	char name[4096];
	FILE *file;

	snprintf(name, sizeof(name), "%s/%s.%d", out, what, number++);
	file = fopen(name, "w");
	if (!file)
		plugin_die(name);
	return file;
}

static inline bool plugin_is_mark(const struct qemu_plugin_insn *insn,
				  uint32_t mark)
{
	const unsigned char *code = qemu_plugin_insn_data(insn);

	return qemu_plugin_insn_size(insn) == MARK_SIZE &&
	       !memcmp(code, MARK_OPCODE, MARK_SIZE - sizeof(mark)) &&
	       !memcmp(code + MARK_SIZE - sizeof(mark), &mark, sizeof(mark));
}

/* Have begin and end called at the marks, if that is one. */
static inline void plugin_at_marks(struct qemu_plugin_insn *insn, insn_cb_t begin,
				   insn_cb_t end)
{
	insn_cb_t cb = plugin_is_mark(insn, MARK_BEGIN) ? begin :
		       plugin_is_mark(insn, MARK_END) ? end : NULL;

	if (cb)
		qemu_plugin_register_vcpu_insn_exec_cb(insn, cb,
						       QEMU_PLUGIN_CB_NO_REGS, NULL);
}

#endif /* _BENCH_PLUGIN_H */
