/* SPDX-License-Identifier: MIT */
/* The heap of timers, on a clock that only the test moves. */
#include "check.h"

#include "wires/loop.h"

enum { TIMERS = 64 };

typedef struct fixture {
    nat__loop loop;
    uint64_t now_ms;
    uint64_t slept_ms;
    nat__timer timers[TIMERS];
    int fired[TIMERS * 4]; /* numbers of timers, in the order they came */
    size_t count;
    void (*extra)(struct fixture *f, int number); /* what a handler does besides */
} fixture;

typedef struct number {
    fixture *fixture;
    int number;
} number;

static fixture all;
static number numbers[TIMERS];

static uint64_t read_clock(void *arg, nat__time time)
{
    fixture *f = arg;
    return f->now_ms + (time == NAT__LASTING ? f->slept_ms : 0);
}

static void on_due(void *arg)
{
    number *n = arg;
    fixture *f = n->fixture;
    assert_true(f->count < COUNT_OF(f->fired));
    f->fired[f->count++] = n->number;
    if (f->extra)
        f->extra(f, n->number);
}

static int set_up(void **state)
{
    all = (fixture){.now_ms = 1000};
    *state = &all;
    assert_int_equal(nat__loop_open(&all.loop, (nat__clock){read_clock, &all}), NATUPNP_OK);
    for (int i = 0; i < TIMERS; i++) {
        numbers[i] = (number){&all, i};
        assert_int_equal(
            nat__timer_open(&all.loop, &all.timers[i], NAT__AWAKE, on_due, &numbers[i]),
            NATUPNP_OK);
    }
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    for (int i = 0; i < TIMERS; i++)
        nat__timer_close(&f->loop, &f->timers[i]);
    assert_int_equal(f->loop.timers[NAT__AWAKE].count, 0);
    assert_int_equal(f->loop.timers[NAT__AWAKE].opened, 0);
    nat__loop_close(&f->loop);
    return 0;
}

static void set(fixture *f, int which, uint64_t at_ms)
{
    nat__timer_set(&f->loop, &f->timers[which], at_ms);
}

static void run_at(fixture *f, uint64_t now_ms)
{
    f->now_ms = now_ms;
    f->count = 0;
    assert_int_equal(nat__loop_run(&f->loop), NATUPNP_OK);
}

/* Every timer knows its place, and none is due before its parent. */
static void check_heap(const nat__loop *loop)
{
    for (size_t i = 0; i < loop->timers[NAT__AWAKE].count; i++) {
        assert_int_equal(loop->timers[NAT__AWAKE].heap[i]->slot, i + 1);
        assert_true(loop->timers[NAT__AWAKE].heap[i > 0 ? (i - 1) / 2 : 0]->at_ms <=
                    loop->timers[NAT__AWAKE].heap[i]->at_ms);
    }
}

static void timers_come_in_the_order_of_their_times(void **state)
{
    fixture *f = *state;
    static const uint64_t at[] = {2005, 2001, 2004, 2002, 2003};
    for (int i = 0; i < 5; i++)
        set(f, i, at[i]);
    run_at(f, 2000);
    assert_int_equal(f->count, 0);
    run_at(f, 2010);
    static const int wanted[] = {1, 3, 4, 2, 0};
    assert_int_equal(f->count, 5);
    assert_memory_equal(f->fired, wanted, sizeof wanted);
    run_at(f, 3000);
    assert_int_equal(f->count, 0);
}

static void a_timer_comes_at_its_millisecond_and_not_before(void **state)
{
    fixture *f = *state;
    set(f, 0, 1500);
    run_at(f, 1499);
    assert_int_equal(f->count, 0);
    run_at(f, 1500);
    assert_int_equal(f->count, 1);
}

static void setting_again_moves_a_timer_both_ways(void **state)
{
    fixture *f = *state;
    for (int i = 0; i < 8; i++)
        set(f, i, 2000 + (uint64_t)i);
    set(f, 7, 1900);
    check_heap(&f->loop);
    set(f, 0, 3000);
    check_heap(&f->loop);
    assert_int_equal(f->loop.timers[NAT__AWAKE].count, 8);
    run_at(f, 2500);
    static const int wanted[] = {7, 1, 2, 3, 4, 5, 6};
    assert_int_equal(f->count, 7);
    assert_memory_equal(f->fired, wanted, sizeof wanted);
}

static void the_heap_stays_in_order_whatever_is_done_to_it(void **state)
{
    fixture *f = *state;
    uint32_t random = 1;
    for (int step = 0; step < 20000; step++) {
        random = random * 1664525 + 1013904223;
        int which = (int)(random >> 24) % TIMERS;
        if (random & 0x10000)
            set(f, which, 2000 + (random >> 8) % 97);
        else
            nat__timer_clear(&f->loop, &f->timers[which]);
        if (step % 64 == 0)
            check_heap(&f->loop);
    }
    uint64_t last = 0;
    for (nat__timer *t; (t = nat__timer_take_due(&f->loop.timers[NAT__AWAKE], 10000));
         last = t->at_ms) {
        assert_true(t->at_ms >= last);
        assert_int_equal(t->slot, 0);
    }
    assert_int_equal(f->loop.timers[NAT__AWAKE].count, 0);
}

static void clearing_twice_or_an_unset_one_does_nothing(void **state)
{
    fixture *f = *state;
    nat__timer_clear(&f->loop, &f->timers[3]);
    set(f, 3, 1100);
    nat__timer_clear(&f->loop, &f->timers[3]);
    nat__timer_clear(&f->loop, &f->timers[3]);
    run_at(f, 1200);
    assert_int_equal(f->count, 0);
}

static void clear_the_next_two(fixture *f, int which)
{
    if (which == 0) {
        nat__timer_clear(&f->loop, &f->timers[1]);
        nat__timer_close(&f->loop, &f->timers[2]);
    }
}

static void a_handler_may_clear_and_close_timers_that_are_due(void **state)
{
    fixture *f = *state;
    f->extra = clear_the_next_two;
    for (int i = 0; i < 4; i++)
        set(f, i, 1100 + (uint64_t)i);
    run_at(f, 2000);
    static const int wanted[] = {0, 3};
    assert_int_equal(f->count, 2);
    assert_memory_equal(f->fired, wanted, sizeof wanted);
    nat__timer_close(&f->loop, &f->timers[2]); /* closing twice does nothing */
}

static void close_itself(fixture *f, int which)
{
    nat__timer_close(&f->loop, &f->timers[which]);
}

static void a_handler_may_close_its_own_timer(void **state)
{
    fixture *f = *state;
    f->extra = close_itself;
    set(f, 5, 1100);
    set(f, 6, 1101);
    run_at(f, 2000);
    assert_int_equal(f->count, 2);
    assert_int_equal(f->loop.timers[NAT__AWAKE].opened, TIMERS - 2);
}

/* What counts on the lasting time is due when the machine wakes; what does not has waited. */
static void a_machine_that_slept(void **state)
{
    fixture *f = *state;
    nat__timer lease;
    assert_int_equal(nat__timer_open(&f->loop, &lease, NAT__LASTING, on_due, &numbers[9]),
                     NATUPNP_OK);
    nat__timer_set(&f->loop, &lease, nat__loop_now_lasting(&f->loop) + 60000);
    set(f, 1, f->now_ms + 500);
    assert_int_equal(nat__loop_timeout_ms(&f->loop), 500);
    f->slept_ms = 3600000;
    assert_int_equal(nat__loop_timeout_ms(&f->loop), 0);
    run_at(f, f->now_ms + 1);
    assert_int_equal(f->count, 1);
    assert_int_equal(f->fired[0], 9);
    run_at(f, f->now_ms + 499);
    assert_int_equal(f->count, 1);
    assert_int_equal(f->fired[0], 1);
    assert_int_equal(nat__loop_timeout_ms(&f->loop), -1);
    nat__timer_close(&f->loop, &lease);
}

static void set_itself_to_now(fixture *f, int which)
{
    if (which == 0)
        set(f, 0, f->now_ms);
}

static void a_handler_that_sets_its_timer_to_now_keeps_no_one_waiting(void **state)
{
    fixture *f = *state;
    f->extra = set_itself_to_now;
    set(f, 0, 1100);
    set(f, 1, 1900);
    run_at(f, 2000);
    bool second = false;
    for (size_t i = 0; i < f->count; i++)
        second = second || f->fired[i] == 1;
    assert_true(second);
    assert_true(f->count <= TIMERS);
    assert_int_equal(nat__loop_timeout_ms(&f->loop), 0);
}

static void set_the_other(fixture *f, int which)
{
    if (which == 0)
        set(f, 1, f->now_ms + 50);
}

static void a_handler_may_set_another_timer(void **state)
{
    fixture *f = *state;
    f->extra = set_the_other;
    set(f, 0, 1100);
    run_at(f, 1100);
    assert_int_equal(f->count, 1);
    run_at(f, 1149);
    assert_int_equal(f->count, 0);
    run_at(f, 1150);
    assert_int_equal(f->count, 1);
    assert_int_equal(f->fired[0], 1);
}

static void the_timeout_is_the_time_to_the_next_timer(void **state)
{
    fixture *f = *state;
    assert_int_equal(nat__loop_timeout_ms(&f->loop), -1);
    set(f, 0, 5000);
    set(f, 1, 1250);
    assert_int_equal(nat__loop_timeout_ms(&f->loop), 250);
    f->now_ms = 1250;
    assert_int_equal(nat__loop_timeout_ms(&f->loop), 0);
    f->now_ms = 1300;
    assert_int_equal(nat__loop_timeout_ms(&f->loop), 0);
    nat__timer_clear(&f->loop, &f->timers[1]);
    assert_int_equal(nat__loop_timeout_ms(&f->loop), 3700);
    set(f, 0, UINT64_MAX);
    assert_int_equal(nat__loop_timeout_ms(&f->loop), INT32_MAX);
    assert_int_equal(nat__loop_now(&f->loop), 1300);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(timers_come_in_the_order_of_their_times),
        TEST(a_timer_comes_at_its_millisecond_and_not_before),
        TEST(setting_again_moves_a_timer_both_ways),
        TEST(the_heap_stays_in_order_whatever_is_done_to_it),
        TEST(clearing_twice_or_an_unset_one_does_nothing),
        TEST(a_handler_may_clear_and_close_timers_that_are_due),
        TEST(a_handler_may_close_its_own_timer),
        TEST(a_machine_that_slept),
        TEST(a_handler_that_sets_its_timer_to_now_keeps_no_one_waiting),
        TEST(a_handler_may_set_another_timer),
        TEST(the_timeout_is_the_time_to_the_next_timer),
    };
    return cmocka_run_group_tests_name("timer", tests, NULL, NULL);
}
