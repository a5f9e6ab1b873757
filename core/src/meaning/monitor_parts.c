/* SPDX-License-Identifier: MIT */
/* What the monitor hears: events, announcements, and changes of this host's network. */
#include "monitor_parts.h"

#include "../words/ssdp.h"
#include "event.h"
#include "keeper.h"

#include <stdio.h>
#include <string.h>

enum {
    TOLD_WITHIN_MS = 10 * 1000, /* an event of one's own removal has come by then */
    ASK_MS = 30 * 1000,
    MOVES_WITHIN_MS = 5 * 1000,
    RESTARTS_MS = 60 * 1000 /* another boot sooner than that is checked first */
};

/* ---- events ---- */

void nat__monitor_learn_ip(nat__monitor *m, const char *external_ip)
{
    /* While a connection is made anew gateways say 0.0.0.0: that is no address. */
    if (external_ip[0] == '\0' || strcmp(m->external_ip, external_ip) == 0)
        return;
    snprintf(m->external_ip, sizeof m->external_ip, "%s", external_ip);
    nat__event_external_ip(m->client, external_ip);
}

void nat__monitor_learn_status(nat__monitor *m, const char *status)
{
    if (status[0] == '\0' || strcmp(m->status, status) == 0)
        return;
    snprintf(m->status, sizeof m->status, "%s", status);
    nat__event_connection_status(m->client, m->status);
}

static void learn_entries(nat__monitor *m, int64_t entries)
{
    if (entries < 0 || m->entries == entries)
        return;
    uint64_t fall = entries < m->entries ? (uint64_t)(m->entries - entries) : 0;
    uint64_t now = nat__loop_now_lasting(&m->client->loop);
    uint64_t own = now < m->removed_ms + TOLD_WITHIN_MS ? m->removals : 0;
    m->removals = own > fall ? own - fall : 0;
    m->entries = entries;
    nat__event_number_of_entries(m->client, entries);
    if (fall > own) /* somebody else removed one: one that is kept, perhaps */
        nat__monitor_doubt_soon(m);
}

static void on_event(void *arg, const nat__gena_event *event)
{
    nat__monitor *m = arg;
    char ip[NAT__IP_TEXT];
    m->polls = false; /* they do arrive */
    m->unsubscribed = m->tries = 0;
    if (event->external_ip_senseless)
        nat__log_line(&m->client->log, NATUPNP_LOG_WARNING,
                      "the gateway told an external address that makes no sense");
    if (event->external_ip_senseless ||
        (event->external_ip_told && event->external_ip.family == 0)) {
        nat__monitor_set(m, &m->ask, ASK_MS); /* miniupnpd may lose the next one */
    } else if (event->external_ip_told) {
        nat__timer_clear(&m->client->loop, &m->ask);
        nat__monitor_learn_ip(m, nat__ip_text(event->external_ip, ip));
    }
    nat__monitor_learn_status(m, event->connection_status);
    learn_entries(m, event->number_of_entries);
}

static void on_doubt(void *arg, bool unknown)
{
    if (unknown)
        nat__monitor_doubt(arg);
    else
        nat__monitor_doubt_soon(arg);
}

static void on_away(void *arg)
{
    nat__monitor *m = arg;
    if (m->moved_ms > 0 &&
        nat__loop_now_lasting(&m->client->loop) < m->moved_ms + MOVES_WITHIN_MS) {
        nat__monitor_gateway_back(m); /* it is where that description is */
        return;
    }
    nat__subscription_end(&m->subscription, false);
    m->shaken = true;
    nat__monitor_poll(m); /* whether it is really away */
}

static void on_refused(void *arg)
{
    nat__monitor_poll(arg);
}

/* ---- announcements ---- */

/* All of one host: the port and the path tell them apart. */
static uint32_t hash(const nat__url *location)
{
    uint32_t sum = 2166136261U ^ location->port;
    for (const char *at = location->target; *at; at++)
        sum = (sum ^ (uint8_t)*at) * 16777619U;
    return sum;
}

static size_t known_boots(const nat__monitor *m)
{
    return m->boot_count < NAT__BOOTS_MAX ? m->boot_count : NAT__BOOTS_MAX;
}

nat__boot_news nat__monitor_learn_boot(nat__monitor *m, const nat__url *location, int64_t id)
{
    uint32_t sum = hash(location);
    for (size_t i = 0; i < known_boots(m); i++) {
        nat__boot *boot = &m->boots[i];
        if (boot->location != sum)
            continue;
        bool told = boot->id >= 0 && id >= 0, same = boot->id == id;
        boot->id = id >= 0 ? id : boot->id;
        return !told ? NAT__BOOT_UNTOLD : same ? NAT__BOOT_SAME : NAT__BOOT_ANOTHER;
    }
    m->boots[m->boot_count++ % NAT__BOOTS_MAX] = (nat__boot){sum, id};
    return NAT__BOOT_MOVED;
}

/*
 * The same boot says little: a router without a clock has the same at each start, one of UPnP 1.0
 * tells none. Nor does another description: some have two, each with a boot of its own.
 */
static void on_alive(nat__monitor *m, nat__str location_text, int64_t boot_id)
{
    nat__url location;
    nat__boot_news news = NAT__BOOT_UNTOLD;
    uint64_t now = nat__loop_now_lasting(&m->client->loop);
    if (nat__url_parse(&location, location_text) == NATUPNP_OK) {
        news = nat__monitor_learn_boot(m, &location, boot_id);
        nat__url_free(&location);
    }
    if (news == NAT__BOOT_ANOTHER && now >= m->restarted_ms + RESTARTS_MS) {
        m->restarted = true;
        m->restarted_ms = now;
    }
    if (news == NAT__BOOT_MOVED)
        m->moved_ms = now;
    m->restarted = m->restarted || m->lost || !m->gateway;
    if (m->restarted)
        nat__monitor_news(m, &m->returns);
    else
        nat__monitor_check_soon(m, news);
}

/* It will go on under another number, and has not restarted (section 1.2.4). */
static void on_update(nat__monitor *m, const nat__ssdp_message *message)
{
    for (size_t i = 0; i < known_boots(m); i++)
        if (message->boot_id < 0 || m->boots[i].id == message->boot_id)
            m->boots[i].id = message->next_boot_id;
}

const nat__ip *nat__monitor_host(const nat__monitor *m)
{
    if (m->client->gateway_url.target)
        return &m->client->gateway_url.host;
    return m->gateway && !m->lost ? &m->gateway->location.host : NULL;
}

static void on_datagram(void *arg, nat__ip from, unsigned index, nat__str datagram)
{
    nat__monitor *m = arg;
    nat__ssdp_message message;
    const nat__ip *host = nat__monitor_host(m);
    (void)index;
    if ((host && !nat__ip_equal(from, *host)) || !nat__ssdp_parse(&message, datagram) ||
        !nat__ssdp_is_gateway_target(message.target))
        return;
    if (m->op && m->op->verb->searches)
        return; /* it is being looked for already */
    bool in_use = m->gateway && !m->lost;
    if (message.kind == NAT__SSDP_ALIVE)
        on_alive(m, message.location, message.boot_id);
    else if (message.kind == NAT__SSDP_UPDATE && in_use && message.next_boot_id >= 0)
        on_update(m, &message);
    else if (message.kind == NAT__SSDP_BYEBYE && in_use)
        nat__monitor_news(m, &m->byes);
}

/* ---- this host's network ---- */

static void on_net_change(void *arg)
{
    nat__monitor *m = arg;
    natupnp_client *client = m->client;
    nat__net net;
    nat__ip local;
    if (nat__net_read(&net) != NATUPNP_OK)
        return;
    if (m->hears)
        nat__notify_socket_join(&m->notify, &net, client->interface);
    bool reached = m->gateway && nat__net_source_for(m->gateway->control.host, &local);
    bool rerouted = net.route_count > 0 && !nat__ip_equal(net.routes[0].gateway, m->first_hop);
    bool stays = reached && (client->gateway_url.target || !rerouted ||
                             nat__net_is_default_gateway(&net, m->gateway->location.host));
    if (net.route_count > 0)
        m->first_hop = net.routes[0].gateway;
    nat__net_free(&net);
    if (!m->gateway || m->lost || !stays) {
        nat__monitor_gateway_back(m); /* another network, perhaps: look at once */
        return;
    }
    if (nat__ip_equal(m->local, local))
        return; /* it is as it was for us */
    nat__monitor_subscribe(m);
    nat__monitor_doubt_now(m);
}

/* ---- opening and closing ---- */

bool nat__monitor_open_parts(nat__monitor *m)
{
    natupnp_client *client = m->client;
    nat__subscriber subscriber = {m, on_event, on_doubt, on_away, on_refused};
    nat__notify_handler handler = {m, on_datagram};
    nat__net net;
    if (nat__subscription_open(&m->subscription, &client->loop, &client->log, client->http,
                               subscriber) != NATUPNP_OK)
        return false;
    natupnp_status status = nat__net_watch_open(&m->net, &client->loop, on_net_change, m);
    m->watches = status == NATUPNP_OK;
    if (status == NATUPNP_E_NOMEM)
        return false;
    if (nat__net_read(&net) != NATUPNP_OK)
        return true;
    if (net.route_count > 0)
        m->first_hop = net.routes[0].gateway;
    status = nat__notify_socket_open(&m->notify, &client->loop, &client->log, handler);
    m->hears = status == NATUPNP_OK;
    if (m->hears)
        nat__notify_socket_join(&m->notify, &net, client->interface);
    nat__net_free(&net);
    return status != NATUPNP_E_NOMEM;
}

void nat__monitor_close_parts(nat__monitor *m)
{
    nat__subscription_close(&m->subscription);
    nat__listener_close(m->listener);
    if (m->hears)
        nat__notify_socket_close(&m->notify);
    if (m->watches)
        nat__net_watch_close(&m->net);
}
