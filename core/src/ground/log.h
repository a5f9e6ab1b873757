/* SPDX-License-Identifier: MIT */
#ifndef NAT__LOG_H
#define NAT__LOG_H

#include "list.h"

#include <natupnp/client.h>

/*
 * Log lines and wire traces on their way to the user's hooks. They are kept
 * and handed over when the outermost call leaves the library, so that no user
 * code runs inside libcurl.
 */
typedef struct nat__log {
    natupnp_log_fn *on_log;
    void *on_log_arg;
    natupnp_trace_fn *on_trace;
    void *on_trace_arg;
    nat__link records;
    size_t kept;             /* bytes in records; past a bound new ones are dropped */
    struct nat__record *gap; /* that stands for dropped traces, or NULL */
} nat__log;

void nat__log_init(nat__log *log);
void nat__log_free(nat__log *log);
void nat__log_line(nat__log *log, natupnp_log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void nat__log_trace(nat__log *log, natupnp_trace_direction direction, const char *peer,
                    const char *data, size_t length);

/* Calls the hooks with what was kept; a hook that has been taken away meanwhile is not called. */
void nat__log_flush(nat__log *log);

#endif
