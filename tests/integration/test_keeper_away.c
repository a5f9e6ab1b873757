/* SPDX-License-Identifier: MIT */
/* Kept mappings and a gateway that is away, or of which only the events are. */
#include "keeper_scene.h"

#include <stdio.h>

enum { COUNT = 5, LEASE_S = 600, DUE_S = 361 /* after six tenths of the lease */ };

#define SILENCE                                                                                    \
    "{\"faults\": {\"*\": \"drop\", \"description\": \"drop\", \"SUBSCRIBE\": \"drop\", "          \
    "\"renewal\": \"drop\", \"UNSUBSCRIBE\": \"drop\", \"event\": \"drop\"}}"
#define NO_FAULTS "{\"faults\": {}}"

/* Everything is as it should be: all are there, each is held, and there is no waiting. */
static void expect_well(scene *s)
{
    assert_int_equal(natupnp_client_kept_count(s->client), COUNT);
    assert_int_equal(gateway_entries(&s->gateway), COUNT);
    for (size_t i = 0; i < COUNT; i++)
        expect_kept(s, i, NATUPNP_KEPT_HELD, NATUPNP_OK);
    assert_false(s->client->keeper->down);
    assert_false(nat__keeper_is_down(s->client));
}

/* What the gateway tells arrives. */
static void expect_events_arrive(scene *s, const char *ip)
{
    gateway_set(&s->gateway, "{\"external_ip\": \"%s\"}", ip);
    natupnp_event *event = await_event(s, NATUPNP_EVENT_EXTERNAL_IP);
    assert_string_equal(natupnp_event_external_ip(event), ip);
    natupnp_event_free(event);
}

static void expect_gateway_events(const tally counts, size_t lost, size_t found)
{
    assert_int_equal(counts[NATUPNP_EVENT_GATEWAY_LOST], lost);
    assert_int_equal(counts[NATUPNP_EVENT_GATEWAY_FOUND], found);
}

/* ---- the whole gateway ---- */

static void silent_for_hours_then_back(void **state)
{
    scene *s = keeper_begin(state, NULL);
    tally away = {0}, back = {0}, later = {0};
    keep_many(s, 9000, COUNT, LEASE_S);
    drain_events(s);
    gateway_set(&s->gateway, SILENCE);
    pass_minutes(s, 4 * 60, away);
    expect_gateway_events(away, 1, 0);
    assert_int_equal(gateway_entries(&s->gateway), 0);
    assert_in_range(gateway_requests(&s->gateway), 10, 500);
    gateway_set(&s->gateway, NO_FAULTS);
    pass_minutes(s, 6, back);
    expect_gateway_events(back, 0, 1);
    expect_well(s);
    assert_int_equal(back[NATUPNP_EVENT_MAPPING_RESTORED] + back[NATUPNP_EVENT_MAPPING_RENEWED],
                     COUNT);
    expect_events_arrive(s, "198.51.100.2");
    pass_minutes(s, 120, later);
    expect_gateway_events(later, 0, 0);
    assert_int_equal(later[NATUPNP_EVENT_MAPPING_LOST], 0);
    assert_in_range(later[NATUPNP_EVENT_MAPPING_RENEWED], 20 * COUNT, 24 * COUNT);
    expect_well(s);
}

/* So many of them are held, whatever came of the last renewal. */
static size_t held(scene *s)
{
    size_t count = 0;
    for (size_t i = 0; i < natupnp_client_kept_count(s->client); i++) {
        natupnp_kept *kept;
        assert_int_equal(natupnp_client_kept_at(&kept, s->client, i), NATUPNP_OK);
        count += natupnp_kept_now(kept) == NATUPNP_KEPT_HELD;
        natupnp_kept_free(kept);
    }
    return count;
}

/* Switched off, with its table, and on again. Nobody answers in between. */
static void switched_off_for_hours(void **state)
{
    scene *s = keeper_begin(state, NULL);
    tally away = {0}, back = {0};
    char port[32];
    snprintf(port, sizeof port, "--port=%d", s->gateway.http_port);
    keep_many(s, 9000, COUNT, LEASE_S);
    drain_events(s);
    gateway_stop(&s->gateway);
    for (int minutes = 0; minutes < 4 * 60; minutes++) {
        leap(s, 60000);
        work_counting(s, away);
    }
    expect_gateway_events(away, 1, 0);
    assert_int_equal(held(s), 0); /* their leases have ended long ago */
    gateway_start(&s->gateway, port);
    pass_minutes(s, 6, back);
    expect_gateway_events(back, 0, 1);
    expect_well(s);
    assert_int_equal(back[NATUPNP_EVENT_MAPPING_RESTORED], COUNT);
    expect_events_arrive(s, "198.51.100.2");
}

/* ---- its events alone ---- */

/* Time passes with this fault: the mappings are kept, the gateway is there, its address is known.
 */
static void events_alone_fail(void **state, const char *fault)
{
    scene *s = scene_begin(state, fault);
    tally counts = {0};
    on_clock(s, (natupnp_client_options){0});
    assert_int_equal(natupnp_client_watch(s->client), NATUPNP_OK);
    keep_many(s, 9000, COUNT, LEASE_S);
    pass_minutes(s, 60, counts);
    print_message("%zu found, %zu lost, %zu subscriptions\n", counts[NATUPNP_EVENT_GATEWAY_FOUND],
                  counts[NATUPNP_EVENT_GATEWAY_LOST], gateway_asked(&s->gateway, "SUBSCRIBE"));
    assert_int_equal(counts[NATUPNP_EVENT_MAPPING_LOST], 0);
    expect_well(s);
    assert_in_range(counts[NATUPNP_EVENT_GATEWAY_LOST], 0, 1);
    assert_int_equal(counts[NATUPNP_EVENT_GATEWAY_FOUND], 1 + counts[NATUPNP_EVENT_GATEWAY_LOST]);
    assert_in_range(gateway_asked(&s->gateway, "SUBSCRIBE"), 1, 120);
    assert_in_range(gateway_asked(&s->gateway, "GetStatusInfo"), 50, 70);
    gateway_set(&s->gateway, "{\"external_ip\": \"198.51.100.3\"}");
    pass(s, 61);
    natupnp_event_free(await_event(s, NATUPNP_EVENT_EXTERNAL_IP));
}

static void subscribing_gets_503(void **state)
{
    events_alone_fail(state, "--fault=SUBSCRIBE=503");
}

static void subscribing_gets_no_answer(void **state)
{
    events_alone_fail(state, "--fault=SUBSCRIBE=drop");
}

/* For a while only: what it tells is known again at some time. */
static void subscribing_gets_503_for_a_while(void **state)
{
    scene *s = scene_begin(state, "--fault=SUBSCRIBE=503:3");
    tally counts = {0};
    on_clock(s, (natupnp_client_options){0});
    assert_int_equal(natupnp_client_watch(s->client), NATUPNP_OK);
    keep_many(s, 9000, COUNT, LEASE_S);
    pass_minutes(s, 24 * 60, counts);
    expect_gateway_events(counts, 0, 1);
    expect_well(s);
    print_message("%zu subscriptions in a day\n", gateway_asked(&s->gateway, "SUBSCRIBE"));
    gateway_set(&s->gateway, "{\"external_ip\": \"198.51.100.3\"}");
    pass(s, 61);
    natupnp_event_free(await_event(s, NATUPNP_EVENT_EXTERNAL_IP));
}

/* The gateway has forgotten the subscription, and perhaps the mappings. */
static void a_subscription_that_is_unknown(void **state)
{
    scene *s = keeper_begin(state, "--subscription-timeout=7200");
    tally counts = {0};
    keep_many(s, 9000, COUNT, 24 * 3600);
    drain_events(s);
    size_t before = gateway_asked(&s->gateway, "GetSpecificPortMappingEntry");
    gateway_set(&s->gateway, "{\"faults\": {\"renewal\": \"412:1\"}}");
    pass(s, 3601);
    drive_until(s, "SUBSCRIBE", 2);
    work_counting(s, counts);
    expect_gateway_events(counts, 0, 0);
    assert_int_equal(gateway_asked(&s->gateway, "renewal"), 1);
    assert_int_equal(gateway_asked(&s->gateway, "GetSpecificPortMappingEntry") - before, COUNT);
    expect_well(s);
    expect_events_arrive(s, "198.51.100.2");
}

static void a_subscription_that_is_not_renewed_in_time(void **state)
{
    scene *s = keeper_begin(state, "--subscription-timeout=7200");
    tally counts = {0};
    keep_many(s, 9000, COUNT, 24 * 3600);
    drain_events(s);
    gateway_set(&s->gateway, "{\"faults\": {\"renewal\": \"hang:1\"}}");
    pass(s, 3601);
    drive_until(s, "renewal", 1);
    /* libcurl, whose time this is, lives in the real one. */
    for (int64_t until = now_ms() + 60000; s->client->monitor->subscription.renewing;) {
        natupnp_client_wait(s->client, 20);
        leap(s, 20);
        assert_true(now_ms() < until);
    }
    pass_minutes(s, 10, counts);
    assert_in_range(counts[NATUPNP_EVENT_GATEWAY_LOST], 0, 1);
    assert_int_equal(counts[NATUPNP_EVENT_GATEWAY_FOUND], counts[NATUPNP_EVENT_GATEWAY_LOST]);
    assert_int_equal(counts[NATUPNP_EVENT_MAPPING_LOST], 0);
    expect_well(s);
    expect_events_arrive(s, "198.51.100.2");
}

/* ---- no events at all ---- */

/* Asked once a minute, whatever happens. */
static void asked_each_minute(void **state)
{
    scene *s = keeper_begin(state, "--no-events");
    tally counts = {0};
    keep_many(s, 9000, COUNT, LEASE_S);
    size_t before = gateway_asked(&s->gateway, "GetStatusInfo");
    pass_minutes(s, 180, counts);
    size_t first = gateway_asked(&s->gateway, "GetStatusInfo") - before;
    expect_gateway_events(counts, 0, 0);
    gateway_set(&s->gateway, SILENCE);
    pass_minutes(s, 60, counts);
    gateway_set(&s->gateway, NO_FAULTS);
    pass_minutes(s, 6, counts);
    expect_gateway_events(counts, 1, 1);
    before = gateway_asked(&s->gateway, "GetStatusInfo");
    pass_minutes(s, 180, counts);
    size_t second = gateway_asked(&s->gateway, "GetStatusInfo") - before;
    expect_gateway_events(counts, 1, 1);
    print_message("%zu and %zu times in 180 minutes\n", first, second);
    assert_in_range(first, 170, 190);
    assert_in_range(second, 170, 190);
    expect_well(s);
}

/* ---- announcements ---- */

/* What the client hears on a network, given to it: nothing goes over one here. */
static void announce(scene *s, const char *path, int boot_id)
{
    nat__monitor *m = s->client->monitor;
    nat__ip from;
    char text[512], boot[48] = "";
    if (boot_id > 0)
        snprintf(boot, sizeof boot, "BOOTID.UPNP.ORG: %d\r\n", boot_id);
    int length = snprintf(text, sizeof text,
                          "NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n"
                          "CACHE-CONTROL: max-age=1800\r\nNTS: ssdp:alive\r\n"
                          "LOCATION: http://127.0.0.1:%d%s\r\n%s"
                          "NT: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\n"
                          "USN: uuid:%s::urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\n"
                          "\r\n",
                          s->gateway.http_port, path, boot, path + 1);
    assert_true(nat__ip_parse(&from, nat__str_of("127.0.0.1")));
    m->notify.handler.on_datagram(m->notify.handler.arg, from, 1, (nat__str){text, (size_t)length});
}

/* A watcher that listens for announcements although its gateway was given, on the loopback
 * interface alone. */
static scene *listening(void **state, const char *option)
{
    scene *s = scene_begin(state, option);
    on_clock(s, (natupnp_client_options){.interface = "lo"});
    char *given = s->client->gateway_url.target;
    s->client->gateway_url.target = NULL;
    assert_int_equal(natupnp_client_watch(s->client), NATUPNP_OK);
    s->client->gateway_url.target = given;
    assert_non_null(s->client->monitor->notify.handler.on_datagram);
    keep_many(s, 9000, COUNT, 24 * 3600);
    drain_events(s);
    return s;
}

/* A gateway that announces two descriptions, each twice a minute for an hour. */
static void two_descriptions(void **state, const char *option, int first_boot, int second_boot)
{
    scene *s = listening(state, option);
    tally counts = {0};
    size_t before = gateway_requests(&s->gateway);
    for (int i = 0; i < 120; i++) {
        announce(s, "/rootDesc.xml", first_boot);
        natupnp_client_dispatch(s->client);
        announce(s, "/other.xml", second_boot);
        natupnp_client_dispatch(s->client);
        work_counting(s, counts);
        pass(s, 30);
    }
    work_counting(s, counts);
    print_message("%zu lost, %zu found, %zu requests\n", counts[NATUPNP_EVENT_GATEWAY_LOST],
                  counts[NATUPNP_EVENT_GATEWAY_FOUND], gateway_requests(&s->gateway) - before);
    expect_gateway_events(counts, 0, 0);
    assert_int_equal(counts[NATUPNP_EVENT_MAPPING_LOST], 0);
    expect_well(s);
}

static void two_descriptions_of_one_gateway(void **state)
{
    two_descriptions(state, NULL, 0, 0);
}

static void two_descriptions_with_one_boot(void **state)
{
    two_descriptions(state, NULL, 7, 7);
}

static void two_descriptions_with_a_boot_each(void **state)
{
    two_descriptions(state, NULL, 7, 8);
}

static void two_descriptions_where_it_is_asked(void **state)
{
    two_descriptions(state, "--no-events", 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scene_test(silent_for_hours_then_back),
        scene_test(switched_off_for_hours),
        scene_test(subscribing_gets_503),
        scene_test(subscribing_gets_no_answer),
        scene_test(subscribing_gets_503_for_a_while),
        scene_test(a_subscription_that_is_unknown),
        scene_test(a_subscription_that_is_not_renewed_in_time),
        scene_test(asked_each_minute),
        scene_test(two_descriptions_of_one_gateway),
        scene_test(two_descriptions_with_one_boot),
        scene_test(two_descriptions_with_a_boot_each),
        scene_test(two_descriptions_where_it_is_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
