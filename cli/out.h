/* SPDX-License-Identifier: MIT */
#ifndef CLI_OUT_H
#define CLI_OUT_H

#include "fail.h"
#include "jobs.h"
#include "options.h"
#include "ports.h"
#include <natupnp/natupnp.h>
#include <stdbool.h>

/** What a verb came to. Everything is borrowed; what the verb does not have is NULL. */
struct report {
    enum verb verb;
    /** The failure of the whole command; its status is NATUPNP_OK for none. */
    struct fail fail;
    const natupnp_gateway *gateway;
    /** info: holds every gateway that answered. */
    const natupnp_op *gateways;
    /** list: holds the mappings. */
    const natupnp_op *mappings;
    /** add, remove: what was asked for, and a job for each. */
    const struct port_list *ports;
    const struct job *jobs;
};

/** Make it a failure of the whole command when no entry got as far as a gateway's decision. */
void out_judge(struct report *report);

/** Write results to standard output as text. False when memory ran out. */
bool out_text(const struct report *report);

/** Write what failed to standard error. */
void out_text_failures(const struct report *report);

/** Write one JSON object to standard output. False when memory ran out. */
bool out_json(const struct report *report);

/**
 * Write results and failures, in the form that was asked for.
 *
 * @return The exit code.
 */
int out_report(const struct report *report, const struct options *options);

/** Close standard output. False, with a message, when not everything could be written to it. */
bool out_close(void);

#endif
