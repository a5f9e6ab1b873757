/* SPDX-License-Identifier: MIT */
#ifndef NAT__SEARCH_H
#define NAT__SEARCH_H

#include "../wires/ssdp_socket.h"
#include "candidate.h"
#include "op.h"

/* A socket of the search and where it searches. */
typedef struct nat__search_socket {
    nat__ssdp_socket socket;
    const nat__netif *netif;
    bool multicast;
} nat__search_socket;

enum { NAT__REFUSALS_MAX = 8 };

/*
 * The search for gateways. A client has one at most; every operation that
 * needs a gateway meanwhile waits for it, and it goes on when they are
 * cancelled.
 */
typedef struct nat__search {
    natupnp_client *client;
    nat__net net;
    nat__trust trust; /* but for who answered */
    nat__search_socket *sockets;
    size_t socket_count;
    unsigned bursts;
    uint64_t started_ms;
    uint64_t budget_ms;
    nat__timer budget;
    nat__timer repeat;
    nat__timer look; /* evaluates when something may have been decided by time */
    nat__link candidates;
    nat__link waiters; /* operations, by their turn */
    nat__ip refusals[NAT__REFUSALS_MAX];
    size_t refusal_count;
    nat__candidate *chosen;
} nat__search;

/* Lets an operation wait for the search, which is started when none is under way. */
void nat__search_join(natupnp_client *client, natupnp_op *op, bool skip_cache);

void nat__search_free(nat__search *search);

/* Ends an operation with the client's gateway, then the others of a search (NULL for none). */
void nat__search_give(nat__search *search, natupnp_op *op);

/* Opens a socket on each usable interface (search_io.c). NATUPNP_E_NOMEM. */
natupnp_status nat__search_open_sockets(nat__search *search);

/* Sends a burst of searches, and sets the timer for the next one; arg is the search. */
void nat__search_send(void *arg);

/* Looks whether a gateway can be chosen now; may free the search. */
void nat__search_evaluate(nat__search *search);

/* A gateway that was chosen turned out to be gone: it is not chosen again. NULL is no search. */
void nat__search_forget(nat__search *search, const nat__gateway *gateway);

/* The gateway in use turned out to be gone: the next operation that needs one searches. */
void nat__search_lose(natupnp_client *client, const nat__gateway *gateway);

/* Ends a search at a given URL that nobody waits for any more. */
void nat__search_drop_stale(natupnp_client *client);

/* Evaluates from the loop, where the search must not be freed at once. */
void nat__search_evaluate_later(nat__search *search);

/* The gateway that the rules prefer by now, or NULL; *at_ms is when to look again, 0 for not by
 * time. */
nat__candidate *nat__search_choose(nat__search *search, uint64_t *at_ms);

/* The best that there is when the time is up; NULL when nobody is ready. */
nat__candidate *nat__search_best(nat__search *search);

/* Whether a host said that it has no UPnP. */
bool nat__search_is_refused(const nat__search *search, nat__ip host);

/* What was tried, what came of it and what to check; freed by the caller, NULL without memory. */
char *nat__search_verdict(const nat__search *search);

#endif
