/* SPDX-License-Identifier: MIT */
#ifndef NATUPNP_STATIC_H
#define NATUPNP_STATIC_H

#include <natupnp/client.h>
#include <natupnp/export.h>
#include <natupnp/mapping.h>
#include <natupnp/op.h>
#include <natupnp/protocol.h>
#include <natupnp/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The static port mapping collection: every entry of the gateway that any
 * remote host may use, whatever its lease, by its key (external port,
 * protocol). It counts leased entries in because many gateways turn a wish for
 * a permanent mapping into a lease of a week.
 *
 * Each verb starts an operation: *out is owned by the caller and freed by
 * natupnp_op_free(), and NULL on failure. A start gives NATUPNP_OK or
 * NATUPNP_E_INVAL, _E_NOMEM, _E_BUSY, _E_FORKED; natupnp_client_last_detail()
 * explains it. Every operation may end in NATUPNP_E_NO_GATEWAY, _E_TIMEOUT,
 * _E_CANCELLED, _E_NETWORK, _E_HTTP, _E_BAD_REPLY, _E_FAULT or _E_NOMEM;
 * what else a verb may end in is said there. Writes to one key run in the
 * order of their starts.
 */

/** What to add. Zero in a field means its default. */
typedef struct natupnp_static_add_request {
    /** sizeof(natupnp_static_add_request) in the caller's build. */
    size_t size;
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
    /** Keep the mapping as long as the client lives: see <natupnp/keep.h>. */
    bool keep;
} natupnp_static_add_request;

/** The start value of a request; set the fields that matter after it. */
#define NATUPNP_STATIC_ADD_REQUEST_INIT                                                            \
    {                                                                                              \
        sizeof(natupnp_static_add_request), 0, NATUPNP_PROTOCOL_TCP, 0, NULL, NULL, false, false,  \
            false                                                                                  \
    }

/**
 * Map a port, or change the mapping that this internal client has there.
 *
 * natupnp_op_mapping() is the mapping made, with the external address where
 * the gateway told it. Also ends in NATUPNP_E_CONFLICT (held by another client; nothing
 * changed), NATUPNP_E_NOT_PERMITTED, NATUPNP_E_FULL, NATUPNP_E_LOST (one's own
 * mapping was in the way, was removed, and neither could be made) or NATUPNP_E_UNSUPPORTED
 * (a disabled mapping, or ports that the gateway wants to be equal).
 *
 * Any free port never replaces a mapping, also not one of this host.
 */
NATUPNP_API natupnp_status natupnp_static_add(natupnp_op **out, natupnp_client *client,
                                              const natupnp_static_add_request *request);

/**
 * Read one mapping: natupnp_op_mapping(). Also ends in NATUPNP_E_NOT_FOUND.
 *
 * @param external_port  1 to 65535.
 */
NATUPNP_API natupnp_status natupnp_static_get(natupnp_op **out, natupnp_client *client,
                                              int32_t external_port, natupnp_protocol protocol);

/**
 * Read all mappings: natupnp_op_mapping_at(), in no order that means anything.
 * Where not all could be read it fails, with NATUPNP_E_BAD_REPLY for a table
 * that is too large, and what was read is there all the same.
 */
NATUPNP_API natupnp_status natupnp_static_list(natupnp_op **out, natupnp_client *client);

/** Count the mappings, by reading them: natupnp_op_mapping_count(). */
NATUPNP_API natupnp_status natupnp_static_count(natupnp_op **out, natupnp_client *client);

/**
 * Remove a mapping. Also ends in NATUPNP_E_NOT_FOUND, which is looked up
 * first, since many gateways confirm the removal of what is not there; or in
 * NATUPNP_E_NOT_PERMITTED.
 *
 * @param external_port  1 to 65535.
 */
NATUPNP_API natupnp_status natupnp_static_remove(natupnp_op **out, natupnp_client *client,
                                                 int32_t external_port, natupnp_protocol protocol);

/** Whether an edit turns a mapping on or off. */
typedef enum natupnp_switch {
    NATUPNP_SWITCH_KEEP = 0,
    NATUPNP_SWITCH_ON = 1,
    NATUPNP_SWITCH_OFF = 2
} natupnp_switch;

/** What to change. Zero in a field leaves it as it is. */
typedef struct natupnp_edit_request {
    /** sizeof(natupnp_edit_request) in the caller's build. */
    size_t size;
    /** A numeric IPv4 address, or NULL. Copied. */
    const char *internal_client;
    /** 1 to 65535, or 0. */
    int32_t internal_port;
    /** As in natupnp_static_add_request, or NULL; "" empties it. Copied. */
    const char *description;
    /** On, off, or as it is. */
    natupnp_switch enabled;
} natupnp_edit_request;

/** The start value of an edit; set the fields that matter after it. */
#define NATUPNP_EDIT_REQUEST_INIT                                                                  \
    {                                                                                              \
        sizeof(natupnp_edit_request), NULL, 0, NULL, NATUPNP_SWITCH_KEEP                           \
    }

/**
 * Change fields of a mapping; the others, and what is left of its lease, stay.
 *
 * The result is what the gateway shows when it is read back, not what it
 * replied: natupnp_op_mapping(). A gateway that refuses or ignores a change of
 * an existing entry has it removed and added anew, once it was seen that the
 * old entry could be restored. Also ends in NATUPNP_E_NOT_FOUND,
 * NATUPNP_E_CONFLICT, NATUPNP_E_NOT_PERMITTED, NATUPNP_E_UNSUPPORTED (the
 * gateway cannot switch mappings off; the mapping is as it was),
 * NATUPNP_E_GONE (the client uses another gateway now) or NATUPNP_E_LOST.
 *
 * @param mapping  The key and the gateway are taken from it; copied.
 */
NATUPNP_API natupnp_status natupnp_static_edit(natupnp_op **out, natupnp_client *client,
                                               const natupnp_mapping *mapping,
                                               const natupnp_edit_request *request);

#ifdef __cplusplus
}
#endif

#endif
