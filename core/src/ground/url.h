/* SPDX-License-Identifier: MIT */
#ifndef NAT__URL_H
#define NAT__URL_H

#include "ip.h"

#include <natupnp/status.h>

/* The longest URL that is read. Real ones stay far below; BT Voyager 210 needs more than 64. */
#define NAT__URL_MAX 2048

/*
 * An http URL. The host is numeric; where the text named a host instead, it is
 * none (family 0), and the caller decides which address to use.
 */
typedef struct nat__url {
    nat__ip host;
    uint16_t port;
    char *target; /* path and query, begins with "/"; owned */
} nat__url;

/*
 * Reads an absolute URL. NATUPNP_E_INVAL for another scheme, a user name,
 * control characters, spaces, port 0, or one that is too long.
 */
natupnp_status nat__url_parse(nat__url *out, nat__str text);

/* Resolves a reference against a base (RFC 3986, section 5.2). */
natupnp_status nat__url_resolve(nat__url *out, const nat__url *base, nat__str reference);

/*
 * Makes a link for people of a reference: the text of an absolute http or https URL, whose host may
 * be a name; freed by the caller, NULL on failure. NATUPNP_E_INVAL: it is none that may be given
 * out, for another scheme ("javascript:"), a user name ("http://bank.example@10.0.0.9/") or
 * characters that belong into no URL. NATUPNP_E_NOMEM.
 */
natupnp_status nat__url_page(char **out, const nat__url *base, nat__str reference);

natupnp_status nat__url_copy(nat__url *out, const nat__url *url);
void nat__url_free(nat__url *url);
bool nat__url_equal(const nat__url *a, const nat__url *b);

/* The URL as text, freed by the caller; NULL without memory. */
char *nat__url_text(const nat__url *url);

#endif
