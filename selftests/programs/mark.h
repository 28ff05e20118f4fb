/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Marks in a program: instructions that do nothing, and that nothing else has,
 * by which bench/insns.c knows where what is measured begins and ends.
 */
#ifndef _SELFTESTS_MARK_H
#define _SELFTESTS_MARK_H

#define MARK_BEGIN	0x766e6501
#define MARK_END	0x766e6502

/* nopl MARK(%rax), on x86-64, which is what the guest is */
#define MARK_OPCODE	"\x0f\x1f\x80"
#define MARK_SIZE	7

static inline void mark_begin(void)
{
#ifdef __x86_64__
	__asm__ volatile("nopl %c0(%%rax)" : : "i" (MARK_BEGIN) : "memory");
#endif
}

static inline void mark_end(void)
{
#ifdef __x86_64__
	__asm__ volatile("nopl %c0(%%rax)" : : "i" (MARK_END) : "memory");
#endif
}

#endif /* _SELFTESTS_MARK_H */
