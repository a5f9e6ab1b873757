/* SPDX-License-Identifier: MIT */
/* Kept mappings, and what the user does with the same ones meanwhile. */
#include "keeper_scene.h"

#include <string.h>

enum { LEASE_S = 600, DUE_S = 361 /* after six tenths of the lease */ };

/* The answers to AddPortMapping take so long that something can be done before. */
#define SLOW_ADD "{\"faults\": {\"AddPortMapping\": \"latency=200\"}}"
#define NO_FAULTS "{\"faults\": {}}"

/* A kept mapping of port 8080. */
static const natupnp_mapping *keep_one(scene *s)
{
    natupnp_op *made = keep_leased(s, 8080, LEASE_S);
    drain_events(s);
    return natupnp_op_mapping(made);
}

/* Its renewal has reached the gateway, whose answer is still to come. */
static void begin_renewal(scene *s)
{
    size_t before = gateway_asked(&s->gateway, "AddPortMapping");
    gateway_set(&s->gateway, SLOW_ADD);
    pass(s, DUE_S);
    drive_until(s, "AddPortMapping", before + 1);
    assert_true(is_busy(s->client));
    gateway_set(&s->gateway, NO_FAULTS);
}

/* Nothing is kept, nothing is there, and nobody makes it again. */
static void expect_gone_for_good(scene *s)
{
    drain_events(s);
    assert_int_equal(natupnp_client_kept_count(s->client), 0);
    assert_int_equal(gateway_entries(&s->gateway), 0);
    size_t asked = gateway_writes(&s->gateway);
    tally counts = {0};
    pass_minutes(s, 60, counts);
    assert_int_equal(gateway_writes(&s->gateway), asked);
    assert_int_equal(gateway_entries(&s->gateway), 0);
}

/* ---- removing ---- */

static void removed_while_it_is_renewed(void **state)
{
    scene *s = keeper_begin(state, NULL);
    keep_one(s);
    begin_renewal(s);
    natupnp_op *op = start_remove(s, 8080, TCP);
    assert_status(finish(s, op), NATUPNP_OK);
    expect_gone_for_good(s);
}

/* The renewal is never answered: the removal behind it still comes to its own. */
static void removed_behind_a_renewal_that_fails(void **state)
{
    scene *s = keeper_begin(state, NULL);
    keep_one(s);
    gateway_set(&s->gateway, "{\"faults\": {\"AddPortMapping\": \"hang-after:1\"}}");
    pass(s, DUE_S);
    drive_until(s, "AddPortMapping", 2);
    leap(s, 5000);
    natupnp_op *op = start_remove(s, 8080, TCP);
    leap(s, 5001);
    assert_status(finish(s, op), NATUPNP_OK);
    for (int i = 0; i < 10; i++) {
        leap(s, 1000);
        drain_events(s);
    }
    expect_gone_for_good(s);
}

/* Of twenty that are due at once, sixteen are under way: the others wait. */
static void removed_while_renewals_are_queued(void **state)
{
    enum { COUNT = 20, AT_ONCE = 8 };
    scene *s = keeper_begin(state, NULL);
    keep_many(s, 9000, COUNT, LEASE_S);
    drain_events(s);
    gateway_set(&s->gateway, SLOW_ADD);
    pass(s, DUE_S);
    assert_int_equal(s->client->keeper->running, AT_ONCE);
    drive_until(s, "AddPortMapping", COUNT + 1);
    assert_int_equal(s->client->keeper->running, AT_ONCE);
    for (int i = 0; i < COUNT; i++)
        start_remove(s, 9000 + i, TCP);
    for (size_t i = 0; i < s->op_count; i++)
        assert_status(finish(s, s->ops[i]), NATUPNP_OK);
    assert_int_equal(gateway_asked(&s->gateway, "AddPortMapping"), COUNT + AT_ONCE);
    expect_gone_for_good(s);
}

/* One's own removals are no loss of others, also when the event comes before the answer. */
static void removing_some_asks_nothing_of_others(void **state)
{
    enum { COUNT = 20, REMOVED = 10 };
    scene *s = keeper_begin(state, "--fault=DeletePortMapping=latency=100");
    keep_many(s, 9000, COUNT, LEASE_S);
    drain_events(s);
    size_t before = gateway_asked(&s->gateway, "GetSpecificPortMappingEntry");
    for (int i = 0; i < REMOVED; i++) {
        natupnp_op *op = start_remove(s, 9000 + i, TCP);
        await_entries(s, COUNT - i - 1);
        assert_status(finish(s, op), NATUPNP_OK);
        drain_events(s);
    }
    size_t looks = gateway_asked(&s->gateway, "GetSpecificPortMappingEntry") - before;
    print_message("%zu look-ups for %d removals\n", looks, REMOVED);
    assert_in_range(looks, 0, REMOVED + 5);
    assert_int_equal(natupnp_client_kept_count(s->client), COUNT - REMOVED);
}

/* ---- changing ---- */

/* It leads to another internal port, now and in the hour to come, and is renewed all the time. */
static void expect_changed(scene *s, int internal_port)
{
    tally counts = {0};
    drain_events(s);
    for (int minutes = 0; minutes < 60; minutes++) {
        gateway_expect(&s->gateway, 8080, "TCP", "127.0.0.1", internal_port);
        pass_minutes(s, 1, counts);
    }
    assert_in_range(counts[NATUPNP_EVENT_MAPPING_RENEWED], 9, 13);
    assert_int_equal(counts[NATUPNP_EVENT_MAPPING_LOST], 0);
    assert_int_equal(natupnp_client_kept_count(s->client), 1);
    assert_int_equal(gateway_entries(&s->gateway), 1);
}

static void edited_while_it_is_renewed(void **state)
{
    scene *s = keeper_begin(state, NULL);
    const natupnp_mapping *m = keep_one(s);
    begin_renewal(s);
    assert_status(finish(s, start_edit(s, m, edit_request(.internal_port = 81))), NATUPNP_OK);
    expect_changed(s, 81);
}

/* The edit comes first, and the renewal waits for its turn. */
static void edited_when_its_renewal_is_due(void **state)
{
    scene *s = keeper_begin(state, NULL);
    const natupnp_mapping *m = keep_one(s);
    gateway_advance(s, DUE_S);
    awake_ms += DUE_S * 1000;
    natupnp_op *op = start_edit(s, m, edit_request(.internal_port = 81));
    assert_status(finish(s, op), NATUPNP_OK);
    expect_changed(s, 81);
}

/* While the edit is at the gateway the renewal becomes due. */
static void due_while_it_is_edited(void **state)
{
    scene *s = keeper_begin(state, NULL);
    const natupnp_mapping *m = keep_one(s);
    pass(s, LEASE_S / 2 - 1);
    assert_int_equal(natupnp_client_set_timeout_ms(s->client, 3600 * 1000), NATUPNP_OK);
    gateway_set(&s->gateway, SLOW_ADD);
    natupnp_op *op = start_edit(s, m, edit_request(.internal_port = 81));
    drive_until(s, "AddPortMapping", 2);
    leap(s, (DUE_S - LEASE_S / 2) * 1000);
    assert_true(is_busy(s->client));
    assert_status(finish(s, op), NATUPNP_OK);
    gateway_set(&s->gateway, NO_FAULTS);
    assert_int_equal(gateway_asked(&s->gateway, "AddPortMapping"), 2);
    expect_changed(s, 81);
}

static void renewed_by_the_user_for_longer(void **state)
{
    enum { LONGER_S = 1200 };
    scene *s = keeper_begin(state, NULL);
    natupnp_op *op;
    const natupnp_mapping *m = keep_one(s);
    assert_int_equal(natupnp_dynamic_renew(&op, s->client, m, LONGER_S), NATUPNP_OK);
    assert_status(finish(s, scene_keep(s, op)), NATUPNP_OK);
    drain_events(s);
    for (int i = 0; i < 3; i++) {
        pass(s, LONGER_S / 2 - 2);
        expect_quiet(s);
        pass(s, LONGER_S / 10 + 3);
        expect_event(s, NATUPNP_EVENT_MAPPING_RENEWED);
        drain_events(s);
        json_t *entry = gateway_entry(&s->gateway, 8080, "TCP");
        assert_in_range(json_integer_value(json_object_get(entry, "lease_s")), LONGER_S - 1,
                        LONGER_S);
        json_decref(entry);
    }
}

/* An add over a kept one need not say again that it is kept. */
static void added_over_with_another_port(void **state)
{
    scene *s = keeper_begin(state, NULL);
    natupnp_dynamic_add_request request = NATUPNP_DYNAMIC_ADD_REQUEST_INIT;
    natupnp_op *op;
    keep_one(s);
    request.external_port = 8080;
    request.internal_port = 81;
    request.lease_s = LEASE_S;
    assert_int_equal(natupnp_dynamic_add(&op, s->client, &request), NATUPNP_OK);
    assert_status(finish(s, scene_keep(s, op)), NATUPNP_OK);
    expect_changed(s, 81);
}

/* The same for a static one: it stays there for good, and where it leads. */
static void added_over_without_a_lease(void **state)
{
    scene *s = keeper_begin(state, "--igd=1");
    tally counts = {0};
    keep_one(s);
    natupnp_op *op = start_add(s, add_request(.external_port = 8080, .internal_port = 81));
    assert_status(finish(s, op), NATUPNP_OK);
    for (int hours = 0; hours < 24; hours++) {
        pass_minutes(s, 60, counts);
        gateway_expect(&s->gateway, 8080, "TCP", "127.0.0.1", 81);
    }
    assert_int_equal(natupnp_client_kept_count(s->client), 1);
    assert_int_equal(counts[NATUPNP_EVENT_MAPPING_LOST], 0);
}

/* ---- a gateway that knows no leases ---- */

/* What the dynamic collection has made there, it finds there. */
static void a_lease_where_there_are_none(void **state)
{
    scene *s = keeper_begin(state, "--permanent-only", "--igd=1");
    natupnp_op *op;
    const natupnp_mapping *m = keep_one(s);
    assert_int_equal(natupnp_mapping_lease_s(m), 0);
    assert_int_equal(natupnp_dynamic_get(&op, s->client, "", 8080, TCP), NATUPNP_OK);
    assert_status(finish(s, scene_keep(s, op)), NATUPNP_OK);
    assert_int_equal(
        natupnp_dynamic_edit(&op, s->client, m, edit_request(.description = "another")),
        NATUPNP_OK);
    assert_status(finish(s, scene_keep(s, op)), NATUPNP_OK);
    assert_int_equal(natupnp_dynamic_renew(&op, s->client, m, LEASE_S), NATUPNP_OK);
    assert_status(finish(s, scene_keep(s, op)), NATUPNP_OK);
    assert_int_equal(natupnp_mapping_lease_s(natupnp_op_mapping(op)), 0);
    assert_int_equal(natupnp_dynamic_remove(&op, s->client, "", 8080, TCP), NATUPNP_OK);
    assert_status(finish(s, scene_keep(s, op)), NATUPNP_OK);
    expect_gone_for_good(s);
}

/* ---- the client itself ---- */

static void watching_no_more(void **state)
{
    scene *s = keeper_begin(state, NULL);
    keep_one(s);
    natupnp_client_unwatch(s->client);
    for (size_t renewals = 1; renewals < 4; renewals++) {
        pass(s, DUE_S);
        drive_until(s, "AddPortMapping", 1 + renewals);
        while (is_busy(s->client))
            natupnp_client_wait(s->client, 20);
        assert_null(natupnp_client_next_event(s->client));
    }
    /* It is still looked after. */
    gateway_post(&s->gateway, "/table", "[]");
    drive_until(s, "AddPortMapping", 5);
    gateway_expect(&s->gateway, 8080, "TCP", "127.0.0.1", 8080);
    while (is_busy(s->client))
        natupnp_client_wait(s->client, 20);
    assert_null(natupnp_client_next_event(s->client));
    assert_int_equal(natupnp_client_watch(s->client), NATUPNP_OK);
    assert_true(work(s, NATUPNP_EVENT_GATEWAY_FOUND) == 1);
    pass(s, DUE_S);
    expect_event(s, NATUPNP_EVENT_MAPPING_RENEWED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scene_test(removed_while_it_is_renewed),
        scene_test(removed_behind_a_renewal_that_fails),
        scene_test(removed_while_renewals_are_queued),
        scene_test(removing_some_asks_nothing_of_others),
        scene_test(edited_while_it_is_renewed),
        scene_test(edited_when_its_renewal_is_due),
        scene_test(due_while_it_is_edited),
        scene_test(renewed_by_the_user_for_longer),
        scene_test(added_over_with_another_port),
        scene_test(added_over_without_a_lease),
        scene_test(a_lease_where_there_are_none),
        scene_test(watching_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
