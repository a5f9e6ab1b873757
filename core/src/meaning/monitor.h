/* SPDX-License-Identifier: MIT */
#ifndef NAT__MONITOR_H
#define NAT__MONITOR_H

#include "client.h"

/*
 * Looks after the gateway and this host's network, while the user watches or
 * mappings are kept: what it hears becomes events, and tells the keeper when
 * there is reason to doubt.
 */
typedef struct nat__monitor nat__monitor;

/* The user watches from now on, or no longer. NATUPNP_E_NOMEM or NATUPNP_E_SYSTEM. */
natupnp_status nat__monitor_begin(natupnp_client *client);
void nat__monitor_end(natupnp_client *client);

/* Begins when there is a reason to, and ends when there is none any more. False without memory. */
bool nat__monitor_review(natupnp_client *client);

void nat__monitor_free(nat__monitor *monitor);

/*
 * Ends the watching and the subscription for good; done is called when the
 * gateway has answered to that. NULL when there is nothing to wait for.
 */
nat__http_request *nat__monitor_farewell(natupnp_client *client, nat__http_done *done, void *arg);

/* An entry is being removed for this client: that the gateway has one less tells nothing. */
void nat__monitor_removes(natupnp_client *client);

/* A gateway was taken into use; the one in use does not answer, or is gone. */
void nat__monitor_gateway_found(natupnp_client *client);
void nat__monitor_gateway_away(natupnp_client *client);

#endif
