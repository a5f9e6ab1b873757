/* SPDX-License-Identifier: MIT */
#include "option_rows.h"
#include <string.h>

/** Where the text behind options begins. */
enum { OPTION_INDENT = 29 };

void help_wrap(FILE *stream, const char *text, size_t column, size_t indent)
{
    const char *gap = "";
    while (*text != '\0') {
        size_t length = strcspn(text, " ");
        if (gap[0] != '\0' && column + 1 + length > HELP_WIDTH) {
            fprintf(stream, "\n%*s", (int)indent, "");
            column = indent;
            gap = "";
        }
        fprintf(stream, "%s%.*s", gap, (int)length, text);
        column += strlen(gap) + length;
        gap = " ";
        text += length;
        text += strspn(text, " ");
    }
    fputc('\n', stream);
}

void help_pair(FILE *stream, const char *left, const char *right, size_t indent)
{
    size_t length = strlen(left);
    fputs(left, stream);
    if (right[0] == '\0') {
        fputc('\n', stream);
        return;
    }
    if (length + 2 > indent) {
        fputc('\n', stream);
        length = 0;
    }
    fprintf(stream, "%*s", (int)(indent - length), "");
    help_wrap(stream, right, indent, indent);
}

void help_options(FILE *stream, const struct option_row *rows, size_t count, unsigned taker,
                  int group)
{
    for (const struct option_row *row = rows; row < rows + count; row++) {
        if (row->group != group || (row->takers & taker) == 0) {
            continue;
        }
        char left[64];
        char letter[8] = "    ";
        if (row->letter != 0) {
            snprintf(letter, sizeof(letter), "-%c, ", row->letter);
        }
        snprintf(left, sizeof(left), "  %s%s%s%s", letter, row->name,
                 row->argument != NULL ? " " : "", row->argument != NULL ? row->argument : "");
        help_pair(stream, left, row->help, OPTION_INDENT);
    }
}
