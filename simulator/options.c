/* SPDX-License-Identifier: MIT */
/* The command line, made from the table of settings. */
#include "options.h"
#include "text.h"

#include <argp.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Beyond the letters, so that no option has a short form. */
#define KEY_FIRST 0x1000
#define KEY_FAULT 0x0fff

/* glibc reads it by this name, so the executable must show it. */
__attribute__((visibility("default"))) const char *argp_program_version =
    "natupnp-gateway " NATUPNP_GATEWAY_VERSION;

static const char *const group_titles[] = {
    "Where it listens and how it is found:", "What it says of itself:", "How it treats mappings:",
    "How it answers:", "The process:"};

static void add_fault(struct gateway *gateway, const char *text, struct argp_state *state)
{
    const char *equals = strchr(text, '=');
    char action[64];
    char why[FAULTS_WHY];

    if (!equals)
        argp_error(state, "--fault: must be ACTION=WHAT[:COUNT]");
    if ((size_t)(equals - text) >= sizeof action)
        argp_error(state, "--fault: the name is too long");
    snprintf(action, sizeof action, "%.*s", (int)(equals - text), text);
    if (!faults_add(&gateway->faults, action, equals + 1, why))
        argp_error(state, "--fault: %s", why);
}

static error_t on_option(int key, char *argument, struct argp_state *state)
{
    struct gateway *gateway = state->input;
    char why[SETTINGS_WHY];
    struct in_addr address;

    if (key == KEY_FAULT) {
        add_fault(gateway, argument, state);
        return 0;
    }
    if (key >= KEY_FIRST && key < KEY_FIRST + (int)settings_count) {
        if (!settings_from_text(&gateway->settings, &settings_table[key - KEY_FIRST], argument,
                                why))
            argp_error(state, "%s", why);
        return 0;
    }
    if (key == ARGP_KEY_ARG)
        argp_error(state, "%s: not an option", argument);
    if (key == ARGP_KEY_END && inet_pton(AF_INET, gateway->settings.listen, &address) != 1)
        argp_error(state, "listen: must be a numeric IPv4 address");
    return key == ARGP_KEY_ARG || key == ARGP_KEY_END ? 0 : ARGP_ERR_UNKNOWN;
}

void options_parse(struct gateway *gateway, int argc, char **argv)
{
    /* Each setting, the title of each group, the faults, and the end. */
    struct argp_option *options = memory_new(settings_count + 8, sizeof *options);
    struct argp_option *option = options;
    int group = 0;

    for (size_t i = 0; i < settings_count; i++) {
        const struct setting *setting = &settings_table[i];
        if (setting->group != group) {
            group = setting->group;
            *option++ = (struct argp_option){.doc = group_titles[group - 1], .group = group};
        }
        *option++ = (struct argp_option){.name = setting->option,
                                         .key = KEY_FIRST + (int)i,
                                         .arg = setting->argument,
                                         .doc = setting->help,
                                         .group = group};
    }
    *option++ = (struct argp_option){.name = "fault",
                                     .key = KEY_FAULT,
                                     .arg = "ACTION=WHAT[:COUNT]",
                                     .doc = "Spoil the answers to ACTION, COUNT times or always; "
                                            "can be given again",
                                     .group = 4};
    struct argp argp = {
        .options = options,
        .parser = on_option,
        .doc = "A simulated UPnP Internet Gateway Device, for tests.\v"
               "When it is ready it prints one line of JSON that says where it is. WHAT is the "
               "number of a UPnP error, latency=MS, hang, hang-after, drop, drop-after, empty, "
               "http404, http500, html200, redirect, oversize, endless, drip, truncate, doctype, "
               "badxml, latin1, deep, bigheader, fault200, no-response-suffix, event-first, "
               "wrong-sid or skip-seq. ACTION is the name of an action, *, description, SUBSCRIBE, "
               "renewal, UNSUBSCRIBE or event.",
    };
    argp_parse(&argp, argc, argv, 0, NULL, gateway);
    free(options);
}
