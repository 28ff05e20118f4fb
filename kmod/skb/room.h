/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory of code words. */
#ifndef _VNENCAP_ROOM_H
#define _VNENCAP_ROOM_H

#include <linux/types.h>

void *vnencap_room_take(size_t size);
void vnencap_room_give(void *memory, size_t size);

void vnencap_room_exit(void);

#endif /* _VNENCAP_ROOM_H */
