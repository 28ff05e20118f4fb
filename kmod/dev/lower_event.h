/* SPDX-License-Identifier: GPL-2.0-only */
/* What becomes of a lower device. */
#ifndef _VNENCAP_LOWER_EVENT_H
#define _VNENCAP_LOWER_EVENT_H

int vnencap_lower_event_init(void);
void vnencap_lower_event_exit(void);

#endif /* _VNENCAP_LOWER_EVENT_H */
