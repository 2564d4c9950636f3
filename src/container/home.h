/* SPDX-License-Identifier: ISC */
/* HOME for a program whose config has none: the user's directory in the container's own /etc/passwd, passwd(5), as the other runtimes do. */
#ifndef CONTAINER_HOME_H
#define CONTAINER_HOME_H

#include <stddef.h>
#include <stdint.h>

/* home_find: writes "HOME=DIRECTORY" of uid to text[size], inside the container's root; "HOME=/" where /etc/passwd has no such user, can't be read, or the line is longer than the text. */
void home_find(uint32_t uid, char *text, size_t size);

#endif
