/* SPDX-License-Identifier: MIT */
#ifndef NATUPNP_EVENT_H
#define NATUPNP_EVENT_H

#include <natupnp/client.h>
#include <natupnp/export.h>
#include <natupnp/gateway.h>
#include <natupnp/mapping.h>
#include <natupnp/status.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What has happened. */
typedef enum natupnp_event_kind {
    /** The gateway has another external address: natupnp_event_external_ip(). */
    NATUPNP_EVENT_EXTERNAL_IP = 1,
    /** The gateway has more or fewer mappings, of whichever kind:
       natupnp_event_number_of_entries(). */
    NATUPNP_EVENT_NUMBER_OF_ENTRIES = 2,
    /** The connection went up or down: natupnp_event_connection_status(). */
    NATUPNP_EVENT_CONNECTION_STATUS = 3,
    /** A gateway is in use, for the first time or after one was lost: natupnp_event_gateway(). */
    NATUPNP_EVENT_GATEWAY_FOUND = 4,
    /** The gateway is no longer there, or restarts: natupnp_event_gateway(). */
    NATUPNP_EVENT_GATEWAY_LOST = 5,
    /** A kept mapping was found missing; it is being made again: natupnp_event_mapping(). */
    NATUPNP_EVENT_MAPPING_LOST = 6,
    /** A kept mapping is there again, perhaps changed: natupnp_event_mapping(). */
    NATUPNP_EVENT_MAPPING_RESTORED = 7,
    /** A kept mapping's lease was renewed: natupnp_event_mapping(). */
    NATUPNP_EVENT_MAPPING_RENEWED = 8,
    /** A kept mapping cannot be had now; it is tried again: natupnp_event_detail() says why. */
    NATUPNP_EVENT_MAPPING_REFUSED = 9
} natupnp_event_kind;

/**
 * Something that happened: a snapshot that never changes. It holds no client,
 * so it may be read and freed on any thread. Getters take NULL.
 */
typedef struct natupnp_event natupnp_event;

/**
 * Watch the gateway: subscribe to its events (UPnP Device Architecture 1.1,
 * section 4), listen for what it announces, and for changes of this host's own
 * network. Where a gateway sends no events, it is asked from time to time.
 *
 * From then on the client's descriptor is also readable while an event waits.
 * The gateway is searched for when none is known; that none answers is no
 * error: NATUPNP_EVENT_GATEWAY_FOUND comes when one does. Watching twice does nothing.
 *
 * @return NATUPNP_OK, or NATUPNP_E_INVAL, _E_NOMEM, _E_SYSTEM, _E_BUSY, _E_FORKED.
 */
NATUPNP_API natupnp_status natupnp_client_watch(natupnp_client *client);

/** End that. Events that wait are dropped; the subscription is cancelled with the next dispatches.
 */
NATUPNP_API void natupnp_client_unwatch(natupnp_client *client);

/**
 * Take the next event from the queue.
 *
 * The queue holds 1024. When it is full, the oldest one is dropped.
 *
 * @return The event, freed by natupnp_event_free(); NULL when there is none, or
 *         the client cannot be used now.
 */
NATUPNP_API natupnp_event *natupnp_client_next_event(natupnp_client *client);

/** Free an event. NULL is allowed. */
NATUPNP_API void natupnp_event_free(natupnp_event *event);

/** What has happened; 0 for NULL. */
NATUPNP_API natupnp_event_kind natupnp_event_what(const natupnp_event *event);

/** The name of a kind, such as "external-ip" or "mapping-lost"; NULL for another number. */
NATUPNP_API const char *natupnp_event_kind_name(natupnp_event_kind kind);

/** The external address; NULL when the gateway has none, or the event tells nothing of it. */
NATUPNP_API const char *natupnp_event_external_ip(const natupnp_event *event);

/** How many mappings the gateway has, or -1. */
NATUPNP_API int64_t natupnp_event_number_of_entries(const natupnp_event *event);

/** Such as "Connected" or "Disconnected"; NULL for another kind. */
NATUPNP_API const char *natupnp_event_connection_status(const natupnp_event *event);

/** The gateway that was found or lost, borrowed from the event; NULL for another kind. */
NATUPNP_API const natupnp_gateway *natupnp_event_gateway(const natupnp_event *event);

/** The kept mapping, borrowed from the event; NULL for another kind. */
NATUPNP_API const natupnp_mapping *natupnp_event_mapping(const natupnp_event *event);

/** Why: NATUPNP_OK, or the status of what failed. */
NATUPNP_API natupnp_status natupnp_event_status(const natupnp_event *event);

/** One line for people; never NULL. Borrowed from the event. */
NATUPNP_API const char *natupnp_event_detail(const natupnp_event *event);

#ifdef __cplusplus
}
#endif

#endif
