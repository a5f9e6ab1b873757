/* SPDX-License-Identifier: MIT */
#include "face.h"

natupnp_status natupnp_op_wait(natupnp_op *op)
{
    if (!op)
        return NATUPNP_E_INVAL;
    if (!op->client)
        return op->done ? op->status : NATUPNP_E_CLOSED;
    natupnp_client *client = op->client;
    natupnp_status status = nat__client_enter(client);
    if (status != NATUPNP_OK)
        return status;
    while (!op->done && status == NATUPNP_OK) {
        status = nat__client_turn(client);
        if (op->done || status != NATUPNP_OK)
            break;
        if (client->loop.woken) {
            status = NATUPNP_E_INTERRUPTED;
            break;
        }
        nat__log_flush(&client->log);
        /* The others' completions stay in the queue and must not keep us from sleeping. */
        nat__loop_set_flag(&client->loop,
                           !nat__list_empty(&client->runnable) || !nat__list_empty(&client->ended));
        status = nat__loop_wait(&client->loop, -1);
    }
    if (op->done) {
        nat__list_remove(&op->turn);
        status = op->status;
    }
    nat__client_leave(client);
    return status;
}

natupnp_status natupnp_op_cancel(natupnp_op *op)
{
    if (!op)
        return NATUPNP_E_INVAL;
    if (!op->client)
        return NATUPNP_E_CLOSED;
    natupnp_client *client = op->client;
    natupnp_status status = nat__client_enter(client);
    if (status != NATUPNP_OK)
        return status;
    if (!op->done)
        nat__op_finish(op, NATUPNP_E_CANCELLED, 0, NULL);
    nat__client_leave(client);
    return NATUPNP_OK;
}

void natupnp_op_free(natupnp_op *op)
{
    if (!op)
        return;
    natupnp_client *client = op->client;
    natupnp_status status = client ? nat__client_enter(client) : NATUPNP_OK;
    if (status == NATUPNP_E_BUSY)
        return; /* misuse: memory lost is better than memory in use freed */
    if (client && !op->done && status == NATUPNP_OK)
        nat__op_finish(op, NATUPNP_E_CANCELLED, 0, NULL);
    if (status == NATUPNP_E_FORKED)
        client->loop.detached = true;
    if (client)
        nat__op_detach(op);
    nat__op_destroy(op);
    if (client && status == NATUPNP_OK)
        nat__client_leave(client);
}

bool natupnp_op_done(const natupnp_op *op)
{
    return op && op->done;
}

natupnp_status natupnp_op_status(const natupnp_op *op)
{
    return op ? op->status : NATUPNP_E_INVAL;
}

int natupnp_op_fault(const natupnp_op *op)
{
    return op ? op->fault : 0;
}

int32_t natupnp_op_hresult(const natupnp_op *op)
{
    if (!op)
        return natupnp_status_hresult(NATUPNP_E_INVAL);
    return nat__op_hresult(op->verb->kind, op->status, op->fault);
}

const char *natupnp_op_detail(const natupnp_op *op)
{
    if (!op)
        return "";
    if (!op->detail)
        return op->status == NATUPNP_OK ? "" : natupnp_status_text(op->status);
    return op->detail;
}

bool natupnp_op_maybe_applied(const natupnp_op *op)
{
    return op && op->maybe_applied;
}

uint64_t natupnp_op_id(const natupnp_op *op)
{
    return op ? op->id : 0;
}

void natupnp_op_set_user(natupnp_op *op, void *user)
{
    if (op)
        op->user = user;
}

void *natupnp_op_user(const natupnp_op *op)
{
    return op ? op->user : NULL;
}

const natupnp_mapping *natupnp_op_mapping(const natupnp_op *op)
{
    return op && op->done ? op->mapping : NULL;
}

size_t natupnp_op_mapping_count(const natupnp_op *op)
{
    return op && op->done ? op->mapping_count : 0;
}

const natupnp_mapping *natupnp_op_mapping_at(const natupnp_op *op, size_t index)
{
    return op && op->done && index < op->mappings.count ? op->mappings.at[index] : NULL;
}

const natupnp_gateway *natupnp_op_gateway(const natupnp_op *op)
{
    return op && op->done ? op->snapshot : NULL;
}

size_t natupnp_op_gateway_count(const natupnp_op *op)
{
    return op && op->done ? op->gateway_count : 0;
}

const natupnp_gateway *natupnp_op_gateway_at(const natupnp_op *op, size_t index)
{
    return op && op->done && index < op->gateway_count ? op->gateways[index] : NULL;
}
