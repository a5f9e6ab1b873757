/* SPDX-License-Identifier: MIT */
#ifndef NATUPNP_KEEP_H
#define NATUPNP_KEEP_H

#include <natupnp/client.h>
#include <natupnp/export.h>
#include <natupnp/mapping.h>
#include <natupnp/op.h>
#include <natupnp/status.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Kept mappings. An add with `keep` set puts its mapping into the client's
 * desired state: as long as the client lives and is driven, the mapping is
 * renewed at half its lease, made again when the gateway restarts, is replaced
 * or loses it, and pointed to this host's new address when that changes. What
 * happens to it comes as events (<natupnp/event.h>). Removing the mapping ends
 * that, and natupnp_client_close() removes all of them.
 */

/** How a kept mapping fares. */
typedef enum natupnp_kept_state {
    /** The gateway has it, as far as is known. */
    NATUPNP_KEPT_HELD = 1,
    /** It is missing, or the gateway is; it is made again as soon as that can be. */
    NATUPNP_KEPT_MISSING = 2,
    /** The gateway refuses it; it is tried again from time to time. */
    NATUPNP_KEPT_REFUSED = 3
} natupnp_kept_state;

/** A kept mapping as it was at one moment: a snapshot. Getters take NULL. */
typedef struct natupnp_kept natupnp_kept;

/** How many mappings the client keeps. */
NATUPNP_API size_t natupnp_client_kept_count(const natupnp_client *client);

/**
 * One of them, in no order that means anything.
 *
 * @param out    Receives the snapshot, freed by natupnp_kept_free(); NULL on failure.
 * @param index  Below natupnp_client_kept_count().
 * @return NATUPNP_OK, or NATUPNP_E_INVAL, _E_NOMEM, _E_BUSY, _E_FORKED.
 */
NATUPNP_API natupnp_status natupnp_client_kept_at(natupnp_kept **out, natupnp_client *client,
                                                  size_t index);

/** Free a snapshot. NULL is allowed. */
NATUPNP_API void natupnp_kept_free(natupnp_kept *kept);

/** The mapping that should be there, as it was made last; borrowed. */
NATUPNP_API const natupnp_mapping *natupnp_kept_mapping(const natupnp_kept *kept);

/** Whether it is. */
NATUPNP_API natupnp_kept_state natupnp_kept_now(const natupnp_kept *kept);

/** What the last renewal or repair came to. */
NATUPNP_API natupnp_status natupnp_kept_status(const natupnp_kept *kept);

/** Seconds until something is done for it by itself, or -1 when nothing is planned. */
NATUPNP_API int64_t natupnp_kept_next_s(const natupnp_kept *kept);

/**
 * Prepare the end: remove every kept mapping from the gateway, several at a
 * time, and stop watching. Each is looked at first: one that is gone already counts as removed, and
 * one that is another host's by now, or another program's of this host (another internal port or
 * description), is left, which natupnp_op_detail() says, also with NATUPNP_OK. Where the gateway
 * lets nothing be read, what it made for us is removed as long as its lease lasts. The client can
 * be used on, and is still to be freed; natupnp_client_free() alone leaves kept mappings to their
 * leases.
 *
 * A mapping that is added to be kept while others are being removed is removed with them.
 * The operation ends in NATUPNP_OK, or as the first removal that failed did;
 * none is kept any more then either.
 */
NATUPNP_API natupnp_status natupnp_client_close(natupnp_op **out, natupnp_client *client);

#ifdef __cplusplus
}
#endif

#endif
