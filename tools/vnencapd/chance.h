/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers by chance: hosts are not to do the same at the same time. */
#ifndef VNENCAPD_CHANCE_H
#define VNENCAPD_CHANCE_H

#include <stdint.h>

uint32_t chance(uint32_t below);

#endif /* VNENCAPD_CHANCE_H */
