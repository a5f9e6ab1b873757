/* SPDX-License-Identifier: MIT */
#ifndef NAT__EXPECTED_H
#define NAT__EXPECTED_H

#include "../ground/list.h"
#include "../words/gena.h"

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

/* Gives it a new path and puts it into a list. NATUPNP_E_SYSTEM: there is no randomness yet. */
natupnp_status nat__expected_add(nat__link *list, nat__expected *expected, nat__ip local,
                                 uint16_t port);
void nat__expected_remove(nat__expected *expected);

/* Whether anything is expected from a host, and what at a path; NULL for nothing. */
bool nat__expected_from(const nat__link *list, nat__ip from);
nat__expected *nat__expected_find(const nat__link *list, nat__ip from, nat__str path);

#endif
