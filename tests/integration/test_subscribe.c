/* SPDX-License-Identifier: MIT */
/* The wires of subscriptions: HTTP requests of other methods, and the listener for events. */
#include "check.h"
#include "gateway_process.h"
#include "odd_server.h"

#include "wires/http.h"
#include "wires/listener.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PATIENCE_MS = 60000 };

typedef struct wires {
    gateway_process gateway;
    odd_server odd;
    nat__loop loop;
    nat__log log;
    nat__http *http;
    nat__listener *listener;
    nat__expected expected;
    /* The last reply. */
    bool replied;
    long code;
    natupnp_status status;
    char sid[256], timeout[64], body[4096];
    /* The last event. */
    unsigned events;
    uint32_t seq;
    char from_sid[256];
    nat__gena_event event;
    bool event_read;
} wires;

static unsigned on_notify(void *arg, const nat__notify *notify)
{
    wires *w = arg;
    nat__gena_notify parsed;
    unsigned code = nat__gena_parse_notify(&parsed, notify->headers, notify->header_count);
    assert_int_equal(code, 200);
    w->events++;
    w->seq = parsed.seq;
    snprintf(w->from_sid, sizeof w->from_sid, "%.*s", (int)parsed.sid.length, parsed.sid.at);
    w->event_read = nat__gena_parse_event(&w->event, notify->body) == NATUPNP_OK;
    return 200;
}

static void keep(char *to, size_t size, nat__str text)
{
    snprintf(to, size, "%.*s", (int)text.length, text.at ? text.at : "");
}

static void on_reply(void *arg, const nat__http_reply *reply)
{
    wires *w = arg;
    w->replied = true;
    w->status = reply->status;
    w->code = reply->code;
    keep(w->sid, sizeof w->sid, nat__http_reply_header(reply, "sid"));
    keep(w->timeout, sizeof w->timeout, nat__http_reply_header(reply, "TIMEOUT"));
    keep(w->body, sizeof w->body, reply->body);
}

static int set_up(void **state)
{
    wires *w = *state = calloc(1, sizeof *w);
    nat__ip local;
    assert_non_null(w);
    nat__log_init(&w->log);
    assert_int_equal(nat__loop_open(&w->loop, nat__clock_system()), NATUPNP_OK);
    assert_int_equal(nat__http_new(&w->http, &w->loop, &w->log), NATUPNP_OK);
    assert_true(nat__ip_parse(&local, nat__str_of("127.0.0.1")));
    assert_int_equal(nat__listener_open(&w->listener, &w->loop, &w->log, local), NATUPNP_OK);
    assert_int_equal(nat__listener_expect(w->listener, &w->expected, local, on_notify, w),
                     NATUPNP_OK);
    return 0;
}

static int tear_down(void **state)
{
    wires *w = *state;
    nat__listener_close(w->listener);
    nat__http_free(w->http);
    nat__loop_close(&w->loop);
    nat__log_free(&w->log);
    gateway_stop(&w->gateway);
    odd_stop(&w->odd);
    free(w);
    return 0;
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Drives the loop until a reply and this many events in all have come. */
static void drive(wires *w, bool reply, unsigned events)
{
    int64_t end = now_ms() + PATIENCE_MS;
    while ((reply && !w->replied) || w->events < events) {
        assert_true(now_ms() < end);
        nat__loop_wait(&w->loop, PATIENCE_MS);
        assert_int_equal(nat__loop_run(&w->loop), NATUPNP_OK);
    }
}

/* Drives the loop until the gateway has ended this many events. */
static void drive_until_told(wires *w, size_t events)
{
    int64_t end = now_ms() + PATIENCE_MS;
    while (gateway_asked(&w->gateway, "event") < events) {
        assert_true(now_ms() < end);
        nat__loop_wait(&w->loop, 10);
        assert_int_equal(nat__loop_run(&w->loop), NATUPNP_OK);
    }
}

static void start(wires *w, int port, const char *path, const char *method,
                  const nat__http_header *headers, size_t count)
{
    nat__url url = {.port = (uint16_t)port, .target = (char *)path};
    nat__http_request *request;
    assert_true(nat__ip_parse(&url.host, nat__str_of("127.0.0.1")));
    w->replied = false;
    assert_int_equal(nat__http_start(&request, w->http,
                                     &(nat__http_params){.url = &url,
                                                         .method = method,
                                                         .headers = headers,
                                                         .header_count = count,
                                                         .reply_max = sizeof w->body - 1},
                                     on_reply, w),
                     NATUPNP_OK);
}

static void start_subscribe(wires *w)
{
    char callback[NAT__EXPECTED_URL + 2];
    snprintf(callback, sizeof callback, "<%s>", w->expected.url);
    const nat__http_header headers[] = {
        {"CALLBACK", callback}, {"NT", "upnp:event"}, {"TIMEOUT", "Second-1800"}};
    start(w, w->gateway.http_port, "/evt/IPConn", "SUBSCRIBE", headers, 3);
}

static void subscribe(wires *w)
{
    start_subscribe(w);
    drive(w, true, 0);
    assert_int_equal(w->code, 200);
}

static void with_sid(wires *w, const char *method)
{
    char sid[sizeof w->sid];
    memcpy(sid, w->sid, sizeof sid);
    const nat__http_header headers[] = {{"SID", sid}, {"TIMEOUT", "Second-1800"}};
    start(w, w->gateway.http_port, "/evt/IPConn", method, headers, method[0] == 'S' ? 2 : 1);
    drive(w, true, w->events);
}

static void the_whole_life(void **state)
{
    wires *w = *state;
    gateway_start(&w->gateway, "--subscription-timeout=300", "--mappings=3");
    subscribe(w);
    assert_int_equal(w->status, NATUPNP_OK);
    assert_memory_equal(w->sid, "uuid:", 5);
    assert_string_equal(w->timeout, "Second-300");
    drive(w, false, 1);
    assert_int_equal(w->events, 1);
    assert_int_equal(w->seq, 0);
    assert_string_equal(w->from_sid, w->sid);
    assert_true(w->event_read);
    assert_int_equal(w->event.number_of_entries, 3);
    assert_string_equal(w->event.connection_status, "Connected");
    gateway_set(&w->gateway, "{\"external_ip\": \"198.51.100.7\"}");
    drive(w, false, 2);
    assert_int_equal(w->events, 2);
    assert_int_equal(w->seq, 1);
    char text[NAT__IP_TEXT];
    assert_true(w->event.external_ip_told);
    assert_string_equal(nat__ip_text(w->event.external_ip, text), "198.51.100.7");
    with_sid(w, "SUBSCRIBE");
    assert_int_equal(w->code, 200);
    assert_string_equal(w->from_sid, w->sid);
    with_sid(w, "UNSUBSCRIBE");
    assert_int_equal(w->code, 200);
    assert_string_equal(w->sid, "");
    snprintf(w->sid, sizeof w->sid, "%s", w->from_sid);
    with_sid(w, "SUBSCRIBE");
    assert_int_equal(w->code, 412);
}

static void refused(void **state)
{
    wires *w = *state;
    gateway_start(&w->gateway, "--no-events");
    start_subscribe(w);
    drive(w, true, 0);
    assert_int_equal(w->code, 501);
    assert_string_equal(w->sid, "");
    assert_string_equal(w->timeout, "");
}

static void the_event_comes_first(void **state)
{
    wires *w = *state;
    gateway_start(&w->gateway, "--fault=SUBSCRIBE=event-first");
    start_subscribe(w);
    drive(w, false, 1);
    assert_false(w->replied);
    drive(w, true, 1);
    assert_string_equal(w->from_sid, w->sid);
}

/* Events that are not to be taken, each with the gateway's settings for it. */
static void bad_events(void **state)
{
    static const char *const faults[] = {
        "\"faults\": {\"event\": \"oversize:1\"}", "\"faults\": {\"event\": \"truncate:1\"}",
        "\"faults\": {\"event\": \"endless:1\"}",  "\"faults\": {\"event\": \"bigheader:1\"}",
        "\"faults\": {\"event\": \"drip:1\"}",     "\"event_source\": \"127.0.0.2\""};
    wires *w = *state;
    unsigned seq = 0;
    gateway_start(&w->gateway, NULL);
    subscribe(w);
    drive(w, false, 1);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        gateway_set(&w->gateway, "{%s, \"external_ip\": \"198.51.100.%zu\"}", faults[i], i);
        drive_until_told(w, seq + 2);
        assert_int_equal(w->events, i + 1);
        gateway_set(&w->gateway, "{\"event_source\": \"\", \"status\": \"Up%zu\"}", i);
        drive(w, false, (unsigned)i + 2);
        assert_int_equal(w->events, i + 2);
        seq += 2;
        drive_until_told(w, seq + 1);
        assert_int_equal(w->seq, seq);
    }
}

/* ---- HTTP ---- */

/* Answers with the request, and with a TIMEOUT of its own for some paths. */
static void echo(int fd, const char *request)
{
    char value[NAT__HTTP_VALUE_MAX + 2] = "Second-1", *text;
    if (strstr(request, "/long"))
        memset(value, 'x', sizeof value - 1);
    else if (strstr(request, "/control"))
        snprintf(value, sizeof value, "Second\x01-1");
    if (asprintf(&text,
                 "HTTP/1.1 200 OK\r\nsId:   uuid:1  \r\nTimeout: %s\r\nContent-Length: %zu\r\n"
                 "Connection: close\r\n\r\n%s",
                 value, strlen(request), request) < 0)
        return;
    odd_write(fd, text);
    free(text);
}

static void requests_are_as_asked(void **state)
{
    wires *w = *state;
    char expected[512];
    odd_start(&w->odd, echo);
    const nat__http_header headers[] = {{"CALLBACK", "<http://127.0.0.1:1/x>"}, {"NT", "a"}};
    start(w, w->odd.port, "/evt?x", "SUBSCRIBE", headers, 2);
    drive(w, true, 0);
    snprintf(expected, sizeof expected,
             "SUBSCRIBE /evt?x HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUser-Agent: %s\r\n"
             "CALLBACK: <http://127.0.0.1:1/x>\r\nNT: a\r\n\r\n",
             w->odd.port, nat__http_user_agent(w->http));
    assert_string_equal(w->body, expected);
    assert_string_equal(w->sid, "uuid:1");
    assert_string_equal(w->timeout, "Second-1");
    start(w, w->odd.port, "/", NULL, NULL, 0);
    drive(w, true, 0);
    snprintf(expected, sizeof expected,
             "GET / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUser-Agent: %s\r\n\r\n", w->odd.port,
             nat__http_user_agent(w->http));
    assert_string_equal(w->body, expected);
    assert_string_equal(w->sid, "uuid:1");
    for (int i = 0; i < 2; i++) {
        start(w, w->odd.port, i ? "/control" : "/long", NULL, NULL, 0);
        drive(w, true, 0);
        assert_string_equal(w->sid, "uuid:1");
        assert_string_equal(w->timeout, "");
    }
}

static void a_reply_that_never_comes_has_no_headers(void **state)
{
    wires *w = *state;
    gateway_start(&w->gateway, "--fault=SUBSCRIBE=drop");
    start_subscribe(w);
    drive(w, true, 0);
    assert_int_equal(w->status, NATUPNP_E_NETWORK);
    assert_string_equal(w->sid, "");
}

static void headers_that_are_not_sent(void **state)
{
    static const char *const bad[] = {"uuid:1\r\nX: y", "a\nb", "\x7f", "\xff"};
    wires *w = *state;
    nat__url url = {.port = 1, .target = (char *)"/"};
    assert_true(nat__ip_parse(&url.host, nat__str_of("127.0.0.1")));
    nat__http_header headers[NAT__HTTP_HEADERS_MAX + 1];
    for (size_t i = 0; i <= sizeof bad / sizeof bad[0]; i++) {
        bool many = i == sizeof bad / sizeof bad[0];
        for (size_t j = 0; j <= NAT__HTTP_HEADERS_MAX; j++)
            headers[j] = (nat__http_header){"SID", many ? "a" : bad[i]};
        nat__http_params params = {
            .url = &url, .headers = headers, .header_count = many ? NAT__HTTP_HEADERS_MAX + 1 : 1};
        nat__http_request *request = (nat__http_request *)w;
        assert_int_equal(nat__http_start(&request, w->http, &params, on_reply, w), NATUPNP_E_INVAL);
        assert_null(request);
    }
}

#define wires_test(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        wires_test(the_whole_life),
        wires_test(refused),
        wires_test(the_event_comes_first),
        wires_test(bad_events),
        wires_test(requests_are_as_asked),
        wires_test(a_reply_that_never_comes_has_no_headers),
        wires_test(headers_that_are_not_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
