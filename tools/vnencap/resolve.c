// SPDX-License-Identifier: GPL-2.0-only
/* Names of hosts, for endpoints. */
#include <ctype.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "parse.h"

/*
 * getaddrinfo() takes "10.0.0" and "0x0a000001" for addresses. Here they are
 * mistakes: the last part of a name begins with a letter. "any" is a word.
 */
static bool is_name(const char *word)
{
	const char *last = strrchr(word, '.'), *c;

	for (c = word; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("-_.", *c))
			return false;
	last = last ? last + 1 : word;
	return isalpha((unsigned char)*last) && strcmp(word, "any");
}

static int resolve(const char *name, struct addr *addr)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *list;
	int err = getaddrinfo(name, NULL, &hints, &list);

	if (err)
		return wrong("cannot find the address of \"%s\": %s", name,
			     gai_strerror(err));
	memset(addr, 0, sizeof(*addr));
	addr->family = list->ai_family;
	if (addr->family == AF_INET)
		addr->ip4 = ((struct sockaddr_in *)list->ai_addr)->sin_addr;
	else
		addr->ip6 = ((struct sockaddr_in6 *)list->ai_addr)->sin6_addr;
	freeaddrinfo(list);
	return OK;
}

/*
 * An address, or a name: then the first of its addresses, as the resolver orders
 * them. Many lines of a file may have the same name.
 */
int parse_host(const char *word, struct addr *addr)
{
	static char name[NI_MAXHOST];
	static struct addr found;
	int err;

	if (!is_name(word))
		return parse_addr(word, addr);
	if (strlen(word) >= sizeof(name))
		return wrong_arg(word, "invalid address");
	if (strcmp(word, name)) {
		name[0] = '\0';
		err = resolve(word, &found);
		if (err)
			return err;
		memcpy(name, word, strlen(word) + 1);
	}
	*addr = found;
	return OK;
}
