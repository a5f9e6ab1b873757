/* SPDX-License-Identifier: MIT */
/* Kept mappings, on a clock that only the test moves, with the gateway's own clock beside it. */
#include "keeper_scene.h"

static void renewed_at_half_its_lease(void **state)
{
    scene *s = keeper_begin(state, NULL);
    keep_leased(s, 8080, 100);
    drain_events(s);
    for (int round = 0; round < 5; round++) {
        pass(s, 49);
        expect_quiet(s);
        pass(s, 12); /* between 50 and 60 % */
        expect_event(s, NATUPNP_EVENT_MAPPING_RENEWED);
        json_t *entry = gateway_entry(&s->gateway, 8080, "TCP");
        assert_in_range(json_integer_value(json_object_get(entry, "lease_s")), 99, 100);
        json_decref(entry);
    }
    assert_int_equal(gateway_asked(&s->gateway, "AddPortMapping"), 6);
    /* One external address with the first, and one look at what was granted; a renewal is one
     * request. */
    assert_int_equal(gateway_asked(&s->gateway, "GetExternalIPAddress"), 1);
    assert_int_equal(gateway_asked(&s->gateway, "GetSpecificPortMappingEntry"), 1);
}

/* IGD:2 turns 0 into a week; it is asked once what it made of it. */
static void a_static_one_where_permanent_is_a_week(void **state)
{
    scene *s = keeper_begin(state, "--igd=2");
    assert_status(run_add(s, add_request(.external_port = 8080, .keep = true)), NATUPNP_OK);
    assert_status(run_add(s, add_request(.external_port = 8081, .keep = true)), NATUPNP_OK);
    drain_events(s);
    size_t renewals = 0;
    for (int hours = 0; hours < 28 * 24; hours++) {
        pass(s, 3600);
        renewals += work(s, NATUPNP_EVENT_MAPPING_RENEWED);
        if (hours % 24 == 0)
            assert_int_equal(gateway_entries(&s->gateway), 2);
    }
    assert_in_range(renewals, 12, 16); /* each every 3.5 to 4.2 days */
}

static void a_permanent_one_is_left_alone(void **state)
{
    scene *s = keeper_begin(state, "--igd=1");
    assert_status(run_add(s, add_request(.external_port = 8080, .keep = true)), NATUPNP_OK);
    drain_events(s);
    for (int days = 0; days < 30; days++) {
        pass(s, 24 * 3600);
        expect_quiet(s);
    }
    expect_kept(s, 0, NATUPNP_KEPT_HELD, NATUPNP_OK);
}

static void a_machine_that_slept_through_a_lease(void **state)
{
    scene *s = keeper_begin(state, NULL);
    keep_leased(s, 8080, 600);
    drain_events(s);
    gateway_advance(s, 3600);
    slept_ms += 3600 * 1000;
    assert_null(gateway_entry(&s->gateway, 8080, "TCP"));
    expect_kept(s, 0, NATUPNP_KEPT_MISSING, NATUPNP_OK);
    natupnp_client_dispatch(s->client);
    expect_event(s, NATUPNP_EVENT_MAPPING_RESTORED);
    gateway_expect(&s->gateway, 8080, "TCP", "127.0.0.1", 8080);
}

/* ---- refusals, and a gateway that is away ---- */

static void a_refusal_is_told_once(void **state)
{
    scene *s = keeper_begin(state, NULL);
    keep_leased(s, 8080, 600);
    drain_events(s);
    gateway_set(&s->gateway, "{\"faults\": {\"AddPortMapping\": \"606\"}}");
    pass(s, 361);
    natupnp_event *event = next_event(s, NATUPNP_EVENT_MAPPING_REFUSED);
    assert_int_equal(natupnp_event_status(event), NATUPNP_E_NOT_PERMITTED);
    assert_int_equal(natupnp_mapping_external_port(natupnp_event_mapping(event)), 8080);
    assert_true(natupnp_event_detail(event)[0] != '\0');
    natupnp_event_free(event);
    expect_kept(s, 0, NATUPNP_KEPT_REFUSED, NATUPNP_E_NOT_PERMITTED);
    size_t before = gateway_asked(&s->gateway, "AddPortMapping");
    for (int minutes = 0; minutes < 24 * 60; minutes++) {
        pass(s, 60);
        assert_int_equal(work(s, NATUPNP_EVENT_MAPPING_REFUSED), 0);
    }
    assert_in_range(gateway_asked(&s->gateway, "AddPortMapping") - before, 20, 60);
    gateway_set(&s->gateway, "{\"faults\": {}}");
    pass(s, 3600);
    expect_event(s, NATUPNP_EVENT_MAPPING_RESTORED);
    expect_kept(s, 0, NATUPNP_KEPT_HELD, NATUPNP_OK);
}

static void another_port_where_one_is_refused(void **state)
{
    scene *s = keeper_begin(state, "--igd=1");
    natupnp_dynamic_add_request request = NATUPNP_DYNAMIC_ADD_REQUEST_INIT;
    natupnp_op *op;
    request.external_port = 8080;
    request.any_port = request.keep = true;
    request.internal_port = 80;
    request.lease_s = 600;
    assert_int_equal(natupnp_dynamic_add(&op, s->client, &request), NATUPNP_OK);
    expect_mapping(wait_for(scene_keep(s, op)), 8080, TCP, "127.0.0.1", 80);
    drain_events(s);
    gateway_advance(s, 601);
    gateway_put(&s->gateway, 8080, "TCP", "10.0.0.9", 80); /* somebody was faster */
    awake_ms += 361000;
    natupnp_client_dispatch(s->client);
    expect_event(s, NATUPNP_EVENT_MAPPING_REFUSED);
    natupnp_event *event = next_event(s, NATUPNP_EVENT_MAPPING_RESTORED);
    uint16_t port = natupnp_mapping_external_port(natupnp_event_mapping(event));
    natupnp_event_free(event);
    assert_int_not_equal(port, 8080);
    gateway_expect(&s->gateway, port, "TCP", "127.0.0.1", 80);
    gateway_expect(&s->gateway, 8080, "TCP", "10.0.0.9", 80);
}

static void a_gateway_that_is_away(void **state)
{
    scene *s = keeper_begin(state, NULL);
    for (int port = 8080; port < 8090; port++)
        keep_leased(s, port, 600);
    drain_events(s);
    gateway_set(&s->gateway, "{\"faults\": {\"AddPortMapping\": \"drop\"}}");
    pass(s, 361);
    for (int seconds = 0; seconds < 600; seconds++) {
        work(s, 0);
        pass(s, 1);
    }
    /* All at first, then one at a time with growing gaps; each twice, as idempotent actions are. */
    assert_in_range(gateway_asked(&s->gateway, "AddPortMapping"), 20, 80);
    expect_kept(s, 0, NATUPNP_KEPT_MISSING, NATUPNP_E_NETWORK); /* their leases are over */
    gateway_set(&s->gateway, "{\"faults\": {}}");
    pass(s, 300);
    assert_int_equal(work(s, NATUPNP_EVENT_MAPPING_RESTORED), 10);
    assert_int_equal(gateway_entries(&s->gateway), 10);
}

static void found_missing(void **state)
{
    scene *s = keeper_begin(state, NULL);
    keep_leased(s, 8080, 600);
    keep_leased(s, 8081, 600);
    drain_events(s);
    gateway_post(&s->gateway, "/table", "[]");
    nat__keeper_doubt(s->client);
    expect_event(s, NATUPNP_EVENT_MAPPING_LOST);
    assert_int_equal(work(s, NATUPNP_EVENT_MAPPING_RESTORED), 2);
    assert_int_equal(gateway_entries(&s->gateway), 2);
    drain_events(s);
    nat__keeper_doubt(s->client); /* and all is well */
    assert_int_equal(work(s, NATUPNP_EVENT_MAPPING_RESTORED), 0);
    expect_quiet(s);
}

/* ---- what the user does ---- */

static void removed_and_edited_by_the_user(void **state)
{
    scene *s = keeper_begin(state, NULL);
    natupnp_op *made = keep_leased(s, 8080, 600);
    keep_leased(s, 8081, 600);
    drain_events(s);
    assert_int_equal(natupnp_client_kept_count(s->client), 2);
    assert_status(run_remove(s, 8081, TCP), NATUPNP_OK);
    assert_int_equal(natupnp_client_kept_count(s->client), 1);
    assert_status(run_edit(s, natupnp_op_mapping(made), edit_request(.internal_port = 81)),
                  NATUPNP_OK);
    pass(s, 361);
    expect_event(s, NATUPNP_EVENT_MAPPING_RENEWED);
    gateway_expect(&s->gateway, 8080, "TCP", "127.0.0.1", 81);
    assert_int_equal(gateway_entries(&s->gateway), 1);
    pass(s, 3600);
    work(s, 0);
    assert_null(gateway_entry(&s->gateway, 8081, "TCP"));
}

/* Freed in the middle of everything, with operations of its own under way. */
static void freed_while_it_works(void **state)
{
    scene *s = keeper_begin(state, "--latency=50");
    for (int port = 9000; port < 9020; port++)
        keep_leased(s, port, 600);
    pass(s, 361);
    natupnp_client_dispatch(s->client);
    natupnp_client_free(s->client);
    s->client = NULL;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scene_test(renewed_at_half_its_lease),
        scene_test(a_static_one_where_permanent_is_a_week),
        scene_test(a_permanent_one_is_left_alone),
        scene_test(a_machine_that_slept_through_a_lease),
        scene_test(a_refusal_is_told_once),
        scene_test(another_port_where_one_is_refused),
        scene_test(a_gateway_that_is_away),
        scene_test(found_missing),
        scene_test(removed_and_edited_by_the_user),
        scene_test(freed_while_it_works),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
