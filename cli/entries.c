/* SPDX-License-Identifier: MIT */
#include "entries.h"
#include <stdlib.h>

void entries_run(struct entries *entries, struct run *run, const struct command *command,
                 job_start_fn *start)
{
    size_t count = command->ports.count;
    *entries = (struct entries){
        .report = {.verb = command->options->verb, .remote_host = command->remote_host},
    };
    entries->jobs = calloc(count, sizeof(*entries->jobs));
    if (entries->jobs == NULL) {
        fail_set(&entries->report.fail, NATUPNP_E_NOMEM, "out of memory");
        return;
    }

    entries->count = count;
    entries->report.ports = &command->ports;
    entries->report.jobs = entries->jobs;
    jobs_run(run, entries->jobs, count, start, command);
    for (size_t i = 0; entries->report.gateway == NULL && i < count; i++) {
        entries->report.gateway = natupnp_op_gateway(entries->jobs[i].op);
    }
    out_judge(&entries->report);
}

void entries_clear(struct entries *entries)
{
    if (entries->jobs != NULL) {
        jobs_clear(entries->jobs, entries->count);
    }
    free(entries->jobs);
    *entries = (struct entries){.jobs = NULL};
}
