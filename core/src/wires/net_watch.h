/* SPDX-License-Identifier: MIT */
#ifndef NAT__NET_WATCH_H
#define NAT__NET_WATCH_H

#include "loop.h"

/* A change brings others with it: a call comes after so long without one, or so long after the
 * first. */
enum { NAT__NET_WATCH_QUIET_MS = 50, NAT__NET_WATCH_LONGEST_MS = 500 };

/*
 * Tells that this host's IPv4 addresses, routes or interfaces have changed;
 * what is so now is nat__net_read()'s to say.
 */
typedef struct nat__net_watch {
    nat__loop *loop;
    nat__watch watch;
    nat__timer timer;
    int fd;
    uint64_t latest_ms; /* when the call comes at the latest, while the timer is set */
    void (*on_change)(void *arg);
    void *arg;
} nat__net_watch;

/*
 * NATUPNP_E_NOMEM, or NATUPNP_E_SYSTEM where the system does not tell, as in
 * some sandboxes: then nothing is watched, and there is nothing to close.
 * on_change comes from the loop and may close the watch.
 */
natupnp_status nat__net_watch_open(nat__net_watch *w, nat__loop *loop, void (*on_change)(void *arg),
                                   void *arg);
void nat__net_watch_close(nat__net_watch *w);

#endif
