/* SPDX-License-Identifier: MIT */
/* What is done for kept mappings: a few operations at a time, one alone while the gateway is away.
 */
#include "keeper_work.h"

#include "event.h"
#include "monitor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    AT_ONCE = 8, /* as many as have a chance of a connection soon */
    GAP_FIRST_MS = 1000,
    GAP_LAST_MS = 300 * 1000,
    HELD_MS = 300 * 1000, /* so long after the last pause, being there shows that it lasts */
    REFUSED_FIRST_MS = 60 * 1000,
    REFUSED_LAST_MS = 3600 * 1000,
    UNREADABLE_MS = 6 * 3600 * 1000
};

static uint64_t now_of(const nat__kept *kept)
{
    return nat__loop_now_lasting(&kept->keeper->client->loop);
}

void nat__kept_line_up(nat__kept *kept, nat__kept_work work)
{
    if (kept->op) {
        kept->next = work > kept->next ? work : kept->next;
        return;
    }
    bool due = !nat__list_empty(&kept->turn);
    if (!due || work > kept->work)
        kept->work = work;
    if (!due)
        nat__list_append(&kept->keeper->due, &kept->turn);
}

void nat__kept_make_again(nat__kept *kept)
{
    kept->again = true;
    nat__kept_line_up(kept, NAT__KEPT_MAKE);
}

/* Whether one whose turn it is has to wait for the end of its pause; its timer brings it back. */
static bool pauses(nat__kept *kept)
{
    if (kept->work != NAT__KEPT_MAKE || now_of(kept) >= kept->pace.next_ms)
        return false;
    nat__timer_set(&kept->keeper->client->loop, &kept->timer, kept->pace.next_ms);
    return true;
}

/* ---- what they came to ---- */

static void tell(nat__kept *kept, natupnp_event_kind kind, const natupnp_op *op)
{
    nat__event_mapping(kept->keeper->client, kind, kept->mapping,
                       op ? op->status : NATUPNP_E_NOT_FOUND, op ? natupnp_op_detail(op) : "");
}

bool nat__keeper_is_blind(const nat__keeper *keeper)
{
    const nat__gateway *gateway = keeper->client->gateway;
    return keeper->blind_looks >= NAT__BLIND_LOOKS ||
           (gateway && gateway->lookups == NAT__LOOKUPS_BLIND);
}

static void lost(nat__kept *kept)
{
    if (kept->state == NATUPNP_KEPT_HELD)
        tell(kept, NATUPNP_EVENT_MAPPING_LOST, NULL);
    if (kept->state != NATUPNP_KEPT_REFUSED || kept->taken) { /* else the refusal still says why */
        kept->state = NATUPNP_KEPT_MISSING;
        kept->status = NATUPNP_E_NOT_FOUND;
    }
    kept->unseen = kept->unseen || kept->just_made;
    kept->taken = false;
    nat__kept_make_again(kept);
}

/* This host's address towards the gateway, for a mapping that follows it. */
static const char *own_address(const nat__kept *kept, const natupnp_op *op)
{
    const char *local = op->snapshot ? natupnp_gateway_local_address(op->snapshot) : NULL;
    return kept->follows && local ? local : kept->mapping->values.internal_client;
}

static bool leads_as_wished(const nat__kept *kept, const natupnp_op *op)
{
    const nat__mapping_values *wished = &kept->mapping->values, *found = &op->mapping->values;
    return strcmp(own_address(kept, op), found->internal_client) == 0 &&
           wished->internal_port == found->internal_port && wished->enabled == found->enabled;
}

/* On another port, where the user said so; else it is tried again from time to time. */
static void try_later(nat__kept *kept)
{
    if (kept->any_port && kept->refusals == 0) {
        kept->pace.next_ms = 0; /* that is another try, not the same again */
        nat__kept_make_again(kept);
    } else
        nat__kept_plan(kept, now_of(kept),
                       nat__clock_gap(kept->refusals, REFUSED_FIRST_MS, REFUSED_LAST_MS));
    kept->refusals++;
}

static void refused(nat__kept *kept, const natupnp_op *op)
{
    bool new = kept->state != NATUPNP_KEPT_REFUSED;
    kept->state = NATUPNP_KEPT_REFUSED;
    if (new)
        tell(kept, NATUPNP_EVENT_MAPPING_REFUSED, op);
    try_later(kept);
}

/* Another host has it now: nothing of ours is written over that. */
static void taken(nat__kept *kept, const natupnp_op *op)
{
    bool new = kept->state != NATUPNP_KEPT_REFUSED;
    char *holder = new ? nat__tell_holder(&kept->mapping->values, &op->mapping->values) : NULL;
    kept->state = NATUPNP_KEPT_REFUSED;
    kept->status = NATUPNP_E_CONFLICT;
    kept->taken = true;
    if (new)
        nat__event_mapping(kept->keeper->client, NATUPNP_EVENT_MAPPING_REFUSED, kept->mapping,
                           NATUPNP_E_CONFLICT, holder ? holder : "");
    free(holder);
    try_later(kept);
}

static void made_again(nat__kept *kept)
{
    nat__pace_take(&kept->pace, now_of(kept), GAP_FIRST_MS, GAP_LAST_MS);
}

static void made(nat__kept *kept, const natupnp_op *op)
{
    if (kept->again || kept->state != NATUPNP_KEPT_HELD)
        made_again(kept);
    else if (op->status == NATUPNP_OK) /* it has come to half its lease */
        kept->pace = (nat__pace){0};
    kept->again = kept->guessed = false;
    kept->keeper->made_since_blind = true;
    kept->taken = op->status == NATUPNP_E_CONFLICT && op->mapping;
    if (op->status != NATUPNP_OK) {
        refused(kept, op);
        return;
    }
    const nat__mapping_values *before = &kept->mapping->values, *now = &op->mapping->values;
    bool renewed = kept->state == NATUPNP_KEPT_HELD && !nat__kept_has_ended(kept) &&
                   before->external_port == now->external_port &&
                   strcmp(before->internal_client, now->internal_client) == 0;
    kept->refusals = 0;
    nat__timer_clear(&kept->keeper->client->loop, &kept->timer);
    if (!nat__kept_set(kept, op->mapping)) /* as it was made before, then */
        kept->mapping->values.lease_s = now->lease_s;
    kept->just_made = true;
    kept->made_ms = now_of(kept);
    nat__kept_confirmed(kept, now->lease_s);
    if (kept->unseen && !nat__keeper_is_blind(kept->keeper)) {
        kept->state = NATUPNP_KEPT_MISSING; /* until it is seen */
        kept->status = NATUPNP_E_NOT_FOUND;
        nat__kept_line_up(kept, NAT__KEPT_LOOK);
        return;
    }
    kept->state = NATUPNP_KEPT_HELD;
    tell(kept, renewed ? NATUPNP_EVENT_MAPPING_RENEWED : NATUPNP_EVENT_MAPPING_RESTORED, op);
}

/* A look showed nothing. */
static void look_was_blind(nat__kept *kept)
{
    nat__keeper *keeper = kept->keeper;
    if (keeper->made_since_blind)
        keeper->blind_looks++; /* not each of those that were under way when it went */
    keeper->made_since_blind = false;
    if (keeper->proves == kept)
        keeper->proves = NULL;
}

/* It is held: by what a look shows, or by all that can be known. */
static void held(nat__kept *kept)
{
    bool back = kept->unseen || kept->taken;
    if (kept->taken)
        kept->refusals = 0;
    kept->unseen = kept->taken = false;
    if (kept->refusals > 0)
        return; /* a renewal that is refused stays so */
    bool was = kept->state == NATUPNP_KEPT_HELD;
    kept->state = NATUPNP_KEPT_HELD;
    kept->status = NATUPNP_OK;
    if (back && !was)
        nat__event_mapping(kept->keeper->client, NATUPNP_EVENT_MAPPING_RESTORED, kept->mapping,
                           NATUPNP_OK, "");
}

static void seen_as_wished(nat__kept *kept, uint32_t left_s)
{
    kept->odd = false;
    if (now_of(kept) >= kept->pace.next_ms + HELD_MS)
        kept->pace = (nat__pace){0};
    if (kept->again) { /* it need not be made */
        kept->again = false;
        nat__timer_clear(&kept->keeper->client->loop, &kept->timer);
    }
    held(kept);
    nat__kept_learn_lease(kept, left_s);
    nat__kept_seen(kept, left_s);
}

static void looked(nat__kept *kept, const natupnp_op *op)
{
    bool read = op->status == NATUPNP_OK;
    if (op->status == NATUPNP_E_NOT_FOUND) {
        lost(kept);
    } else if (read && leads_as_wished(kept, op)) {
        seen_as_wished(kept, op->mapping->values.lease_s);
    } else if (kept->just_made) {
        /* It shows otherwise, or not at all, what was just made: that is as good as it gets. */
        kept->odd = read;
        held(kept);
        nat__kept_plan(kept, now_of(kept), UNREADABLE_MS);
    } else if (read && !kept->odd &&
               nat__kept_is_of_another_host(kept, &op->mapping->values, own_address(kept, op))) {
        taken(kept, op);
    } else {
        nat__kept_make_again(kept); /* it leads elsewhere, or cannot be read */
    }
    kept->just_made = false;
    if (read || op->status == NATUPNP_E_NOT_FOUND)
        kept->keeper->blind_looks = 0;
    else
        look_was_blind(kept);
}

static void removed(nat__kept *kept, const natupnp_op *op)
{
    nat__keeper *keeper = kept->keeper;
    if (op->status != NATUPNP_OK)
        nat__close_failed(keeper->closing, op);
    nat__kept_free(kept);
}

/* Whether it failed for the way to the gateway, not for what was asked. */
static bool is_away(const natupnp_op *op)
{
    bool garbled = op->status == NATUPNP_E_HTTP || op->status == NATUPNP_E_BAD_REPLY;
    return nat__is_unreachable(op->status) || op->status == NATUPNP_E_NOMEM ||
           (garbled && op->verb == &nat__verb_kept_make);
}

static void away(nat__kept *kept, natupnp_status status)
{
    nat__keeper *keeper = kept->keeper;
    nat__loop *loop = &keeper->client->loop;
    kept->status = status;
    if (kept->work == NAT__KEPT_MAKE && kept->again && !nat__is_unreachable(status))
        made_again(kept); /* it has answered, somehow */
    if (status == NATUPNP_E_NO_GATEWAY && kept->state == NATUPNP_KEPT_HELD)
        kept->state = NATUPNP_KEPT_MISSING;
    if (kept->work == NAT__KEPT_LOOK && nat__is_unreachable(status)) {
        look_was_blind(kept); /* some devices fail in that alone: what tells is making it */
        kept->work = NAT__KEPT_MAKE;
        kept->again = kept->guessed = true;
    }
    nat__kept_line_up(kept, kept->work);
    if (keeper->down && keeper->retry.slot > 0)
        return; /* one of those that were under way when it went */
    keeper->down = true;
    nat__pace_when(&keeper->tries, nat__loop_now_lasting(loop), HELD_MS);
    nat__pace_take(&keeper->tries, nat__loop_now_lasting(loop), GAP_FIRST_MS, GAP_LAST_MS);
    nat__timer_set(loop, &keeper->retry, keeper->tries.next_ms);
    if (nat__is_unreachable(status))
        nat__monitor_gateway_away(keeper->client);
}

static void answered(nat__kept *kept, const natupnp_op *op)
{
    nat__keeper *keeper = kept->keeper;
    keeper->down = false;
    nat__timer_clear(&keeper->client->loop, &keeper->retry);
    keeper->answers++;
    if (kept->refusals == 0 || op->verb == &nat__verb_kept_make)
        kept->status = op->status;
    if (op->verb == &nat__verb_kept_look)
        looked(kept, op);
    else
        made(kept, op);
}

void nat__kept_ended(natupnp_op *op)
{
    nat__kept *kept = op->owner;
    if (!kept)
        return;
    nat__keeper *keeper = kept->keeper;
    kept->op = NULL;
    keeper->running--;
    if (op->verb == &nat__verb_kept_remove) {
        removed(kept, op);
        nat__keeper_next(keeper);
        return;
    }
    /* Its time went behind the user's own, or behind others that a slow gateway did answer. */
    bool slow = op->status == NATUPNP_E_TIMEOUT && keeper->answers != kept->answers;
    if (op->waits_turn || slow)
        nat__kept_line_up(kept, kept->work);
    else if (is_away(op))
        away(kept, op->status);
    else
        answered(kept, op);
    if (kept->next != NAT__KEPT_NOTHING)
        nat__kept_line_up(kept, kept->next);
    kept->next = NAT__KEPT_NOTHING;
    nat__keeper_next(keeper);
}

/* ---- turns ---- */

/* The first one shows whether lookups can be believed: else all go by one listing. */
static size_t removals_at_once(const nat__keeper *keeper)
{
    const nat__gateway *gateway = keeper->client->gateway;
    bool known = !gateway || keeper->listed != NATUPNP_E_PENDING ||
                 gateway->lookups == NAT__LOOKUPS_HONEST ||
                 gateway->lookups == NAT__LOOKUPS_CHECKED;
    return known ? AT_ONCE : 1;
}

void nat__keeper_next(nat__keeper *keeper)
{
    size_t most = keeper->closing ? removals_at_once(keeper) : keeper->down ? 1 : AT_ONCE;
    if (keeper->down && !keeper->closing && keeper->retry.slot > 0)
        return;
    while (keeper->running < most) {
        nat__link *it = nat__list_take(&keeper->due);
        if (!it)
            break;
        nat__kept *kept = NAT__MEMBER(it, nat__kept, turn);
        if (pauses(kept))
            continue;
        if (!nat__kept_begin(kept)) {
            away(kept, NATUPNP_E_NOMEM);
            break;
        }
    }
    if (keeper->closing && keeper->count == 0)
        nat__close_kept_gone(keeper->closing);
}

void nat__kept_due(void *arg)
{
    nat__kept *kept = arg;
    /* What another host has is looked at until that is gone. */
    nat__kept_line_up(kept, kept->taken && !kept->any_port ? NAT__KEPT_LOOK : NAT__KEPT_MAKE);
    nat__keeper_next(kept->keeper);
}

void nat__keeper_retry(void *arg)
{
    nat__keeper_next(arg);
}

void nat__keeper_go_on(natupnp_client *client, bool evidence)
{
    nat__keeper *keeper = client->keeper;
    if (!keeper || !keeper->down)
        return;
    if (evidence)
        keeper->tries = (nat__pace){0};
    nat__timer_clear(&client->loop, &keeper->retry);
    nat__keeper_next(keeper);
}

bool nat__keeper_is_down(const natupnp_client *client)
{
    const nat__keeper *keeper = client->keeper;
    return keeper && keeper->down && (keeper->retry.slot > 0 || keeper->running > 0);
}

/* One that waits for the end of its pause is made anyway. */
static void doubt(nat__kept *kept, bool blind)
{
    kept->just_made = false;
    if (kept->again && !kept->op)
        return;
    if (blind)
        nat__kept_make_again(kept);
    else
        nat__kept_line_up(kept, NAT__KEPT_LOOK);
}

void nat__keeper_gateway_new(natupnp_client *client)
{
    nat__keeper *keeper = client->keeper;
    for (size_t i = 0; keeper && i < NAT__KEEPER_BUCKETS; i++) {
        NAT__LIST_EACH (&keeper->buckets[i], it) {
            nat__kept *kept = NAT__MEMBER(it, nat__kept, link);
            if (!kept->guessed || kept->work != NAT__KEPT_MAKE || (kept->op && kept->op->gateway))
                continue;
            if (kept->op) /* it has only searched so far */
                nat__kept_abandon(kept);
            kept->again = kept->guessed = false;
            nat__list_remove(&kept->turn);
            nat__kept_line_up(kept, NAT__KEPT_LOOK);
        }
    }
}

void nat__keeper_doubt(natupnp_client *client)
{
    nat__keeper *keeper = client->keeper;
    if (!keeper || keeper->closing)
        return;
    for (size_t i = 0; i < NAT__KEEPER_BUCKETS; i++)
        NAT__LIST_EACH (&keeper->buckets[i], it)
            doubt(NAT__MEMBER(it, nat__kept, link), nat__keeper_is_blind(keeper));
    nat__keeper_next(keeper);
}
