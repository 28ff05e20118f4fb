// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory of code words. Each group of segments needs some for the moment in which its
 * parity is made. Kernels fill whatever they hand out with zeros (init_on_alloc), which
 * takes longer than all that is done with it then. So each CPU keeps a piece, once it had
 * one, until the module goes.
 */
#include <linux/gfp.h>
#include <linux/percpu.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "skb/room.h"

/* Bytes of a piece that is kept. That is enough where segments are of 1,500 bytes. */
#define KEPT	SZ_32K

static DEFINE_PER_CPU(void *, kept_piece);

/**
 * vnencap_room_take - take memory for a code word
 * @size: bytes
 *
 * It has in it whatever was there before.
 *
 * Context: softirq, or bottom halves disabled.
 * Return: the memory, for vnencap_room_give(); NULL where there is none.
 */
void *vnencap_room_take(size_t size)
{
	void *memory = NULL;

	if (size <= KEPT)
		memory = this_cpu_xchg(kept_piece, NULL);
	return memory ?: kmalloc(size <= KEPT ? KEPT : size,
				 GFP_ATOMIC | __GFP_NOWARN);
}

/**
 * vnencap_room_give - give memory back
 * @memory: from vnencap_room_take()
 * @size: what that was asked for
 *
 * Context: softirq, or bottom halves disabled.
 */
void vnencap_room_give(void *memory, size_t size)
{
	if (size <= KEPT)
		memory = this_cpu_xchg(kept_piece, memory);
	kfree(memory);
}

/**
 * vnencap_room_exit - free what is kept
 *
 * Context: process; nothing is sent or received any more.
 */
void vnencap_room_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		kfree(per_cpu(kept_piece, cpu));
}
