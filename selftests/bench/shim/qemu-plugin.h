/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What insns.c uses of QEMU's plugin interface, as that is documented (version 1:
 * QEMU 4.2 to 8.1). Debian does not package its header.
 */
#ifndef _SHIM_QEMU_PLUGIN_H
#define _SHIM_QEMU_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_info_t;

typedef void (*tb_cb_t)(uint64_t id, struct qemu_plugin_tb *tb);
typedef void (*insn_cb_t)(unsigned int vcpu, void *data);

enum qemu_plugin_op { QEMU_PLUGIN_INLINE_ADD_U64 };
enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };

void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id, tb_cb_t cb);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb,
						 size_t idx);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *tb,
					      enum qemu_plugin_op op,
					      void *ptr, uint64_t imm);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
					    insn_cb_t cb,
					    enum qemu_plugin_cb_flags flags,
					    void *data);

int qemu_plugin_install(uint64_t id, const struct qemu_info_t *info, int argc,
			char **argv);
extern int qemu_plugin_version;

#endif /* _SHIM_QEMU_PLUGIN_H */
