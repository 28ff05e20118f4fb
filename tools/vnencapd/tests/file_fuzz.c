// SPDX-License-Identifier: GPL-2.0-only
/* What may stand in the file of networks, in settings, in keys and values. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../file.h"
#include "../item.h"
#include "../log.h"
#include "../settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_item(const uint8_t *data, size_t size)
{
	char key[200], value[1024];
	size_t key_len = size / 2 < sizeof(key) - 1 ? size / 2 : sizeof(key) - 1;
	size_t len = size - key_len < sizeof(value) - 1 ? size - key_len : sizeof(value) - 1;
	struct item item;

	memcpy(key, data, key_len);
	key[key_len] = '\0';
	memcpy(value, data + key_len, len);
	value[len] = '\0';
	if (item_key(&item, key, key_len))
		item_value(&item, value, len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct settings settings;
	struct file file;
	FILE *from;

	log_level = 0;
	if (!size)
		return 0;
	from = fmemopen((void *)data, size, "r");
	file_parse(&file, from, "fuzz");
	file_free(&file);
	rewind(from);
	settings_init(&settings);
	settings_parse(&settings, from, "fuzz");
	settings_free(&settings);
	fclose(from);
	fuzz_item(data, size);
	return 0;
}
