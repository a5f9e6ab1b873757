/* SPDX-License-Identifier: MIT */
#include "op.h"

#include "../ground/utf8.h"
#include "action.h"
#include "cache.h"
#include "igd_list.h"
#include "monitor.h"
#include "search.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How long a result that is complete but for the external address waits for it. */
enum { EXTERNAL_GRACE_MS = 2000 };

static void on_deadline(void *arg);

natupnp_op *nat__op_new(natupnp_client *client, const nat__verb *verb)
{
    natupnp_op *op = calloc(1, sizeof *op);
    void *work = calloc(1, verb->work_size + 1);
    if (!op || !work ||
        nat__timer_open(&client->loop, &op->deadline, NAT__AWAKE, on_deadline, op) != NATUPNP_OK) {
        free(op);
        free(work);
        return NULL;
    }
    op->verb = verb;
    op->work = work;
    op->client = client;
    op->status = NATUPNP_E_PENDING;
    op->id = ++client->next_id;
    nat__list_init(&op->turn);
    nat__list_init(&op->key_link);
    nat__list_init(&op->actions);
    nat__list_init(&op->link);
    nat__list_append(&client->ops, &op->link);
    return op;
}

void nat__op_destroy(natupnp_op *op)
{
    if (op->verb->clean)
        op->verb->clean(op->work);
    free(op->work);
    free(op->pinned);
    free(op->detail);
    free(op->mapping);
    nat__mappings_free(&op->mappings);
    nat__gateway_snapshot_free(op->snapshot);
    for (size_t i = 0; i < op->gateway_count; i++)
        nat__gateway_snapshot_free(op->gateways[i]);
    free(op->gateways);
    free(op);
}

void nat__op_set_key(natupnp_op *op, uint16_t external_port, natupnp_protocol protocol)
{
    op->keyed = true;
    op->key_port = external_port;
    op->key_protocol = protocol;
}

/* ---- running ---- */

void nat__op_start(natupnp_op *op)
{
    natupnp_client *client = op->client;
    nat__timer_set(&client->loop, &op->deadline, nat__loop_now(&client->loop) + client->timeout_ms);
    if (!op->keyed || nat__turn_take(op))
        nat__list_append(&client->runnable, &op->turn);
}

static void run(natupnp_op *op)
{
    natupnp_client *client = op->client;
    if (op->verb->searches || op->gateway) {
        op->verb->run(op);
    } else if (client->gateway) {
        nat__op_resume(op, client->gateway);
    } else {
        nat__search_join(client, op, op->rediscovered);
    }
}

void nat__ops_run(natupnp_client *client)
{
    nat__link now;
    nat__list_init(&now);
    nat__list_move(&now, &client->ended);
    for (nat__link *it = nat__list_take(&now); it; it = nat__list_take(&now)) {
        natupnp_op *op = NAT__MEMBER(it, natupnp_op, turn);
        op->on_end(op);
        nat__op_detach(op);
        nat__op_destroy(op);
    }
    /* Only those that are runnable now: one that goes on at once waits for the next dispatch. */
    nat__list_move(&now, &client->runnable);
    for (nat__link *it = nat__list_take(&now); it; it = nat__list_take(&now))
        run(NAT__MEMBER(it, natupnp_op, turn));
}

void nat__op_resume(natupnp_op *op, nat__gateway *gateway)
{
    if (op->pinned) {
        char *identity = nat__gateway_identity(gateway);
        bool same = identity && strcmp(identity, op->pinned) == 0;
        bool known = identity != NULL;
        free(identity);
        if (!same) {
            nat__op_finish(op, known ? NATUPNP_E_GONE : NATUPNP_E_NOMEM, 0,
                           "the mapping belongs to another gateway than the one in use now; "
                           "read the mappings again");
            return;
        }
    }
    nat__list_remove(&op->turn);
    op->gateway = nat__gateway_ref(gateway);
    op->verb->run(op);
}

/* Forgets how far it had come. */
static void reset(natupnp_op *op)
{
    if (nat__actions_cancel(&op->actions))
        op->maybe_applied = true;
    nat__listing_free(op->listing);
    op->listing = NULL;
    op->main_done = op->external_pending = false;
    op->external = (nat__external){0};
}

bool nat__op_begin_anew(natupnp_op *op)
{
    if (op->wrote)
        return false;
    reset(op);
    op->verb->run(op);
    return true;
}

bool nat__op_rediscover(natupnp_op *op)
{
    natupnp_client *client = op->client;
    nat__gateway *gateway = op->gateway;
    if (op->wrote)
        return false;
    if (gateway->control_fallback.target) {
        /* URLBase named a port where nobody listens. */
        nat__url_free(&gateway->control);
        gateway->control = gateway->control_fallback;
        gateway->control_fallback = (nat__url){0};
        if (gateway == client->gateway)
            nat__cache_keep(client);
        return nat__op_begin_anew(op);
    }
    if (op->rediscovered)
        return false;
    reset(op);
    op->rediscovered = true;
    if (client->gateway == gateway) {
        nat__log_line(&client->log, NATUPNP_LOG_INFO, "the gateway is gone; searching again");
        nat__search_lose(client, gateway);
    }
    nat__gateway_unref(op->gateway);
    op->gateway = NULL;
    nat__list_append(&client->runnable, &op->turn);
    return true;
}

/* ---- the external address beside the rest ---- */

static void complete(natupnp_op *op)
{
    if (op->external_pending) {
        op->external = (nat__external){.status = NATUPNP_E_TIMEOUT};
        nat__wan_learn_external(&op->gateway->wan, &op->external, NULL);
    }
    if (op->mapping)
        op->mapping->external = op->external;
    for (size_t i = 0; i < op->mappings.count; i++)
        op->mappings.at[i]->external = op->external;
    nat__op_finish(op, NATUPNP_OK, 0, NULL);
}

static void on_external_ip(natupnp_op *op, const nat__result *result)
{
    (void)result;
    op->external = op->gateway->wan.external;
    op->external_pending = false;
    if (op->main_done)
        complete(op);
}

void nat__op_want_external_ip(natupnp_op *op)
{
    op->external_pending = true;
    op->gateway->protocol->external_ip(op, on_external_ip);
}

void nat__op_succeed(natupnp_op *op)
{
    if (!op->external_pending) {
        complete(op);
        return;
    }
    op->main_done = true;
    uint64_t grace = nat__loop_now(&op->client->loop) + EXTERNAL_GRACE_MS;
    if (grace < op->deadline.at_ms)
        nat__timer_set(&op->client->loop, &op->deadline, grace);
}

bool nat__op_set_mapping(natupnp_op *op, const nat__mapping_values *values)
{
    free(op->mapping);
    char *identity = nat__gateway_identity(op->gateway);
    nat__mapping_values own = *values;
    own.gateway = identity;
    op->mapping = identity ? nat__mapping_new(&own) : NULL;
    free(identity);
    if (!op->mapping)
        nat__op_finish(op, NATUPNP_E_NOMEM, 0, NULL);
    return op->mapping != NULL;
}

/* ---- the end ---- */

static void on_deadline(void *arg)
{
    natupnp_op *op = arg;
    natupnp_client *client = op->client;
    if (op->main_done)
        complete(op);
    else if (op->verb->late)
        nat__op_finish(op, NATUPNP_E_TIMEOUT, 0, "%s", op->verb->late);
    else if (op->verb->searches && client->gateway && client->search && client->search->chosen)
        nat__search_give(client->search, op); /* those that have answered */
    else if (op->waits_turn)
        nat__op_finish(op, NATUPNP_E_TIMEOUT, 0,
                       "the time allowed ended while an earlier change of the same mapping was "
                       "under way; try again");
    else if (!op->gateway)
        nat__op_finish(op, NATUPNP_E_TIMEOUT, 0,
                       "the time allowed ended before a gateway was found; allow more time");
    else
        nat__op_finish(
            op, NATUPNP_E_TIMEOUT, 0,
            "the gateway did not answer in time; try again, allow more time, or restart it");
    nat__search_drop_stale(client);
}

static void set_detail(natupnp_op *op, const char *format, va_list args)
{
    char *text = NULL;
    if (format && vasprintf(&text, format, args) < 0)
        text = NULL;
    if (text)
        nat__utf8_tame(text); /* a device's own words may be in it */
    free(op->detail);
    op->detail = text;
}

void nat__op_finish(natupnp_op *op, natupnp_status status, int fault, const char *format, ...)
{
    natupnp_client *client = op->client;
    va_list args;
    if (op->verb->ended && !op->verb->ended(op, status)) {
        status = NATUPNP_E_NOMEM;
        format = NULL;
    }
    va_start(args, format);
    set_detail(op, format, args);
    va_end(args);
    op->done = true;
    op->status = status;
    op->fault = status == NATUPNP_OK ? 0 : fault;
    bool written = nat__actions_cancel(&op->actions);
    if (status == NATUPNP_OK)
        op->maybe_applied = false;
    if (status != NATUPNP_OK && (written || (op->wrote && status != NATUPNP_E_LOST)))
        op->maybe_applied = true;
    nat__listing_abandon(op);
    nat__timer_close(&client->loop, &op->deadline);
    nat__turn_leave(op);
    if (op->gateway && !op->snapshot) /* without memory there is none: the result counts more */
        op->snapshot = nat__gateway_snapshot(op->gateway, op->gateway == client->gateway);
    nat__gateway_unref(op->gateway);
    op->gateway = NULL;
    nat__log_line(&client->log, status == NATUPNP_OK ? NATUPNP_LOG_DEBUG : NATUPNP_LOG_INFO,
                  "%s: %s%s%s", op->verb->name, natupnp_status_name(status), op->detail ? ": " : "",
                  op->detail ? op->detail : "");
    nat__list_remove(&op->turn);
    nat__list_append(op->on_end ? &client->ended : &client->done, &op->turn);
}

void nat__unmap(natupnp_op *op, const nat__mapping_values *key, nat__next *next)
{
    nat__monitor_removes(op->client);
    op->gateway->protocol->unmap(op, key, next);
}

bool nat__is_unclear(const nat__result *result)
{
    return result->maybe_done &&
           (result->status == NATUPNP_E_NETWORK || result->status == NATUPNP_E_TIMEOUT ||
            result->status == NATUPNP_E_BAD_REPLY || result->status == NATUPNP_E_HTTP ||
            result->status == NATUPNP_E_NOMEM);
}

bool nat__is_unreachable(natupnp_status status)
{
    return status == NATUPNP_E_NO_GATEWAY || status == NATUPNP_E_NETWORK ||
           status == NATUPNP_E_TIMEOUT;
}

/* What to do next. */
static const char *hint_for(natupnp_status status)
{
    switch (status) {
    case NATUPNP_E_NOT_FOUND:
        return "; list the mappings to see what there is";
    case NATUPNP_E_CONFLICT:
        return "; ask for another port, or for any free one";
    case NATUPNP_E_NOT_PERMITTED:
        return "; allow it in the gateway's settings, or ask for another port";
    case NATUPNP_E_UNSUPPORTED:
    case NATUPNP_E_FAULT:
        return "; ask for it in another way, or set it up on the gateway's own page";
    case NATUPNP_E_FULL:
        return "; remove mappings that are no longer needed";
    case NATUPNP_E_NETWORK:
    case NATUPNP_E_TIMEOUT:
        return "; check the connection to the gateway and try again";
    case NATUPNP_E_BAD_REPLY:
    case NATUPNP_E_HTTP:
        return "; restarting the gateway may help";
    default:
        return "";
    }
}

void nat__op_fail(natupnp_op *op, const nat__result *result, const char *doing)
{
    const char *hint = hint_for(result->status);
    if (result->fault != 0)
        nat__op_finish(op, result->status, result->fault, "%s: %s (UPnP error %d%s%s)%s", doing,
                       natupnp_status_text(result->status), result->fault,
                       result->detail ? ": " : "", result->detail ? result->detail : "", hint);
    else
        nat__op_finish(op, result->status, 0, "%s: %s%s%s%s%s", doing,
                       natupnp_status_text(result->status), result->detail ? " (" : "",
                       result->detail ? result->detail : "", result->detail ? ")" : "", hint);
}

void nat__op_detach(natupnp_op *op)
{
    nat__actions_cancel(&op->actions);
    nat__listing_free(op->listing);
    op->listing = NULL;
    nat__timer_close(&op->client->loop, &op->deadline);
    nat__list_remove(&op->link);
    nat__list_remove(&op->turn);
    nat__list_remove(&op->key_link);
    nat__gateway_unref(op->gateway);
    op->gateway = NULL;
    op->client = NULL;
}

int32_t nat__op_hresult(nat__verb_kind kind, natupnp_status status, int fault)
{
    static const struct {
        int fault;
        uint32_t hresult;
    } faults[] = {
        {401, 0x80040207}, {402, 0x80040208}, {403, 0x80040209},
        {404, 0x80040213}, {501, 0x80040210},
    };
    /* Windows gives S_OK and no collection when there is no gateway. */
    if (status == NATUPNP_E_NO_GATEWAY && kind == NAT__VERB_DISCOVER)
        return 0;
    if (status != NATUPNP_E_FAULT && status != NATUPNP_E_NOT_PERMITTED && status != NATUPNP_E_FULL)
        return natupnp_status_hresult(status);
    if (fault == 718 && kind == NAT__VERB_ADD)
        return natupnp_status_hresult(NATUPNP_E_CONFLICT);
    if (fault == 714 && kind == NAT__VERB_KEYED)
        return natupnp_status_hresult(NATUPNP_E_NOT_FOUND);
    if (fault >= 600 && fault < 900)
        return (int32_t)(0x80040300 + (uint32_t)(fault - 600));
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        if (faults[i].fault == fault)
            return (int32_t)faults[i].hresult;
    return natupnp_status_hresult(status);
}
