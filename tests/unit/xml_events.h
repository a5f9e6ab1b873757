/* SPDX-License-Identifier: MIT */
/* Writes down what the XML reader tells, as "name@depth(text)name@depth(text)" in the order of the
 * ends. */
#ifndef NATUPNP_TESTS_XML_EVENTS_H
#define NATUPNP_TESTS_XML_EVENTS_H

#include "check.h"

#include "ground/buf.h"
#include "words/xml.h"

typedef struct xml_events {
    nat__buf text;
    unsigned starts, ends, restarts;
    unsigned fail_after; /* the end at which memory runs out, 0 for none */
} xml_events;

static inline bool events_start(void *arg, const char *name, unsigned depth)
{
    xml_events *events = arg;
    (void)name, (void)depth;
    events->starts++;
    return true;
}

static inline bool events_end(void *arg, const char *name, unsigned depth, nat__str text)
{
    xml_events *events = arg;
    if (++events->ends == events->fail_after)
        return false;
    nat__buf_addf(&events->text, "%s@%u(", name, depth);
    nat__buf_add(&events->text, text.at, text.length);
    nat__buf_adds(&events->text, ")");
    return true;
}

static inline void events_restart(void *arg)
{
    xml_events *events = arg;
    nat__buf_reset(&events->text);
    events->starts = events->ends = 0;
    events->restarts++;
}

static inline nat__xml_result events_read(xml_events *events, nat__str document)
{
    nat__xml_handler handler = {events, events_start, events_end};
    return nat__xml_read(document, &handler, events_restart);
}

#endif
