// SPDX-License-Identifier: GPL-2.0-only
/*
 * What starts containers is told of their network by a file of CNI's, for the stock
 * plugins: a bridge, whose addresses are out of this host's subnet, and ports of the
 * host that lead to containers. The file takes the old one's place at once, and only
 * where it differs: some look at the folder and begin anew with each change.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cni.h"
#include "wrong.h"
#include "../vnencap/text.h"

static void file_path(char *path, size_t size, const char *folder, const struct dest *subnet)
{
	snprintf(path, size, "%s/10-vnencap-%u.conflist", folder, subnet->vni);
}

/**
 * cni_text - the file's text
 * @to: CNI_TEXT_MAX bytes
 * @subnet: this host's
 * @mtu: of the containers' devices
 */
void cni_text(char *to, const struct dest *subnet, unsigned int mtu)
{
	char text[TEXT_PREFIX_MAX];
	struct prefix prefix;

	dest_prefix(subnet, &prefix);
	text_prefix(text, &prefix);
	snprintf(to, CNI_TEXT_MAX,
		 "{\n"
		 "  \"cniVersion\": \"0.4.0\",\n"
		 "  \"name\": \"vnencap-%u\",\n"
		 "  \"plugins\": [\n"
		 "    {\n"
		 "      \"type\": \"bridge\",\n"
		 "      \"bridge\": \"vnpods%u\",\n"
		 "      \"mtu\": %u,\n"
		 "      \"isDefaultGateway\": true,\n"
		 "      \"forceAddress\": true,\n"
		 "      \"hairpinMode\": true,\n"
		 "      \"ipam\": {\n"
		 "        \"type\": \"host-local\",\n"
		 "        \"ranges\": [[{ \"subnet\": \"%s\" }]]\n"
		 "      }\n"
		 "    },\n"
		 "    {\n"
		 "      \"type\": \"portmap\",\n"
		 "      \"capabilities\": { \"portMappings\": true }\n"
		 "    }\n"
		 "  ]\n"
		 "}\n",
		 subnet->vni, subnet->vni, mtu, text);
}

static bool is_there(const char *path, const char *text)
{
	char old[CNI_TEXT_MAX + 1];
	FILE *from = fopen(path, "re");
	size_t len;

	if (!from)
		return false;
	len = fread(old, 1, sizeof(old), from);
	fclose(from);
	return len == strlen(text) && !memcmp(old, text, len);
}

/**
 * cni_write - have the file there
 * @folder: where
 * @subnet: this host's
 * @mtu: of the containers' devices
 *
 * Return: whether it is; if not, wrong_text() says why.
 */
bool cni_write(const char *folder, const struct dest *subnet, unsigned int mtu)
{
	char path[4096], new_path[4104], text[CNI_TEXT_MAX];
	bool good;
	FILE *to;

	cni_text(text, subnet, mtu);
	file_path(path, sizeof(path), folder, subnet);
	if (is_there(path, text))
		return true;
	snprintf(new_path, sizeof(new_path), "%s.new", path);
	to = fopen(new_path, "we");
	good = to && fputs(text, to) >= 0 && !fflush(to) && !fsync(fileno(to));
	if (to)
		good = !fclose(to) && good;
	if (good && !rename(new_path, path))
		return true;
	wrong("%s: %s", path, strerror(errno));
	return false;
}

/* No container is to be started with that subnet. */
void cni_remove(const char *folder, const struct dest *subnet)
{
	char path[4096];

	file_path(path, sizeof(path), folder, subnet);
	unlink(path);
}
