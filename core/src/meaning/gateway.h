/* SPDX-License-Identifier: MIT */
#ifndef NAT__GATEWAY_H
#define NAT__GATEWAY_H

#include "../ground/net.h"
#include "../ground/url.h"
#include "../words/description.h"
#include "../words/external.h"

#include <natupnp/gateway.h>

struct nat__protocol;

/* Which addresses a device may send us to (design: trust). */
typedef struct nat__trust {
    nat__ip answered;    /* who answered the search; the host of a URL that the user gave */
    nat__ip extra;       /* the option trust_host, or none */
    const nat__net *net; /* for its default gateways; NULL for none */
} nat__trust;

/* Makes a URL name an allowed address: one that names another gets the address that answered. */
void nat__trust_apply(const nat__trust *trust, nat__url *url);

/* What is remembered of a gateway's answers. */
typedef struct nat__wan_state {
    nat__external external;
    char *external_detail; /* owned, NULL for its reason; status and last_error, when unknown */
    char *status;
    char *last_error;
    int64_t uptime_s; /* -1 when unknown */
} nat__wan_state;

/* Whether "there is no such mapping" can be believed of a gateway. */
typedef enum nat__lookups {
    NAT__LOOKUPS_UNTRIED,
    NAT__LOOKUPS_CHECKED, /* a listing said the same */
    NAT__LOOKUPS_HONEST,  /* they have shown an entry of our own */
    NAT__LOOKUPS_BLIND    /* they denied what a listing showed, or nothing could tell */
} nat__lookups;

/* Forgets everything: zero-initialised, it holds nothing to free. */
void nat__wan_forget(nat__wan_state *wan);

/* Notes what is known of the external address; takes over the line that says why it is not. */
void nat__wan_learn_external(nat__wan_state *wan, const nat__external *external, char *detail);

/* A gateway that can be used: shared by the client and its operations, counted. */
typedef struct nat__gateway {
    unsigned refs;
    nat__url location;
    nat__description description;
    size_t service; /* the one in use */
    nat__url control;
    nat__url
        control_fallback; /* by LOCATION where URLBase named another port; no target when none */
    char interface[IF_NAMESIZE];
    int64_t boot_id; /* of its answer to the search, or -1 */
    bool tentative;  /* from the cache, not seen in a search yet */
    const struct nat__protocol *protocol;
    nat__wan_state wan;
    /* Faults seen, so that each costs one round trip only once. */
    bool only_permanent_leases; /* 725, or 402 to a lease */
    bool no_permanent_leases;   /* 402 to a lease of 0 */
    bool no_list;               /* GetListOfPortMappings */
    unsigned list_failures;     /* of it, that may have passed */
    int end_of_table;           /* its number for that, where it is not 713; 0 while unknown */
    bool no_map_any;            /* AddAnyPortMapping */
    nat__lookups lookups;
    /* What it grants, as entries that were read show: adding does not tell. */
    bool zero_lease_known;
    uint32_t zero_lease_s;  /* for a lease of 0 */
    uint32_t lease_whole_s; /* the longest that was granted as a whole */
    uint32_t lease_most_s;  /* what it makes of longer ones; 0 while that is unknown */
} nat__gateway;

/*
 * Makes a gateway of a description, which is taken over also on failure, and
 * uses its first service. NATUPNP_E_NOMEM or NATUPNP_E_BAD_REPLY (no service
 * whose control URL can be used).
 */
natupnp_status nat__gateway_new(nat__gateway **out, nat__description *description,
                                const nat__url *location, const nat__trust *trust);
nat__gateway *nat__gateway_ref(nat__gateway *gateway);
void nat__gateway_unref(nat__gateway *gateway);

/* Finds where one of the gateway's services is controlled. */
natupnp_status nat__gateway_control(const nat__gateway *gateway, size_t service,
                                    const nat__trust *trust, nat__url *control, nat__url *fallback);

/* Where events of the service in use are subscribed to; freed by the caller, empty on failure.
 * NATUPNP_E_UNSUPPORTED: the description has no such URL. NATUPNP_E_BAD_REPLY, NATUPNP_E_NOMEM. */
natupnp_status nat__gateway_event_url(const nat__gateway *gateway, nat__url *out);

/* Takes another of its services into use. */
natupnp_status nat__gateway_use(nat__gateway *gateway, size_t service, const nat__trust *trust);

/* The type of the service in use. */
const char *nat__gateway_service_type(const nat__gateway *gateway);

/*
 * Who a gateway is, over restarts that change its URLs: its address and UDN.
 * UDNs alone will not do: whole series of devices share one. Freed by the caller.
 */
char *nat__gateway_identity(const nat__gateway *gateway);

/* The snapshot that users see; freed by nat__gateway_snapshot_free(). NULL without memory. */
natupnp_gateway *nat__gateway_snapshot(const nat__gateway *gateway, bool chosen);
natupnp_gateway *nat__gateway_snapshot_copy(const natupnp_gateway *snapshot);
void nat__gateway_snapshot_free(natupnp_gateway *snapshot);

enum nat__gateway_text {
    NAT__GATEWAY_NAME,
    NAT__GATEWAY_MANUFACTURER,
    NAT__GATEWAY_MODEL_NAME,
    NAT__GATEWAY_MODEL_NUMBER,
    NAT__GATEWAY_UDN,
    NAT__GATEWAY_LOCATION,
    NAT__GATEWAY_CONTROL_URL,
    NAT__GATEWAY_PRESENTATION_URL,
    NAT__GATEWAY_SERVICE_TYPE,
    NAT__GATEWAY_LOCAL_ADDRESS,
    NAT__GATEWAY_INTERFACE,
    NAT__GATEWAY_EXTERNAL_DETAIL,
    NAT__GATEWAY_CONNECTION_STATUS,
    NAT__GATEWAY_LAST_CONNECTION_ERROR,
    NAT__GATEWAY_TEXTS
};

struct natupnp_gateway {
    char *texts[NAT__GATEWAY_TEXTS]; /* NULL where unknown */
    nat__external external;
    int64_t uptime_s;
    bool chosen;
};

#endif
