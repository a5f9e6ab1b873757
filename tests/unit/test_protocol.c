/* SPDX-License-Identifier: MIT */
/* The conformance tests of the NAT Traversal API that the protocol's name decides. */
#include "check.h"

#include <natupnp/protocol.h>

static void refused(const char *text)
{
    natupnp_protocol out = NATUPNP_PROTOCOL_UDP;
    CHECK(text ? text : "(null)", natupnp_protocol_parse(&out, text) == NATUPNP_E_INVAL);
    CHECK(text ? text : "(null)", out == NATUPNP_PROTOCOL_UDP);
    assert_int_equal(natupnp_status_hresult(NATUPNP_E_INVAL), (int32_t)0x80070057);
}

static void t8_add_with_a_lower_case_protocol_is_invalid(void **state)
{
    (void)state;
    refused("udp");
    refused("tcp");
}

static void t11_item_with_no_protocol_is_invalid(void **state)
{
    (void)state;
    refused(NULL);
}

static void t13_item_with_a_lower_case_protocol_is_invalid(void **state)
{
    (void)state;
    refused("udp");
}

static void only_the_two_words_in_capitals_are_protocols(void **state)
{
    static const char *const rows[] = {"",     "6",    "17",     "Tcp",     "Udp",
                                       "TCP ", " TCP", "TCPUDP", "TCP/UDP", "BOTH",
                                       "ICMP", "SCTP", "T",      "UDPLITE"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        refused(rows[i]);
    natupnp_protocol out;
    assert_int_equal(natupnp_protocol_parse(&out, "TCP"), NATUPNP_OK);
    assert_int_equal(out, NATUPNP_PROTOCOL_TCP);
    assert_int_equal(natupnp_protocol_parse(&out, "UDP"), NATUPNP_OK);
    assert_int_equal(out, NATUPNP_PROTOCOL_UDP);
}

static void nowhere_to_put_the_protocol_is_invalid(void **state)
{
    (void)state;
    assert_int_equal(natupnp_protocol_parse(NULL, "TCP"), NATUPNP_E_INVAL);
}

static void names_come_back_for_the_two_numbers_only(void **state)
{
    (void)state;
    assert_string_equal(natupnp_protocol_name(NATUPNP_PROTOCOL_TCP), "TCP");
    assert_string_equal(natupnp_protocol_name(NATUPNP_PROTOCOL_UDP), "UDP");
    assert_null(natupnp_protocol_name((natupnp_protocol)0));
    assert_null(natupnp_protocol_name((natupnp_protocol)7));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(t8_add_with_a_lower_case_protocol_is_invalid),
        cmocka_unit_test(t11_item_with_no_protocol_is_invalid),
        cmocka_unit_test(t13_item_with_a_lower_case_protocol_is_invalid),
        cmocka_unit_test(only_the_two_words_in_capitals_are_protocols),
        cmocka_unit_test(nowhere_to_put_the_protocol_is_invalid),
        cmocka_unit_test(names_come_back_for_the_two_numbers_only),
    };
    return cmocka_run_group_tests_name("protocol", tests, NULL, NULL);
}
