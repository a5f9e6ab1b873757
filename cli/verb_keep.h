/* SPDX-License-Identifier: MIT */
#ifndef CLI_VERB_KEEP_H
#define CLI_VERB_KEEP_H

#include "entries.h"

/**
 * `add --keep`, once the mappings were added: report them, stay until a signal comes, remove them.
 * When not all could be added, those that were are removed at once.
 *
 * @return The exit code.
 */
int entries_keep(struct entries *entries, struct run *run, const struct options *options);

#endif
