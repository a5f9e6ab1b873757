/* SPDX-License-Identifier: MIT */
/* The places of kept mappings, and when something is due for them. */
#include "keeper.h"

#include "event.h"
#include "keeper_work.h"
#include "monitor.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static nat__keeper *keeper_of(natupnp_client *client)
{
    if (client->keeper)
        return client->keeper;
    nat__keeper *keeper = calloc(1, sizeof *keeper);
    if (!keeper)
        return NULL;
    keeper->client = client;
    keeper->listed = NATUPNP_E_PENDING;
    nat__list_init(&keeper->due);
    for (size_t i = 0; i < NAT__KEEPER_BUCKETS; i++)
        nat__list_init(&keeper->buckets[i]);
    if (getrandom(&keeper->random, sizeof keeper->random, GRND_NONBLOCK) < 0)
        keeper->random = (uint32_t)nat__loop_now(&client->loop);
    if (nat__timer_open(&client->loop, &keeper->retry, NAT__LASTING, nat__keeper_retry, keeper) !=
        NATUPNP_OK) {
        free(keeper);
        return NULL;
    }
    client->keeper = keeper;
    return keeper;
}

static nat__kept *kept_new(natupnp_client *client)
{
    nat__keeper *keeper = keeper_of(client);
    nat__kept *kept = keeper ? calloc(1, sizeof *kept) : NULL;
    if (!kept)
        return NULL;
    nat__list_init(&kept->link);
    nat__list_init(&kept->turn);
    kept->keeper = keeper;
    if (nat__timer_open(&client->loop, &kept->timer, NAT__LASTING, nat__kept_due, kept) ==
        NATUPNP_OK)
        return kept;
    free(kept);
    return NULL;
}

void nat__kept_free(nat__kept *kept)
{
    if (!kept)
        return;
    nat__keeper *keeper = kept->keeper;
    bool last = kept->mapping && --keeper->count == 0;
    if (keeper->proves == kept)
        keeper->proves = NULL;
    if (kept->op)
        nat__kept_abandon(kept);
    nat__timer_close(&keeper->client->loop, &kept->timer);
    nat__list_remove(&kept->link);
    nat__list_remove(&kept->turn);
    free(kept->mapping);
    free(kept);
    if (last)
        nat__monitor_review(keeper->client);
}

void nat__keeper_free(nat__keeper *keeper)
{
    if (!keeper)
        return;
    for (size_t i = 0; i < NAT__KEEPER_BUCKETS; i++)
        NAT__LIST_EACH (&keeper->buckets[i], it)
            nat__kept_free(NAT__MEMBER(it, nat__kept, link));
    nat__timer_close(&keeper->client->loop, &keeper->retry);
    nat__mappings_free(&keeper->table);
    keeper->client->keeper = NULL;
    free(keeper);
}

/* ---- finding ---- */

static nat__link *bucket_of(nat__keeper *keeper, const nat__mapping_values *key)
{
    return &keeper->buckets[key->external_port % NAT__KEEPER_BUCKETS];
}

static nat__kept *find(natupnp_client *client, const nat__mapping_values *key)
{
    if (!client->keeper)
        return NULL;
    NAT__LIST_EACH (bucket_of(client->keeper, key), it) {
        nat__kept *kept = NAT__MEMBER(it, nat__kept, link);
        if (nat__mapping_same_key(&kept->mapping->values, key))
            return kept;
    }
    return NULL;
}

bool nat__kept_set(nat__kept *kept, const natupnp_mapping *mapping)
{
    natupnp_mapping *copy = NULL;
    if (natupnp_mapping_dup(&copy, mapping) != NATUPNP_OK)
        return false;
    nat__kept *other = find(kept->keeper->client, &copy->values);
    if (!kept->mapping)
        kept->keeper->count++;
    if (other && other != kept) /* one of a key is enough */
        nat__kept_free(other);
    free(kept->mapping);
    kept->mapping = copy;
    nat__list_remove(&kept->link);
    nat__list_append(bucket_of(kept->keeper, &copy->values), &kept->link);
    return true;
}

/* ---- when ---- */

/* No gateway makes renewals more frequent than this by shortening leases, but for one of some use.
 */
enum { RENEWALS_MS = 150 * 1000, USEFUL_MS = 120 * 1000 };

static uint64_t least_of(const nat__kept *kept)
{
    uint64_t asked_ms = kept->lease_s * 500ULL; /* the user may want it often */
    uint64_t lease_ms = kept->ends_ms > kept->made_ms ? kept->ends_ms - kept->made_ms : 0;
    uint64_t least_ms = asked_ms > 0 && asked_ms < RENEWALS_MS ? asked_ms : RENEWALS_MS;
    if (lease_ms >= USEFUL_MS && lease_ms * 4 / 5 < least_ms)
        least_ms = lease_ms * 4 / 5;
    return least_ms;
}

/* A part of a span, between a half and six tenths: not every client of a street at once. */
static uint64_t about_half(nat__keeper *keeper, uint64_t span_ms)
{
    keeper->random = keeper->random * 1664525U + 1013904223U;
    return span_ms / 2 + span_ms / 10 * (keeper->random >> 16) / 65536;
}

void nat__kept_plan(nat__kept *kept, uint64_t since_ms, uint64_t span_ms)
{
    nat__loop *loop = &kept->keeper->client->loop;
    uint64_t at_ms = since_ms + about_half(kept->keeper, span_ms);
    if (at_ms < kept->made_ms + least_of(kept))
        at_ms = kept->made_ms + least_of(kept);
    if (kept->timer.slot == 0 || at_ms < kept->timer.at_ms)
        nat__timer_set(loop, &kept->timer, at_ms);
}

/* ---- what others tell ---- */

bool nat__keeper_hold(natupnp_op *op)
{
    natupnp_client *client = op->client;
    const nat__add_work *work = op->work;
    nat__kept *kept = kept_new(client);
    if (!kept || !nat__kept_set(kept, op->mapping)) {
        nat__kept_free(kept);
        return false;
    }
    kept->follows = work->client == NULL;
    kept->any_port = work->any_port || work->port == 0;
    kept->lease_s = work->wish.lease_s;
    kept->state = NATUPNP_KEPT_HELD;
    kept->status = NATUPNP_OK;
    kept->made_ms = nat__loop_now_lasting(&client->loop);
    kept->just_made = true;
    if (client->keeper->closing)
        nat__kept_line_up(kept, NAT__KEPT_REMOVE); /* it was under way when the close began */
    else
        nat__kept_confirmed(kept, op->mapping->values.lease_s);
    nat__keeper_next(client->keeper);
    nat__monitor_review(client); /* without memory for it there is less to go by, no more */
    return true;
}

void nat__keeper_release(natupnp_client *client, const nat__mapping_values *key)
{
    nat__kept *kept = find(client, key);
    if (!kept)
        return;
    nat__kept_free(kept);
    nat__keeper_next(client->keeper); /* its turn is another's now */
}

void nat__keeper_changed(natupnp_client *client, const natupnp_mapping *mapping, uint32_t lease_s)
{
    nat__kept *kept = find(client, &mapping->values);
    if (!kept || client->keeper->closing)
        return;
    /* What was under way for it would write the old values again. */
    if (kept->op)
        nat__kept_abandon(kept);
    kept->next = NAT__KEPT_NOTHING;
    /* An address that was given by name stays that; without memory the next look mends it. */
    if (strcmp(kept->mapping->values.internal_client, mapping->values.internal_client) != 0)
        kept->follows = false;
    if (lease_s > 0)
        kept->lease_s = lease_s;
    nat__list_remove(&kept->turn);
    nat__timer_clear(&client->loop, &kept->timer);
    bool restored = kept->state != NATUPNP_KEPT_HELD;
    kept->state = NATUPNP_KEPT_HELD;
    kept->status = NATUPNP_OK;
    kept->refusals = 0;
    kept->pace = (nat__pace){0};
    kept->again = kept->unseen = kept->odd = kept->taken = false;
    kept->made_ms = nat__loop_now_lasting(&client->loop);
    kept->just_made = true;
    if (nat__kept_set(kept, mapping))
        nat__kept_confirmed(kept, mapping->values.lease_s);
    else
        nat__kept_line_up(kept, NAT__KEPT_LOOK);
    if (restored)
        nat__event_mapping(client, NATUPNP_EVENT_MAPPING_RESTORED, kept->mapping, NATUPNP_OK, "");
    nat__keeper_next(client->keeper);
}

size_t nat__keeper_count(const nat__keeper *keeper)
{
    return keeper ? keeper->count : 0;
}

static natupnp_status snapshot(natupnp_kept **out, const nat__kept *kept)
{
    const nat__loop *loop = &kept->keeper->client->loop;
    natupnp_kept *made = calloc(1, sizeof *made);
    if (!made || natupnp_mapping_dup(&made->mapping, kept->mapping) != NATUPNP_OK) {
        free(made);
        return NATUPNP_E_NOMEM;
    }
    made->state = kept->state == NATUPNP_KEPT_HELD && nat__kept_has_ended(kept)
                      ? NATUPNP_KEPT_MISSING
                      : kept->state;
    made->status = kept->status;
    made->next_s = -1;
    bool due = kept->work == NAT__KEPT_MAKE && (kept->op || !nat__list_empty(&kept->turn));
    const nat__timer *timer = due ? &kept->keeper->retry : &kept->timer;
    if (due || timer->slot > 0) {
        uint64_t now = nat__loop_now_lasting(loop), at = timer->slot > 0 ? timer->at_ms : now;
        made->next_s = at > now ? (int64_t)((at - now + 999) / 1000) : 0;
    }
    *out = made;
    return NATUPNP_OK;
}

natupnp_status nat__keeper_snapshot(natupnp_kept **out, const nat__keeper *keeper, size_t index)
{
    for (size_t i = 0; keeper && i < NAT__KEEPER_BUCKETS; i++) {
        NAT__LIST_EACH (&keeper->buckets[i], it) {
            if (index-- == 0)
                return snapshot(out, NAT__MEMBER(it, nat__kept, link));
        }
    }
    return NATUPNP_E_INVAL;
}
