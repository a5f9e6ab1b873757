/* SPDX-License-Identifier: MIT */
#ifndef NAT__ACCEPTOR_H
#define NAT__ACCEPTOR_H

#include "../ground/ip.h"
#include "loop.h"

/* The descriptor is the callee's, close-on-exec and non-blocking. It does not close the acceptor.
 */
typedef void nat__accepted_fn(void *arg, int fd, const struct sockaddr_in *from);

/* A listening socket. Without descriptors it looks again after a while. */
typedef struct nat__acceptor {
    nat__loop *loop;
    nat__accepted_fn *on_accepted;
    void *arg;
    nat__watch watch;
    nat__timer pause; /* until there may be descriptors again */
    int fd;
    uint16_t port;
} nat__acceptor;

/* Listens on any free port of a local address. NATUPNP_E_SYSTEM or NATUPNP_E_NOMEM. */
natupnp_status nat__acceptor_open(nat__acceptor *a, nat__loop *loop, nat__ip local,
                                  nat__accepted_fn *on_accepted, void *arg);

void nat__acceptor_close(nat__acceptor *a);

#endif
