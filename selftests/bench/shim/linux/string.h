/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's functions on memory are C's. */
#ifndef _SHIM_LINUX_STRING_H
#define _SHIM_LINUX_STRING_H

#include <string.h>

#endif /* _SHIM_LINUX_STRING_H */
