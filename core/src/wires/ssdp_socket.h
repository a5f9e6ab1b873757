/* SPDX-License-Identifier: MIT */
#ifndef NAT__SSDP_SOCKET_H
#define NAT__SSDP_SOCKET_H

#include "../ground/log.h"
#include "../ground/net.h"
#include "loop.h"

/* The standard's port and group (UPnP Device Architecture 1.1, section 1.3). */
#define NAT__SSDP_PORT 1900
#define NAT__SSDP_GROUP "239.255.255.250"

struct nat__ssdp_socket;

/* Receives what arrives; either may close no socket but only note what came. */
typedef struct nat__ssdp_handler {
    void *arg;
    /* index: the interface that it came in on. */
    void (*on_datagram)(void *arg, nat__ip from, unsigned index, nat__str datagram);
    /* A host said that it listens on no such port (ICMP), or cannot be reached. */
    void (*on_refused)(void *arg, nat__ip host);
} nat__ssdp_handler;

/* A socket for searches on one interface address: both multicast and unicast leave from it. */
typedef struct nat__ssdp_socket {
    nat__loop *loop;
    nat__log *log;
    nat__ssdp_handler handler;
    nat__watch watch;
    int fd;
} nat__ssdp_socket;

natupnp_status nat__ssdp_socket_open(nat__ssdp_socket *s, nat__loop *loop, nat__log *log,
                                     const nat__netif *netif, nat__ssdp_handler handler);
void nat__ssdp_socket_close(nat__ssdp_socket *s);

/* Sends one datagram. False when the network refuses it now. */
bool nat__ssdp_socket_send(nat__ssdp_socket *s, nat__ip to, nat__str datagram);

#endif
