/* SPDX-License-Identifier: MIT */
#ifndef NAT__ACCEPTOR_H
#define NAT__ACCEPTOR_H

#include "../ground/ip.h"
#include "../ground/list.h"
#include "loop.h"

/* A gateway sends its events one after the other; the bounds are for those that mean harm. */
enum {
    NAT__GUESTS_OF_ONE_MAX = 4, /* connections of one address */
    NAT__GUESTS_MAX = 16,
    NAT__GUEST_MS = 5000 /* from its connection to the end of its request */
};

/*
 * A connection that was let in. When its time is over, or a newer one needs
 * its place, its socket is shut down: whoever drives it sees its end and
 * closes it. So neither silence nor a drip of bytes keeps others out.
 */
typedef struct nat__guest {
    nat__link link; /* in the acceptor's list, the oldest first */
    nat__loop *loop;
    nat__timer deadline;
    nat__ip from;
    int fd;
    bool shut;
} nat__guest;

/* What an acceptor asks and tells. Only the last may close the acceptor. */
typedef struct nat__door {
    void *arg;
    bool (*admits)(void *arg, nat__ip from);
    /* The descriptor is the callee's, close-on-exec and non-blocking; nat__guest_enter() follows.
     */
    void (*on_guest)(void *arg, int fd, const struct sockaddr_in *from);
    /* All that can be accepted now has been told. */
    void (*on_settled)(void *arg);
} nat__door;

/* A listening socket that lets only some hosts in, few at a time. */
typedef struct nat__acceptor {
    nat__loop *loop;
    nat__door door;
    nat__watch watch;
    nat__timer pause; /* until there may be descriptors again */
    nat__link guests;
    int fd;
    uint16_t port;
} nat__acceptor;

/* Listens on any free port of a local address. NATUPNP_E_SYSTEM or NATUPNP_E_NOMEM. */
natupnp_status nat__acceptor_open(nat__acceptor *a, nat__loop *loop, nat__ip local, nat__door door);

/* Its guests stay, with their deadlines. */
void nat__acceptor_close(nat__acceptor *a);

/* Starts a guest's time and makes room for it. NATUPNP_E_NOMEM: it is no guest. */
natupnp_status nat__guest_enter(nat__acceptor *a, nat__guest *guest, int fd, nat__ip from);

/* Before its descriptor is closed by others. */
void nat__guest_leave(nat__guest *guest);

/* Ends its connection, in both directions. */
void nat__guest_shut(nat__guest *guest);

#endif
