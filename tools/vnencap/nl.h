/* SPDX-License-Identifier: GPL-2.0-only */
/* Generic netlink with the vnencap family. */
#ifndef VNENCAP_NL_H
#define VNENCAP_NL_H

#include <stdbool.h>
#include <stdint.h>
#include <linux/netlink.h>

#include "parse.h"

/* Room for any one request of ours. */
#define NL_REQUEST_MAX 1024

struct nl_buffer {
	char data[NL_REQUEST_MAX] __attribute__((aligned(NLMSG_ALIGNTO)));
};

/* Called for each message of an answer; returns OK or an exit code. */
typedef int (*nl_reply_fn)(const struct nlmsghdr *nlh, void *data);

/* Find the family; the others do it where it was not done. */
int nl_open(void);

/* Build a request in @buf, NL_REQUEST_MAX bytes large. */
struct nlmsghdr *nl_prepare(void *buf, uint8_t cmd, uint16_t flags);
void nl_put_addr(struct nlmsghdr *nlh, uint16_t attr4, uint16_t attr6,
		 const struct addr *addr);

/* Send one request, hand its answer to @reply, wait for its end. */
int nl_request(struct nlmsghdr *nlh, nl_reply_fn reply, void *data);

/* The entry of a request that the kernel refused, those before it being done;
 * @next is where the one after it begins, 0 if the request was refused as such.
 */
struct nl_refused {
	unsigned int entry;
	size_t next;
};

/* Send a request of many entries, of which each has its line in a file. */
int nl_request_lines(struct nlmsghdr *nlh, const unsigned int *lines,
		     struct nl_refused *refused);

/*
 * Listen to groups until an error; @reply gets every message, and NULL where
 * messages were lost.
 */
int nl_listen(bool config, bool misses, nl_reply_fn reply);

/* Attributes; those that are missing or too short read as absent. */
void nl_attrs(const struct nlmsghdr *nlh, const struct nlattr **attrs,
	      unsigned int max);
void nl_nested(const struct nlattr *nest, const struct nlattr **attrs,
	       unsigned int max);
bool nl_get_u8(const struct nlattr *attr, uint8_t *value);
bool nl_get_u16(const struct nlattr *attr, uint16_t *value);
bool nl_get_u32(const struct nlattr *attr, uint32_t *value);
bool nl_get_uint(const struct nlattr *attr, uint64_t *value);
bool nl_get_addr(const struct nlattr *attr4, const struct nlattr *attr6,
		 struct addr *addr);
const char *nl_get_string(const struct nlattr *attr);

#endif /* VNENCAP_NL_H */
