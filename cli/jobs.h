/* SPDX-License-Identifier: MIT */
#ifndef CLI_JOBS_H
#define CLI_JOBS_H

#include "fail.h"
#include "run.h"
#include <natupnp/natupnp.h>
#include <stddef.h>
#include <stdint.h>

/** An operation and what became of it. Begins as zeros. */
struct job {
    /** NULL when it was never started. */
    natupnp_op *op;
    natupnp_status status;
    /** Why it was not started, or was undone; else NULL. */
    char *detail;
};

/** Starts the operation of the job at an index. */
typedef natupnp_status job_start_fn(natupnp_op **out, natupnp_client *client, size_t index,
                                    const void *arg);

/**
 * Carry out jobs, several at a time, and come back when each has a status.
 * After a signal, or when the gateway is not there, those that are left are not begun.
 */
void jobs_run(struct run *run, struct job *jobs, size_t count, job_start_fn *start,
              const void *arg);

/** Free what the jobs hold, not the array. */
void jobs_clear(struct job *jobs, size_t count);

/** Note that what a job had done is undone again: NATUPNP_E_CANCELLED. */
void job_undo(struct job *job, const char *reason);

/** What happened to a job, in one line; "" on success. */
const char *job_detail(const struct job *job);

/** The gateway's fault, or 0. */
int job_fault(const struct job *job);

int32_t job_hresult(const struct job *job);

/** Make a job's failure that of the whole command. */
void job_fail(const struct job *job, struct fail *fail);

#endif
