/* SPDX-License-Identifier: GPL-2.0-only */
/* Fields of a word, by their masks. */
#ifndef _SHIM_LINUX_BITFIELD_H
#define _SHIM_LINUX_BITFIELD_H

#define FIELD_GET(mask, word)	(((word) & (mask)) >> __builtin_ctzl(mask))
#define FIELD_PREP(mask, value)	((unsigned long)(value) << __builtin_ctzl(mask) & (mask))

#endif /* _SHIM_LINUX_BITFIELD_H */
