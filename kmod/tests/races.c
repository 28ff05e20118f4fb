// SPDX-License-Identifier: GPL-2.0-only
/*
 * Looks for data races of the module on kernels that do not (CONFIG_KCSAN), and in
 * much the same way: the compiler (-fsanitize=thread) calls a function here before
 * each access to memory that others may know. Every few hundred plain accesses a
 * watch is set: this CPU waits a little, and tells if the memory is accessed by
 * another meanwhile, or has another value afterwards. One of the two has to be a
 * write, and one has to be plain: READ_ONCE() and WRITE_ONCE() say that an access is
 * meant to be so. Of atomic operations, and of what the kernel's own code does, only
 * the other value is seen.
 */
#include <linux/atomic.h>
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/hash.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/processor.h>
#include <linux/random.h>
#include <linux/sched/clock.h>

#define WATCHES_BITS	6
/* As long as a packet takes, about; and longer than two CPUs take that QEMU runs
 * in turn, each until it waits.
 */
#define WATCH_NS	80000

/* The word of a watch: the lower bits of the address, the size and whether it is a
 * write that is watched for; or one of these.
 */
#define WATCH_FREE	0UL
#define WATCH_TAKEN	1UL
#define WATCH_TOLD	2UL
#define WATCH_ADDR	GENMASK(47, 0)
#define WATCH_SIZE	GENMASK(61, 48)
#define WATCH_SIZE_MAX	64UL
#define WATCH_WRITE	BIT(62)
#define WATCH_VALID	BIT(63)

/**
 * struct watch - memory that somebody watches just now
 * @word: see above
 * @ip: who has accessed it, once @word is WATCH_TOLD
 * @write: and whether by a write
 */
struct watch {
	atomic_long_t word;
	unsigned long ip;
	bool write;
};

static struct watch watches[1 << WATCHES_BITS];

/* Pairs that were told, each once */
static unsigned long told[256];

static DEFINE_PER_CPU(int, skip);

static uint watch_every = 400;
module_param(watch_every, uint, 0644);
MODULE_PARM_DESC(watch_every, "Plain accesses from one that is watched to the next");

static ulong watched;
module_param(watched, ulong, 0444);
MODULE_PARM_DESC(watched, "Accesses that were watched (about)");

static bool tell_once(unsigned long a, unsigned long b)
{
	unsigned long pair = min(a, b) * 3 + max(a, b);
	unsigned int i = hash_long(pair, 8);

	return xchg(&told[i], pair) != pair;
}

static void tell(unsigned long ip, bool write, unsigned long other,
		 bool other_write)
{
	if (!tell_once(ip, other))
		return;
	if (other)
		pr_err("BUG: data race: %s in %pS, %s in %pS\n",
		       write ? "write" : "read", (void *)ip,
		       other_write ? "write" : "read", (void *)other);
	else
		pr_err("BUG: data race: %s in %pS of what is changed elsewhere\n",
		       write ? "write" : "read", (void *)ip);
	dump_stack();
}

/* Does an access meet what is watched? Two reads do not. */
static bool meets(unsigned long word, unsigned long addr, unsigned long size,
		  bool write)
{
	unsigned long begin = word & WATCH_ADDR;
	unsigned long end = begin + FIELD_GET(WATCH_SIZE, word);

	addr &= WATCH_ADDR;
	return word & WATCH_VALID && (write || word & WATCH_WRITE) &&
	       addr < end && addr + size > begin;
}

/* Tell who watches that it was accessed. No interrupt may keep it waiting. */
static void meet(struct watch *w, unsigned long word, bool write,
		 unsigned long ip)
{
	unsigned long flags;

	local_irq_save(flags);
	if (atomic_long_cmpxchg(&w->word, word, WATCH_TAKEN) == word) {
		w->ip = ip;
		w->write = write;
		atomic_long_set_release(&w->word, WATCH_TOLD);
	}
	local_irq_restore(flags);
}

static u64 value(unsigned long addr, unsigned long size)
{
	switch (size) {
	case 1:
		return READ_ONCE(*(u8 *)addr);
	case 2:
		return READ_ONCE(*(u16 *)addr);
	case 4:
		return READ_ONCE(*(u32 *)addr);
	case 8:
		return READ_ONCE(*(u64 *)addr);
	}
	return 0;
}

static void linger(void)
{
	u64 end = local_clock() + WATCH_NS;

	do {
		cpu_relax();
	} while (local_clock() < end);
}

static void watch(struct watch *w, unsigned long addr, unsigned long size,
		  bool write, unsigned long ip)
{
	unsigned long word = WATCH_VALID | (write ? WATCH_WRITE : 0) |
			     FIELD_PREP(WATCH_SIZE, size) | (addr & WATCH_ADDR);
	u64 before;

	if (atomic_long_cmpxchg(&w->word, WATCH_FREE, word) != WATCH_FREE)
		return;
	before = value(addr, size);
	WRITE_ONCE(watched, READ_ONCE(watched) + 1);
	linger();
	if (atomic_long_cmpxchg(&w->word, word, WATCH_FREE) == word) {
		if (value(addr, size) != before)
			tell(ip, write, 0, true);
		return;
	}
	while (atomic_long_read_acquire(&w->word) != WATCH_TOLD)
		cpu_relax();
	tell(ip, write, w->ip, w->write);
	atomic_long_set_release(&w->word, WATCH_FREE);
}

static void access(unsigned long addr, unsigned long size, bool write,
		   bool plain, unsigned long ip)
{
	/* what is beside it is mostly watched in the same place */
	struct watch *w = &watches[hash_long(addr / WATCH_SIZE_MAX,
					     WATCHES_BITS)];
	unsigned long word = atomic_long_read(&w->word);

	if (unlikely(meets(word, addr, size, write))) {
		meet(w, word, write, ip);
	} else if (plain && this_cpu_dec_return(skip) < 0 && !in_nmi()) {
		this_cpu_write(skip, reciprocal_scale(get_random_u32(),
						      2 * watch_every));
		watch(w, addr, min(size, WATCH_SIZE_MAX), write, ip);
	}
}

/* ---- What the compiler calls, by names of its own ---- */

__diag_push();
__diag_ignore_all("-Wmissing-prototypes", "nothing else calls them");

#define TSAN(kind, size, write, plain)					\
void __tsan_##kind##size(void *addr)					\
{									\
	access((unsigned long)addr, size, write, plain, _RET_IP_);	\
}

TSAN(read, 1, false, true)
TSAN(read, 2, false, true)
TSAN(read, 4, false, true)
TSAN(read, 8, false, true)
TSAN(read, 16, false, true)

TSAN(write, 1, true, true)
TSAN(write, 2, true, true)
TSAN(write, 4, true, true)
TSAN(write, 8, true, true)
TSAN(write, 16, true, true)

TSAN(unaligned_read, 2, false, true)
TSAN(unaligned_read, 4, false, true)
TSAN(unaligned_read, 8, false, true)
TSAN(unaligned_read, 16, false, true)

TSAN(unaligned_write, 2, true, true)
TSAN(unaligned_write, 4, true, true)
TSAN(unaligned_write, 8, true, true)
TSAN(unaligned_write, 16, true, true)

TSAN(volatile_read, 1, false, false)
TSAN(volatile_read, 2, false, false)
TSAN(volatile_read, 4, false, false)
TSAN(volatile_read, 8, false, false)
TSAN(volatile_read, 16, false, false)

TSAN(volatile_write, 1, true, false)
TSAN(volatile_write, 2, true, false)
TSAN(volatile_write, 4, true, false)
TSAN(volatile_write, 8, true, false)
TSAN(volatile_write, 16, true, false)

TSAN(unaligned_volatile_read, 2, false, false)
TSAN(unaligned_volatile_read, 4, false, false)
TSAN(unaligned_volatile_read, 8, false, false)
TSAN(unaligned_volatile_read, 16, false, false)

TSAN(unaligned_volatile_write, 2, true, false)
TSAN(unaligned_volatile_write, 4, true, false)
TSAN(unaligned_volatile_write, 8, true, false)
TSAN(unaligned_volatile_write, 16, true, false)

void __tsan_read_range(void *addr, unsigned long size)
{
	access((unsigned long)addr, size, false, true, _RET_IP_);
}

void __tsan_write_range(void *addr, unsigned long size)
{
	access((unsigned long)addr, size, true, true, _RET_IP_);
}

void __tsan_init(void)
{
}

__diag_pop();
