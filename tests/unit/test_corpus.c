/* SPDX-License-Identifier: MIT */
/* The device descriptions of the corpus. */
#include "corpus.h"

#include "ground/url.h"
#include "words/description.h"
#include "words/gena.h"
#include "words/soap.h"
#include "words/xml.h"

/* The columns of EXPECT.tsv. */
enum { STRICT = 1, LOCATION, BASE, TYPE, CONTROL, ABSOLUTE };

static nat__buf expectations;

static nat__url parse_url(const char *row, nat__str text)
{
    nat__url url;
    CHECK(row, nat__url_parse(&url, text) == NATUPNP_OK);
    return url;
}

/* The control URL resolves as told, from URLBase, else from LOCATION. */
static void check_control_url(const corpus_row *expected, const nat__description *d, size_t service)
{
    const char *row = expected->file;
    nat__url base =
        parse_url(row, d->url_base ? nat__str_of(d->url_base) : expected->columns[LOCATION]);
    nat__url wanted = parse_url(row, expected->columns[ABSOLUTE]);
    nat__url found;
    CHECK(row, nat__url_resolve(&found, &base, nat__str_of(d->services[service].control_url)) ==
                   NATUPNP_OK);
    CHECK(row, nat__url_equal(&found, &wanted));
    nat__url_free(&found);
    nat__url_free(&wanted);
    nat__url_free(&base);
}

static bool equal(const char *found, nat__str wanted)
{
    return found ? nat__str_equal(wanted, found) : wanted.length == 0;
}

static void check_description(const corpus_row *row)
{
    nat__buf file = {0};
    corpus_read(&file, row->file);
    nat__description d;
    natupnp_status status = nat__description_parse(&d, corpus_body(&file));
    size_t count = 0;
    bool faulty = false;
    nat__str rest = {expectations.at, expectations.length};
    for (corpus_row expected; corpus_next(&rest, &expected);) {
        if (strcmp(expected.file, row->file) != 0)
            continue;
        if (expected.columns[CONTROL].length == 0) {
            faulty = true; /* a service that cannot be used */
            continue;
        }
        CHECK(row->file, count < d.service_count);
        CHECK(row->file, equal(d.services[count].type, expected.columns[TYPE]));
        CHECK(row->file, equal(d.services[count].control_url, expected.columns[CONTROL]));
        CHECK(row->file, equal(d.url_base, expected.columns[BASE]));
        check_control_url(&expected, &d, count);
        count++;
    }
    CHECK(row->file, status == NATUPNP_OK || (faulty && status == NATUPNP_E_BAD_REPLY));
    CHECK(row->file, d.service_count == count);
    nat__description_free(&d);
    nat__buf_free(&file);
}

static void descriptions_give_exactly_their_wan_services(void **state)
{
    (void)state;
    corpus_read(&expectations, "EXPECT.tsv");
    assert_true(corpus_each("desc", check_description) > 0);
    nat__buf_free(&expectations);
}

static void check_no_service(const corpus_row *row)
{
    nat__buf file = {0};
    corpus_read(&file, row->file);
    nat__description d;
    natupnp_status status = nat__description_parse(&d, corpus_body(&file));
    CHECK(row->file, status == NATUPNP_OK || status == NATUPNP_E_BAD_REPLY);
    CHECK(row->file, d.service_count == 0);
    nat__description_free(&d);
    status = nat__description_scan(&d, corpus_body(&file));
    CHECK(row->file, status == NATUPNP_E_BAD_REPLY);
    CHECK(row->file, d.service_count == 0);
    nat__description_free(&d);
    nat__buf_free(&file);
}

static void other_devices_have_no_wan_service(void **state)
{
    (void)state;
    assert_true(corpus_each("notigd", check_no_service) > 0);
}

static bool count_start(void *arg, const char *name, unsigned depth)
{
    CHECK(name, depth > 0);
    ++*(unsigned *)arg;
    return true;
}

static void restart(void *arg)
{
    *(unsigned *)arg = 0;
}

static void check_harmless(const corpus_row *row)
{
    nat__buf file = {0};
    corpus_read(&file, row->file);
    unsigned elements = 0;
    nat__xml_handler handler = {.arg = &elements, .on_start = count_start};
    nat__xml_result result = nat__xml_read(corpus_body(&file), &handler, restart);
    CHECK(row->file, result == NAT__XML_OK || result == NAT__XML_MALFORMED);
    if (result == NAT__XML_OK)
        CHECK(row->file, elements > 0);
    if (nat__str_equal(row->columns[1], "scpd"))
        CHECK(row->file, result == NAT__XML_OK);
    nat__soap_reply reply;
    CHECK(row->file, nat__soap_parse(&reply, corpus_body(&file)) == NATUPNP_E_BAD_REPLY);
    nat__buf_free(&file);
    check_no_service(row);
}

static void service_descriptions_are_read_and_have_no_service(void **state)
{
    (void)state;
    assert_true(corpus_each("scpd", check_harmless) > 0);
}

static void event_messages_are_read_or_refused(void **state)
{
    (void)state;
    assert_true(corpus_each("gena", check_harmless) > 0);
}

static void a_gateways_events_are_read(void **state)
{
    static const struct {
        const char *file, *status, *ip;
        int64_t entries;
    } rows[] = {
        {"gena/dlink-wanipconn-connected-1.xml", "Connected", "203.0.113.7", 2},
        {"gena/dlink-wanipconn-down-1.xml", "Disconnected", "", 0},
        {"gena/dlink-wanipconn-bridge-1.xml", "Connected", "192.168.0.1", 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        nat__buf file = {0};
        corpus_read(&file, rows[i].file);
        nat__gena_event e;
        char ip[NAT__IP_TEXT];
        CHECK(rows[i].file, nat__gena_parse_event(&e, corpus_body(&file)) == NATUPNP_OK);
        CHECK_TEXT(rows[i].file, e.connection_status, rows[i].status);
        CHECK(rows[i].file, e.external_ip_told && e.number_of_entries == rows[i].entries);
        CHECK_TEXT(rows[i].file, nat__ip_text(e.external_ip, ip), rows[i].ip);
        CHECK(rows[i].file, e.others == 2 && e.unusable == 0 && !e.broken);
        nat__buf_free(&file);
    }
}

/* Those of other devices tell nothing that matters, however broken they are. */
static void check_event(const corpus_row *row)
{
    nat__buf file = {0};
    corpus_read(&file, row->file);
    nat__gena_event e;
    natupnp_status status = nat__gena_parse_event(&e, corpus_body(&file));
    bool gateway = strstr(row->file, "-wanipconn-") != NULL;
    CHECK(row->file, status == NATUPNP_OK || (!gateway && status == NATUPNP_E_BAD_REPLY));
    CHECK(row->file, e.external_ip_told == gateway);
    CHECK(row->file, status != NATUPNP_OK || e.others > 0);
    nat__buf_free(&file);
}

static void any_event_can_be_read(void **state)
{
    (void)state;
    assert_true(corpus_each("gena", check_event) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(descriptions_give_exactly_their_wan_services),
        cmocka_unit_test(other_devices_have_no_wan_service),
        cmocka_unit_test(service_descriptions_are_read_and_have_no_service),
        cmocka_unit_test(event_messages_are_read_or_refused),
        cmocka_unit_test(a_gateways_events_are_read),
        cmocka_unit_test(any_event_can_be_read),
    };
    int missing = corpus_missing();
    return missing ? missing : cmocka_run_group_tests_name("corpus", tests, NULL, NULL);
}
