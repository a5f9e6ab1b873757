/* SPDX-License-Identifier: MIT */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** One line on a terminal's standard error that says what is being waited for. */
struct progress {
    bool enabled;
    bool shown;
    int64_t begun_ms;
    const char *activity;
    size_t done;
    size_t total;
};

/** Begin; nothing is shown where standard error is no terminal. */
void progress_begin(struct progress *progress, const char *activity, bool wanted);

/** Show it, when it has taken long enough to be worth a line. */
void progress_show(struct progress *progress);

/** Clear the line. */
void progress_end(struct progress *progress);

/** How long to wait before the next progress_show(), in milliseconds; -1 for any time. */
int progress_slice_ms(const struct progress *progress);

#endif
