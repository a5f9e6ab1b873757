/* SPDX-License-Identifier: MIT */
#include "monitor.h"

#include "event.h"
#include "keeper.h"
#include "monitor_parts.h"
#include "search.h"
#include "verbs.h"

#include <stdlib.h>
#include <string.h>

enum { POLL_MS = 60 * 1000, RESUBSCRIBE_LAST_MS = 3600 * 1000 };

/* ---- the gateway ---- */

static void forget_known(nat__monitor *m)
{
    m->external_ip[0] = m->status[0] = '\0';
    m->entries = m->uptime_s = -1;
}

void nat__monitor_subscribe(nat__monitor *m)
{
    natupnp_client *client = m->client;
    nat__url url;
    nat__ip local;
    m->polls = false;
    if (!nat__net_source_for(m->gateway->control.host, &local)) {
        nat__monitor_poll(m);
        return;
    }
    m->local = local;
    natupnp_status status = nat__gateway_event_url(m->gateway, &url);
    if (status == NATUPNP_OK && m->listener &&
        !nat__ip_equal(nat__listener_local(m->listener), local)) {
        nat__subscription_end(&m->subscription, true);
        nat__listener_close(m->listener);
        m->listener = NULL;
    }
    if (status == NATUPNP_OK && !m->listener)
        status = nat__listener_open(&m->listener, &client->loop, &client->log, local);
    if (status == NATUPNP_OK)
        status = nat__subscription_begin(&m->subscription, m->listener, &url);
    nat__url_free(&url);
    if (status != NATUPNP_OK)
        nat__monitor_poll(m);
}

void nat__monitor_poll(nat__monitor *m)
{
    uint64_t wait_ms = 0;
    if (!m->shaken || m->unsubscribed > 0)
        wait_ms = nat__clock_gap(m->unsubscribed, POLL_MS, RESUBSCRIBE_LAST_MS);
    m->unsubscribed++;
    m->resubscribes_ms = nat__loop_now_lasting(&m->client->loop) + wait_ms;
    m->polls = true;
    nat__monitor_look_in(m, 0);
}

/* Hears announcements of the gateway in use, or of any while there is none. */
static void hear(nat__monitor *m)
{
    const nat__ip *host = nat__monitor_host(m);
    if (m->hears)
        nat__notify_socket_limit(&m->notify, host, host ? 1 : 0);
}

void nat__monitor_gateway_found(natupnp_client *client)
{
    nat__monitor *m = client->monitor;
    nat__gateway *gateway = client->gateway;
    if (!m || gateway->tentative) /* from the cache: the search will say */
        return;
    bool same =
        m->gateway && nat__url_equal(&m->gateway->location, &gateway->location) &&
        strcmp(nat__gateway_service_type(m->gateway), nat__gateway_service_type(gateway)) == 0;
    bool again = m->gateway != NULL;
    if (same && gateway->lookups == NAT__LOOKUPS_UNTRIED)
        gateway->lookups = m->gateway->lookups;
    if (same && !m->lost) { /* it was only found again, as another object */
        nat__gateway_unref(m->gateway);
        m->gateway = nat__gateway_ref(gateway);
        nat__boot_news news = nat__monitor_learn_boot(m, &gateway->location, gateway->boot_id);
        if (news == NAT__BOOT_ANOTHER)
            nat__monitor_doubt(m);
        nat__monitor_check_soon(m, news);
        return;
    }
    if (!same) {
        forget_known(m);
        m->unsubscribed = 0;
    }
    if (!same || m->gateway->boot_id != gateway->boot_id)
        nat__keeper_gateway_new(client);
    nat__gateway_unref(m->gateway);
    m->gateway = nat__gateway_ref(gateway);
    m->boot_count = 0;
    nat__monitor_learn_boot(m, &gateway->location, gateway->boot_id);
    m->lost = m->shaken = m->restarted = false;
    nat__timer_clear(&client->loop, &m->news); /* it told of what has come by now */
    nat__monitor_checked(m);                   /* it is subscribed to now */
    nat__timer_clear(&client->loop, &m->look);
    nat__event_gateway(client, NATUPNP_EVENT_GATEWAY_FOUND, gateway);
    hear(m);
    nat__monitor_subscribe(m);
    if (again)
        nat__monitor_doubt(m);
    nat__keeper_go_on(client, false);
}

void nat__monitor_gateway_away(natupnp_client *client)
{
    nat__monitor *m = client->monitor;
    if (!m || m->lost)
        return;
    m->lost = true;
    m->polls = false;
    if (m->gateway) {
        nat__event_gateway(client, NATUPNP_EVENT_GATEWAY_LOST, m->gateway);
        nat__subscription_end(&m->subscription, false);
        nat__search_lose(client, client->gateway);
    }
    hear(m);
    nat__monitor_look_later(m);
}

void nat__monitor_gateway_back(nat__monitor *m)
{
    nat__monitor_gateway_away(m->client);
    m->tries = 0;
    nat__monitor_look_in(m, 0);
    nat__keeper_go_on(m->client, true);
}

/* ---- beginning and ending ---- */

static nat__monitor *open_monitor(natupnp_client *client)
{
    nat__monitor *m = calloc(1, sizeof *m);
    if (!m)
        return NULL;
    m->client = client;
    m->entries = m->uptime_s = -1;
    client->monitor = m;
    if (!nat__monitor_open_timers(m) || !nat__monitor_open_parts(m)) {
        nat__monitor_free(m);
        return NULL;
    }
    hear(m);
    if (client->gateway)
        nat__monitor_gateway_found(client);
    else
        nat__monitor_look_in(m, 0);
    return m;
}

bool nat__monitor_review(natupnp_client *client)
{
    bool needed = client->watched || nat__keeper_count(client->keeper) > 0;
    if (needed && !client->monitor)
        return open_monitor(client) != NULL;
    if (!needed && client->monitor) {
        nat__subscription_end(&client->monitor->subscription, true);
        nat__monitor_free(client->monitor);
    }
    return true;
}

/* The first events, for a user who comes after kept mappings did. */
static void tell_what_is_known(const nat__monitor *m)
{
    if (m->gateway && !m->lost)
        nat__event_gateway(m->client, NATUPNP_EVENT_GATEWAY_FOUND, m->gateway);
    if (m->external_ip[0] != '\0')
        nat__event_external_ip(m->client, m->external_ip);
    if (m->status[0] != '\0')
        nat__event_connection_status(m->client, m->status);
    if (m->entries >= 0)
        nat__event_number_of_entries(m->client, m->entries);
}

natupnp_status nat__monitor_begin(natupnp_client *client)
{
    bool before = client->watched, kept = client->monitor != NULL;
    client->watched = true;
    if (!nat__monitor_review(client)) {
        client->watched = before;
        return NATUPNP_E_NOMEM;
    }
    if (kept && !before)
        tell_what_is_known(client->monitor);
    return NATUPNP_OK;
}

nat__http_request *nat__monitor_farewell(natupnp_client *client, nat__http_done *done, void *arg)
{
    nat__http_request *request = NULL;
    if (client->monitor)
        request = nat__subscription_farewell(&client->monitor->subscription, done, arg);
    nat__monitor_end(client);
    return request;
}

void nat__monitor_end(natupnp_client *client)
{
    client->watched = false;
    nat__events_drop(client);
    nat__monitor_review(client);
}

void nat__monitor_free(nat__monitor *m)
{
    if (!m)
        return;
    natupnp_client *client = m->client;
    client->monitor = NULL;
    if (m->op) {
        m->op->owner = NULL;
        if (!m->op->done)
            nat__op_finish(m->op, NATUPNP_E_CANCELLED, 0, NULL);
    }
    nat__monitor_close_parts(m);
    nat__gateway_unref(m->gateway);
    nat__monitor_close_timers(m);
    free(m);
}
