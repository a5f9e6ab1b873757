/* SPDX-License-Identifier: MIT */
#ifndef NATUPNP_PROTOCOL_H
#define NATUPNP_PROTOCOL_H

#include <natupnp/export.h>
#include <natupnp/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The transport protocol of a mapping, by its IANA protocol number. */
typedef enum natupnp_protocol {
    NATUPNP_PROTOCOL_TCP = 6,
    NATUPNP_PROTOCOL_UDP = 17
} natupnp_protocol;

/**
 * Turn text into a protocol. Only "TCP" and "UDP" are accepted, in capitals,
 * as in the UPnP allowed value list (WANIPConnection:1, section 2.2.19) and as
 * Windows does: anything else is refused, not guessed.
 *
 * @param out   Receives the protocol; unchanged on failure.
 * @param text  May be NULL, which is refused.
 * @return NATUPNP_OK or NATUPNP_E_INVAL.
 */
NATUPNP_API natupnp_status natupnp_protocol_parse(natupnp_protocol *out, const char *text);

/**
 * The protocol as text.
 *
 * @return "TCP" or "UDP", or NULL for another number.
 */
NATUPNP_API const char *natupnp_protocol_name(natupnp_protocol protocol);

#ifdef __cplusplus
}
#endif

#endif
