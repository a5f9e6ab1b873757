/* SPDX-License-Identifier: MIT */
#ifndef NAT__KEEPER_H
#define NAT__KEEPER_H

#include "verbs.h"

#include <natupnp/keep.h>

/*
 * The mappings that should be there. Each is renewed at half its lease, and made
 * again when there is reason to think that it is gone. They are found by their
 * key in buckets, and their times stand in the loop's heap: nothing sweeps.
 */
typedef struct nat__keeper nat__keeper;

/* An add that keeps has succeeded. False without memory. */
bool nat__keeper_hold(natupnp_op *op);

/* A mapping was removed, or changed, by the user; lease_s is what was asked for, 0 for as before.
 */
void nat__keeper_release(natupnp_client *client, const nat__mapping_values *key);
void nat__keeper_changed(natupnp_client *client, const natupnp_mapping *mapping, uint32_t lease_s);

/* Mappings may be gone, or lead to an address that this host no longer has: looks at each. */
void nat__keeper_doubt(natupnp_client *client);

/* The gateway is another one, or has restarted: that looks failed at the end of the old one says
 * nothing of this one's. */
void nat__keeper_gateway_new(natupnp_client *client);

/* Whether it waits for a gateway that is away; and that it need not any more. With evidence that
 * the gateway has come back what failed before does not count. */
bool nat__keeper_is_down(const natupnp_client *client);
void nat__keeper_go_on(natupnp_client *client, bool evidence);

/* Drops everything without a word to the gateway. */
void nat__keeper_free(nat__keeper *keeper);

/* Removes all of them from the gateway, for a close. */
extern const nat__verb nat__verb_close;

size_t nat__keeper_count(const nat__keeper *keeper);
natupnp_status nat__keeper_snapshot(natupnp_kept **out, const nat__keeper *keeper, size_t index);

struct natupnp_kept {
    natupnp_mapping *mapping;
    natupnp_kept_state state;
    natupnp_status status;
    int64_t next_s; /* -1 when nothing is planned */
};

#endif
