/* SPDX-License-Identifier: MIT */
#include "log.h"

#include "str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The largest reply; a hostile one may be larger before anybody can be told of it. */
enum { KEPT_MAX = 512 * 1024, GAP_TEXT = 48 };

typedef struct nat__record {
    nat__link link;
    char *peer; /* NULL for a log line */
    char *data; /* NULL for a gap */
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

/* Whether one more with so many bytes may be kept. */
static bool has_room(const nat__log *log, size_t length)
{
    return log->kept + sizeof(record) + length <= KEPT_MAX;
}

/* Keeps a record; takes data over. Without memory the record is dropped: it is only a record. */
static record *keep(nat__log *log, int kind, const char *peer, char *data, size_t length)
{
    record *r = calloc(1, sizeof *r);
    char *copy = peer && r ? strdup(peer) : NULL;
    if (!r || (peer && !copy)) {
        free(r);
        free(data);
        return NULL;
    }
    *r = (record){.peer = copy, .data = data, .length = length, .kind = kind};
    nat__list_append(&log->records, &r->link);
    log->kept += sizeof *r + length;
    return r;
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
    if (length >= 0 && has_room(log, (size_t)length))
        keep(log, (int)level, NULL, line, (size_t)length);
    else if (length >= 0)
        free(line);
}

void nat__log_trace(nat__log *log, natupnp_trace_direction direction, const char *peer,
                    const char *data, size_t length)
{
    if (!log->on_trace)
        return;
    char *copy = !log->gap && has_room(log, length) ? nat__str_dup((nat__str){data, length}) : NULL;
    if (copy) {
        keep(log, (int)direction, peer, copy, length);
        return;
    }
    if (!log->gap && (log->gap = keep(log, (int)direction, "", NULL, 0)))
        log->kept -= sizeof *log->gap; /* it is told as if it were not there */
    if (log->gap)
        log->gap->length += length;
}

static void tell_gap(const nat__log *log, const record *gap)
{
    char text[GAP_TEXT];
    snprintf(text, sizeof text, "(%zu bytes are left out here)", gap->length);
    if (log->on_trace)
        log->on_trace(log->on_trace_arg, (natupnp_trace_direction)gap->kind, text, "", 0);
}

void nat__log_flush(nat__log *log)
{
    for (nat__link *it = nat__list_take(&log->records); it; it = nat__list_take(&log->records)) {
        record *r = NAT__MEMBER(it, record, link);
        if (r == log->gap)
            log->gap = NULL;
        else
            log->kept -= sizeof *r + r->length;
        if (r->peer && !r->data)
            tell_gap(log, r);
        else if (r->peer && log->on_trace)
            log->on_trace(log->on_trace_arg, (natupnp_trace_direction)r->kind, r->peer, r->data,
                          r->length);
        else if (!r->peer && log->on_log)
            log->on_log(log->on_log_arg, (natupnp_log_level)r->kind, r->data);
        record_free(r);
    }
}
