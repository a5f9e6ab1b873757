/* SPDX-License-Identifier: MIT */
/* The out arguments of an action as a mapping. */
#include "check.h"

#include "words/mapping.h"

#include <stdlib.h>

enum { ARGS_MAX = 8 };

typedef struct read_args {
    const char *name, *value;
} read_args;

/* An entry by the book, one of whose arguments is replaced; a NULL value leaves it out. */
static bool read_with(nat__mapping_values *out, const char *name, const char *value, bool key_known)
{
    read_args args[ARGS_MAX] = {
        {"NewRemoteHost", ""},
        {"NewExternalPort", "8080"},
        {"NewProtocol", "TCP"},
        {"NewInternalPort", "80"},
        {"NewInternalClient", "192.168.1.7"},
        {"NewEnabled", "1"},
        {"NewPortMappingDescription", "web"},
        {"NewLeaseDuration", "3600"},
    };
    static char texts[2 * ARGS_MAX][128];
    nat__soap_reply reply = {0};
    for (size_t i = 0; i < ARGS_MAX; i++) {
        if (name && strcmp(args[i].name, name) == 0)
            args[i].value = value;
        if (!args[i].value)
            continue;
        assert_true(strlen(args[i].value) < sizeof texts[0]);
        reply.values[reply.count].name = strcpy(texts[2 * i], args[i].name);
        reply.values[reply.count++].value = strcpy(texts[2 * i + 1], args[i].value);
    }
    return nat__mapping_read(out, &reply, key_known);
}

static void reads_an_entry_by_the_book(void **state)
{
    (void)state;
    nat__mapping_values v = {0};
    assert_true(read_with(&v, NULL, NULL, false));
    assert_string_equal(v.remote_host, "");
    assert_int_equal(v.external_port, 8080);
    assert_int_equal(v.protocol, NATUPNP_PROTOCOL_TCP);
    assert_int_equal(v.internal_port, 80);
    assert_string_equal(v.internal_client, "192.168.1.7");
    assert_true(v.enabled);
    assert_string_equal(v.description, "web");
    assert_int_equal(v.lease_s, 3600);
    assert_string_equal(v.gateway, "");
}

static void enabled_is_read_leniently(void **state)
{
    static const struct {
        const char *text;
        bool enabled;
    } rows[] = {
        {"1", true},      {"1 ", true},  {"true", true}, {"True", true},  {"TRUE", true},
        {"yes", true},    {"Yes", true}, {"0", false},   {" 0\n", false}, {"false", false},
        {"FALSE", false}, {"no", false}, {"No", false},  {NULL, true},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        nat__mapping_values v = {0};
        const char *name = rows[i].text ? rows[i].text : "missing";
        CHECK(name, read_with(&v, "NewEnabled", rows[i].text, false));
        CHECK(name, v.enabled == rows[i].enabled);
    }
}

static void ports_are_checked(void **state)
{
    static const struct {
        const char *text;
        int port; /* 0 when the entry makes no sense */
    } rows[] = {
        {"1", 1},  {"65535", 65535}, {" 80 \n", 80}, {"080", 80}, {"0", 0},     {"65536", 0},
        {"-1", 0}, {"", 0},          {"http", 0},    {"80x", 0},  {"65616", 0}, {NULL, 0},
    };
    static const char *const names[] = {"NewExternalPort", "NewInternalPort"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (size_t j = 0; j < COUNT_OF(names); j++) {
            nat__mapping_values v = {0};
            const char *name = rows[i].text ? rows[i].text : "missing";
            CHECK(name, read_with(&v, names[j], rows[i].text, false) == (rows[i].port > 0));
            if (rows[i].port > 0)
                CHECK(name, (j == 0 ? v.external_port : v.internal_port) == rows[i].port);
        }
}

static void protocols_are_read_in_any_case(void **state)
{
    static const struct {
        const char *text;
        int protocol;
    } rows[] = {
        {"TCP", NATUPNP_PROTOCOL_TCP},
        {"UDP", NATUPNP_PROTOCOL_UDP},
        {"tcp", NATUPNP_PROTOCOL_TCP},
        {" udp ", NATUPNP_PROTOCOL_UDP},
        {"TCP/UDP", 0},
        {"BOTH", 0},
        {"6", 0},
        {"", 0},
        {NULL, 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        nat__mapping_values v = {0};
        const char *name = rows[i].text ? rows[i].text : "missing";
        CHECK(name, read_with(&v, "NewProtocol", rows[i].text, false) == (rows[i].protocol != 0));
        if (rows[i].protocol != 0)
            CHECK(name, (int)v.protocol == rows[i].protocol);
    }
}

static void the_internal_client_may_be_a_name_but_not_nothing(void **state)
{
    static const struct {
        const char *text;
        bool ok;
    } rows[] = {
        {"192.168.1.7", true}, {"nas.local", true}, {"fd00::7", true}, {"", false},
        {"a\tb", false},       {"\xFF", false},     {NULL, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        nat__mapping_values v = {0};
        const char *name = rows[i].text ? rows[i].text : "missing";
        CHECK(name, read_with(&v, "NewInternalClient", rows[i].text, false) == rows[i].ok);
        if (rows[i].ok)
            CHECK_TEXT(name, v.internal_client, rows[i].text);
    }
}

static void a_lease_that_is_no_number_counts_as_permanent(void **state)
{
    static const struct {
        const char *text;
        uint32_t lease_s;
    } rows[] = {
        {"0", 0},          {"604800", 604800}, {" 60 ", 60}, {"4294967295", UINT32_MAX},
        {"4294967296", 0}, {"-1", 0},          {"", 0},      {"0 Days, 01:00:00", 0},
        {"infinite", 0},   {NULL, 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        nat__mapping_values v = {.lease_s = 77};
        const char *name = rows[i].text ? rows[i].text : "missing";
        CHECK(name, read_with(&v, "NewLeaseDuration", rows[i].text, false));
        CHECK(name, v.lease_s == rows[i].lease_s);
    }
}

static void texts_that_are_not_clean_are_left_out(void **state)
{
    static const struct {
        const char *text, *wanted;
    } rows[] = {
        {"na\xC3\xAFve", "na\xC3\xAFve"},
        {"", ""},
        {"a\x1B[31m", ""},
        {"\xFF", ""},
        {"a\xC2\x9B", ""},
        {"%s%n", "%s%n"},
        {NULL, ""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        nat__mapping_values v = {0};
        const char *name = rows[i].text ? rows[i].text : "missing";
        CHECK(name, read_with(&v, "NewPortMappingDescription", rows[i].text, false));
        CHECK_TEXT(name, v.description, rows[i].wanted);
        CHECK(name, read_with(&v, "NewRemoteHost", rows[i].text, false));
        CHECK_TEXT(name, v.remote_host, rows[i].wanted);
    }
}

static void a_key_that_was_asked_for_is_kept_whatever_the_device_says(void **state)
{
    static const char *const names[] = {"NewExternalPort", "NewProtocol", "NewRemoteHost"};
    static const char *const values[] = {"32767", "0", "TCP", "junk", "10.0.0.9", "", NULL};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++)
        for (size_t j = 0; j < COUNT_OF(values); j++) {
            nat__mapping_values v = {
                .remote_host = "", .external_port = 9, .protocol = NATUPNP_PROTOCOL_UDP};
            CHECK(names[i], read_with(&v, names[i], values[j], true));
            CHECK(names[i], v.external_port == 9);
            CHECK(names[i], v.protocol == NATUPNP_PROTOCOL_UDP);
            CHECK_TEXT(names[i], v.remote_host, "");
            CHECK(names[i], v.internal_port == 80);
        }
}

static void several_words_mean_any_remote_host(void **state)
{
    static const struct {
        const char *host;
        bool wildcard;
    } rows[] = {
        {"", true}, {"0.0.0.0", true}, {"*", true}, {"203.0.113.9", false}, {"0.0.0.0/0", false}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        nat__mapping_values a = {.remote_host = rows[i].host, .external_port = 1, .protocol = 6};
        nat__mapping_values b = {.remote_host = "", .external_port = 1, .protocol = 6};
        CHECK(rows[i].host, nat__mapping_is_wildcard(&a) == rows[i].wildcard);
        CHECK(rows[i].host, nat__mapping_same_key(&a, &b) == rows[i].wildcard);
        CHECK(rows[i].host, nat__mapping_same_key(&a, &a));
        b.remote_host = rows[i].host;
        b.external_port = 2;
        CHECK(rows[i].host, !nat__mapping_same_key(&a, &b));
        b.external_port = 1;
        b.protocol = 17;
        CHECK(rows[i].host, !nat__mapping_same_key(&a, &b));
    }
}

static void a_copy_owns_its_texts(void **state)
{
    (void)state;
    char client[] = "192.168.1.7";
    nat__mapping_values v = {.remote_host = "",
                             .internal_client = client,
                             .description = "web",
                             .gateway = "g",
                             .external_port = 1,
                             .internal_port = 2,
                             .lease_s = 3};
    natupnp_mapping *m = nat__mapping_new(&v);
    assert_non_null(m);
    memset(client, 'x', sizeof client - 1);
    assert_string_equal(m->values.internal_client, "192.168.1.7");
    assert_string_equal(m->values.description, "web");
    assert_string_equal(m->values.gateway, "g");
    assert_string_equal(m->external.ip, "");
    assert_int_equal(m->values.lease_s, 3);
    free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_an_entry_by_the_book),
        cmocka_unit_test(enabled_is_read_leniently),
        cmocka_unit_test(ports_are_checked),
        cmocka_unit_test(protocols_are_read_in_any_case),
        cmocka_unit_test(the_internal_client_may_be_a_name_but_not_nothing),
        cmocka_unit_test(a_lease_that_is_no_number_counts_as_permanent),
        cmocka_unit_test(texts_that_are_not_clean_are_left_out),
        cmocka_unit_test(a_key_that_was_asked_for_is_kept_whatever_the_device_says),
        cmocka_unit_test(several_words_mean_any_remote_host),
        cmocka_unit_test(a_copy_owns_its_texts),
    };
    return cmocka_run_group_tests_name("mapping_read", tests, NULL, NULL);
}
