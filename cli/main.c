/* SPDX-License-Identifier: MIT */
#include "out.h"
#include "help.h"
#include "text.h"
#include "verbs.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/** A closed standard descriptor must not become a socket: hold its place, so that using it fails.
 */
static void descriptors_hold(void)
{
    static const int modes[] = {O_WRONLY, O_RDONLY, O_RDONLY};
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", modes[fd]) < 0) {
            _exit(EXIT_CODE_INTERNAL);
        }
    }
}

/** Check everything that can be checked before anything is sent. */
static bool command_prepare(struct command *command, struct fail *fail)
{
    const struct options *options = command->options;
    if (!resolve_interface(options, fail) || !resolve_gateway(&command->gateway, options, fail) ||
        !resolve_destination(&command->destination, options->to, command->gateway.loopback, fail) ||
        !resolve_remote_host(command->remote_host, options->remote_host, fail)) {
        return false;
    }
    struct port_rules rules = {options->any, command->destination.port, options->verb == VERB_ADD};
    return port_list_parse(&command->ports, options->arguments, options->argument_count, &rules,
                           fail);
}

static int verb_run(struct run *run, const struct command *command)
{
    switch (command->options->verb) {
    case VERB_INFO:
        return verb_info(run, command);
    case VERB_LIST:
        return verb_list(run, command);
    case VERB_ADD:
        return verb_add(run, command);
    case VERB_REMOVE:
        return verb_remove(run, command);
    case VERB_WATCH:
        return verb_watch(run, command);
    default:
        return EXIT_CODE_INTERNAL;
    }
}

static int command_run(const struct options *options)
{
    struct command command = {.options = options};
    struct report failed = {.verb = VERB_NONE};
    struct run run = {0};
    int code = EXIT_CODE_DONE;
    bool ready = command_prepare(&command, &failed.fail) &&
                 run_open(&run, options, command.gateway.url, &failed.fail);
    if (ready) {
        code = verb_run(&run, &command);
    } else {
        out_report(&failed, options);
        code = fail_exit_code(failed.fail.status);
    }
    int interrupted = run.interrupted;
    if (!run_close(&run)) {
        fputs("natupnp: the trace could not be written to ", stderr);
        text_put(stderr, options->trace);
        fputc('\n', stderr);
        code = code == EXIT_CODE_DONE ? EXIT_CODE_INTERNAL : code;
    }
    port_list_free(&command.ports);
    free(command.gateway.url);
    if (run_output_lost() && !run_stays(options)) {
        interrupted = run_signal();
    }
    return interrupted != 0 ? 128 + interrupted : code;
}

static int usage_failed(const struct options *options, const struct fail *fail)
{
    struct report report = {.verb = VERB_NONE, .fail = *fail};
    out_report(&report, options);
    return fail_exit_code(fail->status);
}

int main(int argc, char **argv)
{
    descriptors_hold();
    signal(SIGPIPE, SIG_IGN);

    struct options options;
    struct fail fail = {.status = NATUPNP_OK};
    int code = EXIT_CODE_DONE;
    switch (options_parse(&options, argc, argv, &fail)) {
    case OPTIONS_RUN:
        code = command_run(&options);
        break;
    case OPTIONS_SHOWN:
        break;
    case OPTIONS_EMPTY:
        if (!options.json) {
            help_short(stderr);
            code = EXIT_CODE_USAGE;
            break;
        }
        code = usage_failed(&options, &fail);
        break;
    case OPTIONS_WRONG:
        code = usage_failed(&options, &fail);
        break;
    }

    return out_close() ? code : EXIT_CODE_INTERNAL;
}
