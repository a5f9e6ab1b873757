/* SPDX-License-Identifier: MIT */
#include "progress.h"
#include "out_line.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_MS = 500, SLICE_MS = 100 };

static int64_t now_ms(void)
{
    struct timespec now = {0, 0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void progress_begin(struct progress *progress, const char *activity, bool wanted)
{
    const char *terminal = getenv("TERM");
    bool can_clear = terminal != NULL && strcmp(terminal, "dumb") != 0;
    *progress = (struct progress){
        .enabled = wanted && can_clear && isatty(STDERR_FILENO) == 1,
        .begun_ms = now_ms(),
        .activity = activity,
    };
}

void progress_show(struct progress *progress)
{
    int64_t waited_ms = now_ms() - progress->begun_ms;
    if (!progress->enabled || waited_ms < PATIENCE_MS) {
        return;
    }
    char text[128];
    char done[48] = "";
    if (progress->total > 1) {
        snprintf(done, sizeof(done), ", %zu of %zu done", progress->done, progress->total);
    }
    snprintf(text, sizeof(text), "%s ... %d.%d s%s", progress->activity, (int)(waited_ms / 1000),
             (int)(waited_ms % 1000 / 100), done);
    /* A line that is wrapped could not be overwritten. */
    fprintf(stderr, "\r%.*s", (int)terminal_width(stderr) - 1, text);
    fputs("\033[K", stderr);
    fflush(stderr);
    progress->shown = true;
}

void progress_end(struct progress *progress)
{
    if (progress->shown) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
        progress->shown = false;
    }
}

int progress_slice_ms(const struct progress *progress)
{
    return progress->enabled ? SLICE_MS : -1;
}
