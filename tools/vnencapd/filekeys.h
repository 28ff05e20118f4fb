/* SPDX-License-Identifier: GPL-2.0-only */
/* The keys that the file names. */
#ifndef VNENCAPD_FILEKEYS_H
#define VNENCAPD_FILEKEYS_H

#include "backend.h"
#include "file.h"

void filekeys_use(const struct file *file, struct backend *backend);

#endif /* VNENCAPD_FILEKEYS_H */
