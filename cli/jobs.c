/* SPDX-License-Identifier: MIT */
#include "jobs.h"
#include "progress.h"
#include <stdlib.h>
#include <string.h>

/** Operations under way at one time; the library limits its connections itself. */
enum { WINDOW = 8 };

/** After one of these, no other operation can do better. */
static bool is_final(natupnp_status status)
{
    switch (status) {
    case NATUPNP_E_NO_GATEWAY:
    case NATUPNP_E_GONE:
    case NATUPNP_E_NETWORK:
    case NATUPNP_E_TIMEOUT:
    case NATUPNP_E_CANCELLED:
        return true;
    default:
        return false;
    }
}

static void job_not_started(struct job *job, natupnp_status status, const char *detail)
{
    job->status = status;
    /* Without memory the status alone has to do. */
    job->detail = strdup(detail);
}

static bool job_start(struct run *run, struct job *job, size_t index, job_start_fn *start,
                      const void *arg)
{
    natupnp_status status = start(&job->op, run->client, index, arg);
    if (status != NATUPNP_OK) {
        const char *detail = natupnp_client_last_detail(run->client);
        job_not_started(job, status, detail[0] != '\0' ? detail : natupnp_status_text(status));
        return false;
    }
    job->status = NATUPNP_E_PENDING;
    natupnp_op_set_user(job->op, job);
    return true;
}

static natupnp_status job_end(struct run *run, struct job *job)
{
    job->status = natupnp_op_status(job->op);
    run->progress.done++;
    if (natupnp_op_gateway(job->op) != NULL) {
        run->activity = RUN_WAITING;
        run->progress.activity = run->activity;
    }
    return job->status;
}

/** Wait until something has ended, or a signal came. False when the client cannot wait. */
static bool run_wait(struct run *run)
{
    natupnp_status status = natupnp_client_wait(run->client, progress_slice_ms(&run->progress));
    progress_show(&run->progress);
    return status == NATUPNP_OK || status == NATUPNP_E_TIMEOUT || status == NATUPNP_E_INTERRUPTED;
}

static void jobs_cancel(struct job *jobs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (jobs[i].op != NULL) {
            natupnp_op_cancel(jobs[i].op);
        }
    }
}

/** Give what is unfinished a status when nothing more can be waited for. */
static void jobs_abandon(struct job *jobs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (jobs[i].op != NULL && jobs[i].status == NATUPNP_E_PENDING) {
            natupnp_op_free(jobs[i].op);
            jobs[i].op = NULL;
            job_not_started(&jobs[i], NATUPNP_E_SYSTEM, "the command could not go on waiting");
        }
    }
}

void jobs_run(struct run *run, struct job *jobs, size_t count, job_start_fn *start, const void *arg)
{
    size_t next = 0;
    size_t running = 0;
    bool cancelled = false;
    natupnp_status stopped = NATUPNP_OK;
    progress_begin(&run->progress, run->activity, !run->quiet);
    run->progress.total = count;

    while (next < count || running > 0) {
        if (run_signal() != 0 && !cancelled) {
            jobs_cancel(jobs, next);
            cancelled = true;
            run->interrupted = run_signal();
            stopped = NATUPNP_E_CANCELLED;
        }
        if (next < count && stopped != NATUPNP_OK) {
            job_not_started(&jobs[next++], stopped,
                            stopped == NATUPNP_E_CANCELLED
                                ? "interrupted before it began"
                                : "not begun, because of the failure before it");
            continue;
        }
        if (next < count && running < WINDOW) {
            running += job_start(run, &jobs[next], next, start, arg) ? 1 : 0;
            next++;
            continue;
        }
        natupnp_op *op = natupnp_client_next_done(run->client);
        if (op != NULL) {
            natupnp_status status = job_end(run, natupnp_op_user(op));
            stopped = stopped == NATUPNP_OK && is_final(status) ? status : stopped;
            running--;
        } else if (running > 0 && !run_wait(run)) {
            jobs_abandon(jobs, next);
            running = 0;
            stopped = NATUPNP_E_SYSTEM;
        }
    }
    progress_end(&run->progress);
}

const char *job_detail(const struct job *job)
{
    if (job->detail != NULL) {
        return job->detail;
    }
    if (job->status == NATUPNP_E_CANCELLED) {
        /* Only a signal makes this command cancel anything. */
        return "interrupted";
    }
    const char *detail = natupnp_op_detail(job->op);
    return detail[0] != '\0' || job->status == NATUPNP_OK ? detail
                                                          : natupnp_status_text(job->status);
}

void job_undo(struct job *job, const char *reason)
{
    job->status = NATUPNP_E_CANCELLED;
    free(job->detail);
    job->detail = strdup(reason);
}

int job_fault(const struct job *job)
{
    return job->op != NULL ? natupnp_op_fault(job->op) : 0;
}

int32_t job_hresult(const struct job *job)
{
    bool decided = job->op != NULL && natupnp_op_status(job->op) == job->status;
    return decided ? natupnp_op_hresult(job->op) : natupnp_status_hresult(job->status);
}

void job_fail(const struct job *job, struct fail *fail)
{
    fail_set(fail, job->status, "%s", job_detail(job));
    fail->fault = job_fault(job);
    fail->hresult = job_hresult(job);
}

void jobs_clear(struct job *jobs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        natupnp_op_free(jobs[i].op);
        free(jobs[i].detail);
        jobs[i] = (struct job){NULL, NATUPNP_OK, NULL};
    }
}
