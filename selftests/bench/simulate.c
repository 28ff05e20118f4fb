// SPDX-License-Identifier: GPL-2.0-only
/*
 * What lost segments cost, by the geometry of the shards: how many, how many of
 * them suffice, where they sit. Frames go over a simulated wire that loses
 * segments, and the same losses meet all geometries.
 *
 *	simulate [-n FRAMES] [-s SEED] [-q]
 *
 * The geometry that the module has is run by the module's own frame.c beside the
 * arithmetic here, and must agree with it in each frame that lost a shard. With -q
 * only the mix of frames is shown.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/bitops.h>
#include <linux/kernel.h>

#include "../../kmod/wire/frame.h"

#define SEGSZ		1452
/* A bulk TCP frame over IPv4 with timestamps, see wire-format.rst */
#define META		48
/* The last segment is that much shorter, as most are. */
#define SHORT		VNENCAP_SEGSZ_UNIT
#define N_MAX		8
#define SEGMENTS_MAX	45
#define LAYOUTS_MAX	(ARRAY_SIZE(geometries) * PLACES)

static void check(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "the module disagrees: %s\n", what);
	exit(1);
}

/* --- chance --- */

static u64 random_state;

/* splitmix64: enough for losses, and the same on every machine */
static u64 random_u64(void)
{
	u64 z = random_state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

static double random_unit(void)
{
	return (random_u64() >> 11) / (double)(1ULL << 53);
}

/**
 * struct loss - a wire
 * @percent: of segments that it loses
 * @burst: mean length of a burst, 1 where each is lost by itself
 * @bad: it is in a burst now (Gilbert-Elliott: all are lost in one, none else)
 */
struct loss {
	double percent;
	unsigned int burst;
	bool bad;
};

#define LOSS(p, b)	{ .percent = (p), .burst = (b) }

static struct loss losses[] = {
	LOSS(0.1, 1), LOSS(1, 1), LOSS(5, 1), LOSS(10, 1),
	LOSS(0.3, 2), LOSS(0.3, 5), LOSS(0.3, 10),
	LOSS(1, 2), LOSS(1, 5), LOSS(1, 10),
	LOSS(5, 2), LOSS(5, 5), LOSS(5, 10),
};

#define LOSSES	ARRAY_SIZE(losses)

static bool segment_lost(struct loss *l)
{
	double p = l->percent / 100, leave = 1.0 / l->burst;

	if (l->burst == 1)
		return random_unit() < p;
	if (l->bad)
		l->bad = random_unit() >= leave;
	else
		l->bad = random_unit() < leave * p / (1 - p);
	return l->bad;
}

/* Bit i: segment i of the next @segments has arrived. */
static u64 arrivals(struct loss *l, unsigned int segments)
{
	u64 arrived = 0;
	unsigned int i;

	for (i = 0; i < segments; i++)
		if (!segment_lost(l))
			arrived |= BIT_ULL(i);
	return arrived;
}

/* --- geometries --- */

enum place { FIRST_TWO, FRONT, EVEN, PLACES };

static const char * const place_names[PLACES] = {
	"2 first, spread", "front", "even",
};

/**
 * struct geometry - a rule for frames of any number of segments
 * @k: shards that suffice, in long frames
 * @n: shards, where there are as many segments
 * @copies: all are copies (k is 1) where there are no more than so many
 * @each: in frames of no more segments than that, each has a copy
 */
static const struct geometry {
	unsigned int k, n, copies, each;
} geometries[] = {
	{ 1, 1, 2, 0 }, { 1, 2, 2, 0 }, { 1, 3, 2, 0 }, { 1, 3, 2, 8 },
	{ 2, 3, 2, 0 }, { 2, 4, 2, 0 }, { 2, 5, 2, 0 }, { 2, 5, 3, 0 },
	{ 2, 5, 4, 0 }, { 2, 6, 2, 0 }, { 2, 8, 2, 0 },
};

/* Rows that say nothing of copies have them in frames of one or two segments. */
#define COPIES		2

/**
 * struct layout - a geometry in frames of a number of segments
 * @k: shards that suffice
 * @n: shards
 * @segments: of the frame
 * @len: bytes of a shard
 * @place: where they are
 * @at: their segments
 * @mask: the same as bits
 * @today: it is what the module does
 */
struct layout {
	unsigned int k, n, segments, len;
	enum place place;
	unsigned int at[N_MAX];
	u64 mask;
	bool today;
};

static unsigned int segment_of(const struct layout *l, unsigned int i)
{
	unsigned int last = l->segments - 1;

	if (l->place == FRONT || l->n == 1)
		return i;
	if (l->place == EVEN)
		return i * last / (l->n - 1);
	return i < 2 ? i : 1 + (last - 1) * (i - 1) / (l->n - 2);
}

/* Few segments hold few shards. */
static void layout_make(struct layout *l, const struct geometry *g,
			enum place place, unsigned int segments)
{
	unsigned int i;

	memset(l, 0, sizeof(*l));
	l->place = place;
	l->segments = segments;
	l->n = segments <= g->each ? segments :
				     min_t(unsigned int, g->n, segments);
	l->k = l->n <= g->copies ? 1 : g->k;
	l->len = META / l->k;
	for (i = 0; i < l->n; i++) {
		l->at[i] = segment_of(l, i);
		l->mask |= BIT_ULL(l->at[i]);
	}
	l->today = place == EVEN && g->each == VNENCAP_SHARD_N_MAX;
}

static u32 wire_len(unsigned int segments)
{
	return segments * SEGSZ - SHORT;
}

/* Payload in some of the segments */
static u32 bytes_of(const struct layout *l, u64 segments)
{
	u32 bytes = SEGSZ * hweight64(segments) -
		    l->len * hweight64(segments & l->mask);

	return segments >> (l->segments - 1) ? bytes - SHORT : bytes;
}

static u64 all_of(const struct layout *l)
{
	return BIT_ULL(l->segments) - 1;
}

static bool decodable(const struct layout *l, u64 arrived)
{
	return (unsigned int)hweight64(arrived & l->mask) >= l->k;
}

/* Segments that came before the one that told the metadata */
static unsigned int waited(const struct layout *l, u64 arrived)
{
	unsigned int i, found = 0;

	for (i = 0; i < l->n; i++) {
		u64 segment = BIT_ULL(l->at[i]);

		if (arrived & segment && ++found == l->k)
			return hweight64(arrived & (segment - 1));
	}
	return 0;
}

/* --- the module's own --- */

static void module_make(struct vnencap_frame *f, const struct layout *l)
{
	u32 payload = bytes_of(l, all_of(l));
	unsigned int i;

	check(!vnencap_frame_plan(f, payload, META, 0, SEGSZ), "planned");
	check(l->k == 1 && f->n == l->n, "k and n");
	check(f->shard_len == l->len, "length of a shard");
	check(vnencap_frame_wire_len(f, payload) == wire_len(l->segments),
	      "bytes on the wire");
	for (i = 0; i < l->n; i++)
		check(vnencap_frame_shard_at(f, i) == l->at[i] * SEGSZ,
		      "where a shard is");
}

static bool module_decodes(const struct vnencap_frame *f, u64 arrived)
{
	unsigned int i;

	for (i = 0; i < f->n; i++)
		if (arrived >> vnencap_frame_shard_at(f, i) / SEGSZ & 1)
			return true;
	return false;
}

static u32 module_bytes(const struct vnencap_frame *f, u32 wire, u64 arrived)
{
	u32 bytes = 0, at;

	for (at = 0; arrived; arrived >>= 1, at += SEGSZ) {
		u32 end = min_t(u32, at + SEGSZ, wire);

		if (arrived & 1)
			bytes += vnencap_frame_payload_at(f, end) -
				 vnencap_frame_payload_at(f, at);
	}
	return bytes;
}

static void module_agrees(const struct vnencap_frame *f, const struct layout *l,
			  u64 arrived)
{
	check(module_decodes(f, arrived) == decodable(l, arrived),
	      "whether the metadata is lost");
	check(module_bytes(f, wire_len(l->segments), arrived) == bytes_of(l, arrived),
	      "payload that arrived");
}

/* --- counting --- */

struct count {
	u64 frames, seen, lost;		/* frames; of which anything came */
	u64 bytes, stuck;		/* that came; of them undeliverable */
	u64 wired, payload;		/* sent */
	u64 waits;
};

/* A number of segments, and what its layouts have come to */
struct size {
	unsigned int segments, weight;
	unsigned int layouts;
	struct layout layout[LAYOUTS_MAX];
	struct vnencap_frame module;
	struct count count[LAYOUTS_MAX][LOSSES];
};

#define SIZE(s, w)	{ .segments = (s), .weight = (w) }

/* In the mix, @weight of them in a hundred: single segments, what applications
 * write at once, what TCP makes of a stream at a few hundred Mbit/s to some
 * Gbit/s, and whole 64 KB.
 */
static struct size sizes[] = {
	SIZE(1, 10), SIZE(2, 10), SIZE(3, 10), SIZE(5, 15), SIZE(16, 25),
	SIZE(20, 20), SIZE(45, 10),
};

static void size_make(struct size *s)
{
	unsigned int g, place;

	for (g = 0; g < ARRAY_SIZE(geometries); g++) {
		for (place = 0; place < PLACES; place++) {
			struct layout *l = &s->layout[s->layouts++];

			layout_make(l, &geometries[g], place, s->segments);
			if (l->today)
				module_make(&s->module, l);
		}
	}
}

static void count_frame(struct count *c, const struct layout *l, u64 arrived)
{
	u32 bytes = bytes_of(l, arrived), payload = bytes_of(l, all_of(l));

	c->frames++;
	c->payload += payload;
	c->wired += wire_len(l->segments);
	if (!arrived)
		return;
	c->seen++;
	c->bytes += bytes;
	if (decodable(l, arrived)) {
		c->waits += waited(l, arrived);
	} else {
		c->lost++;
		c->stuck += bytes;
	}
}

static void simulate(struct size *s, unsigned int loss, u64 frames)
{
	unsigned int i;

	while (frames--) {
		u64 arrived = arrivals(&losses[loss], s->segments);

		for (i = 0; i < s->layouts; i++) {
			const struct layout *l = &s->layout[i];

			count_frame(&s->count[i][loss], l, arrived);
			if (l->today && ~arrived & l->mask)
				module_agrees(&s->module, l, arrived);
		}
	}
}

/* All sizes together, each as often as its weight says */
static struct count mixed(unsigned int layout, unsigned int loss)
{
	struct count sum = { 0 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		const struct count *c = &sizes[i].count[layout][loss];
		unsigned int w = sizes[i].weight;

		sum.frames += w * c->frames;
		sum.seen += w * c->seen;
		sum.lost += w * c->lost;
		sum.bytes += w * c->bytes;
		sum.stuck += w * c->stuck;
		sum.wired += w * c->wired;
		sum.payload += w * c->payload;
		sum.waits += w * c->waits;
	}
	return sum;
}

/* --- the tables --- */

static struct count of_size(const struct size *s, unsigned int layout,
			    unsigned int loss)
{
	return s ? s->count[layout][loss] : mixed(layout, loss);
}

static double percent_lost(const struct count *c)
{
	return 100.0 * c->lost / c->seen;
}

static double percent_stuck(const struct count *c)
{
	return 100.0 * c->stuck / c->bytes;
}

static void print_cell(double percent)
{
	if (percent == 0)
		printf("       0");
	else if (percent < 0.001)
		printf("  <0.001");
	else
		printf(" %7.3f", percent);
}

static void print_head(const char *what)
{
	char name[16];
	unsigned int i;

	printf("\n%s, in percent\n%-15s %-15s%6s%6s", what, "(k,n)", "placement", "wire+",
	       "wait");
	for (i = 0; i < LOSSES; i++) {
		if (losses[i].burst == 1)
			snprintf(name, sizeof(name), "%g", losses[i].percent);
		else
			snprintf(name, sizeof(name), "%gx%u",
				 losses[i].percent, losses[i].burst);
		printf("%8s", name);
	}
	putchar('\n');
}

static bool same_layout(const struct size *s, unsigned int a, unsigned int b)
{
	return s->layout[a].k == s->layout[b].k &&
	       s->layout[a].mask == s->layout[b].mask;
}

/* Is it another way to say what a row above has said? */
static bool said_before(const struct size *s, unsigned int layout)
{
	const struct size *end = s ? s + 1 : sizes + ARRAY_SIZE(sizes);
	const struct size *at;
	unsigned int i;

	for (i = 0; i < layout; i++) {
		for (at = s ?: sizes; at < end; at++)
			if (!same_layout(at, i, layout))
				break;
		if (at == end)
			return true;
	}
	return false;
}

static void print_row(const struct size *s, unsigned int layout,
		      double (*percent)(const struct count *c))
{
	const struct geometry *g = &geometries[layout / PLACES];
	/* Of the wait, that on a wire that loses 1 % */
	struct count c = of_size(s, layout, 1);
	unsigned int loss;
	char name[20];

	snprintf(name, sizeof(name), "(%u,%u)%s", g->k, g->n,
		 g->each ? ", each" : "");
	if (g->copies != COPIES)
		snprintf(name, sizeof(name), "(%u,%u), %u copies", g->k, g->n,
			 g->copies);
	printf("%-15s %-15s%6.2f%6.2f", name, place_names[layout % PLACES],
	       100.0 * (c.wired - c.payload) / c.payload,
	       (double)c.waits / (c.seen - c.lost));
	for (loss = 0; loss < LOSSES; loss++) {
		c = of_size(s, layout, loss);
		print_cell(percent(&c));
	}
	puts(sizes[0].layout[layout].today ? " <- today" : "");
}

static void print_table(const char *what, const struct size *s,
			double (*percent)(const struct count *c))
{
	unsigned int i;

	print_head(what);
	for (i = 0; i < LAYOUTS_MAX; i++)
		if (!said_before(s, i))
			print_row(s, i, percent);
}

static void print_size(const struct size *s)
{
	printf("\n== ");
	if (s)
		printf("Frames of %u segments\n", s->segments);
	else
		printf("The mix\n");
	print_table("Frames whose metadata is lost, of those of which anything arrived",
		    s, percent_lost);
	print_table("Payload bytes that cannot be delivered, of those that arrived",
		    s, percent_stuck);
}

static void print_legend(u64 frames, u64 seed)
{
	unsigned int i;

	printf("%llu frames of each size on each wire, seed %llu; segments of %u bytes, %u bytes\n"
	       "of metadata. Columns: percent of segments lost, xN where they are lost in bursts of\n"
	       "N on average. wire+: shards in percent of the payload. wait: segments that arrive\n"
	       "before the metadata is known (at 1 %% random loss, mean). All shards are copies where\n"
	       "there are no more of them than two, or than a row says; \"each\": each segment has\n"
	       "one, in frames of no more than eight.\n"
	       "The mix, in a hundred frames:", frames, seed, SEGSZ, META);
	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		printf(" %u of %u%s", sizes[i].weight, sizes[i].segments,
		       i + 1 < ARRAY_SIZE(sizes) ? "," : " segments.\n");
}

int main(int argc, char **argv)
{
	u64 frames = 1000000, seed = 1;
	bool brief = false;
	unsigned int i, loss;
	int opt;

	while ((opt = getopt(argc, argv, "n:s:q")) != -1) {
		if (opt == 'n')
			frames = strtoull(optarg, NULL, 10);
		else if (opt == 's')
			seed = strtoull(optarg, NULL, 10);
		else if (opt == 'q')
			brief = true;
		else
			return 2;
	}
	random_state = seed;
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		size_make(&sizes[i]);
		for (loss = 0; loss < LOSSES; loss++)
			simulate(&sizes[i], loss, frames);
	}
	print_legend(frames, seed);
	print_size(NULL);
	for (i = 0; i < ARRAY_SIZE(sizes) && !brief; i++)
		print_size(&sizes[i]);
	return 0;
}
