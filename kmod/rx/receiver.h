/* SPDX-License-Identifier: GPL-2.0-only */
/* All that the way in keeps for a device. */
#ifndef _VNENCAP_RECEIVER_H
#define _VNENCAP_RECEIVER_H

struct vnencap_dev;

int vnencap_receiver_init(struct vnencap_dev *vn);
void vnencap_receiver_destroy(struct vnencap_dev *vn);

#endif /* _VNENCAP_RECEIVER_H */
