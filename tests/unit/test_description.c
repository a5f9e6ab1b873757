/* SPDX-License-Identifier: MIT */
/* Device descriptions that are well-formed. */
#include "descriptions.h"

#include "ground/buf.h"

static void reads_the_texts_of_the_root_device_and_its_services(void **state)
{
    (void)state;
    nat__description d;
    nat__str document =
        STR(ROOT_OPEN("<URLBase>http://192.168.1.1:5000</URLBase>", "The Name")
                SERVICE(IP1, "/ctl", "/evt") SERVICE(PPP1, "/pctl", "/pevt") ROOT_CLOSE);
    assert_int_equal(nat__description_parse(&d, document), NATUPNP_OK);
    assert_string_equal(d.url_base, "http://192.168.1.1:5000");
    assert_string_equal(d.device_type, "urn:schemas-upnp-org:device:InternetGatewayDevice:1");
    assert_string_equal(d.name, "The Name");
    assert_string_equal(d.manufacturer, "Maker");
    assert_string_equal(d.model_name, "Model");
    assert_string_equal(d.model_number, "7");
    assert_string_equal(d.udn, "uuid:root");
    assert_string_equal(d.presentation_url, "http://192.168.1.1/"); /* after the inner devices */
    assert_string_equal(services_text(&d), IP1 " /ctl /evt|" PPP1 " /pctl /pevt");
    nat__description_free(&d);
    assert_null(d.name);
    assert_int_equal(d.service_count, 0);
}

static void every_text_is_optional(void **state)
{
    static const char *const rows[] = {
        "<root/>", "<root><device/></root>", "<html/>",
        "<root><device><friendlyName> </friendlyName></device></root>",
        "<root><URLBase/><URLBase>\n</URLBase></root>"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        nat__description d;
        CHECK(rows[i], nat__description_parse(&d, nat__str_of(rows[i])) == NATUPNP_OK);
        CHECK(rows[i], !d.url_base && !d.device_type && !d.name && !d.manufacturer &&
                           !d.model_name && !d.model_number && !d.udn && !d.presentation_url);
        CHECK(rows[i], d.service_count == 0);
        nat__description_free(&d);
    }
}

static void texts_are_those_of_the_root_device_and_the_first_counts(void **state)
{
    (void)state;
    nat__description d;
    nat__str document =
        STR("<root><friendlyName>no</friendlyName><device><deviceList><device>"
            "<friendlyName>inner</friendlyName><UDN>uuid:inner</UDN></device>"
            "</deviceList><friendlyName>first</friendlyName>"
            "<friendlyName>second</friendlyName><URLBase>no</URLBase></device></root>");
    assert_int_equal(nat__description_parse(&d, document), NATUPNP_OK);
    assert_string_equal(d.name, "first");
    assert_null(d.udn);
    assert_null(d.url_base);
    nat__description_free(&d);
}

static void texts_come_without_control_characters(void **state)
{
    (void)state;
    nat__description d;
    nat__str document = STR("<root><device><friendlyName>a\tb&#10;c&#x7F;d</friendlyName>"
                            "<modelName>\x1B[31mred</modelName></device></root>");
    assert_int_equal(nat__description_parse(&d, document), NATUPNP_OK);
    assert_true(nat__str_is_clean(nat__str_of(d.name)));
    assert_string_equal(d.name, "a b c d");
    assert_true(nat__str_is_clean(nat__str_of(d.model_name)));
    nat__description_free(&d);
}

static void texts_come_without_the_upper_control_characters(void **state)
{
    (void)state;
    nat__description d;
    /* U+009B is what ESC [ is: some terminals obey it. */
    nat__str document = STR("<root><device><friendlyName>a&#x9B;31m</friendlyName>"
                            "<modelName>a\xC2\x9B"
                            "31m</modelName></device></root>");
    assert_int_equal(nat__description_parse(&d, document), NATUPNP_OK);
    assert_true(nat__str_is_clean(nat__str_of(d.name)));
    assert_true(nat__str_is_clean(nat__str_of(d.model_name)));
    nat__description_free(&d);
}

static void only_wan_connections_with_a_control_url_are_kept(void **state)
{
    static const description_row rows[] = {
        {"none", ROOT(""), NULL, ""},
        {"others",
         ROOT(SERVICE("urn:schemas-upnp-org:service:Layer3Forwarding:1", "/l", "/l")
                  SERVICE("urn:schemas-upnp-org:service:WANCommonInterfaceConfig:1", "/w", "/w")),
         NULL, ""},
        {"no control URL", ROOT("<service><serviceType>" IP1 "</serviceType></service>"), NULL, ""},
        {"an empty control URL", ROOT(SERVICE(IP1, "", "/e") SERVICE(IP1, " \n ", "/e")), NULL, ""},
        {"no type", ROOT("<service><controlURL>/c</controlURL></service>"), NULL, ""},
        {"an empty event URL", ROOT(SERVICE(IP1, "/c", "")), NULL, IP1 " /c -"},
        {"a service outside of any list", "<root>" SERVICE(IP1, "/c", "/e") "</root>", NULL,
         IP1 " /c /e"},
        {"nothing flows over to the next",
         ROOT("<service><controlURL>/l</controlURL></service><service><serviceType>" IP1
              "</serviceType></service>"),
         NULL, ""},
    };
    (void)state;
    check_descriptions(rows, COUNT_OF(rows));
}

static void a_service_type_is_told_by_its_name_whatever_domain_and_version(void **state)
{
    static const struct {
        const char *type;
        bool wan;
        unsigned version;
    } rows[] = {
        {IP1, true, 1},
        {IP2, true, 2},
        {PPP1, true, 1},
        {"urn:schemas-upnp-org:service:WANPPPConnection:2", true, 2},
        {"urn:dslforum-org:service:WANPPPConnection:1", true, 1},
        {"urn:schemas-upnp-org:service:WANIPConnection:", true, 1},
        {"urn:schemas-upnp-org:service:WANIPConnection:x", true, 1},
        {"urn:schemas-upnp-org:service:WANIPConnection:0", true, 1},
        {"urn:schemas-upnp-org:service:WANIPConnection:17", true, 17},
        {"urn:schemas-upnp-org:service:WANIPConnection:4294967297", true, 1},
        {"urn:schemas-upnp-org:service:WANIPv6FirewallControl:1", false, 1},
        {"urn:schemas-upnp-org:device:WANConnectionDevice:1", false, 1},
        {"urn:schemas-upnp-org:device:WANIPConnection:1", false, 1},
        {"", false, 1},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CHECK(rows[i].type, nat__service_is_wan(rows[i].type) == rows[i].wan);
        CHECK(rows[i].type, nat__service_version(rows[i].type) == rows[i].version);
    }
}

static void services_beyond_the_limit_are_dropped(void **state)
{
    (void)state;
    for (int broken = 0; broken < 2; broken++) {
        nat__buf document = {0};
        nat__buf_adds(&document, broken ? "<root><name>R&B</name>" : "<root>");
        for (int i = 0; i < 3 * NAT__SERVICES_MAX; i++)
            nat__buf_adds(&document, SERVICE(IP1, "/c", "/e"));
        nat__buf_adds(&document, "</root>");
        nat__description d;
        assert_int_equal(nat__description_parse(&d, (nat__str){document.at, document.length}),
                         NATUPNP_OK);
        assert_int_equal(d.service_count, NAT__SERVICES_MAX);
        nat__description_free(&d);
        nat__buf_free(&document);
    }
}

static void what_cannot_be_read_is_an_error_and_leaves_nothing(void **state)
{
    static const char *const rows[] = {
        "",
        "status=ok",
        "<html><head><title>Login</title><meta charset=x></head>",
        "<!DOCTYPE root>" ROOT(SERVICE(IP1, "/c", "/e")),
        "<!DOCTYPE root [<!ENTITY a 'b'>]><root>" SERVICE(IP1, "/c", "/e") "</root>",
        "<?xml version='1.0' encoding='UTF-16'?><root>" SERVICE(IP1, "/c", "/e") "</root>",
        "<root><device><friendlyName>cut",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        nat__description d;
        CHECK(rows[i], nat__description_parse(&d, nat__str_of(rows[i])) == NATUPNP_E_BAD_REPLY);
        static const nat__description empty;
        CHECK(rows[i], memcmp(&d, &empty, sizeof d) == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_texts_of_the_root_device_and_its_services),
        cmocka_unit_test(every_text_is_optional),
        cmocka_unit_test(texts_are_those_of_the_root_device_and_the_first_counts),
        cmocka_unit_test(texts_come_without_control_characters),
        cmocka_unit_test(texts_come_without_the_upper_control_characters),
        cmocka_unit_test(only_wan_connections_with_a_control_url_are_kept),
        cmocka_unit_test(a_service_type_is_told_by_its_name_whatever_domain_and_version),
        cmocka_unit_test(services_beyond_the_limit_are_dropped),
        cmocka_unit_test(what_cannot_be_read_is_an_error_and_leaves_nothing),
    };
    return cmocka_run_group_tests_name("description", tests, NULL, NULL);
}
