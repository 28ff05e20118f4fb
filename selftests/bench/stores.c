// SPDX-License-Identifier: GPL-2.0-only
/*
 * A plugin of QEMU's that tells which cache lines go from one CPU of a guest to another,
 * as if each CPU had a cache that holds everything. Of each line that the kernel writes
 * it knows which CPU has done so last, and which have read it since. A store to a line
 * that another CPU has written last is a handover. A load from one that another CPU has
 * written since it was last read here is a fetch. Both are counted for modules, by the
 * instruction and the line.
 *
 * Between two marks (plugin.h) it adds; at the second it writes the file
 * out=DIR/stores.N, of hexadecimal words: the instruction's address, where in the line
 * it was last, stores by CPU 0, by CPU 1 (and all others), handovers, fetches, and which
 * instruction had written the line before the last of these two.
 */
#include <inttypes.h>

#include "plugin.h"

#define KERNEL		(1ULL << 63)
#define MODULES		0xffffffffc0000000ULL	/* where they are on x86-64 */
#define LINE		64
#define BITS		23
#define SLOTS		(1U << BITS)

int qemu_plugin_version = 1;

/* What one instruction has done to a line. Or the line, where code is 0: who wrote it
 * last, and by which instruction.
 */
struct slot {
	uint64_t code, line, addr, before;
	uint32_t stores[2], handovers, fetches;
	int16_t last;
	uint16_t have;		/* a bit for each CPU that has seen that */
};

static struct slot *slots;
static unsigned int used;
static const char *out;

static struct slot *find(uint64_t code, uint64_t line)
{
	uint64_t hash = (code * 31 + line / LINE) * 0x9e3779b97f4a7c15ULL;
	unsigned int i = hash >> (64 - BITS);

	while (slots[i].line && (slots[i].code != code || slots[i].line != line))
		i = (i + 1) % SLOTS;
	if (!slots[i].line) {
		if (++used > SLOTS - SLOTS / 8) {
			fputs("stores: too many lines\n", stderr);
			exit(1);
		}
		slots[i] = (struct slot){ .code = code, .line = line, .last = -1 };
	}
	return &slots[i];
}

static void stored(unsigned int vcpu, uint64_t code, uint64_t addr, struct slot *line)
{
	bool handover = line->last >= 0 && line->last != (int)vcpu;

	if (code >= MODULES) {
		struct slot *s = find(code, line->line);

		s->addr = addr;
		s->stores[vcpu != 0]++;
		s->handovers += handover;
		if (handover)
			s->before = line->before;
	}
	line->last = vcpu;
	line->before = code;
	line->have = 0;
}

static void loaded(unsigned int vcpu, uint64_t code, uint64_t addr, struct slot *line)
{
	if (code >= MODULES && line->last >= 0 && line->last != (int)vcpu &&
	    !(line->have >> vcpu & 1)) {
		struct slot *s = find(code, line->line);

		s->addr = addr;
		s->fetches++;
		s->before = line->before;
	}
	line->have |= 1U << vcpu;
}

static void accessed(unsigned int vcpu, qemu_plugin_meminfo_t info, uint64_t addr,
		     void *data)
{
	uint64_t code = (uintptr_t)data;
	struct slot *line;

	if (addr < KERNEL)
		return;
	line = find(0, addr & ~(uint64_t)(LINE - 1));
	if (qemu_plugin_mem_is_store(info))
		stored(vcpu, code, addr, line);
	else
		loaded(vcpu, code, addr, line);
}

/* Who wrote a line last is known from before, too. */
static void begin(unsigned int vcpu, void *data)
{
	struct slot *s;

	(void)vcpu;
	(void)data;
	for (s = slots; s < slots + SLOTS; s++) {
		memset(s->stores, 0, sizeof(s->stores));
		s->handovers = 0;
		s->fetches = 0;
	}
}

static void end(unsigned int vcpu, void *data)
{
	FILE *file = plugin_file(out, "stores");
	struct slot *s;

	(void)vcpu;
	(void)data;
	for (s = slots; s < slots + SLOTS; s++)
		if (s->stores[0] || s->stores[1] || s->fetches)
			fprintf(file, "%" PRIx64 " %" PRIx64 " %x %x %x %x %" PRIx64 "\n",
				s->code, s->addr, s->stores[0], s->stores[1],
				s->handovers, s->fetches, s->before);
	if (fclose(file))
		plugin_die("stores");
}

static void translated(uint64_t id, struct qemu_plugin_tb *tb)
{
	uint64_t addr = qemu_plugin_tb_vaddr(tb);
	size_t i;

	(void)id;
	for (i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);

		plugin_at_marks(insn, begin, end);
		if (addr >= KERNEL)
			qemu_plugin_register_vcpu_mem_cb(insn, accessed,
							 QEMU_PLUGIN_CB_NO_REGS,
							 QEMU_PLUGIN_MEM_RW,
							 (void *)(uintptr_t)addr);
		addr += qemu_plugin_insn_size(insn);
	}
}

int qemu_plugin_install(uint64_t id, const struct qemu_info_t *info, int argc,
			char **argv)
{
	(void)info;
	out = plugin_out(argc, argv);
	slots = calloc(SLOTS, sizeof(*slots));
	if (!slots)
		plugin_die("calloc");
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
