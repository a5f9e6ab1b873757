/* SPDX-License-Identifier: MIT */
/*
 * A keeper without memory: the nth allocation fails while it renews, looks and
 * closes, for every n. When there is memory again, all is as it should be.
 */
#include "keeper_scene.h"
#include "short_memory.h"

enum { COUNT = 3, FIRST_PORT = 9000, LEASE_S = 600, DUE_S = 361, PATIENCE_MS = 60000 };

/* A client that keeps some, in a table that has no others. */
static void begin(scene *s)
{
    gateway_post(&s->gateway, "/table", "[]");
    on_clock(s, (natupnp_client_options){.timeout_ms = 3000});
    assert_int_equal(natupnp_client_watch(s->client), NATUPNP_OK);
    keep_many(s, FIRST_PORT, COUNT, LEASE_S);
    drain_events(s);
}

static void drive(scene *s)
{
    for (int64_t until = now_ms() + PATIENCE_MS;;) {
        natupnp_client_wait(s->client, is_busy(s->client) ? 20 : 0);
        natupnp_event_free(natupnp_client_next_event(s->client));
        if (!is_busy(s->client) && !is_readable(natupnp_client_fd(s->client)))
            return;
        if (now_ms() > until) {
            memory_disarm();
            fail_msg("without allocation %ld it never rests", memory.fail_at);
        }
    }
}

static void expect_all_held(scene *s)
{
    if (natupnp_client_kept_count(s->client) != COUNT || gateway_entries(&s->gateway) != COUNT)
        fail_msg("without allocation %ld: %zu kept, %zu there", memory.fail_at,
                 natupnp_client_kept_count(s->client), gateway_entries(&s->gateway));
    for (size_t i = 0; i < COUNT; i++)
        expect_kept(s, i, NATUPNP_KEPT_HELD, NATUPNP_OK);
}

/* Renewals, looks, and what a gateway that lost everything brings. */
static void keep_on(scene *s, bool lose)
{
    leap(s, DUE_S * 1000);
    drive(s);
    if (lose) {
        memory.armed = false; /* for the test's own */
        gateway_post(&s->gateway, "/table", "[]");
        memory.armed = true;
    }
    nat__keeper_doubt(s->client);
    drive(s);
    leap(s, 2000);
    drive(s);
    leap(s, 600 * 1000); /* the subscription is renewed too */
    drive(s);
}

/* With memory again: what is due in this time is done. */
static void live(scene *s, int seconds, tally counts)
{
    pass(s, seconds);
    work_counting(s, counts);
}

static void sweep_keeping(void **state, bool lasting, long step)
{
    scene *s = scene_begin(state, NULL);
    long n = 1;
    for (bool failed = true; failed; n += step) {
        tally ignored = {0};
        begin(s);
        memory_arm(n, lasting);
        keep_on(s, n % 2 == 0);
        failed = memory_disarm();
        live(s, 60, ignored); /* the gap after a refusal; the others are shorter yet */
        live(s, 60, ignored);
        expect_all_held(s);
        /* It goes on, and is renewed. */
        tally counts = {0};
        gateway_set(&s->gateway, "{\"external_ip\": \"198.51.100.%ld\"}", 1 + n % 250);
        live(s, LEASE_S / 2, counts);
        live(s, LEASE_S / 10 + 1, counts);
        if (counts[NATUPNP_EVENT_MAPPING_RENEWED] < COUNT)
            fail_msg("after allocation %ld it does not renew", n);
        const nat__monitor *m = s->client->monitor;
        if (counts[NATUPNP_EVENT_EXTERNAL_IP] != 1 ||
            (!m->polls && m->subscription.renew.slot == 0))
            fail_msg("after allocation %ld it is told nothing", n);
        expect_all_held(s);
    }
    print_message("%ld allocations\n", n);
    assert_true(n > 100);
}

static void one_fails_while_it_keeps(void **state)
{
    sweep_keeping(state, false, 1);
}

static void none_left_while_it_keeps(void **state)
{
    sweep_keeping(state, true, 3);
}

/* The close ends, whatever fails, and nothing is kept then. */
static void sweep_closing(void **state, bool lasting)
{
    scene *s = scene_begin(state, NULL);
    long n = 1;
    for (bool failed = true; failed; n++) {
        natupnp_op *op;
        begin(s);
        memory_arm(n, lasting);
        natupnp_status status = natupnp_client_close(&op, s->client);
        for (int64_t until = now_ms() + PATIENCE_MS; op && !natupnp_op_done(op);) {
            natupnp_client_wait(s->client, 20);
            if (!is_busy(s->client))
                leap(s, 100); /* to the next try */
            if (now_ms() > until) {
                memory_disarm();
                fail_msg("without allocation %ld the close does not end", n);
            }
        }
        failed = memory_disarm();
        if (!op) {
            assert_int_equal(status, NATUPNP_E_NOMEM);
            assert_int_equal(natupnp_client_kept_count(s->client), COUNT);
            assert_int_equal(natupnp_client_close(&op, s->client), NATUPNP_OK);
            assert_status(finish(s, op), NATUPNP_OK);
        }
        assert_int_equal(natupnp_client_kept_count(s->client), 0);
        if (natupnp_op_status(op) == NATUPNP_OK)
            assert_int_equal(gateway_entries(&s->gateway), 0);
        else if (!lasting || natupnp_op_status(op) != NATUPNP_E_TIMEOUT)
            assert_status(op, NATUPNP_E_NOMEM);
        natupnp_op_free(op);
        /* The client can be used on. */
        keep_many(s, 8080, 1, LEASE_S);
        assert_int_equal(natupnp_client_kept_count(s->client), 1);
    }
    print_message("%ld allocations\n", n);
    assert_true(n > 20);
}

static void one_fails_while_it_closes(void **state)
{
    sweep_closing(state, false);
}

static void none_left_while_it_closes(void **state)
{
    sweep_closing(state, true);
}

/* Freed at once after it failed, with whatever is under way. */
static void freed_where_it_failed(void **state)
{
    scene *s = scene_begin(state, NULL);
    long n = 1;
    for (bool failed = true; failed; n += 2) {
        begin(s);
        memory_arm(n, true);
        leap(s, DUE_S * 1000);
        nat__keeper_doubt(s->client);
        for (int turn = 0; turn < 50 && is_busy(s->client) && memory.seen < n; turn++)
            natupnp_client_wait(s->client, 20);
        natupnp_client_free(s->client);
        s->client = NULL;
        failed = memory_disarm();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scene_test(one_fails_while_it_keeps),  scene_test(none_left_while_it_keeps),
        scene_test(one_fails_while_it_closes), scene_test(none_left_while_it_closes),
        scene_test(freed_where_it_failed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
