/* SPDX-License-Identifier: GPL-2.0-only */
/* Sockets and time, for the programs that move data. */
#ifndef _SELFTESTS_SOCK_H
#define _SELFTESTS_SOCK_H

#include <stdint.h>

void fail(const char *what) __attribute__((noreturn));
void set_int(int fd, int level, int name, int value);
int socket_at(int type, const char *port);
int connect_to(int type, const char *addr, const char *port);
int patience(int time);
uint64_t now_ns(void);

#endif /* _SELFTESTS_SOCK_H */
