/* SPDX-License-Identifier: MIT */
#include "trace.h"
#include <errno.h>
#include <string.h>
#include <time.h>

bool trace_open(struct trace *trace, const char *name, struct fail *fail)
{
    *trace = (struct trace){NULL, name};
    if (name == NULL) {
        return true;
    }
    trace->file = strcmp(name, "-") == 0 ? stderr : fopen(name, "we");
    if (trace->file == NULL) {
        return fail_usage(fail, "--trace: cannot write '%s': %s", name, strerror(errno));
    }
    return true;
}

bool trace_close(struct trace *trace)
{
    bool written = true;
    if (trace->file != NULL && trace->file != stderr) {
        written = ferror(trace->file) == 0;
        written = fclose(trace->file) == 0 && written;
    }
    trace->file = NULL;
    return written;
}

/** One line of the trace a line of the wire, indented; every byte can be read back from it. */
static void bytes_write(FILE *file, const char *data, size_t length)
{
    bool begins = true;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)data[i];
        if (begins) {
            fputs("    ", file);
            begins = false;
        }
        if (byte == '\n') {
            fputs("\\n\n", file);
            begins = true;
        } else if (byte == '\r') {
            fputs("\\r", file);
        } else if (byte == '\t') {
            fputs("\\t", file);
        } else if (byte == '\\') {
            fputs("\\\\", file);
        } else if (byte < ' ' || byte > '~') {
            fprintf(file, "\\x%02x", byte);
        } else {
            fputc(byte, file);
        }
    }
    if (!begins) {
        fputc('\n', file);
    }
}

void trace_write(void *arg, natupnp_trace_direction direction, const char *peer, const char *data,
                 size_t length)
{
    struct trace *trace = arg;
    struct timespec now = {0, 0};
    struct tm parts;
    char date[32] = "";
    clock_gettime(CLOCK_REALTIME, &now);
    if (gmtime_r(&now.tv_sec, &parts) != NULL) {
        strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &parts);
    }
    fprintf(trace->file, "%s.%06ldZ %s %s, %zu bytes\n", date, now.tv_nsec / 1000,
            direction == NATUPNP_TRACE_SENT ? "sent to" : "received from", peer, length);
    bytes_write(trace->file, data, length);
    fflush(trace->file);
}
