// SPDX-License-Identifier: GPL-2.0-only
/* Frames that came lately, as whoever interrupts the one who remembers them finds them. */
#include <kunit/test.h>
#include <linux/bottom_half.h>
#include <linux/cpumask.h>
#include <linux/irq_work.h>
#include <linux/jiffies.h>
#include <linux/sched.h>

#include "rx/recent.h"
#include "tests/hosts.h"
#include "vnencap.h"

/* As often as this is looked, or for ten seconds where there are few ticks */
#define LOOKS	100

/**
 * struct recent_test - two frames that take one place from each other
 * @hosts: the second remembers them
 * @work: looks at the place once a tick, between any two instructions of the writer
 * @whole: name of the one that came whole each time
 * @part: name of the one that never did
 * @looks: how often was looked
 * @wrong: how often something was found that never was
 * @enough: no more looks
 */
struct recent_test {
	struct test_hosts hosts;
	struct irq_work work;
	u64 whole;
	u64 part;
	unsigned int looks;
	unsigned int wrong;
	bool enough;
};

/* With PREEMPT_RT this is a thread that takes the CPU from the writer. */
static void look(struct irq_work *work)
{
	struct recent_test *t = container_of(work, struct recent_test, work);
	const struct vnencap_dev *vn = t->hosts.b.vn;

	t->wrong += vnencap_recent_whole(vn, t->part) ||
		    (vnencap_recent_seen(vn, t->whole) &&
		     !vnencap_recent_whole(vn, t->whole));
	WRITE_ONCE(t->looks, t->looks + 1);
	if (!READ_ONCE(t->enough))
		irq_work_queue(work);
}

/* Another name that would be remembered at the same place */
static u64 other_at_place(const struct vnencap_dev *vn, u64 name)
{
	u64 hash, other = name;
	const u64 *place = vnencap_recent_at(vn, name, &hash);

	do {
		other++;
	} while (vnencap_recent_at(vn, other, &hash) != place);
	return other;
}

static void take_turns(const struct recent_test *t)
{
	const struct vnencap_dev *vn = t->hosts.b.vn;
	unsigned int i;

	for (i = 0; i < 1000; i++) {
		vnencap_recent_add(vn, t->whole, true);
		vnencap_recent_add(vn, t->part, false);
	}
}

/* Half of one frame and half of the other would be a frame that is dropped, though it never
 * came whole.
 */
static void recent_test_interrupted(struct kunit *test)
{
	const struct cpumask *here = cpumask_of(raw_smp_processor_id());
	struct recent_test *t = test->priv;
	unsigned long end = jiffies + 10 * HZ;

	/* there softirqs do not interrupt each other */
	if (BITS_PER_LONG < 64)
		kunit_skip(test, "a frame is two words");
	/* each CPU remembers its own */
	KUNIT_ASSERT_EQ(test, set_cpus_allowed_ptr(current, here), 0);
	local_bh_disable();
	t->whole = 1;
	t->part = other_at_place(t->hosts.b.vn, t->whole);
	local_bh_enable();
	irq_work_queue(&t->work);
	while (READ_ONCE(t->looks) < LOOKS && time_before(jiffies, end)) {
		local_bh_disable();
		take_turns(t);
		local_bh_enable();
		cond_resched();
	}
	WRITE_ONCE(t->enough, true);
	irq_work_sync(&t->work);
	KUNIT_EXPECT_GT(test, t->looks, 0);
	KUNIT_EXPECT_EQ(test, t->wrong, 0);
}

static int recent_test_init(struct kunit *test)
{
	struct recent_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	test->priv = t;
	t->work = IRQ_WORK_INIT_LAZY(look);
	test_hosts_make(test, &t->hosts, AF_INET);
	return 0;
}

static void recent_test_exit(struct kunit *test)
{
	struct recent_test *t = test->priv;

	if (t)
		test_hosts_free(&t->hosts);
}

static struct kunit_case recent_test_cases[] = {
	KUNIT_CASE_SLOW(recent_test_interrupted),
	{}
};

static struct kunit_suite recent_test_suite = {
	.name = "vnencap_recent",
	.init = recent_test_init,
	.exit = recent_test_exit,
	.test_cases = recent_test_cases,
};

kunit_test_suite(recent_test_suite);
