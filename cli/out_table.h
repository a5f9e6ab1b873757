/* SPDX-License-Identifier: MIT */
#ifndef CLI_OUT_TABLE_H
#define CLI_OUT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/** How a piece of text looks, where colour is wanted. */
enum style { STYLE_PLAIN, STYLE_STRONG, STYLE_ERROR };

/** Write text; what a terminal could take for a command becomes '?'. */
void text_put(FILE *stream, const char *text);

/** How many columns of a terminal a text takes. */
size_t text_width(const char *text);

/** Write text in a style: only on a terminal, and not with NO_COLOR. */
void text_put_styled(FILE *stream, enum style style, const char *text);

/** Cells in rows, filled in from the left. */
struct table {
    size_t columns;
    char **cells;
    size_t count;
    /** Memory ran out: it cannot be printed. */
    bool failed;
};

/** What stands out in a table. */
enum table_head { TABLE_HEAD_ROW, TABLE_HEAD_COLUMN, TABLE_HEAD_NONE };

/** Add the next cell. */
__attribute__((format(printf, 2, 3))) void table_cell(struct table *table, const char *format, ...);

/** Write it with aligned columns, then free what it holds. False when memory ran out. */
bool table_finish(struct table *table, FILE *stream, enum table_head head);

/** Free what it holds without writing it. False when memory ran out. */
bool table_drop(struct table *table);

#endif
