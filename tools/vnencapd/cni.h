/* SPDX-License-Identifier: GPL-2.0-only */
/* What starts containers is told of their network by a file of CNI's. */
#ifndef VNENCAPD_CNI_H
#define VNENCAPD_CNI_H

#include "settings.h"

/* Room for that file's text */
#define CNI_TEXT_MAX 1024

void cni_text(char *to, const struct dest *subnet, unsigned int mtu);
bool cni_write(const char *folder, const struct dest *subnet, unsigned int mtu);
void cni_remove(const char *folder, const struct dest *subnet);

#endif /* VNENCAPD_CNI_H */
