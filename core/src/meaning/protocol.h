/* SPDX-License-Identifier: MIT */
#ifndef NAT__PROTOCOL_H
#define NAT__PROTOCOL_H

#include "../words/mapping.h"

struct natupnp_op;

/* What a verb came to; borrowed during the call. */
typedef struct nat__result {
    natupnp_status status;
    int fault;                          /* UPnP error code, or 0 */
    bool maybe_done;                    /* it may have been carried out although it failed */
    const char *detail;                 /* the device's words, or NULL */
    const nat__mapping_values *mapping; /* of a lookup or map_any */
} nat__result;

/* Goes on with an operation. */
typedef void nat__next(struct natupnp_op *op, const nat__result *result);

/*
 * What a port mapping protocol can do: UPnP IGD today; others go beside it.
 *
 * A verb goes to the operation's gateway, keeps what it borrows until next is
 * called, and calls next once; when it cannot even start, it ends the
 * operation instead. A gateway that is no longer there is searched again
 * before next hears of it.
 *
 * Besides transport failures: map and map_any give NATUPNP_OK,
 * NATUPNP_E_CONFLICT (taken, or not for this client), NATUPNP_E_NOT_PERMITTED,
 * NATUPNP_E_FULL, NATUPNP_E_UNSUPPORTED, NATUPNP_E_FAULT; lookup and unmap
 * NATUPNP_OK, NATUPNP_E_NOT_FOUND, NATUPNP_E_NOT_PERMITTED, NATUPNP_E_FAULT.
 */
typedef struct nat__protocol {
    const char *name;
    void (*map)(struct natupnp_op *op, const nat__mapping_values *wish, nat__next *next);
    void (*map_any)(struct natupnp_op *op, const nat__mapping_values *wish, nat__next *next);
    void (*lookup)(struct natupnp_op *op, const nat__mapping_values *key, nat__next *next);
    void (*unmap)(struct natupnp_op *op, const nat__mapping_values *key, nat__next *next);
    /* Puts the whole table into the operation's mappings. */
    void (*list)(struct natupnp_op *op, nat__next *next);
    /* These two put what they learn into the gateway's wan. */
    void (*external_ip)(struct natupnp_op *op, nat__next *next);
    void (*status)(struct natupnp_op *op, nat__next *next);
} nat__protocol;

extern const nat__protocol nat__protocol_igd;

#endif
