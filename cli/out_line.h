/* SPDX-License-Identifier: MIT */
#ifndef CLI_OUT_LINE_H
#define CLI_OUT_LINE_H

#include <stddef.h>
#include <stdio.h>

/** How many columns the terminal behind a stream has, 80 when it does not say; 0 for no terminal.
 */
size_t terminal_width(FILE *stream);

/** A line that is wrapped where it is shown on a terminal, and whole everywhere else. */
struct line {
    FILE *stream;
    size_t width;
    FILE *text;
    char *data;
    size_t size;
};

/** Begin a line. Gives what it is to be written to, without a line break. */
FILE *line_begin(struct line *line, FILE *stream);

/** Write it. What does not fit goes to lines of its own, indented where there is room for that. */
void line_end(struct line *line, size_t indent);

#endif
