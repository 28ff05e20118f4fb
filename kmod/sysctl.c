// SPDX-License-Identifier: GPL-2.0-only
/* The sysctls net.vnencap.* of a network namespace: each has a table of its own, which
 * says where the values of this namespace are.
 */
#include <linux/errno.h>
#include <linux/slab.h>
#include <linux/sysctl.h>
#include <net/net_namespace.h>

#include "compat.h"
#include "sysctl.h"

/**
 * vnencap_sysctl_register - have some values of a namespace set by sysctls
 * @header: written; NULL where the kernel has no sysctls: then the values stay as they
 *	are, and that is no error
 * @net: the namespace
 * @entries: what all namespaces have alike, and an empty entry behind
 * @data: where the values of @net are
 * @n: how many
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int vnencap_sysctl_register(struct ctl_table_header **header, struct net *net,
			    const struct ctl_table *entries,
			    void *const data[], unsigned int n)
{
	struct ctl_table *table;
	unsigned int i;

	*header = NULL;
	if (!IS_ENABLED(CONFIG_SYSCTL))
		return 0;
	table = kmemdup(entries, (n + 1) * sizeof(*table), GFP_KERNEL_ACCOUNT);
	if (!table)
		return -ENOMEM;
	for (i = 0; i < n; i++)
		table[i].data = data[i];
	*header = register_net_sysctl_sz(net, "net/vnencap", table, n);
	if (*header)
		return 0;
	kfree(table);
	return -ENOMEM;
}

/**
 * vnencap_sysctl_unregister - take them back
 * @header: from vnencap_sysctl_register(), or NULL
 *
 * Context: process.
 */
void vnencap_sysctl_unregister(struct ctl_table_header *header)
{
	const struct ctl_table *table;

	if (!header)
		return;
	table = header->ctl_table_arg;
	unregister_net_sysctl_table(header);
	kfree(table);
}
