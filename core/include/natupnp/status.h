/* SPDX-License-Identifier: MIT */
#ifndef NATUPNP_STATUS_H
#define NATUPNP_STATUS_H

#include <natupnp/export.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The one table of results: X(name, number, HRESULT, text).
 *
 * Numbers are never changed or used again. The HRESULT is what the Windows NAT
 * Traversal API gives in the same case; where a gateway's fault or the verb
 * decides instead, natupnp_op_hresult() knows (a fault 714 on a get is
 * 0x80070002, a fault 606 is 0x80040306).
 */
#define NATUPNP_STATUS_MAP(X)                                                                      \
    X(OK, 0, 0x00000000, "done")                                                                   \
    X(E_INVAL, 1, 0x80070057, "an argument is not valid")                                          \
    X(E_NOMEM, 2, 0x8007000E, "out of memory")                                                     \
    X(E_SYSTEM, 3, 0x8000FFFF, "the operating system refused a resource")                          \
    X(E_PENDING, 4, 0x8000000A, "the operation has not ended yet")                                 \
    X(E_CANCELLED, 5, 0x80004004, "the operation was cancelled")                                   \
    X(E_INTERRUPTED, 6, 0x80004004, "a signal interrupted the wait")                               \
    X(E_BUSY, 7, 0x8001010E, "another thread is using this client")                                \
    X(E_FORKED, 8, 0x8001010E, "this client was made before a fork: make a new one")               \
    X(E_CLOSED, 9, 0x80010108, "the client has been freed")                                        \
    X(E_TIMEOUT, 10, 0x80040217, "no answer within the time allowed")                              \
    X(E_NO_GATEWAY, 11, 0x80004005, "no UPnP gateway answered")                                    \
    X(E_GONE, 12, 0x80040211, "the gateway of this mapping is no longer there")                    \
    X(E_NETWORK, 13, 0x80040211, "the gateway could not be reached")                               \
    X(E_HTTP, 14, 0x80040211, "the gateway answered with an HTTP error")                           \
    X(E_BAD_REPLY, 15, 0x80040216, "the gateway's reply could not be understood")                  \
    X(E_FAULT, 16, 0x80040214, "the gateway refused the request")                                  \
    X(E_NOT_FOUND, 17, 0x80070002, "there is no such mapping")                                     \
    X(E_CONFLICT, 18, 0x800700AA, "the external port is mapped to another client")                 \
    X(E_NOT_PERMITTED, 19, 0x80040306, "the gateway does not permit it")                           \
    X(E_FULL, 20, 0x80040380, "the gateway has no room for another mapping")                       \
    X(E_UNSUPPORTED, 21, 0x80004005, "the gateway cannot do this")                                 \
    X(E_LOST, 22, 0x80004005, "a mapping was removed to change it and could not be put back")      \
    X(E_NO_ADDRESS, 23, 0x80040212, "the gateway says that it has no external address now")

/** What a call or an operation came to. */
typedef enum natupnp_status {
#define NATUPNP_STATUS_ENUM(name, number, hresult, text) NATUPNP_##name = number,
    NATUPNP_STATUS_MAP(NATUPNP_STATUS_ENUM)
#undef NATUPNP_STATUS_ENUM
} natupnp_status;

/**
 * The name of a status without its prefix, such as "E_CONFLICT".
 *
 * @return A static string; "E_UNKNOWN" for a number that is not in the table.
 */
NATUPNP_API const char *natupnp_status_name(natupnp_status status);

/**
 * What a status means, in a few words.
 *
 * @return A static string, never NULL.
 */
NATUPNP_API const char *natupnp_status_text(natupnp_status status);

/**
 * The HRESULT that stands for a status by itself (see NATUPNP_STATUS_MAP).
 *
 * @return 0 for NATUPNP_OK, else a negative number; E_FAIL for an unknown one.
 */
NATUPNP_API int32_t natupnp_status_hresult(natupnp_status status);

#ifdef __cplusplus
}
#endif

#endif
