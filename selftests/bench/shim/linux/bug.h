/* SPDX-License-Identifier: GPL-2.0-only */
/* Nothing of it is used where a program compiles the module's pure files. */
#ifndef _SHIM_LINUX_BUG_H
#define _SHIM_LINUX_BUG_H
#endif /* _SHIM_LINUX_BUG_H */
