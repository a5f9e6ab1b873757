/* SPDX-License-Identifier: MIT */
#include "out.h"
#include "verbs.h"

enum { FIND, QUERY, JOBS };

static natupnp_status find_start(natupnp_op **out, natupnp_client *client, size_t index,
                                 const void *arg)
{
    const struct options *options = arg;
    (void)index;
    return options->all ? natupnp_gateway_list(out, client) : natupnp_gateway_discover(out, client);
}

static natupnp_status query_start(natupnp_op **out, natupnp_client *client, size_t index,
                                  const void *arg)
{
    (void)index;
    (void)arg;
    return natupnp_gateway_query(out, client);
}

int verb_info(struct run *run, const struct command *command)
{
    struct report report = {.verb = VERB_INFO};
    struct job jobs[JOBS] = {{0}};

    jobs_run(run, &jobs[FIND], 1, find_start, command->options);
    report.gateways = jobs[FIND].op;
    report.gateway = natupnp_op_gateway(jobs[FIND].op);
    if (jobs[FIND].status != NATUPNP_OK) {
        job_fail(&jobs[FIND], &report.fail);
    } else {
        jobs_run(run, &jobs[QUERY], 1, query_start, NULL);
        const natupnp_gateway *queried = natupnp_op_gateway(jobs[QUERY].op);
        report.gateway = queried != NULL ? queried : report.gateway;
        if (jobs[QUERY].status != NATUPNP_OK) {
            job_fail(&jobs[QUERY], &report.fail);
        }
    }

    int code = out_report(&report, command->options);
    jobs_clear(jobs, JOBS);
    return code;
}
