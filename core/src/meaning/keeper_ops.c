/* SPDX-License-Identifier: MIT */
/* The operations that keep a mapping: made like the user's, and told to the keeper. */
#include "action.h"
#include "keeper_work.h"

#include <stdio.h>
#include <string.h>

bool nat__kept_is_own(const nat__kept *kept, const nat__mapping_values *found)
{
    const nat__mapping_values *own = &kept->mapping->values;
    nat__ip ip;
    /* Some show a name in place of the address, and some cut the description short. */
    bool same_client = strcmp(found->internal_client, own->internal_client) == 0 ||
                       !nat__ip_parse(&ip, nat__str_of(found->internal_client));
    return same_client && found->internal_port == own->internal_port &&
           strncmp(found->description, own->description, strlen(found->description)) == 0;
}

bool nat__kept_is_of_another_host(const nat__kept *kept, const nat__mapping_values *found,
                                  const char *own)
{
    nat__ip ip;
    return nat__ip_parse(&ip, nat__str_of(found->internal_client)) &&
           strcmp(found->internal_client, own) != 0 &&
           strcmp(found->internal_client, kept->mapping->values.internal_client) != 0;
}

static const nat__mapping_values *find(const nat__mappings *table, const nat__mapping_values *key)
{
    for (size_t i = 0; i < table->count; i++)
        if (nat__mapping_same_key(&table->at[i]->values, key))
            return &table->at[i]->values;
    return NULL;
}

/* What a lookup and a listing together say of lookups. */
static void learn_lookups(nat__gateway *gateway, natupnp_status listed,
                          const nat__mapping_values *found)
{
    if (gateway->lookups != NAT__LOOKUPS_HONEST)
        gateway->lookups =
            listed == NATUPNP_OK && !found ? NAT__LOOKUPS_CHECKED : NAT__LOOKUPS_BLIND;
}

/* A lookup has shown something. */
static void shown(const natupnp_op *op, const nat__mapping_values *found)
{
    nat__gateway *gateway = op->gateway;
    if (gateway->lookups != NAT__LOOKUPS_BLIND && nat__kept_is_own(op->owner, found))
        gateway->lookups = NAT__LOOKUPS_HONEST;
}

/* ---- looking ---- */

static void end_look(natupnp_op *op, const nat__result *result)
{
    const nat__key_work *w = op->work;
    char doing[NAT__DOING_TEXT];
    if (result->status != NATUPNP_OK)
        nat__op_fail(op, result, nat__doing(doing, "looking after", &w->key));
    else if (nat__op_set_mapping(op, result->mapping))
        nat__op_succeed(op);
}

static const nat__result cannot_tell = {.status = NATUPNP_E_UNSUPPORTED};

static void on_look_listed(natupnp_op *op, const nat__result *result)
{
    const nat__key_work *w = op->work;
    const nat__mapping_values *found = find(&op->mappings, &w->key);
    nat__result seen = {.status = found ? NATUPNP_OK : NATUPNP_E_NOT_FOUND, .mapping = found};
    learn_lookups(op->gateway, result->status, found);
    end_look(op, result->status == NATUPNP_OK ? &seen : &cannot_tell);
}

static void on_looked(natupnp_op *op, const nat__result *result)
{
    nat__kept *kept = op->owner;
    nat__gateway *gateway = op->gateway;
    if (result->status == NATUPNP_OK)
        shown(op, result->mapping);
    if (result->status == NATUPNP_E_NOT_FOUND && gateway->lookups == NAT__LOOKUPS_UNTRIED) {
        kept->keeper->answers++; /* that a long table takes its time is no silence */
        gateway->lookups = NAT__LOOKUPS_CHECKED; /* unless the table says otherwise */
        gateway->protocol->list(op, on_look_listed);
    } else if (result->status == NATUPNP_E_NOT_FOUND && gateway->lookups == NAT__LOOKUPS_BLIND) {
        end_look(op, &cannot_tell);
    } else {
        end_look(op, result);
    }
}

static void run_look(natupnp_op *op)
{
    const nat__key_work *w = op->work;
    op->gateway->protocol->lookup(op, &w->key, on_looked);
}

/* ---- removing, at the end ---- */

static void on_removed(natupnp_op *op, const nat__result *result)
{
    const nat__key_work *w = op->work;
    char doing[NAT__DOING_TEXT];
    if (result->status == NATUPNP_OK || result->status == NATUPNP_E_NOT_FOUND)
        nat__op_succeed(op);
    else
        nat__op_fail(op, result, nat__doing(doing, "removing", &w->key));
}

static void leave(natupnp_op *op, char *why)
{
    const nat__kept *kept = op->owner;
    nat__close_left(kept->keeper->closing, why);
    nat__op_succeed(op);
}

/* What is there goes if it is our own. */
static void judge(natupnp_op *op, const nat__mapping_values *found)
{
    const nat__key_work *w = op->work;
    if (nat__kept_is_own(op->owner, found))
        nat__unmap(op, &w->key, on_removed);
    else
        leave(op, nat__tell_holder(&w->key, found));
}

/*
 * Where nothing tells what is there, the last word of the gateway is that it
 * made it for us: as long as that lease lasts it has to refuse it to others.
 */
static void by_table(natupnp_op *op)
{
    const nat__key_work *w = op->work;
    const nat__kept *kept = op->owner;
    const nat__keeper *keeper = kept->keeper;
    const nat__mapping_values *found = find(&keeper->table, &w->key);
    if (found)
        judge(op, found);
    else if (keeper->listed == NATUPNP_OK)
        nat__op_succeed(op); /* it is gone */
    else if (kept->state == NATUPNP_KEPT_HELD && !nat__kept_has_ended(kept))
        nat__unmap(op, &w->key, on_removed);
    else
        leave(op, NULL);
}

static void on_listed(natupnp_op *op, const nat__result *result)
{
    const nat__key_work *w = op->work;
    const nat__kept *kept = op->owner;
    nat__keeper *keeper = kept->keeper;
    nat__actions_cancel(&op->actions); /* one that failed leaves others under way */
    if (keeper->listed == NATUPNP_E_PENDING) {
        keeper->listed = result->status;
        if (result->status == NATUPNP_OK) {
            keeper->table = op->mappings;
            op->mappings = (nat__mappings){0};
        }
    }
    if (op->gateway->lookups == NAT__LOOKUPS_UNTRIED)
        learn_lookups(op->gateway, keeper->listed, find(&keeper->table, &w->key));
    by_table(op);
}

static void by_listing(natupnp_op *op)
{
    const nat__kept *kept = op->owner;
    if (kept->keeper->listed == NATUPNP_E_PENDING)
        op->gateway->protocol->list(op, on_listed);
    else
        by_table(op);
}

static void on_seen(natupnp_op *op, const nat__result *result)
{
    if (result->status == NATUPNP_OK) {
        shown(op, result->mapping);
        judge(op, result->mapping);
    } else if (result->status == NATUPNP_E_NOT_FOUND &&
               op->gateway->lookups >= NAT__LOOKUPS_CHECKED &&
               op->gateway->lookups != NAT__LOOKUPS_BLIND) {
        nat__op_succeed(op); /* it is gone */
    } else {
        by_listing(op);
    }
}

static void run_remove(natupnp_op *op)
{
    const nat__key_work *w = op->work;
    if (op->gateway->lookups == NAT__LOOKUPS_BLIND)
        by_listing(op);
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
