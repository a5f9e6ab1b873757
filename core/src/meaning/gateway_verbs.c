/* SPDX-License-Identifier: MIT */
#include "search.h"
#include "verbs.h"

#include <stdlib.h>

static void run_discover(natupnp_op *op)
{
    natupnp_client *client = op->client;
    if (client->gateway && !client->gateway->tentative)
        nat__search_give(NULL, op);
    else
        nat__search_join(client, op, true);
}

static void run_list(natupnp_op *op)
{
    nat__search_join(op->client, op, true);
}

typedef struct query_work {
    unsigned pending;
} query_work;

static void on_told(natupnp_op *op, const nat__result *result)
{
    query_work *w = op->work;
    w->pending--;
    if (result->status == NATUPNP_OK || result->status == NATUPNP_E_NO_ADDRESS)
        op->main_done = true; /* enough for a success, should the other one never come */
    if (w->pending > 0)
        return;
    if (op->main_done)
        nat__op_finish(op, NATUPNP_OK, 0, NULL);
    else
        nat__op_fail(op, result, "asking for the connection's state");
}

static void run_query(natupnp_op *op)
{
    query_work *w = op->work;
    nat__wan_forget(&op->gateway->wan); /* what is not answered now is unknown */
    w->pending = 2;
    op->gateway->protocol->status(op, on_told);
    if (!op->done)
        op->gateway->protocol->external_ip(op, on_told);
}

/* The external address that was asked for and did not come while the rest did, or nothing did. */
static bool query_ended(natupnp_op *op, natupnp_status status)
{
    const nat__external late = {.status = NATUPNP_E_TIMEOUT};
    bool waited = status == NATUPNP_OK || status == NATUPNP_E_TIMEOUT;
    if (waited && op->gateway &&
        nat__external_status(&op->gateway->wan.external) == NATUPNP_E_PENDING)
        nat__wan_learn_external(&op->gateway->wan, &late, NULL);
    return true;
}

const nat__verb nat__verb_gateway_discover = {
    .name = "discover", .kind = NAT__VERB_DISCOVER, .searches = true, .run = run_discover};
const nat__verb nat__verb_gateway_list = {
    .name = "list gateways", .kind = NAT__VERB_DISCOVER, .searches = true, .run = run_list};
const nat__verb nat__verb_gateway_query = {.name = "query",
                                           .kind = NAT__VERB_OTHER,
                                           .work_size = sizeof(query_work),
                                           .run = run_query,
                                           .ended = query_ended};
