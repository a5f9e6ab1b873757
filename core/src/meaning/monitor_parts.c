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
    ASK_MS = 30 * 1000
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
    if (event->external_ip_told && nat__ip_is_special(event->external_ip)) {
        nat__monitor_set(m, &m->ask, ASK_MS); /* miniupnpd may lose the next one */
    } else if (event->external_ip_told) {
        nat__timer_clear(&m->client->loop, &m->ask);
        nat__monitor_learn_ip(m, nat__ip_text(event->external_ip, ip));
    }
    nat__monitor_learn_status(m, event->connection_status);
    learn_entries(m, event->number_of_entries);
}

static void on_doubt(void *arg)
{
    nat__monitor_doubt(arg);
}

static void on_away(void *arg)
{
    nat__monitor *m = arg;
    nat__monitor_gateway_away(m->client);
}

static void on_refused(void *arg)
{
    nat__monitor_poll(arg);
}

/* ---- announcements ---- */

static void on_alive(nat__monitor *m, const nat__ssdp_message *message)
{
    bool known = m->boot_id >= 0 && message->boot_id >= 0;
    m->restarted =
        m->restarted || m->lost || !m->gateway || (known && message->boot_id != m->boot_id);
    if (message->boot_id >= 0)
        m->boot_id = message->boot_id;
    /* The same number says little: a router without a clock has the same at each start, one of
     * UPnP 1.0 has none; and some announce two descriptions, so another one is no move. */
    if (m->restarted)
        nat__monitor_set(m, &m->news, 0);
    else
        nat__monitor_check_soon(m);
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
        on_alive(m, &message);
    else if (message.kind == NAT__SSDP_UPDATE && in_use && message.next_boot_id >= 0)
        m->boot_id = message.next_boot_id;
    else if (message.kind == NAT__SSDP_BYEBYE && in_use)
        nat__monitor_set(m, &m->news, 0);
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
    if (m->listener && nat__ip_equal(nat__listener_local(m->listener), local))
        return; /* it is as it was for us */
    nat__monitor_subscribe(m);
    nat__monitor_doubt(m);
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
