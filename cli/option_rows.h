/* SPDX-License-Identifier: MIT */
#ifndef CLI_OPTION_ROWS_H
#define CLI_OPTION_ROWS_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/*
 * Options as rows of a table, from which they are read and shown. The command and the simulated
 * gateway both have such a table; this part knows neither.
 */

struct fail;
struct option_row;

/** Reads the text of an option, NULL where it takes none, into its place. False with the failure.
 */
typedef bool option_read_fn(void *place, const struct option_row *row, const char *text,
                            struct fail *fail);

/** All that is known of an option. */
struct option_row {
    /** With its two dashes. */
    const char *name;
    /** Its short form, or 0. */
    char letter;
    /** What the value is called; NULL for an option that takes none. */
    const char *argument;
    const char *help;
    /** Who takes it: a bit for each taker. */
    unsigned takers;
    /** Under which title it is shown. */
    int group;
    /** The variable of the environment that stands in for it, or NULL. */
    const char *variable;
    option_read_fn *read;
    /** Where its value is kept, in what the owner of the table has for that. */
    size_t place;
    /** Where is kept what the value came from, a const char *; 0 for nowhere. */
    size_t source;
};

/** What stands next in a command line. */
enum option_step {
    OPTION_STEP_OPTION,
    OPTION_STEP_WORD,
    OPTION_STEP_END,
    OPTION_STEP_MISTAKE,
    OPTION_STEP_NO_MEMORY
};

struct option_reader {
    const struct option_row *rows;
    size_t count;
    /** Such as "natupnp". */
    const char *program;
    /** What the bits of a row's takers are called; NULL where there is but one taker. */
    const char *const *takers;
    size_t taker_count;
    /** The one that is being read for; it may change on the way. taker_count while not known. */
    size_t taker;
    int argc;
    char **argv;

    /** OPTION_STEP_OPTION: which, and its value. OPTION_STEP_WORD: the word. */
    const struct option_row *row;
    char *text;
    /** OPTION_STEP_MISTAKE: one line that says what to do. */
    char why[512];

    struct option *long_options;
    char *letters;
    bool only_words;
};

/** Read what comes next. One mistake ends the reading. */
enum option_step option_next(struct option_reader *reader);

/** Whether the taker takes an option; everybody does while it is not known. */
bool option_taken(const struct option_reader *reader, const struct option_row *row);

/** Say in reader->why which others take an option. */
void option_foreign(struct option_reader *reader, const struct option_row *row);

/** Free what the reader holds. */
void option_reader_end(struct option_reader *reader);

/** Help has lines of so many columns at most, on any terminal. */
enum { HELP_WIDTH = 79 };

/**
 * Write a paragraph that begins at a column; its other lines are indented. Ends the line.
 */
void help_wrap(FILE *stream, const char *text, size_t column, size_t indent);

/** Write two columns, the second one wrapped. */
void help_pair(FILE *stream, const char *left, const char *right, size_t indent);

/** Write the options of a group, one after the other. */
void help_options(FILE *stream, const struct option_row *rows, size_t count, unsigned taker,
                  int group);

#endif
