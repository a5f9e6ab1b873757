/* SPDX-License-Identifier: MIT */
#ifndef NAT__NOTIFY_SOCKET_H
#define NAT__NOTIFY_SOCKET_H

#include "../ground/log.h"
#include "../ground/net.h"
#include "loop.h"
#include "notify_filter.h"

enum { NAT__NOTIFY_JOINS_MAX = 16 };

/* Receives what arrives; it may not close the socket, but only note what came. */
typedef struct nat__notify_handler {
    void *arg;
    /* index: the interface that it came in on. */
    void (*on_datagram)(void *arg, nat__ip from, unsigned index, nat__str datagram);
} nat__notify_handler;

/* A socket that hears what the devices on the network announce (SSDP NOTIFY). */
typedef struct nat__notify_socket {
    nat__loop *loop;
    nat__log *log;
    nat__notify_handler handler;
    nat__watch watch;
    int fd;
    bool filtered;                          /* by sources */
    unsigned joined[NAT__NOTIFY_JOINS_MAX]; /* indices of interfaces */
    size_t joined_count;
} nat__notify_socket;

/*
 * Opens the socket; it hears nothing before nat__notify_socket_join(). From
 * then on any gateway's announcements come, until nat__notify_socket_limit().
 * NATUPNP_E_NOMEM or NATUPNP_E_SYSTEM: another program has taken the port for
 * itself, or this one may not. Then there is nothing to hear, nothing to close,
 * and the caller asks from time to time instead.
 */
natupnp_status nat__notify_socket_open(nat__notify_socket *s, nat__loop *loop, nat__log *log,
                                       nat__notify_handler handler);
void nat__notify_socket_close(nat__notify_socket *s);

/*
 * Hears on each interface that can have a gateway, or on the one that is named,
 * and no longer on those that have gone: to be called whenever the network has
 * changed. Gives the number of interfaces heard on.
 */
size_t nat__notify_socket_join(nat__notify_socket *s, const nat__net *net, const char *only);

/*
 * Wakes only for these addresses; for any gateway again when there are none.
 * What came before may still be handed over. The statuses are those of
 * nat__notify_filter_set(), and nothing changes then.
 */
natupnp_status nat__notify_socket_limit(nat__notify_socket *s, const nat__ip *sources,
                                        size_t count);

#endif
