/* SPDX-License-Identifier: MIT */
/* Events that come in: which are taken, and how the others are answered. */
#include "listener_scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void expect_good(const scene *s, int calls)
{
    assert_int_equal(s->calls, calls);
    assert_string_equal(s->headers, "NT=upnp:event NTS=upnp:propchange SID=uuid:1 SEQ=7 ");
    assert_string_equal(s->body, BODY);
}

static void an_event_is_taken(void **state)
{
    scene *s = *state;
    char *text = good_text(s), reply[512];
    for (int i = 1; i <= 3; i++) {
        int fd = peer_open(s, "127.0.0.1");
        peer_write(s, fd, text);
        assert_int_equal(peer_await(s, fd, reply), 200);
        expect_good(s, i);
        assert_non_null(strstr(reply, "\r\nConnection: close\r\n"));
        assert_non_null(strstr(reply, "\r\nContent-Length: 0\r\n"));
        assert_non_null(strstr(reply, "\r\n\r\n"));
    }
    free(text);
}

static void urls_and_paths(void **state)
{
    scene *s = *state;
    nat__expected third = {0};
    char url[NAT__EXPECTED_URL], path[sizeof third.path];
    assert_int_equal(strlen(s->expected.path), NAT__EXPECTED_PATH);
    assert_int_equal(strspn(s->expected.path + 1, "0123456789abcdef"), NAT__EXPECTED_PATH - 1);
    assert_string_equal(strchr(s->expected.url + 7, '/'), s->expected.path);
    assert_string_not_equal(s->expected.path, s->other.path);
    nat__listener_forget(&third); /* nothing was expected */
    assert_int_equal(
        nat__listener_expect(s->listener, &third, s->expected.from, s->expected.on_notify, s),
        NATUPNP_OK);
    memcpy(url, third.url, sizeof url);
    memcpy(path, third.path, sizeof path);
    /* Expected again, at a new place: the old one is gone. */
    assert_int_equal(
        nat__listener_expect(s->listener, &third, s->expected.from, s->expected.on_notify, s),
        NATUPNP_OK);
    assert_string_not_equal(url, third.url);
    char *old = notify_text("NOTIFY", path, GENA, BODY);
    char *new = notify_text("NOTIFY", third.path, GENA, BODY);
    assert_int_equal(ask(s, "127.0.0.1", old), 404);
    assert_int_equal(ask(s, "127.0.0.1", new), 200);
    nat__listener_forget(&third);
    assert_int_equal(ask(s, "127.0.0.1", new), 404);
    assert_int_equal(s->calls, 1);
    free(old);
    free(new);
}

static void every_byte_alone(void **state)
{
    scene *s = *state;
    char *text = good_text(s);
    int fd = peer_open(s, "127.0.0.1");
    for (const char *byte = text; *byte; byte++) {
        assert_int_equal(s->calls, 0);
        peer_send(s, fd, byte, 1);
        scene_settle(s);
    }
    expect_good(s, 1);
    assert_int_equal(peer_await(s, fd, NULL), 200);
    free(text);
}

static void a_chunked_body(void **state)
{
    scene *s = *state;
    char *text;
    assert_true(asprintf(&text,
                         "NOTIFY %s HTTP/1.1\r\nHost: a\r\n" GENA
                         "Transfer-Encoding: chunked\r\n\r\n"
                         "3\r\n<e:\r\nd\r\npropertyset/>\r\n0\r\n\r\n",
                         s->expected.path) > 0);
    assert_int_equal(ask(s, "127.0.0.1", text), 200);
    expect_good(s, 1);
    free(text);
}

static void odd_but_good(void **state)
{
    scene *s = *state;
    char *text;
    /* No Host, other cases, white space, no body at all. */
    assert_true(asprintf(&text, "NOTIFY %s HTTP/1.0\r\nsid:  uuid:2 \r\nSeq:0\r\n\r\n",
                         s->expected.path) > 0);
    assert_int_equal(ask(s, "127.0.0.1", text), 200);
    assert_string_equal(s->headers, "SID=uuid:2 SEQ=0 ");
    assert_int_equal(s->body_length, 0);
    free(text);
}

static void one_that_waits_to_be_asked(void **state)
{
    scene *s = *state;
    char reply[512];
    for (int waits = 0; waits <= 1; waits++) {
        char *text = notify_text("NOTIFY", s->expected.path, GENA "Expect: 100-continue\r\n", BODY);
        size_t head = strlen(text) - strlen(BODY);
        int fd = peer_open(s, "127.0.0.1");
        if (waits) {
            peer_send(s, fd, text, head);
            scene_settle(s);
            peer_send(s, fd, text + head, 3); /* told once, not with each piece */
            scene_settle(s);
            head += 3;
        }
        peer_write(s, fd, text + (waits ? head : 0));
        assert_int_equal(peer_await(s, fd, reply), waits ? 100 : 200);
        assert_memory_equal(reply,
                            waits ? "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 " : "HTTP/1.1 200 ",
                            waits ? 38 : 13);
        expect_good(s, waits + 1);
        free(text);
    }
    /* Nobody is asked to send what will not be taken. */
    char *text = notify_text("NOTIFY", "/", GENA "Expect: 100-continue\r\n", BODY);
    text[strlen(text) - strlen(BODY)] = '\0';
    assert_int_equal(ask(s, "127.0.0.1", text), 404);
    free(text);
}

static void on_trace(void *arg, natupnp_trace_direction direction, const char *peer,
                     const char *data, size_t length)
{
    nat__buf *out = arg;
    assert_memory_equal(peer, "event 127.0.0.1:", 16);
    nat__buf_addf(out, "%c%.*s|", direction == NATUPNP_TRACE_SENT ? '>' : '<', (int)length, data);
}

#define END "Content-Length: 0\r\nConnection: close\r\n\r\n"

static void events_are_traced(void **state)
{
    static const char other[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    scene *s = *state;
    nat__buf traced = {0};
    char *text = good_text(s), expected[512];
    s->log.on_trace = on_trace;
    s->log.on_trace_arg = &traced;
    assert_int_equal(ask(s, "127.0.0.1", text), 200);
    assert_int_equal(ask(s, "127.0.0.1", other), 405);
    nat__log_flush(&s->log);
    snprintf(expected, sizeof expected,
             "<%s|>HTTP/1.1 200 OK\r\n" END "|<%s|>HTTP/1.1 405 Refused\r\nAllow: NOTIFY\r\n" END
             "|",
             text, other);
    assert_string_equal(traced.at, expected);
    nat__buf_free(&traced);
    free(text);
}

static void the_handler_decides(void **state)
{
    static const unsigned codes[][2] = {{200, 200}, {412, 412}, {500, 500}, {0, 500}, {1000, 500}};
    scene *s = *state;
    char *text = good_text(s);
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        s->code = codes[i][0];
        assert_int_equal(ask(s, "127.0.0.1", text), codes[i][1]);
    }
    assert_int_equal(s->calls, COUNT_OF(codes));
    free(text);
}

static void what_follows_is_not_read(void **state)
{
    scene *s = *state;
    char *text = good_text(s), *both;
    static const char *const tails[] = {"garbage \xff\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", NULL};
    for (size_t i = 0; i < COUNT_OF(tails); i++) {
        assert_true(asprintf(&both, "%s%s", text, tails[i] ? tails[i] : text) > 0);
        s->calls = 0;
        assert_int_equal(ask(s, "127.0.0.1", both), 200);
        scene_settle(s);
        expect_good(s, 1);
        free(both);
    }
    free(text);
}

static void other_methods(void **state)
{
    static const char *const methods[] = {"GET",      "HEAD",   "POST",    "PUT",    "SUBSCRIBE",
                                          "M-SEARCH", "notify", "NOTIFYX", "OPTIONS"};
    scene *s = *state;
    char reply[512];
    for (size_t i = 0; i < COUNT_OF(methods); i++) {
        char *text = notify_text(methods[i], i % 2 ? s->expected.path : "/", GENA, BODY);
        int fd = peer_open(s, "127.0.0.1");
        peer_write(s, fd, text);
        CHECK(methods[i], peer_await(s, fd, reply) == 405);
        CHECK(methods[i], strstr(reply, "\r\nAllow: NOTIFY\r\n"));
        free(text);
    }
    assert_int_equal(s->calls, 0);
}

static void other_paths(void **state)
{
    scene *s = *state;
    char wrong[8][128];
    const char *path = s->expected.path;
    snprintf(wrong[0], sizeof wrong[0], "/");
    snprintf(wrong[1], sizeof wrong[1], "%s?", path);
    snprintf(wrong[2], sizeof wrong[2], "%s/", path);
    snprintf(wrong[3], sizeof wrong[3], "%.32s", path);
    snprintf(wrong[4], sizeof wrong[4], "/%s", path);
    snprintf(wrong[5], sizeof wrong[5], "%s", path);
    wrong[5][5] = wrong[5][5] == '0' ? '1' : '0';
    snprintf(wrong[6], sizeof wrong[6], "/%%%02x%s", (unsigned)path[1], path + 2);
    snprintf(wrong[7], sizeof wrong[7], "%s", s->other.path); /* another host's */
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        char *text = notify_text("NOTIFY", wrong[i], GENA, BODY);
        CHECK(wrong[i], ask(s, "127.0.0.1", text) == 404);
        free(text);
    }
    assert_int_equal(s->calls, 0);
}

static void who_is_expected(void **state)
{
    scene *s = *state;
    char *text = notify_text("NOTIFY", s->other.path, GENA, BODY);
    assert_int_equal(ask(s, "127.0.0.2", text), 200);
    assert_int_equal(ask(s, "127.0.0.3", text), 0);
    nat__listener_forget(&s->other);
    assert_int_equal(ask(s, "127.0.0.2", text), 0);
    assert_int_equal(s->calls, 1);
    free(text);
}

/* A body of this many bytes, as one or in chunks. */
static unsigned ask_with_body(scene *s, size_t length, bool chunked)
{
    char head[256], chunk[16384];
    int fd = peer_open(s, "127.0.0.1");
    memset(chunk, 'x', sizeof chunk);
    if (chunked)
        snprintf(head, sizeof head,
                 "NOTIFY %s HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
                 s->expected.path);
    else
        snprintf(head, sizeof head, "NOTIFY %s HTTP/1.1\r\nHost: a\r\nContent-Length: %zu\r\n\r\n",
                 s->expected.path, length);
    peer_write(s, fd, head);
    while (length > 0) {
        size_t piece = length < sizeof chunk ? length : sizeof chunk;
        snprintf(head, sizeof head, "%zx\r\n", piece);
        peer_write(s, fd, chunked ? head : "");
        peer_send(s, fd, chunk, piece);
        peer_write(s, fd, chunked ? "\r\n" : "");
        length -= piece;
    }
    peer_write(s, fd, chunked ? "0\r\n\r\n" : "");
    return peer_await(s, fd, NULL);
}

static void large_bodies(void **state)
{
    scene *s = *state;
    for (int chunked = 0; chunked <= 1; chunked++) {
        s->calls = 0;
        assert_int_equal(ask_with_body(s, NAT__GENA_BODY_MAX, chunked), 200);
        assert_int_equal(s->body_length, NAT__GENA_BODY_MAX);
        assert_int_equal(ask_with_body(s, NAT__GENA_BODY_MAX + 1, chunked), 413);
        assert_int_equal(ask_with_body(s, 16 * NAT__GENA_BODY_MAX, chunked), 413);
        assert_int_equal(s->calls, 1);
    }
}

static void large_headers(void **state)
{
    scene *s = *state;
    char *value = malloc(64 * 1024), *text;
    assert_non_null(value);
    memset(value, 'x', 64 * 1024);
    value[64 * 1024 - 1] = '\0';
    assert_true(asprintf(&text, "X: %s\r\n", value) > 0);
    char *request = notify_text("NOTIFY", s->expected.path, text, BODY);
    assert_int_equal(ask(s, "127.0.0.1", request), 431);
    free(request);
    free(text);
    assert_true(asprintf(&text, "/%s", value) > 0);
    request = notify_text("NOTIFY", text, GENA, BODY);
    assert_int_equal(ask(s, "127.0.0.1", request), 431);
    assert_int_equal(s->calls, 0);
    free(request);
    free(text);
    free(value);
}

/* How requests are read is told by the tests of words/request.h; here is what comes of it. */
static void what_is_no_http(void **state)
{
    static const struct {
        const char *text;
        unsigned code;
    } rows[] = {
        {"\r\n\r\n\r\n", 0},
        {"NOTIFY\r\n\r\n", 400},
        {"\xff\xfe\x80\r\n\r\n", 400},
        {"NOTIFY / HTTP/2.0\r\n\r\n", 505},
        {"NOTIFY / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400},
        {"NOTIFY / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 501},
        {"NOTIFY / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 404},
        {"NOTIFY %s HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
        {"NOTIFY http://a:1%s HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 200},
    };
    scene *s = *state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char text[256];
        const char *place = strstr(rows[i].text, "%s");
        snprintf(text, sizeof text, "%.*s%s%s", place ? (int)(place - rows[i].text) : 255,
                 rows[i].text, place ? s->expected.path : "", place ? place + 2 : "");
        int fd = peer_open(s, "127.0.0.1");
        peer_write(s, fd, text);
        shutdown(fd, SHUT_WR);
        CHECK(rows[i].text, peer_await(s, fd, NULL) == rows[i].code);
    }
    assert_int_equal(s->calls, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scene_test(an_event_is_taken),
        scene_test(urls_and_paths),
        scene_test(every_byte_alone),
        scene_test(a_chunked_body),
        scene_test(odd_but_good),
        scene_test(one_that_waits_to_be_asked),
        scene_test(events_are_traced),
        scene_test(the_handler_decides),
        scene_test(what_follows_is_not_read),
        scene_test(other_methods),
        scene_test(other_paths),
        scene_test(who_is_expected),
        scene_test(large_bodies),
        scene_test(large_headers),
        scene_test(what_is_no_http),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
