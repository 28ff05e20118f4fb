/* SPDX-License-Identifier: GPL-2.0-only */
/* For tests that take the family as their parameter, by family_gen_params. */
#ifndef _VNENCAP_TESTS_MAP_FAMILY_H
#define _VNENCAP_TESTS_MAP_FAMILY_H

#include <kunit/test.h>
#include <linux/socket.h>

static const u16 families[] = { AF_INET, AF_INET6 };

static inline void family_name(const u16 *family, char *name)
{
	strscpy(name, *family == AF_INET ? "IPv4" : "IPv6",
		KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(family, families, family_name);

static inline u16 test_family(struct kunit *test)
{
	return *(const u16 *)test->param_value;
}

#endif /* _VNENCAP_TESTS_MAP_FAMILY_H */
