// SPDX-License-Identifier: GPL-2.0-only
/* Generic netlink with the vnencap family. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/vnencap.h>

#include "cli.h"
#include "nl.h"
#include "out.h"

/* The kernel makes the messages of a dump as large as 32 KiB. */
#define RECV_SIZE 65536

/* For events; asked for, the kernel may give less. */
#define EVENTS_RCVBUF (4 << 20)

/* The group "notify" of the controller has the number of its family. */
#define CTRL_GROUP GENL_ID_CTRL

static struct {
	struct mnl_socket *sock;
	uint32_t portid;
	uint32_t seq;
	uint16_t family;
	uint32_t config;
	uint32_t misses;
} nl;

static char recv_buf[RECV_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));

/* What to wait for after requests were sent. */
struct answer {
	uint32_t last;		/* the last request's sequence number */
	const struct nlmsghdr *request;	/* of many entries, each with its */
	const unsigned int *lines;	/* line in a file */
	struct nl_refused refused;
	bool probe;		/* for ENOENT nothing is printed: @absent */
	bool absent;
	nl_reply_fn reply;
	void *data;
	bool interrupted;	/* the kernel's tables changed while dumped */
	int status;
};

static void nl_close(void)
{
	if (nl.sock)
		mnl_socket_close(nl.sock);
	memset(&nl, 0, sizeof(nl));
}

/* Give up the socket, as answers still on their way would confuse. */
static int nl_broken(const char *what)
{
	int code = refused("%s: %s", what, strerror(errno));

	nl_close();
	return code;
}

static void set_option(int option)
{
	int on = 1;

	/* Kernels that lack one of them say less, that is all. */
	mnl_socket_setsockopt(nl.sock, option, &on, sizeof(on));
}

static int nl_connect(void)
{
	nl.sock = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!nl.sock || mnl_socket_bind(nl.sock, 0, MNL_SOCKET_AUTOPID))
		return nl_broken("cannot open a netlink socket");
	nl.portid = mnl_socket_get_portid(nl.sock);
	set_option(NETLINK_EXT_ACK);
	set_option(NETLINK_GET_STRICT_CHK);
	set_option(NETLINK_CAP_ACK);
	return OK;
}

static int nl_send(const void *data, size_t len)
{
	ssize_t sent;

	do {
		sent = mnl_socket_sendto(nl.sock, data, len);
	} while (sent < 0 && errno == EINTR);

	/* A netlink socket takes a datagram whole or not at all. */
	return sent < 0 ? nl_broken("cannot send to the kernel") : OK;
}

/*
 * One datagram from the kernel into recv_buf; its length, or -errno. Not
 * mnl_socket_recvfrom(), which does not tell who sent it.
 */
static ssize_t nl_recv(void)
{
	struct sockaddr_nl from;
	socklen_t from_len;
	ssize_t len;

	do {
		from_len = sizeof(from);
		len = recvfrom(mnl_socket_get_fd(nl.sock), recv_buf,
			       sizeof(recv_buf), MSG_TRUNC,
			       (struct sockaddr *)&from, &from_len);
	} while ((len < 0 && errno == EINTR) || (len >= 0 && from.nl_pid));

	if (len < 0)
		return -errno;
	return (size_t)len > sizeof(recv_buf) ? -EMSGSIZE : len;
}

/*
 * One of the kernel's extended words, if it sent it with the error or end
 * message @nlh, whose attributes begin @offset bytes into the payload.
 */
static const struct nlattr *nl_extack(const struct nlmsghdr *nlh, size_t offset,
				      uint16_t type)
{
	const struct nlattr *attr;

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS) ||
	    mnl_nlmsg_get_payload_len(nlh) < offset)
		return NULL;
	mnl_attr_for_each(attr, nlh, offset)
		if (mnl_attr_get_type(attr) == type)
			return attr;
	return NULL;
}

/* Print an error or a warning as iproute2 does, with one full stop. */
static void nl_explain(int error, const char *msg)
{
	size_t len = msg ? strlen(msg) : 0;
	const char *stop = "";

	if (len && msg[len - 1] != '.' && msg[len - 1] != '\n')
		stop = ".";
	if (!error && len)
		warn("%s%s", msg, stop);
	else if (len)
		refused("%s%s", msg, stop);
	else if (error == -EPERM)
		refused("the kernel answers: %s: %s", strerror(-error),
			"CAP_NET_ADMIN is needed in the network namespace of the lower device");
	else if (error)
		refused("the kernel answers: %s", strerror(-error));
}

/* Which entry of the request is at an offset that the kernel named? */
static bool find_refused(struct answer *answer, uint32_t at)
{
	struct nl_refused *refused = &answer->refused;
	const char *request = (const char *)answer->request;
	const struct nlattr *attr;

	mnl_attr_for_each(attr, answer->request, sizeof(struct genlmsghdr)) {
		refused->next = (const char *)mnl_attr_next(attr) - request;
		if (at < refused->next)
			return true;
		refused->entry++;
	}
	refused->next = 0;
	return false;
}

static void answer_error(struct answer *answer, const struct nlmsghdr *nlh,
			 size_t offset, int error)
{
	uint32_t at;

	if (answer->probe && error == -ENOENT) {
		answer->absent = true;
		return;
	}
	if (error && answer->lines &&
	    nl_get_u32(nl_extack(nlh, offset, NLMSGERR_ATTR_OFFS), &at) &&
	    find_refused(answer, at))
		place.line = answer->lines[answer->refused.entry];
	nl_explain(error, nl_get_string(nl_extack(nlh, offset,
						  NLMSGERR_ATTR_MSG)));
	if (answer->lines)
		place.line = 0;
	if (error)
		answer->status = REFUSED;
}

static void answer_ack(struct answer *answer, const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);
	size_t offset = sizeof(*err);

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*err))
		return answer_error(answer, nlh, SIZE_MAX, -EBADMSG);
	/* Without NLM_F_CAPPED the whole request stands before the rest. */
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		offset += mnl_nlmsg_get_payload_len(&err->msg);
	answer_error(answer, nlh, offset, err->error);
}

static void answer_done(struct answer *answer, const struct nlmsghdr *nlh)
{
	const int *error = mnl_nlmsg_get_payload(nlh);

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*error))
		return;
	answer_error(answer, nlh, sizeof(*error), *error);
}

static void answer_data(struct answer *answer, const struct nlmsghdr *nlh)
{
	if (!answer->reply || answer->status ||
	    nlh->nlmsg_type < NLMSG_MIN_TYPE ||
	    mnl_nlmsg_get_payload_len(nlh) < sizeof(struct genlmsghdr))
		return;
	answer->status = answer->reply(nlh, answer->data);
}

/* Is @nlh the end of the answer? */
static bool answer_message(struct answer *answer, const struct nlmsghdr *nlh)
{
	bool last = nlh->nlmsg_seq == answer->last;

	if (nlh->nlmsg_pid != nl.portid)
		return false;
	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		answer->interrupted = true;

	switch (nlh->nlmsg_type) {
	case NLMSG_ERROR:
		answer_ack(answer, nlh);
		return last;
	case NLMSG_DONE:
		answer_done(answer, nlh);
		return last;
	default:
		answer_data(answer, nlh);
		return false;
	}
}

static bool answer_datagram(struct answer *answer, int len)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)recv_buf;

	for (; mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len))
		if (answer_message(answer, nlh))
			return true;
	return false;
}

static int nl_wait(struct answer *answer)
{
	ssize_t len;

	do {
		len = nl_recv();
		if (len < 0) {
			errno = -len;
			return nl_broken("cannot read the kernel's answer");
		}
	} while (!answer_datagram(answer, len));

	if (answer->interrupted) {
		out_flush();
		fputs("Dump was interrupted and may be inconsistent.\n",
		      stderr);
	}
	return answer->status;
}

static int read_family(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[CTRL_ATTR_MAX + 1];
	const struct nlattr *grp[CTRL_ATTR_MCAST_GRP_MAX + 1];
	const struct nlattr *nest;
	const char *name;

	(void)data;
	nl_attrs(nlh, tb, CTRL_ATTR_MAX);
	nl_get_u16(tb[CTRL_ATTR_FAMILY_ID], &nl.family);
	if (!tb[CTRL_ATTR_MCAST_GROUPS])
		return OK;
	mnl_attr_for_each_nested(nest, tb[CTRL_ATTR_MCAST_GROUPS]) {
		nl_nested(nest, grp, CTRL_ATTR_MCAST_GRP_MAX);
		name = nl_get_string(grp[CTRL_ATTR_MCAST_GRP_NAME]);
		if (name && !strcmp(name, VNENCAP_MCGRP_CONFIG))
			nl_get_u32(grp[CTRL_ATTR_MCAST_GRP_ID], &nl.config);
		else if (name && !strcmp(name, VNENCAP_MCGRP_MISSES))
			nl_get_u32(grp[CTRL_ATTR_MCAST_GRP_ID], &nl.misses);
	}
	return OK;
}

static struct nlmsghdr *prepare(void *buf, uint16_t type, uint8_t cmd,
				uint8_t version, uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	genl->cmd = cmd;
	genl->version = version;
	return nlh;
}

/* The kernel may load the module for it. */
int nl_open(void)
{
	struct answer answer = {
		.probe = true,
		.reply = read_family,
	};
	struct nl_buffer buf;
	struct nlmsghdr *nlh;
	int err;

	if (nl.family)
		return OK;
	if (!nl.sock) {
		err = nl_connect();
		if (err)
			return err;
	}
	nlh = prepare(&buf, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1, NLM_F_ACK);
	nlh->nlmsg_seq = ++nl.seq;
	answer.last = nlh->nlmsg_seq;
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, VNENCAP_FAMILY_NAME);
	err = nl_send(nlh, nlh->nlmsg_len);
	if (!err)
		err = nl_wait(&answer);
	if (!err && answer.absent)
		return refused("the vnencap module is not loaded.");
	return err;
}

/* The type, the family's number, is set when the message is sent. */
struct nlmsghdr *nl_prepare(void *buf, uint8_t cmd, uint16_t flags)
{
	if ((flags & NLM_F_DUMP) != NLM_F_DUMP)
		flags |= NLM_F_ACK;
	return prepare(buf, 0, cmd, VNENCAP_FAMILY_VERSION, flags);
}

static int nl_ask(struct nlmsghdr *nlh, struct answer *answer)
{
	int err = nl_open();

	if (err)
		return err;
	nlh->nlmsg_type = nl.family;
	nlh->nlmsg_seq = ++nl.seq;
	answer->last = nlh->nlmsg_seq;
	err = nl_send(nlh, nlh->nlmsg_len);
	return err ? err : nl_wait(answer);
}

int nl_request(struct nlmsghdr *nlh, nl_reply_fn reply, void *data)
{
	struct answer answer = { .reply = reply, .data = data };

	return nl_ask(nlh, &answer);
}

int nl_request_lines(struct nlmsghdr *nlh, const unsigned int *lines,
		     struct nl_refused *refused)
{
	struct answer answer = { .request = nlh, .lines = lines };
	int err = nl_ask(nlh, &answer);

	*refused = answer.refused;
	return err;
}

/* The module goes: its groups' numbers may be another's when it is back. */
static bool is_farewell(const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[CTRL_ATTR_MAX + 1];
	uint16_t family = 0;

	if (nlh->nlmsg_type != GENL_ID_CTRL ||
	    genl->cmd != CTRL_CMD_DELFAMILY)
		return false;
	nl_attrs(nlh, tb, CTRL_ATTR_MAX);
	nl_get_u16(tb[CTRL_ATTR_FAMILY_ID], &family);
	return family == nl.family;
}

static int event_message(const struct nlmsghdr *nlh, nl_reply_fn reply)
{
	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(struct genlmsghdr))
		return OK;
	if (is_farewell(nlh))
		return refused("the vnencap module was unloaded.");
	if (nlh->nlmsg_type != nl.family)
		return OK;
	return reply(nlh, NULL);
}

static int event_datagram(int len, nl_reply_fn reply)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)recv_buf;
	int err = OK;

	for (; !err && mnl_nlmsg_ok(nlh, len);
	     nlh = mnl_nlmsg_next(nlh, &len))
		err = event_message(nlh, reply);
	return err;
}

static int join(uint32_t group)
{
	if (mnl_socket_setsockopt(nl.sock, NETLINK_ADD_MEMBERSHIP, &group,
				  sizeof(group)))
		return refused("cannot listen: %s", strerror(errno));
	return OK;
}

static int nl_subscribe(bool config, bool misses)
{
	int fd = mnl_socket_get_fd(nl.sock);
	int size = EVENTS_RCVBUF;
	int err;

	/* Only the admin of the whole machine may exceed net.core.rmem_max. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));

	err = join(CTRL_GROUP);
	if (!err && config)
		err = join(nl.config);
	if (!err && misses)
		err = join(nl.misses);
	return err;
}

int nl_listen(bool config, bool misses, nl_reply_fn reply)
{
	ssize_t len;
	int err = nl_open();

	if (!err)
		err = nl_subscribe(config, misses);
	while (!err) {
		len = nl_recv();
		if (len == -ENOBUFS) {
			err = reply(NULL, NULL);
		} else if (len < 0) {
			errno = -len;
			err = nl_broken("cannot read events");
		} else {
			err = event_datagram(len, reply);
		}
	}
	nl_close();
	return err;
}
