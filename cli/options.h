/* SPDX-License-Identifier: MIT */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "fail.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum verb { VERB_NONE, VERB_INFO, VERB_LIST, VERB_ADD, VERB_REMOVE, VERB_WATCH, VERB_HELP, VERBS };

/** The command line, as it was written. Strings are borrowed from it and from the environment. */
struct options {
    enum verb verb;
    /** What is left of a verb's words: PORT/PROTO and the like. */
    char *const *arguments;
    size_t argument_count;

    bool help;
    bool version;
    bool json;
    bool no_cache;
    const char *gateway;
    /** Where the gateway and the interface were said, for messages. */
    const char *gateway_source;
    const char *interface;
    const char *interface_source;
    const char *trace;
    uint32_t timeout_ms;
    int verbose;

    bool all;
    bool any;
    const char *to;
    const char *description;
    /** 0 when none was given, as in what follows. */
    uint32_t lease_s;
    const char *remote_host;
    bool keep;
    /** After how many events `watch` ends. */
    uint32_t count;
};

/** What there is to do after the command line was read. */
enum options_next {
    /** Carry out the verb. */
    OPTIONS_RUN,
    /** Help or the version was asked for and written to stdout. */
    OPTIONS_SHOWN,
    /** Nothing was asked for: show the short help and fail. */
    OPTIONS_EMPTY,
    /** Wrong usage: the failure is filled in. */
    OPTIONS_WRONG
};

/**
 * Read the command line. options->json is right in every case. The words of a verb are moved to
 * the front of argv.
 */
enum options_next options_parse(struct options *options, int argc, char **argv, struct fail *fail);

#endif
