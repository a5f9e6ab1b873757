/* SPDX-License-Identifier: MIT */
#include "igd_list.h"

#include "igd.h"

#include <stdlib.h>
#include <string.h>

void nat__listing_free(nat__listing *listing)
{
    if (!listing)
        return;
    nat__timer_close(listing->loop, &listing->pause);
    free(listing->range.left);
    free(listing->gateway);
    free(listing);
}

static int compare_keys(const void *a, const void *b)
{
    const nat__mapping_values *x = &(*(natupnp_mapping *const *)a)->values;
    const nat__mapping_values *y = &(*(natupnp_mapping *const *)b)->values;
    if (x->external_port != y->external_port)
        return x->external_port < y->external_port ? -1 : 1;
    if (x->protocol != y->protocol)
        return x->protocol < y->protocol ? -1 : 1;
    return strcmp(x->remote_host, y->remote_host);
}

static bool is_entry(const void *arg, const nat__mapping_values *values)
{
    (void)arg;
    return values->external_port > 0;
}

/* Closes the gaps that entries with external port 0 are. */
static void compact(nat__mappings *mappings)
{
    nat__mappings_filter(mappings, 0, is_entry, NULL);
}

bool nat__listing_tidy(nat__mappings *mappings, bool *repeated)
{
    *repeated = false;
    compact(mappings);
    natupnp_mapping **sorted = malloc((mappings->count + 1) * sizeof *sorted);
    if (!sorted)
        return false;
    if (mappings->count > 0)
        memcpy(sorted, mappings->at, mappings->count * sizeof *sorted);
    qsort(sorted, mappings->count, sizeof *sorted, compare_keys);
    natupnp_mapping *previous = mappings->count > 0 ? sorted[0] : NULL;
    for (size_t i = 1; i < mappings->count; i++) {
        if (compare_keys(&previous, &sorted[i]) != 0) {
            previous = sorted[i];
            continue;
        }
        sorted[i]->values.external_port = 0;
        *repeated = true;
    }
    free(sorted);
    compact(mappings);
    return true;
}

static int compare_order(const void *a, const void *b)
{
    natupnp_protocol x = (*(natupnp_mapping *const *)a)->values.protocol;
    natupnp_protocol y = (*(natupnp_mapping *const *)b)->values.protocol;
    return x != y ? (x < y ? -1 : 1) : compare_keys(a, b);
}

void nat__listing_sort(nat__mappings *mappings)
{
    if (mappings->count > 1)
        qsort(mappings->at, mappings->count, sizeof *mappings->at, compare_order);
}

static bool is_in_collection(const void *arg, const nat__mapping_values *values)
{
    const natupnp_op *op = arg;
    return !op->verb->holds || op->verb->holds(op->gateway, values);
}

/* Leaves what was read with the operation, as far as it is wanted. */
static void end(natupnp_op *op, bool tidied)
{
    bool repeated;
    nat__listing_free(op->listing);
    op->listing = NULL;
    if (!tidied && !nat__listing_tidy(&op->mappings, &repeated))
        nat__mappings_cut(&op->mappings, 0);
    nat__mappings_filter(&op->mappings, 0, is_in_collection, op);
}

void nat__listing_finish(natupnp_op *op, const nat__result *result)
{
    nat__next *next = op->listing->next;
    end(op, result->status == NATUPNP_OK);
    next(op, result);
}

void nat__listing_abandon(natupnp_op *op)
{
    if (!op->listing)
        return;
    end(op, false);
    if (op->verb->counts)
        nat__mappings_free(&op->mappings);
    op->mapping_count = op->mappings.count;
}

void nat__listing_finish_full(natupnp_op *op)
{
    nat__listing_finish(op, &(nat__result){.status = NATUPNP_E_BAD_REPLY,
                                           .detail = "its table is too large and was cut"});
}

/* For eight thousand mappings as they are: with two replies and a trace beside it, 4 MiB are not
 * passed. */
enum { TABLE_MAX = 3 * 512 * 1024 };

void nat__igd_list(natupnp_op *op, nat__next *next)
{
    nat__listing *listing = calloc(1, sizeof *listing);
    op->listing = listing;
    if (listing) {
        listing->loop = &op->client->loop;
        listing->next = next;
        listing->gateway = nat__gateway_identity(op->gateway);
    }
    if (!listing || !listing->gateway ||
        nat__timer_open(listing->loop, &listing->pause, NAT__AWAKE, nat__listing_ask_again, op) !=
            NATUPNP_OK) {
        nat__op_finish(op, NATUPNP_E_NOMEM, 0, NULL);
        return;
    }
    nat__mappings_cut(&op->mappings, 0);
    op->mappings.limit = TABLE_MAX;
    bool can = nat__service_version(nat__gateway_service_type(op->gateway)) >= 2;
    if (can && !op->gateway->no_list)
        nat__listing_by_range(op);
    else
        nat__listing_by_index(op);
}
