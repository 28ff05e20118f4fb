/* SPDX-License-Identifier: GPL-2.0-only */
/* Frames that come by the host's own local input. */
#ifndef _VNENCAP_INPUT_H
#define _VNENCAP_INPUT_H

struct net;

int vnencap_input_begin(struct net *net);
void vnencap_input_end(struct net *net);

int vnencap_input_init(void);
void vnencap_input_exit(void);

#endif /* _VNENCAP_INPUT_H */
