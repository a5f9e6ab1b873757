/* SPDX-License-Identifier: MIT */
#ifndef CLI_OUT_H
#define CLI_OUT_H

#include "fail.h"
#include "jobs.h"
#include "options.h"
#include "ports.h"
#include <natupnp/natupnp.h>
#include <stdbool.h>
#include <stdio.h>

/** What a verb came to. Everything is borrowed; what the verb does not have is NULL. */
struct report {
    enum verb verb;
    /** The failure of the whole command; its status is NATUPNP_OK for none. */
    struct fail fail;
    const natupnp_gateway *gateway;
    /** info: holds every gateway that answered. */
    const natupnp_op *gateways;
    /** list: holds every mapping. */
    const natupnp_op *mappings;
    /** add, remove: what was asked for, and a job for each. */
    const struct port_list *ports;
    const struct job *jobs;
    /** The only host that may use them, or "" for any. */
    const char *remote_host;
    /** A lease was asked for. */
    bool leased;
};

/** Make it a failure of the whole command when no entry got as far as a gateway's decision. */
void out_judge(struct report *report);

/** Write results to standard output as text. False when memory ran out. */
bool out_text(const struct report *report);

/** Write the gateways of a report to standard output as text. False when memory ran out. */
bool out_info(const struct report *report);

/** Write one line to standard error, as a failure. */
void out_failure(const char *text);

/** Write what failed to standard error. */
void out_text_failures(const struct report *report);

/** Write one JSON object to standard output, on one line or several. False when memory ran out. */
bool out_json(const struct report *report, bool one_line);

/**
 * Write results and failures, in the form that was asked for.
 *
 * @return The exit code.
 */
int out_report(const struct report *report, const struct options *options);

/**
 * Write an event as one line of text.
 *
 * @param external_ip  That of a mapping in it by now; NULL for the one that it had.
 */
void out_event_text(FILE *stream, const natupnp_event *event, const char *external_ip);

/** Write an event to standard output as one line of JSON. False when memory ran out. */
bool out_event_json(const natupnp_event *event, const char *external_ip);

/** Whether everything could be written to standard output so far. */
bool out_works(void);

/** From now on it is no failure that nobody reads standard output any more. */
void out_reader_may_leave(void);

/** Close standard output. False, with a message, when not everything could be written to it. */
bool out_close(void);

#endif
