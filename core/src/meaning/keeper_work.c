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
    AT_ONCE = 16,
    GAP_FIRST_MS = 1000,
    GAP_LAST_MS = 300 * 1000,
    REFUSED_FIRST_MS = 60 * 1000,
    REFUSED_LAST_MS = 3600 * 1000,
    UNREADABLE_MS = 6 * 3600 * 1000
};

/* Twice as long each time. */
static uint64_t gap(unsigned tries, uint64_t first_ms, uint64_t last_ms)
{
    uint64_t gap_ms = first_ms;
    while (tries-- > 0 && gap_ms < last_ms)
        gap_ms *= 2;
    return gap_ms < last_ms ? gap_ms : last_ms;
}

void nat__kept_line_up(nat__kept *kept, nat__kept_work work)
{
    if (kept->op) {
        kept->again = true;
        kept->again_work = work;
        return;
    }
    kept->work = work;
    nat__list_remove(&kept->turn);
    nat__list_append(&kept->keeper->due, &kept->turn);
}

/* ---- the operations ---- */

static void on_looked(natupnp_op *op, const nat__result *result)
{
    const nat__key_work *w = op->work;
    char doing[NAT__DOING_TEXT];
    if (result->status != NATUPNP_OK)
        nat__op_fail(op, result, nat__doing(doing, "looking after", &w->key));
    else if (nat__op_set_mapping(op, result->mapping))
        nat__op_succeed(op);
}

static void run_look(natupnp_op *op)
{
    const nat__key_work *w = op->work;
    op->gateway->protocol->lookup(op, &w->key, on_looked);
}

static void on_removed(natupnp_op *op, const nat__result *result)
{
    const nat__key_work *w = op->work;
    char doing[NAT__DOING_TEXT];
    if (result->status == NATUPNP_OK || result->status == NATUPNP_E_NOT_FOUND)
        nat__op_succeed(op);
    else
        nat__op_fail(op, result, nat__doing(doing, "removing", &w->key));
}

/* What is not ours any more, or may not be, is looked at first. */
static void on_seen(natupnp_op *op, const nat__result *result)
{
    const nat__key_work *w = op->work;
    bool ours = result->status == NATUPNP_OK &&
                strcmp(result->mapping->internal_client, w->key.internal_client) == 0;
    if (ours)
        op->gateway->protocol->unmap(op, &w->key, on_removed);
    else if (result->status == NATUPNP_OK)
        nat__op_succeed(op);
    else
        on_removed(op, result);
}

static void run_remove(natupnp_op *op)
{
    const nat__key_work *w = op->work;
    const nat__kept *kept = op->owner;
    if (kept->state == NATUPNP_KEPT_HELD)
        op->gateway->protocol->unmap(op, &w->key, on_removed);
    else
        op->gateway->protocol->lookup(op, &w->key, on_seen);
}

static const nat__verb verb_make = {.name = "keep",
                                    .kind = NAT__VERB_ADD,
                                    .work_size = sizeof(nat__add_work),
                                    .run = nat__add_run,
                                    .clean = nat__add_clean};
static const nat__verb verb_look = {.name = "look after",
                                    .kind = NAT__VERB_KEYED,
                                    .work_size = sizeof(nat__key_work),
                                    .run = run_look};
static const nat__verb verb_remove = {.name = "stop keeping",
                                      .kind = NAT__VERB_KEYED,
                                      .work_size = sizeof(nat__key_work),
                                      .run = run_remove};

static bool fill_make(const nat__kept *kept, nat__add_work *w)
{
    const nat__mapping_values *v = &kept->mapping->values;
    w->port = v->external_port;
    /* Refused where it was: another port will do, if the user said so. */
    w->any_port = kept->any_port && kept->refusals > 0;
    w->wish.protocol = v->protocol;
    w->wish.internal_port = v->internal_port;
    w->wish.enabled = v->enabled;
    w->wish.lease_s = kept->lease_s;
    w->remote_host = strdup(natupnp_mapping_remote_host(kept->mapping));
    w->description = strdup(v->description);
    w->client = kept->follows ? NULL : strdup(v->internal_client);
    if (kept->follows)
        snprintf(w->former, sizeof w->former, "%s", v->internal_client);
    return w->remote_host && w->description && (w->client || kept->follows);
}

/* The texts are the kept mapping's own: its operation ends before it does. */
static void fill_key(const nat__kept *kept, nat__key_work *w)
{
    w->key = kept->mapping->values;
    w->key.remote_host = natupnp_mapping_remote_host(kept->mapping);
}

static void on_end(natupnp_op *op);

static bool begin(nat__kept *kept)
{
    natupnp_client *client = kept->keeper->client;
    const nat__verb *verb = kept->work == NAT__KEPT_MAKE   ? &verb_make
                            : kept->work == NAT__KEPT_LOOK ? &verb_look
                                                           : &verb_remove;
    natupnp_op *op = nat__op_new(client, verb);
    if (!op)
        return false;
    op->on_end = on_end;
    op->owner = kept;
    if (verb != &verb_make) {
        fill_key(kept, op->work);
    } else if (!fill_make(kept, op->work)) {
        nat__op_detach(op);
        nat__op_destroy(op);
        return false;
    }
    if (verb != &verb_look) {
        bool any = verb == &verb_make && ((nat__add_work *)op->work)->any_port;
        nat__op_set_key(op, any ? 0 : kept->mapping->values.external_port,
                        kept->mapping->values.protocol);
    }
    nat__op_start(op);
    kept->op = op;
    kept->keeper->running++;
    return true;
}

void nat__keeper_abandon(nat__kept *kept)
{
    natupnp_op *op = kept->op;
    op->owner = NULL;
    kept->op = NULL;
    kept->keeper->running--;
    if (!op->done)
        nat__op_finish(op, NATUPNP_E_CANCELLED, 0, NULL);
}

/* ---- what they came to ---- */

static void tell(nat__kept *kept, natupnp_event_kind kind, const natupnp_op *op)
{
    nat__event_mapping(kept->keeper->client, kind, kept->mapping,
                       op ? op->status : NATUPNP_E_NOT_FOUND, op ? natupnp_op_detail(op) : "");
}

void nat__kept_confirmed(nat__kept *kept, uint32_t lease_s)
{
    nat__keeper *keeper = kept->keeper;
    const nat__gateway *gateway = keeper->client->gateway;
    kept->refusals = 0;
    kept->status = NATUPNP_OK;
    if (lease_s == 0 && gateway && gateway->zero_lease_known)
        lease_s = gateway->zero_lease_s;
    else if (lease_s == 0 && kept->work != NAT__KEPT_LOOK)
        nat__kept_line_up(kept, NAT__KEPT_LOOK); /* many turn 0 into a week, and do not say so */
    if (lease_s > 0)
        nat__kept_plan(kept, (uint64_t)lease_s * 1000);
}

static void lost(nat__kept *kept)
{
    kept->status = NATUPNP_E_NOT_FOUND;
    if (kept->state == NATUPNP_KEPT_HELD)
        tell(kept, NATUPNP_EVENT_MAPPING_LOST, NULL);
    if (kept->state != NATUPNP_KEPT_REFUSED)
        kept->state = NATUPNP_KEPT_MISSING;
    nat__kept_line_up(kept, NAT__KEPT_MAKE);
}

static bool leads_as_wished(const nat__kept *kept, const natupnp_op *op)
{
    const nat__mapping_values *wished = &kept->mapping->values, *found = &op->mapping->values;
    const char *client = wished->internal_client;
    if (kept->follows && op->snapshot && natupnp_gateway_local_address(op->snapshot))
        client = natupnp_gateway_local_address(op->snapshot);
    return strcmp(client, found->internal_client) == 0 &&
           wished->internal_port == found->internal_port && wished->enabled == found->enabled;
}

static void refused(nat__kept *kept, const natupnp_op *op)
{
    bool new = kept->state != NATUPNP_KEPT_REFUSED;
    kept->state = NATUPNP_KEPT_REFUSED;
    if (new)
        tell(kept, NATUPNP_EVENT_MAPPING_REFUSED, op);
    if (kept->any_port && kept->refusals == 0)
        nat__kept_line_up(kept, NAT__KEPT_MAKE);
    else
        nat__kept_plan(kept, gap(kept->refusals, REFUSED_FIRST_MS, REFUSED_LAST_MS));
    kept->refusals++;
}

static void made(nat__kept *kept, const natupnp_op *op)
{
    if (op->status != NATUPNP_OK) {
        refused(kept, op);
        return;
    }
    const nat__mapping_values *before = &kept->mapping->values, *now = &op->mapping->values;
    bool renewed = kept->state == NATUPNP_KEPT_HELD &&
                   before->external_port == now->external_port &&
                   strcmp(before->internal_client, now->internal_client) == 0;
    kept->state = NATUPNP_KEPT_HELD;
    nat__timer_clear(&kept->keeper->client->loop, &kept->timer);
    if (!nat__kept_set(kept, op->mapping)) /* as it was made before, then */
        kept->mapping->values.lease_s = now->lease_s;
    kept->just_made = true;
    nat__kept_confirmed(kept, now->lease_s);
    tell(kept, renewed ? NATUPNP_EVENT_MAPPING_RENEWED : NATUPNP_EVENT_MAPPING_RESTORED, op);
}

/* What the gateway makes of a lease of 0: nothing, or a week. */
static void learn_zero_lease(natupnp_client *client, uint32_t lease_s)
{
    if (!client->gateway || client->gateway->zero_lease_known)
        return;
    client->gateway->zero_lease_known = true;
    client->gateway->zero_lease_s = lease_s;
}

static void looked(nat__kept *kept, const natupnp_op *op)
{
    if (op->status == NATUPNP_E_NOT_FOUND) {
        lost(kept);
    } else if (op->status == NATUPNP_OK && leads_as_wished(kept, op)) {
        if (kept->lease_s == 0 && kept->mapping->values.lease_s == 0)
            learn_zero_lease(kept->keeper->client, op->mapping->values.lease_s);
        kept->state = NATUPNP_KEPT_HELD;
        nat__kept_confirmed(kept, op->mapping->values.lease_s);
    } else if (op->status == NATUPNP_OK && !kept->just_made) {
        nat__kept_line_up(kept, NAT__KEPT_MAKE); /* it leads elsewhere */
    } else {
        /* It cannot be read, or shows otherwise what was just made: that is as good as it gets. */
        kept->state = NATUPNP_KEPT_HELD;
        nat__kept_plan(kept, UNREADABLE_MS);
    }
    kept->just_made = false;
}

static void removed(nat__kept *kept, const natupnp_op *op)
{
    nat__keeper *keeper = kept->keeper;
    if (op->status != NATUPNP_OK)
        nat__close_failed(keeper->closing, op);
    nat__kept_free(kept);
}

/* Whether it failed because the gateway could not be reached, not for what was asked. */
static bool is_away(natupnp_status status)
{
    return status == NATUPNP_E_NO_GATEWAY || status == NATUPNP_E_NETWORK ||
           status == NATUPNP_E_TIMEOUT || status == NATUPNP_E_HTTP ||
           status == NATUPNP_E_BAD_REPLY || status == NATUPNP_E_NOMEM;
}

static void away(nat__kept *kept, natupnp_status status)
{
    nat__keeper *keeper = kept->keeper;
    nat__loop *loop = &keeper->client->loop;
    kept->status = status;
    if (status == NATUPNP_E_NO_GATEWAY && kept->state == NATUPNP_KEPT_HELD)
        kept->state = NATUPNP_KEPT_MISSING;
    nat__list_remove(&kept->turn);
    nat__list_append(&keeper->due, &kept->turn);
    if (keeper->down && keeper->retry.slot > 0)
        return; /* one of those that were under way when it went */
    keeper->down = true;
    nat__timer_set(loop, &keeper->retry,
                   nat__loop_now_lasting(loop) +
                       gap(keeper->failures++, GAP_FIRST_MS, GAP_LAST_MS));
    if (status == NATUPNP_E_NO_GATEWAY || status == NATUPNP_E_NETWORK ||
        status == NATUPNP_E_TIMEOUT)
        nat__monitor_gateway_away(keeper->client);
}

static void on_end(natupnp_op *op)
{
    nat__kept *kept = op->owner;
    if (!kept)
        return;
    nat__keeper *keeper = kept->keeper;
    kept->op = NULL;
    keeper->running--;
    if (op->verb == &verb_remove) {
        removed(kept, op);
        nat__keeper_next(keeper);
        return;
    }
    if (is_away(op->status)) {
        away(kept, op->status);
        return;
    }
    keeper->down = false;
    if (op->verb == &verb_make) /* one that answers looks alone is not well yet */
        keeper->failures = 0;
    nat__timer_clear(&keeper->client->loop, &keeper->retry);
    kept->status = op->status;
    if (op->verb == &verb_look)
        looked(kept, op);
    else
        made(kept, op);
    if (kept->again)
        nat__kept_line_up(kept, kept->again_work);
    kept->again = false;
    nat__keeper_next(keeper);
}

/* ---- turns ---- */

void nat__keeper_next(nat__keeper *keeper)
{
    size_t most = keeper->down && !keeper->closing ? 1 : AT_ONCE;
    if (keeper->down && !keeper->closing && keeper->retry.slot > 0)
        return;
    while (keeper->running < most) {
        nat__link *it = nat__list_take(&keeper->due);
        if (!it)
            break;
        nat__kept *kept = NAT__MEMBER(it, nat__kept, turn);
        if (!begin(kept)) {
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
    nat__kept_line_up(kept, NAT__KEPT_MAKE);
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
        keeper->failures = 0;
    nat__timer_clear(&client->loop, &keeper->retry);
    nat__keeper_next(keeper);
}

bool nat__keeper_is_down(const natupnp_client *client)
{
    const nat__keeper *keeper = client->keeper;
    return keeper && keeper->down && (keeper->retry.slot > 0 || keeper->running > 0);
}

static void line_up_all(nat__keeper *keeper, nat__kept_work work)
{
    for (size_t i = 0; i < NAT__KEEPER_BUCKETS; i++) {
        NAT__LIST_EACH (&keeper->buckets[i], it) {
            nat__kept *kept = NAT__MEMBER(it, nat__kept, link);
            /* One that is being made anyway needs no look. */
            if (work != NAT__KEPT_LOOK || kept->turn.next == &kept->turn ||
                kept->work != NAT__KEPT_MAKE)
                nat__kept_line_up(kept, work);
        }
    }
}

void nat__keeper_doubt(natupnp_client *client)
{
    nat__keeper *keeper = client->keeper;
    if (!keeper || keeper->closing)
        return;
    line_up_all(keeper, NAT__KEPT_LOOK);
    nat__keeper_next(keeper);
}

/* ---- the end ---- */

void nat__keeper_remove_all(nat__keeper *keeper, natupnp_op *closing)
{
    keeper->closing = closing;
    for (size_t i = 0; i < NAT__KEEPER_BUCKETS; i++) {
        NAT__LIST_EACH (&keeper->buckets[i], it) {
            nat__kept *kept = NAT__MEMBER(it, nat__kept, link);
            if (kept->op)
                nat__keeper_abandon(kept);
            kept->again = false;
            nat__timer_clear(&keeper->client->loop, &kept->timer);
        }
    }
    line_up_all(keeper, NAT__KEPT_REMOVE);
    nat__keeper_next(keeper);
}
