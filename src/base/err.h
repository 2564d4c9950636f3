/* SPDX-License-Identifier: ISC */
/* The one error value: built from the inside out where things fail, printed once at the top by cmd, and sent as the same
 * bytes over the close-on-exec socket from init to the runtime. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stddef.h>

#define ERR_TEXT_MAX 1024   /* PATH_MAX is cut in a message; a line of 1 KB still fits a log */

struct err {
	int number;               /* errno, or 0 where no system call failed */
	char text[ERR_TEXT_MAX];  /* NUL-terminated, no newline; begins with the innermost place once all prefixes are on */
};

/* err_sys: the text "FORMAT: strerror(errno)"; keeps errno in number. Returns -1. */
int err_sys(struct err *e, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* err_num: as err_sys with the error number given (for calls that return it, and for messages made after errno was lost). Returns -1. */
int err_num(struct err *e, int number, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* err_set: the text alone, number 0 (an error of content, not of the system). Returns -1. */
int err_set(struct err *e, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* err_at: puts "FORMAT: " before what is there already, for the place outside (a file, a JSON path, a container). Returns -1. */
int err_at(struct err *e, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* err_limit: "WHAT: more than VALUE (NAME in base/limits.h)"; number is E2BIG. Use through ERR_LIMIT. Returns -1. */
int err_limit(struct err *e, const char *what, const char *name, unsigned long long value);
#define ERR_LIMIT(e, what, LIMIT) err_limit((e), (what), #LIMIT, (unsigned long long)(LIMIT))
/* err_not_built: "WHAT: not built yet"; number is ENOSYS. Returns -1. */
int err_not_built(struct err *e, const char *what);

#endif
