/* SPDX-License-Identifier: MIT */
#include "fail.h"
#include <stdarg.h>
#include <stdio.h>

__attribute__((format(printf, 3, 0))) static void
fail_format(struct fail *fail, natupnp_status status, const char *format, va_list args)
{
    fail->status = status;
    fail->fault = 0;
    fail->hresult = natupnp_status_hresult(status);
    vsnprintf(fail->detail, sizeof(fail->detail), format, args);
}

void fail_set(struct fail *fail, natupnp_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fail_format(fail, status, format, args);
    va_end(args);
}

bool fail_usage(struct fail *fail, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fail_format(fail, NATUPNP_E_INVAL, format, args);
    va_end(args);
    return false;
}

int fail_exit_code(natupnp_status status)
{
    switch (status) {
    case NATUPNP_OK:
        return EXIT_CODE_DONE;
    case NATUPNP_E_FAULT:
    case NATUPNP_E_NOT_FOUND:
    case NATUPNP_E_CONFLICT:
    case NATUPNP_E_NOT_PERMITTED:
    case NATUPNP_E_FULL:
    case NATUPNP_E_UNSUPPORTED:
    case NATUPNP_E_LOST:
    case NATUPNP_E_NO_ADDRESS:
        return EXIT_CODE_REFUSED;
    case NATUPNP_E_INVAL:
        return EXIT_CODE_USAGE;
    case NATUPNP_E_NO_GATEWAY:
    case NATUPNP_E_GONE:
        return EXIT_CODE_NO_GATEWAY;
    case NATUPNP_E_NETWORK:
    case NATUPNP_E_HTTP:
    case NATUPNP_E_BAD_REPLY:
    case NATUPNP_E_TIMEOUT:
        return EXIT_CODE_NETWORK;
    default:
        return EXIT_CODE_INTERNAL;
    }
}
