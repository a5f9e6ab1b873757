/* SPDX-License-Identifier: MIT */
#ifndef CLI_VERB_ENTRIES_H
#define CLI_VERB_ENTRIES_H

#include "jobs.h"
#include "verbs.h"

/** Carry out one operation for each port of the command line, report, and give the exit code. */
int verb_entries(struct run *run, const struct command *command, job_start_fn *start,
                 const void *arg);

#endif
