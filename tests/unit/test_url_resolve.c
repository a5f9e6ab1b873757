/* SPDX-License-Identifier: MIT */
#include "check.h"

#include "ground/url.h"

#include <stdlib.h>

/* Resolves, and checks the text of what comes; NULL when it must be refused. */
static void resolves(const char *base_text, const char *reference, const char *wanted)
{
    nat__url base, url;
    CHECK(base_text, nat__url_parse(&base, nat__str_of(base_text)) == NATUPNP_OK);
    natupnp_status status = nat__url_resolve(&url, &base, nat__str_of(reference));
    CHECK(reference, status == (wanted ? NATUPNP_OK : NATUPNP_E_INVAL));
    char *text = status == NATUPNP_OK ? nat__url_text(&url) : NULL;
    CHECK_TEXT(reference, text, wanted);
    free(text);
    nat__url_free(&url);
    nat__url_free(&base);
}

typedef struct resolve_row {
    const char *reference, *wanted;
} resolve_row;

/* The examples of RFC 3986, section 5.4, with a numeric host; other schemes are refused. */
static void resolves_the_examples_of_rfc_3986(void **state)
{
#define HOST "http://10.0.0.1:80"
    static const resolve_row rows[] = {
        /* 5.4.1, normal examples */
        {"g:h", NULL},
        {"g", HOST "/b/c/g"},
        {"./g", HOST "/b/c/g"},
        {"g/", HOST "/b/c/g/"},
        {"/g", HOST "/g"},
        {"//10.0.0.2", "http://10.0.0.2:80/"},
        {"?y", HOST "/b/c/d;p?y"},
        {"g?y", HOST "/b/c/g?y"},
        {"#s", HOST "/b/c/d;p?q"},
        {"g#s", HOST "/b/c/g"},
        {"g?y#s", HOST "/b/c/g?y"},
        {";x", HOST "/b/c/;x"},
        {"g;x", HOST "/b/c/g;x"},
        {"g;x?y#s", HOST "/b/c/g;x?y"},
        {"", HOST "/b/c/d;p?q"},
        {".", HOST "/b/c/"},
        {"./", HOST "/b/c/"},
        {"..", HOST "/b/"},
        {"../", HOST "/b/"},
        {"../g", HOST "/b/g"},
        {"../..", HOST "/"},
        {"../../", HOST "/"},
        {"../../g", HOST "/g"},
        /* 5.4.2, abnormal examples */
        {"../../../g", HOST "/g"},
        {"../../../../g", HOST "/g"},
        {"/./g", HOST "/g"},
        {"/../g", HOST "/g"},
        {"g.", HOST "/b/c/g."},
        {".g", HOST "/b/c/.g"},
        {"g..", HOST "/b/c/g.."},
        {"..g", HOST "/b/c/..g"},
        {"./../g", HOST "/b/g"},
        {"./g/.", HOST "/b/c/g/"},
        {"g/./h", HOST "/b/c/g/h"},
        {"g/../h", HOST "/b/c/h"},
        {"g;x=1/./y", HOST "/b/c/g;x=1/y"},
        {"g;x=1/../y", HOST "/b/c/y"},
        {"g?y/./x", HOST "/b/c/g?y/./x"},
        {"g?y/../x", HOST "/b/c/g?y/../x"},
        {"g#s/./x", HOST "/b/c/g"},
        {"g#s/../x", HOST "/b/c/g"},
        {"http:g", NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        resolves("http://10.0.0.1/b/c/d;p?q", rows[i].reference, rows[i].wanted);
}

static void resolves_the_control_urls_of_devices(void **state)
{
#define BASE "http://192.168.1.1:5000/desc/root.xml"
    static const struct {
        const char *base, *reference, *wanted;
    } rows[] = {
        /* absolute, with another port or host: used as it is */
        {BASE, "http://192.168.1.1:4444/wipconn", "http://192.168.1.1:4444/wipconn"},
        {BASE, "http://192.168.20.1:5556/ctrl?1", "http://192.168.20.1:5556/ctrl?1"},
        /* no slash in front */
        {BASE, "ctl/IPConn", "http://192.168.1.1:5000/desc/ctl/IPConn"},
        {"http://192.168.1.1:5000", "ctl/IPConn", "http://192.168.1.1:5000/ctl/IPConn"},
        {"http://192.168.1.1:5000/", "ctl/IPConn", "http://192.168.1.1:5000/ctl/IPConn"},
        {"http://192.168.1.1:5000/desc", "wps_control", "http://192.168.1.1:5000/wps_control"},
        /* a query that matters, or only a query */
        {BASE, "/control?WANIPConnection", "http://192.168.1.1:5000/control?WANIPConnection"},
        {BASE, "/UD/?3", "http://192.168.1.1:5000/UD/?3"},
        {BASE, "/soap.cgi?service=WANIPConn1",
         "http://192.168.1.1:5000/soap.cgi?service=WANIPConn1"},
        {BASE, "?control=IFC1", "http://192.168.1.1:5000/desc/root.xml?control=IFC1"},
        {"http://192.168.1.1:5000/r?old", "?control=IFC1",
         "http://192.168.1.1:5000/r?control=IFC1"},
        {"http://192.168.1.1:5000/r?old", "?", "http://192.168.1.1:5000/r?"},
        /* a colon in the first segment of an absolute path is no scheme */
        {BASE, "/uuid:0012-1707-c2e5/WANIPConnection:1",
         "http://192.168.1.1:5000/uuid:0012-1707-c2e5/WANIPConnection:1"},
        {BASE, "/a:b", "http://192.168.1.1:5000/a:b"},
        {BASE, "a/b:c", "http://192.168.1.1:5000/desc/a/b:c"},
        {BASE, "?a:b", "http://192.168.1.1:5000/desc/root.xml?a:b"},
        {BASE, "./uuid:0012/x", "http://192.168.1.1:5000/desc/uuid:0012/x"},
        /* white space around it */
        {BASE, " \n /ctl \t", "http://192.168.1.1:5000/ctl"},
        /* a base by IPv6 */
        {"http://[fe80::1%3]:2869/a", "/ctl", "http://[fe80::1]:2869/ctl"},
        {"http://192.168.1.1:5000/a", "//[fe80::2]:1/ctl", "http://[fe80::2]:1/ctl"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        resolves(rows[i].base, rows[i].reference, rows[i].wanted);
}

static void refuses_references_that_are_not_http(void **state)
{
    static const char *const rows[] = {
        "https://192.168.1.1/a",
        "ftp:a",
        "file:///etc/passwd",
        "javascript:x",
        "uuid:0012/x",
        "//user@10.0.0.1/",
        "//",
        "///a",
        "/a b",
        "/a\r\nb",
        "http://10.0.0.1:0/",
        "//10.0.0.1:70000/",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        resolves(BASE, rows[i], NULL);
}

static void keeps_a_base_whose_host_is_a_name(void **state)
{
    (void)state;
    nat__url base, url;
    assert_int_equal(nat__url_parse(&base, nat__str_of("http://router:81/a/b")), NATUPNP_OK);
    assert_int_equal(nat__url_resolve(&url, &base, nat__str_of("c")), NATUPNP_OK);
    assert_int_equal(url.host.family, 0);
    assert_int_equal(url.port, 81);
    assert_string_equal(url.target, "/a/c");
    nat__url_free(&url);
    nat__url_free(&base);
}

static void a_reference_that_is_too_long_is_refused(void **state)
{
    (void)state;
    char reference[NAT__URL_MAX + 1];
    memset(reference, 'x', sizeof reference);
    nat__url base, url;
    assert_int_equal(nat__url_parse(&base, nat__str_of("http://10.0.0.1/")), NATUPNP_OK);
    assert_int_equal(nat__url_resolve(&url, &base, (nat__str){reference, NAT__URL_MAX + 1}),
                     NATUPNP_E_INVAL);
    assert_int_equal(nat__url_resolve(&url, &base, (nat__str){reference, NAT__URL_MAX}),
                     NATUPNP_OK);
    nat__url_free(&url);
    nat__url_free(&base);
}

/* Links for people: http and https alone, whatever a device wrote. */
static void gives_out_pages(void **state)
{
    static const resolve_row rows[] = {
        {"http://192.168.0.1/", "http://192.168.0.1/"},
        {"http://192.168.0.1:80/      ", "http://192.168.0.1:80/"},
        {"http://192.168.0.1", "http://192.168.0.1"},
        {"HTTP://fritz.box", "http://fritz.box"},
        {"HttpS://www.routerlogin.net:8443/start.htm?a=b#top",
         "https://www.routerlogin.net:8443/start.htm?a=b#top"},
        {"http://[fd00::1]:8080/x", "http://[fd00::1]:8080/x"},
        {"/", "http://10.0.0.1:5000/"},
        {"/index.htm?x=1", "http://10.0.0.1:5000/index.htm?x=1"},
        {"status.htm", "http://10.0.0.1:5000/a/status.htm"},
        {"../x", "http://10.0.0.1:5000/x"},
        {"?page=1", "http://10.0.0.1:5000/a/desc.xml?page=1"},
        {"//router.lan/x", "http://router.lan/x"},
        {"http://10.0.0.9/\"><script>", "http://10.0.0.9/%22%3E%3Cscript%3E"},
        {"http://10.0.0.9/caf\xC3\xA9", "http://10.0.0.9/caf%C3%A9"},
        {"http://10.0.0.9/\xE2\x80\xAEgpj.exe", "http://10.0.0.9/%E2%80%AEgpj.exe"},
        {"/\xE2\x80\xAEx\"", "http://10.0.0.1:5000/%E2%80%AEx%22"},
        {"", NULL},
        {"   ", NULL},
        {"javascript:alert(1)", NULL},
        {"JavaScript:alert(1)", NULL},
        {" javascript:alert(1)", NULL},
        {"java\tscript:alert(1)", NULL},
        {"javascript://%0Aalert(1)", NULL},
        {"data:text/html,x", NULL},
        {"file:///etc/passwd", NULL},
        {"ftp://10.0.0.9/", NULL},
        {"vbscript:x", NULL},
        {"x-custom://y", NULL},
        {"http:", NULL},
        {"http:/10.0.0.9/", NULL},
        {"http:10.0.0.9", NULL},
        {"http://", NULL},
        {"http:///x", NULL},
        {"http:\\\\10.0.0.9\\", NULL},
        {"http://bank.example@10.0.0.9/", NULL},
        {"http://user:secret@10.0.0.9/", NULL},
        {"//user@10.0.0.9/", NULL},
        {"http://10.0.0.9\\@bank.example/", NULL},
        {"http://10.0.0.9:0/", NULL},
        {"http://10.0.0.9:65536/", NULL},
        {"http://10.0.0.9:x/", NULL},
        {"http://[fe80::1%eth0]/", NULL},
        {"http://[fd00::1/", NULL},
        {"http://b\xC3\xBC.example/", NULL},
        {"http://a\xE2\x80\xAE"
         "b/",
         NULL},
        {"http://a'b/", NULL},
        {"http://10.0.0.9/a b", NULL},
        {"http://10.0.0.9/\r\nx", NULL},
        {"http://10.0.0.9/\x7F", NULL},
    };
    nat__url base;
    (void)state;
    assert_int_equal(nat__url_parse(&base, nat__str_of("http://10.0.0.1:5000/a/desc.xml")),
                     NATUPNP_OK);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char *page;
        natupnp_status status = nat__url_page(&page, &base, nat__str_of(rows[i].reference));
        CHECK_TEXT(rows[i].reference, page, rows[i].wanted);
        CHECK(rows[i].reference, status == (page ? NATUPNP_OK : NATUPNP_E_INVAL));
        free(page);
    }
    nat__url_free(&base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resolves_the_examples_of_rfc_3986),
        cmocka_unit_test(resolves_the_control_urls_of_devices),
        cmocka_unit_test(refuses_references_that_are_not_http),
        cmocka_unit_test(keeps_a_base_whose_host_is_a_name),
        cmocka_unit_test(a_reference_that_is_too_long_is_refused),
        cmocka_unit_test(gives_out_pages),
    };
    return cmocka_run_group_tests_name("url_resolve", tests, NULL, NULL);
}
