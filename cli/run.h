/* SPDX-License-Identifier: MIT */
#ifndef CLI_RUN_H
#define CLI_RUN_H

#include "fail.h"
#include "options.h"
#include "progress.h"
#include "trace.h"
#include <natupnp/natupnp.h>
#include <stdbool.h>

/** What a person is told that the command is doing. */
#define RUN_SEARCHING "Searching for a gateway"
#define RUN_WAITING "Waiting for the gateway"

/** The client and what surrounds it while the command runs. */
struct run {
    natupnp_client *client;
    struct trace trace;
    struct progress progress;
    /** RUN_SEARCHING until a gateway was found. */
    const char *activity;
    int verbose;
    bool quiet;
    /** The signal that cut the work short, or 0. */
    int interrupted;
};

/**
 * Make the client and take over SIGINT and SIGTERM, and SIGHUP where the command stays.
 *
 * @param gateway_url  With a numeric host, or NULL to search.
 * @return false with the failure filled in. run_close() is called in either case.
 */
bool run_open(struct run *run, const struct options *options, const char *gateway_url,
              struct fail *fail);

/** Free it. False when the trace could not be written. */
bool run_close(struct run *run);

/** The signal that asked the command to end, or 0. */
int run_signal(void);

/** Whether the command goes on until it is asked to end. */
bool run_stays(const struct options *options);

/** Whether standard output was given up after a signal, because nobody read it. */
bool run_output_lost(void);

#endif
