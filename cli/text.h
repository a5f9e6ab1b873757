/* SPDX-License-Identifier: MIT */
#ifndef CLI_TEXT_H
#define CLI_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * Text of others on the way to a terminal. What may be shown is decided here, by a table, whatever
 * the locale: control characters, those that turn the order of others about (U+202E) or cannot be
 * seen, what is not assigned, and bytes that are not UTF-8 become '?'.
 */

enum text_kind {
    TEXT_REFUSED,
    /** Joins the character before it, and takes no column. A few at most, or it would reach other
       lines. */
    TEXT_MARK,
    /** A letter or a digit that a terminal may put before what was written earlier. */
    TEXT_RIGHT_TO_LEFT,
    /** Takes two columns. */
    TEXT_WIDE,
    TEXT_NARROW
};

/** What a character is taken for. */
enum text_kind text_kind(uint32_t character);

/** Read the first character of UTF-8 (RFC 3629): how many bytes it has, 0 when it is none. */
size_t text_decode(uint32_t *character, const char *text);

/** Whether all of it is UTF-8. */
bool text_is_utf8(const char *text);

/** Where a text stands. */
enum text_place {
    /** Nothing of others follows on its line. */
    TEXT_AT_END,
    /** What follows must stay where it is: nothing is written from right to left. */
    TEXT_INSIDE
};

/** Write what may be shown of a text. */
void text_put_at(FILE *stream, enum text_place place, const char *text);

/** The same for one that ends its line. */
void text_put(FILE *stream, const char *text);

/** How many columns of a terminal it takes. */
size_t text_width(enum text_place place, const char *text);

/** A part of a text that is shown as it is, or a character that is not. */
struct text_part {
    const char *at;
    size_t length;
    /** Of the character that is not shown; unset when all is. */
    uint32_t character;
    bool shown;
    size_t width;
};

/** Where reading a text has come to. Begins as zeros, but for the place and the text. */
struct text_reader {
    enum text_place place;
    const char *at;
    /** How many marks the letter before may still take. */
    unsigned marks;
};

/** Read the next character. False at the end. */
bool text_next(struct text_reader *reader, struct text_part *part);

#endif
