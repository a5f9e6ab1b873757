/* SPDX-License-Identifier: MIT */
#include "log.h"

#include "str.h"
#include "utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The largest reply; a hostile one may be larger before anybody can be told of it. */
enum { KEPT_MAX = 400 * 1024, GAP_TEXT = 48 };

/* Between two warnings of one kind. */
enum { GAP_MS = 1000 };

typedef struct nat__record {
    nat__link link;
    char *peer; /* NULL for a log line */
    char *data; /* NULL for a gap */
    size_t length;
    int kind; /* natupnp_log_level or natupnp_trace_direction */
} record;

void nat__log_init(nat__log *log)
{
    *log = (nat__log){.clock = nat__clock_system()};
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
    for (size_t i = 0; i < NAT__LOG_KINDS; i++)
        free(log->kinds[i].last);
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

static void keep_line(nat__log *log, natupnp_log_level level, char *line)
{
    if (line && has_room(log, strlen(line)))
        keep(log, (int)level, NULL, line, strlen(line));
    else
        free(line);
}

/* ---- warnings ---- */

static nat__log_kind *kind_of(nat__log *log, const char *format)
{
    size_t at = 0;
    while (at < NAT__LOG_KINDS - 1 && log->kinds[at].format && log->kinds[at].format != format)
        at++;
    log->kinds[at].format = format;
    return &log->kinds[at];
}

/* The line, with how many were withheld before it; takes it over. NULL without memory. */
static char *counted(char *line, unsigned withheld)
{
    char *text = line;
    if (withheld > 0 && line && asprintf(&text, "%s (and %u more)", line, withheld) < 0)
        text = NULL;
    if (text != line)
        free(line);
    return text;
}

static void warn(nat__log *log, const char *format, char *line)
{
    nat__log_kind *kind = kind_of(log, format);
    uint64_t now_ms = nat__clock_now(&log->clock, NAT__AWAKE);
    if (now_ms < kind->until_ms) {
        free(kind->last);
        kind->last = line;
        kind->withheld++;
        log->withholds = true;
        return;
    }
    keep_line(log, NATUPNP_LOG_WARNING, counted(line, kind->withheld));
    free(kind->last);
    *kind = (nat__log_kind){.format = format, .until_ms = now_ms + GAP_MS};
}

/* Tells of those that were withheld in a second that is over. */
static void tell_withheld(nat__log *log)
{
    if (!log->withholds)
        return;
    uint64_t now_ms = nat__clock_now(&log->clock, NAT__AWAKE);
    log->withholds = false;
    for (size_t i = 0; i < NAT__LOG_KINDS; i++) {
        nat__log_kind *kind = &log->kinds[i];
        if (kind->withheld > 0 && now_ms >= kind->until_ms) {
            keep_line(log, NATUPNP_LOG_WARNING, counted(kind->last, kind->withheld - 1));
            *kind = (nat__log_kind){.format = kind->format, .until_ms = now_ms + GAP_MS};
        }
        log->withholds = log->withholds || kind->withheld > 0;
    }
}

/* ---- lines ---- */

void nat__log_line(nat__log *log, natupnp_log_level level, const char *format, ...)
{
    if (!log->on_log)
        return;
    char *line = NULL;
    va_list args;
    va_start(args, format);
    if (vasprintf(&line, format, args) < 0)
        line = NULL;
    va_end(args);
    if (line)
        nat__utf8_tame(line);
    if (level == NATUPNP_LOG_WARNING && line)
        warn(log, format, line);
    else
        keep_line(log, level, line);
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
    tell_withheld(log);
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
