/* SPDX-License-Identifier: GPL-2.0-only */
/* What systemd is told. */
#ifndef VNENCAPD_NOTIFY_H
#define VNENCAPD_NOTIFY_H

void notify(const char *state);

#endif /* VNENCAPD_NOTIFY_H */
