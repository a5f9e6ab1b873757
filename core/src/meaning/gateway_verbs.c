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
    if (result->status == NATUPNP_OK)
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
    nat__wan_state *wan = &op->gateway->wan;
    free(wan->status);
    free(wan->last_error);
    *wan = (nat__wan_state){.uptime_s = -1}; /* what is not answered now is unknown */
    w->pending = 2;
    op->gateway->protocol->status(op, on_told);
    if (!op->done)
        op->gateway->protocol->external_ip(op, on_told);
}

const nat__verb nat__verb_gateway_discover = {
    .name = "discover", .kind = NAT__VERB_DISCOVER, .searches = true, .run = run_discover};
const nat__verb nat__verb_gateway_list = {
    .name = "list gateways", .kind = NAT__VERB_DISCOVER, .searches = true, .run = run_list};
const nat__verb nat__verb_gateway_query = {
    .name = "query", .kind = NAT__VERB_OTHER, .work_size = sizeof(query_work), .run = run_query};
