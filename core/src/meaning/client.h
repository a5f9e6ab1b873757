/* SPDX-License-Identifier: MIT */
#ifndef NAT__CLIENT_H
#define NAT__CLIENT_H

#include "../ground/log.h"
#include "../ground/url.h"
#include "../wires/http.h"
#include "../wires/loop.h"
#include "gateway.h"

#include <natupnp/client.h>
#include <stdatomic.h>
#include <sys/types.h>

struct nat__keeper;
struct nat__monitor;
struct nat__search;

/* The budget leaves a process time to start and to say that there is no gateway, within 3 s. */
enum { NAT__KEY_BUCKETS = 256, NAT__TIMEOUT_MS = 10000, NAT__BUDGET_MS = 2950 };

struct natupnp_client {
    pid_t pid;              /* of the process that made it */
    atomic_uintptr_t owner; /* the thread inside, 0 for none */
    unsigned depth;         /* calls of that thread, one inside the other */
    bool doomed;            /* freed from inside a callback: freed when the call is left */
    nat__loop loop;
    nat__log log;
    nat__http *http;

    nat__url gateway_url; /* options; no target when none */
    char *interface;
    char *cache_dir;
    nat__ip trust_host;
    uint32_t timeout_ms;
    uint32_t budget_ms;
    natupnp_done_fn *on_done;
    void *on_done_arg;

    nat__link ops;                        /* every operation that has not been freed */
    nat__link runnable;                   /* those that go on in the next dispatch */
    nat__link done;                       /* those whose completion has not been taken */
    nat__link ended;                      /* the library's own that have ended */
    nat__link keys[NAT__KEY_BUCKETS + 1]; /* writers, in the order of their starts: turns.c */
    uint64_t next_id;

    nat__gateway *gateway; /* the chosen one, or NULL */
    nat__timer keep;       /* set while it is still to be written to the cache */
    struct nat__search *search;
    struct nat__keeper *keeper;   /* of kept mappings, or NULL */
    struct nat__monitor *monitor; /* of the gateway and the network, or NULL */
    bool watched;                 /* by the user: events are queued */
    nat__link events;             /* those that have not been taken */
    size_t event_count;

    natupnp_status last_status;
    char *last_detail; /* NULL for the status's own text */
};

#endif
