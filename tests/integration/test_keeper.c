/* SPDX-License-Identifier: MIT */
/* Kept mappings, on a clock that only the test moves, with the gateway's own clock beside it. */
#include "scene.h"

#include "face/face.h"
#include "meaning/keeper_work.h"
#include "meaning/monitor_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- time ---- */

static uint64_t awake_ms, slept_ms;

static uint64_t read_clock(void *arg, nat__time time)
{
    (void)arg;
    return awake_ms + (time == NAT__LASTING ? slept_ms : 0);
}

/* A client of the scene's gateway on this clock. */
static void show(void *arg, natupnp_log_level level, const char *message)
{
    (void)arg;
    (void)level;
    fprintf(stderr, "%llu %llu: %s\n", (unsigned long long)awake_ms, (unsigned long long)slept_ms,
            message);
}

static void on_clock(scene *s, natupnp_client_options options)
{
    natupnp_client_free(s->client);
    options.size = sizeof options;
    options.gateway = s->gateway.location;
    if (getenv("SHOW"))
        options.on_log = show;
    awake_ms = 1000000;
    slept_ms = 0;
    assert_int_equal(nat__client_new(&s->client, &options, (nat__clock){read_clock, NULL}),
                     NATUPNP_OK);
}

static void gateway_advance(scene *s, int seconds)
{
    char json[40];
    snprintf(json, sizeof json, "{\"seconds\": %d}", seconds);
    gateway_post(&s->gateway, "/advance", json);
}

/* Whether a request is under way: it must not see the clock leap. */
static bool is_busy(const natupnp_client *client)
{
    const nat__monitor *m = client->monitor;
    return (client->keeper && client->keeper->running > 0) ||
           (m && (m->op || m->subscription.request));
}

/* Both clocks go on, and what is due is done. */
static void pass(scene *s, int seconds)
{
    while (is_busy(s->client))
        natupnp_client_dispatch(s->client);
    gateway_advance(s, seconds);
    awake_ms += (uint64_t)seconds * 1000;
    natupnp_client_dispatch(s->client);
}

/* The next event that is about a mapping, or NULL. */
static natupnp_event *take_event(scene *s)
{
    natupnp_event *event;
    while ((event = natupnp_client_next_event(s->client)) && !natupnp_event_mapping(event))
        natupnp_event_free(event);
    return event;
}

/* The next one, which must be of this kind; freed by the caller. */
static natupnp_event *next_event(scene *s, natupnp_event_kind kind)
{
    natupnp_event *event;
    int64_t until = now_ms() + 10000;
    while (!(event = take_event(s))) {
        if (now_ms() > until)
            fail_msg("no event %s", natupnp_event_kind_name(kind));
        natupnp_client_wait(s->client, 20);
    }
    if (natupnp_event_what(event) != kind)
        fail_msg("%s (%s) instead of %s", natupnp_event_kind_name(natupnp_event_what(event)),
                 natupnp_event_detail(event), natupnp_event_kind_name(kind));
    return event;
}

static void expect_event(scene *s, natupnp_event_kind kind)
{
    natupnp_event_free(next_event(s, kind));
}

static void expect_quiet(scene *s)
{
    size_t before = gateway_asked(&s->gateway, "AddPortMapping");
    while (is_readable(natupnp_client_fd(s->client))) {
        natupnp_client_dispatch(s->client);
        assert_null(take_event(s));
    }
    assert_int_equal(gateway_asked(&s->gateway, "AddPortMapping"), before);
}

/* ---- kept mappings ---- */

static natupnp_op *keep_leased(scene *s, int port, uint32_t lease_s)
{
    natupnp_dynamic_add_request request = NATUPNP_DYNAMIC_ADD_REQUEST_INIT;
    natupnp_op *op;
    request.external_port = port;
    request.lease_s = lease_s;
    request.keep = true;
    assert_int_equal(natupnp_dynamic_add(&op, s->client, &request), NATUPNP_OK);
    assert_status(wait_for(scene_keep(s, op)), NATUPNP_OK);
    return op;
}

static void expect_kept(scene *s, size_t index, natupnp_kept_state state, natupnp_status status)
{
    natupnp_kept *kept;
    assert_int_equal(natupnp_client_kept_at(&kept, s->client, index), NATUPNP_OK);
    assert_int_equal(natupnp_kept_now(kept), state);
    assert_int_equal(natupnp_kept_status(kept), status);
    natupnp_kept_free(kept);
}

/* Works until nothing is under way; says how many events of a kind came. */
static size_t work(scene *s, natupnp_event_kind kind)
{
    int64_t until = now_ms() + 10000;
    size_t count = 0;
    do {
        natupnp_client_wait(s->client, is_busy(s->client) ? 100 : 0);
        for (natupnp_event *event; (event = natupnp_client_next_event(s->client));) {
            count += natupnp_event_what(event) == kind;
            natupnp_event_free(event);
        }
        assert_true(now_ms() < until);
    } while (is_busy(s->client) || is_readable(natupnp_client_fd(s->client)));
    return count;
}

static void drain_events(scene *s)
{
    work(s, 0);
}

static scene *begin(void **state, const char *option)
{
    scene *s = scene_begin(state, option);
    on_clock(s, (natupnp_client_options){0});
    assert_int_equal(natupnp_client_watch(s->client), NATUPNP_OK);
    drain_events(s); /* the first ones tell what is so now */
    return s;
}

static void renewed_at_half_its_lease(void **state)
{
    scene *s = begin(state, NULL);
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
    /* One external address with the first; a renewal is one request. */
    assert_int_equal(gateway_asked(&s->gateway, "GetExternalIPAddress"), 1);
    assert_int_equal(gateway_asked(&s->gateway, "GetSpecificPortMappingEntry"), 0);
}

/* IGD:2 turns 0 into a week; it is asked once what it made of it. */
static void a_static_one_where_permanent_is_a_week(void **state)
{
    scene *s = begin(state, "--igd=2");
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
    scene *s = begin(state, "--igd=1");
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
    scene *s = begin(state, NULL);
    keep_leased(s, 8080, 600);
    drain_events(s);
    gateway_advance(s, 3600);
    slept_ms += 3600 * 1000;
    assert_null(gateway_entry(&s->gateway, 8080, "TCP"));
    natupnp_client_dispatch(s->client);
    expect_event(s, NATUPNP_EVENT_MAPPING_RENEWED);
    gateway_expect(&s->gateway, 8080, "TCP", "127.0.0.1", 8080);
}

/* ---- refusals, and a gateway that is away ---- */

static void a_refusal_is_told_once(void **state)
{
    scene *s = begin(state, NULL);
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
    scene *s = begin(state, "--igd=1");
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
    scene *s = begin(state, NULL);
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
    expect_kept(s, 0, NATUPNP_KEPT_HELD, NATUPNP_E_NETWORK);
    gateway_set(&s->gateway, "{\"faults\": {}}");
    pass(s, 300);
    assert_int_equal(work(s, NATUPNP_EVENT_MAPPING_RENEWED), 10);
    assert_int_equal(gateway_entries(&s->gateway), 10);
}

static void found_missing(void **state)
{
    scene *s = begin(state, NULL);
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
    scene *s = begin(state, NULL);
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

static void closing_removes_them(void **state)
{
    scene *s = begin(state, "--latency=20");
    natupnp_op *op;
    for (int port = 9000; port < 9020; port++)
        keep_leased(s, port, 600);
    assert_status(run_add(s, add_request(.external_port = 8080)), NATUPNP_OK);
    int64_t before = now_ms();
    assert_int_equal(natupnp_client_close(&op, s->client), NATUPNP_OK);
    assert_status(wait_for(scene_keep(s, op)), NATUPNP_OK);
    print_message("20 removed in %d ms\n", (int)(now_ms() - before));
    assert_int_equal(natupnp_client_kept_count(s->client), 0);
    assert_int_equal(gateway_entries(&s->gateway), 1); /* the one that was not kept */
    assert_int_equal(gateway_asked(&s->gateway, "GetSpecificPortMappingEntry"), 0);
    assert_int_equal(natupnp_client_close(&op, s->client), NATUPNP_OK); /* nothing to do */
    assert_status(wait_for(scene_keep(s, op)), NATUPNP_OK);
}

static void a_close_that_fails(void **state)
{
    scene *s = begin(state, NULL);
    natupnp_op *op;
    for (int port = 9000; port < 9005; port++)
        keep_leased(s, port, 600);
    gateway_set(&s->gateway, "{\"faults\": {\"DeletePortMapping\": [\"714:1\", \"606:2\"]}}");
    assert_int_equal(natupnp_client_close(&op, s->client), NATUPNP_OK);
    assert_failure(wait_for(scene_keep(s, op)), NATUPNP_E_NOT_PERMITTED, 0);
    assert_non_null(strstr(natupnp_op_detail(op), "2 kept mappings"));
    assert_int_equal(natupnp_client_kept_count(s->client), 0);
    /* Cancelled: what is left is left to its lease. */
    keep_leased(s, 9000, 600);
    gateway_set(&s->gateway, "{\"faults\": {\"DeletePortMapping\": \"hang\"}}");
    assert_int_equal(natupnp_client_close(&op, s->client), NATUPNP_OK);
    for (int turn = 0; turn < 3; turn++)
        natupnp_client_dispatch(s->client);
    assert_int_equal(natupnp_op_cancel(op), NATUPNP_OK);
    assert_status(wait_for(scene_keep(s, op)), NATUPNP_E_CANCELLED);
    assert_int_equal(natupnp_client_kept_count(s->client), 0);
}

static void a_close_leaves_what_is_not_ours(void **state)
{
    scene *s = begin(state, NULL);
    natupnp_op *op;
    keep_leased(s, 8080, 600);
    drain_events(s);
    gateway_advance(s, 601);
    gateway_put(&s->gateway, 8080, "TCP", "10.0.0.9", 80);
    pass(s, 361);
    expect_event(s, NATUPNP_EVENT_MAPPING_REFUSED);
    assert_int_equal(natupnp_client_close(&op, s->client), NATUPNP_OK);
    assert_status(wait_for(scene_keep(s, op)), NATUPNP_OK);
    gateway_expect(&s->gateway, 8080, "TCP", "10.0.0.9", 80);
    /* And it has said that it listens no more. */
    assert_int_equal(gateway_asked(&s->gateway, "UNSUBSCRIBE"), 1);
}

/* Freed in the middle of everything, with operations of its own under way. */
static void freed_while_it_works(void **state)
{
    scene *s = begin(state, "--latency=50");
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
        scene_test(closing_removes_them),
        scene_test(a_close_that_fails),
        scene_test(a_close_leaves_what_is_not_ours),
        scene_test(freed_while_it_works),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
