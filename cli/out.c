/* SPDX-License-Identifier: MIT */
#include "out.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

/** One refusal counts more than anything; else the worst result is the command's. */
static int jobs_exit_code(const struct job *jobs, size_t count)
{
    int worst = EXIT_CODE_DONE;
    for (size_t i = 0; i < count; i++) {
        /* What was given up has its reason elsewhere. */
        int code =
            jobs[i].status == NATUPNP_E_CANCELLED ? EXIT_CODE_DONE : fail_exit_code(jobs[i].status);
        if (code == EXIT_CODE_REFUSED) {
            return code;
        }
        worst = code > worst ? code : worst;
    }
    return worst;
}

void out_judge(struct report *report)
{
    const struct job *first = NULL;
    for (size_t i = 0; i < report->ports->count; i++) {
        const struct job *job = &report->jobs[i];
        int code = fail_exit_code(job->status);
        if (code == EXIT_CODE_DONE || code == EXIT_CODE_REFUSED) {
            return;
        }
        first = first == NULL ? job : first;
    }
    if (first != NULL) {
        job_fail(first, &report->fail);
    }
}

/** What kept standard output from being written, an errno; 0 for nothing. */
static int write_error;

static void out_flush(void)
{
    errno = 0;
    if ((fflush(stdout) != 0 || ferror(stdout) != 0) && write_error == 0) {
        write_error = errno != 0 ? errno : EIO;
    }
}

bool out_works(void)
{
    out_flush();
    return write_error == 0;
}

static bool reader_may_leave;

void out_reader_may_leave(void)
{
    reader_may_leave = true;
}

bool out_close(void)
{
    out_flush();
    if (fclose(stdout) != 0 && write_error == 0) {
        write_error = errno;
    }
    if (write_error == EPIPE && reader_may_leave) {
        return true;
    }
    if (write_error != 0) {
        fprintf(stderr, "natupnp: cannot write to standard output: %s\n", strerror(write_error));
    }
    return write_error == 0;
}

int out_report(const struct report *report, const struct options *options)
{
    bool one_line = options->keep || options->verb == VERB_WATCH;
    bool enough_memory = options->json ? out_json(report, one_line) : out_text(report);
    out_flush();
    out_text_failures(report);
    if (!enough_memory) {
        fputs("natupnp: out of memory\n", stderr);
        return EXIT_CODE_INTERNAL;
    }
    return report->ports != NULL ? jobs_exit_code(report->jobs, report->ports->count)
                                 : fail_exit_code(report->fail.status);
}
