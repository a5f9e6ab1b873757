/* SPDX-License-Identifier: MIT */
/* Events: watching, taking, and the getters. */
#include "../meaning/event.h"
#include "../meaning/monitor.h"
#include "face.h"

#include <stdlib.h>

natupnp_status natupnp_client_watch(natupnp_client *client)
{
    natupnp_status status = nat__client_enter(client);
    if (status != NATUPNP_OK)
        return status;
    status = nat__client_refuse(client, nat__monitor_begin(client), NULL);
    nat__client_leave(client);
    return status;
}

void natupnp_client_unwatch(natupnp_client *client)
{
    if (nat__client_enter(client) != NATUPNP_OK)
        return;
    nat__monitor_end(client);
    nat__client_leave(client);
}

natupnp_event *natupnp_client_next_event(natupnp_client *client)
{
    if (nat__client_enter(client) != NATUPNP_OK)
        return NULL;
    nat__link *it = nat__list_take(&client->events);
    if (it)
        client->event_count--;
    nat__client_leave(client);
    return it ? NAT__MEMBER(it, natupnp_event, link) : NULL;
}

void natupnp_event_free(natupnp_event *event)
{
    if (!event)
        return;
    free(event->connection_status);
    natupnp_gateway_free(event->gateway);
    natupnp_mapping_free(event->mapping);
    free(event->detail);
    free(event);
}

natupnp_event_kind natupnp_event_what(const natupnp_event *event)
{
    return event ? event->kind : (natupnp_event_kind)0;
}

const char *natupnp_event_kind_name(natupnp_event_kind kind)
{
    static const char *const names[] = {
        [NATUPNP_EVENT_EXTERNAL_IP] = "external-ip",
        [NATUPNP_EVENT_NUMBER_OF_ENTRIES] = "number-of-entries",
        [NATUPNP_EVENT_CONNECTION_STATUS] = "connection-status",
        [NATUPNP_EVENT_GATEWAY_FOUND] = "gateway-found",
        [NATUPNP_EVENT_GATEWAY_LOST] = "gateway-lost",
        [NATUPNP_EVENT_MAPPING_LOST] = "mapping-lost",
        [NATUPNP_EVENT_MAPPING_RESTORED] = "mapping-restored",
        [NATUPNP_EVENT_MAPPING_RENEWED] = "mapping-renewed",
        [NATUPNP_EVENT_MAPPING_REFUSED] = "mapping-refused",
    };
    return (unsigned)kind < sizeof names / sizeof names[0] ? names[kind] : NULL;
}

const char *natupnp_event_external_ip(const natupnp_event *event)
{
    return event && event->external_ip[0] != '\0' ? event->external_ip : NULL;
}

int64_t natupnp_event_number_of_entries(const natupnp_event *event)
{
    return event ? event->number_of_entries : -1;
}

const char *natupnp_event_connection_status(const natupnp_event *event)
{
    return event ? event->connection_status : NULL;
}

const natupnp_gateway *natupnp_event_gateway(const natupnp_event *event)
{
    return event ? event->gateway : NULL;
}

const natupnp_mapping *natupnp_event_mapping(const natupnp_event *event)
{
    return event ? event->mapping : NULL;
}

natupnp_status natupnp_event_status(const natupnp_event *event)
{
    return event ? event->status : NATUPNP_E_INVAL;
}

const char *natupnp_event_detail(const natupnp_event *event)
{
    return event && event->detail ? event->detail : "";
}
