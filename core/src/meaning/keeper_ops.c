/* SPDX-License-Identifier: MIT */
/* The operations that keep a mapping: made like the user's, and told to the keeper. */
#include "keeper_work.h"

#include <stdio.h>
#include <string.h>

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
        nat__unmap(op, &w->key, on_removed);
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
        nat__unmap(op, &w->key, on_removed);
    else
        op->gateway->protocol->lookup(op, &w->key, on_seen);
}

const nat__verb nat__verb_kept_make = {.name = "keep",
                                       .kind = NAT__VERB_ADD,
                                       .work_size = sizeof(nat__add_work),
                                       .run = nat__add_run,
                                       .clean = nat__add_clean};
const nat__verb nat__verb_kept_look = {.name = "look after",
                                       .kind = NAT__VERB_KEYED,
                                       .work_size = sizeof(nat__key_work),
                                       .run = run_look};
const nat__verb nat__verb_kept_remove = {.name = "stop keeping",
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
    w->again = true;
    snprintf(w->former, sizeof w->former, "%s", v->internal_client);
    return w->remote_host && w->description && (w->client || kept->follows);
}

/* The texts are the kept mapping's own: its operation ends before it does. */
static void fill_key(const nat__kept *kept, nat__key_work *w)
{
    w->key = kept->mapping->values;
    w->key.remote_host = natupnp_mapping_remote_host(kept->mapping);
}

bool nat__kept_begin(nat__kept *kept)
{
    natupnp_client *client = kept->keeper->client;
    const nat__verb *verb = kept->work == NAT__KEPT_MAKE   ? &nat__verb_kept_make
                            : kept->work == NAT__KEPT_LOOK ? &nat__verb_kept_look
                                                           : &nat__verb_kept_remove;
    natupnp_op *op = nat__op_new(client, verb);
    if (!op)
        return false;
    op->on_end = nat__kept_ended;
    op->owner = kept;
    if (verb != &nat__verb_kept_make) {
        fill_key(kept, op->work);
    } else if (!fill_make(kept, op->work)) {
        nat__op_detach(op);
        nat__op_destroy(op);
        return false;
    }
    if (verb != &nat__verb_kept_look) {
        bool any = verb == &nat__verb_kept_make && ((nat__add_work *)op->work)->any_port;
        nat__op_set_key(op, any ? 0 : kept->mapping->values.external_port,
                        kept->mapping->values.protocol);
    }
    nat__op_start(op);
    kept->op = op;
    kept->answers = kept->keeper->answers;
    kept->keeper->running++;
    return true;
}

void nat__kept_abandon(nat__kept *kept)
{
    natupnp_op *op = kept->op;
    op->owner = NULL;
    kept->op = NULL;
    kept->keeper->running--;
    if (!op->done)
        nat__op_finish(op, NATUPNP_E_CANCELLED, 0, NULL);
}
