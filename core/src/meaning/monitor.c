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
    RESUBSCRIBE_LAST_MS = 3600 * 1000,
    BURST_MS = 2 * 1000, /* in which a device repeats its announcements */
    DOUBTS_MS = 1000,    /* between weak doubts, and so much more for each kept mapping: */
    DOUBTS_EACH_MS = 100
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

void nat__monitor_set(nat__monitor *m, nat__timer *timer, uint64_t in_ms)
{
    nat__loop *loop = &m->client->loop;
    nat__timer_set(loop, timer, nat__loop_now_lasting(loop) + in_ms);
}

static void look_in(nat__monitor *m, uint64_t ms)
{
    nat__monitor_set(m, &m->look, ms);
}

/* Twice as long each time. */
static uint64_t gap(unsigned tries, uint64_t first_ms, uint64_t last_ms)
{
    uint64_t gap_ms = first_ms;
    while (tries-- > 0 && gap_ms < last_ms)
        gap_ms *= 2;
    return gap_ms < last_ms ? gap_ms : last_ms;
}

static void look_later(nat__monitor *m)
{
    look_in(m, gap(m->tries++, GAP_FIRST_MS, GAP_LAST_MS));
}

static void learn(nat__monitor *m, const nat__wan_state *wan)
{
    nat__monitor_learn_ip(m, wan->external_ip);
    nat__monitor_learn_status(m, wan->status ? wan->status : "");
    m->tries = 0;
    if (wan->uptime_s >= 0 && wan->uptime_s < m->uptime_s)
        nat__monitor_doubt(m); /* it has restarted, or its connection has */
    m->uptime_s = wan->uptime_s;
}

/* The gateway answers: one that sends no events may have been asked at a bad moment. */
static void subscribe_again(nat__monitor *m)
{
    bool shaken = m->shaken;
    m->shaken = false;
    if (nat__subscription_is_on(&m->subscription) ||
        nat__loop_now_lasting(&m->client->loop) < m->resubscribes_ms)
        return;
    nat__monitor_subscribe(m);
    if (shaken)
        nat__monitor_doubt_soon(m);
}

static void on_end(natupnp_op *op)
{
    nat__monitor *m = op->owner;
    if (!m)
        return;
    m->op = NULL;
    bool asked = op->verb == &nat__verb_gateway_query;
    if (nat__is_unreachable(op->status))
        nat__monitor_gateway_away(m->client);
    else if (asked && op->status == NATUPNP_OK && m->client->gateway)
        learn(m, &m->client->gateway->wan);
    if (asked && m->polls && !m->lost)
        subscribe_again(m);
    if (m->look.slot > 0)
        return;
    if (m->lost || !m->gateway)
        look_later(m);
    else if (m->polls)
        look_in(m, asked ? POLL_MS : 0);
}

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
        wait_ms = gap(m->unsubscribed, POLL_MS, RESUBSCRIBE_LAST_MS);
    m->unsubscribed++;
    m->resubscribes_ms = nat__loop_now_lasting(&m->client->loop) + wait_ms;
    m->polls = true;
    look_in(m, 0);
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
    if (same && !m->lost) { /* it was only found again, as another object */
        nat__gateway_unref(m->gateway);
        m->gateway = nat__gateway_ref(gateway);
        if (nat__monitor_learn_boot(m, &gateway->location, gateway->boot_id, &(bool){0}))
            nat__monitor_doubt(m);
        nat__monitor_check_soon(m);
        return;
    }
    if (!same) {
        forget_known(m);
        m->unsubscribed = 0;
    }
    nat__gateway_unref(m->gateway);
    m->gateway = nat__gateway_ref(gateway);
    m->boot_count = 0;
    nat__monitor_learn_boot(m, &gateway->location, gateway->boot_id, &(bool){0});
    m->lost = m->shaken = false;
    m->checked_ms = nat__loop_now_lasting(&client->loop); /* it is subscribed to now */
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
    look_later(m);
}

void nat__monitor_gateway_back(nat__monitor *m)
{
    nat__monitor_gateway_away(m->client);
    m->tries = 0;
    look_in(m, 0);
    nat__keeper_go_on(m->client, true);
}

/* ---- timers ---- */

/* Looks for the gateway, or asks it what it does not tell by itself. */
static void on_look(void *arg)
{
    nat__monitor *m = arg;
    if (m->lost || !m->client->gateway) {
        if (nat__keeper_is_down(m->client) || !begin(m, &nat__verb_gateway_discover))
            look_later(m); /* the keeper's tries search too */
    } else if (m->polls && !begin(m, &nat__verb_gateway_query)) {
        look_in(m, POLL_MS);
    }
}

static void on_news(void *arg)
{
    nat__monitor *m = arg;
    bool restarted = m->restarted;
    m->restarted = false;
    if (restarted)
        nat__monitor_gateway_back(m);
    else
        nat__monitor_gateway_away(m->client);
}

static void on_check(void *arg)
{
    nat__monitor *m = arg;
    if (nat__subscription_is_on(&m->subscription))
        nat__subscription_check(&m->subscription);
    else
        begin(m, &nat__verb_gateway_query);
    if (m->polls)
        nat__monitor_doubt_soon(m);
}

static void on_doubt(void *arg)
{
    nat__monitor_doubt(arg);
}

static void on_ask(void *arg)
{
    nat__monitor *m = arg;
    if (!m->lost && m->client->gateway)
        begin(m, &nat__verb_gateway_query);
}

void nat__monitor_check_soon(nat__monitor *m)
{
    uint64_t now = nat__loop_now_lasting(&m->client->loop);
    if (now < m->checked_ms + BURST_MS)
        return;
    m->checked_ms = now;
    nat__monitor_set(m, &m->check, 0);
}

void nat__monitor_doubt(nat__monitor *m)
{
    nat__timer_clear(&m->client->loop, &m->doubt);
    m->doubted_ms = nat__loop_now_lasting(&m->client->loop);
    nat__keeper_doubt(m->client);
}

void nat__monitor_doubt_soon(nat__monitor *m)
{
    size_t count = nat__keeper_count(m->client->keeper);
    uint64_t now = nat__loop_now_lasting(&m->client->loop);
    uint64_t next_ms = m->doubted_ms + DOUBTS_MS + count * DOUBTS_EACH_MS;
    if (count > 0 && m->doubt.slot == 0)
        nat__monitor_set(m, &m->doubt, next_ms > now ? next_ms - now : 0);
}

void nat__monitor_removes(natupnp_client *client)
{
    nat__monitor *m = client->monitor;
    if (!m)
        return;
    m->removals++;
    m->removed_ms = nat__loop_now_lasting(&client->loop);
}

/* ---- beginning and ending ---- */

static bool open_timers(nat__monitor *m)
{
    nat__loop *loop = &m->client->loop;
    return nat__timer_open(loop, &m->look, NAT__LASTING, on_look, m) == NATUPNP_OK &&
           nat__timer_open(loop, &m->news, NAT__LASTING, on_news, m) == NATUPNP_OK &&
           nat__timer_open(loop, &m->check, NAT__LASTING, on_check, m) == NATUPNP_OK &&
           nat__timer_open(loop, &m->doubt, NAT__LASTING, on_doubt, m) == NATUPNP_OK &&
           nat__timer_open(loop, &m->ask, NAT__LASTING, on_ask, m) == NATUPNP_OK;
}

static nat__monitor *open_monitor(natupnp_client *client)
{
    nat__monitor *m = calloc(1, sizeof *m);
    if (!m)
        return NULL;
    m->client = client;
    m->entries = m->uptime_s = -1;
    client->monitor = m;
    if (!open_timers(m) || !nat__monitor_open_parts(m)) {
        nat__monitor_free(m);
        return NULL;
    }
    hear(m);
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
    nat__timer *timers[] = {&m->look, &m->news, &m->check, &m->doubt, &m->ask};
    for (size_t i = 0; i < sizeof timers / sizeof timers[0]; i++)
        nat__timer_close(&client->loop, timers[i]);
    free(m);
}
