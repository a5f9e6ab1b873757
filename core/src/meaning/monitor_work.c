/* SPDX-License-Identifier: MIT */
/* What the monitor does by itself, and when. */
#include "keeper.h"
#include "monitor_parts.h"
#include "verbs.h"

enum {
    GAP_FIRST_MS = 1000,
    GAP_LAST_MS = 300 * 1000,
    POLL_MS = 60 * 1000,
    ASKS_FIRST_MS = 2 * 1000, /* in which a device repeats its announcements */
    ASKS_LAST_MS = 60 * 1000,
    HINTS_FIRST_MS = 6 * 1000, /* between doubts for a weak reason */
    /* So much longer between doubts for each kept mapping, up to so many. */
    DOUBTS_EACH_MS = 500,
    HINTS_EACH_MS = 5000,
    LAST_EACH_MS = 720 * 1000,
    EACH_MOST = 10,
    QUIET_MS = 300 * 1000 /* after that it is news again */
};

static void on_end(natupnp_op *op);
static void on_doubt(void *arg);

static bool begin(nat__monitor *m, const nat__verb *verb)
{
    if (m->op)
        return true;
    natupnp_op *op = nat__op_new(m->client, verb);
    if (!op)
        return false;
    op->on_end = on_end;
    op->owner = m;
    m->op = op;
    nat__op_start(op);
    return true;
}

void nat__monitor_set(nat__monitor *m, nat__timer *timer, uint64_t in_ms)
{
    nat__loop *loop = &m->client->loop;
    nat__timer_set(loop, timer, nat__loop_now_lasting(loop) + in_ms);
}

void nat__monitor_look_in(nat__monitor *m, uint64_t ms)
{
    nat__monitor_set(m, &m->look, ms);
}

void nat__monitor_look_later(nat__monitor *m)
{
    nat__monitor_look_in(m, nat__clock_gap(m->tries++, GAP_FIRST_MS, GAP_LAST_MS));
}

static void learn(nat__monitor *m, const nat__wan_state *wan)
{
    nat__monitor_learn_ip(m, wan->external.ip);
    nat__monitor_learn_status(m, wan->status ? wan->status : "");
    m->tries = 0;
    if (wan->uptime_s >= 0 && wan->uptime_s < m->uptime_s)
        nat__monitor_doubt(m); /* it has restarted, or its connection has */
    m->uptime_s = wan->uptime_s;
}

/* The gateway answers: one that sends no events may have been asked at a bad moment. */
static void subscribe_again(nat__monitor *m)
{
    bool shaken = m->shaken;
    m->shaken = false;
    if (nat__subscription_is_on(&m->subscription) ||
        nat__loop_now_lasting(&m->client->loop) < m->resubscribes_ms)
        return;
    nat__monitor_subscribe(m);
    if (shaken)
        nat__monitor_doubt_soon(m);
}

static void on_end(natupnp_op *op)
{
    nat__monitor *m = op->owner;
    if (!m)
        return;
    m->op = NULL;
    bool asked = op->verb == &nat__verb_gateway_query;
    if (nat__is_unreachable(op->status))
        nat__monitor_gateway_away(m->client);
    else if (asked && op->status == NATUPNP_OK && m->client->gateway)
        learn(m, &m->client->gateway->wan);
    if (asked && m->polls && !m->lost)
        subscribe_again(m);
    if (m->look.slot > 0)
        return;
    if (m->lost || !m->gateway)
        nat__monitor_look_later(m);
    else if (m->polls)
        nat__monitor_look_in(m, asked ? POLL_MS : 0);
}

/* ---- timers ---- */

/* Looks for the gateway, or asks it what it does not tell by itself. */
static void on_look(void *arg)
{
    nat__monitor *m = arg;
    if (m->lost || !m->client->gateway) {
        if (nat__keeper_is_down(m->client) || !begin(m, &nat__verb_gateway_discover))
            nat__monitor_look_later(m); /* the keeper's tries search too */
    } else if (m->polls && !begin(m, &nat__verb_gateway_query)) {
        nat__monitor_look_in(m, POLL_MS);
    }
}

static void on_news(void *arg)
{
    nat__monitor *m = arg;
    bool restarted = m->restarted;
    m->restarted = false;
    if (restarted)
        nat__monitor_gateway_back(m);
    else
        nat__monitor_gateway_away(m->client);
}

static void on_check(void *arg)
{
    nat__monitor *m = arg;
    nat__monitor_checked(m);
    if (nat__subscription_is_on(&m->subscription))
        nat__subscription_check(&m->subscription);
    else
        begin(m, &nat__verb_gateway_query);
    if (m->polls)
        nat__monitor_doubt_soon(m);
}

static void on_ask(void *arg)
{
    nat__monitor *m = arg;
    if (!m->lost && m->client->gateway)
        begin(m, &nat__verb_gateway_query);
}

static uint64_t when(nat__monitor *m, nat__pace *pace)
{
    return nat__pace_when(pace, nat__loop_now_lasting(&m->client->loop), QUIET_MS);
}

static void take(nat__monitor *m, nat__pace *pace)
{
    nat__pace_take(pace, nat__loop_now_lasting(&m->client->loop), ASKS_FIRST_MS, ASKS_LAST_MS);
}

/* Sets a timer to the turn of a pace, unless it is set to come before that. */
static void set_in_turn(nat__monitor *m, nat__timer *timer, nat__pace *pace)
{
    uint64_t at_ms = when(m, pace);
    if (timer->slot == 0 || at_ms < timer->at_ms)
        nat__timer_set(&m->client->loop, timer, at_ms);
}

void nat__monitor_check_soon(nat__monitor *m, nat__boot_news news)
{
    bool moved = news == NAT__BOOT_MOVED;
    uint64_t at_ms = when(m, &m->checks);
    /* What a device repeats in one burst of announcements is no news. */
    if (news == NAT__BOOT_SAME && m->checks.tries == 1 &&
        at_ms > nat__loop_now_lasting(&m->client->loop))
        return;
    set_in_turn(m, &m->check, moved ? &m->moves : &m->checks);
    if (moved)
        take(m, &m->moves);
}

void nat__monitor_checked(nat__monitor *m)
{
    take(m, &m->checks);
}

void nat__monitor_news(nat__monitor *m, nat__pace *pace)
{
    uint64_t at_ms = when(m, pace);
    if (m->news.slot > 0 && m->news.at_ms <= at_ms)
        return;
    nat__timer_set(&m->client->loop, &m->news, at_ms);
    take(m, pace);
}

static void doubt(nat__monitor *m, nat__pace *pace)
{
    size_t count = nat__keeper_count(m->client->keeper);
    if (count == 0)
        return;
    uint64_t each = count < EACH_MOST ? count : EACH_MOST;
    nat__timer_clear(&m->client->loop, &m->doubt);
    uint64_t first_ms = pace == &m->hints ? HINTS_FIRST_MS + each * HINTS_EACH_MS
                                          : ASKS_FIRST_MS + each * DOUBTS_EACH_MS;
    nat__pace_take(pace, nat__loop_now_lasting(&m->client->loop), first_ms,
                   ASKS_LAST_MS + each * LAST_EACH_MS);
    nat__keeper_doubt(m->client);
}

static void on_doubt(void *arg)
{
    nat__monitor *m = arg;
    doubt(m, m->hinted ? &m->hints : &m->doubts);
}

void nat__monitor_doubt(nat__monitor *m)
{
    uint64_t at_ms = when(m, &m->doubts);
    if (at_ms <= nat__loop_now_lasting(&m->client->loop)) {
        nat__monitor_doubt_now(m);
    } else if (m->doubt.slot == 0 || at_ms < m->doubt.at_ms) {
        m->hinted = false;
        nat__timer_set(&m->client->loop, &m->doubt, at_ms);
    }
}

void nat__monitor_doubt_soon(nat__monitor *m)
{
    if (m->doubt.slot > 0)
        return;
    m->hinted = true;
    set_in_turn(m, &m->doubt, &m->hints);
}

void nat__monitor_doubt_now(nat__monitor *m)
{
    doubt(m, &m->doubts);
}

void nat__monitor_removes(natupnp_client *client)
{
    nat__monitor *m = client->monitor;
    if (!m)
        return;
    m->removals++;
    m->removed_ms = nat__loop_now_lasting(&client->loop);
}

bool nat__monitor_open_timers(nat__monitor *m)
{
    nat__loop *loop = &m->client->loop;
    return nat__timer_open(loop, &m->look, NAT__LASTING, on_look, m) == NATUPNP_OK &&
           nat__timer_open(loop, &m->news, NAT__LASTING, on_news, m) == NATUPNP_OK &&
           nat__timer_open(loop, &m->check, NAT__LASTING, on_check, m) == NATUPNP_OK &&
           nat__timer_open(loop, &m->doubt, NAT__LASTING, on_doubt, m) == NATUPNP_OK &&
           nat__timer_open(loop, &m->ask, NAT__LASTING, on_ask, m) == NATUPNP_OK;
}

void nat__monitor_close_timers(nat__monitor *m)
{
    nat__timer *timers[] = {&m->look, &m->news, &m->check, &m->doubt, &m->ask};
    for (size_t i = 0; i < sizeof timers / sizeof timers[0]; i++)
        nat__timer_close(&m->client->loop, timers[i]);
}
