/* SPDX-License-Identifier: MIT */
/* The readiness descriptor: readable if and only if there is something to do. */
#include "check.h"

#include "wires/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

static nat__loop loop;
static uint64_t now_ms;

static uint64_t read_clock(void *arg, nat__time time)
{
    (void)arg;
    (void)time;
    return now_ms;
}

static int set_up(void **state)
{
    (void)state;
    now_ms = 1000;
    assert_int_equal(nat__loop_open(&loop, (nat__clock){read_clock, NULL}), NATUPNP_OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
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

static void a_new_loop_has_nothing_to_do(void **state)
{
    (void)state;
    assert_false(is_readable());
    assert_int_equal(nat__loop_timeout_ms(&loop), -1);
    assert_int_equal(nat__loop_wait(&loop, 0), NATUPNP_E_TIMEOUT);
    run();
    assert_false(loop.woken);
}

static void count_up(void *arg)
{
    ++*(int *)arg;
}

static void its_descriptors_are_closed_on_exec(void **state)
{
    (void)state;
    nat__timer lasting;
    assert_int_equal(nat__timer_open(&loop, &lasting, NAT__LASTING, count_up, NULL), NATUPNP_OK);
    const int fds[] = {loop.fd, loop.timers[NAT__AWAKE].fd, loop.timers[NAT__LASTING].fd,
                       loop.flag_fd, loop.wake_fd};
    for (size_t i = 0; i < COUNT_OF(fds); i++)
        assert_true(fcntl(fds[i], F_GETFD) & FD_CLOEXEC);
    nat__timer_close(&loop, &lasting);
}

static void a_wake_makes_it_readable_once(void **state)
{
    (void)state;
    errno = 77;
    nat__loop_wake(&loop);
    nat__loop_wake(&loop);
    assert_int_equal(errno, 77);
    assert_int_equal(nat__loop_wait(&loop, -1), NATUPNP_OK);
    run();
    assert_true(loop.woken);
    assert_false(is_readable());
    run();
    assert_false(loop.woken);
}

static void the_flag_keeps_it_readable_until_it_is_lowered(void **state)
{
    (void)state;
    nat__loop_set_flag(&loop, false);
    nat__loop_set_flag(&loop, true);
    nat__loop_set_flag(&loop, true);
    run();
    run();
    assert_true(is_readable());
    assert_int_equal(nat__loop_wait(&loop, -1), NATUPNP_OK);
    nat__loop_set_flag(&loop, false);
    assert_false(is_readable());
}

static void a_due_timer_makes_it_readable(void **state)
{
    (void)state;
    int fired = 0;
    nat__timer timer;
    assert_int_equal(nat__timer_open(&loop, &timer, NAT__AWAKE, count_up, &fired), NATUPNP_OK);
    nat__timer_set(&loop, &timer, now_ms);
    assert_int_equal(nat__loop_wait(&loop, -1), NATUPNP_OK);
    run();
    assert_int_equal(fired, 1);
    assert_false(is_readable());

    nat__timer_set(&loop, &timer, now_ms + 600000); /* far away by the kernel's clock too */
    nat__loop_arm(&loop);
    assert_false(is_readable());
    now_ms += 600000;
    run();
    assert_int_equal(fired, 2);

    nat__timer_set(&loop, &timer, now_ms - 500); /* long past */
    nat__loop_arm(&loop);
    assert_int_equal(nat__loop_wait(&loop, -1), NATUPNP_OK);
    nat__timer_clear(&loop, &timer);
    nat__loop_arm(&loop);
    assert_false(is_readable());
    nat__timer_close(&loop, &timer);
}

static void a_timer_set_to_zero_is_due_as_well(void **state)
{
    (void)state;
    int fired = 0;
    nat__timer timer;
    assert_int_equal(nat__timer_open(&loop, &timer, NAT__AWAKE, count_up, &fired), NATUPNP_OK);
    nat__timer_set(&loop, &timer, 0);
    assert_int_equal(nat__loop_timeout_ms(&loop), 0);
    assert_int_equal(nat__loop_wait(&loop, 1000), NATUPNP_OK);
    nat__timer_close(&loop, &timer);
}

static void ignore(int number)
{
    (void)number;
}

static void a_signal_interrupts_the_wait(void **state)
{
    (void)state;
    struct sigaction action = {.sa_handler = ignore}, before;
    assert_int_equal(sigaction(SIGALRM, &action, &before), 0);
    ualarm(2000, 2000); /* again and again: the first may come before the wait */
    assert_int_equal(nat__loop_wait(&loop, -1), NATUPNP_E_INTERRUPTED);
    ualarm(0, 0);
    sigaction(SIGALRM, &before, NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_new_loop_has_nothing_to_do),  TEST(its_descriptors_are_closed_on_exec),
        TEST(a_wake_makes_it_readable_once), TEST(the_flag_keeps_it_readable_until_it_is_lowered),
        TEST(a_due_timer_makes_it_readable), TEST(a_timer_set_to_zero_is_due_as_well),
        TEST(a_signal_interrupts_the_wait),
    };
    return cmocka_run_group_tests_name("loop", tests, NULL, NULL);
}
