/* SPDX-License-Identifier: GPL-2.0-only */
/* What of the module has been run, as KCOV tells. */
#ifndef COVER_H
#define COVER_H

#include <stdbool.h>

void cover_open(void);
void cover_begin(void);
unsigned int cover_end(void);
void cover_forget_edges(void);
unsigned int cover_edges(void);
unsigned int cover_pcs(void);
void cover_save(const char *path);

#endif /* COVER_H */
