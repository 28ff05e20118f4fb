// SPDX-License-Identifier: GPL-2.0-only
/* Keys as hexadecimal digits. Nothing that is said here has a digit of one. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "log.h"
#include "secret.h"
#include "wrong.h"
#include "../vnencap/parse.h"

/**
 * secret_parse - read 32 hexadecimal digits
 * @text: these, and nothing after them
 * @secret: KEY_LEN bytes
 *
 * Return: whether they are such; a key of zeros is none.
 */
bool secret_parse(const char *text, uint8_t *secret)
{
	unsigned int i, sum = 0;

	if (!parse_digits(text, secret, KEY_LEN)) {
		wrong("a key is %d hexadecimal digits", SECRET_DIGITS);
		return false;
	}
	for (i = 0; i < KEY_LEN; i++)
		sum |= secret[i];
	if (text[SECRET_DIGITS] || !sum) {
		wrong("a key is %d hexadecimal digits, not all zero", SECRET_DIGITS);
		return false;
	}
	return true;
}

/* SECRET_DIGITS + 1 bytes */
void secret_text(char *to, const uint8_t *secret)
{
	unsigned int i;

	for (i = 0; i < KEY_LEN; i++)
		sprintf(to + 2 * i, "%02x", secret[i]);
}

/**
 * secret_read - read a key that is the first line of a file
 * @name: the file
 * @secret: KEY_LEN bytes
 *
 * Return: whether it has one; if not, wrong_text() says why.
 */
bool secret_read(const char *name, uint8_t *secret)
{
	char buf[SECRET_DIGITS + 16] = "", line[SECRET_DIGITS + 16] = "";
	FILE *file = fopen(name, "re");
	bool good;

	if (!file) {
		wrong("cannot open file \"%s\": %s", name, strerror(errno));
		return false;
	}
	setvbuf(file, buf, _IOFBF, sizeof(buf));
	good = fgets(line, sizeof(line), file);
	fclose(file);
	explicit_bzero(buf, sizeof(buf));
	line[strcspn(line, " \t\r\n")] = '\0';
	if (!good)
		wrong("file \"%s\" is empty", name);
	else
		good = secret_parse(line, secret);
	explicit_bzero(line, sizeof(line));
	return good;
}
