/* SPDX-License-Identifier: ISC */
/* The log that engines read: one JSON object a line {"level","msg","time"}, or text, time="…" level=… msg="…" subject="…"; see runc(8) --log. Errors also go to stderr in a form of
 * their own. In the log the system's reason at the end of a message begins small, as Go says it: engines choose exit codes by it. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include "base/err.h"

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

/* log_open: appends to path (0644) as text or JSON; path 0: stderr only. The log file is process-wide state; children inherit it (close-on-exec). 0 or -1. */
int log_open(const char *path, bool json, enum log_level level, struct err *e);
/* log_subject: the name put before the message (a container's ID, a file); 0: none. The string must stay alive. */
void log_subject(const char *subject);
/* log_at: one line at a level. Errors and warnings go to stderr ("runlet: SUBJECT: text") and to the log; debug and info to the log, or in its form to stderr with --debug. */
void log_at(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* log_err: log_at(LOG_ERROR) with e's text. */
void log_err(const struct err *e);
#define log_warn(...) log_at(LOG_WARNING, __VA_ARGS__)
#define log_debug(...) log_at(LOG_DEBUG, __VA_ARGS__)
bool log_debugging(void);

#endif
