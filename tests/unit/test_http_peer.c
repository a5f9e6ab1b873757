/* SPDX-License-Identifier: MIT */
#include "check.h"

#include "wires/http_peer.h"

#include <stdlib.h>

static nat__link peers;

static int set_up(void **state)
{
    (void)state;
    nat__list_init(&peers);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    NAT__LIST_EACH (&peers, it) {
        nat__list_remove(it);
        free(NAT__MEMBER(it, nat__http_peer, link));
    }
    return 0;
}

static nat__http_peer *peer_of(uint8_t host, uint16_t port)
{
    nat__ip ip = {.family = 4, .bytes = {192, 168, 1, host}};
    nat__http_peer *peer = nat__http_peer_get(&peers, ip, port);
    assert_non_null(peer);
    return peer;
}

static size_t count_peers(void)
{
    size_t count = 0;
    NAT__LIST_EACH (&peers, it)
        count++;
    return count;
}

static void learn(nat__http_peer *peer, const nat__http_evidence *evidence, unsigned times)
{
    for (unsigned i = 0; i < times; i++)
        nat__http_peer_learn(peer, evidence);
}

static const nat__http_evidence good = {.answered = true};
static const nat__http_evidence quick = {
    .connected_anew = true, .connect_ms = 300, .answered = true};
static const nat__http_evidence slow = {
    .connected_anew = true, .connect_ms = 301, .answered = true};
static const nat__http_evidence slow_reused = {.connect_ms = 5000, .answered = true};
static const nat__http_evidence reset = {.connected_anew = true, .connect_ms = 5, .reset = true};
static const nat__http_evidence silent = {.connected_anew = true, .connect_ms = 5};

static void address_and_port_make_a_peer(void **state)
{
    (void)state;
    nat__http_peer *peer = peer_of(1, 80);
    assert_ptr_equal(peer_of(1, 80), peer);
    assert_ptr_not_equal(peer_of(1, 81), peer);
    assert_ptr_not_equal(peer_of(2, 80), peer);
    assert_int_equal(count_peers(), 3);
    assert_true(nat__list_empty(&peer->waiting));
    assert_int_equal(peer->active, 0);
}

static void what_a_peer_may_have_depends_on_what_it_did(void **state)
{
    static const struct {
        const char *name;
        unsigned start;
        const nat__http_evidence *evidence;
        unsigned times;
        unsigned limit;
    } rows[] = {
        {"a new one", 0, &good, 0, 4},
        {"not grown yet", 4, &good, 7, 4},
        {"grown by success", 4, &good, 8, 5},
        {"connects quickly", 4, &quick, 8, 5},
        {"grown twice", 3, &good, 6 + 8, 5},
        {"never beyond five", 4, &good, 1000, 5},
        {"slow: halved", 8, &slow, 1, 4},
        {"slow: halved twice", 8, &slow, 2, 2},
        {"slow: never below one", 8, &slow, 20, 1},
        {"slow, odd", 5, &slow, 1, 2},
        {"old connect times do not count", 4, &slow_reused, 1, 4},
        {"a reset: one", 8, &reset, 1, 1},
        {"a reset of one: one", 1, &reset, 1, 1},
        {"no answer teaches nothing", 4, &silent, 100, 4},
        {"grows again from one", 1, &good, 2, 2},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        nat__http_peer *peer = peer_of((uint8_t)(i + 1), 80);
        if (rows[i].start > 0)
            peer->limit = rows[i].start;
        learn(peer, rows[i].evidence, rows[i].times);
        CHECK(rows[i].name, peer->limit == rows[i].limit);
    }
}

static void success_is_counted_anew_after_trouble(void **state)
{
    (void)state;
    nat__http_peer *peer = peer_of(1, 80);
    learn(peer, &good, 7);
    learn(peer, &slow, 1);
    assert_int_equal(peer->limit, 2);
    learn(peer, &good, 3);
    assert_int_equal(peer->limit, 2);
    learn(peer, &good, 1);
    assert_int_equal(peer->limit, 3);
    learn(peer, &good, 5);
    learn(peer, &reset, 1);
    learn(peer, &good, 1);
    assert_int_equal(peer->limit, 1);
}

static void a_reset_weighs_more_than_a_slow_connect(void **state)
{
    (void)state;
    nat__http_peer *peer = peer_of(1, 80);
    peer->limit = 8;
    learn(peer, &(nat__http_evidence){.connected_anew = true, .connect_ms = 900, .reset = true}, 1);
    assert_int_equal(peer->limit, 1);
}

static void idle_peers_are_forgotten_when_there_are_many(void **state)
{
    (void)state;
    nat__http_peer *busy = peer_of(1, 1);
    busy->active = 1;
    nat__http_peer *awaited = peer_of(1, 2);
    nat__link waiter;
    nat__list_append(&awaited->waiting, &waiter);
    for (uint16_t port = 3; port <= 64; port++)
        peer_of(1, port);
    assert_int_equal(count_peers(), 64);
    peer_of(1, 65);
    assert_int_equal(count_peers(), 3);
    assert_ptr_equal(peer_of(1, 1), busy);
    assert_ptr_equal(peer_of(1, 2), awaited);
    nat__list_remove(&waiter);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(address_and_port_make_a_peer),
        TEST(what_a_peer_may_have_depends_on_what_it_did),
        TEST(success_is_counted_anew_after_trouble),
        TEST(a_reset_weighs_more_than_a_slow_connect),
        TEST(idle_peers_are_forgotten_when_there_are_many),
    };
    return cmocka_run_group_tests_name("http_peer", tests, NULL, NULL);
}
