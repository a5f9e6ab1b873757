/* SPDX-License-Identifier: MIT */
#include "options.h"
#include "options_help.h"
#include "options_value.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** We write the messages ourselves, so that they can be JSON too. */
enum { ARGP_FLAGS = ARGP_NO_EXIT | ARGP_NO_ERRS | ARGP_NO_HELP };

/** What the parsers share. */
struct parse {
    struct options *options;
    struct fail *fail;
    bool help;
    bool version;
    /** Where argp stopped. */
    int stopped;
};

static error_t global_parse(int key, char *text, struct argp_state *state)
{
    struct parse *parse = state->input;
    struct options *options = parse->options;
    bool valid = true;
    switch (key) {
    case OPTION_JSON:
        options->json = true;
        break;
    case OPTION_GATEWAY:
        valid = text_given("--gateway", text, parse->fail);
        options->gateway = text;
        options->gateway_source = "--gateway";
        break;
    case OPTION_INTERFACE:
        valid = text_given("--interface", text, parse->fail);
        options->interface = text;
        options->interface_source = "--interface";
        break;
    case OPTION_TIMEOUT:
        valid = timeout_parse(&options->timeout_ms, text, parse->fail);
        break;
    case OPTION_TRACE:
        valid = text_given("--trace", text, parse->fail);
        options->trace = text;
        break;
    case OPTION_NO_CACHE:
        options->no_cache = true;
        break;
    case 'v':
        options->verbose++;
        break;
    case 'h':
        parse->help = true;
        break;
    case 'V':
        parse->version = true;
        break;
    case ARGP_KEY_ERROR:
        parse->stopped = state->next;
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return valid ? 0 : EINVAL;
}

static error_t verb_parse(int key, char *text, struct argp_state *state)
{
    struct parse *parse = state->input;
    struct options *options = parse->options;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = parse;
        break;
    case OPTION_ALL:
        options->all = true;
        break;
    case OPTION_ANY:
        options->any = true;
        break;
    case OPTION_TO:
        options->to = text;
        return text_given("--to", text, parse->fail) ? 0 : EINVAL;
    case OPTION_DESCRIPTION:
        options->description = text;
        break;
    case OPTION_LEASE:
        return lease_parse(&options->lease_s, text, parse->fail) ? 0 : EINVAL;
    case OPTION_REMOTE_HOST:
        options->remote_host = text;
        return text_given("--remote-host", text, parse->fail) ? 0 : EINVAL;
    case OPTION_KEEP:
        options->keep = true;
        break;
    case OPTION_COUNT:
        return count_parse(&options->count, text, parse->fail) ? 0 : EINVAL;
    case ARGP_KEY_ARGS:
        options->arguments = &state->argv[state->next];
        options->argument_count = (size_t)(state->argc - state->next);
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static const struct argp_option *option_find(const struct argp_option *table, const char *name,
                                             size_t length)
{
    for (; table != NULL && (table->name != NULL || table->doc != NULL); table++) {
        if (table->name != NULL && strlen(table->name) == length &&
            strncmp(table->name, name, length) == 0) {
            return table;
        }
    }
    return NULL;
}

/** Say what is wrong with the word at which argp stopped. */
static void option_explain(const struct parse *parse, const struct verb_help *help, int argc,
                           char **argv)
{
    /* Inside a bundle such as -vx getopt has not moved on to the next word yet. */
    int at = parse->stopped - 1;
    bool bundle = at < 1 || strcmp(argv[at], "-v") == 0 || argv[at][0] != '-';
    const char *word = bundle && at + 1 < argc ? argv[at + 1] : argv[at];
    if (strncmp(word, "--", 2) != 0) {
        fail_usage(parse->fail, "unknown option '%s'", word);
        return;
    }

    const char *value = strchr(word, '=');
    size_t length = value != NULL ? (size_t)(value - word) - 2 : strlen(word) - 2;
    const struct argp_option *option = option_find(help_global_options, word + 2, length);
    if (option == NULL) {
        option = option_find(help->options, word + 2, length);
    }
    if (option == NULL) {
        fail_usage(parse->fail, "unknown or ambiguous option '%s'", word);
    } else if (option->arg != NULL) {
        fail_usage(parse->fail, "option '%s' needs a value", word);
    } else {
        fail_usage(parse->fail, "option '%.*s' takes no value", (int)length + 2, word);
    }
}

/** Read the options of one verb, or those before the verb. */
static enum options_next words_parse(struct parse *parse, enum verb verb, int argc, char **argv)
{
    static const struct argp global_argp = {help_global_options, global_parse, 0, 0, 0, 0, 0};
    static const struct argp_child children[] = {{&global_argp, 0, NULL, 10}, {0}};
    const struct verb_help *help = &help_verbs[verb];
    const struct argp argp = {help->options, verb_parse, help->arguments, help->text, children,
                              NULL,          NULL};

    unsigned flags = ARGP_FLAGS | (verb == VERB_NONE ? ARGP_IN_ORDER : 0);
    error_t error = argp_parse(&argp, argc, argv, flags, NULL, parse);
    if (error == ENOMEM) {
        fail_set(parse->fail, NATUPNP_E_NOMEM, "out of memory");
        return OPTIONS_WRONG;
    }
    if (error != 0) {
        if (parse->fail->status == NATUPNP_OK) {
            option_explain(parse, help, argc, argv);
        }
        return OPTIONS_WRONG;
    }
    if (parse->help) {
        argp_help(&argp, stdout, ARGP_HELP_STD_HELP & ~(unsigned)ARGP_HELP_EXIT_OK,
                  (char *)(uintptr_t)help->full_name);
        return OPTIONS_SHOWN;
    }
    if (parse->version) {
        printf("natupnp %s\n", natupnp_version());
        return OPTIONS_SHOWN;
    }
    return OPTIONS_RUN;
}

static enum verb verb_find(const char *name)
{
    for (enum verb verb = VERB_INFO; verb < VERBS; verb++) {
        if (strcmp(help_verbs[verb].name, name) == 0) {
            return verb;
        }
    }
    return VERB_NONE;
}

/** --json counts even when something before it is wrong, so that a script can read the error. */
static bool json_wanted(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            return true;
        }
    }
    return false;
}

static void environment_read(struct options *options)
{
    const char *gateway = getenv("NATUPNP_GATEWAY");
    if (options->gateway == NULL && gateway != NULL && gateway[0] != '\0') {
        options->gateway = gateway;
        options->gateway_source = "NATUPNP_GATEWAY";
    }
    const char *interface = getenv("NATUPNP_INTERFACE");
    if (options->interface == NULL && interface != NULL && interface[0] != '\0') {
        options->interface = interface;
        options->interface_source = "NATUPNP_INTERFACE";
    }
}

static enum options_next all_parse(struct options *options, int argc, char **argv,
                                   struct fail *fail)
{
    struct parse parse = {.options = options, .fail = fail};

    enum options_next next = words_parse(&parse, VERB_NONE, argc, argv);
    if (next != OPTIONS_RUN) {
        return next;
    }
    if (options->argument_count == 0) {
        fail_usage(fail, "say what to do: info, list, add, remove or watch");
        return OPTIONS_EMPTY;
    }

    const char *name = options->arguments[0];
    options->verb = verb_find(name);
    if (options->verb == VERB_NONE) {
        fail_usage(fail, "there is no verb '%s': use info, list, add, remove or watch", name);
        return OPTIONS_WRONG;
    }
    int verb_argc = (int)options->argument_count;
    char **verb_argv = argv + (argc - verb_argc);
    options->arguments = NULL;
    options->argument_count = 0;
    next = words_parse(&parse, options->verb, verb_argc, verb_argv);
    if (next != OPTIONS_RUN) {
        return next;
    }

    const struct verb_help *help = &help_verbs[options->verb];
    if (!help->takes_ports && options->argument_count > 0) {
        fail_usage(fail, "'natupnp %s' takes no '%s'", name, options->arguments[0]);
        return OPTIONS_WRONG;
    }
    if (help->takes_ports && options->argument_count == 0) {
        fail_usage(fail, "say which port, such as: natupnp %s 8080/tcp", name);
        return OPTIONS_WRONG;
    }
    environment_read(options);
    return OPTIONS_RUN;
}

enum options_next options_parse(struct options *options, int argc, char **argv, struct fail *fail)
{
    /* The parsers reorder argv, so look at it first. */
    bool json = json_wanted(argc, argv);
    *options = (struct options){.verb = VERB_NONE};
    enum options_next next = all_parse(options, argc, argv, fail);
    if (next == OPTIONS_WRONG || next == OPTIONS_EMPTY) {
        options->json = json;
    }
    return next;
}

const char *options_help_hint(const struct options *options)
{
    return help_verbs[options->verb].hint;
}
