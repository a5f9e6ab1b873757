/* SPDX-License-Identifier: MIT */
#ifndef CLI_TRACE_H
#define CLI_TRACE_H

#include "fail.h"
#include <natupnp/natupnp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/** The file of --trace. */
struct trace {
    FILE *file;
    const char *name;
};

/** Open it: NULL for none, "-" for standard error. False with the failure filled in. */
bool trace_open(struct trace *trace, const char *name, struct fail *fail);

/** Close it. False when not everything could be written. */
bool trace_close(struct trace *trace);

/** The client's on_trace; its argument is a struct trace. */
void trace_write(void *arg, natupnp_trace_direction direction, const char *peer, const char *data,
                 size_t length);

#endif
