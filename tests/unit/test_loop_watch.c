/* SPDX-License-Identifier: MIT */
/* Descriptors that the loop watches, and what their handlers may do to each other. */
#include "check.h"

#include "wires/loop.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PAIRS = 4 };

typedef struct pair {
    nat__watch watch;
    int here, there;
    int calls;
    bool readable, writable;
    void (*extra)(struct pair *p);
} pair;

static nat__loop loop;
static pair pairs[PAIRS];
static int order[16];
static size_t served;

static void on_ready(void *arg, bool readable, bool writable)
{
    pair *p = arg;
    p->calls++;
    p->readable = readable;
    p->writable = writable;
    if (served < COUNT_OF(order))
        order[served++] = (int)(p - pairs);
    if (p->extra)
        p->extra(p);
}

static int set_up(void **state)
{
    (void)state;
    served = 0;
    assert_int_equal(nat__loop_open(&loop, nat__clock_system()), NATUPNP_OK);
    for (size_t i = 0; i < PAIRS; i++) {
        int fds[2];
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
        pairs[i] = (pair){.here = fds[0], .there = fds[1]};
        pairs[i].watch = (nat__watch){.on_ready = on_ready, .arg = &pairs[i]};
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (size_t i = 0; i < PAIRS; i++) {
        nat__watch_clear(&loop, &pairs[i].watch);
        close(pairs[i].here);
        if (pairs[i].there >= 0)
            close(pairs[i].there);
    }
    nat__loop_close(&loop);
    return 0;
}

static bool is_readable(void)
{
    struct pollfd fd = {.fd = loop.fd, .events = POLLIN};
    return poll(&fd, 1, 0) == 1;
}

static void run(void)
{
    assert_int_equal(nat__loop_run(&loop), NATUPNP_OK);
}

static void watch(pair *p, bool read, bool write)
{
    assert_int_equal(nat__watch_set(&loop, &p->watch, p->here, read, write), NATUPNP_OK);
}

static void feed(const pair *p)
{
    assert_int_equal(send(p->there, "x", 1, 0), 1);
}

static void a_watch_is_told_what_is_ready(void **state)
{
    (void)state;
    watch(&pairs[0], true, false);
    watch(&pairs[1], true, true);
    assert_true(is_readable()); /* the second can be written to */
    run();
    assert_int_equal(pairs[0].calls, 0);
    assert_int_equal(pairs[1].calls, 1);
    assert_true(pairs[1].writable && !pairs[1].readable);
    watch(&pairs[1], true, false); /* changes what for */
    assert_false(is_readable());
    feed(&pairs[0]);
    run();
    assert_true(pairs[0].readable && !pairs[0].writable);
    assert_true(is_readable()); /* level-triggered */
    nat__watch_clear(&loop, &pairs[0].watch);
    assert_false(is_readable());
    nat__watch_clear(&loop, &pairs[0].watch);
    watch(&pairs[0], true, false);
    assert_true(is_readable());
}

static void a_hangup_is_readable_and_writable(void **state)
{
    (void)state;
    watch(&pairs[0], true, false);
    close(pairs[0].there);
    pairs[0].there = -1;
    run();
    assert_true(pairs[0].readable && pairs[0].writable);
}

static void clear_the_others(pair *p)
{
    for (size_t i = 0; i < PAIRS; i++)
        if (&pairs[i] != p) {
            nat__watch_clear(&loop, &pairs[i].watch);
            pairs[i].watch.on_ready = NULL; /* as if it were freed */
        }
}

static void a_watch_cleared_by_another_handler_of_the_same_batch_is_not_served(void **state)
{
    (void)state;
    for (size_t i = 0; i < PAIRS; i++) {
        pairs[i].extra = clear_the_others;
        watch(&pairs[i], true, false);
        feed(&pairs[i]);
    }
    run();
    assert_int_equal(served, 1);
    run();
    assert_int_equal(served, 2);
    assert_int_equal(order[0], order[1]);
}

static void watch_the_others_anew(pair *p)
{
    for (size_t i = 0; i < PAIRS; i++)
        if (&pairs[i] != p && pairs[i].watch.active) {
            nat__watch_clear(&loop, &pairs[i].watch);
            watch(&pairs[i], true, false);
        }
}

static void a_watch_set_anew_in_the_same_batch_waits_for_the_next_run(void **state)
{
    (void)state;
    for (size_t i = 0; i < PAIRS; i++) {
        pairs[i].extra = watch_the_others_anew;
        watch(&pairs[i], true, false);
        feed(&pairs[i]);
    }
    run();
    assert_int_equal(served, 1);
    assert_true(is_readable());
}

static void clear_itself(pair *p)
{
    nat__watch_clear(&loop, &p->watch);
}

static void a_handler_may_clear_its_own_watch(void **state)
{
    (void)state;
    for (size_t i = 0; i < PAIRS; i++) {
        pairs[i].extra = clear_itself;
        watch(&pairs[i], true, false);
        feed(&pairs[i]);
    }
    run();
    assert_int_equal(served, PAIRS);
    assert_false(is_readable());
}

static void a_detached_loop_leaves_the_kernels_set_alone(void **state)
{
    (void)state;
    watch(&pairs[0], true, false);
    feed(&pairs[0]);
    loop.detached = true; /* as after a fork */
    nat__watch_clear(&loop, &pairs[0].watch);
    assert_true(is_readable());
    assert_int_equal(nat__watch_set(&loop, &pairs[1].watch, pairs[1].here, true, false),
                     NATUPNP_E_SYSTEM);
    loop.detached = false;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_watch_is_told_what_is_ready),
        TEST(a_hangup_is_readable_and_writable),
        TEST(a_watch_cleared_by_another_handler_of_the_same_batch_is_not_served),
        TEST(a_watch_set_anew_in_the_same_batch_waits_for_the_next_run),
        TEST(a_handler_may_clear_its_own_watch),
        TEST(a_detached_loop_leaves_the_kernels_set_alone),
    };
    return cmocka_run_group_tests_name("loop_watch", tests, NULL, NULL);
}
