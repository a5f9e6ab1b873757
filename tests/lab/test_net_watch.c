/* SPDX-License-Identifier: MIT */
/*
 * Changes of a host's network, made on the loopback interface of a namespace
 * where nothing else happens, so that the kernel has told each by the time the
 * program ip ends. The linker sends realloc() here (--wrap).
 */
#include "../unit/check.h"
#include "machines.h"

#include "ground/net.h"
#include "wires/net_watch.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static bool no_memory;

void *__real_realloc(void *old, size_t size);
void *__wrap_realloc(void *old, size_t size);

void *__wrap_realloc(void *old, size_t size)
{
    return no_memory ? NULL : __real_realloc(old, size);
}

/* A watch on a clock that only the test moves. */
typedef struct fixture {
    nat__loop loop;
    nat__net_watch watch;
    uint64_t now_ms;
    int calls;
    bool closes;
} fixture;

static uint64_t read_clock(void *arg, nat__time time)
{
    (void)time;
    return ((fixture *)arg)->now_ms;
}

static void on_change(void *arg)
{
    fixture *f = arg;
    f->calls++;
    if (f->closes)
        nat__net_watch_close(&f->watch);
}

static int set_up(void **state)
{
    static fixture f;
    f = (fixture){.now_ms = 1000};
    *state = &f;
    assert_int_equal(nat__loop_open(&f.loop, (nat__clock){read_clock, &f}), NATUPNP_OK);
    assert_int_equal(nat__net_watch_open(&f.watch, &f.loop, on_change, &f), NATUPNP_OK);
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    nat__net_watch_close(&f->watch);
    nat__net_watch_close(&f->watch); /* twice does nothing */
    nat__loop_close(&f->loop);
    return 0;
}

static bool is_readable(fixture *f)
{
    struct pollfd fd = {.fd = f->loop.fd, .events = POLLIN};
    return poll(&fd, 1, 0) == 1;
}

/* Runs the loop at a time; the loop's own timer runs on the real clock and may wake it early. */
static void run_at(fixture *f, uint64_t now_ms)
{
    f->now_ms = now_ms;
    assert_int_equal(nat__loop_run(&f->loop), NATUPNP_OK);
}

/* Whether there was a change since the last look, however long it was quiet. */
static bool told(fixture *f)
{
    int before = f->calls;
    run_at(f, f->now_ms);
    run_at(f, f->now_ms + NAT__NET_WATCH_QUIET_MS);
    assert_true(f->calls - before <= 1);
    return f->calls > before;
}

static void each_change_is_told_once(void **state)
{
    static const char *const changes[] = {
        "address add 10.1.0.1/24 dev lo",
        "address add 10.1.0.2/24 dev lo", /* a secondary one */
        "address change 10.1.0.1/24 dev lo valid_lft 1000 preferred_lft 1000",
        "route add default via 10.1.0.9 dev lo",
        "route replace default via 10.1.0.8 dev lo",
        "route add default metric 5 nexthop via 10.1.0.6 dev lo nexthop via 10.1.0.7 dev lo",
        "route del default metric 5",
        "route del default",
        "link set lo mtu 1400",
        "link add watched type veth peer name watched2",
        "link set watched mtu 1400",
        "link delete watched",
        "address del 10.1.0.1/24 dev lo", /* and its secondary one */
        "link set lo down",
        "link set lo up",
    };
    fixture *f = *state;
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        machines_ip("%s", changes[i]);
        CHECK(changes[i], is_readable(f));
        CHECK(changes[i], told(f));
        CHECK(changes[i], !is_readable(f));
        CHECK(changes[i], !told(f));
    }
}

static void what_can_be_read_then_is_the_new_state(void **state)
{
    fixture *f = *state;
    nat__net net;
    nat__ip gateway;
    assert_true(nat__ip_parse(&gateway, nat__str_of("10.1.0.9")));
    machines_ip("address add 10.1.0.1/24 dev lo");
    machines_ip("route add default via 10.1.0.9 dev lo");
    assert_true(told(f));
    assert_int_equal(nat__net_read(&net), NATUPNP_OK);
    assert_true(nat__net_is_default_gateway(&net, gateway));
    nat__net_free(&net);
    machines_ip("route del default");
    machines_ip("address del 10.1.0.1/24 dev lo");
    assert_true(told(f));
    assert_int_equal(nat__net_read(&net), NATUPNP_OK);
    assert_false(nat__net_is_default_gateway(&net, gateway));
    nat__net_free(&net);
}

static void a_burst_is_told_when_it_is_over(void **state)
{
    fixture *f = *state;
    for (int i = 1; i <= 5; i++) {
        machines_ip("address add 10.2.%d.1/24 dev lo", i);
        run_at(f, 1000 + (uint64_t)i * 40);
        assert_int_equal(f->calls, 0);
    }
    run_at(f, 1200 + NAT__NET_WATCH_QUIET_MS - 1);
    assert_int_equal(f->calls, 0);
    run_at(f, 1200 + NAT__NET_WATCH_QUIET_MS);
    assert_int_equal(f->calls, 1);
    machines_ip("address flush dev lo scope global");
    assert_true(told(f));
}

static void a_burst_that_does_not_end_is_told_all_the_same(void **state)
{
    fixture *f = *state;
    uint64_t first = f->now_ms + 20;
    for (int i = 0; i < 60; i++) {
        machines_ip("address %s 10.1.0.1/24 dev lo", i % 2 ? "del" : "add");
        run_at(f, first + (uint64_t)i * 20);
        /* The first call at the latest time after the first change, and so on for the next. */
        assert_int_equal(f->calls, (i + 1) * 20 / (NAT__NET_WATCH_LONGEST_MS + 20));
    }
    assert_true(told(f));
}

static void more_changes_than_the_kernel_keeps_are_a_change(void **state)
{
    fixture *f = *state;
    int size = 1;
    assert_int_equal(setsockopt(f->watch.fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size), 0);
    for (int i = 0; i < 20; i++)
        machines_ip("address %s 10.1.0.1/24 dev lo", i % 2 ? "del" : "add");
    assert_true(told(f));
    assert_false(is_readable(f));
    machines_ip("address add 10.1.0.1/24 dev lo");
    assert_true(told(f)); /* it goes on */
    machines_ip("address del 10.1.0.1/24 dev lo");
    assert_true(told(f));
}

/* A message as the kernel sends it; root may do so too. */
static void send_link_message(unsigned char family, unsigned short attribute)
{
    struct {
        struct nlmsghdr header;
        struct ifinfomsg link;
        struct rtattr name;
        char text[4];
        struct rtattr attribute;
        char value[4];
    } message = {
        .header = {.nlmsg_len = sizeof message, .nlmsg_type = RTM_NEWLINK},
        .link = {.ifi_family = family, .ifi_index = 1},
        .name = {.rta_len = 8, .rta_type = IFLA_IFNAME},
        .text = "lo",
        .attribute = {.rta_len = 8, .rta_type = attribute},
    };
    struct sockaddr_nl kernel_group = {.nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK};
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    assert_true(fd >= 0);
    /* A message to a group goes to the kernel as well, which ignores what is no request. */
    sendto(fd, &message, sizeof message, 0, (struct sockaddr *)&kernel_group, sizeof kernel_group);
    close(fd);
}

static void nothing_wakes_without_a_change(void **state)
{
    fixture *f = *state;
    struct pollfd fd = {.fd = f->loop.fd, .events = POLLIN};
    /* What other programs do all day: traffic, IPv6, looking. */
    machines_ip("-6 address add 2001:db8::1/64 dev lo");
    machines_ip("-6 address del 2001:db8::1/64 dev lo");
    machines_ip("address show >/dev/null");
    machines_ip("route show >/dev/null");
    int udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(sendto(udp, "x", 1, 0, (struct sockaddr *)&to, sizeof to), 1);
    close(udp);
    /* A scan of a wireless interface, and a bridge's word on its ports. */
    send_link_message(AF_UNSPEC, IFLA_WIRELESS);
    send_link_message(AF_BRIDGE, IFLA_MTU);
    assert_int_equal(poll(&fd, 1, 0), 0);
    assert_false(told(f));
    send_link_message(AF_UNSPEC, IFLA_MTU); /* such messages do arrive */
    assert_int_equal(poll(&fd, 1, 5000), 1);
    assert_true(told(f));
}

static void the_handler_may_close_the_watch(void **state)
{
    fixture *f = *state;
    f->closes = true;
    machines_ip("address add 10.1.0.1/24 dev lo");
    assert_true(told(f));
    machines_ip("address del 10.1.0.1/24 dev lo");
    assert_false(is_readable(f));
    assert_false(told(f));
    assert_int_equal(f->watch.fd, -1);
}

static int count_descriptors(void)
{
    int count = 0;
    DIR *folder = opendir("/proc/self/fd");
    assert_non_null(folder);
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

static void a_system_that_does_not_tell_is_an_ordinary_result(void **state)
{
    fixture *f = *state;
    nat__net_watch other;
    int before = count_descriptors();
    struct rlimit old, none;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
    none = old;
    none.rlim_cur = 0;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    natupnp_status status = nat__net_watch_open(&other, &f->loop, on_change, f);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
    assert_int_equal(status, NATUPNP_E_SYSTEM);
    nat__net_watch_close(&other);
    f->loop.detached = true; /* as after a fork */
    assert_int_equal(nat__net_watch_open(&other, &f->loop, on_change, f), NATUPNP_E_SYSTEM);
    f->loop.detached = false;
    assert_int_equal(count_descriptors(), before);
}

static void out_of_memory_is_an_ordinary_result(void **state)
{
    fixture *f = *state;
    nat__loop loop;
    nat__net_watch other;
    int before = count_descriptors();
    assert_int_equal(nat__loop_open(&loop, nat__clock_system()), NATUPNP_OK);
    no_memory = true;
    natupnp_status status = nat__net_watch_open(&other, &loop, on_change, f);
    no_memory = false;
    assert_int_equal(status, NATUPNP_E_NOMEM);
    nat__net_watch_close(&other);
    nat__loop_close(&loop);
    assert_int_equal(count_descriptors(), before);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_change_is_told_once),
        TEST(what_can_be_read_then_is_the_new_state),
        TEST(a_burst_is_told_when_it_is_over),
        TEST(a_burst_that_does_not_end_is_told_all_the_same),
        TEST(more_changes_than_the_kernel_keeps_are_a_change),
        TEST(nothing_wakes_without_a_change),
        TEST(the_handler_may_close_the_watch),
        TEST(a_system_that_does_not_tell_is_an_ordinary_result),
        TEST(out_of_memory_is_an_ordinary_result),
    };
    int missing = machines_enter();
    return missing ? missing : cmocka_run_group_tests_name("net_watch", tests, NULL, NULL);
}
