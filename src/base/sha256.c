/* SPDX-License-Identifier: ISC */
/* For CPUs without instructions for it, or whose own file is still to be written. */
#include "base/sha256.h"

void sha256_add(br_sha256_context *c, const void *bytes, size_t length)
{
	br_sha256_update(c, bytes, length);
}
