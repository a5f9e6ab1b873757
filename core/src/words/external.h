/* SPDX-License-Identifier: MIT */
#ifndef NAT__EXTERNAL_H
#define NAT__EXTERNAL_H

#include "../ground/ip.h"

#include <natupnp/status.h>

/* What is known of a gateway's external address. Zero-initialised: it was not asked for. */
typedef struct nat__external {
    natupnp_status status; /* why it is not known; NATUPNP_OK with an address, or before asking */
    int fault;             /* with NATUPNP_E_FAULT or _E_NOT_PERMITTED */
    char ip[NAT__IP_TEXT]; /* "" while it is not known */
} nat__external;

/*
 * Reads what a gateway says of its external address: NATUPNP_OK, NATUPNP_E_NO_ADDRESS (empty or
 * 0.0.0.0, which many say while they are not connected), NATUPNP_E_BAD_REPLY (anything else that is
 * not the IPv4 address of one host). *out is none unless NATUPNP_OK.
 */
natupnp_status nat__external_read(nat__ip *out, nat__str text);

/* The result for people and programs: NATUPNP_E_PENDING before asking. */
natupnp_status nat__external_status(const nat__external *external);

/* A line that says why an address is not known; "" for one that is. Static. */
const char *nat__external_reason(const nat__external *external);

#endif
