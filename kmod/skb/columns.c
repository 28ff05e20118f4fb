// SPDX-License-Identifier: GPL-2.0-only
/* Bytes of an skb as columns of a code word: they are read where they lie. */
#include <linux/bug.h>
#include <linux/minmax.h>
#include <linux/skbuff.h>

#include "skb/columns.h"
#include "wire/erasure.h"

/* Add a stretch, which may have bytes of several columns. */
static void add_stretch(struct vnencap_erasure *e, const u8 *data, u32 len,
			u32 from, u32 segsz)
{
	while (len) {
		u32 at = from % segsz, n = min(len, segsz - at);

		vnencap_erasure_add(e, from / segsz, at, data, n);
		from += n;
		data += n;
		len -= n;
	}
}

/**
 * vnencap_columns_add - add segments that lie in an skb to a code word
 * @e: the code word
 * @skb: the skb; it is not changed
 * @at: where in it the segments begin, in bytes from its data
 * @len: their bytes
 * @from: the offset of the first byte in the group, of which each @segsz bytes are a
 *	column
 * @segsz: bytes of a segment
 *
 * Context: as vnencap_erasure_add().
 */
void vnencap_columns_add(struct vnencap_erasure *e, struct sk_buff *skb,
			 u32 at, u32 len, u32 from, u32 segsz)
{
	struct skb_seq_state state;
	u32 done = 0, n;
	const u8 *data;

	skb_prepare_seq_read(skb, at, at + len, &state);
	while (done < len) {
		n = skb_seq_read(done, &data, &state);
		if (WARN_ON_ONCE(!n))
			break;
		n = min(n, len - done);
		add_stretch(e, data, n, from + done, segsz);
		done += n;
	}
	skb_abort_seq_read(&state);
}
