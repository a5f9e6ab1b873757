/* SPDX-License-Identifier: MIT */
#ifndef NATUPNP_DYNAMIC_H
#define NATUPNP_DYNAMIC_H

#include <natupnp/client.h>
#include <natupnp/export.h>
#include <natupnp/mapping.h>
#include <natupnp/op.h>
#include <natupnp/protocol.h>
#include <natupnp/static.h>
#include <natupnp/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The dynamic port mapping collection: every entry of the gateway that has a
 * lease or that only one remote host may use, by its key (remote host, external
 * port, protocol). An entry with a lease for any remote host is in both
 * collections.
 *
 * Starts, ownership and common results are as in <natupnp/static.h>.
 */

/** What to add. Zero in a field means its default. */
typedef struct natupnp_dynamic_add_request {
    /** sizeof(natupnp_dynamic_add_request) in the caller's build. */
    size_t size;
    /** The only host that may use the mapping, a numeric IPv4 address; NULL or "" for any. Copied.
     */
    const char *remote_host;
    /** 1 to 65535, or 0 for any free port. */
    int32_t external_port;
    /** Required. */
    natupnp_protocol protocol;
    /** 1 to 65535; 0 for the same as the external port. Required for any free port. */
    int32_t internal_port;
    /** A numeric IPv4 address; NULL for the local address that reaches the gateway. Copied. */
    const char *internal_client;
    /** At most 63 bytes of UTF-8 without control characters; NULL for "natupnp". Copied. */
    const char *description;
    /** Make the entry without opening the port. Few gateways can. */
    bool disabled;
    /** external_port is only preferred: take any free one when it is in use. */
    bool any_port;
    /** Seconds that it is wanted for; 0 for 3600. */
    uint32_t lease_s;
    /** Keep the mapping as long as the client lives: see <natupnp/keep.h>. */
    bool keep;
} natupnp_dynamic_add_request;

/** The start value of a request; set the fields that matter after it. */
#define NATUPNP_DYNAMIC_ADD_REQUEST_INIT                                                           \
    {                                                                                              \
        sizeof(natupnp_dynamic_add_request), NULL, 0, NATUPNP_PROTOCOL_TCP, 0, NULL, NULL, false,  \
            false, 0, false                                                                        \
    }

/**
 * Map a port for a time, or change and prolong the mapping that this internal
 * client has there. As natupnp_static_add(), and:
 *
 * natupnp_mapping_lease_s() of the result is what was asked for at last: a
 * week where the gateway allows no more (WANIPConnection:2, section 2.3.16),
 * 0 where it says that it knows only permanent mappings (fault 725). Once a client has seen that
 * fault, every entry of the gateway counts for it as in this collection; for others it is in the
 * static one alone. A gateway that knows no remote hosts (fault 726) gives NATUPNP_E_UNSUPPORTED:
 * the port is not opened to all instead.
 */
NATUPNP_API natupnp_status natupnp_dynamic_add(natupnp_op **out, natupnp_client *client,
                                               const natupnp_dynamic_add_request *request);

/**
 * Read one mapping: natupnp_op_mapping(). Also ends in NATUPNP_E_NOT_FOUND,
 * for a permanent mapping that any host may use too.
 *
 * @param remote_host    A numeric IPv4 address; NULL or "" for any.
 * @param external_port  1 to 65535.
 */
NATUPNP_API natupnp_status natupnp_dynamic_get(natupnp_op **out, natupnp_client *client,
                                               const char *remote_host, int32_t external_port,
                                               natupnp_protocol protocol);

/** Read all mappings: natupnp_op_mapping_at(), in the gateway's order. */
NATUPNP_API natupnp_status natupnp_dynamic_list(natupnp_op **out, natupnp_client *client);

/** Count the mappings, by reading them: natupnp_op_mapping_count(). */
NATUPNP_API natupnp_status natupnp_dynamic_count(natupnp_op **out, natupnp_client *client);

/**
 * Remove a mapping; as natupnp_static_remove().
 *
 * @param remote_host    A numeric IPv4 address; NULL or "" for any.
 * @param external_port  1 to 65535.
 */
NATUPNP_API natupnp_status natupnp_dynamic_remove(natupnp_op **out, natupnp_client *client,
                                                  const char *remote_host, int32_t external_port,
                                                  natupnp_protocol protocol);

/** Change fields of a mapping; as natupnp_static_edit(), which this does for the whole key. */
NATUPNP_API natupnp_status natupnp_dynamic_edit(natupnp_op **out, natupnp_client *client,
                                                const natupnp_mapping *mapping,
                                                const natupnp_edit_request *request);

/**
 * Ask for another lease; the fields of the entry stay as the gateway has them.
 *
 * natupnp_mapping_lease_s() of the result is what the gateway shows when it is
 * read back: what it granted, 0 for a mapping that does not expire. Ends as
 * natupnp_static_edit() does.
 *
 * @param mapping  The key and the gateway are taken from it; copied.
 * @param lease_s  Seconds from now; 0 for 3600.
 */
NATUPNP_API natupnp_status natupnp_dynamic_renew(natupnp_op **out, natupnp_client *client,
                                                 const natupnp_mapping *mapping, uint32_t lease_s);

#ifdef __cplusplus
}
#endif

#endif
