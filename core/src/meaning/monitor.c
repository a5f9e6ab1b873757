/* SPDX-License-Identifier: MIT */
#include "monitor.h"

#include "event.h"
#include "keeper.h"
#include "monitor_parts.h"
#include "search.h"
#include "verbs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    GAP_FIRST_MS = 1000,
    GAP_LAST_MS = 300 * 1000,
    POLL_MS = 60 * 1000,
    CHECKS_MS = 10 * 1000 /* between looks that a bare sign of life brings */
};

/* ---- operations of its own ---- */

static void on_end(natupnp_op *op);

static bool begin(nat__monitor *m, const nat__verb *verb)
{
    if (m->op)
        return true;
    natupnp_op *op = nat__op_new(m->client, verb);
    if (!op)
        return false;
    op->on_end = on_end;
    op->owner = m;
    m->op = op;
    nat__op_start(op);
    return true;
}

static void look_in(nat__monitor *m, uint64_t ms)
{
    nat__timer_set(&m->client->loop, &m->look, nat__loop_now_lasting(&m->client->loop) + ms);
}

static void look_later(nat__monitor *m)
{
    uint64_t gap_ms = GAP_FIRST_MS;
    for (unsigned i = 0; i < m->tries && gap_ms < GAP_LAST_MS; i++)
        gap_ms *= 2;
    m->tries++;
    look_in(m, gap_ms < GAP_LAST_MS ? gap_ms : GAP_LAST_MS);
}

static void on_end(natupnp_op *op)
{
    nat__monitor *m = op->owner;
    if (!m)
        return;
    m->op = NULL;
    if (op->status != NATUPNP_OK) {
        nat__monitor_gateway_away(m->client);
        if (m->look.slot == 0)
            look_later(m);
        return;
    }
    if (op->verb == &nat__verb_gateway_query && m->client->gateway) {
        const nat__wan_state *wan = &m->client->gateway->wan;
        nat__monitor_learn_ip(m, wan->external_ip);
        nat__monitor_learn_status(m, wan->status ? wan->status : "");
    }
    if (m->lost || !m->gateway) {
        if (m->look.slot == 0)
            look_later(m);
    } else if (m->polls) {
        look_in(m, op->verb == &nat__verb_gateway_query ? POLL_MS : 0);
    }
}

/* ---- the gateway ---- */

static void forget_known(nat__monitor *m)
{
    m->external_ip[0] = m->status[0] = '\0';
    m->entries = -1;
}

void nat__monitor_subscribe(nat__monitor *m)
{
    natupnp_client *client = m->client;
    nat__url url;
    nat__ip local;
    m->polls = false;
    if (!nat__net_source_for(m->gateway->control.host, &local))
        return; /* a change of the network will tell */
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
    m->polls = true;
    look_in(m, 0);
}

/* Hears announcements of the gateway in use, or of any while there is none. */
static void listen_for(nat__monitor *m, const nat__gateway *gateway)
{
    if (m->hears)
        nat__notify_socket_limit(&m->notify, gateway ? &gateway->location.host : NULL,
                                 gateway ? 1 : 0);
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
    if (same && !m->lost) { /* it was only found again, as another object */
        nat__gateway_unref(m->gateway);
        m->gateway = nat__gateway_ref(gateway);
        return;
    }
    if (!same)
        forget_known(m);
    nat__gateway_unref(m->gateway);
    m->gateway = nat__gateway_ref(gateway);
    m->boot_id = gateway->boot_id;
    m->lost = false;
    m->tries = 0;
    nat__timer_clear(&client->loop, &m->look);
    nat__event_gateway(client, NATUPNP_EVENT_GATEWAY_FOUND, gateway);
    listen_for(m, gateway);
    nat__monitor_subscribe(m);
    if (again)
        nat__keeper_doubt(client);
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
    listen_for(m, NULL);
    look_later(m);
}

void nat__monitor_gateway_back(nat__monitor *m)
{
    nat__monitor_gateway_away(m->client);
    m->tries = 0;
    look_in(m, 0);
    nat__keeper_go_on(m->client, true);
}

/* Looks for the gateway, or asks it what it does not tell by itself. */
static void on_look(void *arg)
{
    nat__monitor *m = arg;
    bool restarted = m->restarted, gone = m->gone, check = m->check;
    m->restarted = m->gone = m->check = false;
    if (restarted) {
        nat__monitor_gateway_back(m);
    } else if (gone) {
        nat__monitor_gateway_away(m->client);
    } else if (m->lost || !m->client->gateway) {
        if (nat__keeper_is_down(m->client) || !begin(m, &nat__verb_gateway_discover))
            look_later(m); /* the keeper's tries search too */
    } else if (check) {
        nat__subscription_check(&m->subscription);
        if (m->polls) {
            nat__keeper_doubt(m->client);
            look_in(m, POLL_MS);
        }
    } else if (m->polls && !begin(m, &nat__verb_gateway_query)) {
        look_in(m, POLL_MS);
    }
}

void nat__monitor_look_now(nat__monitor *m)
{
    look_in(m, 0);
}

bool nat__monitor_may_check(nat__monitor *m)
{
    uint64_t now = nat__loop_now_lasting(&m->client->loop);
    if (now < m->checked_ms + CHECKS_MS)
        return false;
    m->checked_ms = now;
    return true;
}

/* ---- beginning and ending ---- */

static nat__monitor *open_monitor(natupnp_client *client)
{
    nat__monitor *m = calloc(1, sizeof *m);
    if (!m)
        return NULL;
    m->client = client;
    m->boot_id = m->entries = -1;
    if (nat__timer_open(&client->loop, &m->look, NAT__LASTING, on_look, m) != NATUPNP_OK) {
        free(m);
        return NULL;
    }
    client->monitor = m;
    if (!nat__monitor_open_parts(m)) {
        nat__monitor_free(m);
        return NULL;
    }
    if (client->gateway)
        nat__monitor_gateway_found(client);
    else
        look_in(m, 0);
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
    nat__timer_close(&client->loop, &m->look);
    free(m);
}
