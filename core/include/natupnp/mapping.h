/* SPDX-License-Identifier: MIT */
#ifndef NATUPNP_MAPPING_H
#define NATUPNP_MAPPING_H

#include <natupnp/export.h>
#include <natupnp/protocol.h>
#include <natupnp/status.h>
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct natupnp_client;
struct natupnp_op;

/**
 * A port mapping as the gateway had it when it was read: a snapshot that never
 * changes. It holds no client, so it may be read and freed on any thread.
 * Getters take NULL and give 0, false or NULL then.
 */
typedef struct natupnp_mapping natupnp_mapping;

/**
 * Copy a mapping, to keep it beyond the operation that gave it.
 *
 * @param out  Receives the copy, freed by natupnp_mapping_free(); NULL on failure.
 * @return NATUPNP_OK, NATUPNP_E_INVAL or NATUPNP_E_NOMEM.
 */
NATUPNP_API natupnp_status natupnp_mapping_dup(natupnp_mapping **out,
                                               const natupnp_mapping *mapping);

/** Free a mapping made by natupnp_mapping_dup(). NULL is allowed. */
NATUPNP_API void natupnp_mapping_free(natupnp_mapping *mapping);

/** The gateway's external (WAN) address as text, or NULL when it did not say. */
NATUPNP_API const char *natupnp_mapping_external_ip(const natupnp_mapping *mapping);

/**
 * What asking for it came to, as natupnp_gateway_external_status(). It is asked for beside the
 * verb, whose own result does not depend on it.
 */
NATUPNP_API natupnp_status natupnp_mapping_external_status(const natupnp_mapping *mapping);

/** The UPnP error code with which it was refused, or 0. */
NATUPNP_API int natupnp_mapping_external_fault(const natupnp_mapping *mapping);

/** The HRESULT for that; 0 when the address is known. */
NATUPNP_API int32_t natupnp_mapping_external_hresult(const natupnp_mapping *mapping);

/**
 * A few words on why it is not known; "" when it is, never NULL. natupnp_gateway_external_detail()
 * of the same operation's gateway has more of them.
 */
NATUPNP_API const char *natupnp_mapping_external_detail(const natupnp_mapping *mapping);

/** The port on the external address, 1 to 65535. */
NATUPNP_API uint16_t natupnp_mapping_external_port(const natupnp_mapping *mapping);

/** The port on the internal client, 1 to 65535. */
NATUPNP_API uint16_t natupnp_mapping_internal_port(const natupnp_mapping *mapping);

/** TCP or UDP. */
NATUPNP_API natupnp_protocol natupnp_mapping_protocol(const natupnp_mapping *mapping);

/** The host that the mapping leads to: mostly a numeric address, a name on a few gateways. */
NATUPNP_API const char *natupnp_mapping_internal_client(const natupnp_mapping *mapping);

/** Whether the gateway forwards now (NewEnabled). */
NATUPNP_API bool natupnp_mapping_enabled(const natupnp_mapping *mapping);

/** The description, UTF-8, "" when there is none. Some gateways shorten it. */
NATUPNP_API const char *natupnp_mapping_description(const natupnp_mapping *mapping);

/** The only host that may use the mapping, or "" for any (the wildcard). */
NATUPNP_API const char *natupnp_mapping_remote_host(const natupnp_mapping *mapping);

/**
 * The seconds that were left of the lease, 0 for a mapping that does not
 * expire. In the result of an add it is what was asked for: IGD:2 gateways turn a
 * wish for 0 into 604800, a week (WANIPConnection:2, section 2.3.16), which shows
 * when the mapping is read.
 */
NATUPNP_API uint32_t natupnp_mapping_lease_s(const natupnp_mapping *mapping);

/**
 * Read every mapping of the gateway, those of both collections, each once:
 * natupnp_op_mapping_at(), in no order that means anything. Starts and errors
 * as natupnp_static_list().
 */
NATUPNP_API natupnp_status natupnp_mapping_list(struct natupnp_op **out,
                                                struct natupnp_client *client);

#ifdef __cplusplus
}
#endif

#endif
