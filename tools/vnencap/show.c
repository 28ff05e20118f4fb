// SPDX-License-Identifier: GPL-2.0-only
/* What all that shows something does: ask, and print each answer. */
#include "cli.h"
#include "nl.h"
#include "print.h"
#include "show.h"

static int print_reply(const struct nlmsghdr *nlh, void *data)
{
	const show_fn *print = data;

	print_object_begin();
	(*print)(nlh);
	print_object_end();
	return OK;
}

int show(struct nlmsghdr *nlh, show_fn print)
{
	int err;

	print_list_begin();
	err = nl_request(nlh, print_reply, &print);
	if (!err)
		print_list_end();
	return err;
}
