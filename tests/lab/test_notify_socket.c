/* SPDX-License-Identifier: MIT */
/* What a host hears of its network: two cables to another machine, which plays all devices. */
#include "../unit/check.h"
#include "machines.h"

#include "wires/notify_socket.h"
#include "wires/ssdp_socket.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define GATEWAY "10.77.0.1"
#define NEIGHBOUR "10.77.0.9"
#define OTHER_GATEWAY "10.78.0.1"
#define HOST "10.77.0.2"

#define NOTIFY "NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n"
#define ALIVE NOTIFY "NTS: ssdp:alive\r\nNT: "
#define IGD ALIVE "urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\n\r\n"
#define SERVICE ALIVE "urn:schemas-upnp-org:service:WANIPConnection:1\r\n\r\n"
#define PLAYER ALIVE "urn:schemas-upnp-org:device:MediaRenderer:1\r\n\r\n"
#define SEARCH "M-SEARCH * HTTP/1.1\r\nMAN: \"ssdp:discover\"\r\nST: ssdp:all\r\n\r\n"

/* Deadline of every wait. */
enum { WAIT_MS = 10000 };

static int devices; /* the other machine */

typedef struct listener {
    nat__loop loop;
    nat__log log;
    nat__notify_socket socket;
    int calls;
    char text[1024]; /* of the last datagram */
    nat__ip from;
    unsigned index;
} listener;

static void on_datagram(void *arg, nat__ip from, unsigned index, nat__str datagram)
{
    listener *l = arg;
    l->calls++;
    l->from = from;
    l->index = index;
    assert_true(datagram.length < sizeof l->text);
    memcpy(l->text, datagram.at, datagram.length);
    l->text[datagram.length] = '\0';
}

static natupnp_status listener_open(listener *l)
{
    *l = (listener){.calls = 0};
    nat__log_init(&l->log);
    assert_int_equal(nat__loop_open(&l->loop, nat__clock_system()), NATUPNP_OK);
    return nat__notify_socket_open(&l->socket, &l->loop, &l->log,
                                   (nat__notify_handler){l, on_datagram});
}

static void listener_close(listener *l)
{
    nat__notify_socket_close(&l->socket);
    nat__notify_socket_close(&l->socket); /* twice does nothing */
    nat__loop_close(&l->loop);
    nat__log_free(&l->log);
}

static size_t listener_join(listener *l, const char *only)
{
    nat__net net;
    assert_int_equal(nat__net_read(&net), NATUPNP_OK);
    size_t count = nat__notify_socket_join(&l->socket, &net, only);
    nat__net_free(&net);
    return count;
}

static void listener_limit(listener *l, const char *source)
{
    nat__ip ip;
    assert_true(nat__ip_parse(&ip, nat__str_of(source)));
    assert_int_equal(nat__notify_socket_limit(&l->socket, &ip, 1), NATUPNP_OK);
}

static bool is_readable(listener *l)
{
    struct pollfd fd = {.fd = l->loop.fd, .events = POLLIN};
    return poll(&fd, 1, 0) == 1;
}

/* Waits until so many datagrams have come in all. */
static void listener_wait(listener *l, int calls)
{
    uint64_t end = nat__loop_now(&l->loop) + WAIT_MS;
    while (l->calls < calls && nat__loop_now(&l->loop) < end) {
        nat__loop_wait(&l->loop, 100);
        assert_int_equal(nat__loop_run(&l->loop), NATUPNP_OK);
    }
    assert_int_equal(l->calls, calls);
}

static struct sockaddr_in group_address(void)
{
    nat__ip group;
    assert_true(nat__ip_parse(&group, nat__str_of(NAT__SSDP_GROUP)));
    return nat__ip_to_v4(group, NAT__SSDP_PORT);
}

/* Sends from one of the other machine's addresses, to the group or to a host. */
static void send_to(const char *source, struct sockaddr_in to, const char *text)
{
    int home = machines_move(devices);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    nat__ip ip;
    assert_true(nat__ip_parse(&ip, nat__str_of(source)));
    struct sockaddr_in local = nat__ip_to_v4(ip, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&local, sizeof local), 0);
    assert_int_equal(
        setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &local.sin_addr, sizeof local.sin_addr), 0);
    assert_int_equal(sendto(fd, text, strlen(text), 0, (struct sockaddr *)&to, sizeof to),
                     strlen(text));
    close(fd);
    machines_return(home);
}

static void announce(const char *source, const char *text)
{
    send_to(source, group_address(), text);
}

/* A plain socket as of another program: it hears everything on both cables. */
static int witness_open(void)
{
    struct sockaddr_in local = group_address();
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&local, sizeof local), 0);
    static const char *const interfaces[] = {"h0", "h1"};
    for (size_t i = 0; i < COUNT_OF(interfaces); i++) {
        struct ip_mreqn request = {.imr_multiaddr = local.sin_addr,
                                   .imr_ifindex = (int)if_nametoindex(interfaces[i])};
        assert_int_equal(setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request),
                         0);
    }
    return fd;
}

/* Waits until so many datagrams have reached this machine. */
static void witness_wait(int fd, int count)
{
    for (int i = 0; i < count; i++) {
        char data[1024];
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        assert_int_equal(poll(&ready, 1, WAIT_MS), 1);
        assert_true(recv(fd, data, sizeof data, 0) >= 0);
    }
}

static void any_gateway_is_heard_at_first(void **state)
{
    (void)state;
    listener l;
    int witness = witness_open();
    assert_int_equal(listener_open(&l), NATUPNP_OK);
    announce(GATEWAY, IGD);
    witness_wait(witness, 1);
    assert_false(is_readable(&l)); /* it has joined nowhere */
    assert_int_equal(listener_join(&l, NULL), 2);
    announce(NEIGHBOUR, PLAYER);
    announce(NEIGHBOUR, SEARCH);
    announce(GATEWAY, SERVICE); /* another announcement of a gateway's says who it is */
    witness_wait(witness, 3);
    assert_false(is_readable(&l));
    announce(GATEWAY, IGD);
    listener_wait(&l, 1);
    char text[NAT__IP_TEXT];
    assert_string_equal(l.text, IGD);
    assert_string_equal(nat__ip_text(l.from, text), GATEWAY);
    assert_int_equal(l.index, if_nametoindex("h0"));
    announce(OTHER_GATEWAY, IGD);
    listener_wait(&l, 2);
    assert_string_equal(nat__ip_text(l.from, text), OTHER_GATEWAY);
    assert_int_equal(l.index, if_nametoindex("h1"));
    assert_false(is_readable(&l));
    close(witness);
    listener_close(&l);
}

static void foreign_datagrams_wake_nobody(void **state)
{
    (void)state;
    enum { ROUNDS = 20 };
    listener l;
    int witness = witness_open();
    assert_int_equal(listener_open(&l), NATUPNP_OK);
    assert_int_equal(listener_join(&l, NULL), 2);
    listener_limit(&l, GATEWAY);
    for (int i = 0; i < ROUNDS; i++) {
        announce(NEIGHBOUR, PLAYER);
        announce(NEIGHBOUR, IGD);
        announce(OTHER_GATEWAY, IGD);
        announce(GATEWAY, SEARCH);
        announce(NEIGHBOUR, "");
        witness_wait(witness, 5);
        assert_false(is_readable(&l));
    }
    announce(GATEWAY, SERVICE);
    listener_wait(&l, 1);
    assert_string_equal(l.text, SERVICE);
    /* Replaced while it runs. */
    listener_limit(&l, OTHER_GATEWAY);
    announce(GATEWAY, IGD);
    announce(OTHER_GATEWAY, SERVICE);
    listener_wait(&l, 2);
    assert_string_equal(l.text, SERVICE);
    witness_wait(witness, 3);
    /* And taken away. */
    for (int i = 0; i < 2; i++)
        assert_int_equal(nat__notify_socket_limit(&l.socket, NULL, 0), NATUPNP_OK);
    announce(GATEWAY, SERVICE);
    witness_wait(witness, 1);
    assert_false(is_readable(&l));
    announce(NEIGHBOUR, IGD);
    listener_wait(&l, 3);
    close(witness);
    listener_close(&l);
}

static void a_limit_that_cannot_be_leaves_the_earlier_one(void **state)
{
    (void)state;
    listener l;
    nat__ip six;
    assert_int_equal(listener_open(&l), NATUPNP_OK);
    assert_int_equal(listener_join(&l, NULL), 2);
    listener_limit(&l, NEIGHBOUR);
    assert_true(nat__ip_parse(&six, nat__str_of("fe80::1")));
    assert_int_equal(nat__notify_socket_limit(&l.socket, &six, 1), NATUPNP_E_INVAL);
    announce(GATEWAY, IGD);
    announce(NEIGHBOUR, SERVICE);
    listener_wait(&l, 1);
    assert_string_equal(l.text, SERVICE);
    listener_close(&l);
}

static void all_listeners_of_a_host_hear(void **state)
{
    (void)state;
    listener one, two;
    int witness = witness_open(); /* a program that shares the port in the old way */
    assert_int_equal(listener_open(&one), NATUPNP_OK);
    assert_int_equal(listener_open(&two), NATUPNP_OK);
    assert_int_equal(listener_join(&one, NULL), 2);
    assert_int_equal(listener_join(&two, NULL), 2);
    listener_limit(&two, GATEWAY);
    announce(GATEWAY, IGD);
    listener_wait(&one, 1);
    listener_wait(&two, 1);
    witness_wait(witness, 1);
    listener_close(&one);
    announce(GATEWAY, SERVICE);
    listener_wait(&two, 2);
    witness_wait(witness, 1);
    assert_int_equal(listener_open(&one), NATUPNP_OK);
    assert_int_equal(listener_join(&one, NULL), 2);
    announce(GATEWAY, IGD);
    listener_wait(&one, 1);
    listener_wait(&two, 3);
    close(witness);
    listener_close(&one);
    listener_close(&two);
}

static void the_port_is_shared_in_the_new_way_too(void **state)
{
    (void)state;
    listener l;
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(NAT__SSDP_PORT)};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), on = 1;
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on), 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&any, sizeof any), 0);
    assert_int_equal(listener_open(&l), NATUPNP_OK);
    assert_int_equal(listener_join(&l, NULL), 2);
    announce(GATEWAY, IGD);
    listener_wait(&l, 1);
    close(fd);
    listener_close(&l);
}

/* Sets how much a socket's filters may take in this machine; false where it has no such setting. */
static bool set_room(long *value)
{
    FILE *file = fopen("/proc/sys/net/core/optmem_max", "r+");
    long old;
    bool good = file && fscanf(file, "%ld", &old) == 1;
    if (good) {
        rewind(file);
        good = fprintf(file, "%ld", *value) > 0 && fflush(file) == 0;
        *value = old;
    }
    if (file)
        fclose(file);
    return good;
}

static void where_filters_have_no_room_all_notifications_are_heard(void **state)
{
    (void)state;
    listener l;
    long room = 4096;
    if (!set_room(&room))
        skip();
    int witness = witness_open();
    assert_int_equal(listener_open(&l), NATUPNP_OK);
    assert_int_equal(listener_join(&l, NULL), 2);
    announce(NEIGHBOUR, SEARCH);
    witness_wait(witness, 1);
    assert_false(is_readable(&l));
    announce(NEIGHBOUR, PLAYER);
    listener_wait(&l, 1);
    listener_limit(&l, GATEWAY);
    announce(NEIGHBOUR, IGD);
    witness_wait(witness, 2);
    assert_false(is_readable(&l));
    assert_int_equal(nat__notify_socket_limit(&l.socket, NULL, 0), NATUPNP_OK);
    announce(NEIGHBOUR, PLAYER);
    listener_wait(&l, 2);
    assert_true(set_room(&room));
    close(witness);
    listener_close(&l);
}

static void only_the_named_interface_is_heard(void **state)
{
    (void)state;
    listener l;
    int witness = witness_open(); /* because of it the machine takes both cables' datagrams */
    assert_int_equal(listener_open(&l), NATUPNP_OK);
    assert_int_equal(listener_join(&l, "h1"), 1);
    assert_int_equal(listener_join(&l, "h1"), 1);
    announce(GATEWAY, IGD);
    witness_wait(witness, 1);
    assert_false(is_readable(&l));
    announce(OTHER_GATEWAY, IGD);
    listener_wait(&l, 1);
    assert_int_equal(listener_join(&l, "h0"), 1); /* another one from now on */
    announce(OTHER_GATEWAY, IGD);
    witness_wait(witness, 2);
    assert_false(is_readable(&l));
    announce(GATEWAY, IGD);
    listener_wait(&l, 2);
    assert_int_equal(listener_join(&l, "lo"), 0);
    assert_int_equal(listener_join(&l, "none"), 0);
    close(witness);
    listener_close(&l);
}

static void unicast_datagrams_are_left_to_others(void **state)
{
    (void)state;
    listener l;
    nat__ip host;
    assert_true(nat__ip_parse(&host, nat__str_of(HOST)));
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(NAT__SSDP_PORT)};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&any, sizeof any), 0);
    assert_int_equal(listener_open(&l), NATUPNP_OK);
    assert_int_equal(listener_join(&l, NULL), 2);
    send_to(GATEWAY, nat__ip_to_v4(host, NAT__SSDP_PORT), IGD);
    witness_wait(fd, 1);
    assert_false(is_readable(&l));
    close(fd);
    listener_close(&l);
}

static void joins_follow_the_interfaces(void **state)
{
    (void)state;
    listener l;
    assert_int_equal(listener_open(&l), NATUPNP_OK);
    assert_int_equal(listener_join(&l, NULL), 2);
    for (int i = 1; i <= 3; i++) {
        machines_ip("link delete h1");
        assert_int_equal(listener_join(&l, NULL), 1);
        machines_plug("h1", "10.78.0.2/24", devices, "g1", OTHER_GATEWAY "/24");
        assert_int_equal(listener_join(&l, NULL), 2);
        announce(OTHER_GATEWAY, IGD);
        listener_wait(&l, i);
        assert_int_equal(l.index, if_nametoindex("h1"));
    }
    machines_ip("link set h0 down");
    assert_int_equal(listener_join(&l, NULL), 1);
    announce(OTHER_GATEWAY, IGD);
    listener_wait(&l, 4);
    machines_ip("link set h0 up");
    machines_await_running("h0");
    assert_int_equal(listener_join(&l, NULL), 2);
    announce(GATEWAY, IGD);
    listener_wait(&l, 5);
    announce(OTHER_GATEWAY, IGD);
    listener_wait(&l, 6);
    listener_close(&l);
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

static void check_nothing_heard(listener *l)
{
    nat__ip ip;
    assert_int_equal(l->socket.fd, -1);
    assert_int_equal(listener_join(l, NULL), 0);
    assert_true(nat__ip_parse(&ip, nat__str_of(GATEWAY)));
    assert_int_equal(nat__notify_socket_limit(&l->socket, &ip, 1), NATUPNP_E_SYSTEM);
    assert_false(is_readable(l));
    listener_close(l);
}

static void a_port_that_cannot_be_had_is_an_ordinary_result(void **state)
{
    (void)state;
    listener l;
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(NAT__SSDP_PORT)};
    int before = count_descriptors();
    int greedy = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(greedy, (struct sockaddr *)&any, sizeof any), 0);
    assert_int_equal(listener_open(&l), NATUPNP_E_SYSTEM);
    check_nothing_heard(&l);
    close(greedy);

    assert_int_equal(listener_open(&l), NATUPNP_OK);
    listener_close(&l);
    assert_int_equal(count_descriptors(), before);
}

static void a_system_that_does_not_allow_it_is_an_ordinary_result(void **state)
{
    (void)state;
    listener l;
    struct rlimit old, none;
    int before = count_descriptors();
    nat__log_init(&l.log);
    assert_int_equal(nat__loop_open(&l.loop, nat__clock_system()), NATUPNP_OK);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
    none = old;
    none.rlim_cur = 0;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    natupnp_status status =
        nat__notify_socket_open(&l.socket, &l.loop, &l.log, (nat__notify_handler){&l, on_datagram});
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
    assert_int_equal(status, NATUPNP_E_SYSTEM);
    check_nothing_heard(&l);
    assert_int_equal(count_descriptors(), before);
}

static int set_up_machines(void **state)
{
    (void)state;
    devices = machines_new();
    machines_plug("h0", HOST "/24", devices, "g0", GATEWAY "/24");
    machines_plug("h1", "10.78.0.2/24", devices, "g1", OTHER_GATEWAY "/24");
    int home = machines_move(devices);
    machines_ip("address add " NEIGHBOUR "/24 dev g0");
    machines_return(home);
    return 0;
}

static int tear_down_machines(void **state)
{
    (void)state;
    return close(devices);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_gateway_is_heard_at_first),
        cmocka_unit_test(foreign_datagrams_wake_nobody),
        cmocka_unit_test(a_limit_that_cannot_be_leaves_the_earlier_one),
        cmocka_unit_test(all_listeners_of_a_host_hear),
        cmocka_unit_test(the_port_is_shared_in_the_new_way_too),
        cmocka_unit_test(where_filters_have_no_room_all_notifications_are_heard),
        cmocka_unit_test(only_the_named_interface_is_heard),
        cmocka_unit_test(unicast_datagrams_are_left_to_others),
        cmocka_unit_test(joins_follow_the_interfaces),
        cmocka_unit_test(a_port_that_cannot_be_had_is_an_ordinary_result),
        cmocka_unit_test(a_system_that_does_not_allow_it_is_an_ordinary_result),
    };
    int missing = machines_enter();
    return missing ? missing
                   : cmocka_run_group_tests_name("notify_socket", tests, set_up_machines,
                                                 tear_down_machines);
}
