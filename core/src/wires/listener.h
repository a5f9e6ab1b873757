/* SPDX-License-Identifier: MIT */
#ifndef NAT__LISTENER_H
#define NAT__LISTENER_H

#include "../ground/log.h"
#include "../words/gena.h"
#include "loop.h"

/* An event as it came, borrowed during the call. */
typedef struct nat__notify {
    nat__gena_header headers[4]; /* NT, NTS, SID and SEQ, those that came */
    size_t header_count;
    nat__str body; /* at most NAT__GENA_BODY_MAX bytes */
} nat__notify;

/*
 * Gives the HTTP status to answer with. Called from the loop, never from
 * inside of another call; may do whatever it wants, close its listener included.
 */
typedef unsigned nat__notify_fn(void *arg, const nat__notify *notify);

/* A slash and 128 random bits; and a URL with it. */
enum { NAT__EXPECTED_PATH = 1 + 32, NAT__EXPECTED_URL = 64 };

/*
 * Events that are expected from one host, at a path that nobody else can
 * guess. Zero-initialised it is nothing.
 */
typedef struct nat__expected {
    nat__link link; /* in its listener's list; not set when nothing is expected */
    nat__ip from;
    nat__notify_fn *on_notify;
    void *arg;
    char path[NAT__EXPECTED_PATH + 1];
    char url[NAT__EXPECTED_URL]; /* the whole, such as "http://192.168.1.2:34567/3b1f..." */
} nat__expected;

/* A gateway sends its events one after the other; the bounds are for those that mean harm. */
enum {
    NAT__CONNECTIONS_OF_ONE_MAX = 4, /* of one address; a newer one ends the oldest */
    NAT__CONNECTIONS_MAX = 16,
    NAT__CONNECTION_MS = 5000 /* from its beginning to its end */
};

/*
 * Where gateways send their events: an HTTP server for NOTIFY in the client's
 * own loop. It lets in only hosts that something is expected from, few
 * connections at a time and each for a short time, with one request each. A
 * path that is not expected is answered with 404, another method with 405, a
 * body beyond NAT__GENA_BODY_MAX with 413, and what makes no sense as
 * words/request.h has it.
 */
typedef struct nat__listener nat__listener;

/* Listens on a local address, at any free port. NATUPNP_E_NOMEM or NATUPNP_E_SYSTEM. */
natupnp_status nat__listener_open(nat__listener **out, nat__loop *loop, nat__log *log,
                                  nat__ip local);

/* Ends all connections; nothing is expected any more. NULL is allowed. */
void nat__listener_close(nat__listener *listener);

/* The address it listens on. */
nat__ip nat__listener_local(const nat__listener *listener);

/*
 * Expects events from a host, at a new path: the URL for the gateway stands in
 * *expected. NATUPNP_E_SYSTEM: there is no randomness yet; nothing is expected.
 */
natupnp_status nat__listener_expect(nat__listener *listener, nat__expected *expected, nat__ip from,
                                    nat__notify_fn *on_notify, void *arg);

/* Expects them no more, also when its listener was closed before. */
void nat__listener_forget(nat__expected *expected);

#endif
