/* SPDX-License-Identifier: MIT */
#ifndef NAT__EVENT_H
#define NAT__EVENT_H

#include "client.h"

#include "../words/mapping.h"

#include <natupnp/event.h>

struct natupnp_event {
    nat__link link; /* in client->events */
    natupnp_event_kind kind;
    natupnp_status status;
    int64_t number_of_entries; /* -1 unless told */
    char external_ip[NAT__IP_TEXT];
    char *connection_status; /* owned, as all below; NULL unless told */
    natupnp_gateway *gateway;
    natupnp_mapping *mapping;
    char *detail;
};

/*
 * Queues an event, while the client watches. The texts and snapshots are
 * copied. Without memory the event is lost, and that is logged: what it told
 * is state that can be asked for.
 */
void nat__event_external_ip(natupnp_client *client, const char *external_ip);
void nat__event_number_of_entries(natupnp_client *client, int64_t number);
void nat__event_connection_status(natupnp_client *client, const char *status);
void nat__event_gateway(natupnp_client *client, natupnp_event_kind kind,
                        const nat__gateway *gateway);
void nat__event_mapping(natupnp_client *client, natupnp_event_kind kind,
                        const natupnp_mapping *mapping, natupnp_status status, const char *detail);

/* Drops what waits. */
void nat__events_drop(natupnp_client *client);

#endif
