/* SPDX-License-Identifier: MIT */
/*
 * Any free port. Many gateways silently point a host's own mapping elsewhere
 * when it is added again, so a port is asked for only when the gateway says
 * that it is free, and read back then: two programs on one host may race.
 */
#include "verbs.h"

#include <string.h>
#include <sys/random.h>

enum { TRIES_MAX = 12, FIRST_RANDOM = 20000, LAST_RANDOM = 60000, LOWEST_UNPRIVILEGED = 1024 };

static void next_port(natupnp_op *op);

static void fail(natupnp_op *op, const nat__result *result)
{
    nat__op_fail(op, result, "adding a mapping on any free port");
}

static void on_read_back(natupnp_op *op, const nat__result *result)
{
    nat__add_work *w = op->work;
    const nat__mapping_values *found = result->mapping;
    if (result->status == NATUPNP_OK &&
        strcmp(found->internal_client, w->wish.internal_client) == 0 &&
        found->internal_port == w->wish.internal_port)
        nat__add_confirmed(op, found);
    else if (result->status == NATUPNP_OK || result->status == NATUPNP_E_NOT_FOUND)
        next_port(op);
    else
        fail(op, result);
}

static void on_tried(natupnp_op *op, const nat__result *result)
{
    nat__add_work *w = op->work;
    if (result->status == NATUPNP_OK || nat__is_unclear(result)) {
        op->gateway->protocol->lookup(op, &w->wish, on_read_back);
    } else if (result->status == NATUPNP_E_CONFLICT || result->status == NATUPNP_E_NOT_PERMITTED ||
               result->status == NATUPNP_E_UNSUPPORTED || result->status == NATUPNP_E_FAULT) {
        nat__failure_keep(&w->failure, result);
        /* It had said that the port is free: so this is no conflict but a refusal. */
        if (result->status == NATUPNP_E_CONFLICT)
            w->failure.result.status = NATUPNP_E_NOT_PERMITTED;
        next_port(op);
    } else {
        fail(op, result);
    }
}

/* The gateway was asked for a mapping with the preferred port, or another if it is taken. */
static void on_preferred(natupnp_op *op, const nat__result *result)
{
    nat__add_work *w = op->work;
    if (result->status == NATUPNP_OK) {
        nat__add_confirmed(op, result->mapping);
    } else if (result->status == NATUPNP_E_UNSUPPORTED || result->status == NATUPNP_E_FAULT ||
               result->status == NATUPNP_E_HTTP) {
        op->gateway->no_map_any = true;
        op->gateway->protocol->map(op, &w->wish, on_tried);
    } else if (result->status == NATUPNP_E_CONFLICT || result->status == NATUPNP_E_NOT_PERMITTED) {
        nat__failure_keep(&w->failure, result);
        next_port(op);
    } else {
        fail(op, result);
    }
}

static void on_looked_up(natupnp_op *op, const nat__result *result)
{
    nat__add_work *w = op->work;
    bool preferred = w->port > 0 && w->wish.external_port == w->port;
    if (result->status == NATUPNP_E_NOT_FOUND && preferred)
        op->gateway->protocol->map_any(op, &w->wish, on_preferred);
    else if (result->status == NATUPNP_E_NOT_FOUND)
        op->gateway->protocol->map(op, &w->wish, on_tried);
    else if (result->status == NATUPNP_OK && preferred && nat__add_was_ours(w, result->mapping))
        op->gateway->protocol->map(op, &w->wish, on_tried); /* no second one beside it */
    else if (result->status == NATUPNP_OK)
        next_port(op);
    else
        fail(op, result);
}

static void try_port(natupnp_op *op, uint16_t port)
{
    nat__add_work *w = op->work;
    w->wish.external_port = port;
    w->tries++;
    op->gateway->protocol->lookup(op, &w->wish, on_looked_up);
}

static void on_gateway_chose(natupnp_op *op, const nat__result *result)
{
    switch (result->status) {
    case NATUPNP_OK:
        nat__add_confirmed(op, result->mapping);
        break;
    case NATUPNP_E_FAULT: /* claimed, but 401, 501, 602 or 716 */
    case NATUPNP_E_HTTP:
        op->gateway->no_map_any = true;
        next_port(op);
        break;
    case NATUPNP_E_UNSUPPORTED:
    case NATUPNP_E_CONFLICT:
        next_port(op);
        break;
    default: /* a reply that cannot be read may stand for a mapping: no second one is made */
        fail(op, result);
    }
}

static bool random_port(uint16_t *out)
{
    uint16_t number;
    if (getrandom(&number, sizeof number, GRND_NONBLOCK) != (ssize_t)sizeof number)
        return false;
    *out = (uint16_t)(FIRST_RANDOM + number % (LAST_RANDOM - FIRST_RANDOM));
    return true;
}

/* Goes on to the next way: let the gateway choose, then the internal port, then random ones. */
static void next_port(natupnp_op *op)
{
    nat__add_work *w = op->work;
    uint16_t port = w->wish.internal_port;
    if (!w->gateway_chose) {
        w->gateway_chose = true;
        w->wish.external_port = 0;
        op->gateway->protocol->map_any(op, &w->wish, on_gateway_chose);
        return;
    }
    bool internal = !w->internal_tried && port >= LOWEST_UNPRIVILEGED && port != w->port;
    w->internal_tried = true;
    if (w->tries >= TRIES_MAX || (!internal && !random_port(&port))) {
        nat__result none = w->failure.result;
        if (none.status == NATUPNP_OK)
            none.status = NATUPNP_E_CONFLICT; /* all that were tried are taken */
        fail(op, &none);
        return;
    }
    try_port(op, port);
}

void nat__add_any(natupnp_op *op)
{
    nat__add_work *w = op->work;
    if (w->port != 0)
        try_port(op, w->port);
    else
        next_port(op);
}
