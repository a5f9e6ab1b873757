/* SPDX-License-Identifier: MIT */
/* The bodies of events. The linker sends the allocations here (--wrap), so that they can fail. */
#include "check.h"

#include "words/gena.h"

#include <stdio.h>
#include <stdlib.h>

static long allocations_left = -1; /* until one fails; -1 for never */

void *__real_malloc(size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_realloc(void *old, size_t size);

static bool fails(void)
{
    return allocations_left >= 0 && allocations_left-- == 0;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return fails() ? NULL : __real_realloc(old, size);
}

#define SET(inside)                                                                                \
    "<e:propertyset xmlns:e=\"urn:schemas-upnp-org:event-1-0\">" inside "</e:propertyset>"
#define PROPERTY(inside) "<e:property>" inside "</e:property>"
#define IP(value) "<ExternalIPAddress>" value "</ExternalIPAddress>"
#define ENTRIES(value) "<PortMappingNumberOfEntries>" value "</PortMappingNumberOfEntries>"
#define STATUS(value) "<ConnectionStatus>" value "</ConnectionStatus>"
#define UPDATE(value) "<SystemUpdateID>" value "</SystemUpdateID>"
#define ALL                                                                                        \
    PROPERTY("<PossibleConnectionTypes>IP_Routed</PossibleConnectionTypes>")                       \
    PROPERTY(STATUS("Connected"))                                                                  \
    PROPERTY(IP("44.128.0.1")) PROPERTY(ENTRIES("2")) PROPERTY(UPDATE("4294967295"))

/* What an event is expected to say: NULL for an address that is not told. */
typedef struct event_row {
    const char *name;
    const char *body;
    const char *ip;
    int64_t entries, update;
    const char *status;
    unsigned others, unusable;
    bool broken;
} event_row;

static void check_row(const event_row *row, nat__str body)
{
    nat__gena_event e;
    char ip[NAT__IP_TEXT];
    CHECK(row->name, nat__gena_parse_event(&e, body) == NATUPNP_OK);
    CHECK(row->name, e.external_ip_told == (row->ip != NULL));
    CHECK_TEXT(row->name, nat__ip_text(e.external_ip, ip), row->ip ? row->ip : "");
    CHECK(row->name, e.number_of_entries == row->entries);
    CHECK(row->name, e.system_update_id == row->update);
    CHECK_TEXT(row->name, e.connection_status, row->status);
    CHECK(row->name, e.others == row->others);
    CHECK(row->name, e.unusable == row->unusable);
    CHECK(row->name, e.broken == row->broken);
}

static void check_rows(const event_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        check_row(&rows[i], nat__str_of(rows[i].body));
}

static void reads_property_sets_however_they_are_written(void **state)
{
    static const event_row rows[] = {
        {"by the book", "<?xml version=\"1.0\"?>" SET(ALL), "44.128.0.1", 2, 4294967295,
         "Connected", 1, 0, false},
        {"one property for all", SET(PROPERTY(IP("44.1.2.3") ENTRIES("0") STATUS("Connecting"))),
         "44.1.2.3", 0, -1, "Connecting", 0, 0, false},
        {"no namespace", "<propertyset><property>" ENTRIES("7") "</property></propertyset>", NULL,
         7, -1, "", 0, 0, false},
        {"another namespace, prefixes everywhere",
         "<s:propertyset xmlns:s=\"urn:x\"><s:property><s:ExternalIPAddress>44.1.2.3"
         "</s:ExternalIPAddress></s:property></s:propertyset>",
         "44.1.2.3", -1, -1, "", 0, 0, false},
        {"a prefix that is not declared",
         "<e:propertyset><e:property>" ENTRIES("1") "</e:property></e:propertyset>", NULL, 1, -1,
         "", 0, 0, false},
        {"another case",
         "<E:PropertySet><E:Property><EXTERNALIPADDRESS>44.1.2.3</EXTERNALIPADDRESS>"
         "</E:Property></E:PropertySet>",
         "44.1.2.3", -1, -1, "", 0, 0, false},
        {"another root", "<e:invalid>" PROPERTY(ENTRIES("1")) "</e:invalid>", NULL, 1, -1, "", 0, 0,
         false},
        {"inside a SOAP envelope", "<E><B>" SET(PROPERTY(ENTRIES("1"))) "</B></E>", NULL, 1, -1, "",
         0, 0, false},
        {"white space",
         "\r\n\t " SET("\r\n\t" PROPERTY("\r\n\t" IP("\r\n44.1.2.3 ") "\n") PROPERTY(ENTRIES(" 3 "))
                           PROPERTY(STATUS("\tConnected\n"))),
         "44.1.2.3", 3, -1, "Connected", 0, 0, false},
        {"a CDATA section", SET(PROPERTY(IP("<![CDATA[44.1.2.3]]>"))), "44.1.2.3", -1, -1, "", 0, 0,
         false},
        {"entities", SET(PROPERTY(STATUS("&#67;onnecte&#x64;") "<X_Name>a &amp; b</X_Name>")), NULL,
         -1, -1, "Connected", 1, 0, false},
        {"bytes of ISO-8859-1", SET(PROPERTY("<X_Name>R\xE9mi</X_Name>") PROPERTY(ENTRIES("4"))),
         NULL, 4, -1, "", 1, 0, false},
        {"ISO-8859-1 that says so",
         "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>" SET(PROPERTY("<X_Name>R\xE9mi</X_Name>")
                                                                   PROPERTY(ENTRIES("4"))),
         NULL, 4, -1, "", 1, 0, false},
        {"no address now", SET(PROPERTY(IP("")) PROPERTY(STATUS("Disconnected"))), "", -1, -1,
         "Disconnected", 0, 0, false},
        {"no address, another spelling", SET(PROPERTY("<ExternalIPAddress/>")), "", -1, -1, "", 0,
         0, false},
        {"the address 0.0.0.0 is none", SET(PROPERTY(IP("0.0.0.0"))), "", -1, -1, "", 0, 0, false},
        {"a private address is one", SET(PROPERTY(IP("192.168.0.1"))), "192.168.0.1", -1, -1, "", 0,
         0, false},
        {"nothing of interest", SET(PROPERTY("<X_Name/><Uptime>5</Uptime>")), NULL, -1, -1, "", 2,
         0, false},
    };
    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

/* What is no address of one host is neither one nor none. */
static void an_address_that_makes_no_sense(void **state)
{
    static const char *const senseless[] = {
        "(null)",        "potato",          "127.0.0.1",       "255.255.255.255", "224.0.0.1",
        "0.1.2.3",       "044.128.000.001", "44.128.0",        "44.128.0.1.",     "44. 128.0.1",
        "44.128.0.1:80", "2001:db8::1",     "::ffff:44.1.2.3", "http://44.1.2.3", "-1"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(senseless); i++) {
        nat__gena_event e;
        char body[256];
        snprintf(body, sizeof body, SET(PROPERTY(IP("%s")) PROPERTY(ENTRIES("2"))), senseless[i]);
        CHECK(senseless[i], nat__gena_parse_event(&e, nat__str_of(body)) == NATUPNP_OK);
        CHECK(senseless[i], e.external_ip_senseless && !e.external_ip_told);
        CHECK(senseless[i], e.external_ip.family == 0 && e.unusable == 1);
        CHECK(senseless[i], e.number_of_entries == 2);
    }
}

static void of_a_variable_that_comes_twice_the_last_counts(void **state)
{
    static const event_row rows[] = {
        {"in two properties",
         SET(PROPERTY(IP("44.1.2.3") ENTRIES("1") STATUS("Connecting") UPDATE("1"))
                 PROPERTY(IP("44.1.2.4") ENTRIES("2") STATUS("Connected") UPDATE("2"))),
         "44.1.2.4", 2, 2, "Connected", 0, 0, false},
        {"the last is unusable, the first is old",
         SET(PROPERTY(IP("44.1.2.3") ENTRIES("1") STATUS("Connected") UPDATE("1"))
                 PROPERTY(IP("x") ENTRIES("x") STATUS("") UPDATE("x"))),
         NULL, -1, -1, "", 0, 4, false},
        {"the last is empty", SET(PROPERTY(IP("44.1.2.3")) PROPERTY(IP(""))), "", -1, -1, "", 0, 0,
         false},
    };
    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void values_that_cannot_be_are_not_told(void **state)
{
    static const struct {
        const char *variable;
        const char *values[8];
    } rows[] = {
        {"ExternalIPAddress",
         {"44.1.2", "44.1.2.256", "host.example", "44.1.2.3 44.1.2.4", "1<b/>.2.3.4"}},
        {"PortMappingNumberOfEntries", {"", "-1", "+1", "1.0", "0x1", "65536", "1 2", "1<b/>2"}},
        {"SystemUpdateID", {"", "-1", "4294967296", "99999999999999999999999"}},
        {"ConnectionStatus",
         {"", "12345678901234567890123456789012", "a&#10;b", "a&#x85;b", "Conn<b/>ected"}},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (size_t j = 0; j < COUNT_OF(rows[i].values) && rows[i].values[j]; j++) {
            nat__buf body = {0};
            nat__buf_addf(&body, SET(PROPERTY("<%s>%s</%s>")), rows[i].variable, rows[i].values[j],
                          rows[i].variable);
            event_row row = {rows[i].values[j], NULL, NULL, -1, -1, "", 0, 1, false};
            check_row(&row, (nat__str){body.at, body.length});
            nat__buf_free(&body);
        }
}

static void only_what_stands_in_a_property_is_a_variable(void **state)
{
    static const event_row rows[] = {
        {"deeper", SET(PROPERTY("<LastChange><Event>" IP("44.1.2.3") "</Event></LastChange>")),
         NULL, -1, -1, "", 1, 0, false},
        {"outside", SET(IP("44.1.2.3") PROPERTY(ENTRIES("1")) STATUS("Connected")), NULL, 1, -1, "",
         0, 0, false},
        {"a property in a property", SET(PROPERTY(PROPERTY(ENTRIES("1")))), NULL, -1, -1, "", 1, 0,
         false},
        {"after a nested one", SET(PROPERTY("<X><Y/></X>" ENTRIES("1"))), NULL, 1, -1, "", 1, 0,
         false},
    };
    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void what_stands_before_a_fault_is_kept(void **state)
{
    static const event_row rows[] = {
        {"cut off in a value", "<propertyset><property>" ENTRIES("1") "<ExternalIPAddress>44.1.2",
         NULL, 1, -1, "", 0, 0, true},
        {"cut off in a tag", "<propertyset><property>" ENTRIES("1") "</prop", NULL, 1, -1, "", 0, 0,
         true},
        {"a bare ampersand", SET(PROPERTY(ENTRIES("1")) PROPERTY("<X>a & b</X>") PROPERTY(IP(""))),
         NULL, 1, -1, "", 0, 0, true},
        {"tags that do not match", SET(PROPERTY(ENTRIES("1") "<X></Y>")), NULL, 1, -1, "", 0, 0,
         true},
        {"a control character becomes another",
         SET(PROPERTY(ENTRIES("1") "<X>\x02</X>" UPDATE("1"))), NULL, 1, 1, "", 1, 0, false},
        {"comments before the declaration",
         "<!-- a -->\n\n<!-- b -->\n<?xml version=\"1.0\" encoding=\"utf-8\"?>" SET(
             PROPERTY(ENTRIES("1"))),
         NULL, 1, -1, "", 0, 0, false},
        {"junk before the declaration", "ok\n<?xml version=\"1.0\"?>" SET(PROPERTY(ENTRIES("1"))),
         NULL, 1, -1, "", 0, 0, false},
        {"a document in a value is not the event",
         SET(PROPERTY(ENTRIES("1"))
                 PROPERTY("<X><?xml version=\"1.0\"?>" SET(PROPERTY(ENTRIES("2"))) "</X>")),
         NULL, 1, -1, "", 0, 0, true},
        {"junk behind the root", SET(PROPERTY(ENTRIES("1"))) "<html>&</p>", NULL, 1, -1, "", 0, 0,
         false},
    };
    (void)state;
    check_rows(rows, COUNT_OF(rows));
    static const char with_nul[] = SET(PROPERTY(ENTRIES("1"))) "\0\0";
    event_row row = {"a NUL behind the root", NULL, NULL, 1, -1, "", 0, 0, false};
    check_row(&row, STR(with_nul));
}

static void check_refused(const char *row, nat__str body)
{
    nat__gena_event e;
    char ip[NAT__IP_TEXT];
    CHECK(row, nat__gena_parse_event(&e, body) == NATUPNP_E_BAD_REPLY);
    CHECK(row, !e.external_ip_told && e.number_of_entries == -1 && e.system_update_id == -1);
    CHECK(row, e.others == 0 && e.unusable == 0 && !e.broken);
    CHECK_TEXT(row, e.connection_status, "");
    CHECK_TEXT(row, nat__ip_text(e.external_ip, ip), "");
}

static void what_holds_no_variable_is_refused(void **state)
{
    static const char *const rows[] = {
        "",
        " ",
        "ok",
        "<html><body>401</body></html>",
        "<?xml version=\"1.0\"?>",
        "a <?xml version=\"1.0\"?>",
        SET(""),
        SET(PROPERTY("")),
        SET(PROPERTY("44.1.2.3")),
        "<!DOCTYPE e:propertyset [<!ENTITY a \"1\">]>" SET(PROPERTY(ENTRIES("&a;"))),
        "<?xml version=\"1.0\" encoding=\"UTF-16\"?>" SET(PROPERTY(ENTRIES("1"))),
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        check_refused(rows[i], nat__str_of(rows[i]));
}

static void limits_hold(void **state)
{
    (void)state;
    /* Too long as a whole, though what it says stands in the beginning. */
    nat__buf body = {0};
    nat__buf_adds(&body, SET(PROPERTY(ENTRIES("1"))));
    while (body.length < NAT__GENA_BODY_MAX)
        nat__buf_add(&body, " ", 1);
    event_row row = {"as long as may be", NULL, NULL, 1, -1, "", 0, 0, false};
    check_row(&row, (nat__str){body.at, body.length});
    nat__buf_add(&body, " ", 1);
    check_refused("too long", (nat__str){body.at, body.length});
    nat__buf_reset(&body);
    /* Too deep: the reader refuses, and what came before is not kept either. */
    nat__buf_adds(&body, "<propertyset><property>" ENTRIES("1"));
    for (int i = 0; i < 100; i++)
        nat__buf_adds(&body, "<a>");
    check_refused("too deep", (nat__str){body.at, body.length});
    nat__buf_free(&body);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        SET(ALL),
        SET(PROPERTY("<X_Name>R\xE9mi</X_Name>") PROPERTY(ENTRIES("4"))), /* read twice */
        "<!-- a --><?xml version=\"1.0\"?>" SET(ALL),
    };
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        nat__gena_event e;
        natupnp_status status = NATUPNP_E_NOMEM;
        for (long n = 0; status == NATUPNP_E_NOMEM && n < 1000; n++) {
            allocations_left = n;
            status = nat__gena_parse_event(&e, nat__str_of(bodies[i]));
            bool all = allocations_left >= 0; /* none failed */
            allocations_left = -1;
            CHECK(bodies[i], status == (all ? NATUPNP_OK : NATUPNP_E_NOMEM));
            if (!all)
                CHECK(bodies[i], e.number_of_entries == -1 && e.others == 0 && !e.broken);
        }
        CHECK(bodies[i], status == NATUPNP_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_property_sets_however_they_are_written),
        cmocka_unit_test(an_address_that_makes_no_sense),
        cmocka_unit_test(of_a_variable_that_comes_twice_the_last_counts),
        cmocka_unit_test(values_that_cannot_be_are_not_told),
        cmocka_unit_test(only_what_stands_in_a_property_is_a_variable),
        cmocka_unit_test(what_stands_before_a_fault_is_kept),
        cmocka_unit_test(what_holds_no_variable_is_refused),
        cmocka_unit_test(limits_hold),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("gena", tests, NULL, NULL);
}
