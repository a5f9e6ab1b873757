/* SPDX-License-Identifier: MIT */
#include "check.h"

#include "ground/buf.h"
#include "ground/url.h"

#include <stdlib.h>

/* Parses a URL and gives it back as text; NULL when it is refused. Freed by the caller. */
static char *parsed(const char *text)
{
    nat__url url;
    natupnp_status status = nat__url_parse(&url, nat__str_of(text));
    if (status != NATUPNP_OK) {
        CHECK(text, status == NATUPNP_E_INVAL);
        CHECK(text, url.target == NULL);
        return NULL;
    }
    char *out = nat__url_text(&url);
    nat__url_free(&url);
    return out;
}

typedef struct url_row {
    const char *text;
    const char *wanted; /* NULL when it is refused */
} url_row;

static void check_rows(const url_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *text = parsed(rows[i].text);
        CHECK_TEXT(rows[i].text, text, rows[i].wanted);
        free(text);
    }
}

static void reads_an_absolute_http_url(void **state)
{
    static const url_row rows[] = {
        {"http://192.168.1.1:5000/rootDesc.xml", "http://192.168.1.1:5000/rootDesc.xml"},
        {"HTTP://192.168.1.1/a", "http://192.168.1.1:80/a"},
        {"http://192.168.1.1", "http://192.168.1.1:80/"},
        {"http://192.168.1.1/", "http://192.168.1.1:80/"},
        {"http://192.168.1.1:", "http://192.168.1.1:80/"},
        {"http://192.168.1.1:8080", "http://192.168.1.1:8080/"},
        {"http://192.168.1.1?a", "http://192.168.1.1:80/?a"},
        {"http://192.168.1.1/a?b/../c#d", "http://192.168.1.1:80/a?b/../c"},
        {"http://192.168.1.1#d", "http://192.168.1.1:80/"},
        {"  http://192.168.1.1/a \r\n", "http://192.168.1.1:80/a"},
        {"http://10.0.0.1/uuid:0012/WANIPConnection:1",
         "http://10.0.0.1:80/uuid:0012/WANIPConnection:1"},
        {"http://10.0.0.1/a@b", "http://10.0.0.1:80/a@b"},
        {"http://10.0.0.1//a", "http://10.0.0.1:80//a"},
        {"http://10.0.0.1/R\xC3\xA9mi", "http://10.0.0.1:80/R%C3%A9mi"},
    };
    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void resolves_dot_segments(void **state)
{
    static const url_row rows[] = {
        {"http://10.0.0.1/.", "http://10.0.0.1:80/"},
        {"http://10.0.0.1/..", "http://10.0.0.1:80/"},
        {"http://10.0.0.1/../../a", "http://10.0.0.1:80/a"},
        {"http://10.0.0.1/a/./b", "http://10.0.0.1:80/a/b"},
        {"http://10.0.0.1/a/../b", "http://10.0.0.1:80/b"},
        {"http://10.0.0.1/a/b/..", "http://10.0.0.1:80/a/"},
        {"http://10.0.0.1/a/b/../", "http://10.0.0.1:80/a/"},
        {"http://10.0.0.1/a//../b", "http://10.0.0.1:80/a/b"},
        {"http://10.0.0.1/a/...", "http://10.0.0.1:80/a/..."},
        {"http://10.0.0.1/a/b/./", "http://10.0.0.1:80/a/b/"},
        {"http://10.0.0.1/a/b/.", "http://10.0.0.1:80/a/b/"},
        {"http://10.0.0.1//", "http://10.0.0.1:80//"},
    };
    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void refuses_what_is_not_plain_http(void **state)
{
    static const url_row rows[] = {
        {"", NULL},
        {"http:", NULL},
        {"http:/", NULL},
        {"http://", NULL},
        {"http:///path", NULL},
        {"http://:80/", NULL},
        {"https://192.168.1.1/", NULL},
        {"ftp://192.168.1.1/", NULL},
        {"file:///etc/passwd", NULL},
        {"gopher://192.168.1.1/", NULL},
        {"192.168.1.1/a", NULL},
        {"//192.168.1.1/a", NULL},
        {"/a", NULL},
        {"http://user@192.168.1.1/", NULL},
        {"http://user:secret@192.168.1.1/", NULL},
        {"http://192.168.1.1@10.0.0.1/", NULL},
        {"http://192.168.1.1/a b", NULL},
        {"http://192.168.1.1/a\tb", NULL},
        {"http://192.168.1.1/a\r\nX-Evil: 1", NULL},
        {"http://192.168.1.1/\x7F", NULL},
        {"http://192.168.1.1/\x01", NULL},
        {"http://192.168.1.1 /", NULL},
    };
    (void)state;
    check_rows(rows, COUNT_OF(rows));
    nat__url url;
    assert_int_equal(nat__url_parse(&url, STR("http://192.168.1.1/a\0b")), NATUPNP_E_INVAL);
}

static void ports_are_1_to_65535(void **state)
{
    static const url_row rows[] = {
        {"http://10.0.0.1:1/", "http://10.0.0.1:1/"},
        {"http://10.0.0.1:65535/", "http://10.0.0.1:65535/"},
        {"http://10.0.0.1:00080/", "http://10.0.0.1:80/"},
        {"http://10.0.0.1:0/", NULL},
        {"http://10.0.0.1:65536/", NULL},
        {"http://10.0.0.1:65616/", NULL},
        {"http://10.0.0.1:-1/", NULL},
        {"http://10.0.0.1:+80/", NULL},
        {"http://10.0.0.1:80a/", NULL},
        {"http://10.0.0.1:80:80/", NULL},
        {"http://10.0.0.1:99999999999999999999/", NULL},
    };
    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void an_ipv6_literal_loses_its_scope_in_text(void **state)
{
    static const url_row rows[] = {
        {"http://[::1]:1900/rootDesc.xml", "http://[::1]:1900/rootDesc.xml"},
        {"http://[FE80::1]/a", "http://[fe80::1]:80/a"},
        {"http://[fe80::1%3]:2869/a", "http://[fe80::1]:2869/a"},
        {"http://[fe80::1%25eth0]:2869/a", "http://[fe80::1]:2869/a"},
        {"http://[fe80::1]:/a", "http://[fe80::1]:80/a"},
        {"http://[fe80::1", NULL},
        {"http://[fe80::1]80/", NULL},
        {"http://[fe80::1]:0/", NULL},
        {"http://[]/", NULL},
        {"http://fe80::1/", NULL},
    };
    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void a_host_name_is_left_to_the_caller(void **state)
{
    static const char *const rows[] = {
        "http://router/a:1",    "http://router.local:8080/a:1",
        "http://300.1.1.1/a:1", "http://localhost/a:1",
        "http://0x7f.1/a:1",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        nat__url url;
        CHECK(rows[i], nat__url_parse(&url, nat__str_of(rows[i])) == NATUPNP_OK);
        CHECK(rows[i], url.host.family == 0);
        CHECK_TEXT(rows[i], url.target, "/a:1");
        nat__url_free(&url);
    }
}

static void only_ipv6_stands_in_brackets(void **state)
{
    static const url_row rows[] = {
        {"http://[192.168.1.1]/", NULL},
        {"http://[router]/", NULL},
    };
    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void long_urls_are_read_up_to_the_limit(void **state)
{
    static const struct {
        size_t length;
        natupnp_status status;
    } rows[] = {{200, NATUPNP_OK}, {NAT__URL_MAX, NATUPNP_OK}, {NAT__URL_MAX + 1, NATUPNP_E_INVAL}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        nat__buf text = {0};
        nat__buf_adds(&text, "http://192.168.1.1/");
        while (text.length < rows[i].length)
            nat__buf_adds(&text, "x");
        nat__url url;
        assert_int_equal(nat__url_parse(&url, (nat__str){text.at, text.length}), rows[i].status);
        if (rows[i].status == NATUPNP_OK)
            assert_int_equal(strlen(url.target), rows[i].length - strlen("http://192.168.1.1"));
        nat__url_free(&url);
        nat__buf_free(&text);
    }
}

static void copies_and_compares(void **state)
{
    static const char *const others[] = {"http://10.0.0.1:80/b", "http://10.0.0.1:81/a",
                                         "http://10.0.0.2:80/a", "http://10.0.0.1:80/a?"};
    (void)state;
    nat__url url, copy;
    assert_int_equal(nat__url_parse(&url, nat__str_of("http://10.0.0.1/a")), NATUPNP_OK);
    assert_int_equal(nat__url_copy(&copy, &url), NATUPNP_OK);
    assert_ptr_not_equal(copy.target, url.target);
    assert_true(nat__url_equal(&url, &copy));
    nat__url_free(&copy);
    assert_false(nat__url_equal(&url, &copy));
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        assert_int_equal(nat__url_parse(&copy, nat__str_of(others[i])), NATUPNP_OK);
        CHECK(others[i], !nat__url_equal(&url, &copy));
        nat__url_free(&copy);
    }
    nat__url_free(&url);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_an_absolute_http_url),
        cmocka_unit_test(resolves_dot_segments),
        cmocka_unit_test(refuses_what_is_not_plain_http),
        cmocka_unit_test(ports_are_1_to_65535),
        cmocka_unit_test(an_ipv6_literal_loses_its_scope_in_text),
        cmocka_unit_test(a_host_name_is_left_to_the_caller),
        cmocka_unit_test(only_ipv6_stands_in_brackets),
        cmocka_unit_test(long_urls_are_read_up_to_the_limit),
        cmocka_unit_test(copies_and_compares),
    };
    return cmocka_run_group_tests_name("url", tests, NULL, NULL);
}
