// SPDX-License-Identifier: GPL-2.0-only
/* Numbers by chance. */
#include <stdlib.h>
#include <sys/random.h>

#include "chance.h"

/* A number below @below; 0 where that is 0 */
uint32_t chance(uint32_t below)
{
	uint32_t n;

	if (getrandom(&n, sizeof(n), 0) != sizeof(n))
		abort();
	return below ? n % below : 0;
}
