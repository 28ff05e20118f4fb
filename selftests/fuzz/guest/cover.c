// SPDX-License-Identifier: GPL-2.0-only
/*
 * What of the module has been run, as KCOV tells. An edge is one place after
 * another; places are what is reported.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cover.h"
#include "fuzz-attr.h"

/* of linux/kcov.h, which not each machine has */
#define KCOV_INIT	_IOR('c', 1, unsigned long)
#define KCOV_ENABLE	_IO('c', 100)

#define WORDS		(256 * 1024)
#define EDGES		(256 * 1024)
#define PLACES		(32 * 1024)

static unsigned long *trace;
static uint8_t edges[EDGES];
static unsigned long places[PLACES];
static unsigned int edges_n, places_n;

/**
 * cover_open - record what this process makes the module do from now on
 */
void cover_open(void)
{
	int fd = open("/sys/kernel/debug/kcov", O_RDWR);

	if (fd < 0 || ioctl(fd, KCOV_INIT, WORDS))
		fail("kcov");
	trace = mmap(NULL, WORDS * sizeof(*trace), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (trace == MAP_FAILED || ioctl(fd, KCOV_ENABLE, 0))
		fail("kcov");
}

void cover_begin(void)
{
	__atomic_store_n(&trace[0], 0, __ATOMIC_RELAXED);
}

static void add_place(unsigned long pc)
{
	unsigned int i = pc * 0x9e3779b97f4a7c15ULL >> 49;

	for (; places[i]; i = (i + 1) % PLACES)
		if (places[i] == pc)
			return;
	if (places_n == PLACES / 2)
		return;
	places[i] = pc;
	places_n++;
}

/**
 * cover_end - see what was run since cover_begin()
 *
 * Return: how many edges that had never been run.
 */
unsigned int cover_end(void)
{
	unsigned long n = __atomic_load_n(&trace[0], __ATOMIC_RELAXED), i, last = 0;
	unsigned int new = 0;

	for (i = 1; i <= n && i < WORDS; i++) {
		unsigned int edge = (trace[i] ^ last << 1) * 0x9e3779b97f4a7c15ULL >> 46;

		if (!edges[edge]) {
			edges[edge] = 1;
			new++;
			add_place(trace[i]);
		}
		last = trace[i];
	}
	edges_n += new;
	return new;
}

/**
 * cover_forget_edges - as if no edge had ever been run; places are kept
 */
void cover_forget_edges(void)
{
	memset(edges, 0, sizeof(edges));
	edges_n = 0;
}

unsigned int cover_edges(void)
{
	return edges_n;
}

unsigned int cover_pcs(void)
{
	return places_n;
}

/**
 * cover_save - write down all places, a line each
 * @path: the file
 */
void cover_save(const char *path)
{
	FILE *to = fopen(path, "w");
	unsigned int i;

	if (!to)
		fail(path);
	for (i = 0; i < PLACES; i++)
		if (places[i])
			fprintf(to, "%lx\n", places[i]);
	fclose(to);
}
