/* SPDX-License-Identifier: MIT */
#include "follow.h"
#include "jobs.h"
#include "out.h"
#include "verbs.h"

/** What has been told so far. */
struct watch {
    const struct options *options;
    uint32_t told;
    bool enough_memory;
};

static bool watch_tell(void *arg, const natupnp_event *event)
{
    struct watch *watch = arg;
    if (watch->options->json) {
        watch->enough_memory = out_event_json(event, NULL);
    } else {
        out_event_text(stdout, event, NULL);
    }
    watch->told++;
    return watch->enough_memory && watch->told != watch->options->count;
}

static natupnp_status find_start(natupnp_op **out, natupnp_client *client, size_t index,
                                 const void *arg)
{
    (void)index;
    (void)arg;
    return natupnp_gateway_discover(out, client);
}

/** Say why nothing is told yet: watching goes on without a gateway, and would look as if it hung.
 */
static void gateway_find(struct run *run)
{
    struct job job = {0};
    jobs_run(run, &job, 1, find_start, NULL);
    if (job.status != NATUPNP_OK && run_signal() == 0) {
        out_failure(job_detail(&job));
        out_failure("waiting until a gateway answers");
    }
    run->interrupted = 0;
    jobs_clear(&job, 1);
}

int verb_watch(struct run *run, const struct command *command)
{
    enum { FAREWELL_MS = 1000 };
    struct report report = {.verb = VERB_WATCH};
    struct watch watch = {.options = command->options, .enough_memory = true};
    struct fail unheard = {.status = NATUPNP_OK};
    gateway_find(run);
    out_reader_may_leave();
    if (follow(run, true, watch_tell, &watch, &report.fail) && !watch.enough_memory) {
        fail_set(&report.fail, NATUPNP_E_NOMEM, "out of memory");
    }
    /* A gateway that does not take leave forgets the subscription by itself. */
    follow_end(run, FAREWELL_MS, &unheard);
    return report.fail.status == NATUPNP_OK ? EXIT_CODE_DONE
                                            : out_report(&report, command->options);
}
