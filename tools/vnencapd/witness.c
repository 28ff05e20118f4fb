// SPDX-License-Identifier: GPL-2.0-only
/*
 * A change by which a session knows etcd's history again.
 *
 * An etcd that was restored from a backup may have got as far as the one before, by
 * changes of its own, until a host comes back to it: then neither its revision nor its
 * term tells them apart, and what was changed meanwhile the host would never hear of.
 * So who takes up a stream looks whether the last key that it saw put was put there at
 * that revision, too.
 */
#include <stdlib.h>
#include <string.h>

#include "request.h"
#include "witness.h"

/**
 * witness_see - a key is listed, or has changed
 * @witness: becomes that, if it is the last one that was put
 * @item: the key; one of which only the beginning is known is none to compare with
 */
void witness_see(struct witness *witness, const struct answer_item *item)
{
	if (item->deleted || item->long_key || item->huge || item->rev <= witness->rev)
		return;
	memcpy(witness->key, item->key, item->key_len);
	witness->key_len = item->key_len;
	memcpy(witness->value, item->value, item->value_len);
	witness->value_len = item->value_len;
	witness->rev = item->rev;
}

/**
 * witness_ask - the request for a look at it
 * @witness: what was seen; there is one
 * @to: for the text, of REQUEST_ROOM bytes
 * @then: as it was when it was put
 */
void witness_ask(struct witness *witness, char *to, bool then)
{
	witness->then = then;
	request_look(to, witness->key, witness->key_len, then ? witness->rev : 0);
}

/* The item that was found; all zeros where there is none */
static void found(const struct answer_item *item, void *data)
{
	memcpy(data, item, sizeof(*item));
}

static bool is_same(const struct witness *witness, const struct answer_item *item)
{
	return item->rev == witness->rev && item->value_len == witness->value_len &&
	       !memcmp(item->value, witness->value, item->value_len);
}

/**
 * witness_hear - what the look has told
 * @witness: what was looked at
 * @body: the answer, as JSON
 * @len: its length
 *
 * What is there now may have been put later, or be gone; what was there then cannot be
 * another.
 *
 * Return: see there.
 */
enum testimony witness_hear(const struct witness *witness, const char *body, size_t len)
{
	struct answer_item item = {};
	struct answer_list list;
	bool good = answer_list(body, len, &list, found, &item);

	free(list.last);
	if (!good)
		return WITNESS_NONSENSE;
	if (!witness->rev || is_same(witness, &item))
		return WITNESS_SAME;
	if (!witness->then && (!item.rev || item.rev > witness->rev))
		return WITNESS_LATER;
	return WITNESS_OTHER;
}
