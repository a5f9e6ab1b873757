/* SPDX-License-Identifier: MIT */
/*
 * Reading the table by ranges of external ports (WANIPConnection:2, section
 * 2.5.22). Entries come in any order, so a reply that may be cut short is
 * asked for again in halves, never continued.
 */
#include "igd.h"
#include "igd_list.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    ENTRIES_ASKED = 500, /* some 350 KiB of reply */
    PENDING_MAX = 2,     /* one for each protocol */
    HALVINGS_MAX = 256   /* more than a table as large as we take makes necessary */
};

/* The standard's "no mapping in this range"; some give the code for one mapping. */
static bool is_empty_fault(int fault)
{
    return fault == 730 || fault == 714;
}

static bool add_range(natupnp_op *op, unsigned first, unsigned last, natupnp_protocol protocol)
{
    struct nat__range_reading *r = &op->listing->range;
    struct nat__range *left = realloc(r->left, (r->count + 1) * sizeof *left);
    if (!left) {
        nat__op_finish(op, NATUPNP_E_NOMEM, 0, NULL);
        return false;
    }
    r->left = left;
    left[r->count++] = (struct nat__range){first, last, protocol};
    return true;
}

/* A range as an action's note, and back. */
static uint64_t pack(struct nat__range range)
{
    return (uint64_t)range.protocol << 32 | (uint64_t)range.first << 16 | range.last;
}

static struct nat__range unpack(uint64_t note)
{
    return (struct nat__range){note >> 16 & 0xFFFF, note & 0xFFFF, (natupnp_protocol)(note >> 32)};
}

static void on_range(nat__action *action, const nat__answer *answer);

static bool ask(natupnp_op *op, struct nat__range range)
{
    char first[8], last[8], most[8];
    snprintf(first, sizeof first, "%u", range.first & 0xFFFF);
    snprintf(last, sizeof last, "%u", range.last & 0xFFFF);
    snprintf(most, sizeof most, "%d", ENTRIES_ASKED);
    const nat__soap_arg args[] = {
        {"NewStartPort", first},
        {"NewEndPort", last},
        {"NewProtocol", natupnp_protocol_name(range.protocol)},
        {"NewManage", "1"}, /* everybody's, as far as we are allowed */
        {"NewNumberOfPorts", most},
    };
    op->listing->pending++;
    return nat__igd_send(op, "GetListOfPortMappings", args, 5, NAT__ACTION_BULK, on_range, NULL,
                         NULL, pack(range));
}

static void go_on(natupnp_op *op)
{
    nat__listing *l = op->listing;
    while (!l->range.refused && l->pending < PENDING_MAX && l->range.count > 0)
        if (!ask(op, l->range.left[--l->range.count]))
            return;
    if (l->pending > 0)
        return;
    bool repeated;
    if (l->range.refused) {
        nat__mappings_cut(&op->mappings, 0);
        op->mappings.full = false;
        nat__listing_by_index(op);
    } else if (nat__listing_tidy(&op->mappings, &repeated)) {
        nat__listing_sort(&op->mappings); /* replies for TCP and UDP come in any order */
        nat__listing_finish(op, &(nat__result){.status = NATUPNP_OK});
    } else {
        nat__op_finish(op, NATUPNP_E_NOMEM, 0, NULL);
    }
}

/* Gives the reading by range up, for this time or for good. */
static void refuse(natupnp_op *op, bool for_good)
{
    op->listing->range.refused = true;
    op->gateway->no_list = op->gateway->no_list || for_good;
}

/* Asks for both halves of a range of several ports; some replies get no smaller. */
static bool halve(natupnp_op *op, struct nat__range range)
{
    struct nat__range_reading *r = &op->listing->range;
    if (++r->halvings > HALVINGS_MAX) {
        refuse(op, true);
        return true;
    }
    unsigned middle = range.first + (range.last - range.first) / 2;
    return add_range(op, middle + 1, range.last, range.protocol) &&
           add_range(op, range.first, middle, range.protocol);
}

/* The ports only, then the protocol too. */
static bool is_in_range(const struct nat__range *range, const nat__mapping_values *values)
{
    return values->external_port >= range->first && values->external_port <= range->last;
}

static bool was_asked_for(const void *arg, const nat__mapping_values *values)
{
    const struct nat__range *range = arg;
    return values->protocol == range->protocol && is_in_range(range, values);
}

static bool are_in_range(const nat__mappings *mappings, size_t from, const struct nat__range *range)
{
    for (size_t i = from; i < mappings->count; i++)
        if (!is_in_range(range, &mappings->at[i]->values))
            return false;
    return true;
}

/* Reads the entries of one reply. False when the operation or the listing has ended. */
static bool read_entries(natupnp_op *op, const nat__soap_reply *values, struct nat__range range)
{
    nat__listing *l = op->listing;
    size_t before = op->mappings.count, seen;
    nat__str text = nat__str_of(nat__soap_value(values, "NewPortListing"));
    natupnp_status status = nat__mapping_parse_list(&op->mappings, &seen, text, l->gateway);
    if (status == NATUPNP_E_NOMEM) {
        nat__op_finish(op, status, 0, NULL);
        return false;
    }
    l->range.any = l->range.any || seen > 0;
    bool cut_short = seen >= ENTRIES_ASKED && range.first < range.last;
    /* Halves of a range that is not looked at would be no smaller. */
    if (status != NATUPNP_OK || (cut_short && !are_in_range(&op->mappings, before, &range))) {
        refuse(op, true);
        return true;
    }
    if (cut_short) {
        op->mappings.full = false;
        nat__mappings_cut(&op->mappings, before);
        return halve(op, range);
    }
    nat__mappings_filter(&op->mappings, before, was_asked_for, &range);
    if (!op->mappings.full)
        return true;
    nat__listing_finish_full(op);
    return false;
}

/* Whether a failure says that there is no such action, or no right to it. */
static bool is_for_good(const nat__answer *answer)
{
    enum { INVALID_ACTION = 401, NOT_IMPLEMENTED = 602, NOT_AUTHORIZED = 606 };
    return answer->fault == INVALID_ACTION || answer->fault == NOT_IMPLEMENTED ||
           answer->fault == NOT_AUTHORIZED;
}

static void on_range(nat__action *action, const nat__answer *answer)
{
    natupnp_op *op = action->owner;
    struct nat__range range = unpack(action->number);
    if (nat__igd_lost(action, answer))
        return;
    nat__listing *l = op->listing;
    l->pending--;
    bool going = true;
    l->range.any = l->range.any || answer->too_large;
    if (answer->status == NATUPNP_OK) {
        going = read_entries(op, answer->values, range);
    } else if (answer->status == NATUPNP_E_NOMEM) {
        nat__op_finish(op, NATUPNP_E_NOMEM, 0, NULL);
        going = false;
    } else if (answer->status == NATUPNP_E_BAD_REPLY && range.last - range.first > ENTRIES_ASKED) {
        going = halve(op, range); /* past the cap, or cut off */
    } else if (answer->status != NATUPNP_E_FAULT || !is_empty_fault(answer->fault)) {
        /* By index it may still go, and what has only happened once is asked for again there. */
        refuse(op, is_for_good(answer) || ++op->gateway->list_failures > 1);
    }
    if (going)
        go_on(op);
}

void nat__listing_by_range(natupnp_op *op)
{
    if (add_range(op, 1, 65535, NATUPNP_PROTOCOL_UDP) &&
        add_range(op, 1, 65535, NATUPNP_PROTOCOL_TCP))
        go_on(op);
}
