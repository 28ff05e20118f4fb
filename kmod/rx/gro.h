/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the runs of a frame meet. */
#ifndef _VNENCAP_GRO_H
#define _VNENCAP_GRO_H

void vnencap_gro_init(void);
void vnencap_gro_exit(void);

#endif /* _VNENCAP_GRO_H */
