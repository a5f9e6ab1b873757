/* SPDX-License-Identifier: MIT */
#include "help.h"
#include "option_table.h"
#include "verb_table.h"
#include <string.h>

/** Between two columns. */
enum { GAP = 3 };

static void paragraphs(FILE *stream, const char *const *texts)
{
    for (; texts != NULL && *texts != NULL; texts++) {
        fputc('\n', stream);
        help_wrap(stream, *texts, 0, 0);
    }
}

/** Write pairs under a title, as wide as the widest one that has something behind it. */
static void pairs(FILE *stream, const char *title, const struct table_pair *table)
{
    size_t width = 0;
    for (const struct table_pair *pair = table; pair->left != NULL; pair++) {
        size_t length = pair->right[0] != '\0' ? strlen(pair->left) : 0;
        width = length > width ? length : width;
    }
    fprintf(stream, "\n%s:\n", title);
    for (const struct table_pair *pair = table; pair->left != NULL; pair++) {
        char left[HELP_WIDTH];
        snprintf(left, sizeof(left), "  %s", pair->left);
        help_pair(stream, left, pair->right, 2 + width + GAP);
    }
}

static void verbs(FILE *stream)
{
    struct table_pair table[VERBS] = {{NULL, NULL}};
    for (enum verb verb = VERB_INFO; verb < VERBS; verb++) {
        table[verb - VERB_INFO] = (struct table_pair){verb_names[verb], verb_table[verb].summary};
    }
    pairs(stream, "Verbs", table);
}

static void options(FILE *stream, const char *title, unsigned takers, int group)
{
    bool some = false;
    for (size_t i = 0; i < option_table_count; i++) {
        some = some || ((option_table[i].takers & takers) != 0 && option_table[i].group == group);
    }
    if (some) {
        fprintf(stream, "\n%s:\n", title);
        help_options(stream, option_table, option_table_count, takers, group);
    }
}

static void usage(FILE *stream, enum verb verb)
{
    const char *name = verb_names[verb];
    const char *words = verb_table[verb].words;
    fprintf(stream, "Usage: natupnp %s%s%s%s[OPTION...]\n", name != NULL ? name : "",
            name != NULL ? " " : "", words, words[0] != '\0' ? " " : "");
}

void help_page(FILE *stream, enum verb verb)
{
    const struct verb_row *row = &verb_table[verb];
    unsigned taker = 1u << verb;
    usage(stream, verb);
    paragraphs(stream, row->text);
    if (verb == VERB_NONE) {
        verbs(stream);
    }
    options(stream, "Options", taker, GROUP_VERB);
    options(stream, "Options of every verb", taker, GROUP_EVERY_VERB);
    pairs(stream, "Examples", row->examples);
    paragraphs(stream, row->notes);
    pairs(stream, "Exit codes", exit_code_table);
    if (verb == VERB_NONE) {
        pairs(stream, "Environment", environment_table);
    }
}

void help_short(FILE *stream)
{
    struct table_pair table[VERBS] = {{NULL, NULL}};
    for (enum verb verb = VERB_INFO; verb < VERB_HELP; verb++) {
        table[verb - VERB_INFO] =
            (struct table_pair){verb_table[verb].examples[0].left, verb_table[verb].summary};
    }
    usage(stream, VERB_NONE);
    pairs(stream, "Verbs", table);
    fputs("\n'natupnp help' and 'natupnp help VERB' say more.\n", stream);
}
