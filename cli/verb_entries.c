/* SPDX-License-Identifier: MIT */
#include "out.h"
#include "verb_entries.h"
#include <stdio.h>
#include <stdlib.h>

int verb_entries(struct run *run, const struct command *command, job_start_fn *start,
                 const void *arg)
{
    size_t count = command->ports.count;
    struct report report = {.verb = command->options->verb, .ports = &command->ports};
    struct job *jobs = calloc(count, sizeof(*jobs));
    if (jobs == NULL) {
        report.ports = NULL;
        fail_set(&report.fail, NATUPNP_E_NOMEM, "out of memory");
        return out_report(&report, command->options);
    }

    jobs_run(run, jobs, count, start, arg);
    report.jobs = jobs;
    for (size_t i = 0; report.gateway == NULL && i < count; i++) {
        report.gateway = natupnp_op_gateway(jobs[i].op);
    }
    out_judge(&report);

    int code = out_report(&report, command->options);
    jobs_clear(jobs, count);
    free(jobs);
    return code;
}
