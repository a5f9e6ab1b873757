/* SPDX-License-Identifier: MIT */
#ifndef CLI_FAIL_H
#define CLI_FAIL_H

#include <natupnp/natupnp.h>
#include <stdbool.h>
#include <stdint.h>

/** What the command gives back to the shell. */
enum exit_code {
    EXIT_CODE_DONE = 0,
    EXIT_CODE_REFUSED = 1,
    EXIT_CODE_USAGE = 2,
    EXIT_CODE_NO_GATEWAY = 3,
    EXIT_CODE_NETWORK = 4,
    EXIT_CODE_INTERNAL = 5
};

/** Why the command as a whole failed; its status is NATUPNP_OK while it has not. */
struct fail {
    natupnp_status status;
    int fault;
    int32_t hresult;
    char detail[2048];
};

/** Fill in a failure that the command found itself. */
__attribute__((format(printf, 3, 4))) void fail_set(struct fail *fail, natupnp_status status,
                                                    const char *format, ...);

/** Fill in wrong usage: NATUPNP_E_INVAL. Always false, so that a check can return it. */
__attribute__((format(printf, 2, 3))) bool fail_usage(struct fail *fail, const char *format, ...);

/** The exit code that a status stands for. */
int fail_exit_code(natupnp_status status);

#endif
