/* SPDX-License-Identifier: GPL-2.0-only */
/* Messages that the family sends: their heads, and what they tell. */
#ifndef _VNENCAP_MESSAGE_H
#define _VNENCAP_MESSAGE_H

#include <linux/types.h>
#include <uapi/linux/vnencap_link.h>

struct genl_info;
struct netlink_callback;
struct sk_buff;
struct vnencap_dev;
struct vnencap_endpoint;
struct vnencap_keys;
struct vnencap_mapping;
struct vnencap_miss;

/**
 * struct vnencap_message_head - what the headers of a message say
 * @portid: socket that made the request, 0 where none did
 * @seq: number of that request
 * @flags: NLM_F_*
 * @cmd: VNENCAP_CMD_*
 * @cb: the dump that the message is part of, NULL where it is part of none
 */
struct vnencap_message_head {
	u32 portid;
	u32 seq;
	int flags;
	u8 cmd;
	struct netlink_callback *cb;
};

extern const u8 vnencap_message_config[IFLA_VNENCAP_MAX + 1];

struct vnencap_message_head
vnencap_message_answer(const struct genl_info *info);
struct vnencap_message_head vnencap_message_dump(struct netlink_callback *cb,
						 u8 cmd);
struct vnencap_message_head vnencap_message_ntf(const struct genl_info *info,
						u8 cmd);

int vnencap_message_fill_dev(struct sk_buff *msg,
			     const struct vnencap_message_head *head,
			     const struct vnencap_dev *vn);
int vnencap_message_fill_mapping(struct sk_buff *msg,
				 const struct vnencap_message_head *head,
				 const struct vnencap_mapping *m);
int vnencap_message_fill_keys(struct sk_buff *msg,
			      const struct vnencap_message_head *head,
			      u32 vni, const struct vnencap_keys *keys);
int vnencap_message_fill_endpoint(struct sk_buff *msg,
				  const struct vnencap_message_head *head,
				  const struct vnencap_endpoint *endpoint);
int vnencap_message_fill_miss(struct sk_buff *msg,
			      const struct vnencap_miss *miss);

#endif /* _VNENCAP_MESSAGE_H */
