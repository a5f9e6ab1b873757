/* SPDX-License-Identifier: MIT */
#ifndef NATUPNP_GATEWAY_H
#define NATUPNP_GATEWAY_H

#include <natupnp/export.h>
#include <natupnp/status.h>
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct natupnp_client;
struct natupnp_op;

/**
 * An Internet Gateway Device that answered, as it was known at one moment: a
 * snapshot that never changes. It holds no client, so it may be read and freed
 * on any thread. Texts are UTF-8, cleaned of control
 * characters, and NULL where the gateway did not say. Getters take NULL.
 */
typedef struct natupnp_gateway natupnp_gateway;

/**
 * Find the gateway: end as soon as one is chosen, at the latest after the
 * client's budget. A gateway that is known already is given at once.
 *
 * The chosen one is natupnp_op_gateway(); every other that had answered by
 * then follows it in natupnp_op_gateway_at().
 *
 * @param out  Receives the operation, freed by natupnp_op_free(); NULL on failure.
 * @return NATUPNP_OK, or NATUPNP_E_INVAL, _E_NOMEM, _E_BUSY, _E_FORKED. The
 *         operation: NATUPNP_OK, _E_NO_GATEWAY (its detail says what was tried
 *         and what to check), or a failure of the network.
 */
NATUPNP_API natupnp_status natupnp_gateway_discover(struct natupnp_op **out,
                                                    struct natupnp_client *client);

/**
 * Search anew for the whole budget (3 s by default) and give every gateway
 * that answered, the chosen one first. Starts and errors as
 * natupnp_gateway_discover().
 */
NATUPNP_API natupnp_status natupnp_gateway_list(struct natupnp_op **out,
                                                struct natupnp_client *client);

/**
 * Ask the chosen gateway for its external address, connection status and
 * uptime (GetExternalIPAddress and GetStatusInfo, in parallel). The operation
 * succeeds when either was answered; what was not is unknown in
 * natupnp_op_gateway(), and natupnp_gateway_external_status() says why. Starts and errors as
 * natupnp_gateway_discover().
 */
NATUPNP_API natupnp_status natupnp_gateway_query(struct natupnp_op **out,
                                                 struct natupnp_client *client);

/**
 * Copy a gateway, to keep it beyond the operation that gave it.
 *
 * @param out  Receives the copy, freed by natupnp_gateway_free(); NULL on failure.
 * @return NATUPNP_OK, NATUPNP_E_INVAL or NATUPNP_E_NOMEM.
 */
NATUPNP_API natupnp_status natupnp_gateway_dup(natupnp_gateway **out,
                                               const natupnp_gateway *gateway);

/** Free a gateway made by natupnp_gateway_dup(). NULL is allowed. */
NATUPNP_API void natupnp_gateway_free(natupnp_gateway *gateway);

/** The friendly name, as shown to people. */
NATUPNP_API const char *natupnp_gateway_name(const natupnp_gateway *gateway);
NATUPNP_API const char *natupnp_gateway_manufacturer(const natupnp_gateway *gateway);
NATUPNP_API const char *natupnp_gateway_model_name(const natupnp_gateway *gateway);
NATUPNP_API const char *natupnp_gateway_model_number(const natupnp_gateway *gateway);
/** The unique device name. Not unique on every device that exists. */
NATUPNP_API const char *natupnp_gateway_udn(const natupnp_gateway *gateway);
/** The URL of the device description (LOCATION). */
NATUPNP_API const char *natupnp_gateway_location(const natupnp_gateway *gateway);
/** The URL that actions are sent to. */
NATUPNP_API const char *natupnp_gateway_control_url(const natupnp_gateway *gateway);
/**
 * The page where a person can set the gateway up: an absolute http or https URL. NULL when the
 * gateway names none, or one of another kind.
 */
NATUPNP_API const char *natupnp_gateway_presentation_url(const natupnp_gateway *gateway);
/** The service in use, such as "urn:schemas-upnp-org:service:WANIPConnection:1". */
NATUPNP_API const char *natupnp_gateway_service_type(const natupnp_gateway *gateway);
/** The address of this host that reaches the gateway: the default internal client. */
NATUPNP_API const char *natupnp_gateway_local_address(const natupnp_gateway *gateway);
/** The network interface that the answer came in on, or NULL when its URL was given. */
NATUPNP_API const char *natupnp_gateway_interface(const natupnp_gateway *gateway);
/** Whether this is the gateway that the client uses. */
NATUPNP_API bool natupnp_gateway_chosen(const natupnp_gateway *gateway);

/** The external (WAN) address, or NULL when it was not asked for or is unknown. */
NATUPNP_API const char *natupnp_gateway_external_ip(const natupnp_gateway *gateway);
/**
 * What asking for the external address came to.
 *
 * @return NATUPNP_OK: it is known. NATUPNP_E_PENDING: it was not asked for.
 *         NATUPNP_E_NO_ADDRESS: the gateway has none now; it said nothing, or 0.0.0.0.
 *         NATUPNP_E_BAD_REPLY: what it said makes no sense ("(null)", 127.0.0.1, an IPv6 address).
 *         Otherwise why there was no answer: NATUPNP_E_FAULT, _E_NOT_PERMITTED, _E_HTTP,
 *         _E_NETWORK, _E_TIMEOUT, _E_NOMEM. NATUPNP_E_INVAL for NULL.
 */
NATUPNP_API natupnp_status natupnp_gateway_external_status(const natupnp_gateway *gateway);
/** The UPnP error code with which it was refused, or 0. */
NATUPNP_API int natupnp_gateway_external_fault(const natupnp_gateway *gateway);
/** The HRESULT for that; 0 when the address is known. */
NATUPNP_API int32_t natupnp_gateway_external_hresult(const natupnp_gateway *gateway);
/** One line that says why it is not known; "" when it is, never NULL. */
NATUPNP_API const char *natupnp_gateway_external_detail(const natupnp_gateway *gateway);
/** The connection status, such as "Connected", or NULL (WANIPConnection:1, section 2.2.2). */
NATUPNP_API const char *natupnp_gateway_connection_status(const natupnp_gateway *gateway);
/** The last connection error, such as "ERROR_NONE", or NULL. */
NATUPNP_API const char *natupnp_gateway_last_connection_error(const natupnp_gateway *gateway);
/** Seconds that the connection has been up, or -1 when unknown. */
NATUPNP_API int64_t natupnp_gateway_uptime_s(const natupnp_gateway *gateway);

#ifdef __cplusplus
}
#endif

#endif
