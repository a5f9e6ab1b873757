/* SPDX-License-Identifier: MIT */
/* What the monitor hears: events, announcements, and changes of this host's network. */
#include "monitor_parts.h"

#include "../words/ssdp.h"
#include "event.h"
#include "keeper.h"

#include <stdio.h>
#include <string.h>

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
    bool fell = entries < m->entries;
    m->entries = entries;
    nat__event_number_of_entries(m->client, entries);
    if (fell && (uint64_t)entries < nat__keeper_count(m->client->keeper))
        nat__keeper_doubt(m->client); /* fewer than there should be */
}

static void on_event(void *arg, const nat__gena_event *event)
{
    nat__monitor *m = arg;
    char ip[NAT__IP_TEXT];
    if (event->external_ip_told && !nat__ip_is_special(event->external_ip))
        nat__monitor_learn_ip(m, nat__ip_text(event->external_ip, ip));
    nat__monitor_learn_status(m, event->connection_status);
    learn_entries(m, event->number_of_entries);
}

static void on_doubt(void *arg)
{
    nat__monitor *m = arg;
    nat__keeper_doubt(m->client);
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

/* Whether an announcement names another description than the one in use. */
static bool has_moved(const nat__monitor *m, nat__ip from, nat__str text)
{
    nat__url location;
    if (nat__url_parse(&location, text) != NATUPNP_OK)
        return false;
    nat__trust trust = {.answered = from};
    nat__trust_apply(&trust, &location);
    bool moved = !nat__url_equal(&location, &m->gateway->location);
    nat__url_free(&location);
    return moved;
}

static void on_alive(nat__monitor *m, nat__ip from, const nat__ssdp_message *message)
{
    bool known = m->boot_id >= 0 && message->boot_id >= 0;
    bool restarted = known && message->boot_id != m->boot_id;
    if (message->boot_id >= 0)
        m->boot_id = message->boot_id;
    bool moved = m->gateway && has_moved(m, from, message->location);
    if (m->lost || !m->gateway || restarted)
        m->restarted = true;
    else if ((moved || !known) && nat__monitor_may_check(m))
        m->check = true; /* perhaps: some announce two descriptions, UPnP 1.0 no restarts */
    else
        return;
    nat__monitor_look_now(m);
}

static void on_datagram(void *arg, nat__ip from, unsigned index, nat__str datagram)
{
    nat__monitor *m = arg;
    nat__ssdp_message message;
    (void)index;
    if (m->op || !nat__ssdp_parse(&message, datagram) ||
        !nat__ssdp_is_gateway_target(message.target))
        return; /* it is being looked for already */
    bool ours = m->gateway && nat__ip_equal(from, m->gateway->location.host);
    if (message.kind == NAT__SSDP_ALIVE && (ours || m->lost || !m->gateway)) {
        on_alive(m, from, &message);
    } else if (message.kind == NAT__SSDP_UPDATE && ours && message.next_boot_id >= 0) {
        m->boot_id = message.next_boot_id;
    } else if (message.kind == NAT__SSDP_BYEBYE && ours && !m->lost) {
        m->gone = true;
        nat__monitor_look_now(m);
    }
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
    bool given = client->gateway_url.target != NULL;
    bool reached = m->gateway && nat__net_source_for(m->gateway->control.host, &local);
    bool stays =
        reached && (given || nat__net_is_default_gateway(&net, m->gateway->location.host) ||
                    net.route_count == 0);
    nat__net_free(&net);
    if (!m->gateway || m->lost || !stays) {
        nat__monitor_gateway_back(m); /* another network, perhaps: look at once */
        return;
    }
    if (m->listener && nat__ip_equal(nat__listener_local(m->listener), local))
        return; /* it is as it was for us */
    nat__monitor_subscribe(m);
    nat__keeper_doubt(client);
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
    if (client->gateway_url.target || nat__net_read(&net) != NATUPNP_OK)
        return true; /* a gateway whose URL was given need not announce itself here */
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
