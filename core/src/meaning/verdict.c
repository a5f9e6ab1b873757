/* SPDX-License-Identifier: MIT */
/* What a search that found no gateway says to people. */
#include "search.h"

#include <string.h>

static void add_tried(nat__buf *out, const nat__search *s)
{
    char text[NAT__IP_TEXT];
    const char *separator = "";
    for (size_t i = 0; i < s->socket_count; i++) {
        const nat__netif *netif = s->sockets[i].netif;
        for (size_t j = 0; j < s->net.route_count; j++) {
            const nat__route *route = &s->net.routes[j];
            if (route->index != netif->index)
                continue;
            nat__buf_addf(out, "%sthe default gateway %s", separator,
                          nat__ip_text(route->gateway, text));
            separator = ", ";
        }
        if (s->sockets[i].multicast) {
            nat__buf_addf(out, "%severy device on %s", separator, netif->name);
            nat__buf_addf(out, " (from %s)", nat__ip_text(netif->address, text));
            separator = ", ";
        }
    }
}

static size_t add_failures(nat__buf *out, const nat__search *s)
{
    char text[NAT__IP_TEXT];
    size_t count = 0;
    for (size_t i = 0; i < s->refusal_count; i++, count++)
        nat__buf_addf(out, "; %s refuses searches: UPnP is off there",
                      nat__ip_text(s->refusals[i], text));
    NAT__LIST_EACH (&s->candidates, it) {
        const nat__candidate *c = NAT__MEMBER(it, nat__candidate, link);
        count++;
        if (c->why_not)
            nat__buf_addf(out, "; %s", c->why_not);
        else if (c->state == NAT__CANDIDATE_FETCHING)
            nat__buf_addf(out, "; %s answered but did not give its description in time",
                          nat__ip_text(c->from, text));
    }
    return count;
}

/* The interface that was asked for is there, but not usable, or not at all. */
static void add_no_socket(nat__buf *out, const nat__search *s)
{
    const char *only = s->client->interface;
    if (only && if_nametoindex(only) == 0) {
        nat__buf_addf(out, "there is no network interface %s", only);
        const char *separator = "; there are: ";
        for (size_t i = 0; i < s->net.interface_count; i++) {
            nat__buf_addf(out, "%s%s", separator, s->net.interfaces[i].name);
            separator = ", ";
        }
    } else if (only) {
        nat__buf_addf(out, "%s is down or has no IPv4 address: connect it, or choose another",
                      only);
    } else {
        nat__buf_adds(out,
                      "no network interface is up with an IPv4 address and a network to search "
                      "on: connect this host to the router's network");
    }
}

char *nat__search_verdict(const nat__search *s)
{
    nat__buf out = {0};
    if (s->client->gateway_url.target) {
        const nat__candidate *c = NAT__MEMBER(s->candidates.next, nat__candidate, link);
        nat__buf_addf(&out,
                      "%s; check the URL of the gateway's description, or leave it out to search",
                      c->why_not ? c->why_not : "the gateway did not give its description in time");
        return nat__buf_take(&out);
    }
    if (s->socket_count == 0) {
        add_no_socket(&out, s);
        return nat__buf_take(&out);
    }
    unsigned tenths = (unsigned)((s->budget_ms + 50) / 100);
    nat__buf_addf(&out, "no UPnP gateway answered within %u.%u s; asked ", tenths / 10,
                  tenths % 10);
    add_tried(&out, s);
    size_t failures = add_failures(&out, s);
    if (s->net.route_count == 0)
        nat__buf_adds(&out, "; this host has no IPv4 default route");
    nat__buf_adds(&out, "; check that UPnP is switched on in the router's settings");
    if (failures == 0)
        nat__buf_adds(&out, ", that no firewall on this host drops UDP answers from port 1900, and "
                            "that no container, virtual machine or VPN stands in between");
    return nat__buf_take(&out);
}
