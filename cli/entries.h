/* SPDX-License-Identifier: MIT */
#ifndef CLI_ENTRIES_H
#define CLI_ENTRIES_H

#include "jobs.h"
#include "out.h"
#include "verbs.h"

/** One operation for each port of the command line, and what they came to. */
struct entries {
    struct job *jobs;
    size_t count;
    struct report report;
};

/** Carry them out, and fill in the report. Freed by entries_clear(). */
void entries_run(struct entries *entries, struct run *run, const struct command *command,
                 job_start_fn *start);

void entries_clear(struct entries *entries);

#endif
