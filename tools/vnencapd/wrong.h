/* SPDX-License-Identifier: GPL-2.0-only */
/* What is wrong with a word: kept, for whoever knows where the word stands. */
#ifndef VNENCAPD_WRONG_H
#define VNENCAPD_WRONG_H

#include "../vnencap/cli.h"

const char *wrong_text(void);

#endif /* VNENCAPD_WRONG_H */
