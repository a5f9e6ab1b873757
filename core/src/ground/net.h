/* SPDX-License-Identifier: MIT */
#ifndef NAT__NET_H
#define NAT__NET_H

#include "ip.h"

#include <natupnp/status.h>
#include <net/if.h>

/* An IPv4 address of this host on an interface that is up and running. */
typedef struct nat__netif {
    char name[IF_NAMESIZE];
    unsigned index;
    nat__ip address;
    unsigned prefix;
    bool multicast;
    bool point_to_point;
    bool loopback;
} nat__netif;

/* The next hop of a default route. */
typedef struct nat__route {
    nat__ip gateway;
    unsigned index; /* of its interface */
} nat__route;

/* What the host knows of its network now. */
typedef struct nat__net {
    nat__netif *interfaces;
    size_t interface_count;
    nat__route *routes;
    size_t route_count;
} nat__net;

/* Reads interfaces and default routes. NATUPNP_E_NOMEM or NATUPNP_E_SYSTEM. */
natupnp_status nat__net_read(nat__net *out);
void nat__net_free(nat__net *net);

/* The interface with this index whose prefix holds the address; NULL when it is elsewhere. */
const nat__netif *nat__net_on_link(const nat__net *net, unsigned index, nat__ip address);

/* Whether this address is the next hop of a default route. */
bool nat__net_is_default_gateway(const nat__net *net, nat__ip address);

/* The local address that packets to a host leave from; asks the kernel, sends nothing. */
bool nat__net_source_for(nat__ip to, nat__ip *out);

#endif
