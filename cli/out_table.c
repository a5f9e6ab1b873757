/* SPDX-License-Identifier: MIT */
#include "out_table.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { GAP = 2 };

static bool colour_wanted(FILE *stream)
{
    const char *no_color = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");
    return (no_color == NULL || no_color[0] == '\0') && terminal != NULL &&
           strcmp(terminal, "dumb") != 0 && isatty(fileno(stream)) == 1;
}

static void put_styled_at(FILE *stream, enum style style, enum text_place place, const char *text)
{
    static const char *const codes[] = {"", "\033[1m", "\033[1;31m"};
    bool colour = style != STYLE_PLAIN && colour_wanted(stream);
    if (colour) {
        fputs(codes[style], stream);
    }
    text_put_at(stream, place, text);
    if (colour) {
        fputs("\033[0m", stream);
    }
}

void text_put_styled(FILE *stream, enum style style, const char *text)
{
    put_styled_at(stream, style, TEXT_AT_END, text);
}

void table_cell(struct table *table, const char *format, ...)
{
    enum { STEP = 64 };
    char *text = NULL;
    va_list args;
    va_start(args, format);
    if (vasprintf(&text, format, args) < 0) {
        text = NULL;
    }
    va_end(args);

    if (text != NULL && table->count % STEP == 0) {
        char **grown = reallocarray(table->cells, table->count + STEP, sizeof(char *));
        if (grown == NULL) {
            free(text);
            text = NULL;
        } else {
            table->cells = grown;
        }
    }
    if (text == NULL) {
        table->failed = true;
        return;
    }
    table->cells[table->count++] = text;
}

/** A cell that others follow must not reach into them. */
static enum text_place column_place(const struct table *table, size_t column)
{
    return column + 1 == table->columns ? TEXT_AT_END : TEXT_INSIDE;
}

static void rows_drop(struct table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        free(table->cells[i]);
    }
    table->count = 0;
}

static void columns_widen(struct table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        size_t *width = &table->widths[i % table->columns];
        size_t cell = text_width(column_place(table, i % table->columns), table->cells[i]);
        *width = cell > *width ? cell : *width;
    }
}

void table_measure(struct table *table)
{
    columns_widen(table);
    rows_drop(table);
}

void table_write(struct table *table, FILE *stream, enum table_head head)
{
    for (size_t i = 0; i < table->count && !table->failed; i++) {
        size_t column = i % table->columns;
        bool strong = (head == TABLE_HEAD_ROW && i < table->columns) ||
                      (head == TABLE_HEAD_COLUMN && column == 0);
        const char *text = table->cells[i];
        enum text_place place = column_place(table, column);
        put_styled_at(stream, strong ? STYLE_STRONG : STYLE_PLAIN, place, text);
        if (column + 1 == table->columns) {
            fputc('\n', stream);
        } else {
            fprintf(
                stream, "%*s",
                (int)(table->widths[column] - text_width(column_place(table, column), text) + GAP),
                "");
        }
    }
    rows_drop(table);
}

bool table_drop(struct table *table)
{
    bool failed = table->failed;
    rows_drop(table);
    free(table->cells);
    *table = (struct table){.columns = table->columns};
    return !failed;
}

bool table_finish(struct table *table, FILE *stream, enum table_head head)
{
    columns_widen(table);
    table_write(table, stream, head);
    return table_drop(table);
}
