/* SPDX-License-Identifier: GPL-2.0-only */
/* What every part of the command line shares: options, words, errors. */
#ifndef VNENCAP_CLI_H
#define VNENCAP_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Exit codes, iproute2's: what the user got wrong, what the kernel refused. */
enum { OK = 0, WRONG = 1, REFUSED = 2 };

struct options {
	bool json;
	bool pretty;
	bool stats;
	bool human;
	bool force;
};

extern struct options options;

/* The words of a command that were not read yet. */
struct args {
	char **word;
	int left;
};

static inline const char *args_next(struct args *args)
{
	if (!args->left)
		return NULL;
	args->left--;
	return *args->word++;
}

const char *args_value(struct args *args, const char *key);
int args_end(struct args *args);
bool args_want_help(const struct args *args);

/* A word of the language; the last of a table has no name. */
struct word {
	const char *name;
	int (*run)(struct args *args);
};

enum { WORD_UNKNOWN = -1, WORD_AMBIGUOUS = -2 };

int word_find(const struct word *words, const char *s);
int word_run(const struct word *words, const char *what, const char *path,
	     struct args *args);

/* Print one line, and give the exit code back. */
int wrong(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int refused(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int wrong_arg(const char *arg, const char *why);
void warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Where the words come from, for errors to name; line 0 for nowhere. */
struct place {
	const char *file;
	unsigned int line;
};

extern struct place place;

/* The exit code after several commands: the worst. */
static inline int worse(int status, int err)
{
	return err > status ? err : status;
}

/* What stands on the terminal's last line, to be wiped before an error. */
extern bool bar_shown;

int dev_main(struct args *args);
int map_main(struct args *args);
int map_load(struct args *args);
int key_main(struct args *args);
int endpoint_main(struct args *args);
int monitor_main(struct args *args);

#endif /* VNENCAP_CLI_H */
