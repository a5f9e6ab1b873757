/* SPDX-License-Identifier: MIT */
#include "log.h"

#include "str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* More than any burst of replies that the caps allow. */
enum { KEPT_MAX = 16 * 1024 * 1024 };

typedef struct record {
    nat__link link;
    char *peer; /* NULL for a log line */
    char *data;
    size_t length;
    int kind; /* natupnp_log_level or natupnp_trace_direction */
} record;

void nat__log_init(nat__log *log)
{
    *log = (nat__log){0};
    nat__list_init(&log->records);
}

static void record_free(record *r)
{
    free(r->peer);
    free(r->data);
    free(r);
}

void nat__log_free(nat__log *log)
{
    for (nat__link *it = nat__list_take(&log->records); it; it = nat__list_take(&log->records))
        record_free(NAT__MEMBER(it, record, link));
}

/* Keeps a record; takes data over. Without memory the record is dropped: it is only a record. */
static void keep(nat__log *log, int kind, const char *peer, char *data, size_t length)
{
    record *r = data && log->kept + length <= KEPT_MAX ? calloc(1, sizeof *r) : NULL;
    char *copy = peer && r ? strdup(peer) : NULL;
    if (!r || (peer && !copy)) {
        free(r);
        free(data);
        return;
    }
    *r = (record){.peer = copy, .data = data, .length = length, .kind = kind};
    nat__list_append(&log->records, &r->link);
    log->kept += length;
}

void nat__log_line(nat__log *log, natupnp_log_level level, const char *format, ...)
{
    if (!log->on_log)
        return;
    char *line = NULL;
    va_list args;
    va_start(args, format);
    int length = vasprintf(&line, format, args);
    va_end(args);
    if (length >= 0)
        keep(log, (int)level, NULL, line, (size_t)length);
}

void nat__log_trace(nat__log *log, natupnp_trace_direction direction, const char *peer,
                    const char *data, size_t length)
{
    if (!log->on_trace)
        return;
    keep(log, (int)direction, peer, nat__str_dup((nat__str){data, length}), length);
}

void nat__log_flush(nat__log *log)
{
    for (nat__link *it = nat__list_take(&log->records); it; it = nat__list_take(&log->records)) {
        record *r = NAT__MEMBER(it, record, link);
        log->kept -= r->length;
        if (r->peer && log->on_trace)
            log->on_trace(log->on_trace_arg, (natupnp_trace_direction)r->kind, r->peer, r->data,
                          r->length);
        else if (!r->peer && log->on_log)
            log->on_log(log->on_log_arg, (natupnp_log_level)r->kind, r->data);
        record_free(r);
    }
}
