// SPDX-License-Identifier: GPL-2.0-only
/* How much parity a loss takes: the table is compared with what it is made of. */
#include <kunit/test.h>
#include <linux/bits.h>
#include <linux/math64.h>
#include <linux/minmax.h>

#include "map/loss.h"
#include "wire/parity.h"
#include "wire/report.h"

/* Fractions of one, as probabilities are reckoned with here */
#define ONE	BIT_ULL(30)

/* Of groups of @n segments and @r of parity so many are lost for good, where of a
 * million segments @loss are
 */
static u64 lost_for_good(unsigned int n, unsigned int r, u32 loss)
{
	u64 p = div_u64(ONE * loss, 1000000), q = ONE - p, each = ONE, found = 0;
	unsigned int k;

	for (k = 0; k < n + r; k++)
		each = each * q / ONE;
	/* none is lost, one, two, ... */
	for (k = 0; k <= r; k++) {
		found += each;
		each = div64_u64(div_u64(each * (n + r - k), k + 1) * p, q);
	}
	return ONE - min(found, ONE);
}

/* As much as it takes that one group of a thousand is lost, and no more. */
static void needs_test_table(struct kunit *test)
{
	static const u32 middle[VNENCAP_REPORT_LEVELS] = {
		0, 2000, 6000, 15000, 30000, 60000, 120000, 200000,
	};
	unsigned int level, n, r;

	KUNIT_EXPECT_EQ(test, vnencap_loss_needs(0, 45), 0);
	for (level = 1; level < VNENCAP_REPORT_LEVELS; level++) {
		for (n = 1; n <= VNENCAP_PARITY_GROUP; n++) {
			r = vnencap_loss_needs(level, n);
			if (r < VNENCAP_PARITY_MAX)
				KUNIT_EXPECT_LE(test, lost_for_good(n, r, middle[level]),
						ONE / 990);
			KUNIT_EXPECT_GE(test, lost_for_good(n, r - 1, middle[level]),
					ONE / 1010);
		}
	}
}

static struct kunit_case needs_test_cases[] = {
	KUNIT_CASE(needs_test_table),
	{}
};

static struct kunit_suite needs_test_suite = {
	.name = "vnencap_needs",
	.test_cases = needs_test_cases,
};

kunit_test_suite(needs_test_suite);
