/* SPDX-License-Identifier: MIT */
#ifndef NAT__MAPPING_H
#define NAT__MAPPING_H

#include "external.h"
#include "soap.h"

#include <natupnp/mapping.h>
#include <natupnp/static.h>

/* The values of a mapping. As part of a natupnp_mapping it owns its texts, else it borrows them. */
typedef struct nat__mapping_values {
    const char *remote_host; /* "" for any */
    const char *internal_client;
    const char *description;
    const char *gateway; /* who holds it: see nat__gateway_identity(); "" when unknown */
    uint16_t external_port;
    uint16_t internal_port;
    natupnp_protocol protocol;
    bool enabled;
    uint32_t lease_s;
} nat__mapping_values;

/* One block of memory: the values, then their texts. The external address comes later. */
struct natupnp_mapping {
    nat__mapping_values values;
    nat__external external;
    char texts[];
};

/* Copies values, the external address unknown; freed by free(). NULL without memory. */
natupnp_mapping *nat__mapping_new(const nat__mapping_values *values);

/* A growing array of mappings, zero-initialised. */
typedef struct nat__mappings {
    natupnp_mapping **at; /* owned, each */
    size_t count;
    size_t bytes; /* what all of them take */
    size_t limit; /* the most that they may, 0 for any number */
    bool full;    /* there was one that is not here because of that */
} nat__mappings;

/* False without memory; a mapping past the limit is left out and noted. */
bool nat__mappings_add(nat__mappings *mappings, const nat__mapping_values *values);

/* Puts another in the place of one, within the limit too. False without memory. */
bool nat__mappings_replace(nat__mappings *mappings, size_t index,
                           const nat__mapping_values *values);
void nat__mappings_free(nat__mappings *mappings);

/* Drops the members from this index on. */
void nat__mappings_cut(nat__mappings *mappings, size_t count);

/* Drops those from this index on that are not to be kept. */
void nat__mappings_filter(nat__mappings *mappings, size_t from,
                          bool (*is_kept)(const void *arg, const nat__mapping_values *values),
                          const void *arg);

/* Whether two mappings have the same key: remote host, external port, protocol. */
bool nat__mapping_same_key(const nat__mapping_values *a, const nat__mapping_values *b);

/* Whether a mapping admits every remote host. */
bool nat__mapping_is_wildcard(const nat__mapping_values *values);

/* Whether it is in the dynamic collection: it ends by itself, or is for one remote host. */
bool nat__mapping_is_dynamic(const nat__mapping_values *values);

/*
 * Reads the out arguments of an action that gives a mapping, into values that
 * borrow from the reply. What the caller knows (the key it asked for) stands
 * in *out already and is kept where key_known is set: devices answer with
 * other ports and protocols than were asked. False when a needed value is
 * missing or makes no sense.
 */
bool nat__mapping_read(nat__mapping_values *out, const nat__soap_reply *reply, bool key_known);

/*
 * Reads the list that GetListOfPortMappings gives (WANIPConnection:2, section
 * 2.3.23) and appends its entries; an entry that makes no sense is left out.
 * *seen counts all of them; gateway is put into each. NATUPNP_E_BAD_REPLY or
 * NATUPNP_E_NOMEM: nothing was appended.
 */
natupnp_status nat__mapping_parse_list(nat__mappings *out, size_t *seen, nat__str document,
                                       const char *gateway);

#endif
