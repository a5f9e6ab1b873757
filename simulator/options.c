/* SPDX-License-Identifier: MIT */
/* The command line, made from the table of settings. */
#include "options.h"
#include "../cli/option_rows.h"
#include "text.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROGRAM "natupnp-gateway"
#define EXIT_USAGE 64

static const char *const group_titles[] = {"Where it listens and how it is found",
                                           "What it says of itself", "How it treats mappings",
                                           "How it answers", "The process"};

#define GROUPS (sizeof group_titles / sizeof group_titles[0])

/* What no setting is behind. */
static const struct option_row more_rows[] = {
    {.name = "--fault",
     .argument = "ACTION=WHAT[:COUNT]",
     .help = "Spoil the answers to ACTION, COUNT times or always; can be given again",
     .group = 4},
    {.name = "--help", .letter = 'h', .help = "Show this help", .group = GROUPS},
    {.name = "--version", .letter = 'V', .help = "Show the version", .group = GROUPS},
};

#define MORE (sizeof more_rows / sizeof more_rows[0])

enum more { MORE_FAULT, MORE_HELP, MORE_VERSION };

__attribute__((format(printf, 1, 2), noreturn)) static void mistake(const char *format, ...)
{
    va_list args;

    fputs(PROGRAM ": ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(EXIT_USAGE);
}

static void add_fault(struct gateway *gateway, const char *text)
{
    const char *equals = strchr(text, '=');
    char action[64];
    char why[FAULTS_WHY];

    if (!equals)
        mistake("--fault '%s': must be ACTION=WHAT[:COUNT], such as AddPortMapping=501:1", text);
    if ((size_t)(equals - text) >= sizeof action)
        mistake("--fault '%s': the name is too long", text);
    snprintf(action, sizeof action, "%.*s", (int)(equals - text), text);
    if (!faults_add(&gateway->faults, action, equals + 1, why))
        mistake("--fault '%s': %s", text, why);
}

/* Settings first, so that a row and its setting have the same index. */
static struct option_row *rows_new(void)
{
    struct option_row *rows = memory_new(settings_count + MORE, sizeof *rows);

    for (size_t i = 0; i < settings_count; i++)
        rows[i] = (struct option_row){.name = settings_table[i].option,
                                      .argument = settings_table[i].argument,
                                      .help = settings_table[i].help,
                                      .group = settings_table[i].group};
    memcpy(rows + settings_count, more_rows, sizeof more_rows);
    for (size_t i = 0; i < settings_count + MORE; i++)
        rows[i].takers = 1;
    return rows;
}

static void help(const struct option_row *rows)
{
    struct text what = {0};

    puts("Usage: " PROGRAM " [OPTION...]\n\nA simulated UPnP Internet Gateway Device, for tests.");
    for (size_t group = 1; group <= GROUPS; group++) {
        printf("\n%s:\n", group_titles[group - 1]);
        help_options(stdout, rows, settings_count + MORE, 1, (int)group);
    }
    putchar('\n');
    text_add(&what,
             "ACTION is the name of an action, *, description, SUBSCRIBE, renewal, UNSUBSCRIBE or "
             "event. WHAT is the number of a UPnP error, latency=MS");
    for (int kind = FAULT_HANG; kind < FAULT_KINDS; kind++)
        text_format(&what, ", %s", fault_name((enum fault_kind)kind));
    text_add(&what, ".");
    help_wrap(stdout, what.data, 0, 0);
    text_free(&what);
    fputs("\nExamples:\n"
          "  " PROGRAM " --igd 1 --secure\n"
          "  " PROGRAM " --port 5000 --external-ip 198.51.100.1\n"
          "  " PROGRAM " --fault AddPortMapping=718:1 --fault '*=latency=200'\n"
          "\n",
          stdout);
    help_wrap(stdout,
              "When it is ready it prints one line of JSON that says where it is. It ends on "
              "SIGTERM and SIGINT. Exit codes: 0 done, 1 an address or port could not be had, 64 a "
              "mistake on the command line.",
              0, 0);
}

/* Ends the process, with success when all could be written. */
__attribute__((noreturn)) static void shown(void)
{
    exit(fflush(stdout) == 0 && !ferror(stdout) ? EXIT_SUCCESS : EXIT_FAILURE);
}

static void take(struct gateway *gateway, const struct option_row *rows, size_t index, char *text)
{
    char why[SETTINGS_WHY];

    if (index < settings_count) {
        if (!settings_from_text(&gateway->settings, &settings_table[index], text, why))
            mistake("%s%s", rows[index].name, why + strcspn(why, ":"));
        return;
    }
    switch ((enum more)(index - settings_count)) {
    case MORE_FAULT:
        add_fault(gateway, text);
        break;
    case MORE_HELP:
        help(rows);
        shown();
    case MORE_VERSION:
        puts(PROGRAM " " NATUPNP_GATEWAY_VERSION);
        shown();
    }
}

void options_parse(struct gateway *gateway, int argc, char **argv)
{
    struct option_row *rows = rows_new();
    struct option_reader reader = {.rows = rows,
                                   .count = settings_count + MORE,
                                   .program = PROGRAM,
                                   .argc = argc,
                                   .argv = argv};
    struct in_addr address;
    enum option_step step;

    while ((step = option_next(&reader)) == OPTION_STEP_OPTION)
        take(gateway, rows, (size_t)(reader.row - rows), reader.text);
    if (step == OPTION_STEP_WORD)
        mistake("'%s' is not an option: see '" PROGRAM " --help'", reader.text);
    if (step != OPTION_STEP_END)
        mistake("%s", step == OPTION_STEP_MISTAKE ? reader.why : "out of memory");
    if (inet_pton(AF_INET, gateway->settings.listen, &address) != 1)
        mistake("--listen '%s': must be a numeric IPv4 address", gateway->settings.listen);
    option_reader_end(&reader);
    free(rows);
}
