/* SPDX-License-Identifier: MIT */
/* The control interface on standard input. */
#include "console.h"
#include "verbs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Cuts the next word off; the rest begins after one blank. */
static char *next_word(char **rest)
{
    char *word = *rest;

    *rest += strcspn(word, " ");
    if (**rest)
        *(*rest)++ = '\0';
    return word;
}

static void answer(struct console *console, char *line)
{
    const char *method = next_word(&line);
    const char *path = next_word(&line);
    char why[VERB_WHY];
    unsigned status;
    json_t *reply =
        verb_run(console->gateway, console->ssdp, method, path, line, strlen(line), &status, why);

    if (!reply)
        reply = json_pack("{s:o}", "error", log_string(why));
    char *text = log_json(reply, JSON_COMPACT);
    json_decref(reply);
    puts(text);
    free(text);
    fflush(stdout);
}

bool console_run(struct console *console)
{
    struct text *input = &console->input;
    char bytes[4096];
    ssize_t got = read(STDIN_FILENO, bytes, sizeof bytes);

    if (got <= 0)
        return got < 0 && (errno == EINTR || errno == EAGAIN);
    if (!console->takes_lines)
        return true;
    for (char *from = bytes, *end; got > 0; got -= end - from, from = end) {
        char *newline = memchr(from, '\n', (size_t)got);

        end = newline ? newline + 1 : from + got;
        text_bytes(input, from, (size_t)((newline ? newline : end) - from));
        if (!newline)
            continue;
        if (!strcmp(input->data, "quit"))
            return false;
        answer(console, input->data);
        input->length = 0;
    }
    return input->length <= VERB_BODY_MOST;
}

void console_free(struct console *console)
{
    text_free(&console->input);
}
