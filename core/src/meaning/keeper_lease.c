/* SPDX-License-Identifier: MIT */
/* The leases of kept mappings: what a gateway makes of those that are asked for, and their ends. */
#include "keeper_work.h"

enum {
    SLACK_S = 2,       /* of a lease, until it is read */
    LEASE_LEAST_S = 10 /* not to be busy with what a gateway hardly keeps */
};

static uint64_t now_of(const nat__kept *kept)
{
    return nat__loop_now_lasting(&kept->keeper->client->loop);
}

/* A lease that began at some time. */
static void has_lease(nat__kept *kept, uint64_t since_ms, uint32_t lease_s)
{
    kept->ends_ms = lease_s > 0 ? since_ms + lease_s * 1000ULL : 0;
    if (lease_s > 0)
        nat__kept_plan(kept, since_ms, lease_s * 1000ULL);
}

void nat__kept_seen(nat__kept *kept, uint32_t left_s)
{
    has_lease(kept, now_of(kept), left_s);
}

bool nat__kept_has_ended(const nat__kept *kept)
{
    return kept->ends_ms > 0 && now_of(kept) >= kept->ends_ms;
}

/* What the gateway makes of a lease; *known is whether one was seen. */
static uint32_t granted(const nat__gateway *gateway, uint32_t asked_s, bool *known)
{
    *known = gateway && (asked_s == 0 ? gateway->zero_lease_known
                                      : asked_s <= gateway->lease_whole_s || gateway->lease_most_s);
    if (*known && asked_s == 0)
        return gateway->zero_lease_s;
    bool cut = *known && asked_s > gateway->lease_whole_s && asked_s > gateway->lease_most_s;
    return cut ? gateway->lease_most_s : asked_s;
}

/* Many turn 0 into a week, or a month, and do not say so: one is looked at then. */
void nat__kept_confirmed(nat__kept *kept, uint32_t asked_s)
{
    nat__keeper *keeper = kept->keeper;
    bool known;
    has_lease(kept, kept->made_ms, granted(keeper->client->gateway, asked_s, &known));
    if (known || (keeper->proves && keeper->proves != kept) || nat__keeper_is_blind(keeper))
        return;
    keeper->proves = kept;
    nat__kept_line_up(kept, NAT__KEPT_LOOK);
}

/* What the gateway made of the lease that was asked for, for all that asked for the like. */
void nat__kept_learn_lease(nat__kept *kept, uint32_t left_s)
{
    nat__keeper *keeper = kept->keeper;
    nat__gateway *gateway = keeper->client->gateway;
    uint32_t asked_s = kept->mapping->values.lease_s;
    if (!gateway || keeper->proves != kept)
        return;
    keeper->proves = NULL;
    if (now_of(kept) > kept->made_ms + SLACK_S * 1000)
        return; /* too late to tell */
    if (asked_s == 0) {
        gateway->zero_lease_known = true;
        gateway->zero_lease_s = left_s;
    } else if (left_s == 0 || left_s + asked_s / 16 + SLACK_S >= asked_s) {
        gateway->lease_whole_s =
            asked_s > gateway->lease_whole_s ? asked_s : gateway->lease_whole_s;
    } else {
        gateway->lease_most_s = left_s > LEASE_LEAST_S ? left_s : LEASE_LEAST_S;
    }
    for (size_t i = 0; i < NAT__KEEPER_BUCKETS; i++) {
        NAT__LIST_EACH (&keeper->buckets[i], it) {
            nat__kept *other = NAT__MEMBER(it, nat__kept, link);
            if (other->state == NATUPNP_KEPT_HELD)
                nat__kept_confirmed(other, other->mapping->values.lease_s);
        }
    }
}
