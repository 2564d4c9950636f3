/* SPDX-License-Identifier: ISC */
/* device.json and services/NAME.json: their tables, and what is refused. */
#include "boot/files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/io.h"
#include "base/log.h"
#include "base/str.h"
#include "spec/rules.h"
#include "spec/table.h"

const struct words boot_idle_words = WORDS("stay", "poweroff", "reboot");
static const struct words policies = WORDS("no", "on-failure", "always");
static const struct words outputs = WORDS("console", "ring", "kmsg", "none");
static const struct words file_words = WORDS("none", "auto", "resolv.conf", "hosts", "hostname", "localtime");
static const struct range sizes = { 4096, INT64_MAX };

static const struct field storage_fields[] = {
	F(boot_storage, layout, OPTIONAL, CHECKED(check_absolute)),
	F(boot_storage, store,  OPTIONAL, CHECKED(check_absolute)),
	F(boot_storage, data,   OPTIONAL, CHECKED(check_absolute)),
};
static const struct object storage_object = TABLE("storage", 0, boot_storage, storage_fields, 0);
static const struct field device_fields[] = {
	F(device, hostname,   OPTIONAL, CHECKED(check_not_empty)),
	F(device, clockFloor, OPTIONAL),
	F_LIST(device, "mounts", mounts, OPTIONAL, mount, mount_object),
	F_OBJECT(device, "storage", storage, OPTIONAL, boot_storage, storage_object),
	F_ENUM(device, "idle", idle, OPTIONAL, boot_idle_words),
};
const struct object device_object = TABLE("device", 0, device, device_fields, 0);

static const struct field image_fields[] = {
	F(service_image, layout,   OPTIONAL, CHECKED(check_absolute)),
	F(service_image, ref,      OPTIONAL),
	F(service_image, digest,   OPTIONAL),
	F(service_image, platform, OPTIONAL),
};
static const struct object image_object = TABLE("image", 0, service_image, image_fields, 0);
static const struct field restart_fields[] = { F_ENUM(service_restart, "policy", policy, OPTIONAL, policies) };
static const struct object restart_object = TABLE("restart", 0, service_restart, restart_fields, 0);
static int check_rootfs(const void *object, struct place *p, struct report *r)
{
	const struct service_rootfs *s = object;
	const char *overlay = s->overlay ? s->overlay : "none";
	return RULE(*overlay == '/' || strcmp(overlay, "none") == 0 || strcmp(overlay, "tmpfs") == 0, p, r, LEVEL_MUST, "overlay", "expected none, tmpfs or an absolute path") +
	       RULE(!s->sizeBytes || *overlay == 't', p, r, LEVEL_MUST, "sizeBytes", "only with overlay tmpfs");
}

static const struct field rootfs_fields[] = { F(service_rootfs, overlay, OPTIONAL), F(service_rootfs, sizeBytes, OPTIONAL, .range = &sizes) };
static const struct object rootfs_object = TABLE("rootfs", 0, service_rootfs, rootfs_fields, check_rootfs);
static const struct field log_fields[] = { F_ENUM(service_log, "to", to, REQUIRED, outputs), F(service_log, bytes, OPTIONAL, .range = &sizes) };
static const struct object log_object = TABLE("log", 0, service_log, log_fields, 0);

static int check_service(const void *object, struct place *p, struct report *r)
{
	const struct service *s = object;
	return RULE(!s->image != !s->bundle, p, r, LEVEL_MUST, "image", "either image or bundle says what to run");
}

static const struct field service_fields[] = {
	F_OBJECT(service, "image", image, OPTIONAL, service_image, image_object),
	F(service, bundle,  OPTIONAL, CHECKED(check_absolute)),
	F(service, enabled, OPTIONAL),
	F(service, oneshot, OPTIONAL),
	F(service, args,    OPTIONAL),
	F(service, env,     OPTIONAL),
	F(service, cwd,     OPTIONAL, CHECKED(check_absolute)),
	F(service, user,    OPTIONAL),
	F(service, data,    OPTIONAL, CHECKED(check_absolute)),
	F(service, files,   OPTIONAL, .words = &file_words, .alone = true),
	F_OBJECT(service, "restart", restart, OPTIONAL, service_restart, restart_object),
	F_OBJECT(service, "rootfs",  rootfs,  OPTIONAL, service_rootfs,  rootfs_object),
	F_OBJECT(service, "log",     log,     OPTIONAL, service_log,     log_object),
};
const struct object service_object = TABLE("service", 0, service, service_fields, check_service);

/* docs/boot.md's keys of a supervisor that is yet to be built */
static const char later[] = "\"modules\"watchdog\"log\"trust\"trial\"critical\"after\"requires\"wants\"conditions\"ready\"health\"watchdogMs\"stop\"network\"netDevices\"mounts\"devices"
	"\"resources\"capabilities\"seccomp\"rlimits\"delayMs\"delayMaxMs\"resetMs\"burst\"burstWindowMs\"exhausted\"files\"path\"";

/* A key that no table has is one that nothing acts upon yet, or a mistake. */
static int refuse_unknown(const struct node *n, const char *place, struct err *e)
{
	if (!n || !n->unknown)
		return 0;
	struct span key = n->unknown->key;
	return err_set(e, "%s: %.*s: %s", place, (int)(key.length < 60 ? key.length : 60), key.text, memmem(later, sizeof later, key.text, key.length) ? "not built yet" : "unknown");
}

static int refuse_service(const struct service *s, const char *place, struct err *e)
{
	const void *const parts[] = { s, s->image, s->restart, s->rootfs, s->log };
	static const char *const names[] = { "file", "image", "restart", "rootfs", "log" };
	for (size_t i = 0; i < COUNT_OF(parts); i++)
		if (refuse_unknown(parts[i], names[i], e) < 0)
			return err_at(e, "%s", place);
	return 0;
}

static int read_device(struct boot_files *f, int dirfd, struct err *e)
{
	DOCUMENT_REGIONS(region, LIMIT_SERVICE_BYTES, LIMIT_SERVICE_TOKENS, LIMIT_SERVICE_BYTES);
	DOCUMENT_INIT(&f->document, "device.json", region);
	f->device.idle = IDLE_UNSET;
	if (faccessat(dirfd, "device.json", F_OK, 0) < 0 && errno == ENOENT)
		return 0;
	if (document_read(&f->document, dirfd, "device.json", e) < 0 || document_decode_first(&f->document, &device_object, &f->device, e) < 0)
		return -1;
	if (!spec_has(&device_object, &f->device, "idle"))
		f->device.idle = IDLE_UNSET;
	if (refuse_unknown(&f->device.node, "device.json", e) < 0)
		return -1;
	return f->device.storage ? refuse_unknown(&f->device.storage->node, "device.json: storage", e) : 0;
}

/* The length of the next of the words between commas; *at becomes its beginning. 0: there is none. */
static size_t next_word(const char **at)
{
	*at += strspn(*at, ",");
	return strcspn(*at, ",");
}

static bool listed(const char *only, const char *name, size_t length)
{
	size_t word;
	for (const char *at = only; at && (word = next_word(&at)); at += word)
		if (word == length && strncmp(at, name, length) == 0)
			return true;
	return !only;
}

static void warn_of_missing(const struct boot_files *f, const char *only)
{
	size_t word;
	for (const char *at = only; at && (word = next_word(&at)); at += word) {
		uint32_t i = 0;
		while (i < f->count && (strncmp(f->slots[i].name, at, word) != 0 || f->slots[i].name[word]))
			i++;
		if (i == f->count)
			log_warn("boot: runlet.only=%.*s: no such service", (int)(word < 60 ? word : 60), at);
	}
}

/* Names in order: what is started first does not depend on the filesystem. */
static int add_name(struct boot_files *f, const char *name, size_t length, struct err *e)
{
	uint32_t at = f->count;
	if (length >= sizeof f->slots->name)
		return err_set(e, "services: a name longer than %zu (LIMIT_SERVICE_NAME_BYTES in base/limits.h)", sizeof f->slots->name - 1);
	if (f->count == LIMIT_SERVICES)
		return ERR_LIMIT(e, "services", LIMIT_SERVICES);
	char new[LIMIT_SERVICE_NAME_BYTES] = "";
	memcpy(new, name, length);
	for (; at && strcmp(f->slots[at - 1].name, new) > 0; at--)
		memcpy(f->slots[at].name, f->slots[at - 1].name, sizeof new);
	memcpy(f->slots[at].name, new, sizeof new);
	f->count++;
	return 0;
}

static int read_names(struct boot_files *f, int fd, const char *only, struct err *e)
{
	struct dir d;
	struct dir_entry entry;
	int more;
	dir_start(&d, fd);
	while ((more = dir_next(&d, &entry)) > 0)
		if (str_ends(entry.name, ".json") && listed(only, entry.name, strlen(entry.name) - 5) && add_name(f, entry.name, strlen(entry.name) - 5, e) < 0)
			return -1;
	return more < 0 ? err_sys(e, "services: cannot read") : 0;
}

static int read_service(struct slot *s, int fd, char *region, const struct document_sizes *document, struct err *e)
{
	char file[LIMIT_SERVICE_NAME_BYTES + 16], place[sizeof file + 16];
	if (str_format(file, sizeof file, e, "%s.json", s->name) < 0 || str_format(place, sizeof place, e, "services/%s", file) < 0)
		return -1;
	document_init(&s->document, place, region, document);
	s->output = -1;
	int result = document_read(&s->document, fd, file, e) < 0 || document_decode_first(&s->document, &service_object, &s->service, e) < 0 ? -1 : refuse_service(&s->service, place, e);
	s->document.file = 0;   /* place ends here */
	if (!spec_has(&service_object, &s->service, "enabled"))
		s->service.enabled = true;
	return result;
}

int files_read(struct boot_files *f, const char *dir, const char *only, struct err *e)
{
	static LARGE _Alignas(DOCUMENT_ALIGNMENT) char regions[LIMIT_SERVICES][2 * LIMIT_SERVICE_BYTES + LIMIT_SERVICE_TOKENS * sizeof(struct json_token) + 4 * DOCUMENT_ALIGNMENT];
	static const struct document_sizes one = { LIMIT_SERVICE_BYTES + 1, LIMIT_SERVICE_TOKENS, LIMIT_SERVICE_BYTES, "LIMIT_SERVICE_BYTES", "LIMIT_SERVICE_TOKENS", "LIMIT_SERVICE_BYTES" };
	int dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dirfd < 0)
		return err_sys(e, "%s", dir);
	int fd = -1, result = read_device(f, dirfd, e);
	if (result == 0 && (fd = openat(dirfd, "services", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		result = err_sys(e, "services");
	if (result == 0)
		result = read_names(f, fd, only, e);
	if (result == 0)
		warn_of_missing(f, only);
	for (uint32_t i = 0; i < f->count && result == 0; i++)
		result = read_service(&f->slots[i], fd, regions[i], &one, e);
	io_close(fd);
	io_close(dirfd);
	return result < 0 ? err_at(e, "%s", dir) : 0;
}
