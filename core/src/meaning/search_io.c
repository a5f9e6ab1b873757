/* SPDX-License-Identifier: MIT */
/* What a search sends, and what it makes of the answers. */
#include "search.h"

#include "../words/ssdp.h"

#include <stdlib.h>
#include <string.h>

enum {
    MX_S = 1,
    BURSTS = 3,
    REPEAT_MS = 900, /* some devices answer one search a second */
    CANDIDATES_MAX = 32,
    CANDIDATES_PER_HOST = 8
};

/* ---- what comes in ---- */

static void on_refused(void *arg, nat__ip host)
{
    nat__search *s = arg;
    if (s->refusal_count == NAT__REFUSALS_MAX || nat__search_is_refused(s, host))
        return;
    s->refusals[s->refusal_count++] = host;
    nat__search_evaluate_later(s);
}

bool nat__search_is_refused(const nat__search *search, nat__ip host)
{
    for (size_t i = 0; i < search->refusal_count; i++)
        if (nat__ip_equal(search->refusals[i], host))
            return true;
    return false;
}

/* Whether there is no room for another answer, or it is one that came before. */
static bool is_superfluous(const nat__search *s, const nat__url *location, nat__ip from)
{
    size_t all = 0, of_host = 0;
    NAT__LIST_EACH (&s->candidates, it) {
        const nat__candidate *c = NAT__MEMBER(it, nat__candidate, link);
        if (nat__url_equal(&c->location, location))
            return true;
        all++;
        of_host += nat__ip_equal(c->from, from);
    }
    /* A crowd of others must not keep the default gateway out. */
    bool crowded = all >= CANDIDATES_MAX && !nat__net_is_default_gateway(&s->net, from);
    return crowded || of_host >= CANDIDATES_PER_HOST;
}

static void on_datagram(void *arg, nat__ip from, unsigned index, nat__str datagram)
{
    nat__search *s = arg;
    nat__log *log = &s->client->log;
    nat__ssdp_message message;
    char text[NAT__IP_TEXT];
    if (!nat__ssdp_parse(&message, datagram) ||
        (message.kind != NAT__SSDP_ANSWER && message.kind != NAT__SSDP_ALIVE) ||
        !nat__ssdp_is_gateway_target(message.target))
        return;
    const nat__netif *netif = nat__net_on_link(&s->net, index, from);
    if (!netif && !nat__net_is_default_gateway(&s->net, from)) {
        nat__log_line(log, NATUPNP_LOG_WARNING, "an answer from %s, which is not on this network",
                      nat__ip_text(from, text));
        return;
    }
    nat__url location;
    if (nat__url_parse(&location, message.location) != NATUPNP_OK) {
        nat__log_line(log, NATUPNP_LOG_WARNING, "an answer from %s with an unusable LOCATION",
                      nat__ip_text(from, text));
        return;
    }
    nat__trust trust = s->trust;
    trust.answered = from;
    nat__trust_apply(&trust, &location);
    if (!is_superfluous(s, &location, from) &&
        nat__candidate_add(s, &location, from, netif ? netif->name : "", message.boot_id) !=
            NATUPNP_OK)
        nat__log_line(log, NATUPNP_LOG_WARNING, "no memory for an answer");
    nat__url_free(&location);
}

/* ---- what goes out ---- */

static void send_searches(nat__search *s, nat__search_socket *socket, const char *host)
{
    nat__ip to;
    nat__ip_parse(&to, nat__str_of(host));
    for (size_t i = 0; nat__ssdp_targets[i]; i++) {
        nat__buf datagram = {0};
        nat__ssdp_build_search(&datagram, host, nat__ssdp_targets[i], MX_S,
                               nat__http_user_agent(s->client->http));
        if (datagram.failed == NATUPNP_OK)
            nat__ssdp_socket_send(&socket->socket, to, (nat__str){datagram.at, datagram.length});
        nat__buf_free(&datagram);
    }
}

/* To each default gateway itself first: that opens host firewalls, and is answered soonest. */
static void send_burst(nat__search *s)
{
    char text[NAT__IP_TEXT];
    for (size_t i = 0; i < s->socket_count; i++)
        for (size_t j = 0; j < s->net.route_count; j++) {
            const nat__route *route = &s->net.routes[j];
            const nat__netif *netif = s->sockets[i].netif;
            if (route->index == netif->index && !netif->point_to_point &&
                nat__ip_in_prefix(route->gateway, netif->address, netif->prefix))
                send_searches(s, &s->sockets[i], nat__ip_text(route->gateway, text));
        }
    for (size_t i = 0; i < s->socket_count; i++)
        if (s->sockets[i].multicast)
            send_searches(s, &s->sockets[i], NAT__SSDP_GROUP);
    s->bursts++;
}

void nat__search_send(void *arg)
{
    nat__search *s = arg;
    send_burst(s);
    if (s->bursts < BURSTS)
        nat__timer_set(&s->client->loop, &s->repeat, nat__loop_now(&s->client->loop) + REPEAT_MS);
}

/* Whether a second address of an interface is in the network of an earlier one. */
static bool is_secondary(const nat__search *s, const nat__netif *netif)
{
    for (size_t i = 0; i < s->socket_count; i++) {
        const nat__netif *other = s->sockets[i].netif;
        if (other->index == netif->index &&
            nat__ip_in_prefix(netif->address, other->address, other->prefix))
            return true;
    }
    return false;
}

static bool has_default_route(const nat__search *s, const nat__netif *netif)
{
    for (size_t i = 0; i < s->net.route_count; i++)
        if (s->net.routes[i].index == netif->index)
            return true;
    return false;
}

natupnp_status nat__search_open_sockets(nat__search *s)
{
    const char *only = s->client->interface;
    nat__ssdp_handler handler = {s, on_datagram, on_refused};
    s->sockets = calloc(s->net.interface_count + 1, sizeof *s->sockets);
    if (!s->sockets)
        return NATUPNP_E_NOMEM;
    for (size_t i = 0; i < s->net.interface_count; i++) {
        const nat__netif *netif = &s->net.interfaces[i];
        bool multicast = netif->multicast && !netif->loopback && !netif->point_to_point;
        if ((only && strcmp(only, netif->name) != 0) || is_secondary(s, netif) ||
            (!multicast && !has_default_route(s, netif)))
            continue;
        nat__search_socket *socket = &s->sockets[s->socket_count];
        socket->netif = netif;
        socket->multicast = multicast;
        natupnp_status status = nat__ssdp_socket_open(&socket->socket, &s->client->loop,
                                                      &s->client->log, netif, handler);
        if (status == NATUPNP_E_NOMEM)
            return status;
        if (status == NATUPNP_OK)
            s->socket_count++;
        else
            nat__log_line(&s->client->log, NATUPNP_LOG_WARNING, "cannot search on %s", netif->name);
    }
    return NATUPNP_OK;
}
