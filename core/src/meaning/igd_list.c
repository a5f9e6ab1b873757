/* SPDX-License-Identifier: MIT */
#include "igd_list.h"

#include "igd.h"

#include <stdlib.h>
#include <string.h>

void nat__listing_free(nat__listing *listing)
{
    if (!listing)
        return;
    free(listing->range.left);
    free(listing->gateway);
    free(listing);
}

void nat__listing_finish(natupnp_op *op, const nat__result *result)
{
    nat__next *next = op->listing->next;
    nat__listing_free(op->listing);
    op->listing = NULL;
    next(op, result);
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

/* Closes the gaps that entries with external port 0 are. */
static void compact(nat__mappings *mappings)
{
    size_t kept = 0;
    for (size_t i = 0; i < mappings->count; i++) {
        if (mappings->at[i]->values.external_port > 0)
            mappings->at[kept++] = mappings->at[i];
        else
            free(mappings->at[i]);
    }
    mappings->count = kept;
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

void nat__igd_list(natupnp_op *op, nat__next *next)
{
    nat__listing *listing = calloc(1, sizeof *listing);
    op->listing = listing;
    if (listing) {
        listing->next = next;
        listing->gateway = nat__gateway_identity(op->gateway);
    }
    if (!listing || !listing->gateway) {
        nat__op_finish(op, NATUPNP_E_NOMEM, 0, NULL);
        return;
    }
    nat__mappings_cut(&op->mappings, 0);
    bool can = nat__service_version(nat__gateway_service_type(op->gateway)) >= 2;
    if (can && !op->gateway->no_list)
        nat__listing_by_range(op);
    else
        nat__listing_by_index(op);
}
