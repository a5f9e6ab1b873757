/* SPDX-License-Identifier: MIT */
#include "options.h"
#include "help.h"
#include "near.h"
#include "option_table.h"
#include "verb_table.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** Read the text of an option into the place that the table gives it. */
static bool option_store(struct options *options, const struct option_row *row, const char *text,
                         const char *source, struct fail *fail)
{
    char *base = (char *)options;
    if (row->source != 0) {
        *(const char **)(void *)(base + row->source) = source;
    }
    return row->read(base + row->place, row, text, fail);
}

/** Take the default of options that were not given from the environment. */
static bool environment_read(struct options *options, const bool *given, struct fail *fail)
{
    for (size_t i = 0; i < option_table_count; i++) {
        const struct option_row *row = &option_table[i];
        const char *text = row->variable != NULL && !given[i] ? getenv(row->variable) : NULL;
        if (text != NULL && text[0] != '\0' &&
            !option_store(options, row, text, row->variable, fail)) {
            return false;
        }
    }
    return true;
}

/** Say what to write in place of a word that is no verb. Always false. */
static bool verb_explain(const char *word, struct fail *fail)
{
    const char *meant = verb_meant(word);
    if (meant != NULL) {
        return fail_usage(fail, "there is no verb '%s': did you mean '%s'?", word, meant);
    }
    if (isdigit((unsigned char)word[0])) {
        return fail_usage(fail,
                          "there is no verb '%s': say what to do with the port, such as: natupnp "
                          "add 8080/tcp",
                          word);
    }
    return fail_usage(fail, "there is no verb '%s': use info, list, add, remove, watch or help",
                      word);
}

/** What is being read. */
struct parse {
    struct options *options;
    struct fail *fail;
    struct option_reader reader;
    /** Which options of the table were given. */
    bool *given;
};

/** The first word is the verb; options that stand before it must be its own, too. */
static bool verb_take(struct parse *parse, const char *word)
{
    enum verb verb = verb_find(word);
    if (verb == VERB_NONE) {
        return verb_explain(word, parse->fail);
    }
    parse->options->verb = verb;
    parse->reader.taker = verb;
    for (size_t i = 0; i < option_table_count; i++) {
        if (parse->given[i] && !option_taken(&parse->reader, &option_table[i])) {
            option_foreign(&parse->reader, &option_table[i]);
            return fail_usage(parse->fail, "%s", parse->reader.why);
        }
    }
    return true;
}

/** Read every word. False with the failure. */
static bool words_parse(struct parse *parse)
{
    struct option_reader *reader = &parse->reader;
    struct options *options = parse->options;
    for (;;) {
        switch (option_next(reader)) {
        case OPTION_STEP_OPTION:
            parse->given[reader->row - option_table] = true;
            if (!option_store(options, reader->row, reader->text, reader->row->name, parse->fail)) {
                return false;
            }
            break;
        case OPTION_STEP_WORD:
            if (options->verb != VERB_NONE) {
                reader->argv[options->argument_count++] = reader->text;
            } else if (!verb_take(parse, reader->text)) {
                return false;
            }
            break;
        case OPTION_STEP_END:
            options->arguments = reader->argv;
            return true;
        case OPTION_STEP_MISTAKE:
            return fail_usage(parse->fail, "%s", reader->why);
        case OPTION_STEP_NO_MEMORY:
            fail_set(parse->fail, NATUPNP_E_NOMEM, "out of memory");
            return false;
        }
    }
}

/** 'natupnp help VERB'. */
static enum options_next help_verb(const struct options *options, struct fail *fail)
{
    const char *name = options->argument_count > 0 ? options->arguments[0] : NULL;
    enum verb verb = name != NULL ? verb_find(name) : VERB_NONE;
    if (options->argument_count > 1) {
        fail_usage(fail, "'natupnp help' takes one verb, not '%s' too", options->arguments[1]);
        return OPTIONS_WRONG;
    }
    if (name != NULL && verb == VERB_NONE) {
        verb_explain(name, fail);
        return OPTIONS_WRONG;
    }
    help_page(stdout, verb);
    return OPTIONS_SHOWN;
}

/** Decide on what was read. */
static enum options_next options_judge(const struct options *options, struct fail *fail)
{
    if (options->version) {
        printf("natupnp %s\n", natupnp_version());
        return OPTIONS_SHOWN;
    }
    if (options->help) {
        help_page(stdout, options->verb);
        return OPTIONS_SHOWN;
    }
    if (options->verb == VERB_NONE) {
        fail_usage(fail, "say what to do: info, list, add, remove, watch or help");
        return OPTIONS_EMPTY;
    }
    if (options->verb == VERB_HELP) {
        return help_verb(options, fail);
    }

    const char *name = verb_names[options->verb];
    bool takes_ports = verb_table[options->verb].takes_ports;
    if (!takes_ports && options->argument_count > 0) {
        fail_usage(fail, "'natupnp %s' takes no '%s': leave it out", name, options->arguments[0]);
        return OPTIONS_WRONG;
    }
    if (takes_ports && options->argument_count == 0) {
        fail_usage(fail, "say which port, such as: natupnp %s 8080/tcp", name);
        return OPTIONS_WRONG;
    }
    return OPTIONS_RUN;
}

/** --json counts even when something before it is wrong, so that a script can read the error. */
static bool json_wanted(int argc, char **argv)
{
    enum { SHORTEST = 3 };
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        size_t length = strlen(argv[i]);
        if (length >= SHORTEST && strncmp("--json", argv[i], length) == 0) {
            return true;
        }
    }
    return false;
}

enum options_next options_parse(struct options *options, int argc, char **argv, struct fail *fail)
{
    bool json = json_wanted(argc, argv);
    *options = (struct options){.verb = VERB_NONE};
    struct parse parse = {
        .options = options,
        .fail = fail,
        .reader =
            {
                .rows = option_table,
                .count = option_table_count,
                .program = "natupnp",
                .takers = verb_names,
                .taker_count = VERBS,
                .taker = VERBS,
                .argc = argc,
                .argv = argv,
            },
        .given = calloc(option_table_count, sizeof(bool)),
    };
    enum options_next next = OPTIONS_WRONG;
    if (parse.given == NULL) {
        fail_set(fail, NATUPNP_E_NOMEM, "out of memory");
    } else if (words_parse(&parse) && environment_read(options, parse.given, fail)) {
        next = options_judge(options, fail);
    }
    free(parse.given);
    option_reader_end(&parse.reader);
    if (next == OPTIONS_WRONG || next == OPTIONS_EMPTY) {
        options->json = json;
    }
    return next;
}
