/* SPDX-License-Identifier: MIT */
/* Kept mappings on gateways that answer oddly, and where others come in between. */
#include "keeper_scene.h"

#include <stdio.h>

#define NO_FAULTS "{\"faults\": {}}"
#define LOOK "GetSpecificPortMappingEntry"

enum { HALF_AN_HOUR_S = 1800 };

static size_t looks(scene *s)
{
    return gateway_asked(&s->gateway, LOOK);
}

/* So many seconds, one by one. */
static void pass_seconds(scene *s, int seconds, tally counts)
{
    for (int i = 0; i < seconds; i++) {
        pass(s, 1);
        work_counting(s, counts);
    }
}

/* One that was renewed once, in the first part of its new lease. */
static scene *renewed(void **state)
{
    scene *s = keeper_begin(state, NULL);
    keep_leased(s, 8080, 600);
    drain_events(s);
    pass(s, 361);
    expect_event(s, NATUPNP_EVENT_MAPPING_RENEWED);
    drain_events(s);
    pass(s, 20);
    return s;
}

static void led_elsewhere_after_a_renewal(void **state)
{
    scene *s = renewed(state);
    tally counts = {0};
    gateway_put(&s->gateway, 8080, "TCP", "127.0.0.1", 9999);
    nat__keeper_doubt(s->client);
    work_counting(s, counts);
    gateway_expect(&s->gateway, 8080, "TCP", "127.0.0.1", 8080);
}

static void taken_by_another_after_a_renewal(void **state)
{
    scene *s = renewed(state);
    gateway_put(&s->gateway, 8080, "TCP", "10.0.0.9", 8080);
    nat__keeper_doubt(s->client);
    expect_event(s, NATUPNP_EVENT_MAPPING_REFUSED);
    drain_events(s);
    expect_kept(s, 0, NATUPNP_KEPT_REFUSED, NATUPNP_E_CONFLICT);
    assert_status(finish(s, start_close(s)), NATUPNP_OK);
    gateway_expect(&s->gateway, 8080, "TCP", "10.0.0.9", 8080);
}

static void added_by_the_user_what_is_refused(void **state)
{
    scene *s = keeper_begin(state, "--igd=1");
    tally counts = {0};
    assert_status(run_add(s, add_request(.external_port = 8080, .keep = true)), NATUPNP_OK);
    drain_events(s);
    gateway_post(&s->gateway, "/table", "[]");
    gateway_set(&s->gateway, "{\"faults\": {\"AddPortMapping\": \"606\"}}");
    nat__keeper_doubt(s->client);
    drain_events(s);
    expect_kept(s, 0, NATUPNP_KEPT_REFUSED, NATUPNP_E_NOT_PERMITTED);
    gateway_set(&s->gateway, NO_FAULTS);
    assert_status(run_add(s, add_request(.external_port = 8080)), NATUPNP_OK);
    work_counting(s, counts);
    assert_int_equal(counts[NATUPNP_EVENT_MAPPING_RESTORED], 1);
    expect_kept(s, 0, NATUPNP_KEPT_HELD, NATUPNP_OK);
}

/* Its description is there, and nothing else: the gaps between the tries grow all the same. */
static void only_a_description(void **state)
{
    scene *s = keeper_begin(state, NULL);
    tally counts = {0};
    gateway_set(&s->gateway,
                "{\"faults\": {\"*\": \"drop\", \"SUBSCRIBE\": \"503\", \"renewal\": \"503\"}}");
    pass_minutes(s, 30, counts);
    pass_seconds(s, 600, counts);
    print_message("%zu times lost in 40 minutes\n", counts[NATUPNP_EVENT_GATEWAY_LOST]);
    assert_in_range(counts[NATUPNP_EVENT_GATEWAY_LOST], 1, 16);
}

/* ---- entries that cannot be looked up ---- */

static void cannot_look(void **state, const char *fault, size_t most_losses)
{
    scene *s = keeper_begin(state, NULL);
    tally counts = {0};
    gateway_set(&s->gateway, "{\"faults\": {\"" LOOK "\": \"%s\"}}", fault);
    keep_many(s, 9000, 3, 120);
    for (int i = 0; i < HALF_AN_HOUR_S; i++) {
        pass_seconds(s, 1, counts);
        assert_int_equal(gateway_entries(&s->gateway), 3);
    }
    assert_in_range(counts[NATUPNP_EVENT_GATEWAY_LOST], 0, most_losses);
    assert_int_equal(counts[NATUPNP_EVENT_MAPPING_LOST], 0);
    assert_in_range(looks(s), 1, 20);
}

static void looks_end_in_http_500(void **state)
{
    cannot_look(state, "http500", 0);
}

static void looks_end_in_broken_xml(void **state)
{
    cannot_look(state, "badxml", 0);
}

static void looks_end_the_connection(void **state)
{
    cannot_look(state, "drop", 4);
}

static void a_restart_where_nothing_can_be_looked_up(void **state)
{
    scene *s = keeper_begin(state, "--no-specific");
    tally counts = {0};
    keep_many(s, 9000, 3, 3600);
    drain_events(s);
    gateway_post(&s->gateway, "/table", "[]");
    nat__monitor_gateway_back(s->client->monitor);
    pass_seconds(s, 10, counts);
    assert_int_equal(gateway_entries(&s->gateway), 3);
}

/* Lookups that fail for a while, so that one comes late, do not teach that leases are short. */
static void a_look_that_comes_late(void **state)
{
    scene *s = keeper_begin(state, NULL);
    tally counts = {0};
    gateway_set(&s->gateway, "{\"faults\": {\"" LOOK "\": \"http500\"}}");
    keep_many(s, 9000, 1, 3600);
    pass_minutes(s, 25, counts);
    gateway_set(&s->gateway, NO_FAULTS);
    nat__keeper_doubt(s->client);
    work_counting(s, counts);
    keep_many(s, 9001, 1, 24 * 3600);
    drain_events(s);
    assert_int_equal(s->client->gateway->lease_most_s, 0);
}

/* ---- evidence without end ---- */

static void announce(scene *s, int boot)
{
    char text[600];
    nat__monitor *m = s->client->monitor;
    int length =
        snprintf(text, sizeof text,
                 "NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nLOCATION: %s\r\n"
                 "NT: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\nNTS: ssdp:alive\r\n"
                 "USN: uuid:x\r\nBOOTID.UPNP.ORG: %d\r\n\r\n",
                 s->gateway.location, boot);
    m->notify.handler.on_datagram(m->notify.handler.arg, m->gateway->location.host, 1,
                                  (nat__str){text, (size_t)length});
}

/* One real restart in them is noticed; the others are not believed. */
static void another_boot_in_each_announcement(void **state)
{
    scene *s = keeper_begin(state, NULL);
    tally counts = {0};
    keep_many(s, 9000, 10, 3600);
    drain_events(s);
    size_t before = looks(s);
    for (int i = 0; i < 100; i++) {
        announce(s, 100 + i);
        pass_seconds(s, 1, counts);
    }
    assert_in_range(counts[NATUPNP_EVENT_GATEWAY_LOST], 1, 2);
    assert_in_range(looks(s) - before, 10, 30);
    gateway_post(&s->gateway, "/forget", "{}");
    gateway_post(&s->gateway, "/table", "[]");
    announce(s, 200);
    pass_seconds(s, 70, counts); /* after so many that were forged it is asked once a minute */
    assert_int_equal(gateway_entries(&s->gateway), 10);
}

static void changes_of_the_network_that_are_none_for_us(void **state)
{
    scene *s = scene_begin(state, NULL);
    tally counts = {0};
    on_clock(s, (natupnp_client_options){0});
    assert_status(run_discover(s), NATUPNP_OK);
    nat__gateway *gateway = s->client->gateway;
    gateway->description.services[gateway->service].event_url[0] = '\0';
    assert_int_equal(natupnp_client_watch(s->client), NATUPNP_OK);
    keep_many(s, 9000, 10, 24 * 3600);
    drain_events(s);
    size_t before = looks(s);
    for (int i = 0; i < 20; i++) {
        s->client->monitor->net.on_change(s->client->monitor->net.arg);
        pass_seconds(s, 1, counts);
    }
    assert_in_range(looks(s) - before, 0, 10);
}

/* Granted for a third of what is asked for at least. */
static void a_short_subscription(void **state)
{
    scene *s = keeper_begin(state, "--subscription-timeout=20");
    tally counts = {0};
    keep_many(s, 9000, 10, 24 * 3600);
    drain_events(s);
    size_t before = looks(s);
    pass_seconds(s, 600, counts);
    assert_in_range(gateway_asked(&s->gateway, "renewal"), 50, 70);
    assert_int_equal(gateway_asked(&s->gateway, "SUBSCRIBE"), 1);
    assert_int_equal(looks(s) - before, 0);
}

/* It counts its events wrongly, each time. */
static void a_gap_in_each_event(void **state)
{
    scene *s = keeper_begin(state, NULL);
    tally counts = {0};
    keep_many(s, 9000, 10, 24 * 3600);
    drain_events(s);
    size_t before = looks(s);
    gateway_set(&s->gateway, "{\"faults\": {\"event\": \"skip-seq\"}}");
    for (int i = 0; i < 30; i++) {
        gateway_set(&s->gateway, "{\"external_ip\": \"198.51.100.%d\"}", i + 1);
        pass_seconds(s, 1, counts);
    }
    assert_in_range(gateway_asked(&s->gateway, "SUBSCRIBE"), 2, 65);
    assert_in_range(looks(s) - before, 10, 200); /* and not ten for each */
}

/* Its answers take so long that not all get theirs in the time allowed. */
static void a_slow_gateway(void **state)
{
    enum { COUNT = 24, ALLOWED_MS = 1000, SLOWER = 4 };
    scene *s = keeper_begin(state, NULL);
    tally counts = {0};
    keep_many(s, 9000, COUNT, 600);
    drain_events(s);
    gateway_set(&s->gateway, "{\"faults\": {\"AddPortMapping\": \"latency=2400\"}}");
    assert_int_equal(natupnp_client_set_timeout_ms(s->client, ALLOWED_MS), NATUPNP_OK);
    gateway_advance(s, 361);
    leap(s, 361000);
    /* The gateway lives in the real time. The clock is slower: a busy machine is slow in it by a
     * part. */
    int64_t at = now_ms(), until = at + 120000;
    while (counts[NATUPNP_EVENT_MAPPING_RENEWED] < COUNT) {
        assert_true(at < until);
        natupnp_client_wait(s->client, 20);
        int64_t passed = (now_ms() - at) / SLOWER;
        leap(s, (uint64_t)passed);
        at += passed * SLOWER;
        for (natupnp_event *event; (event = natupnp_client_next_event(s->client));) {
            counts[natupnp_event_what(event)]++;
            natupnp_event_free(event);
        }
    }
    assert_int_equal(counts[NATUPNP_EVENT_GATEWAY_LOST], 0);
}

/* ---- keys and states ---- */

static void two_that_could_come_to_one_key(void **state)
{
    scene *s = keeper_begin(state, "--igd=1");
    natupnp_dynamic_add_request request = NATUPNP_DYNAMIC_ADD_REQUEST_INIT;
    natupnp_op *op;
    keep_leased(s, 9000, 600);
    request.external_port = 8080;
    request.internal_port = 9000;
    request.any_port = request.keep = true;
    request.lease_s = 600;
    assert_int_equal(natupnp_dynamic_add(&op, s->client, &request), NATUPNP_OK);
    assert_status(finish(s, scene_keep(s, op)), NATUPNP_OK);
    drain_events(s);
    gateway_put(&s->gateway, 8080, "TCP", "10.0.0.9", 80);
    pass(s, 361);
    drain_events(s);
    assert_int_equal(natupnp_dynamic_remove(&op, s->client, NULL, 9000, TCP), NATUPNP_OK);
    assert_status(finish(s, scene_keep(s, op)), NATUPNP_OK);
    drain_events(s);
    pass(s, 361);
    drain_events(s);
    assert_null(gateway_entry(&s->gateway, 9000, "TCP"));
    assert_int_equal(natupnp_client_kept_count(s->client), 1);
}

/* The entry is still there while its renewal is refused. */
static void looked_at_while_it_is_refused(void **state)
{
    scene *s = keeper_begin(state, NULL);
    tally counts = {0};
    keep_leased(s, 8080, 600);
    drain_events(s);
    gateway_set(&s->gateway, "{\"faults\": {\"AddPortMapping\": \"606\"}}");
    pass(s, 361);
    work_counting(s, counts);
    for (int i = 0; i < 10; i++) {
        nat__keeper_doubt(s->client);
        work_counting(s, counts);
        pass(s, 20);
    }
    assert_int_equal(counts[NATUPNP_EVENT_MAPPING_REFUSED], 1);
    expect_kept(s, 0, NATUPNP_KEPT_REFUSED, NATUPNP_E_NOT_PERMITTED);
}

static void what_is_next_while_the_gateway_is_away(void **state)
{
    scene *s = keeper_begin(state, NULL);
    natupnp_kept *kept;
    keep_leased(s, 8080, 600);
    drain_events(s);
    gateway_set(&s->gateway, "{\"faults\": {\"AddPortMapping\": \"drop\"}}");
    pass(s, 361);
    drain_events(s);
    assert_int_equal(natupnp_client_kept_at(&kept, s->client, 0), NATUPNP_OK);
    assert_in_range(natupnp_kept_next_s(kept), 0, 5);
    natupnp_kept_free(kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scene_test(led_elsewhere_after_a_renewal),
        scene_test(taken_by_another_after_a_renewal),
        scene_test(added_by_the_user_what_is_refused),
        scene_test(only_a_description),
        scene_test(looks_end_in_http_500),
        scene_test(looks_end_in_broken_xml),
        scene_test(looks_end_the_connection),
        scene_test(a_restart_where_nothing_can_be_looked_up),
        scene_test(a_look_that_comes_late),
        scene_test(another_boot_in_each_announcement),
        scene_test(changes_of_the_network_that_are_none_for_us),
        scene_test(a_short_subscription),
        scene_test(a_gap_in_each_event),
        scene_test(a_slow_gateway),
        scene_test(two_that_could_come_to_one_key),
        scene_test(looked_at_while_it_is_refused),
        scene_test(what_is_next_while_the_gateway_is_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
