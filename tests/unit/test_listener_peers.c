/* SPDX-License-Identifier: MIT */
/* The listener with peers that go away, stay too long, or are too many. */
#include "listener_scene.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { DISCARDED = 100 * 1000 };

static void advance(scene *s, uint64_t ms)
{
    s->now_ms += ms;
    do /* the kernel's timer does not know */
        assert_int_equal(nat__loop_run(&s->loop), NATUPNP_OK);
    while (nat__loop_timeout_ms(&s->loop) == 0);
    scene_settle(s);
}

/* ---- peers that go away ---- */

static void ended_half_way(void **state)
{
    scene *s = *state;
    char *text = good_text(s);
    for (size_t length = 0; length < strlen(text); length += 7) {
        for (int seen = 0; seen <= 1; seen++) {
            int fd = peer_open(s, "127.0.0.1");
            if (seen)
                scene_settle(s);
            peer_send(s, fd, text, length); /* comes together with the end */
            shutdown(fd, SHUT_WR);
            settle_until_ended(s, fd);
            close(fd);
        }
    }
    assert_int_equal(s->calls, 0);
    assert_int_equal(ask(s, "127.0.0.1", text), 200);
    free(text);
}

static void reset_half_way(void **state)
{
    scene *s = *state;
    size_t before = descriptors_open();
    struct linger none = {.l_onoff = 1};
    for (int seen = 0; seen <= 1; seen++) {
        int fd = peer_open(s, "127.0.0.1");
        peer_write(s, fd, "NOTIFY / HTTP/1.1\r\n");
        if (seen)
            scene_settle(s);
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
        close(fd);
        scene_settle(s);
        assert_int_equal(descriptors_open(), before);
    }
}

static void the_answer_goes_to_a_half_closed_one(void **state)
{
    scene *s = *state;
    char *text = good_text(s);
    for (int seen = 0; seen <= 1; seen++) {
        int fd = peer_open(s, "127.0.0.1");
        if (seen)
            scene_settle(s);
        peer_write(s, fd, text);
        shutdown(fd, SHUT_WR);
        assert_int_equal(peer_await(s, fd, NULL), 200);
    }
    free(text);
}

/* ---- peers that do not listen ---- */

static void an_answer_comes_through(void **state)
{
    static char behind[DISCARDED];
    scene *s = *state;
    char *text = good_text(s), *refused = notify_text("NOTIFY", "/", "", "x");
    for (int good = 0; good <= 1; good++)
        for (int seen = 0; seen <= 1; seen++) {
            int fd = peer_open(s, "127.0.0.1");
            peer_write(s, fd, good ? text : refused);
            if (seen)
                scene_settle(s); /* it is answered before the rest comes */
            peer_send(s, fd, behind, sizeof behind);
            scene_settle(s);
            char reply[512] = "";
            struct pollfd ready = {.fd = fd, .events = POLLIN};
            assert_int_equal(poll(&ready, 1, 20000), 1);
            assert_true(recv(fd, reply, sizeof reply - 1, 0) > 0);
            assert_memory_equal(reply, good ? "HTTP/1.1 200 " : "HTTP/1.1 404 ", 13);
            assert_int_equal(poll(&ready, 1, 20000), 1);
            assert_int_equal(recv(fd, reply, 1, 0), 0); /* not reset, which may take the answer */
            close(fd);
        }
    assert_int_equal(s->calls, 2);
    free(text);
    free(refused);
}

static void what_has_no_end_is_not_read(void **state)
{
    static const char *const begins[] = {
        "NOTIFY / HTTP/1.1\r\nContent-Length: 60000\r\n\r\n",
        "NOTIFY %s HTTP/1.1\r\nX: ", "NOTIFY %s HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;",
        "NOTIFY %s HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: ",
        "NOTIFY %s HTTP/1.1\r\n\r\n"};
    static char piece[1024 * 1024];
    scene *s = *state;
    memset(piece, 'x', sizeof piece);
    for (size_t i = 0; i < COUNT_OF(begins); i++) {
        char text[256];
        const char *place = strstr(begins[i], "%s");
        snprintf(text, sizeof text, "%.*s%s%s", place ? (int)(place - begins[i]) : 255, begins[i],
                 place ? s->expected.path : "", place ? place + 2 : "");
        int fd = peer_open(s, "127.0.0.1"), sent = 0;
        peer_write(s, fd, text);
        for (bool open = true; open && sent < 64; sent++) {
            peer_send(s, fd, piece, sizeof piece);
            open = send(fd, piece, 1, MSG_NOSIGNAL) == 1 || errno == EAGAIN;
        }
        CHECK(begins[i], sent < 64);
        close(fd);
    }
}

/* ---- peers that stay ---- */

/* Who was answered makes room before who was not. */
static void an_answered_one_keeps_nobody_out(void **state)
{
    scene *s = *state;
    char *text = good_text(s);
    int slow = peer_open(s, "127.0.0.1"), stay[2 * NAT__CONNECTIONS_OF_ONE_MAX];
    peer_send(s, slow, text, strlen(text) - 1);
    scene_settle(s);
    for (size_t i = 0; i < COUNT_OF(stay); i++) {
        stay[i] = peer_open(s, "127.0.0.1");
        peer_write(s, stay[i], text);
        scene_settle(s);
        assert_int_equal(s->calls, i + 1);
    }
    assert_true(descriptors_open() <=
                s->descriptors + 5 + 1 + COUNT_OF(stay) + NAT__CONNECTIONS_OF_ONE_MAX);
    peer_write(s, slow, text + strlen(text) - 1);
    assert_int_equal(peer_await(s, slow, NULL), 200);
    advance(s, NAT__CONNECTION_MS);
    assert_int_equal(nat__loop_timeout_ms(&s->loop), -1);
    assert_int_equal(descriptors_open(), s->descriptors + 5 + COUNT_OF(stay));
    for (size_t i = 0; i < COUNT_OF(stay); i++)
        assert_int_equal(peer_await(s, stay[i], NULL), 200);
    free(text);
}

static void silence_has_a_deadline(void **state)
{
    scene *s = *state;
    char *text = good_text(s);
    int idle = peer_open(s, "127.0.0.1"), slow = peer_open(s, "127.0.0.1");
    peer_send(s, slow, text, strlen(text) - 1);
    scene_settle(s);
    advance(s, NAT__CONNECTION_MS - 1);
    assert_false(peer_ended(idle));
    peer_send(s, slow, text + strlen(text) - 1, 1);
    assert_int_equal(peer_await(s, slow, NULL), 200);
    advance(s, 1);
    settle_until_ended(s, idle);
    close(idle);
    assert_int_equal(nat__loop_timeout_ms(&s->loop), -1);
    free(text);
}

static void a_drip_has_the_same(void **state)
{
    scene *s = *state;
    int fd = peer_open(s, "127.0.0.1");
    peer_write(s, fd, "NOTIFY / HTTP/1.1\r\n");
    scene_settle(s);
    for (int i = 0; i < 49; i++) {
        assert_false(peer_ended(fd));
        peer_write(s, fd, "X");
        advance(s, NAT__CONNECTION_MS / 50);
    }
    assert_false(peer_ended(fd));
    advance(s, NAT__CONNECTION_MS / 50);
    settle_until_ended(s, fd);
    close(fd);
}

static void nothing_happens_without_a_cause(void **state)
{
    scene *s = *state;
    scene_settle(s);
    assert_false(scene_readable(s));
    assert_int_equal(nat__loop_timeout_ms(&s->loop), -1);
    int fd = peer_open(s, "127.0.0.1");
    peer_write(s, fd, "NOTIFY / HT");
    assert_true(scene_settle(s) <= 4);
    /* An open connection waits for its deadline only. */
    assert_int_equal(nat__loop_wait(&s->loop, 300), NATUPNP_E_TIMEOUT);
    assert_true(nat__loop_timeout_ms(&s->loop) == NAT__CONNECTION_MS);
    close(fd);
    scene_settle(s);
    assert_false(scene_readable(s));
    assert_int_equal(nat__loop_timeout_ms(&s->loop), -1);
    char *text = good_text(s);
    assert_int_equal(ask(s, "127.0.0.1", text), 200);
    scene_settle(s);
    assert_false(scene_readable(s));
    assert_int_equal(nat__loop_timeout_ms(&s->loop), -1);
    free(text);
}

enum { FLOOD = 1000 };

/* 1,000 connections from one address; every 50th time, somebody has something to tell. */
static void flood(scene *s, const char *from, const char *begin, bool drips)
{
    static int fds[FLOOD];
    char *text = good_text(s);
    int good = 0;
    for (int i = 0; i < FLOOD; i++) {
        fds[i] = peer_open(s, from);
        peer_write(s, fds[i], begin);
        if (i % 50 == 49) {
            for (int j = 0; drips && j <= i; j++)
                peer_write(s, fds[j], "x");
            assert_int_equal(ask(s, "127.0.0.1", text), 200);
            assert_int_equal(s->calls, ++good);
            /* Of all these few are kept: 4 of one, and what is being closed. */
            assert_true(descriptors_open() <= s->descriptors + (size_t)i + 24);
        }
    }
    scene_settle(s);
    for (int i = 0; i < FLOOD; i++)
        close(fds[i]);
    scene_settle(s);
    s->calls = 0;
    free(text);
}

static void floods(void **state)
{
    scene *s = *state;
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    allow_descriptors(3000);
    flood(s, "127.0.0.1", "", false);
    flood(s, "127.0.0.1", "NOTIFY /", true);
    flood(s, "127.0.0.2", "NOTIFY / HTTP/1.1\r\nX: ", true);
    flood(s, "127.0.0.3", "NOTIFY /", false); /* not expected */
    setrlimit(RLIMIT_NOFILE, &before);
}

static void few_of_all(void **state)
{
    scene *s = *state;
    nat__expected more[8] = {0};
    int fds[8][NAT__CONNECTIONS_OF_ONE_MAX + 1], open = 0;
    for (int i = 0; i < 8; i++) {
        char host[NAT__IP_TEXT];
        nat__ip ip = {.family = 4, .bytes = {127, 0, 1, (uint8_t)(i + 1)}};
        nat__ip_text(ip, host);
        assert_int_equal(nat__listener_expect(s->listener, &more[i], ip, s->expected.on_notify, s),
                         NATUPNP_OK);
        for (int j = 0; j <= NAT__CONNECTIONS_OF_ONE_MAX; j++) {
            fds[i][j] = peer_open(s, host);
            scene_settle(s);
        }
    }
    for (int i = 0; i < 8; i++)
        for (int j = 0; j <= NAT__CONNECTIONS_OF_ONE_MAX; j++) {
            bool ended = peer_ended(fds[i][j]);
            assert_true(!ended || i < 4 || j == 0);
            open += !ended;
            close(fds[i][j]);
        }
    assert_int_equal(open, NAT__CONNECTIONS_MAX);
    scene_settle(s);
    for (int i = 0; i < 8; i++)
        nat__listener_forget(&more[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scene_test(ended_half_way),
        scene_test(reset_half_way),
        scene_test(the_answer_goes_to_a_half_closed_one),
        scene_test(an_answer_comes_through),
        scene_test(what_has_no_end_is_not_read),
        scene_test(an_answered_one_keeps_nobody_out),
        scene_test(silence_has_a_deadline),
        scene_test(a_drip_has_the_same),
        scene_test(nothing_happens_without_a_cause),
        scene_test(floods),
        scene_test(few_of_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
