/* SPDX-License-Identifier: GPL-2.0-only */
/* The sysctls net.vnencap.* of a network namespace */
#ifndef _VNENCAP_SYSCTL_H
#define _VNENCAP_SYSCTL_H

struct ctl_table;
struct ctl_table_header;
struct net;

int vnencap_sysctl_register(struct ctl_table_header **header, struct net *net,
			    const struct ctl_table *entries,
			    void *const data[], unsigned int n);
void vnencap_sysctl_unregister(struct ctl_table_header *header);

#endif /* _VNENCAP_SYSCTL_H */
