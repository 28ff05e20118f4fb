/* SPDX-License-Identifier: GPL-2.0-only */
/* vnencap devices as links of rtnetlink. */
#ifndef _VNENCAP_LINK_H
#define _VNENCAP_LINK_H

struct notifier_block;
struct vnencap_dev;

void vnencap_link_listen(struct notifier_block *nb);
void vnencap_link_unlisten(struct notifier_block *nb);
void vnencap_link_tell(struct vnencap_dev *vn);

int vnencap_link_init(void);
void vnencap_link_exit(void);

#endif /* _VNENCAP_LINK_H */
