/* SPDX-License-Identifier: MIT */
#ifndef CLI_OUT_TABLE_H
#define CLI_OUT_TABLE_H

#include "text.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/** How a piece of text looks, where colour is wanted. */
enum style { STYLE_PLAIN, STYLE_STRONG, STYLE_ERROR };

/** Write text in a style: only on a terminal, and not with NO_COLOR. */
void text_put_styled(FILE *stream, enum style style, const char *text);

enum { TABLE_COLUMNS_MAX = 8 };

/** Cells in rows, filled in from the left. */
struct table {
    size_t columns;
    size_t widths[TABLE_COLUMNS_MAX];
    char **cells;
    size_t count;
    /** Memory ran out: it cannot be printed. */
    bool failed;
};

/** What stands out in a table. */
enum table_head { TABLE_HEAD_ROW, TABLE_HEAD_COLUMN, TABLE_HEAD_NONE };

/** Add the next cell. */
__attribute__((format(printf, 2, 3))) void table_cell(struct table *table, const char *format, ...);

/** Make the columns as wide as these rows want them, and drop the rows: they are to come again. */
void table_measure(struct table *table);

/** Write these rows with the columns as wide as they are, and drop them; nothing without memory. */
void table_write(struct table *table, FILE *stream, enum table_head head);

/** Write it with aligned columns, then free what it holds. False when memory ran out. */
bool table_finish(struct table *table, FILE *stream, enum table_head head);

/** Free what it holds without writing it. False when memory ran out. */
bool table_drop(struct table *table);

#endif
