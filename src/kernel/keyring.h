/* SPDX-License-Identifier: ISC */
/* A session keyring of the container's own, session-keyring(7). */
#ifndef KERNEL_KEYRING_H
#define KERNEL_KEYRING_H

#include "base/err.h"

/* keyring_join: joins a session keyring called name (made where missing), searchable by its user. 0; 1 with e filled: the kernel has no keyrings (CONFIG_KEYS) or the
 * user's quota is used up: a warning, go on; -1. */
int keyring_join(const char *name, struct err *e);

#endif
