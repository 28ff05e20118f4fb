/* SPDX-License-Identifier: GPL-2.0-only */
/* What is known of losses between two hosts, made and asked for by tests. */
#ifndef _VNENCAP_TESTS_LOSS_H
#define _VNENCAP_TESTS_LOSS_H

#include <linux/types.h>

struct kunit;
struct test_host;
struct vnencap_endpoint;

struct vnencap_endpoint *test_loss_endpoint(struct kunit *test,
					    const struct test_host *host);
void test_loss_hear_from(struct vnencap_endpoint *endpoint, u8 report, u32 id,
			 bool lone);
void test_loss_hear(struct vnencap_endpoint *endpoint, u8 report);
void test_loss_count(struct vnencap_endpoint *endpoint, u32 segments, u32 lost);
u8 test_loss_report_after(struct vnencap_endpoint *endpoint, unsigned long late);
u8 test_loss_report(struct vnencap_endpoint *endpoint);
void test_loss_ask(struct vnencap_endpoint *endpoint);
u8 test_loss_fec(struct vnencap_endpoint *endpoint);

#endif /* _VNENCAP_TESTS_LOSS_H */
