/* SPDX-License-Identifier: MIT */
#include "search.h"

#include "cache.h"
#include "monitor.h"
#include "verbs.h"

#include <stdlib.h>
#include <string.h>

/* ---- the end ---- */

void nat__search_free(nat__search *s)
{
    if (!s)
        return;
    nat__loop *loop = &s->client->loop;
    for (nat__link *it = nat__list_take(&s->candidates); it; it = nat__list_take(&s->candidates))
        nat__candidate_free(NAT__MEMBER(it, nat__candidate, link));
    for (size_t i = 0; i < s->socket_count; i++)
        nat__ssdp_socket_close(&s->sockets[i].socket);
    free(s->sockets);
    nat__timer_close(loop, &s->budget);
    nat__timer_close(loop, &s->repeat);
    nat__timer_close(loop, &s->look);
    nat__net_free(&s->net);
    if (s->client->search == s)
        s->client->search = NULL;
    free(s);
}

/* Whether a gateway is among the first so many snapshots already, by another description. */
static bool is_listed(natupnp_gateway *const *list, size_t count, const natupnp_gateway *gateway)
{
    for (size_t i = 0; i < count; i++) {
        const char *udn = list[i]->texts[NAT__GATEWAY_UDN],
                   *other = gateway->texts[NAT__GATEWAY_UDN];
        if (strcmp(list[i]->texts[NAT__GATEWAY_CONTROL_URL],
                   gateway->texts[NAT__GATEWAY_CONTROL_URL]) == 0 &&
            (!udn || !other || strcmp(udn, other) == 0))
            return true;
    }
    return false;
}

void nat__search_give(nat__search *s, natupnp_op *op)
{
    natupnp_client *client = op->client;
    nat__link none;
    nat__list_init(&none);
    nat__link *candidates = s ? &s->candidates : &none;
    size_t most = 1;
    for (const nat__link *it = candidates->next; it != candidates; it = it->next)
        most++;
    op->gateways = calloc(most, sizeof(natupnp_gateway *));
    bool ok = op->gateways != NULL;
    if (ok && (op->gateways[0] = nat__gateway_snapshot(client->gateway, true)))
        op->gateway_count = 1;
    ok = ok && op->gateway_count == 1;
    NAT__LIST_EACH (candidates, it) {
        const nat__candidate *c = NAT__MEMBER(it, nat__candidate, link);
        if (!ok || c->state != NAT__CANDIDATE_READY || c->gateway == client->gateway)
            continue;
        natupnp_gateway *snapshot = nat__gateway_snapshot(c->gateway, false);
        ok = snapshot != NULL;
        if (ok && !is_listed(op->gateways, op->gateway_count, snapshot))
            op->gateways[op->gateway_count++] = snapshot;
        else
            nat__gateway_snapshot_free(snapshot);
    }
    op->gateway = nat__gateway_ref(client->gateway);
    nat__op_finish(op, ok ? NATUPNP_OK : NATUPNP_E_NOMEM, 0, NULL);
}

/* Lets waiters go on with the client's gateway; those that want the whole list only at the end. */
static void resume(nat__search *s, bool at_end)
{
    nat__link waiters;
    nat__list_init(&waiters);
    nat__list_move(&waiters, &s->waiters);
    for (nat__link *it = nat__list_take(&waiters); it; it = nat__list_take(&waiters)) {
        natupnp_op *op = NAT__MEMBER(it, natupnp_op, turn);
        if (op->verb == &nat__verb_gateway_list && !at_end)
            nat__list_append(&s->waiters, it);
        else if (op->verb->searches)
            nat__search_give(s, op);
        else
            nat__op_resume(op, s->client->gateway);
    }
}

/* Why there is no gateway: a candidate that memory was short for may have been one. */
static natupnp_status reason(const nat__search *s)
{
    NAT__LIST_EACH (&s->candidates, it) {
        if (NAT__MEMBER(it, nat__candidate, link)->no_memory)
            return NATUPNP_E_NOMEM;
    }
    return NATUPNP_E_NO_GATEWAY;
}

static void fail(nat__search *s, natupnp_status status)
{
    bool searched = status == NATUPNP_E_NO_GATEWAY || status == NATUPNP_E_INVAL;
    char *verdict = searched ? nat__search_verdict(s) : NULL;
    nat__link waiters;
    nat__list_init(&waiters);
    nat__list_move(&waiters, &s->waiters);
    for (nat__link *it = nat__list_take(&waiters); it; it = nat__list_take(&waiters))
        nat__op_finish(NAT__MEMBER(it, natupnp_op, turn), status, 0, verdict ? "%s" : NULL,
                       verdict);
    free(verdict);
    natupnp_client *client = s->client;
    nat__search_free(s);
    if (searched)
        nat__monitor_gateway_away(client);
}

static void choose(nat__search *s, nat__candidate *c)
{
    natupnp_client *client = s->client;
    nat__gateway *gateway = c->gateway;
    char host[NAT__IP_TEXT];
    s->chosen = c;
    nat__log_line(&client->log, NATUPNP_LOG_INFO, "using the gateway \"%s\" at %s",
                  gateway->description.name ? gateway->description.name : "",
                  nat__ip_text(gateway->location.host, host));
    nat__gateway_unref(client->gateway);
    client->gateway = nat__gateway_ref(gateway);
    nat__cache_keep(client);
    nat__monitor_gateway_found(client);
    resume(s, client->gateway_url.target != NULL); /* nobody else can answer for a given URL */
}

static void on_budget(void *arg)
{
    nat__search *s = arg;
    nat__candidate *best = s->chosen ? NULL : nat__search_best(s);
    if (best)
        choose(s, best);
    bool found = s->chosen && s->client->gateway;
    if (!found && !nat__list_empty(&s->waiters)) {
        fail(s, reason(s));
        return;
    }
    resume(s, true);
    nat__search_free(s);
}

void nat__search_forget(nat__search *s, const nat__gateway *gateway)
{
    if (!s || !s->chosen || s->chosen->gateway != gateway)
        return;
    /* Not only marked: it may answer again, from where it is by then. */
    nat__candidate_free(s->chosen);
    s->chosen = NULL;
    nat__loop *loop = &s->client->loop;
    s->bursts = 0;
    s->started_ms = nat__loop_now(loop);
    nat__timer_set(loop, &s->repeat, s->started_ms);
    nat__timer_set(loop, &s->budget, s->started_ms + s->budget_ms);
    nat__search_evaluate_later(s);
}

void nat__search_lose(natupnp_client *client, const nat__gateway *gateway)
{
    if (!client->gateway || client->gateway != gateway)
        return;
    nat__search_forget(client->search, gateway);
    client->gateway = NULL;
    nat__gateway_unref((nat__gateway *)gateway);
}

void nat__search_drop_stale(natupnp_client *client)
{
    nat__search *s = client->search;
    /* A fetch from a given URL that nobody awaits would keep the next try waiting too. */
    if (s && client->gateway_url.target && !s->chosen && nat__list_empty(&s->waiters))
        nat__search_free(s);
}

void nat__search_evaluate(nat__search *s)
{
    if (s->chosen)
        return;
    uint64_t at_ms;
    nat__candidate *best = nat__search_choose(s, &at_ms);
    if (best) {
        choose(s, best);
        if (nat__list_empty(&s->waiters))
            nat__search_free(s);
        return;
    }
    if (at_ms > 0)
        nat__timer_set(&s->client->loop, &s->look, at_ms);
    /* What is at a given URL turned out to be no gateway: there is nothing to wait for. */
    if (s->client->gateway_url.target && s->candidates.next != &s->candidates &&
        NAT__MEMBER(s->candidates.next, nat__candidate, link)->state == NAT__CANDIDATE_FAILED)
        fail(s, reason(s));
    else if (!s->client->gateway_url.target && s->socket_count == 0)
        fail(s, s->client->interface && if_nametoindex(s->client->interface) == 0
                    ? NATUPNP_E_INVAL
                    : NATUPNP_E_NO_GATEWAY);
}

static void on_look(void *arg)
{
    nat__search_evaluate(arg);
}

void nat__search_evaluate_later(nat__search *s)
{
    nat__timer_set(&s->client->loop, &s->look, nat__loop_now(&s->client->loop));
}

/* ---- the beginning ---- */

/* Takes the gateway that served last time into use, while the search goes on to check it. */
static void try_cache(nat__search *s)
{
    natupnp_client *client = s->client;
    nat__gateway *cached = nat__cache_read(client, &s->net);
    if (!cached)
        return;
    client->gateway = cached;
    resume(s, false);
}

static natupnp_status begin(nat__search *s)
{
    natupnp_client *client = s->client;
    if (client->gateway_url.target) {
        s->trust.net = NULL;
        /* Longer than what waits for it, so that the operation's deadline decides. */
        s->budget_ms = client->timeout_ms + 1000;
        return nat__candidate_add(s, &client->gateway_url, client->gateway_url.host, "", -1);
    }
    natupnp_status status = nat__net_read(&s->net);
    if (status == NATUPNP_OK)
        status = nat__search_open_sockets(s);
    if (status != NATUPNP_OK)
        return status;
    nat__search_send(s);
    nat__search_evaluate_later(s); /* should there be nothing to search on */
    return nat__http_prepare(client->http);
}

static nat__search *search_new(natupnp_client *client)
{
    nat__search *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    nat__loop *loop = &client->loop;
    s->client = client;
    s->trust = (nat__trust){.extra = client->trust_host, .net = &s->net};
    s->started_ms = nat__loop_now(loop);
    s->budget_ms = client->budget_ms;
    nat__list_init(&s->candidates);
    nat__list_init(&s->waiters);
    if (nat__timer_open(loop, &s->budget, NAT__AWAKE, on_budget, s) == NATUPNP_OK &&
        nat__timer_open(loop, &s->repeat, NAT__AWAKE, nat__search_send, s) == NATUPNP_OK &&
        nat__timer_open(loop, &s->look, NAT__AWAKE, on_look, s) == NATUPNP_OK)
        return s;
    nat__search_free(s);
    return NULL;
}

void nat__search_join(natupnp_client *client, natupnp_op *op, bool skip_cache)
{
    nat__list_remove(&op->turn);
    nat__search_drop_stale(client);
    if (client->search) {
        nat__list_append(&client->search->waiters, &op->turn);
        return;
    }
    nat__search *s = search_new(client);
    if (!s) {
        nat__op_finish(op, NATUPNP_E_NOMEM, 0, NULL);
        return;
    }
    client->search = s;
    nat__list_append(&s->waiters, &op->turn);
    natupnp_status status = begin(s);
    if (status != NATUPNP_OK) {
        fail(s, status);
        return;
    }
    nat__timer_set(&client->loop, &s->budget, s->started_ms + s->budget_ms);
    if (!skip_cache && !client->gateway_url.target && op->verb != &nat__verb_gateway_list)
        try_cache(s);
}
