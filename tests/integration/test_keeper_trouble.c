/* SPDX-License-Identifier: MIT */
/* Kept mappings where something goes wrong: short leases, refusals, doubts, and others who remove
 * them. */
#include "keeper_scene.h"

enum { LEASE_S = 600, DUE_S = 361 /* after six tenths of the lease */, DOUBTS = 50 };

#define SLOW_ADD "{\"faults\": {\"AddPortMapping\": \"latency=200\"}}"
#define NO_FAULTS "{\"faults\": {}}"
#define LOOK "GetSpecificPortMappingEntry"

/* ---- less than was asked for ---- */

/* Time goes on in steps, and the mapping is there at each. */
static void always_there(scene *s, int steps, int step_s, tally counts)
{
    for (int i = 0; i < steps; i++) {
        json_t *entry = gateway_entry(&s->gateway, 8080, "TCP");
        if (!entry)
            fail_msg("it is not there after %d s", i * step_s);
        json_decref(entry);
        pass(s, step_s);
        work_counting(s, counts);
    }
    assert_int_equal(counts[NATUPNP_EVENT_MAPPING_LOST], 0);
}

static void a_lease_that_is_cut_short(void **state)
{
    scene *s = keeper_begin(state, "--max-lease=300");
    tally counts = {0};
    keep_leased(s, 8080, LEASE_S);
    drain_events(s);
    always_there(s, 360, 10, counts);
    assert_in_range(counts[NATUPNP_EVENT_MAPPING_RENEWED], 15, 26);
}

/* Version 2 allows a week, and some gateways do not say that they grant no more. */
static void a_month_that_is_a_week(void **state)
{
    enum { HOUR_S = 3600, MONTH_S = 30 * 24 * HOUR_S };
    scene *s = keeper_begin(state, "--igd=2", "--subscription-timeout=86400");
    tally counts = {0};
    keep_leased(s, 8080, MONTH_S);
    drain_events(s);
    always_there(s, 30 * 6, 4 * HOUR_S, counts);
    assert_in_range(counts[NATUPNP_EVENT_MAPPING_RENEWED], 6, 10);
}

/* ---- doubts ---- */

static void doubt(scene *s)
{
    for (int i = 0; i < DOUBTS; i++)
        nat__keeper_doubt(s->client);
}

static size_t looks(scene *s)
{
    return gateway_asked(&s->gateway, LOOK);
}

static void doubts_about_all(void **state)
{
    scene *s = keeper_begin(state, NULL);
    tally counts = {0};
    keep_many(s, 9000, 10, LEASE_S);
    drain_events(s);
    size_t before = looks(s);
    doubt(s);
    natupnp_client_dispatch(s->client);
    doubt(s); /* while the first looks are under way */
    work_counting(s, counts);
    /* One for the first ones; for the second, one that may have begun, and one after it. */
    assert_in_range(looks(s) - before, 10, 30);
    assert_int_equal(counts[NATUPNP_EVENT_MAPPING_LOST], 0);
    assert_int_equal(gateway_asked(&s->gateway, "AddPortMapping"), 10);
}

static void doubts_while_it_is_renewed(void **state)
{
    scene *s = keeper_begin(state, NULL);
    tally counts = {0};
    keep_many(s, 8080, 1, LEASE_S);
    drain_events(s);
    gateway_set(&s->gateway, SLOW_ADD);
    pass(s, DUE_S);
    drive_until(s, "AddPortMapping", 2);
    gateway_set(&s->gateway, NO_FAULTS);
    size_t before = looks(s);
    doubt(s);
    work_counting(s, counts);
    assert_int_equal(counts[NATUPNP_EVENT_MAPPING_RENEWED], 1);
    assert_int_equal(counts[NATUPNP_EVENT_MAPPING_LOST], 0);
    assert_in_range(looks(s) - before, 0, 1);
    pass(s, LEASE_S / 2 - 1);
    expect_quiet(s); /* the look has not changed when it is due */
    pass(s, LEASE_S / 10 + 2);
    expect_event(s, NATUPNP_EVENT_MAPPING_RENEWED);
}

/* A look finds less of the lease left: half of that is no reason to wait longer. */
static void doubts_do_not_put_it_off(void **state)
{
    scene *s = keeper_begin(state, NULL);
    tally counts = {0};
    keep_many(s, 8080, 1, LEASE_S);
    drain_events(s);
    pass(s, LEASE_S / 2 - 10);
    doubt(s);
    work_counting(s, counts);
    assert_int_equal(counts[NATUPNP_EVENT_MAPPING_RENEWED], 0);
    pass(s, DUE_S - LEASE_S / 2 + 10);
    expect_event(s, NATUPNP_EVENT_MAPPING_RENEWED);
}

/* What is to be made anyway need not be looked at. */
static void doubts_while_renewals_are_queued(void **state)
{
    enum { COUNT = 20, AT_ONCE = 8 };
    scene *s = keeper_begin(state, NULL);
    keep_many(s, 9000, COUNT, LEASE_S);
    drain_events(s);
    gateway_set(&s->gateway, SLOW_ADD);
    pass(s, DUE_S);
    assert_int_equal(s->client->keeper->running, AT_ONCE);
    size_t before = looks(s);
    doubt(s);
    assert_int_equal(work(s, NATUPNP_EVENT_MAPPING_RENEWED), COUNT);
    assert_int_equal(gateway_asked(&s->gateway, "AddPortMapping"), 2 * COUNT);
    assert_in_range(looks(s) - before, 0, AT_ONCE);
}

static void doubts_while_the_gateway_is_away(void **state)
{
    enum { COUNT = 10 };
    scene *s = keeper_begin(state, NULL);
    tally counts = {0};
    keep_many(s, 9000, COUNT, LEASE_S);
    drain_events(s);
    gateway_set(&s->gateway, "{\"faults\": {\"*\": \"drop\", \"description\": \"drop\"}}");
    pass(s, DUE_S);
    drain_events(s);
    size_t before = gateway_requests(&s->gateway);
    for (int seconds = 0; seconds < 60; seconds++) {
        doubt(s);
        pass(s, 1);
        drain_events(s);
    }
    /* Tries after 1, 2, 4, ... seconds, each a search or a request. */
    size_t asked = gateway_requests(&s->gateway) - before;
    print_message("%zu requests to a gateway that is away\n", asked);
    assert_in_range(asked, 1, 40);
    gateway_set(&s->gateway, NO_FAULTS);
    before = looks(s);
    pass_minutes(s, 6, counts);
    assert_int_equal(gateway_entries(&s->gateway), COUNT);
    assert_in_range(looks(s) - before, 0, 2 * COUNT);
    for (size_t i = 0; i < COUNT; i++)
        expect_kept(s, i, NATUPNP_KEPT_HELD, NATUPNP_OK);
}

/* ---- removed by somebody else ---- */

/* One of those that are kept goes, beside so many of others. */
static void removed_beside(void **state, int foreign)
{
    scene *s = keeper_begin(state, NULL);
    for (int i = 0; i < foreign; i++)
        gateway_put(&s->gateway, 10000 + i, "TCP", "10.0.0.9", 80);
    keep_many(s, 8080, 2, LEASE_S);
    await_entries(s, foreign + 2);
    gateway_post(&s->gateway, "/table",
                 "{\"remove\": {\"external_port\": 8080, \"protocol\": \"TCP\"}}");
    expect_event(s, NATUPNP_EVENT_MAPPING_LOST);
    expect_event(s, NATUPNP_EVENT_MAPPING_RESTORED);
    gateway_expect(&s->gateway, 8080, "TCP", "127.0.0.1", 8080);
    drain_events(s);
    assert_int_equal(gateway_entries(&s->gateway), (size_t)foreign + 2);
}

static void removed_by_somebody_else(void **state)
{
    removed_beside(state, 0);
}

static void removed_beside_many_others(void **state)
{
    removed_beside(state, 5);
}

/* ---- what does not mean that the gateway is away ---- */

/* The user's own operation on the same key has all the time of the world. */
static void a_renewal_that_waited_behind_the_user(void **state)
{
    enum { HOUR_MS = 3600 * 1000 };
    scene *s = keeper_begin(state, NULL);
    tally counts = {0};
    natupnp_op *made = keep_leased(s, 8080, LEASE_S);
    keep_many(s, 8081, 1, LEASE_S);
    drain_events(s);
    size_t before = looks(s);
    gateway_set(&s->gateway, "{\"faults\": {\"" LOOK "\": \"hang:1\"}}");
    assert_int_equal(natupnp_client_set_timeout_ms(s->client, HOUR_MS), NATUPNP_OK);
    natupnp_op *edit =
        start_edit(s, natupnp_op_mapping(made), edit_request(.description = "edited"));
    drive_until(s, LOOK, before + 1);
    assert_int_equal(natupnp_client_set_timeout_ms(s->client, 10000), NATUPNP_OK);
    gateway_advance(s, DUE_S);
    leap(s, DUE_S * 1000);
    drive_until(s, "AddPortMapping", 3); /* the other one is renewed */
    assert_true(is_busy(s->client));
    leap(s, 10001); /* its time is over, and it waits for its turn again */
    natupnp_client_wait(s->client, 0);
    assert_false(nat__keeper_is_down(s->client));
    assert_int_equal(natupnp_op_cancel(edit), NATUPNP_OK);
    assert_status(finish(s, edit), NATUPNP_E_CANCELLED);
    pass_minutes(s, 3, counts);
    assert_int_equal(counts[NATUPNP_EVENT_GATEWAY_LOST], 0);
    assert_int_equal(counts[NATUPNP_EVENT_MAPPING_RENEWED], 2);
    assert_int_equal(gateway_entries(&s->gateway), 2);
}

/* One that may have any port is not made a second time beside the one that is there. */
static void refused_once(void **state, const char *version, const char *fault)
{
    scene *s = keeper_begin(state, version);
    natupnp_dynamic_add_request request = NATUPNP_DYNAMIC_ADD_REQUEST_INIT;
    natupnp_op *op;
    tally counts = {0};
    request.external_port = 8080;
    request.internal_port = 80;
    request.any_port = request.keep = true;
    request.lease_s = LEASE_S;
    assert_int_equal(natupnp_dynamic_add(&op, s->client, &request), NATUPNP_OK);
    expect_mapping(finish(s, scene_keep(s, op)), 8080, TCP, "127.0.0.1", 80);
    drain_events(s);
    gateway_set(&s->gateway, "{\"faults\": {\"AddPortMapping\": \"%s:1\"}}", fault);
    pass(s, DUE_S);
    work_counting(s, counts);
    for (int minutes = 0; minutes < 60; minutes++) {
        assert_in_range(gateway_entries(&s->gateway), 0, 1);
        pass_minutes(s, 1, counts);
    }
    assert_int_equal(gateway_entries(&s->gateway), 1);
    expect_kept(s, 0, NATUPNP_KEPT_HELD, NATUPNP_OK);
}

static void refused_once_by_version_1(void **state)
{
    refused_once(state, "--igd=1", "501");
}

static void refused_once_by_version_2(void **state)
{
    refused_once(state, "--igd=2", "606");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scene_test(a_lease_that_is_cut_short),
        scene_test(a_month_that_is_a_week),
        scene_test(doubts_about_all),
        scene_test(doubts_while_it_is_renewed),
        scene_test(doubts_do_not_put_it_off),
        scene_test(doubts_while_renewals_are_queued),
        scene_test(doubts_while_the_gateway_is_away),
        scene_test(removed_by_somebody_else),
        scene_test(removed_beside_many_others),
        scene_test(a_renewal_that_waited_behind_the_user),
        scene_test(refused_once_by_version_1),
        scene_test(refused_once_by_version_2),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
