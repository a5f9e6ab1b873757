/* SPDX-License-Identifier: MIT */
#include "out_table.h"
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>
#include <wctype.h>

enum { GAP = 2 };

/**
 * Read one character of UTF-8.
 *
 * @return How many bytes it has; *character is L'\0' for one that cannot be shown.
 */
static size_t character_read(wchar_t *character, const char *text)
{
    mbstate_t state = {0};
    size_t length = mbrtowc(character, text, strnlen(text, MB_LEN_MAX), &state);
    if (length == 0 || length > MB_LEN_MAX) {
        *character = L'\0';
        return 1;
    }
    if (!iswprint((wint_t)*character)) {
        *character = L'\0';
    }
    return length;
}

void text_put(FILE *stream, const char *text)
{
    while (*text != '\0') {
        wchar_t character;
        size_t length = character_read(&character, text);
        if (character == L'\0') {
            fputc('?', stream);
        } else {
            fwrite(text, 1, length, stream);
        }
        text += length;
    }
}

size_t text_width(const char *text)
{
    size_t width = 0;
    while (*text != '\0') {
        wchar_t character;
        text += character_read(&character, text);
        int columns = character == L'\0' ? 1 : wcwidth(character);
        width += columns > 0 ? (size_t)columns : 0;
    }
    return width;
}

static bool colour_wanted(FILE *stream)
{
    const char *no_color = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");
    return (no_color == NULL || no_color[0] == '\0') && terminal != NULL &&
           strcmp(terminal, "dumb") != 0 && isatty(fileno(stream)) == 1;
}

void text_put_styled(FILE *stream, enum style style, const char *text)
{
    static const char *const codes[] = {"", "\033[1m", "\033[1;31m"};
    bool colour = style != STYLE_PLAIN && colour_wanted(stream);
    if (colour) {
        fputs(codes[style], stream);
    }
    text_put(stream, text);
    if (colour) {
        fputs("\033[0m", stream);
    }
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

static size_t column_width(const struct table *table, size_t column)
{
    size_t width = 0;
    for (size_t i = column; i < table->count; i += table->columns) {
        size_t cell = text_width(table->cells[i]);
        width = cell > width ? cell : width;
    }
    return width;
}

static void table_print(const struct table *table, const size_t *widths, FILE *stream,
                        enum table_head head)
{
    for (size_t i = 0; i < table->count; i++) {
        size_t column = i % table->columns;
        bool strong = (head == TABLE_HEAD_ROW && i < table->columns) ||
                      (head == TABLE_HEAD_COLUMN && column == 0);
        const char *text = table->cells[i];
        text_put_styled(stream, strong ? STYLE_STRONG : STYLE_PLAIN, text);
        if (column + 1 == table->columns) {
            fputc('\n', stream);
        } else {
            fprintf(stream, "%*s", (int)(widths[column] - text_width(text) + GAP), "");
        }
    }
}

bool table_drop(struct table *table)
{
    bool failed = table->failed;
    for (size_t i = 0; i < table->count; i++) {
        free(table->cells[i]);
    }
    free(table->cells);
    *table = (struct table){.columns = table->columns};
    return !failed;
}

bool table_finish(struct table *table, FILE *stream, enum table_head head)
{
    size_t *widths = calloc(table->columns, sizeof(size_t));
    bool printed = widths != NULL && !table->failed;
    if (printed) {
        for (size_t column = 0; column < table->columns; column++) {
            widths[column] = column_width(table, column);
        }
        table_print(table, widths, stream, head);
    }
    free(widths);
    table_drop(table);
    return printed;
}
