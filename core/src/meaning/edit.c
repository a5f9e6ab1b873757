/* SPDX-License-Identifier: MIT */
/*
 * IGD has no edit: the entry is overwritten with the other fields and the
 * remaining lease kept, and read back. Where that is refused or ignored, it is
 * removed and added anew, once the gateway has shown that it would take the
 * old entry back.
 */
#include "keeper.h"

#include <stdlib.h>
#include <string.h>

static void fail(natupnp_op *op, const nat__result *result)
{
    const nat__edit_work *w = op->work;
    char doing[NAT__DOING_TEXT];
    nat__op_fail(op, result, nat__doing(doing, "editing", &w->key));
}

/*
 * Whether an entry read after a renewal has the new lease. A refused one reads
 * like a taken one but for that; what is left of a lease only ever falls.
 */
static bool is_renewed(const nat__edit_work *w, const nat__mapping_values *found)
{
    enum { SLACK_S = 30 }; /* between the two answers */
    uint32_t wished = w->wish.lease_s;
    bool as_wished = found->lease_s <= wished && found->lease_s + SLACK_S >= wished;
    return w->lease_s == 0 || as_wished || found->lease_s > w->old->values.lease_s;
}

/*
 * Whether what was read is what was sent. A description may be cut short by
 * the gateway, but one that is still the old one was not taken.
 */
static bool matches(const nat__edit_work *w, const nat__mapping_values *sent,
                    const nat__mapping_values *found)
{
    size_t shown = strlen(found->description);
    bool cut_short = shown > 0 && strncmp(sent->description, found->description, shown) == 0 &&
                     strcmp(found->description, w->old->values.description) != 0;
    bool described = cut_short || strcmp(sent->description, found->description) == 0;
    return described && sent->enabled == found->enabled &&
           sent->internal_port == found->internal_port &&
           strcmp(sent->internal_client, found->internal_client) == 0;
}

/* Whether an entry leads to neither the old nor the wished client: another host took the key. */
static bool is_foreign(const nat__edit_work *w, const nat__mapping_values *found)
{
    return strcmp(found->internal_client, w->old->values.internal_client) != 0 &&
           strcmp(found->internal_client, w->wish.internal_client) != 0;
}

static void succeed(natupnp_op *op, const nat__mapping_values *found)
{
    if (nat__op_set_mapping(op, found))
        nat__op_succeed(op);
}

/* ---- a switch that does not work ---- */

static void unsupported(natupnp_op *op)
{
    const nat__edit_work *w = op->work;
    nat__op_finish(op, NATUPNP_E_UNSUPPORTED, 0,
                   "this gateway cannot switch %u/%s %s; the mapping %s",
                   (unsigned)w->key.external_port, natupnp_protocol_name(w->key.protocol),
                   w->wish.enabled ? "on" : "off",
                   op->wrote ? "may have changed: read it again" : "is as it was");
}

static void on_put_back(natupnp_op *op, const nat__result *result)
{
    if (result->status == NATUPNP_OK)
        op->wrote = op->maybe_applied = false;
    unsupported(op);
}

static void refuse_switch(natupnp_op *op, const nat__mapping_values *found)
{
    nat__edit_work *w = op->work;
    if (matches(w, &w->old->values, found)) {
        op->wrote = op->maybe_applied = false;
        unsupported(op);
    } else if (is_foreign(w, found)) {
        fail(op, &(nat__result){.status = NATUPNP_E_CONFLICT});
    } else {
        op->gateway->protocol->map(op, &w->old->values, on_put_back);
    }
}

/* ---- removing and adding anew ---- */

void nat__tell_lost(natupnp_op *op, const nat__mapping_values *old, int fault)
{
    if (!nat__op_set_mapping(op, old))
        return;
    nat__op_finish(
        op, NATUPNP_E_LOST, fault,
        "%u/%s was removed to change it, and the gateway took neither the new mapping nor "
        "the old one (%s:%u, \"%s\"); add it again",
        (unsigned)old->external_port, natupnp_protocol_name(old->protocol), old->internal_client,
        (unsigned)old->internal_port, old->description);
}

static void on_restored(natupnp_op *op, const nat__result *result)
{
    nat__edit_work *w = op->work;
    if (result->status != NATUPNP_OK) {
        nat__tell_lost(op, &w->old->values, result->fault);
        return;
    }
    op->wrote = op->maybe_applied = false;
    fail(op, &w->failure.result);
}

/* Puts the old entry back, then tells this failure. */
static void restore(natupnp_op *op, const nat__result *failure)
{
    nat__edit_work *w = op->work;
    if (failure != &w->failure.result)
        nat__failure_keep(&w->failure, failure);
    op->gateway->protocol->map(op, &w->old->values, on_restored);
}

static void on_new_read(natupnp_op *op, const nat__result *result)
{
    nat__edit_work *w = op->work;
    bool unclear = w->failure.result.status != NATUPNP_OK;
    if (result->status == NATUPNP_OK && matches(w, &w->wish, result->mapping)) {
        succeed(op, result->mapping);
    } else if (result->status == NATUPNP_OK && is_foreign(w, result->mapping)) {
        nat__tell_lost(op, &w->old->values, 0);
    } else if (result->status == NATUPNP_OK) {
        restore(op, &(nat__result){.status = NATUPNP_E_UNSUPPORTED,
                                   .detail = "the gateway does not keep what it is told"});
    } else {
        restore(op, unclear ? &w->failure.result : result);
    }
}

static void on_new(natupnp_op *op, const nat__result *result)
{
    nat__edit_work *w = op->work;
    nat__failure_keep(&w->failure, result);
    if (result->status == NATUPNP_OK || nat__is_unclear(result)) {
        op->gateway->protocol->lookup(op, &w->key, on_new_read);
        return;
    }
    restore(op, result);
}

static void on_old_removed(natupnp_op *op, const nat__result *result)
{
    nat__edit_work *w = op->work;
    if (result->status == NATUPNP_OK || result->status == NATUPNP_E_NOT_FOUND)
        op->gateway->protocol->map(op, &w->wish, on_new);
    else if (nat__is_unclear(result))
        restore(op, result);
    else
        fail(op, result);
}

static void on_restorable(natupnp_op *op, const nat__result *result)
{
    nat__edit_work *w = op->work;
    if (result->status == NATUPNP_OK) {
        /* The result, should the time run out before it is back. */
        if (nat__op_set_mapping(op, &w->old->values))
            nat__unmap(op, &w->key, on_old_removed);
        return;
    }
    bool told = w->failure.result.status != NATUPNP_OK && result->status != NATUPNP_E_NOMEM;
    fail(op, told ? &w->failure.result : result);
}

/* ---- overwriting ---- */

/* Whether being on or off is all that the edit changes. */
static bool only_switches(const nat__edit_work *w)
{
    const nat__mapping_values *old = &w->old->values;
    return w->wish.internal_port == old->internal_port &&
           strcmp(w->wish.internal_client, old->internal_client) == 0 &&
           strcmp(w->wish.description, old->description) == 0;
}

static void on_read_back(natupnp_op *op, const nat__result *result)
{
    nat__edit_work *w = op->work;
    if (result->status != NATUPNP_OK) {
        fail(op, result);
        return;
    }
    const nat__mapping_values *found = result->mapping;
    bool taken = w->failure.result.status == NATUPNP_OK;
    if (matches(w, &w->wish, found) && (taken || is_renewed(w, found))) {
        op->wrote = true;
        succeed(op, found);
    } else if (nat__is_unclear(&w->failure.result) && w->failure.result.status != NATUPNP_E_HTTP) {
        if (matches(w, &w->old->values, found) && w->lease_s == 0)
            op->maybe_applied = false;
        fail(op, &w->failure.result);
    } else if (w->wish.enabled != found->enabled && (taken || only_switches(w))) {
        refuse_switch(op, found); /* never forced by removing and adding */
    } else {
        op->gateway->protocol->map(op, &w->old->values, on_restorable);
    }
}

static void on_overwritten(natupnp_op *op, const nat__result *result)
{
    nat__edit_work *w = op->work;
    bool refused = result->status == NATUPNP_E_CONFLICT || result->status == NATUPNP_E_FAULT ||
                   result->status == NATUPNP_E_UNSUPPORTED;
    if (result->status != NATUPNP_OK && !refused && !nat__is_unclear(result)) {
        fail(op, result);
        return;
    }
    if (result->status != NATUPNP_OK)
        nat__failure_keep(&w->failure, result);
    op->gateway->protocol->lookup(op, &w->key, on_read_back);
}

static void on_old(natupnp_op *op, const nat__result *result)
{
    nat__edit_work *w = op->work;
    nat__result found = nat__in_collection(op, result);
    if (found.status != NATUPNP_OK) {
        fail(op, &found);
        return;
    }
    w->old = nat__mapping_new(result->mapping);
    if (!w->old) {
        nat__op_finish(op, NATUPNP_E_NOMEM, 0, NULL);
        return;
    }
    w->wish = w->old->values;
    if (w->client)
        w->wish.internal_client = w->client;
    if (w->description)
        w->wish.description = w->description;
    if (w->internal_port > 0)
        w->wish.internal_port = w->internal_port;
    if (w->enabled != NATUPNP_SWITCH_KEEP)
        w->wish.enabled = w->enabled == NATUPNP_SWITCH_ON;
    if (w->lease_s > 0)
        w->wish.lease_s = w->lease_s;
    op->gateway->protocol->map(op, &w->wish, on_overwritten);
}

static void run(natupnp_op *op)
{
    nat__edit_work *w = op->work;
    free(w->old);
    w->old = NULL;
    w->failure = (nat__failure){0};
    op->gateway->protocol->lookup(op, &w->key, on_old);
    if (!op->done)
        nat__op_want_external_ip(op);
}

static bool ended(natupnp_op *op, natupnp_status status)
{
    const nat__edit_work *w = op->work;
    if (status == NATUPNP_OK)
        nat__keeper_changed(op->client, op->mapping, w->lease_s);
    return true;
}

static void clean(void *work)
{
    nat__edit_work *w = work;
    free(w->remote_host);
    free(w->client);
    free(w->description);
    free(w->old);
}

#define EDIT(what, collection)                                                                     \
    {                                                                                              \
        .name = (what), .kind = NAT__VERB_KEYED, .work_size = sizeof(nat__edit_work),              \
        .holds = (collection), .run = run, .ended = ended, .clean = clean                          \
    }

const nat__verb nat__verb_static_edit = EDIT("edit", nat__static_holds);
const nat__verb nat__verb_dynamic_edit = EDIT("edit", nat__dynamic_holds);
const nat__verb nat__verb_dynamic_renew = EDIT("renew", nat__dynamic_holds);
