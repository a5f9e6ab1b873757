/* SPDX-License-Identifier: MIT */
#include "run.h"
#include "cache.h"
#include "out_table.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/** The library's own budget of a search. */
enum { BUDGET_MS = 3000 };

static volatile sig_atomic_t caught_signal;
static _Atomic(natupnp_client *) signalled_client;

/** The signals that end the command. */
static const int end_signals[] = {SIGINT, SIGTERM, SIGHUP};
enum { END_SIGNALS = sizeof(end_signals) / sizeof(end_signals[0]) };

/** What is written to, and may be a pipe that nobody reads. */
static volatile sig_atomic_t outputs[] = {STDOUT_FILENO, STDERR_FILENO, -1};
enum { OUTPUTS = sizeof(outputs) / sizeof(outputs[0]), OUTPUT_TRACE = OUTPUTS - 1, PATIENCE_S = 1 };
static volatile sig_atomic_t output_lost;

/**
 * Once the command was asked to end, a second is enough for a reader: what takes nothing then takes
 * no more. A write that waits is begun anew when the handler is left, and goes nowhere.
 */
static void on_alarm(int number)
{
    int error = errno;
    (void)number;
    for (size_t i = 0; i < OUTPUTS; i++) {
        struct pollfd output = {.fd = outputs[i], .events = POLLOUT};
        if (output.fd < 0 || poll(&output, 1, 0) != 0) {
            continue;
        }
        int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
        if (nowhere >= 0 && dup2(nowhere, output.fd) >= 0 && output.fd == STDOUT_FILENO) {
            output_lost = 1;
        }
        close(nowhere);
    }
    alarm(PATIENCE_S);
    errno = error;
}

bool run_output_lost(void)
{
    return output_lost != 0;
}

/** So long after the first signal others are the same wish: timeout(1) sends each one twice. */
enum { SAME_WISH_MS = 500 };

static int64_t now_ms(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/** The first one asks the command to end; a later one ends the process at once. */
static void on_signal(int number)
{
    static int64_t first_ms;
    if (caught_signal != 0) {
        if (now_ms() - first_ms >= SAME_WISH_MS) {
            signal(number, SIG_DFL);
            raise(number); /* it comes when this handler is left */
        }
        return;
    }
    first_ms = now_ms();
    caught_signal = number;
    alarm(PATIENCE_S);
    natupnp_client *client = atomic_load(&signalled_client);
    if (client != NULL) {
        natupnp_client_wake(client);
    }
}

/** One that is ignored stays so. The others wait while one is handled. Nothing that is written is
 * cut short by them. */
static void signals_take(size_t count)
{
    struct sigaction old;
    struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
    sigfillset(&action.sa_mask);
    sigaction(SIGALRM, &action, NULL);
    sigset_t alarms;
    sigemptyset(&alarms);
    sigaddset(&alarms, SIGALRM);
    sigprocmask(SIG_UNBLOCK, &alarms, NULL);
    action.sa_handler = on_signal;
    for (size_t i = 0; i < count; i++) {
        if (sigaction(end_signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN) {
            sigaction(end_signals[i], &action, NULL);
        }
    }
}

int run_signal(void)
{
    return caught_signal;
}

static void on_log(void *arg, natupnp_log_level level, const char *message)
{
    static const char *const names[] = {"debug", "info", "warning"};
    struct run *run = arg;
    if (level != NATUPNP_LOG_DEBUG || run->verbose > 1) {
        fprintf(stderr, "natupnp: %s: ", level <= NATUPNP_LOG_WARNING ? names[level] : "log");
        text_put(stderr, message);
        fputc('\n', stderr);
    }
}

/** Let the search end before the deadline, so that it can say what was tried. */
static uint32_t budget_ms(uint32_t timeout_ms)
{
    if (timeout_ms == 0 || timeout_ms > BUDGET_MS + BUDGET_MS / 10) {
        return 0;
    }
    return timeout_ms > 10 ? timeout_ms - timeout_ms / 10 : timeout_ms;
}

static bool client_make(struct run *run, const struct options *options, const char *gateway_url,
                        const char *cache_dir, struct fail *fail)
{
    natupnp_client_options client_options = NATUPNP_CLIENT_OPTIONS_INIT;
    client_options.gateway = gateway_url;
    client_options.interface = options->interface;
    client_options.timeout_ms = options->timeout_ms;
    client_options.budget_ms = budget_ms(options->timeout_ms);
    client_options.cache_dir = cache_dir;
    if (run->verbose > 0) {
        client_options.on_log = on_log;
        client_options.on_log_arg = run;
    }
    if (run->trace.file != NULL) {
        client_options.on_trace = trace_write;
        client_options.on_trace_arg = &run->trace;
    }

    natupnp_status status = natupnp_client_new(&run->client, &client_options);
    if (status == NATUPNP_E_INVAL && gateway_url != NULL) {
        return fail_usage(fail, "%s '%s' is not the URL of a gateway: write http://HOST:PORT/PATH",
                          options->gateway_source, options->gateway);
    }
    if (status != NATUPNP_OK) {
        const char *problem = natupnp_client_options_problem(&client_options);
        fail_set(fail, status, "cannot begin: %s", problem ? problem : natupnp_status_text(status));
    }
    return status == NATUPNP_OK;
}

bool run_stays(const struct options *options)
{
    return options->keep || options->verb == VERB_WATCH;
}

bool run_open(struct run *run, const struct options *options, const char *gateway_url,
              struct fail *fail)
{
    *run = (struct run){.verbose = options->verbose};
    run->activity = gateway_url != NULL ? RUN_WAITING : RUN_SEARCHING;
    if (!trace_open(&run->trace, options->trace, fail)) {
        return false;
    }
    if (run->trace.file != NULL) {
        outputs[OUTPUT_TRACE] = fileno(run->trace.file);
    }
    run->quiet = run->verbose > 0 || run->trace.file == stderr;

    const char *reason = NULL;
    char *cache = options->no_cache ? NULL : cache_directory(&reason);
    if (reason != NULL && run->verbose > 0) {
        fputs("natupnp: info: the gateway's URL is not kept: ", stderr);
        text_put(stderr, reason);
        fputc('\n', stderr);
    }
    bool made = client_make(run, options, gateway_url, cache, fail);
    free(cache);
    if (made) {
        atomic_store(&signalled_client, run->client);
        /* What ends by itself need not outlive its terminal. */
        signals_take(run_stays(options) ? END_SIGNALS : END_SIGNALS - 1);
    }
    return made;
}

bool run_close(struct run *run)
{
    /* A signal that comes from now on finds no client to wake. */
    atomic_store(&signalled_client, NULL);
    natupnp_client_free(run->client);
    run->client = NULL;
    bool written = trace_close(&run->trace);
    outputs[OUTPUT_TRACE] = -1;
    return written;
}
