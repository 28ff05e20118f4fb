// SPDX-License-Identifier: GPL-2.0-only
/* The headers of a run. */
#include "rx/run.h"
#include "wire/outer.h"

/**
 * vnencap_run_read - read the headers of a run
 * @skb: data at the outer IP header; headers linear
 * @run: written
 *
 * Return: 0, or -EPROTO where it is not one of ours.
 */
int vnencap_run_read(const struct sk_buff *skb, struct vnencap_run *run)
{
	return vnencap_run_parse(skb, vnencap_outer_len(skb), run);
}
