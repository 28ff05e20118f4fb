/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a frame's metadata tells the frame's receiver of what that sends: how many of
 * its segments were lost lately. It is told only to who asks. Three bits are for a
 * level of loss, one is to ask. A host that neither asks nor is asked has zeros there.
 */
#ifndef _VNENCAP_REPORT_H
#define _VNENCAP_REPORT_H

#include <linux/bits.h>
#include <linux/types.h>

#define VNENCAP_REPORT_LEVEL	GENMASK(2, 0)
#define VNENCAP_REPORT_ASK	BIT(3)

#define VNENCAP_REPORT_LEVELS	8

/* The least loss of each level: how many of a million segments */
static const u32 vnencap_report_least[VNENCAP_REPORT_LEVELS] = {
	0, 1000, 3000, 10000, 20000, 40000, 80000, 160000,
};

/**
 * vnencap_report_level - the level of a loss
 * @loss: of a million segments so many
 *
 * Return: 0 to 7.
 */
static inline u8 vnencap_report_level(u32 loss)
{
	u8 level = VNENCAP_REPORT_LEVELS - 1;

	while (loss < vnencap_report_least[level])
		level--;
	return level;
}

#endif /* _VNENCAP_REPORT_H */
