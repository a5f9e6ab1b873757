/* SPDX-License-Identifier: MIT */
#include "out.h"
#include "verbs.h"

static natupnp_status list_start(natupnp_op **out, natupnp_client *client, size_t index,
                                 const void *arg)
{
    (void)index;
    (void)arg;
    return natupnp_mapping_list(out, client);
}

int verb_list(struct run *run, const struct command *command)
{
    struct report report = {.verb = VERB_LIST};
    struct job job = {0};

    jobs_run(run, &job, 1, list_start, NULL);
    report.gateway = natupnp_op_gateway(job.op);
    /* What was read before a failure is shown, and the failure said. */
    if (job.status == NATUPNP_OK || natupnp_op_mapping_count(job.op) > 0) {
        report.mappings = job.op;
    }
    if (job.status != NATUPNP_OK) {
        job_fail(&job, &report.fail);
    }

    int code = out_report(&report, command->options);
    jobs_clear(&job, 1);
    return code;
}
