/* SPDX-License-Identifier: MIT */
#include "event.h"

#include "../ground/utf8.h"
#include "gateway.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EVENTS_MAX = 1024 };

static natupnp_event *make(natupnp_client *client, natupnp_event_kind kind)
{
    if (!client->watched)
        return NULL;
    natupnp_event *event = calloc(1, sizeof *event);
    if (!event)
        return NULL;
    event->kind = kind;
    event->number_of_entries = -1;
    return event;
}

/* Queues an event whose parts could be made. */
static void push(natupnp_client *client, natupnp_event *event, bool whole)
{
    if (!client->watched)
        return;
    if (!event || !whole) {
        nat__log_line(&client->log, NATUPNP_LOG_WARNING, "an event was lost: out of memory");
        natupnp_event_free(event);
        return;
    }
    nat__log_line(&client->log, NATUPNP_LOG_INFO, "event %s%s%s",
                  natupnp_event_kind_name(event->kind), event->detail ? ": " : "",
                  natupnp_event_detail(event));
    if (client->event_count == EVENTS_MAX)
        natupnp_event_free(NAT__MEMBER(nat__list_take(&client->events), natupnp_event, link));
    else
        client->event_count++;
    nat__list_append(&client->events, &event->link);
}

static char *text_of(const char *text)
{
    return strdup(text ? text : "");
}

/* A line for people. */
static char *line_of(const char *text)
{
    char *line = text_of(text);
    if (line)
        nat__utf8_tame(line);
    return line;
}

void nat__event_external_ip(natupnp_client *client, const char *external_ip)
{
    natupnp_event *event = make(client, NATUPNP_EVENT_EXTERNAL_IP);
    if (event) {
        snprintf(event->external_ip, sizeof event->external_ip, "%s", external_ip);
        event->detail = line_of(external_ip[0] ? external_ip : "the gateway has no address");
    }
    push(client, event, event && event->detail);
}

void nat__event_number_of_entries(natupnp_client *client, int64_t number)
{
    natupnp_event *event = make(client, NATUPNP_EVENT_NUMBER_OF_ENTRIES);
    if (event) {
        event->number_of_entries = number;
        if (asprintf(&event->detail, "%lld", (long long)number) < 0)
            event->detail = NULL;
    }
    push(client, event, event && event->detail);
}

void nat__event_connection_status(natupnp_client *client, const char *status)
{
    natupnp_event *event = make(client, NATUPNP_EVENT_CONNECTION_STATUS);
    if (event) {
        event->connection_status = text_of(status);
        event->detail = line_of(status);
    }
    push(client, event, event && event->connection_status && event->detail);
}

void nat__event_gateway(natupnp_client *client, natupnp_event_kind kind,
                        const nat__gateway *gateway)
{
    natupnp_event *event = make(client, kind);
    if (event) {
        event->gateway = nat__gateway_snapshot(gateway, kind == NATUPNP_EVENT_GATEWAY_FOUND);
        event->detail = line_of(gateway->description.name);
    }
    push(client, event, event && event->gateway && event->detail);
}

void nat__event_mapping(natupnp_client *client, natupnp_event_kind kind,
                        const natupnp_mapping *mapping, natupnp_status status, const char *detail)
{
    natupnp_event *event = make(client, kind);
    if (event) {
        event->status = status;
        event->detail = line_of(detail);
        natupnp_mapping_dup(&event->mapping, mapping);
    }
    push(client, event, event && event->mapping && event->detail);
}

void nat__events_drop(natupnp_client *client)
{
    for (nat__link *it = nat__list_take(&client->events); it; it = nat__list_take(&client->events))
        natupnp_event_free(NAT__MEMBER(it, natupnp_event, link));
    client->event_count = 0;
}
