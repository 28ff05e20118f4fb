// SPDX-License-Identifier: GPL-2.0-only
/* What systemd is told: a datagram to the socket that it names. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "notify.h"

/* As sd_notify(3); nothing where nobody asks for it */
void notify(const char *state)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	const char *name = getenv("NOTIFY_SOCKET");
	socklen_t len;
	int fd;

	if (!name || (name[0] != '/' && name[0] != '@') || strlen(name) >= sizeof(addr.sun_path))
		return;
	memcpy(addr.sun_path, name, strlen(name) + 1);
	len = offsetof(struct sockaddr_un, sun_path) + strlen(name);
	if (name[0] == '@')
		addr.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	/* whoever does not listen does not want to know */
	if (sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&addr, len) < 0)
		unsetenv("NOTIFY_SOCKET");
	close(fd);
}
