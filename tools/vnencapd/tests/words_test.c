// SPDX-License-Identifier: GPL-2.0-only
/* What is read: files, settings, keys and values of etcd. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memory.h"
#include "tap.h"
#include "../base64.h"
#include "../file.h"
#include "../filekeys.h"
#include "../item.h"
#include "../log.h"
#include "../settings.h"
#include "../words.h"
#include "../wrong.h"

static bool parse(struct file *file, const char *text)
{
	FILE *from = fmemopen((char *)text, strlen(text), "r");
	bool good = file_parse(file, from, "test");

	fclose(from);
	return good;
}

static bool is_refused(const char *text)
{
	struct file file;
	bool good = parse(&file, text);

	file_free(&file);
	if (good)
		printf("# taken: %s\n", text);
	return !good;
}

static void test_file(void)
{
	static const char text[] =
		"# a lab\n"
		"network blue vni 42\n"
		"host a 192.0.2.1\n"
		"host b fd00::2	# the new one\n"
		"\n"
		"map blue 10.0.0.1 host a\n"
		"map blue 10.0.1.0/24 host a weight 3 host b\n"
		"map vni 7 fd04::/64 via 192.0.2.9\n"
		"map blue 10.9.0.0/16 blackhole\n"
		"device a vn0 blue link eth0 address 10.0.0.1/24 address fd04::1/64 mtu 9000\n";
	struct file file;
	char where[DEST_TEXT_MAX];

	check(parse(&file, text), "a file is read");
	dest_text(where, &file.maps->dest);
	check(!strcmp(where, "vni 42 10.0.0.1/32") && file.maps->way.hops == 1 &&
	      !strcmp(file.maps->way.host, "a"), "names are what they stand for");
	check(file.maps->next->way.hops == 2 && file.maps->next->way.hop[0].weight == 3,
	      "several hosts");
	check(file.devices && file.devices->addresses == 2 && file.devices->mtu == 9000,
	      "a device");
	file_free(&file);
}

static void test_wrong_lines(void)
{
	static const char *const texts[] = {
		"map blue 10.0.0.1 via 192.0.2.1\n",
		"network blue vni 42\nmap blue 10.0.0.1 host a\n",
		"network blue vni 16777216\n", "network blue\n", "network blue vni\n",
		"network blue vni 1\nnetwork blue vni 2\n", "network bl/ue vni 1\n",
		"host a\n", "host a 192.0.2.1\nhost a 192.0.2.2\n", "host a 192.0.2.1 b\n",
		"map vni 1 10.0.0.1/24 via 192.0.2.1\n", "map vni 1 10.0.0.1\n",
		"map vni 1 10.0.0.1 via\n", "map vni 1 10.0.0.1 via 224.0.0.1\n",
		"map vni 1 10.0.0.1 via 192.0.2.1 weight 256\n",
		"map vni 1 10.0.0.1 via 192.0.2.1 weight 0\n",
		"map vni 1 10.0.0.1 via 192.0.2.1 weight 0 via 192.0.2.2 weight 0\n",
		"map vni 1 10.0.0.1 blackhole via 192.0.2.1\n",
		"map vni 1 10.0.0.1 via 192.0.2.1 and more\n", "map\n", "nonsense\n",
		"key vni 1 id 1 file /nonexistent\n", "key vni 1 id x\n",
		"host a 192.0.2.1\ndevice a vn0 vni 1\n", "device a vn0 vni 1 link eth0\n",
		"host a 192.0.2.1\ndevice a vn0 vni 1 link eth0 mtu -1\n",
		"host a 192.0.2.1\ndevice a vn0vn0vn0vn0vn0x vni 1 link eth0\n",
	};
	unsigned int i;
	bool all = true;

	for (i = 0; i < ARRAY_SIZE(texts); i++)
		all &= is_refused(texts[i]);
	check(all, "wrong lines are refused");
}

static bool item_right(const char *key, const char *value)
{
	char copy[1024];
	struct item item;

	snprintf(copy, sizeof(copy), "%s", value);
	return item_key(&item, key, strlen(key)) && item_value(&item, copy, strlen(copy));
}

static void test_items(void)
{
	static const char same_id[] =
		"send 1 000102030405060708090a0b0c0d0e0f also 1 000102030405060708090a0b0c0d0e0f";

	check(item_right("map/42/10.0.0.1/32", "via 192.0.2.1 host a"), "a mapping");
	check(item_right("map/42/fd00::/64", "via 192.0.2.1 weight 2 via fd00::1"), "of two hosts");
	check(item_right("map/42/fd00::/64", "via 192.0.2.1 weight 0 via fd00::1"),
	      "one of them without a weight");
	check(item_right("map/42/10.0.0.0/8", "blackhole"), "to nowhere");
	check(item_right("host/a.example", "via 192.0.2.1"), "a host");
	check(item_right("key/42", "send 1 000102030405060708090a0b0c0d0e0f"), "a key");
	check(item_right("key/42", "send 0 also 1 000102030405060708090a0b0c0d0e0f"), "two keys");
	check(!item_right("map/042/10.0.0.1/32", "via 192.0.2.1") &&
	      !item_right("map/0x2a/10.0.0.1/32", "via 192.0.2.1") &&
	      !item_right("map/42/10.0.0.1", "via 192.0.2.1") &&
	      !item_right("map/42/10.0.0.1/032", "via 192.0.2.1") &&
	      !item_right("map/42/fd00:0::/64", "via 192.0.2.1") &&
	      !item_right("map/42/FD00::/64", "via 192.0.2.1") &&
	      !item_right("key/042", "send 0"), "each key is written in one way only");
	check(!item_right("map/16777216/10.0.0.1/32", "via 192.0.2.1") &&
	      !item_right("map/42/10.0.0.1/33", "via 192.0.2.1") &&
	      !item_right("map/42", "via 192.0.2.1") && !item_right("map/", "") &&
	      !item_right("host/", "via 192.0.2.1") && !item_right("host/a/b", "via 192.0.2.1") &&
	      !item_right("what/42", "via 192.0.2.1") && !item_right("", ""), "wrong keys");
	check(!item_right("map/1/10.0.0.1/32", "") &&
	      !item_right("map/1/10.0.0.1/32", "via 0.0.0.0") &&
	      !item_right("map/1/10.0.0.1/32", "via 192.0.2.1 host") &&
	      !item_right("map/1/10.0.0.1/32", "via 192.0.2.1 host a b") &&
	      !item_right("key/1", "send 1 00000000000000000000000000000000") &&
	      !item_right("key/1", "send 1 0001") &&
	      !item_right("key/1", same_id), "wrong values");
	check(!strstr(wrong_text(), "0b0c"), "of which no key is told");
}

static void test_base64(void)
{
	char text[BASE64_LEN(100)], back[101];
	bool good = true;
	size_t i, len;

	for (i = 0; i <= 100; i++) {
		uint8_t bytes[100];

		memset(bytes, 0xa5 + i, sizeof(bytes));
		base64_put(text, bytes, i);
		good &= base64_get(back, sizeof(back), &len, text, strlen(text)) && len == i &&
			!memcmp(back, bytes, i);
	}
	check(good, "base64 there and back");
	check(!base64_get(back, 4, &len, "YWJjZGVm", 8), "what does not fit is refused");
	check(!base64_get(back, sizeof(back), &len, "ab*d", 4) &&
	      !base64_get(back, sizeof(back), &len, "a", 1), "as is what is none");
}

static void reach(struct memory *m, uint32_t send, int also, uint32_t want, int want_also,
		  const char *name)
{
	struct key_pair pair = { .send.id = want, .has_also = want_also >= 0 };
	struct key_ids ids;

	pair.also.id = want_also;
	m->keys[0].used = true;
	m->keys[0].vni = 1;
	m->keys[0].ids = (struct key_ids){ send, also, also >= 0 };
	keys_reach(&m->backend, 1, &pair);
	m->backend.key_get(&m->backend, 1, &ids);
	check(ids.id == want && ids.has_also == (want_also >= 0) &&
	      (want_also < 0 || ids.also == (uint32_t)want_also), name);
}

static void test_keys(void)
{
	struct memory m;

	memory_init(&m);
	reach(&m, 0, -1, 1, -1, "a first key");
	reach(&m, 0, -1, 0, 1, "a first key is accepted");
	reach(&m, 0, 1, 1, 0, "and sent with");
	reach(&m, 1, 0, 1, -1, "and the only one");
	reach(&m, 1, 2, 3, 4, "two others");
	reach(&m, 1, 2, 2, 3, "one step and a half");
	reach(&m, 1, -1, 1, -1, "nothing");
	memory_free(&m);
}

static bool settings_right(const char *text, struct settings *s)
{
	FILE *from = fmemopen((char *)text, strlen(text), "r");
	bool good;

	settings_init(s);
	good = settings_parse(s, from, "test");
	fclose(from);
	return good;
}

#define CLUSTER	"source etcd http://a:2379\nlocal 192.0.2.1\n"
#define SUBNETS	"subnets vni 1 10.0.0.0/8 length 24 device vn0 link eth0 "

static void test_settings(void)
{
	static const char *const texts[] = {
		"source\n", "source ldap\n", "source etcd\n", "source etcd ftp://a\n",
		"grace\n", "grace -1\n", "grace 1 2\n", "mode some\n", "prefix /x\n",
		"publish vni\n", "vnis 16777216\n", "nonsense 1\n", "local 10.0.0.0/8\n",
		CLUSTER "subnets vni 1 10.0.0.0/16 length 16 device vn0 link eth0\n",
		CLUSTER "subnets vni 1 10.0.0.0/8 length 25 device vn0 link eth0\n",
		CLUSTER "subnets vni 1 10.0.0.0/8 length 24 device vn0\n",
		CLUSTER SUBNETS "address 10.0.0.1/24\n", CLUSTER SUBNETS "\n" SUBNETS "\n",
		"local 192.0.2.1\n" SUBNETS "\n", "source etcd http://a\n" SUBNETS "\n",
	};
	struct settings s;
	unsigned int i;
	bool all = true;

	check(settings_right("source etcd http://a:2379 https://b:2379\nlocal 192.0.2.1\n"
			     "publish devices\npublish vni 1 10.0.0.0/24\nvnis 1 2\nmode misses\n",
			     &s) &&
	      s.servers == 2 && s.published == 1 && s.grace == 30000 && s.vnis_listed == 2,
	      "settings");
	settings_free(&s);
	check(settings_right(CLUSTER SUBNETS "mtu 9000\n", &s) && s.pools == 1 &&
	      s.pool[0].len == 24 && s.pool[0].device.mtu == 9000, "with subnets");
	settings_free(&s);
	check(settings_right("", &s) && s.source == SOURCE_FILE && !s.grace, "none");
	settings_free(&s);
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		all &= !settings_right(texts[i], &s);
		settings_free(&s);
	}
	check(all, "wrong ones");
}

int main(void)
{
	log_level = 0;
	test_file();
	test_wrong_lines();
	test_items();
	test_base64();
	test_keys();
	test_settings();
	return tap_end();
}
