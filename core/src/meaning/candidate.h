/* SPDX-License-Identifier: MIT */
#ifndef NAT__CANDIDATE_H
#define NAT__CANDIDATE_H

#include "../wires/http.h"
#include "gateway.h"

struct nat__search;

/* How far the look at a candidate has come. */
typedef enum nat__candidate_state {
    NAT__CANDIDATE_FETCHING, /* its description is on the way */
    NAT__CANDIDATE_ASKING,   /* the status of its services is */
    NAT__CANDIDATE_READY,
    NAT__CANDIDATE_FAILED
} nat__candidate_state;

/* How good a connection service is; the order is the order of choice. */
typedef enum nat__rank {
    NAT__RANK_UNKNOWN,   /* not connected, or it does not say: some that work say so */
    NAT__RANK_CONNECTED, /* without an external address */
    NAT__RANK_PRIVATE,
    NAT__RANK_PUBLIC
} nat__rank;

/* One answer to the search: a description somewhere, that may be a gateway's. */
typedef struct nat__candidate {
    nat__link link;
    struct nat__search *search;
    nat__url location;
    nat__ip from;    /* who answered */
    bool is_default; /* that is a default gateway */
    char interface[IF_NAMESIZE];
    uint64_t answered_ms;
    int64_t boot_id; /* -1 when it did not say */
    nat__candidate_state state;
    bool fetched_again;
    nat__http_request *fetch;
    nat__gateway *gateway;
    char *why_not;  /* with FAILED; NULL without memory */
    bool no_memory; /* that is why */

    nat__link actions;
    bool asked;
    uint64_t ask_until_ms;
    nat__rank rank; /* of the service in use */
    struct {
        bool connected;
        nat__wan_state wan;
    } told[NAT__SERVICES_MAX];
} nat__candidate;

/* Takes an answer in and begins to fetch its description; boot_id is -1 where none was told.
 * NATUPNP_E_NOMEM. */
natupnp_status nat__candidate_add(struct nat__search *search, const nat__url *location,
                                  nat__ip from, const char *interface, int64_t boot_id);
void nat__candidate_free(nat__candidate *candidate);

/* Asks all its services for their status, and takes the best into use. */
void nat__candidate_ask(nat__candidate *candidate);

/* Ends the asking with what is known. */
void nat__candidate_conclude(nat__candidate *candidate);

#endif
