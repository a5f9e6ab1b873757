/* SPDX-License-Identifier: MIT */
#ifndef NAT__STR_H
#define NAT__STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A piece of somebody else's text: not terminated, never freed here. */
typedef struct nat__str {
    const char *at;
    size_t length;
} nat__str;

/* The text as a piece; an empty one for NULL. */
nat__str nat__str_of(const char *text);

/* Without white space at both ends (space, tab, CR, LF). */
nat__str nat__str_trim(nat__str text);

bool nat__str_equal(nat__str text, const char *other);
bool nat__str_equal_nocase(nat__str text, const char *other);
bool nat__str_starts(nat__str text, const char *prefix);
bool nat__str_starts_nocase(nat__str text, const char *prefix);

/* Where a text stands inside another, or NULL. */
const char *nat__str_find(nat__str text, const char *wanted);

/* The part up to a character, which is skipped in *rest; all of it when there is none. */
nat__str nat__str_cut(nat__str *rest, char at);

/* A terminated copy, freed by the caller; NULL without memory. */
char *nat__str_dup(nat__str text);

/* As nat__str_dup(), for people: control characters become spaces, what is too long is cut. */
char *nat__str_dup_clean(nat__str text, size_t most);

/*
 * A decimal number with white space around it, in 0..max. Fails on anything
 * else, so that "80 abc" and "65616" are not ports.
 */
bool nat__str_number(nat__str text, uint64_t max, uint64_t *out);

/* As nat__str_number(), with a sign: for UPnP error codes, which are negative on some devices. */
bool nat__str_integer(nat__str text, int64_t limit, int64_t *out);

/* Whether the text is UTF-8 without control characters. */
bool nat__str_is_clean(nat__str text);

#endif
