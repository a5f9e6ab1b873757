/* SPDX-License-Identifier: MIT */
#include "candidate.h"

#include "igd.h"
#include "search.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * How long the services of a gateway may take to say whether they are connected. Where there are
 * many gateways, how many of them are asked, and how many services of each: real ones have two.
 */
enum { ASK_MS = 1000, OTHERS_ASKED = 8, SERVICES_ASKED = 4 };

static void fetch(nat__candidate *c);

static void reject(nat__candidate *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void reject(nat__candidate *c, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (vasprintf(&c->why_not, format, args) < 0)
        c->why_not = NULL;
    va_end(args);
    c->state = NAT__CANDIDATE_FAILED;
    nat__log_line(&c->search->client->log, NATUPNP_LOG_INFO, "%s",
                  c->why_not ? c->why_not : "a candidate failed");
}

/* Rejects it with its URL before the reason. */
static void reject_url(nat__candidate *c, const char *reason, long code)
{
    char *url = nat__url_text(&c->location);
    if (code > 0)
        reject(c, "%s: %s %ld", url ? url : "", reason, code);
    else
        reject(c, "%s: %s", url ? url : "", reason);
    free(url);
}

/* ---- the description ---- */

static void read_description(nat__candidate *c, nat__str document)
{
    nat__search *s = c->search;
    nat__description description;
    natupnp_status status = nat__description_parse(&description, document);
    if (status == NATUPNP_OK && description.service_count == 0) {
        nat__description_free(&description);
        reject_url(c, "not an Internet Gateway Device: it has no WAN connection service", 0);
        return;
    }
    nat__trust trust = s->trust;
    trust.answered = c->location.host;
    if (status == NATUPNP_OK)
        status = nat__gateway_new(&c->gateway, &description, &c->location, &trust);
    if (status != NATUPNP_OK) {
        c->no_memory = status == NATUPNP_E_NOMEM;
        reject_url(
            c, c->no_memory ? "no memory for its description" : "its description makes no sense",
            0);
        return;
    }
    memcpy(c->gateway->interface, c->interface, sizeof c->gateway->interface);
    c->gateway->boot_id = c->boot_id;
    c->state = NAT__CANDIDATE_READY;
    if (c->gateway->description.service_count > 1)
        nat__candidate_ask(c);
}

static void on_fetched(void *arg, const nat__http_reply *reply)
{
    nat__candidate *c = arg;
    nat__search *s = c->search;
    c->fetch = NULL;
    if (reply->status == NATUPNP_E_NETWORK && !c->fetched_again &&
        (reply->connected || !nat__ip_equal(c->location.host, c->from))) {
        /* It advertised an address it cannot be reached at, or closed an offered connection. */
        c->fetched_again = true;
        c->location.host = c->from;
        fetch(c);
    } else if (reply->status != NATUPNP_OK) {
        c->no_memory = reply->status == NATUPNP_E_NOMEM;
        reject_url(c, reply->error ? reply->error : natupnp_status_text(reply->status), 0);
    } else if (reply->code < 200 || reply->code >= 300) {
        reject_url(c, "its description gave the HTTP status", reply->code);
    } else {
        read_description(c, reply->body);
    }
    nat__search_evaluate(s); /* may free the candidate */
}

/* Whether there cannot be many of its kind: the default gateway, or what the user named. */
static bool is_special(const nat__candidate *c)
{
    return c->is_default || c->search->client->gateway_url.target;
}

static void fetch(nat__candidate *c)
{
    nat__http_params params = {.url = &c->location,
                               .reply_max =
                                   is_special(c) ? NAT__HTTP_DESCRIPTION_MAX : NAT__HTTP_OTHERS_MAX,
                               .fresh = c->fetched_again};
    if (nat__http_start(&c->fetch, c->search->client->http, &params, on_fetched, c) != NATUPNP_OK) {
        c->no_memory = true;
        reject_url(c, "no memory to fetch its description", 0);
    }
}

natupnp_status nat__candidate_add(nat__search *search, const nat__url *location, nat__ip from,
                                  const char *interface, int64_t boot_id)
{
    nat__candidate *c = calloc(1, sizeof *c);
    if (!c)
        return NATUPNP_E_NOMEM;
    natupnp_status status = nat__url_copy(&c->location, location);
    if (status != NATUPNP_OK) {
        free(c);
        return status;
    }
    c->search = search;
    c->from = from;
    c->boot_id = boot_id;
    c->is_default = nat__net_is_default_gateway(&search->net, from);
    snprintf(c->interface, sizeof c->interface, "%s", interface);
    c->answered_ms = nat__loop_now(&search->client->loop);
    nat__list_init(&c->actions);
    nat__list_append(&search->candidates, &c->link);
    fetch(c);
    nat__search_evaluate_later(search);
    return NATUPNP_OK;
}

static void forget_answers(nat__candidate *c)
{
    for (size_t i = 0; i < NAT__SERVICES_MAX; i++) {
        nat__wan_forget(&c->told[i].wan);
        memset(&c->told[i], 0, sizeof c->told[i]);
    }
}

void nat__candidate_free(nat__candidate *c)
{
    nat__list_remove(&c->link);
    nat__actions_cancel(&c->actions);
    if (c->fetch)
        nat__http_cancel(c->fetch);
    forget_answers(c);
    nat__url_free(&c->location);
    nat__gateway_unref(c->gateway);
    free(c->why_not);
    free(c);
}

/* ---- which of its services ---- */

static nat__rank rank_of(const nat__candidate *c, size_t service)
{
    nat__ip ip;
    if (!c->told[service].connected)
        return NAT__RANK_UNKNOWN;
    if (!nat__ip_parse(&ip, nat__str_of(c->told[service].wan.external.ip)))
        return NAT__RANK_CONNECTED;
    return nat__ip_is_public(ip) ? NAT__RANK_PUBLIC : NAT__RANK_PRIVATE;
}

void nat__candidate_conclude(nat__candidate *c)
{
    size_t best = 0;
    nat__actions_cancel(&c->actions);
    for (size_t i = 1; i < c->gateway->description.service_count; i++)
        if (rank_of(c, i) > rank_of(c, best))
            best = i;
    nat__trust trust = c->search->trust;
    trust.answered = c->location.host;
    if (rank_of(c, best) > NAT__RANK_UNKNOWN || best != c->gateway->service)
        nat__gateway_use(c->gateway, best, &trust); /* else the first that can be used stays */
    c->rank = rank_of(c, best);
    forget_answers(c);
    c->state = NAT__CANDIDATE_READY;
}

static void on_told(nat__action *action, const nat__answer *answer)
{
    nat__candidate *c = action->owner;
    nat__search *s = c->search;
    size_t service = (size_t)action->number;
    char *detail = NULL;
    if (answer->status == NATUPNP_OK && nat__soap_value(answer->values, "NewConnectionStatus")) {
        nat__igd_read_status(answer->values, &c->told[service].wan);
        c->told[service].connected = nat__igd_is_connected(c->told[service].wan.status);
    } else if (answer->status == NATUPNP_OK) {
        c->told[service].wan.external = nat__igd_read_external(answer, &detail);
    }
    free(detail);
    if (nat__list_empty(&c->actions))
        nat__candidate_conclude(c);
    nat__search_evaluate(s); /* may free the candidate */
}

static void ask_service(nat__candidate *c, size_t service)
{
    static const char *const names[] = {"GetStatusInfo", "GetExternalIPAddress"};
    nat__trust trust = c->search->trust;
    nat__url control, fallback;
    trust.answered = c->location.host;
    if (nat__gateway_control(c->gateway, service, &trust, &control, &fallback) != NATUPNP_OK)
        return;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        nat__action_params params = {
            .http = c->search->client->http,
            .url = &control,
            .service_type = c->gateway->description.services[service].type,
            .name = names[i],
            .done = on_told,
            .owner = c,
            .number = service,
        };
        nat__action_start(&c->actions, &params); /* without memory it stays unknown */
    }
    nat__url_free(&control);
    nat__url_free(&fallback);
}

/* Whether enough others are asked. */
static bool is_one_too_many(const nat__candidate *candidate)
{
    size_t asked = 0;
    NAT__LIST_EACH (&candidate->search->candidates, it) {
        const nat__candidate *c = NAT__MEMBER(it, nat__candidate, link);
        asked += c != candidate && c->asked && !is_special(c);
    }
    return asked >= OTHERS_ASKED;
}

void nat__candidate_ask(nat__candidate *c)
{
    c->asked = true;
    c->state = NAT__CANDIDATE_ASKING;
    c->ask_until_ms = nat__loop_now(&c->search->client->loop) + ASK_MS;
    size_t count = c->gateway->description.service_count;
    if (!is_special(c))
        count = is_one_too_many(c) ? 0 : count < SERVICES_ASKED ? count : SERVICES_ASKED;
    for (size_t i = 0; i < count; i++)
        ask_service(c, i);
    if (nat__list_empty(&c->actions))
        nat__candidate_conclude(c);
}
