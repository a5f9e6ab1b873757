/* SPDX-License-Identifier: MIT */
/* Which of the gateways that answered is used. */
#include "search.h"

/* How long after another gateway's answer the default gateway may still come first. */
enum { DEFAULT_GATEWAY_WAIT_MS = 300 };

/* Whether a default gateway is out: it refused, or turned out to be no gateway device. */
static bool is_out(const nat__search *s, nat__ip host)
{
    bool answered = false;
    if (nat__search_is_refused(s, host))
        return true;
    NAT__LIST_EACH (&s->candidates, it) {
        const nat__candidate *c = NAT__MEMBER(it, nat__candidate, link);
        if (!nat__ip_equal(c->from, host))
            continue;
        answered = true;
        if (c->state != NAT__CANDIDATE_FAILED)
            return false;
    }
    return answered;
}

static bool all_defaults_are_out(const nat__search *s)
{
    for (size_t i = 0; i < s->net.route_count; i++)
        if (!is_out(s, s->net.routes[i].gateway))
            return false;
    return true;
}

static void keep_sooner(uint64_t *at_ms, uint64_t other_ms)
{
    if (*at_ms == 0 || other_ms < *at_ms)
        *at_ms = other_ms;
}

/*
 * The best of those that are ready, by what their services say; when there are
 * several they are asked first. NULL while that is under way.
 */
static nat__candidate *best_of(nat__search *s)
{
    nat__candidate *best = NULL;
    size_t count = 0;
    NAT__LIST_EACH (&s->candidates, it)
        count += NAT__MEMBER(it, nat__candidate, link)->state == NAT__CANDIDATE_READY;
    NAT__LIST_EACH (&s->candidates, it) {
        nat__candidate *c = NAT__MEMBER(it, nat__candidate, link);
        if (c->state == NAT__CANDIDATE_READY && count > 1 && !c->asked)
            nat__candidate_ask(c);
    }
    NAT__LIST_EACH (&s->candidates, it) {
        nat__candidate *c = NAT__MEMBER(it, nat__candidate, link);
        if (c->state == NAT__CANDIDATE_ASKING)
            return NULL;
        if (c->state == NAT__CANDIDATE_READY && (!best || c->rank > best->rank))
            best = c;
    }
    return best;
}

nat__candidate *nat__search_choose(nat__search *s, uint64_t *at_ms)
{
    uint64_t now = nat__loop_now(&s->client->loop);
    uint64_t first_answer_ms = UINT64_MAX;
    *at_ms = 0;
    NAT__LIST_EACH (&s->candidates, it) {
        nat__candidate *c = NAT__MEMBER(it, nat__candidate, link);
        if (c->state == NAT__CANDIDATE_ASKING && now >= c->ask_until_ms)
            nat__candidate_conclude(c);
        if (c->state == NAT__CANDIDATE_ASKING)
            keep_sooner(at_ms, c->ask_until_ms);
        if (c->state != NAT__CANDIDATE_READY)
            continue;
        if (c->is_default)
            return c;
        if (c->answered_ms < first_answer_ms)
            first_answer_ms = c->answered_ms;
    }
    if (first_answer_ms == UINT64_MAX)
        return NULL;
    uint64_t until = first_answer_ms + DEFAULT_GATEWAY_WAIT_MS;
    if (now < until && !all_defaults_are_out(s)) {
        keep_sooner(at_ms, until);
        return NULL;
    }
    nat__candidate *best = best_of(s);
    NAT__LIST_EACH (&s->candidates, it) {
        const nat__candidate *c = NAT__MEMBER(it, nat__candidate, link);
        if (c->state == NAT__CANDIDATE_ASKING)
            keep_sooner(at_ms, c->ask_until_ms);
    }
    return best;
}

nat__candidate *nat__search_best(nat__search *s)
{
    nat__candidate *best = NULL;
    NAT__LIST_EACH (&s->candidates, it) {
        nat__candidate *c = NAT__MEMBER(it, nat__candidate, link);
        if (c->state == NAT__CANDIDATE_ASKING)
            nat__candidate_conclude(c);
        if (c->state != NAT__CANDIDATE_READY)
            continue;
        if (c->is_default)
            return c;
        if (!best || c->rank > best->rank)
            best = c;
    }
    return best;
}
