/* SPDX-License-Identifier: MIT */
/*
 * Reading the table entry by entry, several requests under way. The table may
 * change meanwhile: when all is read the first and the last entry are read
 * again, and a repeated key or an early end shows it too. Then it is read anew.
 */
#include "igd.h"
#include "igd_list.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    WINDOW = 8,          /* requests under way; the HTTP floor keeps them in bounds */
    ENTRIES_MAX = 16384, /* for a gateway that never says that the table ends */
    PASSES_MAX = 4,      /* a table that still changes then is given as it was last read */
    BAD_RUN_MAX = 32     /* a few bad entries are left out; so many are no table */
};

static void begin_pass(natupnp_op *op);

/* Puts an entry at its index; NULL for one that makes no sense. False without memory. */
static bool put(natupnp_op *op, size_t index, const nat__mapping_values *values)
{
    static const nat__mapping_values blank = {"", "", "", "", 0, 0, NATUPNP_PROTOCOL_TCP, false, 0};
    while (op->mappings.count <= index)
        if (!nat__mappings_add(&op->mappings, &blank))
            return false;
    if (!values)
        return true;
    natupnp_mapping *mapping = nat__mapping_new(values);
    if (!mapping)
        return false;
    free(op->mappings.at[index]);
    op->mappings.at[index] = mapping;
    return true;
}

/* The entry read at an index, or NULL when none was, or it made no sense. */
static const nat__mapping_values *at(const natupnp_op *op, size_t index)
{
    const nat__mappings *all = &op->mappings;
    return index < all->count && all->at[index]->values.external_port > 0 ? &all->at[index]->values
                                                                          : NULL;
}

/* Three times the same: a gateway that repeats its last entry for ever. */
static void stop_repetition(natupnp_op *op, size_t index)
{
    for (size_t last = index < 2 ? 2 : index; last <= index + 2; last++) {
        const nat__mapping_values *a = at(op, last - 2), *b = at(op, last - 1), *c = at(op, last);
        if (a && b && c && nat__mapping_same_key(a, b) && nat__mapping_same_key(b, c) &&
            last - 1 < op->listing->index.end)
            op->listing->index.end = last - 1;
    }
}

static void finish_bad(natupnp_op *op)
{
    nat__listing_finish(
        op, &(nat__result){.status = NATUPNP_E_BAD_REPLY, .detail = "its entries make no sense"});
}

static void end_pass(natupnp_op *op)
{
    nat__listing *l = op->listing;
    bool repeated;
    bool last = l->index.passes >= PASSES_MAX;
    if ((l->index.end > 0 && !l->index.any_good) ||
        (l->index.end == 0 && l->index.any_good && last)) {
        finish_bad(op);
        return;
    }
    nat__mappings_cut(&op->mappings, l->index.end);
    if (!nat__listing_tidy(&op->mappings, &repeated)) {
        nat__op_finish(op, NATUPNP_E_NOMEM, 0, NULL);
        return;
    }
    bool changed = l->index.changed || repeated;
    if (changed && !last) {
        begin_pass(op);
        return;
    }
    if (changed)
        nat__log_line(&op->client->log, NATUPNP_LOG_WARNING,
                      "the gateway's table changed each time that it was read");
    nat__listing_finish(op, &(nat__result){.status = NATUPNP_OK});
}

static void on_entry(nat__action *action, const nat__answer *answer);

static bool ask(natupnp_op *op, size_t index)
{
    char text[24];
    snprintf(text, sizeof text, "%zu", index);
    const nat__soap_arg args[] = {{"NewPortMappingIndex", text}};
    op->listing->pending++;
    return nat__igd_send(op, "GetGenericPortMappingEntry", args, 1, NAT__ACTION_READS, on_entry,
                         NULL, NULL, index);
}

/* Keeps the window full, or goes on to what follows. */
static void go_on(natupnp_op *op)
{
    nat__listing *l = op->listing;
    struct nat__index_reading *r = &l->index;
    while (!r->checking && l->pending < WINDOW && r->asked < r->end && r->asked < ENTRIES_MAX)
        if (!ask(op, r->asked++))
            return;
    if (l->pending > 0)
        return;
    if (r->end == SIZE_MAX)
        r->end = r->asked; /* stopped by the cap */
    if (r->checking || r->changed || r->end == 0) {
        end_pass(op);
        return;
    }
    r->checking = true;
    size_t last = r->end - 1;
    if (ask(op, 0) && last > 0)
        ask(op, last);
}

/* Whether a fault is the end of the table: 713, and what DD-WRT (402) and WRT1900AC (501) say. */
static bool is_end(const nat__answer *answer, size_t index)
{
    if (answer->status == NATUPNP_E_HTTP)
        return answer->http_code == 500 && index > 0; /* a page of HTML instead of a fault */
    return answer->status == NATUPNP_E_FAULT &&
           (index > 0 || answer->fault == 713 || answer->fault == 714 || answer->fault == 402 ||
            answer->fault == 501);
}

static void on_end(nat__listing *l, size_t index, size_t known)
{
    if (l->index.checking || index < known)
        l->index.changed = true; /* it was there before, or one behind it is */
    if (!l->index.checking && index < l->index.end)
        l->index.end = index;
}

/* Takes an entry in; values is NULL where it makes no sense. False without memory. */
static bool on_values(natupnp_op *op, size_t index, const nat__mapping_values *values)
{
    struct nat__index_reading *r = &op->listing->index;
    if (r->checking) {
        const nat__mapping_values *before = at(op, index);
        if (!before != !values || (before && !nat__mapping_same_key(before, values)))
            r->changed = true;
        return true;
    }
    if (!put(op, index, values))
        return false;
    if (index > r->end && !at(op, r->end))
        r->changed = true;
    stop_repetition(op, index);
    return true;
}

static void on_entry(nat__action *action, const nat__answer *answer)
{
    natupnp_op *op = action->owner;
    size_t index = (size_t)action->number;
    if (nat__igd_lost(action, answer))
        return;
    nat__listing *l = op->listing;
    l->pending--;
    if (is_end(answer, index)) {
        on_end(l, index, op->mappings.count);
    } else if (answer->status == NATUPNP_OK || answer->status == NATUPNP_E_BAD_REPLY) {
        nat__mapping_values values;
        bool good = answer->values && nat__mapping_read(&values, answer->values, false);
        values.gateway = l->gateway;
        l->index.any_good = l->index.any_good || good;
        l->index.bad_run = good ? 0 : l->index.bad_run + 1;
        if (l->index.bad_run > BAD_RUN_MAX) {
            finish_bad(op);
            return;
        }
        if (!on_values(op, index, good ? &values : NULL)) {
            nat__op_finish(op, NATUPNP_E_NOMEM, 0, NULL);
            return;
        }
    } else {
        nat__result result = nat__igd_result(answer);
        nat__listing_finish(op, &result);
        return;
    }
    go_on(op);
}

static void begin_pass(natupnp_op *op)
{
    nat__listing *l = op->listing;
    nat__mappings_cut(&op->mappings, 0);
    l->index = (struct nat__index_reading){.passes = l->index.passes + 1, .end = SIZE_MAX};
    go_on(op);
}

void nat__listing_by_index(natupnp_op *op)
{
    begin_pass(op);
}
