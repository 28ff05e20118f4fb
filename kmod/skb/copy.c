// SPDX-License-Identifier: GPL-2.0-only
/* Bytes of one skb copied to another. */
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/skbuff.h>

#include "skb/copy.h"

/**
 * vnencap_skb_copy_on - copy bytes from an skb that is read from front to back
 * @to: the skb that is written to; it is long enough already
 * @at: where in @to, in bytes from its data
 * @from: from skb_prepare_seq_read()
 * @from_at: where, in bytes from where reading began; no less than where the bytes
 *	ended that were copied last
 * @len: how many bytes
 *
 * What was passed before is not walked over again.
 *
 * Context: any.
 * Return: 0, or -EFAULT where either is too short.
 */
int vnencap_skb_copy_on(struct sk_buff *to, u32 at, struct skb_seq_state *from,
			u32 from_at, u32 len)
{
	u32 done = 0;
	int err = 0;

	while (done < len) {
		const u8 *data;
		u32 n = skb_seq_read(from_at + done, &data, from);

		n = min(n, len - done);
		err = n ? skb_store_bits(to, at + done, data, n) : -EFAULT;
		if (err)
			break;
		done += n;
	}
	return err;
}

/**
 * vnencap_skb_copy - copy bytes from skb to skb, whatever their layouts
 * @to: the skb that is written to; it is long enough already
 * @at: where in @to, in bytes from its data
 * @from: the skb that is read
 * @from_at: where in @from, in bytes from its data
 * @len: how many bytes
 *
 * Context: any.
 * Return: 0, or -EFAULT where either is too short.
 */
int vnencap_skb_copy(struct sk_buff *to, u32 at, struct sk_buff *from,
		     u32 from_at, u32 len)
{
	struct skb_seq_state state;
	int err;

	skb_prepare_seq_read(from, from_at, from_at + len, &state);
	err = vnencap_skb_copy_on(to, at, &state, 0, len);
	skb_abort_seq_read(&state);
	return err;
}
