/* SPDX-License-Identifier: ISC */
/* A fuzzer (libFuzzer) of image configs made into config.json: the first line is the image's /etc/passwd and /etc/group (| stands for newlines), the rest the
 * config. What comes out must be a config.json that can be read. */
#include "image.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image/convert.h"
#include "spec/config.h"
#include "spec/document.h"

#define TEXT_BYTES 65536
DOCUMENT_REGIONS(region, TEXT_BYTES * 16, 65536, 4 << 20);
static char made[TEXT_BYTES * 16];
static char root[] = "/tmp/runlet-fuzz.XXXXXX";
static int rootfd = -1;

static void clean_up(void)
{
	unlinkat(rootfd, "etc/passwd", 0);
	unlinkat(rootfd, "etc/group", 0);
	unlinkat(rootfd, "etc", AT_REMOVEDIR);
	rmdir(root);
}

static void put_file(const char *name, const char *text, size_t length)
{
	int fd = openat(rootfd, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || write(fd, text, length) != (ssize_t)length)
		abort();
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char users[TEXT_BYTES];
	static struct image_config image;
	static struct config config;
	const struct convert_options options = { .rootfs = "rootfs", .rootless = size % 2, .cgroup_namespace = size % 3 };
	struct document d, again;
	struct err e = { 0 };
	struct out o;

	if (size > TEXT_BYTES)
		return 0;
	if (rootfd < 0) {
		if (!mkdtemp(root) || (rootfd = open(root, O_RDONLY | O_DIRECTORY)) < 0 || mkdirat(rootfd, "etc", 0700) < 0)
			abort();
		atexit(clean_up);
	}
	const uint8_t *line = memchr(data, '\n', size);
	size_t length = line ? (size_t)(line - data) : 0;
	for (size_t i = 0; i < length; i++)
		users[i] = data[i] == '|' ? '\n' : (char)data[i];
	put_file("etc/passwd", users, length);
	put_file("etc/group", users, length);
	DOCUMENT_INIT(&d, "fuzz", region);
	memcpy(d.text, data + length, size - length);
	if (document_parse(&d, size - length, &e) < 0 || document_decode_first(&d, &image_config_object, &image, &e) < 0)
		return 0;
	out_init(&o, -1, made, sizeof made);
	if (convert_config(&image, rootfd, &options, &o, &e) < 0) {
		check_error(&e);
		return 0;
	}
	DOCUMENT_INIT(&again, "made", region);
	memcpy(again.text, made, o.used);
	if (document_parse(&again, o.used, &e) < 0 || document_decode_first(&again, &config_object, &config, &e) < 0) {
		fprintf(stderr, "%s\n%s\n", e.text, made);
		abort();
	}
	return 0;
}
