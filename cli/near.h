/* SPDX-License-Identifier: MIT */
#ifndef CLI_NEAR_H
#define CLI_NEAR_H

#include <stdbool.h>
#include <stddef.h>

/** What near_distance() gives for words that are not alike. */
enum { NEAR_FAR = 100 };

/**
 * How many letters were mistyped: one too many, one too few, another one, or two changed round.
 * Capitals count as small letters.
 *
 * @return 0 for the same word, or NEAR_FAR when it is too many for words of this length.
 */
unsigned near_distance(const char *word, size_t length, const char *name);

/** Whether a word stands in a list that is separated by blanks. Capitals count as small letters. */
bool near_listed(const char *list, const char *word);

#endif
