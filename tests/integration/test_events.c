/* SPDX-License-Identifier: MIT */
/* Events: what the gateway sends, what it sends wrongly, and what is asked where it sends nothing.
 */
#include "scene.h"

#include "face/face.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LIMIT_MS = 60000 };

static natupnp_event *take(scene *s)
{
    natupnp_event *event;
    int64_t until = now_ms() + LIMIT_MS;
    while (!(event = natupnp_client_next_event(s->client))) {
        assert_true(now_ms() < until);
        natupnp_client_wait(s->client, 50);
    }
    return event;
}

/* The next event is of this kind; freed by the caller. */
static natupnp_event *expect(scene *s, natupnp_event_kind kind)
{
    natupnp_event *event = take(s);
    if (natupnp_event_what(event) != kind)
        fail_msg("%s (%s) instead of %s", natupnp_event_kind_name(natupnp_event_what(event)),
                 natupnp_event_detail(event), natupnp_event_kind_name(kind));
    return event;
}

static void expect_ip(scene *s, const char *ip)
{
    natupnp_event *event = expect(s, NATUPNP_EVENT_EXTERNAL_IP);
    assert_string_equal(natupnp_event_external_ip(event), ip);
    natupnp_event_free(event);
}

static void expect_entries(scene *s, int64_t count)
{
    natupnp_event *event = expect(s, NATUPNP_EVENT_NUMBER_OF_ENTRIES);
    assert_int_equal(natupnp_event_number_of_entries(event), count);
    assert_null(natupnp_event_external_ip(event));
    assert_null(natupnp_event_mapping(event));
    natupnp_event_free(event);
}

static void expect_status(scene *s, const char *status)
{
    natupnp_event *event = expect(s, NATUPNP_EVENT_CONNECTION_STATUS);
    assert_string_equal(natupnp_event_connection_status(event), status);
    natupnp_event_free(event);
}

/* The first ones, which tell what is so now. */
static void expect_the_first(scene *s)
{
    natupnp_event *event = expect(s, NATUPNP_EVENT_GATEWAY_FOUND);
    assert_string_equal(natupnp_gateway_location(natupnp_event_gateway(event)),
                        s->gateway.location);
    natupnp_event_free(event);
    expect_ip(s, "203.0.113.7");
    expect_status(s, "Connected");
    expect_entries(s, 0);
}

static scene *watched(void **state, const char *option)
{
    scene *s = scene_begin(state, option);
    assert_int_equal(natupnp_client_watch(s->client), NATUPNP_OK);
    return s;
}

/* Nothing comes until the gateway has had so many requests of a kind. */
static void quiet_until(scene *s, const char *action, size_t count)
{
    int64_t until = now_ms() + LIMIT_MS;
    while (gateway_asked(&s->gateway, action) < count) {
        assert_true(now_ms() < until);
        natupnp_client_wait(s->client, 20);
        assert_null(natupnp_client_next_event(s->client));
    }
}

/* ---- what a gateway tells ---- */

static void changes_of_the_gateway(void **state)
{
    scene *s = watched(state, NULL);
    expect_the_first(s);
    gateway_set(&s->gateway, "{\"external_ip\": \"198.51.100.2\"}");
    expect_ip(s, "198.51.100.2");
    gateway_set(&s->gateway, "{\"status\": \"Disconnected\"}");
    expect_status(s, "Disconnected");
    gateway_put(&s->gateway, 8080, "TCP", "10.0.0.9", 80);
    expect_entries(s, 1);
    assert_status(run_add(s, add_request(.external_port = 8081)), NATUPNP_OK);
    expect_entries(s, 2);
    /* It was told, not asked for. */
    assert_int_equal(gateway_asked(&s->gateway, "GetStatusInfo"), 0);
    assert_int_equal(gateway_asked(&s->gateway, "SUBSCRIBE"), 1);
}

static void no_address_is_no_address(void **state)
{
    scene *s = watched(state, "--event-zero-first");
    expect_the_first(s);
    gateway_set(&s->gateway, "{\"external_ip\": \"198.51.100.2\"}");
    expect_ip(s, "198.51.100.2");
    gateway_set(&s->gateway, "{\"external_ip\": \"0.0.0.0\"}");
    gateway_set(&s->gateway, "{\"external_ip\": \"198.51.100.2\"}");
    gateway_set(&s->gateway, "{\"status\": \"Disconnected\"}");
    expect_status(s, "Disconnected"); /* and nothing before it: the address is as it was */
}

static void watching_twice_and_no_more(void **state)
{
    scene *s = watched(state, NULL);
    assert_int_equal(natupnp_client_watch(s->client), NATUPNP_OK);
    expect_the_first(s);
    natupnp_client_unwatch(s->client);
    natupnp_client_unwatch(s->client);
    int64_t until = now_ms() + LIMIT_MS;
    while (gateway_asked(&s->gateway, "UNSUBSCRIBE") == 0) {
        assert_true(now_ms() < until);
        natupnp_client_wait(s->client, 20);
    }
    gateway_set(&s->gateway, "{\"external_ip\": \"198.51.100.2\"}");
    settle(s->client);
    assert_null(natupnp_client_next_event(s->client));
    assert_int_equal(natupnp_client_watch(s->client), NATUPNP_OK);
    natupnp_event_free(expect(s, NATUPNP_EVENT_GATEWAY_FOUND));
    expect_ip(s, "198.51.100.2");
}

static void watching_after_keeping(void **state)
{
    scene *s = scene_begin(state, NULL);
    assert_status(run_add(s, add_request(.external_port = 8080, .keep = true)), NATUPNP_OK);
    int64_t until = now_ms() + LIMIT_MS;
    while (gateway_asked(&s->gateway, "event") == 0) {
        assert_true(now_ms() < until);
        natupnp_client_wait(s->client, 20);
    }
    settle(s->client);
    assert_null(natupnp_client_next_event(s->client));
    assert_int_equal(natupnp_client_watch(s->client), NATUPNP_OK);
    natupnp_event_free(expect(s, NATUPNP_EVENT_GATEWAY_FOUND));
    expect_ip(s, "203.0.113.7");
    expect_status(s, "Connected");
    natupnp_event_free(expect(s, NATUPNP_EVENT_NUMBER_OF_ENTRIES));
}

static void the_descriptor_tells_of_events(void **state)
{
    scene *s = watched(state, NULL);
    expect_the_first(s);
    settle(s->client);
    assert_false(is_readable(natupnp_client_fd(s->client)));
    gateway_set(&s->gateway, "{\"external_ip\": \"198.51.100.2\"}");
    int64_t until = now_ms() + LIMIT_MS;
    natupnp_event *event = NULL;
    while (!event) {
        assert_true(now_ms() < until);
        assert_int_equal(natupnp_client_wait(s->client, LIMIT_MS), NATUPNP_OK);
        if (is_readable(natupnp_client_fd(s->client)))
            event = natupnp_client_next_event(s->client);
    }
    natupnp_event_free(event);
    settle(s->client);
    assert_false(is_readable(natupnp_client_fd(s->client)));
}

static void an_event_outlives_its_client(void **state)
{
    scene *s = watched(state, NULL);
    natupnp_event *event = expect(s, NATUPNP_EVENT_GATEWAY_FOUND);
    natupnp_client_free(s->client); /* with events waiting */
    s->client = NULL;
    assert_non_null(natupnp_gateway_name(natupnp_event_gateway(event)));
    assert_string_equal(natupnp_event_detail(event),
                        natupnp_gateway_name(natupnp_event_gateway(event)));
    natupnp_event_free(event);
}

static void a_queue_that_nobody_empties(void **state)
{
    scene *s = watched(state, NULL);
    expect_the_first(s);
    for (int i = 0; i < 1100; i++) {
        gateway_set(&s->gateway, "{\"external_ip\": \"198.51.%d.%d\"}", 100 + i % 2, 1 + i % 250);
        size_t sent = gateway_asked(&s->gateway, "event");
        int64_t until = now_ms() + LIMIT_MS;
        while (gateway_asked(&s->gateway, "event") == sent && sent < (size_t)i + 2) {
            assert_true(now_ms() < until);
            natupnp_client_wait(s->client, 10);
        }
    }
    size_t count = 0;
    for (natupnp_event *event; (event = natupnp_client_next_event(s->client)); count++)
        natupnp_event_free(event);
    assert_in_range(count, 1000, 1024);
}

/* ---- what a gateway tells wrongly ---- */

static void an_event_before_the_answer(void **state)
{
    scene *s = watched(state, "--fault=SUBSCRIBE=event-first");
    expect_the_first(s);
    gateway_set(&s->gateway, "{\"external_ip\": \"198.51.100.2\"}");
    expect_ip(s, "198.51.100.2");
    assert_int_equal(gateway_asked(&s->gateway, "SUBSCRIBE"), 1);
}

static void broken_events(void **state)
{
    static const char *const faults[] = {"badxml:1",    "truncate:1", "doctype:1", "empty:1",
                                         "wrong-sid:1", "oversize:1", "deep:1"};
    scene *s = watched(state, NULL);
    expect_the_first(s);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        char ip[32];
        size_t sent = gateway_asked(&s->gateway, "event");
        gateway_set(&s->gateway, "{\"faults\": {\"event\": \"%s\"}}", faults[i]);
        gateway_set(&s->gateway, "{\"status\": \"PendingDisconnect\"}");
        int64_t until = now_ms() + LIMIT_MS;
        while (gateway_asked(&s->gateway, "event") == sent) {
            assert_true(now_ms() < until);
            natupnp_client_wait(s->client, 20);
        }
        gateway_set(&s->gateway, "{\"faults\": {}, \"status\": \"Connected\"}");
        snprintf(ip, sizeof ip, "198.51.100.%zu", i + 1);
        gateway_set(&s->gateway, "{\"external_ip\": \"%s\"}", ip);
        for (;;) { /* what could be read of it may have been told */
            natupnp_event *event = take(s);
            bool found = natupnp_event_external_ip(event) &&
                         strcmp(natupnp_event_external_ip(event), ip) == 0;
            natupnp_event_free(event);
            if (found)
                break;
        }
    }
}

static void lost_events(void **state)
{
    scene *s = watched(state, NULL);
    expect_the_first(s);
    gateway_set(&s->gateway, "{\"faults\": {\"event\": \"skip-seq:1\"}}");
    gateway_set(&s->gateway, "{\"external_ip\": \"198.51.100.2\"}");
    expect_ip(s, "198.51.100.2"); /* what it tells counts all the same */
    quiet_until(s, "SUBSCRIBE", 2);
    gateway_set(&s->gateway, "{\"external_ip\": \"198.51.100.3\"}");
    expect_ip(s, "198.51.100.3");
    json_t *subscriptions = gateway_get(&s->gateway, "/subscriptions");
    assert_int_equal(json_array_size(subscriptions), 1); /* the first one was ended */
    json_decref(subscriptions);
}

static void a_gateway_that_goes(void **state)
{
    scene *s = watched(state, NULL);
    expect_the_first(s);
    gateway_stop(&s->gateway);
    s->gateway = (gateway_process){0};
    natupnp_op *op = run_get(s, 8080, TCP); /* somebody must notice */
    assert_int_not_equal(natupnp_op_status(op), NATUPNP_OK);
    natupnp_event *event = expect(s, NATUPNP_EVENT_GATEWAY_LOST);
    assert_non_null(natupnp_event_gateway(event));
    natupnp_event_free(event);
    for (int64_t until = now_ms() + 1500; now_ms() < until;) /* its first tries fail */
        natupnp_client_wait(s->client, 100);
    assert_null(natupnp_client_next_event(s->client)); /* said once */
}

/* ---- what a gateway does not tell ---- */

static uint64_t leap_ms;

/* The real time, which libcurl lives in too, and the leaps that the test makes. */
static uint64_t read_clock(void *arg, nat__time time)
{
    (void)arg;
    (void)time;
    return (uint64_t)now_ms() + leap_ms;
}

static void a_gateway_without_events(void **state)
{
    scene *s = scene_begin(state, "--no-events");
    natupnp_client_options options = NATUPNP_CLIENT_OPTIONS_INIT;
    options.gateway = s->gateway.location;
    natupnp_client_free(s->client);
    leap_ms = 0;
    assert_int_equal(nat__client_new(&s->client, &options, (nat__clock){read_clock, NULL}),
                     NATUPNP_OK);
    assert_int_equal(natupnp_client_watch(s->client), NATUPNP_OK);
    natupnp_event_free(expect(s, NATUPNP_EVENT_GATEWAY_FOUND));
    expect_ip(s, "203.0.113.7");
    expect_status(s, "Connected");
    gateway_set(&s->gateway, "{\"external_ip\": \"198.51.100.2\"}");
    size_t asked = gateway_asked(&s->gateway, "GetExternalIPAddress");
    leap_ms = 40000;
    natupnp_client_dispatch(s->client);
    settle(s->client);
    assert_int_equal(gateway_asked(&s->gateway, "GetExternalIPAddress"), asked);
    leap_ms = 60000;
    natupnp_client_dispatch(s->client);
    expect_ip(s, "198.51.100.2");
}

/* ---- misuse ---- */

static void null_and_names(void **state)
{
    (void)state;
    assert_int_equal(natupnp_client_watch(NULL), NATUPNP_E_INVAL);
    natupnp_client_unwatch(NULL);
    assert_null(natupnp_client_next_event(NULL));
    natupnp_event_free(NULL);
    assert_int_equal(natupnp_event_what(NULL), 0);
    assert_null(natupnp_event_external_ip(NULL));
    assert_int_equal(natupnp_event_number_of_entries(NULL), -1);
    assert_null(natupnp_event_connection_status(NULL));
    assert_null(natupnp_event_gateway(NULL));
    assert_null(natupnp_event_mapping(NULL));
    assert_int_equal(natupnp_event_status(NULL), NATUPNP_E_INVAL);
    assert_string_equal(natupnp_event_detail(NULL), "");
    for (int kind = 1; kind <= NATUPNP_EVENT_MAPPING_REFUSED; kind++)
        assert_non_null(natupnp_event_kind_name((natupnp_event_kind)kind));
    assert_null(natupnp_event_kind_name((natupnp_event_kind)0));
    assert_null(natupnp_event_kind_name((natupnp_event_kind)10));
    assert_null(natupnp_event_kind_name((natupnp_event_kind)-1));
    natupnp_kept *kept = (natupnp_kept *)&state;
    assert_int_equal(natupnp_client_kept_count(NULL), 0);
    assert_int_equal(natupnp_client_kept_at(&kept, NULL, 0), NATUPNP_E_INVAL);
    assert_null(kept);
    assert_int_equal(natupnp_client_kept_at(NULL, NULL, 0), NATUPNP_E_INVAL);
    natupnp_kept_free(NULL);
    assert_null(natupnp_kept_mapping(NULL));
    assert_int_equal(natupnp_kept_now(NULL), 0);
    assert_int_equal(natupnp_kept_status(NULL), NATUPNP_E_INVAL);
    assert_int_equal(natupnp_kept_next_s(NULL), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scene_test(changes_of_the_gateway),
        scene_test(no_address_is_no_address),
        scene_test(watching_twice_and_no_more),
        scene_test(watching_after_keeping),
        scene_test(the_descriptor_tells_of_events),
        scene_test(an_event_outlives_its_client),
        scene_test(a_queue_that_nobody_empties),
        scene_test(an_event_before_the_answer),
        scene_test(broken_events),
        scene_test(lost_events),
        scene_test(a_gateway_that_goes),
        scene_test(a_gateway_without_events),
        cmocka_unit_test(null_and_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
