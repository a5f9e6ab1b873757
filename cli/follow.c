/* SPDX-License-Identifier: MIT */
#include "follow.h"
#include "out.h"
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/** Tell the events that wait. False when that was enough. */
static bool events_tell(struct run *run, bool to_stdout, follow_fn *tell, void *arg)
{
    bool more = true;
    natupnp_event *event = NULL;
    while (more && (event = natupnp_client_next_event(run->client)) != NULL) {
        more = tell(arg, event) && (!to_stdout || out_works());
        natupnp_event_free(event);
    }
    return more;
}

bool follow(struct run *run, bool to_stdout, follow_fn *tell, void *arg, struct fail *fail)
{
    natupnp_status status = natupnp_client_watch(run->client);
    while (status == NATUPNP_OK && run_signal() == 0 && events_tell(run, to_stdout, tell, arg)) {
        /* No events are asked for of standard output: only that its reader is gone is reported. */
        struct pollfd wanted[] = {
            {.fd = natupnp_client_fd(run->client), .events = POLLIN},
            {.fd = to_stdout ? STDOUT_FILENO : -1, .events = 0},
        };
        if (poll(wanted, sizeof(wanted) / sizeof(wanted[0]), -1) < 0 && errno != EINTR) {
            fail_set(fail, NATUPNP_E_SYSTEM, "cannot wait for events: %s", strerror(errno));
            return false;
        }
        if (wanted[1].revents != 0) {
            return true;
        }
        status = natupnp_client_dispatch(run->client);
    }
    if (status != NATUPNP_OK) {
        fail_set(fail, status, "cannot watch the gateway: %s", natupnp_status_text(status));
    }
    return status == NATUPNP_OK;
}

void follow_end(struct run *run, uint32_t limit_ms, struct fail *fail)
{
    size_t count = natupnp_client_kept_count(run->client);
    natupnp_op *op = NULL;
    natupnp_client_set_timeout_ms(run->client, limit_ms);
    natupnp_status status = natupnp_client_close(&op, run->client);

    progress_begin(&run->progress, count > 0 ? "Removing the mappings" : RUN_WAITING, !run->quiet);
    run->progress.total = count;
    while (status == NATUPNP_OK && !natupnp_op_done(op)) {
        status = natupnp_client_wait(run->client, progress_slice_ms(&run->progress));
        if (status == NATUPNP_E_TIMEOUT || status == NATUPNP_E_INTERRUPTED) {
            status = NATUPNP_OK;
        }
        run->progress.done = count - natupnp_client_kept_count(run->client);
        progress_show(&run->progress);
    }
    progress_end(&run->progress);

    status = status == NATUPNP_OK ? natupnp_op_status(op) : status;
    const char *detail = natupnp_op_done(op) ? natupnp_op_detail(op) : "";
    if (status != NATUPNP_OK) {
        fail_set(fail, status, "%s; 'natupnp list' shows what is left",
                 detail[0] != '\0' ? detail : natupnp_status_text(status));
    } else {
        snprintf(fail->detail, sizeof(fail->detail), "%s", detail);
    }
    natupnp_op_free(op);
}
