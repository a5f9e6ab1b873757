/* SPDX-License-Identifier: MIT */
#include "option_rows.h"
#include "near.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/** Beyond every character, so that it is not taken for a letter. */
enum { KEY_FIRST = 0x110000 };

bool option_taken(const struct option_reader *reader, const struct option_row *row)
{
    return reader->taker >= reader->taker_count || (row->takers >> reader->taker & 1u) != 0;
}

/** Make room for what getopt_long() needs of the rows. */
static bool tables_make(struct option_reader *reader)
{
    reader->long_options = calloc(reader->count + 1, sizeof(struct option));
    reader->letters = calloc(2 * reader->count + 3, 1);
    return reader->long_options != NULL && reader->letters != NULL;
}

/** Fill them with what the present taker takes. */
static void tables_fill(struct option_reader *reader)
{
    struct option *option = reader->long_options;
    char *letter = reader->letters;
    /* Words are wanted where they stand, and a missing value apart from an unknown option. */
    *letter++ = '-';
    *letter++ = ':';
    for (size_t i = 0; i < reader->count; i++) {
        const struct option_row *row = &reader->rows[i];
        if (!option_taken(reader, row)) {
            continue;
        }
        *option++ = (struct option){
            .name = row->name + 2,
            .has_arg = row->argument != NULL ? required_argument : no_argument,
            .val = KEY_FIRST + (int)i,
        };
        if (row->letter != 0) {
            *letter++ = row->letter;
            if (row->argument != NULL) {
                *letter++ = ':';
            }
        }
    }
    *option = (struct option){.name = NULL};
    *letter = '\0';
}

static const struct option_row *key_row(const struct option_reader *reader, int key)
{
    if (key >= KEY_FIRST) {
        return &reader->rows[key - KEY_FIRST];
    }
    for (size_t i = 0; i < reader->count; i++) {
        if (reader->rows[i].letter != 0 && reader->rows[i].letter == key) {
            return &reader->rows[i];
        }
    }
    return NULL;
}

/** Add to what is said of a mistake. */
__attribute__((format(printf, 2, 3))) static void say(struct option_reader *reader,
                                                      const char *format, ...)
{
    size_t used = strlen(reader->why);
    va_list args;
    va_start(args, format);
    vsnprintf(reader->why + used, sizeof(reader->why) - used, format, args);
    va_end(args);
}

/** Write "a, b and c", an item at a time. */
static void say_item(struct option_reader *reader, size_t index, size_t count, const char *last,
                     const char *item)
{
    const char *joint = index == 0 ? "" : index + 1 == count ? last : ", ";
    say(reader, "%s%s", joint, item);
}

/** The command that the option was given to, such as "natupnp list". */
static void say_taker(struct option_reader *reader, size_t taker)
{
    const char *name = taker < reader->taker_count ? reader->takers[taker] : NULL;
    say(reader, "'%s%s%s", reader->program, name != NULL ? " " : "", name != NULL ? name : "");
}

void option_foreign(struct option_reader *reader, const struct option_row *row)
{
    size_t count = 0;
    size_t index = 0;
    for (size_t i = 0; i < reader->taker_count; i++) {
        count += row->takers >> i & 1u;
    }
    reader->why[0] = '\0';
    say_taker(reader, reader->taker);
    say(reader, "' takes no '%s': it is an option of ", row->name);
    for (size_t i = 0; i < reader->taker_count; i++) {
        if ((row->takers >> i & 1u) != 0) {
            say_item(reader, index++, count, " and ", reader->takers[i]);
        }
    }
}

/** How many rows have a name that begins so; *row is the last of them. */
static size_t rows_beginning(const struct option_reader *reader, const char *name, size_t length,
                             bool taken, const struct option_row **row)
{
    size_t count = 0;
    for (size_t i = 0; i < reader->count; i++) {
        const struct option_row *one = &reader->rows[i];
        if (strncmp(one->name + 2, name, length) == 0 && option_taken(reader, one) == taken) {
            *row = one;
            count++;
            if (one->name[length + 2] == '\0') {
                return 1;
            }
        }
    }
    return count;
}

/** Name the option, or the taker, that was probably meant. False for none. */
static bool say_near(struct option_reader *reader, const char *name, size_t length)
{
    const char *best = NULL;
    unsigned least = NEAR_FAR;
    for (size_t i = 0; i < reader->count; i++) {
        const struct option_row *row = &reader->rows[i];
        unsigned far = near_distance(name, length, row->name + 2);
        if (far < least && option_taken(reader, row)) {
            least = far;
            best = row->name;
        }
    }
    if (best != NULL) {
        say(reader, ": did you mean %s?", best);
        return true;
    }
    for (size_t i = 0; i < reader->taker_count; i++) {
        if (reader->takers[i] != NULL && near_distance(name, length, reader->takers[i]) == 0) {
            say(reader, ": did you mean '%s %s'?", reader->program, reader->takers[i]);
            return true;
        }
    }
    return false;
}

static void say_unknown(struct option_reader *reader, const char *name, size_t length)
{
    if (!say_near(reader, name, length)) {
        say(reader, ": see ");
        say_taker(reader, reader->taker);
        say(reader, " --help'");
    }
}

static void letter_explain(struct option_reader *reader, int letter, const char *word)
{
    const char *name = word + 1 + strspn(word + 1, "-");
    if (letter > ' ' && letter < 0x7f && strlen(word) > 2) {
        say(reader, "unknown option '-%c' in '%s'", (char)letter, word);
    } else {
        say(reader, "unknown option '%s'", word);
    }
    say_unknown(reader, name, strcspn(name, "="));
}

static void name_explain(struct option_reader *reader, const char *word)
{
    const struct option_row *row = NULL;
    const char *name = word + 2;
    size_t length = strcspn(name, "=");
    size_t beginning = length > 0 ? rows_beginning(reader, name, length, true, &row) : 0;
    if (beginning > 1) {
        size_t index = 0;
        say(reader, "option '%s' can be ", word);
        for (size_t i = 0; i < reader->count; i++) {
            const struct option_row *one = &reader->rows[i];
            if (strncmp(one->name + 2, name, length) == 0 && option_taken(reader, one)) {
                say_item(reader, index++, beginning, " or ", one->name);
            }
        }
        say(reader, ": write more of it");
        return;
    }
    if (length > 0 && rows_beginning(reader, name, length, false, &row) == 1) {
        option_foreign(reader, row);
        return;
    }
    say(reader, "unknown option '%.*s'", (int)length + 2, word);
    say_unknown(reader, name, length);
}

static void mistake_explain(struct option_reader *reader, int found, const char *word)
{
    const struct option_row *row = optopt != 0 ? key_row(reader, optopt) : NULL;
    reader->why[0] = '\0';
    if (row != NULL && found == ':') {
        say(reader, "option '%s' needs a value: write %s %s", row->name, row->name, row->argument);
    } else if (row != NULL) {
        say(reader, "option '%s' takes no value", row->name);
    } else if (optopt != 0) {
        letter_explain(reader, optopt, word);
    } else {
        name_explain(reader, word);
    }
}

enum option_step option_next(struct option_reader *reader)
{
    if (reader->long_options == NULL) {
        opterr = 0;
        if (!tables_make(reader)) {
            return OPTION_STEP_NO_MEMORY;
        }
    }
    tables_fill(reader);
    const char *word = optind < reader->argc ? reader->argv[optind] : "";
    int found = reader->only_words ? -1
                                   : getopt_long(reader->argc, reader->argv, reader->letters,
                                                 reader->long_options, NULL);
    if (found == -1) { /* the end, or "--" */
        reader->only_words = true;
        if (optind >= reader->argc) {
            return OPTION_STEP_END;
        }
        reader->text = reader->argv[optind++];
        return OPTION_STEP_WORD;
    }
    reader->text = optarg;
    if (found == 1) {
        return OPTION_STEP_WORD;
    }
    reader->row = found == '?' || found == ':' ? NULL : key_row(reader, found);
    if (reader->row == NULL) {
        mistake_explain(reader, found, word);
        return OPTION_STEP_MISTAKE;
    }
    return OPTION_STEP_OPTION;
}

void option_reader_end(struct option_reader *reader)
{
    free(reader->long_options);
    free(reader->letters);
    reader->long_options = NULL;
    reader->letters = NULL;
}
