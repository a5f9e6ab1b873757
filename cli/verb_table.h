/* SPDX-License-Identifier: MIT */
#ifndef CLI_VERB_TABLE_H
#define CLI_VERB_TABLE_H

#include "options.h"

/** Two columns of the help: a command and what it does, a name and its meaning. */
struct table_pair {
    const char *left;
    const char *right;
};

/** What the parser and the help know of a verb. Paragraphs and pairs end with a NULL. */
struct verb_row {
    /** The words that follow its name, as the usage shows them. */
    const char *words;
    const char *summary;
    const char *const *text;
    /** The first one shows the verb at its plainest. */
    const struct table_pair *examples;
    const char *const *notes;
    /** What people write who mean it, separated by blanks. */
    const char *aliases;
    bool takes_ports;
};

/** By enum verb; VERB_NONE is the command itself. */
extern const struct verb_row verb_table[VERBS];

/** The names of the verbs, by enum verb; that of VERB_NONE is NULL. */
extern const char *const verb_names[VERBS];

/** What the command gives back to the shell. */
extern const struct table_pair exit_code_table[];

/** The environment that it looks at. */
extern const struct table_pair environment_table[];

/** The verb of a name, or VERB_NONE. */
enum verb verb_find(const char *name);

/** What to write in place of a word that is no verb, such as "natupnp list"; NULL for no idea. */
const char *verb_meant(const char *word);

#endif
