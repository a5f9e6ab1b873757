/* SPDX-License-Identifier: MIT */
#ifndef NAT__IP_H
#define NAT__IP_H

#include "str.h"

#include <netinet/in.h>

/* A numeric address. A zero-initialised one is none. */
typedef struct nat__ip {
    uint8_t family; /* 0, 4 or 6 */
    uint8_t bytes[16];
} nat__ip;

/* Long enough for any address as text, with its NUL. */
#define NAT__IP_TEXT 46

/* Reads a numeric address; the scope of an IPv6 one, after "%", is dropped. */
bool nat__ip_parse(nat__ip *out, nat__str text);

/* Writes the address into the caller's array of NAT__IP_TEXT bytes, given back; "" for none. */
const char *nat__ip_text(nat__ip ip, char text[NAT__IP_TEXT]);

nat__ip nat__ip_from_v4(struct in_addr address);
struct sockaddr_in nat__ip_to_v4(nat__ip ip, uint16_t port);

bool nat__ip_equal(nat__ip a, nat__ip b);
bool nat__ip_in_prefix(nat__ip ip, nat__ip network, unsigned prefix);

/* Never to be contacted because a device said so: loopback, multicast, unspecified, broadcast. */
bool nat__ip_is_special(nat__ip ip);

/* Whether the whole Internet can reach it: not special, private, shared (RFC 6598) or reserved. */
bool nat__ip_is_public(nat__ip ip);

#endif
