/* SPDX-License-Identifier: MIT */
#ifndef CLI_OPTIONS_HELP_H
#define CLI_OPTIONS_HELP_H

#include "options.h"
#include <argp.h>
#include <stdio.h>

/** Keys of options that have no short form. */
enum option_key {
    OPTION_JSON = 256,
    OPTION_GATEWAY,
    OPTION_INTERFACE,
    OPTION_TIMEOUT,
    OPTION_TRACE,
    OPTION_NO_CACHE,
    OPTION_ALL,
    OPTION_ANY,
    OPTION_TO,
    OPTION_DESCRIPTION,
    OPTION_LEASE,
    OPTION_REMOTE_HOST,
    OPTION_KEEP,
    OPTION_COUNT
};

/** What the parser and the help know about a verb. */
struct verb_help {
    const char *name;
    /** Such as "natupnp add". */
    const char *full_name;
    /** Such as "natupnp add --help". */
    const char *hint;
    /** Its own options; NULL for none. */
    const struct argp_option *options;
    const char *arguments;
    const char *text;
    bool takes_ports;
};

/** The options that every verb takes. */
extern const struct argp_option help_global_options[];

/** By enum verb; VERB_NONE is the command itself. */
extern const struct verb_help help_verbs[VERBS];

/** The few lines shown when nothing was asked for. */
void help_short(FILE *stream);

#endif
