/* SPDX-License-Identifier: ISC */
/* From a service to a bundle that can be run, in the process that becomes its `run`. */
#ifndef BOOT_BUNDLE_H
#define BOOT_BUNDLE_H

#include "boot/files.h"

struct boot_place {
	const char *state;            /* directory of boot's own: bundles, configs, logs */
	const char *program;          /* this program, to be executed again */
	const char *root;             /* --root of the containers */
};
/* bundle_make: the service's bundle: its own, or one made of its image in the store, unless that is there already of the same index.json. What the service overrides goes into a
 * config of its own, *config. bundle, config: at least LIMIT_PATH_BYTES. With rootfs.overlay tmpfs the calling process gets a mount namespace of its own. 0 or -1. */
int bundle_make(const struct slot *s, const struct device *d, const struct boot_place *place, char *bundle, char *config, struct err *e);

#endif
