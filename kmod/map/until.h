/* SPDX-License-Identifier: GPL-2.0-only */
/* Times until which something holds, which many CPUs read and set with each frame. */
#ifndef _VNENCAP_UNTIL_H
#define _VNENCAP_UNTIL_H

#include <linux/compiler.h>
#include <linux/jiffies.h>

/**
 * vnencap_until_ahead - is a time still to come?
 * @time: in jiffies
 * @most: it was set to be at most so far ahead, in jiffies
 *
 * Times that nobody has looked at for long are past, though jiffies come round.
 *
 * Context: any.
 * Return: true if it is.
 */
static inline bool vnencap_until_ahead(unsigned long time, unsigned long most)
{
	return time - jiffies - 1 < most;
}

/**
 * vnencap_until_set - set a time anew
 * @time: what to set
 * @after: so far ahead, in jiffies
 *
 * It is moved on a few times a second, and not each jiffy: so it may come a little early.
 *
 * Context: any; several CPUs may do so at once.
 */
static inline void vnencap_until_set(unsigned long *time, unsigned long after)
{
	unsigned long then = jiffies + after;

	if (then - READ_ONCE(*time) > after / 64)
		WRITE_ONCE(*time, then);
}

#endif /* _VNENCAP_UNTIL_H */
