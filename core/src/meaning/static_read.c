/* SPDX-License-Identifier: MIT */
/* The static collection's get, list, count and remove. */
#include "verbs.h"

#include <stdlib.h>

/* ---- get ---- */

static void on_got(natupnp_op *op, const nat__result *result)
{
    const nat__key_work *w = op->work;
    char doing[NAT__DOING_TEXT];
    if (result->status != NATUPNP_OK)
        nat__op_fail(op, result, nat__doing(doing, "reading", &w->key));
    else if (nat__op_set_mapping(op, result->mapping))
        nat__op_succeed(op);
}

static void run_get(natupnp_op *op)
{
    const nat__key_work *w = op->work;
    op->gateway->protocol->lookup(op, &w->key, on_got);
    if (!op->done)
        nat__op_want_external_ip(op);
}

/* ---- list and count ---- */

/* Leaves only the mappings of the static collection. */
static void keep_static(nat__mappings *mappings)
{
    size_t kept = 0;
    for (size_t i = 0; i < mappings->count; i++) {
        if (nat__mapping_is_wildcard(&mappings->at[i]->values))
            mappings->at[kept++] = mappings->at[i];
        else
            free(mappings->at[i]);
    }
    mappings->count = kept;
}

static void on_listed(natupnp_op *op, const nat__result *result)
{
    if (result->status != NATUPNP_OK) {
        nat__op_fail(op, result, "listing the mappings");
        return;
    }
    keep_static(&op->mappings);
    op->mapping_count = op->mappings.count;
    if (op->verb == &nat__verb_static_count)
        nat__mappings_free(&op->mappings);
    nat__op_succeed(op);
}

static void run_list(natupnp_op *op)
{
    op->gateway->protocol->list(op, on_listed);
    if (!op->done && op->verb == &nat__verb_static_list)
        nat__op_want_external_ip(op);
}

/* ---- remove ---- */

static void fail_remove(natupnp_op *op, const nat__result *result)
{
    const nat__key_work *w = op->work;
    char doing[NAT__DOING_TEXT];
    nat__op_fail(op, result, nat__doing(doing, "removing", &w->key));
}

static void on_gone(natupnp_op *op, const nat__result *result)
{
    nat__key_work *w = op->work;
    if (result->status == NATUPNP_E_NOT_FOUND) {
        nat__op_finish(op, NATUPNP_OK, 0, NULL);
        return;
    }
    if (result->status == NATUPNP_OK)
        op->maybe_applied = false; /* it is still there */
    fail_remove(op, &w->failure.result);
}

static void on_removed(natupnp_op *op, const nat__result *result)
{
    nat__key_work *w = op->work;
    /* Absent by now: somebody else was faster, or DD-WRT denies what it has removed. */
    if (result->status == NATUPNP_OK || (result->status == NATUPNP_E_NOT_FOUND && w->seen)) {
        nat__op_finish(op, NATUPNP_OK, 0, NULL);
        return;
    }
    nat__failure_keep(&w->failure, result);
    if (nat__is_unclear(result))
        op->gateway->protocol->lookup(op, &w->key, on_gone);
    else
        fail_remove(op, result);
}

static void on_found(natupnp_op *op, const nat__result *result)
{
    nat__key_work *w = op->work;
    w->seen = result->status == NATUPNP_OK;
    /* A gateway that cannot look up may still remove; its own answer has to do then. */
    if (result->status == NATUPNP_OK || result->status == NATUPNP_E_FAULT)
        op->gateway->protocol->unmap(op, &w->key, on_removed);
    else
        fail_remove(op, result);
}

static void run_remove(natupnp_op *op)
{
    const nat__key_work *w = op->work;
    op->gateway->protocol->lookup(op, &w->key, on_found);
}

const nat__verb nat__verb_static_get = {"get", NAT__VERB_KEYED, sizeof(nat__key_work),
                                        false, run_get,         NULL};
const nat__verb nat__verb_static_list = {"list", NAT__VERB_OTHER, 0, false, run_list, NULL};
const nat__verb nat__verb_static_count = {"count", NAT__VERB_OTHER, 0, false, run_list, NULL};
const nat__verb nat__verb_static_remove = {"remove", NAT__VERB_KEYED, sizeof(nat__key_work),
                                           false,    run_remove,      NULL};
