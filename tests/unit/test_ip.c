/* SPDX-License-Identifier: MIT */
#include "check.h"

#include "ground/ip.h"

#include <arpa/inet.h>

static nat__ip ip(const char *text)
{
    nat__ip out = {0};
    if (!nat__ip_parse(&out, nat__str_of(text)))
        fail_msg("not an address: %s", text);
    return out;
}

static void reads_and_writes_numeric_addresses(void **state)
{
    static const struct {
        const char *text;
        int family; /* 0 when it is refused */
        const char *wanted;
    } rows[] = {
        {"192.168.1.1", 4, "192.168.1.1"},
        {"0.0.0.0", 4, "0.0.0.0"},
        {"255.255.255.255", 4, "255.255.255.255"},
        {"::1", 6, "::1"},
        {"FE80::1", 6, "fe80::1"},
        {"fe80::1%eth0", 6, "fe80::1"},
        {"fe80::1%25eth0", 6, "fe80::1"},
        {"::ffff:1.2.3.4", 6, "::ffff:1.2.3.4"},
        {"1111:2222:3333:4444:5555:6666:255.255.255.255", 6,
         "1111:2222:3333:4444:5555:6666:ffff:ffff"},
        {"", 0, NULL},
        {"%eth0", 0, NULL},
        {"192.168.1", 0, NULL},
        {"192.168.1.256", 0, NULL},
        {"192.168.1.1.1", 0, NULL},
        {"0xC0A80101", 0, NULL},
        {"3232235777", 0, NULL},
        {" 192.168.1.1", 0, NULL},
        {"[::1]", 0, NULL},
        {"1::2::3", 0, NULL},
        {"router.local", 0, NULL},
        {"1111111111111111111111111111111111111111111111111", 0, NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        nat__ip out = {0};
        bool ok = nat__ip_parse(&out, nat__str_of(rows[i].text));
        CHECK(rows[i].text, ok == (rows[i].family != 0));
        CHECK(rows[i].text, out.family == rows[i].family);
        char text[NAT__IP_TEXT];
        CHECK_TEXT(rows[i].text, nat__ip_text(out, text), ok ? rows[i].wanted : "");
    }
}

static void a_nul_is_no_part_of_an_address(void **state)
{
    (void)state;
    nat__ip out = {0};
    assert_false(nat__ip_parse(&out, STR("192.168.1.1\0.example")));
}

static void goes_to_a_socket_address_and_back(void **state)
{
    (void)state;
    struct sockaddr_in address = nat__ip_to_v4(ip("192.168.1.254"), 1900);
    assert_int_equal(address.sin_family, AF_INET);
    assert_int_equal(ntohs(address.sin_port), 1900);
    assert_true(nat__ip_equal(nat__ip_from_v4(address.sin_addr), ip("192.168.1.254")));
}

static void equality_includes_the_family(void **state)
{
    (void)state;
    assert_true(nat__ip_equal(ip("10.0.0.1"), ip("10.0.0.1")));
    assert_false(nat__ip_equal(ip("10.0.0.1"), ip("10.0.0.2")));
    nat__ip other = ip("10.0.0.1");
    other.family = 6;
    assert_false(nat__ip_equal(ip("10.0.0.1"), other));
}

static void prefixes_compare_as_many_bits_as_they_say(void **state)
{
    static const struct {
        const char *ip, *network;
        unsigned prefix;
        bool in;
    } rows[] = {
        {"192.168.1.77", "192.168.1.1", 24, true},
        {"192.168.2.77", "192.168.1.1", 24, false},
        {"10.1.2.3", "192.168.1.1", 0, true},
        {"192.168.1.1", "192.168.1.1", 32, true},
        {"192.168.1.2", "192.168.1.1", 32, false},
        {"192.168.1.1", "192.168.1.1", 33, false},
        {"172.31.255.255", "172.16.0.0", 12, true},
        {"172.32.0.0", "172.16.0.0", 12, false},
        {"192.168.1.129", "192.168.1.1", 25, false},
        {"192.168.1.3", "192.168.1.1", 30, true},
        {"192.168.1.4", "192.168.1.1", 30, false},
        {"fe80::1", "fe80::", 10, true},
        {"fec0::1", "fe80::", 10, false},
        {"::1", "::1", 128, true},
        {"::1", "::1", 129, false},
        {"::1", "10.0.0.1", 0, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        CHECK(rows[i].ip,
              nat__ip_in_prefix(ip(rows[i].ip), ip(rows[i].network), rows[i].prefix) == rows[i].in);
    assert_false(nat__ip_in_prefix((nat__ip){0}, (nat__ip){0}, 0));
}

/* What an address is. */
static const struct {
    const char *ip;
    bool special, public;
} classes[] = {
    {"8.8.8.8", false, true},
    {"44.128.0.1", false, true},
    {"0.0.0.0", true, false},
    {"0.1.2.3", true, false},
    {"127.0.0.1", true, false},
    {"127.255.255.254", true, false},
    {"224.0.0.1", true, false},
    {"239.255.255.250", true, false},
    {"255.255.255.255", true, false},
    {"10.0.0.1", false, false},
    {"172.15.255.255", false, true},
    {"172.16.0.1", false, false},
    {"172.31.255.255", false, false},
    {"172.32.0.1", false, true},
    {"192.168.1.1", false, false},
    {"192.167.255.255", false, true},
    {"100.63.255.255", false, true},
    {"100.64.0.1", false, false}, /* RFC 6598 */
    {"100.127.255.255", false, false},
    {"100.128.0.0", false, true},
    {"169.254.1.1", false, false},
    {"192.0.0.8", false, false},
    {"192.0.2.1", false, false},
    {"198.18.0.1", false, false},
    {"198.19.255.255", false, false},
    {"198.20.0.1", false, true},
    {"198.51.100.1", false, false},
    {"203.0.113.7", false, false},
    {"240.0.0.1", false, false},
    {"::", true, false},
    {"::1", true, false},
    {"::2", false, false},
    {"ff02::c", true, false},
    {"fe80::1", false, false},
    {"fd00::1", false, false},
    {"2a00:1450::1", false, true},
    {"::ffff:127.0.0.1", true, false},
    {"::ffff:0.0.0.0", true, false},
    {"::ffff:239.255.255.250", true, false},
    {"::ffff:192.168.1.1", false, false},
    {"::1:0:0:1", false, false},
};

static void special_addresses_are_never_to_be_contacted(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(classes); i++)
        CHECK(classes[i].ip, nat__ip_is_special(ip(classes[i].ip)) == classes[i].special);
    assert_true(nat__ip_is_special((nat__ip){0}));
}

static void public_addresses_are_reached_by_the_whole_internet(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(classes); i++)
        CHECK(classes[i].ip, nat__ip_is_public(ip(classes[i].ip)) == classes[i].public);
    assert_false(nat__ip_is_public((nat__ip){0}));
}

static void the_documentation_prefix_of_ipv6_is_not_public(void **state)
{
    (void)state;
    assert_false(nat__ip_is_public(ip("2001:db8::1"))); /* RFC 3849 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_and_writes_numeric_addresses),
        cmocka_unit_test(a_nul_is_no_part_of_an_address),
        cmocka_unit_test(goes_to_a_socket_address_and_back),
        cmocka_unit_test(equality_includes_the_family),
        cmocka_unit_test(prefixes_compare_as_many_bits_as_they_say),
        cmocka_unit_test(special_addresses_are_never_to_be_contacted),
        cmocka_unit_test(public_addresses_are_reached_by_the_whole_internet),
        cmocka_unit_test(the_documentation_prefix_of_ipv6_is_not_public),
    };
    return cmocka_run_group_tests_name("ip", tests, NULL, NULL);
}
