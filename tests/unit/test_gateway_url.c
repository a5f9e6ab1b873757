/* SPDX-License-Identifier: MIT */
/* Where a gateway is controlled: URLBase, control URL and what a device is trusted with. */
#include "check.h"

#include "meaning/gateway.h"

#include <stdlib.h>

static nat__ip ip(const char *text)
{
    nat__ip out = {0};
    if (text)
        assert_true(nat__ip_parse(&out, nat__str_of(text)));
    return out;
}

typedef struct gateway_row {
    const char *name, *url_base, *control_url;
    const char *control;  /* NULL when no gateway comes of it */
    const char *fallback; /* NULL for none */
} gateway_row;

/* A device that answered from 192.168.1.1 and said to be at LOCATION. */
static void check_rows(const gateway_row *rows, size_t count, const char *trusted)
{
    nat__route route = {.gateway = ip("192.168.1.254")};
    nat__net net = {.routes = &route, .route_count = 1};
    nat__trust trust = {.answered = ip("192.168.1.1"), .extra = ip(trusted), .net = &net};
    for (size_t i = 0; i < count; i++) {
        nat__description d = {.service_count = 1};
        d.url_base = rows[i].url_base ? strdup(rows[i].url_base) : NULL;
        d.services[0].type = strdup("urn:schemas-upnp-org:service:WANIPConnection:1");
        d.services[0].control_url = strdup(rows[i].control_url);
        nat__url location;
        assert_int_equal(
            nat__url_parse(&location, nat__str_of("http://192.168.1.1:5000/desc/root.xml")),
            NATUPNP_OK);
        nat__gateway *gateway;
        natupnp_status status = nat__gateway_new(&gateway, &d, &location, &trust);
        CHECK(rows[i].name, status == (rows[i].control ? NATUPNP_OK : NATUPNP_E_BAD_REPLY));
        if (gateway) {
            char *control = nat__url_text(&gateway->control);
            char *fallback =
                gateway->control_fallback.target ? nat__url_text(&gateway->control_fallback) : NULL;
            CHECK_TEXT(rows[i].name, control, rows[i].control);
            CHECK_TEXT(rows[i].name, fallback, rows[i].fallback);
            free(control);
            free(fallback);
        }
        nat__gateway_unref(gateway);
        nat__url_free(&location);
    }
}

static void urlbase_counts_where_it_names_the_same_host(void **state)
{
    static const gateway_row rows[] = {
        {"none", NULL, "/ctl", "http://192.168.1.1:5000/ctl", NULL},
        {"none, relative", NULL, "ctl", "http://192.168.1.1:5000/desc/ctl", NULL},
        {"the same", "http://192.168.1.1:5000/", "/ctl", "http://192.168.1.1:5000/ctl", NULL},
        {"another folder", "http://192.168.1.1:5000", "ctl", "http://192.168.1.1:5000/ctl",
         "http://192.168.1.1:5000/desc/ctl"},
        {"another port", "http://192.168.1.1:4444/", "/ctl", "http://192.168.1.1:4444/ctl",
         "http://192.168.1.1:5000/ctl"},
        {"loopback", "http://127.0.0.1:5431/", "/ctl", "http://192.168.1.1:5000/ctl", NULL},
        {"the WAN address", "http://203.0.113.7:5000/", "/ctl", "http://192.168.1.1:5000/ctl",
         NULL},
        {"a name", "http://router:5000/", "/ctl", "http://192.168.1.1:5000/ctl", NULL},
        {"empty", "", "/ctl", "http://192.168.1.1:5000/ctl", NULL},
        {"no URL", "(null)", "/ctl", "http://192.168.1.1:5000/ctl", NULL},
        {"https", "https://192.168.1.1/", "/ctl", "http://192.168.1.1:5000/ctl", NULL},
    };
    (void)state;
    check_rows(rows, COUNT_OF(rows), NULL);
}

static void a_control_url_may_name_the_gateway_and_no_other_host(void **state)
{
    static const gateway_row rows[] = {
        {"absolute, another port", NULL, "http://192.168.1.1:4444/ctl",
         "http://192.168.1.1:4444/ctl", NULL},
        {"the default gateway", NULL, "http://192.168.1.254:80/ctl", "http://192.168.1.254:80/ctl",
         NULL},
        {"another host", NULL, "http://192.168.1.66:80/ctl?1", "http://192.168.1.1:80/ctl?1", NULL},
        {"a public host", NULL, "http://8.8.8.8/ctl", "http://192.168.1.1:80/ctl", NULL},
        {"loopback", NULL, "http://127.0.0.1:631/ctl", "http://192.168.1.1:631/ctl", NULL},
        {"loopback by IPv6", NULL, "http://[::1]:631/ctl", "http://192.168.1.1:631/ctl", NULL},
        {"all interfaces", NULL, "http://0.0.0.0/ctl", "http://192.168.1.1:80/ctl", NULL},
        {"multicast", NULL, "http://239.255.255.250:1900/", "http://192.168.1.1:1900/", NULL},
        {"broadcast", NULL, "http://255.255.255.255:65535/", "http://192.168.1.1:65535/", NULL},
        {"a name", NULL, "http://router.local:81/ctl", "http://192.168.1.1:81/ctl", NULL},
        {"without a scheme", NULL, "//192.168.1.66/ctl", "http://192.168.1.1:80/ctl", NULL},
        {"another scheme", NULL, "file:///etc/passwd", NULL, NULL},
        {"a user name", NULL, "http://a@192.168.1.1/", NULL, NULL},
        {"a space in it", NULL, "/a b", NULL, NULL},
    };
    (void)state;
    check_rows(rows, COUNT_OF(rows), NULL);
}

static void the_option_trusts_one_more_host(void **state)
{
    static const gateway_row rows[] = {
        {"that host", NULL, "http://192.168.1.66:80/ctl", "http://192.168.1.66:80/ctl", NULL},
        {"another", NULL, "http://192.168.1.67:80/ctl", "http://192.168.1.1:80/ctl", NULL},
    };
    (void)state;
    check_rows(rows, COUNT_OF(rows), "192.168.1.66");
}

static void the_first_service_whose_url_can_be_used_is_used(void **state)
{
    (void)state;
    nat__description d = {.service_count = 2};
    d.services[0].type = strdup("urn:schemas-upnp-org:service:WANPPPConnection:1");
    d.services[0].control_url = strdup("ftp://192.168.1.1/");
    d.services[1].type = strdup("urn:schemas-upnp-org:service:WANIPConnection:1");
    d.services[1].control_url = strdup("/ip");
    nat__trust trust = {.answered = ip("192.168.1.1")};
    nat__url location;
    assert_int_equal(nat__url_parse(&location, nat__str_of("http://192.168.1.1/r")), NATUPNP_OK);
    nat__gateway *gateway;
    assert_int_equal(nat__gateway_new(&gateway, &d, &location, &trust), NATUPNP_OK);
    assert_string_equal(gateway->control.target, "/ip");
    assert_string_equal(nat__gateway_service_type(gateway),
                        "urn:schemas-upnp-org:service:WANIPConnection:1");
    nat__gateway_unref(gateway);
    nat__url_free(&location);
}

/* The page that people set a gateway up on is given out when it is one that a browser may open. */
static void presentation_pages(void **state)
{
    static const struct {
        const char *url_base, *said, *page;
    } rows[] = {
        {NULL, NULL, NULL},
        {NULL, "", NULL},
        {NULL, "http://192.168.1.1/", "http://192.168.1.1/"},
        {NULL, "https://router.lan/login", "https://router.lan/login"},
        {NULL, "/", "http://192.168.1.1:5000/"},
        {NULL, "login.htm", "http://192.168.1.1:5000/desc/login.htm"},
        {"http://192.168.1.1:80/", "login.htm", "http://192.168.1.1:80/login.htm"},
        {"http://10.9.9.9:80/", "login.htm", "http://192.168.1.1:5000/desc/login.htm"},
        {NULL, "javascript:alert(1)", NULL},
        {NULL, "file:///etc/passwd", NULL},
        {NULL, "data:text/html,x", NULL},
        {NULL, "http://bank.example@192.168.1.1/", NULL},
    };
    (void)state;
    nat__trust trust = {.answered = ip("192.168.1.1")};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        nat__description d = {.service_count = 1};
        d.url_base = rows[i].url_base ? strdup(rows[i].url_base) : NULL;
        d.presentation_url = rows[i].said ? strdup(rows[i].said) : NULL;
        d.services[0].type = strdup("urn:schemas-upnp-org:service:WANIPConnection:1");
        d.services[0].control_url = strdup("/ctl");
        nat__url location;
        nat__gateway *gateway;
        assert_int_equal(
            nat__url_parse(&location, nat__str_of("http://192.168.1.1:5000/desc/root.xml")),
            NATUPNP_OK);
        assert_int_equal(nat__gateway_new(&gateway, &d, &location, &trust), NATUPNP_OK);
        natupnp_gateway *snapshot = nat__gateway_snapshot(gateway, true);
        CHECK_TEXT(rows[i].said ? rows[i].said : "none", natupnp_gateway_presentation_url(snapshot),
                   rows[i].page);
        nat__gateway_snapshot_free(snapshot);
        nat__gateway_unref(gateway);
        nat__url_free(&location);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(urlbase_counts_where_it_names_the_same_host),
        cmocka_unit_test(a_control_url_may_name_the_gateway_and_no_other_host),
        cmocka_unit_test(the_option_trusts_one_more_host),
        cmocka_unit_test(the_first_service_whose_url_can_be_used_is_used),
        cmocka_unit_test(presentation_pages),
    };
    return cmocka_run_group_tests_name("gateway_url", tests, NULL, NULL);
}
