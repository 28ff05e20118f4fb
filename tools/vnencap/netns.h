/* SPDX-License-Identifier: GPL-2.0-only */
/* Go to another network namespace. */
#ifndef VNENCAP_NETNS_H
#define VNENCAP_NETNS_H

int netns_enter(const char *name);

#endif /* VNENCAP_NETNS_H */
