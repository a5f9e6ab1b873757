/* SPDX-License-Identifier: MIT */
#ifndef CLI_VERBS_H
#define CLI_VERBS_H

#include "options.h"
#include "ports.h"
#include "resolve.h"
#include "run.h"

/** What the command line means, checked, with every name resolved. */
struct command {
    const struct options *options;
    struct gateway_place gateway;
    struct destination destination;
    /** The only host that may use the mappings, or "" for any. */
    char remote_host[INET_ADDRSTRLEN];
    struct port_list ports;
};

/* Each carries out a verb, writes its report and gives the exit code. */

int verb_info(struct run *run, const struct command *command);
int verb_list(struct run *run, const struct command *command);
int verb_add(struct run *run, const struct command *command);
int verb_remove(struct run *run, const struct command *command);
int verb_watch(struct run *run, const struct command *command);

#endif
