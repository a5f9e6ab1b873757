/* SPDX-License-Identifier: MIT */
/* A collection's get, list, count and remove, and the list of all mappings. */
#include "keeper.h"

#include <stdio.h>

bool nat__static_holds(const nat__gateway *gateway, const nat__mapping_values *mapping)
{
    (void)gateway;
    return nat__mapping_is_wildcard(mapping);
}

/* Where leases are unknown no entry has one, and what was added to the collection is still in it.
 */
bool nat__dynamic_holds(const nat__gateway *gateway, const nat__mapping_values *mapping)
{
    return gateway->only_permanent_leases || nat__mapping_is_dynamic(mapping);
}

nat__result nat__in_collection(const natupnp_op *op, const nat__result *result)
{
    if (result->status != NATUPNP_OK || op->verb->holds(op->gateway, result->mapping))
        return *result;
    bool wildcard = nat__mapping_is_wildcard(result->mapping);
    return (nat__result){.status = NATUPNP_E_NOT_FOUND,
                         .detail = wildcard
                                       ? "it does not expire: it is in the static collection"
                                       : "one remote host has it: it is in the dynamic collection"};
}

/* ---- get ---- */

static void on_got(natupnp_op *op, const nat__result *result)
{
    const nat__key_work *w = op->work;
    char doing[NAT__DOING_TEXT];
    nat__result found = nat__in_collection(op, result);
    if (found.status != NATUPNP_OK)
        nat__op_fail(op, &found, nat__doing(doing, "reading", &w->key));
    else if (nat__op_set_mapping(op, found.mapping))
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

/* Ends a reading that failed, with what was read so far. */
static void fail_list(natupnp_op *op, const nat__result *result, const char *doing)
{
    char text[NAT__DOING_TEXT];
    snprintf(text, sizeof text, "%s, of which %zu were read", doing, op->mappings.count);
    nat__op_fail(op, result, op->mappings.count > 0 ? text : doing);
}

static void on_listed(natupnp_op *op, const nat__result *result)
{
    op->mapping_count = op->mappings.count;
    if (result->status != NATUPNP_OK)
        fail_list(op, result, "listing the mappings");
    else
        nat__op_succeed(op);
}

static void on_counted(natupnp_op *op, const nat__result *result)
{
    if (result->status != NATUPNP_OK) {
        fail_list(op, result, "counting the mappings");
        nat__mappings_free(&op->mappings);
    } else {
        op->mapping_count = op->mappings.count;
        nat__mappings_free(&op->mappings);
        nat__op_succeed(op);
    }
}

static void run_list(natupnp_op *op)
{
    op->gateway->protocol->list(op, on_listed);
    if (!op->done)
        nat__op_want_external_ip(op);
}

static void run_count(natupnp_op *op)
{
    op->gateway->protocol->list(op, on_counted);
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
    nat__result found = nat__in_collection(op, result);
    w->seen = found.status == NATUPNP_OK;
    w->absent = result->status == NATUPNP_E_NOT_FOUND;
    /* A gateway that cannot look up may still remove; its own answer has to do then. */
    if (found.status == NATUPNP_OK || found.status == NATUPNP_E_FAULT)
        nat__unmap(op, &w->key, on_removed);
    else
        fail_remove(op, &found);
}

static void run_remove(natupnp_op *op)
{
    const nat__key_work *w = op->work;
    op->gateway->protocol->lookup(op, &w->key, on_found);
}

static bool removal_ended(natupnp_op *op, natupnp_status status)
{
    const nat__key_work *w = op->work;
    if (status == NATUPNP_OK || w->absent)
        nat__keeper_release(op->client, &w->key);
    return true;
}

#define VERB(what, which, size, runs, ends, collection)                                            \
    {                                                                                              \
        .name = (what), .kind = (which), .work_size = (size), .holds = (collection),               \
        .run = (runs), .ended = (ends)                                                             \
    }
#define KEYED(name, runs, ends, collection)                                                        \
    VERB(name, NAT__VERB_KEYED, sizeof(nat__key_work), runs, ends, collection)
#define READING(name, runs, collection) VERB(name, NAT__VERB_OTHER, 0, runs, NULL, collection)
#define COUNTING(what, collection)                                                                 \
    {                                                                                              \
        .name = (what), .kind = NAT__VERB_OTHER, .counts = true, .holds = (collection),            \
        .run = run_count                                                                           \
    }

const nat__verb nat__verb_mapping_list = READING("list", run_list, NULL);
const nat__verb nat__verb_static_get = KEYED("get", run_get, NULL, nat__static_holds);
const nat__verb nat__verb_static_list = READING("list", run_list, nat__static_holds);
const nat__verb nat__verb_static_count = COUNTING("count", nat__static_holds);
const nat__verb nat__verb_static_remove =
    KEYED("remove", run_remove, removal_ended, nat__static_holds);
const nat__verb nat__verb_dynamic_get = KEYED("get", run_get, NULL, nat__dynamic_holds);
const nat__verb nat__verb_dynamic_list = READING("list", run_list, nat__dynamic_holds);
const nat__verb nat__verb_dynamic_count = COUNTING("count", nat__dynamic_holds);
const nat__verb nat__verb_dynamic_remove =
    KEYED("remove", run_remove, removal_ended, nat__dynamic_holds);
