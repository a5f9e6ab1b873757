/* SPDX-License-Identifier: MIT */
/* The filter in the kernel, on the loopback interface. */
#include "check.h"

#include "ground/buf.h"
#include "wires/notify_filter.h"

#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define NOTIFY "NOTIFY * HTTP/1.1\r\n"
#define MARK "InternetGatewayDevice"
/* What every listener takes: the last of what was sent, from the address that may send. */
#define FENCE NOTIFY "NT: " MARK ":1\r\n"

static int listener;
static struct sockaddr_in address;

static nat__ip ip_of(const char *text)
{
    nat__ip ip = {0};
    assert_true(nat__ip_parse(&ip, nat__str_of(text)));
    return ip;
}

static int set_up(void **state)
{
    (void)state;
    socklen_t length = sizeof address;
    listener = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_true(listener >= 0);
    address = nat__ip_to_v4(ip_of("127.0.0.1"), 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &length), 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    close(listener);
    return 0;
}

static void send_from(const char *source, nat__str text)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in local = nat__ip_to_v4(ip_of(source), 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&local, sizeof local), 0);
    assert_int_equal(
        sendto(fd, text.at, text.length, 0, (struct sockaddr *)&address, sizeof address),
        text.length);
    close(fd);
}

/* Whether a text from an address passes; tells it by what comes before the fence. */
static bool passes(const char *source, nat__str text, const char *fence_source)
{
    bool passed = false;
    send_from(source, text);
    send_from(fence_source, nat__str_of(FENCE));
    for (;;) {
        char data[4096];
        struct pollfd ready = {.fd = listener, .events = POLLIN};
        assert_int_equal(poll(&ready, 1, 5000), 1);
        ssize_t length = recv(listener, data, sizeof data, 0);
        assert_true(length >= 0);
        nat__str came = {data, (size_t)length};
        if (nat__str_equal(came, FENCE))
            return passed;
        assert_int_equal(came.length, text.length); /* and nothing was cut off */
        assert_memory_equal(came.at, text.at, text.length);
        assert_false(passed);
        passed = true;
    }
}

static void set(const char *const *sources, size_t count)
{
    nat__ip ips[NAT__NOTIFY_SOURCES_MAX];
    for (size_t i = 0; i < count; i++)
        ips[i] = ip_of(sources[i]);
    assert_int_equal(nat__notify_filter_set(listener, ips, count), NATUPNP_OK);
}

static void without_sources_gateways_announcements_pass(void **state)
{
    static const struct {
        const char *text;
        bool pass;
    } rows[] = {
        {NOTIFY "NT: urn:schemas-upnp-org:device:" MARK ":1\r\n\r\n", true},
        {NOTIFY "LOCATION: http://10.0.0.1/\r\nUSN: uuid:1::urn:x:device:" MARK ":2", true},
        {NOTIFY MARK, true},
        {"NOTIFY * " MARK, true},
        {NOTIFY "NT: urn:schemas-upnp-org:device:MediaServer:1\r\nSERVER: Intel Internet/1\r\n",
         false},
        {NOTIFY "NT: upnp:rootdevice\r\nUSN: uuid:1::upnp:rootdevice\r\n\r\n", false},
        {NOTIFY "NT: urn:schemas-upnp-org:service:WANIPConnection:1\r\n\r\n", false},
        {"M-SEARCH * HTTP/1.1\r\nST: urn:schemas-upnp-org:device:" MARK ":1\r\n\r\n", false},
        {"HTTP/1.1 200 OK\r\nST: urn:schemas-upnp-org:device:" MARK ":1\r\n\r\n", false},
        {"NOTIFY /e HTTP/1.1\r\nNT: " MARK "\r\n", false},
        {"NOTIFY *" MARK, false},
        {" " NOTIFY MARK, false},
        {"NOTIFY * ", false},
        {"NOTIFY", false},
        {"NOT", false},
        {"", false},
    };
    (void)state;
    set(NULL, 0);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        CHECK(rows[i].text,
              passes("127.0.0.5", nat__str_of(rows[i].text), "127.0.0.1") == rows[i].pass);
}

/* The search looks at some words only: wherever the name stands, one of them is inside. */
static void the_name_is_found_wherever_it_stands(void **state)
{
    (void)state;
    set(NULL, 0);
    for (size_t before = 0; before <= 512 - sizeof NOTIFY - sizeof MARK; before++) {
        nat__buf text = {0};
        char row[16];
        snprintf(row, sizeof row, "%zu", before);
        nat__buf_adds(&text, NOTIFY);
        for (size_t i = 0; i < before; i++)
            nat__buf_add(&text, "x", 1);
        nat__str without = {text.at, text.length};
        CHECK(row, !passes("127.0.0.5", without, "127.0.0.1"));
        nat__buf_adds(&text, MARK);
        CHECK(row, passes("127.0.0.5", (nat__str){text.at, text.length}, "127.0.0.1"));
        nat__buf_free(&text);
    }
}

static void with_sources_any_notification_of_theirs_passes(void **state)
{
    static const char *const sources[] = {"127.0.0.2", "127.0.0.3", "10.0.0.1", "10.0.0.2",
                                          "10.0.0.3",  "10.0.0.4",  "10.0.0.5", "127.0.0.9"};
    static const char bare[] = "NOTIFY * ";
    nat__str other = nat__str_of(NOTIFY "NT: upnp:rootdevice\r\n\r\n");
    nat__str search = nat__str_of("M-SEARCH * HTTP/1.1\r\nST: " MARK "\r\n\r\n");
    (void)state;
    assert_int_equal(COUNT_OF(sources), NAT__NOTIFY_SOURCES_MAX);
    set(sources, COUNT_OF(sources));
    assert_true(passes("127.0.0.2", other, "127.0.0.3"));
    assert_true(passes("127.0.0.3", nat__str_of(bare), "127.0.0.3"));
    assert_true(passes("127.0.0.9", other, "127.0.0.3"));
    assert_false(passes("127.0.0.2", search, "127.0.0.3"));
    assert_false(passes("127.0.0.1", other, "127.0.0.3"));
    assert_false(passes("127.0.0.4", nat__str_of(FENCE "x"), "127.0.0.3"));
    assert_false(passes("127.0.0.2", nat__str_of(""), "127.0.0.3"));
    set(sources, 1); /* replaced */
    assert_false(passes("127.0.0.3", other, "127.0.0.2"));
    set(NULL, 0);
    assert_false(passes("127.0.0.3", other, "127.0.0.1"));
}

static void what_cannot_be_filtered_by_is_refused(void **state)
{
    (void)state;
    static const char *const source = "127.0.0.2";
    nat__str other = nat__str_of(NOTIFY "NT: upnp:rootdevice\r\n\r\n");
    nat__ip ips[NAT__NOTIFY_SOURCES_MAX + 1];
    for (size_t i = 0; i < COUNT_OF(ips); i++)
        ips[i] = ip_of("127.0.0.1");
    set(&source, 1);
    assert_int_equal(nat__notify_filter_set(listener, ips, COUNT_OF(ips)), NATUPNP_E_INVAL);
    ips[1] = ip_of("::1");
    assert_int_equal(nat__notify_filter_set(listener, ips, 2), NATUPNP_E_INVAL);
    ips[1] = (nat__ip){0};
    assert_int_equal(nat__notify_filter_set(listener, ips, 2), NATUPNP_E_INVAL);
    assert_int_equal(nat__notify_filter_set(-1, ips, 1), NATUPNP_E_SYSTEM);
    assert_true(passes("127.0.0.2", other, "127.0.0.2")); /* the earlier one stays */
    assert_false(passes("127.0.0.1", other, "127.0.0.2"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(without_sources_gateways_announcements_pass),
        TEST(the_name_is_found_wherever_it_stands),
        TEST(with_sources_any_notification_of_theirs_passes),
        TEST(what_cannot_be_filtered_by_is_refused),
    };
    return cmocka_run_group_tests_name("notify_filter", tests, NULL, NULL);
}
