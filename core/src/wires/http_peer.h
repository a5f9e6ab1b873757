/* SPDX-License-Identifier: MIT */
#ifndef NAT__HTTP_PEER_H
#define NAT__HTTP_PEER_H

#include "../ground/ip.h"
#include "../ground/list.h"

/*
 * How many requests one device gets at a time. Small routers drop the rest of
 * a burst for a second, so it begins with four, grows to eight with success,
 * halves when a connection is slow to come and falls to one after a reset.
 */
typedef struct nat__http_peer {
    nat__link link; /* in the client's list of peers */
    nat__link waiting;
    nat__ip host;
    uint16_t port;
    unsigned active;
    unsigned limit;
    unsigned good; /* replies since the limit changed */
} nat__http_peer;

/* What a request says about its peer. */
typedef struct nat__http_evidence {
    bool connected_anew;
    uint64_t connect_ms;
    bool reset;
    bool answered;
} nat__http_evidence;

/* The peer with this address, made when it is new; NULL without memory. */
nat__http_peer *nat__http_peer_get(nat__link *peers, nat__ip host, uint16_t port);

/* Draws the conclusion from a request that has ended. */
void nat__http_peer_learn(nat__http_peer *peer, const nat__http_evidence *evidence);

#endif
