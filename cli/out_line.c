/* SPDX-License-Identifier: MIT */
#include "out_line.h"
#include "text.h"
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/** Narrower terminals get lines as for this width. */
enum { WIDTH_LEAST = 20, WIDTH_USUAL = 80, INDENT_SMALL = 4 };

size_t terminal_width(FILE *stream)
{
    struct winsize size = {0};
    int fd = fileno(stream);
    if (fd < 0 || isatty(fd) != 1) {
        return 0;
    }
    size_t width = ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
    return width == 0 ? WIDTH_USUAL : width < WIDTH_LEAST ? WIDTH_LEAST : width;
}

FILE *line_begin(struct line *line, FILE *stream)
{
    *line = (struct line){.stream = stream, .width = terminal_width(stream)};
    if (line->width > 0) {
        line->text = open_memstream(&line->data, &line->size);
    }
    /* Without memory it is not wrapped. */
    return line->text != NULL ? line->text : stream;
}

/** Write a word, in pieces when it is longer than a line. Gives the column behind it. */
static size_t word_put(const struct line *line, const char *word, size_t column, size_t indent)
{
    struct text_reader reader = {.place = TEXT_AT_END, .at = word};
    struct text_part part;
    while (text_next(&reader, &part)) {
        if (column + part.width > line->width) {
            fprintf(line->stream, "\n%*s", (int)indent, "");
            column = indent;
        }
        fwrite(part.shown ? part.at : "?", 1, part.shown ? part.length : 1, line->stream);
        column += part.width;
    }
    return column;
}

static void wrapped_put(const struct line *line, char *text, size_t indent)
{
    size_t column = 0;
    size_t blanks = 0;
    while (*text != '\0') {
        char *end = text + strcspn(text, " ");
        size_t next = strspn(end, " ");
        *end = '\0';
        if (column > 0 && column + blanks + text_width(TEXT_AT_END, text) > line->width) {
            fprintf(line->stream, "\n%*s", (int)indent, "");
            column = indent;
        } else {
            fprintf(line->stream, "%*s", (int)blanks, "");
            column += blanks;
        }
        column = word_put(line, text, column, indent);
        blanks = next;
        text = end + next;
    }
}

void line_end(struct line *line, size_t indent)
{
    if (line->text != NULL) {
        bool made = fclose(line->text) == 0;
        if (made) {
            wrapped_put(line, line->data, 2 * indent > line->width ? INDENT_SMALL : indent);
        }
        free(line->data);
    }
    fputc('\n', line->stream);
}
