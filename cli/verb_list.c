/* SPDX-License-Identifier: MIT */
#include "out.h"
#include "verbs.h"
#include <stdlib.h>

/** What any host may use, and what has a lease or is for one host: together they are everything. */
enum { STATIC, DYNAMIC, JOBS };

static natupnp_status list_start(natupnp_op **out, natupnp_client *client, size_t index,
                                 const void *arg)
{
    (void)arg;
    return index == STATIC ? natupnp_static_list(out, client) : natupnp_dynamic_list(out, client);
}

/** Everything that is static, then what only the other list has: mappings for one host. */
static bool lists_merge(struct mapping_list *all, const natupnp_op *any_host,
                        const natupnp_op *dynamic)
{
    size_t many = natupnp_op_mapping_count(any_host) + natupnp_op_mapping_count(dynamic);
    *all = (struct mapping_list){.items = calloc(many + 1, sizeof(natupnp_mapping *))};
    if (all->items == NULL) {
        return false;
    }
    for (size_t i = 0; i < natupnp_op_mapping_count(any_host); i++) {
        all->items[all->count++] = natupnp_op_mapping_at(any_host, i);
    }
    for (size_t i = 0; i < natupnp_op_mapping_count(dynamic); i++) {
        const natupnp_mapping *mapping = natupnp_op_mapping_at(dynamic, i);
        if (natupnp_mapping_remote_host(mapping)[0] != '\0') {
            all->items[all->count++] = mapping;
        }
    }
    return true;
}

int verb_list(struct run *run, const struct command *command)
{
    struct report report = {.verb = VERB_LIST};
    struct mapping_list all = {.items = NULL};
    struct job jobs[JOBS] = {{0}};

    jobs_run(run, jobs, JOBS, list_start, NULL);
    for (size_t i = 0; i < JOBS; i++) {
        report.gateway = report.gateway == NULL ? natupnp_op_gateway(jobs[i].op) : report.gateway;
        if (jobs[i].status != NATUPNP_OK && report.fail.status == NATUPNP_OK) {
            job_fail(&jobs[i], &report.fail);
        }
    }
    if (report.fail.status == NATUPNP_OK) {
        if (lists_merge(&all, jobs[STATIC].op, jobs[DYNAMIC].op)) {
            report.mappings = &all;
        } else {
            fail_set(&report.fail, NATUPNP_E_NOMEM, "out of memory");
        }
    }

    int code = out_report(&report, command->options);
    free(all.items);
    jobs_clear(jobs, JOBS);
    return code;
}
