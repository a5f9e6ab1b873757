/* SPDX-License-Identifier: MIT */
#ifndef NAT__CACHE_H
#define NAT__CACHE_H

#include "client.h"

/*
 * The gateway that served last, kept in a file for the next process. It is
 * used only while the same default gateway leads out, at that address, and
 * only until the search has confirmed or replaced it.
 */

/* The cached gateway, tentative; NULL when there is none for this network. */
nat__gateway *nat__cache_read(natupnp_client *client, const nat__net *net);

/*
 * Reads the file's text. The caller frees location and description, also when
 * it is false: no such file, or one that makes no sense.
 */
bool nat__cache_parse(nat__str text, nat__url *location, nat__description *description,
                      char interface[IF_NAMESIZE]);

/* Makes the client able to keep its gateway. NATUPNP_E_NOMEM. */
natupnp_status nat__cache_open(natupnp_client *client);

/*
 * Keeps the client's gateway: a moment later, when requests are on their way
 * and a file may take its time; at the latest when the cache is closed. Does
 * nothing without the option. Failures are logged.
 */
void nat__cache_keep(natupnp_client *client);
void nat__cache_close(natupnp_client *client);

#endif
