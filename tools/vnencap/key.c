// SPDX-License-Identifier: GPL-2.0-only
/*
 * vnencap key: what headers are authenticated with. No message of ours repeats
 * a word that may be a key, or nearly one.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <libmnl/libmnl.h>
#include <linux/vnencap.h>

#include "cli.h"
#include "key.h"
#include "nl.h"
#include "parse.h"
#include "print.h"
#include "show.h"

#define KEY_LEN		16
#define KEY_DIGITS	(2 * KEY_LEN)

/* Parts of a command: those that are given, those that must be. */
enum {
	KEY_VNI = 1 << 0,
	KEY_ID = 1 << 1,
	KEY_SECRET = 1 << 2,
	KEY_ALL = 1 << 3,	/* that word, in place of the id */
};

struct key {
	unsigned int given;
	uint32_t vni;
	uint32_t id;
	uint8_t secret[KEY_LEN];
};

/* What can be said of keys. @id is the one that is meant where none is given. */
struct key_verb {
	uint8_t cmd;
	uint32_t id;
	unsigned int needs;
	unsigned int takes;
	const char *words;
};

#define KEY_WORDS "vni, id, file or a key of 32 hexadecimal digits"

static const struct key_verb key_set = {
	.cmd = VNENCAP_CMD_KEY_SET,
	.id = 1,
	.needs = KEY_VNI | KEY_SECRET,
	.takes = KEY_VNI | KEY_ID | KEY_SECRET,
};

static const struct key_verb key_add = {
	.cmd = VNENCAP_CMD_KEY_ADD,
	.needs = KEY_VNI | KEY_ID | KEY_SECRET,
	.takes = KEY_VNI | KEY_ID | KEY_SECRET,
};

static const struct key_verb key_use = {
	.cmd = VNENCAP_CMD_KEY_USE,
	.needs = KEY_VNI | KEY_ID,
	.takes = KEY_VNI | KEY_ID,
	.words = "vni or id",
};

static const struct key_verb key_delete = {
	.cmd = VNENCAP_CMD_KEY_DEL,
	.needs = KEY_VNI | KEY_ID,
	.takes = KEY_VNI | KEY_ID | KEY_ALL,
	.words = "vni, id or all",
};

static const struct key_verb key_show = {
	.cmd = VNENCAP_CMD_KEY_GET,
	.takes = KEY_VNI,
	.words = "vni",
};

static int key_usage(struct args *args)
{
	(void)args;
	fputs("Usage: vnencap key set vni VNI [ id ID ] KEY\n"
	      "       vnencap key add vni VNI id ID KEY\n"
	      "       vnencap key use vni VNI id ID\n"
	      "       vnencap key delete vni VNI { id ID | all }\n"
	      "       vnencap key [ show [ vni VNI ] ]\n"
	      "where  ID := 1..4294967295, or 0 for no key\n"
	      "       KEY := { file FILE | DIGITS }; 32 hexadecimal digits, in the first line of\n"
	      "              FILE, - for the standard input, or, for others to see, as a word\n",
	      stderr);
	return OK;
}

/* Digits, and nothing after them but blanks */
static bool read_text(const char *text, size_t len, uint8_t secret[KEY_LEN])
{
	return parse_digits(text, secret, KEY_LEN) &&
	       KEY_DIGITS + strspn(text + KEY_DIGITS, " \t\r\n") == len;
}

/*
 * A key on a line of its own. What follows on the standard input, which may be
 * that of -batch, is not for us to read.
 */
static int read_line(FILE *file, const char *name, uint8_t secret[KEY_LEN])
{
	char line[KEY_DIGITS + 16] = "";
	size_t len = 0;
	bool good;
	int c;

	do {
		c = getc(file);
		if (c != EOF)
			line[len++] = c;
	} while (c != EOF && c != '\n' && len < sizeof(line) - 1);
	if (ferror(file))
		return wrong("cannot read file \"%s\": %s", name,
			     strerror(errno));
	good = read_text(line, len, secret) &&
	       (file == stdin || getc(file) == EOF);
	explicit_bzero(line, sizeof(line));
	if (good)
		return OK;
	return wrong("file \"%s\" is not a line of %d hexadecimal digits", name,
		     KEY_DIGITS);
}

static void warn_of_readers(FILE *file, const char *name)
{
	struct stat st;

	if (!fstat(fileno(file), &st) && S_ISREG(st.st_mode) &&
	    st.st_mode & 0004)
		warn("file \"%s\" can be read by everybody", name);
}

static int read_file(const char *name, uint8_t secret[KEY_LEN])
{
	char buf[256];
	FILE *file;
	int err;

	if (!strcmp(name, "-"))
		return read_line(stdin, name, secret);
	file = fopen(name, "re");
	if (!file)
		return wrong("cannot open file \"%s\": %s", name,
			     strerror(errno));
	setvbuf(file, buf, _IOFBF, sizeof(buf));
	warn_of_readers(file, name);
	err = read_line(file, name, secret);
	fclose(file);
	explicit_bzero(buf, sizeof(buf));
	return err;
}

static int wrong_twice(const char *key, const char *word)
{
	return wrong("duplicate \"%s\": \"%s\" is the second value", key, word);
}

/* One key, whichever way */
static int take_secret(struct key *k)
{
	if (k->given & KEY_SECRET)
		return wrong("two keys are given");
	k->given |= KEY_SECRET;
	return OK;
}

static int take_file(struct args *args, struct key *k)
{
	const char *name = args_value(args, "file");
	int err;

	if (!name)
		return WRONG;
	err = take_secret(k);
	return err ? err : read_file(name, k->secret);
}

/* @word is wiped: from then on ps does not show it. */
static int take_digits(char *word, struct key *k)
{
	bool good = strlen(word) == KEY_DIGITS && parse_digits(word, k->secret, KEY_LEN);

	explicit_bzero(word, strlen(word));
	return good ? take_secret(k) : wrong(KEY_WORDS " is expected");
}

static int take_vni(struct args *args, struct key *k)
{
	const char *word = args_value(args, "vni");

	if (!word)
		return WRONG;
	if (k->given & KEY_VNI)
		return wrong_twice("vni", word);
	k->given |= KEY_VNI;
	return parse_vni(word, &k->vni);
}

static int take_id(struct args *args, struct key *k)
{
	const char *word = args_value(args, "id");

	if (!word)
		return WRONG;
	if (k->given & KEY_ID)
		return wrong_twice("id", word);
	k->given |= KEY_ID;
	return parse_key_id(word, &k->id);
}

static int take_all(struct key *k)
{
	if (k->given & KEY_ID)
		return wrong_twice("id", "all");
	k->given |= KEY_ID | KEY_ALL;
	return OK;
}

static int take_word(char *word, struct args *args, struct key *k,
		     const struct key_verb *verb)
{
	enum { VNI, ID, FROM_FILE, ALL };
	static const struct word keys[] = {
		[VNI] = { .name = "vni" },
		[ID] = { .name = "id" },
		[FROM_FILE] = { .name = "file" },
		[ALL] = { .name = "all" },
		{ }
	};
	int key = word_find(keys, word);

	if (key == VNI && verb->takes & KEY_VNI)
		return take_vni(args, k);
	if (key == ID && verb->takes & KEY_ID)
		return take_id(args, k);
	if (key == FROM_FILE && verb->takes & KEY_SECRET)
		return take_file(args, k);
	if (key == ALL && verb->takes & KEY_ALL)
		return take_all(k);
	if (verb->takes & KEY_SECRET)
		return take_digits(word, k);
	return wrong("%s is expected", verb->words);
}

static int key_parse(struct args *args, struct key *k,
		     const struct key_verb *verb)
{
	static const char * const names[] = { "VNI", "ID", "KEY" };
	unsigned int i, missing;
	char *word;
	int err;

	while (args->left) {
		/* not as args_next() has it: it may be wiped */
		word = *args->word;
		args_next(args);
		err = take_word(word, args, k, verb);
		if (err)
			return err;
	}
	missing = verb->needs & ~k->given;
	/* 0 is no key */
	if (k->given & KEY_ID && !k->id)
		missing &= ~KEY_SECRET;
	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (missing & 1u << i)
			return wrong("argument \"%s\" is required", names[i]);
	return OK;
}

static void key_put(struct nlmsghdr *nlh, const struct key *k)
{
	mnl_attr_put_u32(nlh, VNENCAP_A_KEY_VNI, k->vni);
	mnl_attr_put_u32(nlh, VNENCAP_A_KEY_ID, k->id);
	if (k->given & KEY_SECRET)
		mnl_attr_put(nlh, VNENCAP_A_KEY_SECRET, KEY_LEN, k->secret);
}

/* All keys of a VNI go where it is given no key. */
static int key_request(const struct key *k, const struct key_verb *verb)
{
	struct nl_buffer buf;
	struct nlmsghdr *nlh;
	int err;

	nlh = nl_prepare(&buf, k->given & KEY_ALL ? VNENCAP_CMD_KEY_SET :
			 verb->cmd, 0);
	key_put(nlh, k);
	err = nl_request(nlh, NULL, NULL);
	explicit_bzero(&buf, sizeof(buf));
	return err;
}

static int key_run(struct args *args, const struct key_verb *verb)
{
	struct key k = { .id = verb->id };
	int err;

	err = key_parse(args, &k, verb);
	if (!err)
		err = key_request(&k, verb);
	explicit_bzero(&k, sizeof(k));
	return err;
}

static int key_run_set(struct args *args)
{
	return key_run(args, &key_set);
}

static int key_run_add(struct args *args)
{
	return key_run(args, &key_add);
}

static int key_run_use(struct args *args)
{
	return key_run(args, &key_use);
}

static int key_run_delete(struct args *args)
{
	return key_run(args, &key_delete);
}

void keys_print(const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[VNENCAP_A_KEY_MAX + 1];
	uint32_t value;

	nl_attrs(nlh, tb, VNENCAP_A_KEY_MAX);
	if (nl_get_u32(tb[VNENCAP_A_KEY_VNI], &value))
		print_uint("vni", "vni", value);
	if (nl_get_u32(tb[VNENCAP_A_KEY_ID], &value))
		print_uint("id", "id", value);
	if (nl_get_u32(tb[VNENCAP_A_KEY_ALSO], &value))
		print_uint("also", "also", value);
}

/* Without a VNI, all that were given keys */
static int key_run_show(struct args *args)
{
	struct nl_buffer buf;
	struct nlmsghdr *nlh;
	struct key k = { };
	int err;

	err = key_parse(args, &k, &key_show);
	if (err)
		return err;
	nlh = nl_prepare(&buf, key_show.cmd, k.given ? 0 : NLM_F_DUMP);
	if (k.given)
		mnl_attr_put_u32(nlh, VNENCAP_A_KEY_VNI, k.vni);
	return show(nlh, keys_print);
}

int key_main(struct args *args)
{
	static const struct word commands[] = {
		{ "show", key_run_show },
		{ "list", key_run_show },
		{ "set", key_run_set },
		{ "add", key_run_add },
		{ "use", key_run_use },
		{ "delete", key_run_delete },
		{ "help", key_usage },
		{ }
	};

	if (args_want_help(args))
		return key_usage(args);
	return word_run(commands, "command", "vnencap key", args);
}
