// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lists that a prefix may be in, of which one at a time: those for which the kernel
 * may have to be told something, and those that the source names no longer.
 */
#include "core.h"

static struct entries *list_of(struct core *core, const struct entry *e)
{
	return e->state == DIRTY ? &core->dirty : &core->doomed;
}

/* It is in none from now on. */
void entries_take(struct core *core, struct entry *e)
{
	struct entries *list = list_of(core, e);

	if (e->state == IDLE)
		return;
	if (e->state == DOOMED)
		vnis_need(&core->vnis, e->dest.vni)->doomed--;
	if (e->list_prev)
		e->list_prev->list_next = e->list_next;
	else
		list->first = e->list_next;
	if (e->list_next)
		e->list_next->list_prev = e->list_prev;
	else
		list->last = e->list_prev;
	list->count--;
	e->state = IDLE;
	e->list_next = NULL;
	e->list_prev = NULL;
}

/* It is in this one from now on, at its end if it was not there. */
void entries_put(struct core *core, struct entry *e, enum entry_state state)
{
	struct entries *list;

	if (e->state == state)
		return;
	entries_take(core, e);
	e->state = state;
	list = list_of(core, e);
	e->list_prev = list->last;
	if (list->last)
		list->last->list_next = e;
	else
		list->first = e;
	list->last = e;
	list->count++;
	if (state == DOOMED)
		vnis_need(&core->vnis, e->dest.vni)->doomed++;
}
