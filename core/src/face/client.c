/* SPDX-License-Identifier: MIT */
#include "face.h"

#include "../ground/utf8.h"
#include "../meaning/cache.h"
#include "../meaning/event.h"
#include "../meaning/keeper.h"
#include "../meaning/monitor.h"
#include "../meaning/search.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- entering and leaving ---- */

/* The address of this thread's own is its name. */
static _Thread_local char thread_mark;

natupnp_status nat__client_enter(natupnp_client *client)
{
    if (!client)
        return NATUPNP_E_INVAL;
    if (client->pid != getpid())
        return NATUPNP_E_FORKED;
    uintptr_t self = (uintptr_t)&thread_mark, nobody = 0;
    if (!atomic_compare_exchange_strong(&client->owner, &nobody, self) && nobody != self)
        return NATUPNP_E_BUSY;
    client->depth++;
    return NATUPNP_OK;
}

static void destroy(natupnp_client *client);

/* Something to do in the next dispatch; something for the user to take. */
static bool has_work(const natupnp_client *client)
{
    return !nat__list_empty(&client->runnable) || !nat__list_empty(&client->ended);
}

static bool has_news(const natupnp_client *client)
{
    return !nat__list_empty(&client->done) || !nat__list_empty(&client->events);
}

void nat__client_leave(natupnp_client *client)
{
    if (client->depth == 1) {
        nat__log_flush(&client->log); /* may call back into the library */
        nat__loop_set_flag(&client->loop, has_work(client) || has_news(client));
        nat__loop_arm(&client->loop);
    }
    if (--client->depth > 0)
        return;
    if (client->doomed)
        destroy(client);
    else
        atomic_store(&client->owner, 0);
}

natupnp_status nat__client_refuse(natupnp_client *client, natupnp_status status, const char *format,
                                  ...)
{
    va_list args;
    free(client->last_detail);
    client->last_detail = NULL;
    client->last_status = status;
    va_start(args, format);
    if (format && vasprintf(&client->last_detail, format, args) < 0)
        client->last_detail = NULL;
    va_end(args);
    if (client->last_detail)
        nat__utf8_tame(client->last_detail);
    return status;
}

/* ---- making ---- */

natupnp_status nat__client_new(natupnp_client **out, const natupnp_client_options *options,
                               nat__clock clock)
{
    natupnp_client_options known = NATUPNP_CLIENT_OPTIONS_INIT;
    if (!out)
        return NATUPNP_E_INVAL;
    *out = NULL;
    if (options && !nat__options_copy(&known, sizeof known, options))
        return NATUPNP_E_INVAL;
    natupnp_client *client = calloc(1, sizeof *client);
    if (!client)
        return NATUPNP_E_NOMEM;
    client->pid = getpid();
    client->loop.fd = -1;
    nat__log_init(&client->log);
    client->log.clock = clock;
    nat__list_init(&client->ops);
    nat__list_init(&client->runnable);
    nat__list_init(&client->done);
    nat__list_init(&client->ended);
    nat__list_init(&client->events);
    for (size_t i = 0; i <= NAT__KEY_BUCKETS; i++)
        nat__list_init(&client->keys[i]);
    natupnp_status status = nat__loop_open(&client->loop, clock);
    if (status == NATUPNP_OK)
        status = nat__options_apply(client, &known);
    if (status == NATUPNP_OK)
        status = nat__http_new(&client->http, &client->loop, &client->log);
    if (status == NATUPNP_OK)
        status = nat__cache_open(client);
    if (status != NATUPNP_OK) {
        destroy(client);
        return status;
    }
    *out = client;
    return NATUPNP_OK;
}

natupnp_status natupnp_client_new(natupnp_client **out, const natupnp_client_options *options)
{
    return nat__client_new(out, options, nat__clock_system());
}

/* ---- freeing ---- */

static void destroy(natupnp_client *client)
{
    client->watched = false;
    nat__monitor_free(client->monitor);
    nat__events_drop(client);
    nat__keeper_free(client->keeper);
    NAT__LIST_EACH (&client->ops, it) {
        natupnp_op *op = NAT__MEMBER(it, natupnp_op, link);
        nat__op_detach(op);
        if (op->on_end) /* nobody else has it */
            nat__op_destroy(op);
    }
    nat__search_free(client->search);
    nat__cache_close(client);
    nat__gateway_unref(client->gateway);
    nat__http_free(client->http);
    if (client->loop.fd >= 0)
        nat__loop_close(&client->loop);
    nat__log_free(&client->log);
    nat__url_free(&client->gateway_url);
    free(client->interface);
    free(client->cache_dir);
    free(client->last_detail);
    free(client);
}

void natupnp_client_free(natupnp_client *client)
{
    natupnp_status status = nat__client_enter(client);
    if (status == NATUPNP_E_FORKED) {
        client->loop.detached = true; /* the parent's connections and timers are not ours to end */
        destroy(client);
    } else if (status == NATUPNP_OK) {
        client->doomed = true;
        client->log.on_log = NULL; /* what they are given may be gone with the client */
        client->log.on_trace = NULL;
        nat__client_leave(client);
    }
}

/* ---- driving ---- */

int natupnp_client_fd(const natupnp_client *client)
{
    return client ? client->loop.fd : -1;
}

int natupnp_client_timeout_ms(const natupnp_client *client)
{
    if (!client)
        return -1;
    if (has_work(client) || has_news(client))
        return 0;
    return nat__loop_timeout_ms(&client->loop);
}

natupnp_status nat__client_turn(natupnp_client *client)
{
    nat__ops_run(client);
    natupnp_status status = nat__loop_run(&client->loop);
    nat__ops_run(client);
    return status;
}

/* Calls on_done for the operations that had ended before; one that it frees may be the client. */
static void deliver(natupnp_client *client)
{
    if (!client->on_done)
        return;
    nat__link ended;
    nat__list_init(&ended);
    nat__list_move(&ended, &client->done);
    while (!client->doomed) {
        nat__link *it = nat__list_take(&ended);
        if (!it)
            return;
        client->on_done(client->on_done_arg, NAT__MEMBER(it, natupnp_op, turn));
    }
    nat__list_move(&client->done, &ended);
}

natupnp_status natupnp_client_dispatch(natupnp_client *client)
{
    natupnp_status status = nat__client_enter(client);
    if (status != NATUPNP_OK)
        return status;
    if (client->depth == 1) { /* from inside a callback there is nothing to do but to return */
        status = nat__client_turn(client);
        nat__log_flush(&client->log);
        deliver(client);
    }
    nat__client_leave(client);
    return status;
}

natupnp_status natupnp_client_wait(natupnp_client *client, int timeout_ms)
{
    natupnp_status status = nat__client_enter(client);
    if (status != NATUPNP_OK)
        return status;
    nat__loop_set_flag(&client->loop, has_work(client) || has_news(client));
    status = nat__loop_wait(&client->loop, timeout_ms < 0 ? -1 : timeout_ms);
    nat__client_leave(client);
    return status == NATUPNP_OK ? natupnp_client_dispatch(client) : status;
}

void natupnp_client_wake(natupnp_client *client)
{
    if (client && client->pid == getpid())
        nat__loop_wake(&client->loop);
}

natupnp_op *natupnp_client_next_done(natupnp_client *client)
{
    if (nat__client_enter(client) != NATUPNP_OK)
        return NULL;
    nat__link *it = client->on_done ? NULL : nat__list_take(&client->done);
    nat__client_leave(client);
    return it ? NAT__MEMBER(it, natupnp_op, turn) : NULL;
}

natupnp_status natupnp_client_set_timeout_ms(natupnp_client *client, uint32_t timeout_ms)
{
    natupnp_status status = nat__client_enter(client);
    if (status != NATUPNP_OK)
        return status;
    if (timeout_ms <= NAT__TIMEOUT_MAX_MS)
        client->timeout_ms = timeout_ms > 0 ? timeout_ms : NAT__TIMEOUT_MS;
    else
        status = nat__client_refuse(client, NATUPNP_E_INVAL, "%s", nat__options_timeout_problem);
    nat__client_leave(client);
    return status;
}

natupnp_status natupnp_client_last_status(const natupnp_client *client)
{
    return client ? client->last_status : NATUPNP_E_INVAL;
}

const char *natupnp_client_last_detail(const natupnp_client *client)
{
    if (!client)
        return "there is no client";
    if (client->last_status == NATUPNP_OK)
        return "";
    return client->last_detail ? client->last_detail : natupnp_status_text(client->last_status);
}

int32_t natupnp_client_last_hresult(const natupnp_client *client)
{
    return natupnp_status_hresult(natupnp_client_last_status(client));
}
