/* SPDX-License-Identifier: ISC */
/* What is to be booted: device.json and services/NAME.json, read by field tables as all documents are. Here an unknown key is an error. */
#ifndef BOOT_FILES_H
#define BOOT_FILES_H

#include <sys/types.h>
#include "base/err.h"
#include "spec/document.h"
#include "spec/mount.h"

enum boot_idle { IDLE_STAY, IDLE_POWEROFF, IDLE_REBOOT, IDLE_UNSET = -1 };
extern const struct words boot_idle_words;

struct boot_storage { struct node node; const char *layout, *store, *data; };   /* directories: of images; of bundles made of them; of volumes */
struct device {
	struct node node;
	const char *hostname, *clockFloor;
	LIST_OF(struct mount) mounts;
	const struct boot_storage *storage;
	int32_t idle;                      /* enum boot_idle; IDLE_UNSET where the file says nothing */
};

enum boot_policy { POLICY_NO, POLICY_ON_FAILURE, POLICY_ALWAYS };
enum boot_log { LOG_TO_CONSOLE, LOG_TO_RING, LOG_TO_KMSG, LOG_TO_NONE };
struct service_image   { struct node node; const char *layout, *ref, *digest, *platform; };
struct service_restart { struct node node; int32_t policy; };
struct service_rootfs  { struct node node; const char *overlay; int64_t sizeBytes; };   /* overlay: "none", "tmpfs", or a directory */
struct service_log     { struct node node; int32_t to; int64_t bytes; };
struct service {
	struct node node;
	const struct service_image *image;
	const char *bundle, *cwd, *user, *data;
	bool enabled, oneshot;             /* enabled: also where the file says nothing */
	struct strings args, env, files;   /* files: "none", "auto", or names in /etc */
	const struct service_restart *restart;
	const struct service_rootfs *rootfs;
	const struct service_log *log;
};
extern const struct object device_object, service_object;

/* One service, from its file to the end of its last process. */
struct slot {
	char name[LIMIT_SERVICE_NAME_BYTES];
	struct service service;
	struct document document;
	pid_t pid;                         /* of its `run`, or of what deletes its container then; 0: does not run */
	bool deletes;                      /* the latter */
	bool ended;                        /* and is not to be started again */
	int status;                        /* of its last run */
	int64_t again_ms;                  /* when it is to be started, on the monotonic clock; 0: at once */
	int output;                        /* the ring's end of its output; -1 */
};
struct boot_files {
	struct device device;
	struct document document;          /* of device.json */
	uint32_t count;
	struct slot slots[LIMIT_SERVICES];
};
/* files_read: dir/device.json (which may be missing) and the files of dir/services that end in .json, by name, those alone that `only` ("NAME,NAME"; 0: all) lists; disabled ones are left out.
 * 0 or -1: "services/web.json: restart.policy: …". f is static and zero before. */
int files_read(struct boot_files *f, const char *dir, const char *only, struct err *e);

#endif
