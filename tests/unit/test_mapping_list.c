/* SPDX-License-Identifier: MIT */
/* The document that GetListOfPortMappings gives. */
#include "check.h"

#include "ground/buf.h"
#include "words/mapping.h"

#define ENTRY(host, port, protocol, inner, client, enabled, text, lease)                           \
    "<p:PortMappingEntry><p:NewRemoteHost>" host "</p:NewRemoteHost><p:NewExternalPort>" port      \
    "</p:NewExternalPort><p:NewProtocol>" protocol "</p:NewProtocol><p:NewInternalPort>" inner     \
    "</p:NewInternalPort><p:NewInternalClient>" client                                             \
    "</p:NewInternalClient><p:NewEnabled>" enabled "</p:NewEnabled><p:NewDescription>" text        \
    "</p:NewDescription><p:NewLeaseTime>" lease "</p:NewLeaseTime></p:PortMappingEntry>"
#define LIST(entries)                                                                              \
    "<?xml version=\"1.0\"?><p:PortMappingList "                                                   \
    "xmlns:p=\"urn:schemas-upnp-org:gw:WANIPConnection\">" entries "</p:PortMappingList>"
#define GOOD(port) ENTRY("", port, "TCP", "80", "192.168.1.7", "1", "web", "60")

static void reads_every_value_of_an_entry(void **state)
{
    (void)state;
    nat__mappings list = {0};
    size_t seen;
    nat__str document = STR(LIST(ENTRY("203.0.113.9", "2345", "UDP", "2349", "192.168.1.137", "0",
                                       "do &amp; don't", "346") GOOD("8080")));
    assert_int_equal(nat__mapping_parse_list(&list, &seen, document, "gw"), NATUPNP_OK);
    assert_int_equal(seen, 2);
    assert_int_equal(list.count, 2);
    const nat__mapping_values *v = &list.at[0]->values;
    assert_string_equal(v->remote_host, "203.0.113.9");
    assert_int_equal(v->external_port, 2345);
    assert_int_equal(v->protocol, NATUPNP_PROTOCOL_UDP);
    assert_int_equal(v->internal_port, 2349);
    assert_string_equal(v->internal_client, "192.168.1.137");
    assert_false(v->enabled);
    assert_string_equal(v->description, "do & don't");
    assert_int_equal(v->lease_s, 346);
    assert_string_equal(v->gateway, "gw");
    assert_int_equal(list.at[1]->values.external_port, 8080);
    nat__mappings_free(&list);
}

static void one_bad_entry_never_fails_a_listing(void **state)
{
    static const struct {
        const char *name, *document;
        size_t seen, count;
    } rows[] = {
        {"no entry", LIST(""), 0, 0},
        {"an empty root", "<PortMappingList/>", 0, 0},
        {"an empty entry", LIST(GOOD("1") "<p:PortMappingEntry/>" GOOD("2")), 3, 2},
        {"port 0", LIST(ENTRY("", "0", "TCP", "80", "c", "1", "", "0") GOOD("1")), 2, 1},
        {"port 65536", LIST(ENTRY("", "65536", "TCP", "80", "c", "1", "", "0") GOOD("1")), 2, 1},
        {"port with spaces", LIST(ENTRY("", " 7 ", "TCP", " 80\n", "c", "1", "", "0")), 1, 1},
        {"internal port 0", LIST(ENTRY("", "1", "TCP", "0", "c", "1", "", "0") GOOD("1")), 2, 1},
        {"lower case", LIST(ENTRY("", "1", "tcp", "80", "c", "1", "", "0")), 1, 1},
        {"both protocols", LIST(ENTRY("", "1", "TCP/UDP", "80", "c", "1", "", "0") GOOD("1")), 2,
         1},
        {"no client", LIST(ENTRY("", "1", "TCP", "80", "", "1", "", "0") GOOD("1")), 2, 1},
        {"a bad lease", LIST(ENTRY("", "1", "TCP", "80", "c", "1", "", "soon")), 1, 1},
        {"values missing",
         LIST("<PortMappingEntry><NewExternalPort>1</NewExternalPort><NewProtocol>TCP"
              "</NewProtocol><NewInternalPort>1</NewInternalPort><NewInternalClient>c"
              "</NewInternalClient></PortMappingEntry>"),
         1, 1},
        {"nothing flows over to the next",
         LIST(
             GOOD("1") "<PortMappingEntry><NewExternalPort>2</NewExternalPort></PortMappingEntry>"),
         2, 1},
        {"another element", LIST("<x><NewExternalPort>1</NewExternalPort></x>" GOOD("1")), 1, 1},
        {"deeper ones do not count", LIST("<x>" GOOD("1") "</x>" GOOD("2")), 1, 1},
        {"other capitals",
         "<portmappinglist><PORTMAPPINGENTRY><newexternalport>1</newexternalport>"
         "<NEWPROTOCOL>TCP</NEWPROTOCOL><NewInternalPort>1</NewInternalPort>"
         "<NewInternalClient>c</NewInternalClient></PORTMAPPINGENTRY></portmappinglist>",
         1, 1},
        {"a byte that is no character",
         LIST(ENTRY("", "1", "TCP", "80", "c", "1", "R\xE9mi", "0") GOOD("2")), 2, 2},
        {"a character that XML does not know",
         LIST(ENTRY("", "1", "TCP", "80", "c", "1", "x\xEF\xBF\xBF", "0") GOOD("2")), 2, 2},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        nat__mappings list = {0};
        size_t seen = 99;
        CHECK(rows[i].name, nat__mapping_parse_list(&list, &seen, nat__str_of(rows[i].document),
                                                    "") == NATUPNP_OK);
        CHECK(rows[i].name, seen == rows[i].seen);
        CHECK(rows[i].name, list.count == rows[i].count);
        nat__mappings_free(&list);
    }
}

static void what_is_no_list_appends_nothing(void **state)
{
    static const char *const rows[] = {
        "",
        "none",
        "<html></html>",
        "<List>" GOOD("1") "</List>",
        "<PortMappingList>" GOOD("1"),
        "<!DOCTYPE x><PortMappingList>" GOOD("1") "</PortMappingList>",
        "<PortMappingList>" GOOD("1") "R&B</PortMappingList>",
        "<PortMappingList>" GOOD("1") "\xE9 R&B</PortMappingList>",
    };
    (void)state;
    nat__mappings list = {0};
    size_t seen;
    assert_int_equal(nat__mapping_parse_list(&list, &seen, STR(LIST(GOOD("1") GOOD("2"))), ""),
                     NATUPNP_OK);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CHECK(rows[i], nat__mapping_parse_list(&list, &seen, nat__str_of(rows[i]), "") ==
                           NATUPNP_E_BAD_REPLY);
        CHECK(rows[i], list.count == 2);
        CHECK(rows[i], seen == 0);
    }
    assert_int_equal(list.at[1]->values.external_port, 2);
    nat__mappings_free(&list);
}

static void a_listing_that_is_repaired_is_counted_once(void **state)
{
    (void)state;
    nat__mappings list = {0};
    size_t seen;
    nat__str document =
        STR(LIST(GOOD("1") ENTRY("", "2", "TCP", "80", "c", "1", "\xE9", "0") GOOD("3")));
    for (size_t round = 1; round <= 2; round++) {
        assert_int_equal(nat__mapping_parse_list(&list, &seen, document, ""), NATUPNP_OK);
        assert_int_equal(seen, 3);
        assert_int_equal(list.count, 3 * round);
    }
    assert_string_equal(list.at[4]->values.description, "\xC3\xA9");
    nat__mappings_free(&list);
}

static void thousands_of_entries_are_read(void **state)
{
    (void)state;
    nat__buf document = {0};
    nat__buf_adds(&document, "<PortMappingList>");
    for (int i = 1; i <= 3000; i++)
        nat__buf_addf(&document,
                      "<PortMappingEntry><NewExternalPort>%d</NewExternalPort><NewProtocol>UDP"
                      "</NewProtocol><NewInternalPort>%d</NewInternalPort><NewInternalClient>"
                      "192.168.1.7</NewInternalClient></PortMappingEntry>",
                      i, i);
    nat__buf_adds(&document, "</PortMappingList>");
    nat__mappings list = {0};
    size_t seen;
    assert_int_equal(
        nat__mapping_parse_list(&list, &seen, (nat__str){document.at, document.length}, ""),
        NATUPNP_OK);
    assert_int_equal(seen, 3000);
    assert_int_equal(list.count, 3000);
    assert_int_equal(list.at[2999]->values.external_port, 3000);
    nat__mappings_cut(&list, 1);
    assert_int_equal(list.count, 1);
    nat__mappings_free(&list);
    nat__buf_free(&document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_value_of_an_entry),
        cmocka_unit_test(one_bad_entry_never_fails_a_listing),
        cmocka_unit_test(what_is_no_list_appends_nothing),
        cmocka_unit_test(a_listing_that_is_repaired_is_counted_once),
        cmocka_unit_test(thousands_of_entries_are_read),
    };
    return cmocka_run_group_tests_name("mapping_list", tests, NULL, NULL);
}
