/* SPDX-License-Identifier: GPL-2.0-only */
/* What a request says of addresses, prefixes and mappings. */
#ifndef _VNENCAP_REQUEST_H
#define _VNENCAP_REQUEST_H

#include <linux/types.h>

struct genl_info;
struct netlink_ext_ack;
struct nlattr;
struct vnencap_addr;
struct vnencap_mapping;

/**
 * struct vnencap_request - what a request says of one mapping
 * @attrs: the attributes, by VNENCAP_A_MAP_*; NULL where not given
 * @head: the first of them as they lie in the message
 * @len: bytes from @head to the end of the last
 * @nest: which attribute they are in, NULL where they are the message's own
 * @extack: told what is wrong
 */
struct vnencap_request {
	struct nlattr **attrs;
	struct nlattr *head;
	int len;
	struct nlattr *nest;
	struct netlink_ext_ack *extack;
};

struct vnencap_request vnencap_request_of(struct genl_info *info);
struct nlattr *vnencap_request_dst_attr(const struct vnencap_request *req);
struct nlattr *vnencap_request_target_attr(const struct vnencap_request *req);

int vnencap_request_read_vni(const struct vnencap_request *req, u32 *vni);
int vnencap_request_read_dst(const struct vnencap_request *req,
			     struct vnencap_addr *dst);
int vnencap_request_read_mapping(const struct vnencap_request *req,
				 struct vnencap_mapping *m);
struct nlattr *vnencap_request_read_addr(struct nlattr *attr4,
					 struct nlattr *attr6,
					 struct vnencap_addr *addr);

#endif /* _VNENCAP_REQUEST_H */
