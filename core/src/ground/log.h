/* SPDX-License-Identifier: MIT */
#ifndef NAT__LOG_H
#define NAT__LOG_H

#include "clock.h"
#include "list.h"

#include <natupnp/client.h>

/* Kinds of warnings that are told apart; more of them than the library has. */
enum { NAT__LOG_KINDS = 16 };

/* Warnings from one place. Whoever can send to this host can cause them, as often as it likes. */
typedef struct nat__log_kind {
    const char *format; /* which is what names the place */
    uint64_t until_ms;  /* no other one before */
    unsigned withheld;
    char *last; /* the last of those, owned */
} nat__log_kind;

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
    nat__clock clock;
    nat__log_kind kinds[NAT__LOG_KINDS];
    bool withholds; /* one of them does */
} nat__log;

void nat__log_init(nat__log *log);
void nat__log_free(nat__log *log);

/*
 * Keeps a line. Of the warnings of one kind, one a second is told; how many were withheld is said
 * with the next one, or with the last of them when the second is over.
 */
void nat__log_line(nat__log *log, natupnp_log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void nat__log_trace(nat__log *log, natupnp_trace_direction direction, const char *peer,
                    const char *data, size_t length);

/* Calls the hooks with what was kept; a hook that has been taken away meanwhile is not called. */
void nat__log_flush(nat__log *log);

#endif
