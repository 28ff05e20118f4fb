/* SPDX-License-Identifier: GPL-2.0-only */
/* Network namespaces: to go to one, and to find one or its name. */
#ifndef VNENCAP_NETNS_H
#define VNENCAP_NETNS_H

#include <stdint.h>

int netns_enter(const char *name);

/* A file descriptor of it in @fd; @name may also be a process that is there. */
int netns_find(const char *name, int *fd);

/* The name of the one with that number, or NULL; good until the next call. */
const char *netns_name(uint32_t inode);

#endif /* VNENCAP_NETNS_H */
